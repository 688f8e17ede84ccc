"""A long context in parts: nothing is lost, none is too long, and what is left out is said."""

import numpy as np
import pytest

from dsacli.documents import parse
from dsacli.engines.context import Context
from dsacli.engines.generative.parts import MOST_PARTS, cut, joined, kept_of, parts_of
from dsacli.engines.tokenise import tokenise_document
from tests.engines.generative.conftest import TEXT, small_tokenizer


def context_of(*texts):
    tokenizer = small_tokenizer()
    return Context([tokenise_document(parse(f"{n}.txt", text.encode()), tokenizer) for n, text in enumerate(texts)])


@pytest.fixture(scope="module")
def ferries():
    return context_of(TEXT)


def starts_of(context):
    return np.concatenate([document.starts for document in context.documents])


@pytest.mark.parametrize("room", [150, 400, 700, 10_000])
def test_parts_hold_everything_once_between_sentences(ferries, room):
    parts = cut(ferries, room)
    assert max(map(len, parts)) <= room and len(parts) <= -(-len(ferries) // room) + 1
    assert joined(parts).token_ids.tolist() == ferries.token_ids.tolist()
    firsts = np.cumsum([0, *map(len, parts)])
    assert set(firsts.tolist()) <= set(ferries.sentence_edges.tolist())
    assert max(map(len, parts)) - min(map(len, parts)) < 60


def test_documents_side_by_side_are_cut_as_one():
    both = context_of(TEXT, "A short note about gulls. " * 40)
    parts = cut(both, 500)
    assert joined(parts).token_ids.tolist() == both.token_ids.tolist()
    assert {document.document.name for document in parts[-1].documents} == {"1.txt"}


def test_a_sentence_longer_than_a_part_is_cut_anywhere():
    long = context_of("gull " * 400)
    parts = cut(long, 50)
    assert [len(part) for part in parts[:-1]] == [50] * (len(parts) - 1)
    assert joined(parts).token_ids.tolist() == long.token_ids.tolist()


def test_what_is_kept_stands_in_the_order_of_the_document(ferries):
    (document,) = ferries.documents
    sentences = document.sentences.tolist()
    order = [(document.document, *sentences[number]) for number in (30, 3, 30, 12)]
    kept = kept_of(ferries, order, 10_000)
    wording = " ".join(TEXT[kept.documents[0].starts[0] : kept.documents[0].ends[-1]].split())
    assert wording.startswith(TEXT[slice(*sentences[3])]) and wording.endswith(TEXT[slice(*sentences[30])])
    assert 0 < len(kept_of(ferries, order, len(kept) - 1)) < len(kept)


def test_of_a_very_long_context_every_stretch_gives_what_matters_most_of_it(ferries):
    (document,) = ferries.documents
    order, told = [(document.document, *bounds) for bounds in document.sentences.tolist()[::-1]], []
    parts = parts_of(ferries, 60, lambda: order, told.append)
    assert len(parts) == MOST_PARTS and all(0 < len(part) <= 60 for part in parts)
    starts = [int(starts_of(part)[0]) for part in parts]
    assert starts == sorted(starts) and starts[-1] > len(TEXT) * (MOST_PARTS - 1) / MOST_PARTS
    (line,) = told
    assert f"{len(ferries):,} tokens" in line and f"{sum(map(len, parts)):,} " in line


def test_nothing_is_ranked_or_said_of_what_is_read_whole(ferries):
    assert len(joined(parts_of(ferries, 400, lambda: pytest.fail("ranked"), pytest.fail))) == len(ferries)
