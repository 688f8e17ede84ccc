"""What holds for every input, tried on ones that nobody would write by hand."""

import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dsacli.documents import Document, parse
from dsacli.documents.clean import normalise
from dsacli.documents.pages import of_pages
from dsacli.dsa.indexer import IndexScores
from dsacli.dsa.selection import select_topk
from dsacli.engines.evidence import evidence_at
from dsacli.engines.follow_up import standing_alone
from dsacli.engines.tokenise import tokenise_document
from dsacli.errors import DsacliError
from dsacli.extraction.types import TYPES
from dsacli.extraction.values import find_values
from dsacli.plain import printable
from tests.dsa.test_selection import assert_is_topk, naive_max

# What texts are made of: words and figures that readers of text take for something, and any character at all.
PIECES = st.sampled_from(
    [*"\n\f\t.,;:|-–$€£%()[]\"'#* \0\x1b", "\n\n", "1. ", "5.000 €", "$(3,214)", "03/04/25", "1. März", "Page 3", "- ", "| a | b |\n",
     "---|---\n", "The tenant pays ", "thirty (30) days", "one and one-half percent", "3.6 million", "Mr. Low said: ", "\u00ad", "ﬁ"]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=5), max_size=60).map("".join)


RANGES = st.tuples(st.integers(1, 6), st.integers(0, 3)).map(lambda found: (found[0], sum(found)))


def document_of(name: str, data: bytes) -> Document | None:
    """The document in some bytes, None where it is refused: in one line, by its name."""
    try:
        return parse(name, data)
    except DsacliError as refused:
        assert str(refused).startswith(name) and "\n" not in str(refused)
        return None


@settings(deadline=None)
@given(st.binary(max_size=300) | TEXTS.map(str.encode), st.sampled_from(["a.txt", "a.md", "a.csv", "a.pdf"]))
def test_any_bytes_are_a_document_or_refused_in_one_line(data, name):
    document = document_of(name, data)
    assume(document is not None)
    assert Document.from_json(document.to_json()) == document
    assert normalise(document.text) == document.text
    end = 0
    for first, last in document.sentences():
        assert end <= first < last <= len(document.text) and document.text[first:last].strip()
        end = last
    for pages in (document.pages, document.sections, document.paragraphs):
        for part in pages:
            first, last = part if isinstance(part, tuple) else (part.start, part.end)
            assert 0 <= first <= last <= len(document.text)


@settings(deadline=None)
@given(TEXTS, st.data())
def test_offsets_lead_back_to_the_exact_wording(model, text, data):
    document = document_of("a.txt", text.encode())
    assume(document is not None)
    tokens = tokenise_document(document, model.tokenizer)
    assume(len(tokens))
    first = data.draw(st.integers(0, len(tokens) - 1))
    last = data.draw(st.integers(first, len(tokens) - 1))
    start, end = int(tokens.starts[first]), int(tokens.ends[last])
    evidence = evidence_at(document, tokens.sentences, start, end)
    assert evidence.wording == document.text[evidence.start : evidence.end]
    assert evidence.quote in document.text
    line = document.text[:start].count("\n") + 1
    assert evidence.line is not None and evidence.line >= line


@given(st.lists(TEXTS, min_size=2, max_size=5).map("\f".join), st.lists(RANGES, min_size=1, max_size=3))
def test_some_pages_say_what_they_said(text, ranges):
    document = document_of("a.txt", text.encode())
    assume(document is not None and document.pages)
    try:
        chosen = of_pages(document, ranges)
    except DsacliError:
        return
    whole = {page.number: document.text[page.start : page.end] for page in document.pages}
    for page in chosen.pages:
        assert any(low <= page.number <= high for low, high in ranges)
        assert chosen.text[page.start : page.end] == whole[page.number]


@settings(deadline=None)
@given(st.data())
def test_selection_is_brute_force_for_any_shapes_and_ties(data):
    tokens, queries, heads, dim = (data.draw(st.integers(1, most)) for most in (90, 4, 3, 4))
    radius, k, chunk = data.draw(st.integers(0, 20)), data.draw(st.integers(1, 100)), data.draw(st.integers(1, 100))
    generator = torch.Generator().manual_seed(data.draw(st.integers(0, 2**31)))
    largest = data.draw(st.integers(0, 3))  # few different numbers: many ties

    def numbers(*shape: int) -> torch.Tensor:
        return torch.randint(-largest, largest + 1, shape, generator=generator).float()

    query, weights, keys = numbers(queries, heads, dim), numbers(queries, heads), numbers(tokens, dim)
    expected = naive_max(IndexScores()(query, weights, keys), radius).sum(0)
    (selection,) = select_topk(IndexScores(), [(query, weights)], keys, k, radius, chunk)
    assert_is_topk(selection, expected, k)


@settings(deadline=None)
@given(TEXTS, st.sampled_from(TYPES))
def test_values_stand_where_they_are_said_to_stand(text, type):
    end = 0
    for value in find_values(text, type):
        assert end <= value.start < value.end <= len(text) and text[value.start : value.end].strip()
        assert value.normalised is not None
        end = value.end


@given(TEXTS, TEXTS, st.none() | TEXTS)
def test_any_question_can_follow_any_other(question, earlier, answer):
    assert isinstance(standing_alone(question, earlier, answer), str)


@given(st.text())
def test_what_is_printable_is_one_line_of_the_same_length(text):
    assert printable(text).isprintable() and len(printable(text)) == len(text)
