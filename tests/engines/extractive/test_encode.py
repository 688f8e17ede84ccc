import dataclasses
import random
import unicodedata
from pathlib import Path

import numpy as np
import pytest
import torch

from dsacli.documents import Reading, Source, parse
from dsacli.engines.disk_cache import DiskCache
from dsacli.engines.extractive.encode import EncodedContext, cut_passages, encode_document, heading_path
from dsacli.engines.extractive.stored import cache_key, store, stored
from dsacli.engines.tokenise import TOKENIZER_PIECE, tokenise
from dsacli.reader.encoding import encode_passages
from dsacli.reader.lexical import pairs_of, words_of
from dsacli.reader.loading import load_reader
from dsacli.reader.network import PATH_TOKENS

SAMPLES = Path(__file__).resolve().parents[3] / "sample_docs"
WORDS = (
    "The café’s naïve coöperation — “quoted”, e\u0301tude, 北京大学 在 東京, "
    "Ünïcödé 🙂🙃 № ﬁne, don't; 3.14% of £1,250.50. "
)


def report():
    return parse("annual-report.md", (SAMPLES / "annual-report.md").read_bytes())


@pytest.mark.parametrize("document", [report(), parse("odd.txt", (WORDS * 600).encode())], ids=["report", "odd"])
def test_tokens_of_the_pieces_are_those_of_the_whole_text(model, document):
    assert len(document.text) > 2 * TOKENIZER_PIECE
    ids, starts, ends = tokenise(document.text, np.array(document.sentences(), np.int32), model.tokenizer)
    whole = model.tokenizer.encode(document.text, add_special_tokens=False)
    assert ids.tolist() == whole.ids
    assert list(zip(starts.tolist(), ends.tolist())) == whole.offsets
    assert ids.dtype == starts.dtype == ends.dtype == np.int32


def test_offsets_are_those_of_the_words(model):
    document = report()
    ids, starts, ends = tokenise(document.text, np.array(document.sentences(), np.int32), model.tokenizer)
    assert (starts < ends).all() and (starts[1:] >= ends[:-1]).all()
    covered = np.zeros(len(document.text), bool)
    unknown = model.tokenizer.token_to_id("[UNK]")
    for token, start, end in zip(ids.tolist(), starts.tolist(), ends.tolist()):
        covered[start:end] = True
        text = unicodedata.normalize("NFD", document.text[start:end].lower())
        text = "".join(c for c in text if unicodedata.category(c) != "Mn")
        assert token == unknown or text == model.tokenizer.id_to_token(token).removeprefix("##")
    missed = {c for c, seen in zip(document.text, covered) if not seen}
    assert all(c.isspace() or unicodedata.category(c) in {"Cf", "Mn"} for c in missed), missed


def test_a_text_of_one_sentence_and_one_without_any(model):
    ids, starts, ends = tokenise("Yes", np.array([[0, 3]], np.int32), model.tokenizer)
    assert (len(ids), starts.tolist(), ends.tolist()) == (1, [0], [3])
    ids, starts, _ = tokenise("   ", np.empty((0, 2), np.int32), model.tokenizer)
    assert len(ids) == len(starts) == 0


def test_passages_cover_everything_within_the_limit():
    chance = random.Random(7)
    for _ in range(300):
        total, limit = chance.randint(0, 400), chance.randint(1, 60)
        # A text begins with a sentence; two sentences may share a token.
        first = sorted([0, *chance.choices(range(total), k=chance.randint(0, 40))]) if total else []
        edges = cut_passages(np.array(first, np.int32), total, limit)
        assert edges[0] == 0 and edges[-1] == total
        if total:
            assert (np.diff(edges) > 0).all() and (np.diff(edges) <= limit).all()


def test_passages_are_as_many_whole_sentences_as_fit():
    assert cut_passages(np.array([0, 10, 20, 30]), 40, 25).tolist() == [0, 20, 40]
    assert cut_passages(np.array([0, 10, 20, 30]), 40, 40).tolist() == [0, 40]
    assert cut_passages(np.array([0, 5, 65]), 70, 25).tolist() == [0, 5, 30, 55, 70]


@pytest.fixture(scope="module")
def agreement(model):
    document = parse("services-agreement.md", (SAMPLES / "services-agreement.md").read_bytes())
    reported: list[tuple[int, int]] = []
    encoded = encode_document(document, model, lambda done, total: reported.append((done, total)))
    assert reported[-1] == (len(encoded), len(encoded)) and reported == sorted(reported)
    return encoded


@pytest.mark.precision("float32", "bfloat16")
def test_an_encoded_document_has_a_key_per_token(model, agreement):
    config = model.reader.config
    assert agreement.index_keys.shape == (len(agreement), config.index_head_dim)
    assert agreement.index_keys.dtype == torch.bfloat16 and agreement.index_keys.isfinite().all()
    assert agreement.flops > 0 and agreement.seconds > 0 and not agreement.cached
    assert (np.diff(agreement.passages) <= config.passage_tokens).all()


@pytest.mark.precision("float32", "bfloat16")
def test_the_key_of_a_passage_does_not_depend_on_its_neighbours(model, agreement, precision):
    low, high = agreement.passages[3:5].tolist()
    path = heading_path(model, agreement.document, int(agreement.starts[low]))
    alone = encode_passages(model.reader, [agreement.token_ids[low:high]], [path]).float()
    # Kept in bfloat16, 2**-7 from one number to the next: in float32 a key is the same or the next one. Computed in
    # bfloat16 too, keys of variance 1 differ by 2**-8 in the mean, and the largest, from 4 to 8, by one step of 2**-5.
    close = {"rtol": 2**-7, "atol": 1e-4} if precision == torch.float32 else {"rtol": 0, "atol": 0.05}
    torch.testing.assert_close(alone, agreement.index_keys[low:high].float(), **close)


HEADED = "# Terms\n\n{filler}\n\n## Notice\n\n{filler}\n\n# Annex\n\n{filler}\n"


@pytest.fixture(scope="module")
def headed(model):
    """A document of three sections, each of several passages."""
    filler = "The keeper lit the lamp at dusk and wrote a line in the log. " * 60
    return encode_document(parse("terms.md", HEADED.format(filler=filler).encode()), model)


def test_the_keys_of_a_passage_and_the_rows_of_a_run_get_the_headings_above_them(model, headed):
    context, text = EncodedContext([headed]), headed.document.text
    seen = set()
    for low, high in context.passages():
        start = int(headed.starts[low])
        expected = ["Terms", "Terms > Notice", "Annex"][sum(start > text.index(h) for h in ("## Notice", "# Annex"))]
        if text[start] == "#":
            expected = "Terms" if text[start + 1] == "#" else ""
        seen.add(expected)
        path = model.encode(expected)
        assert model.tokenizer.decode(context.run(model, low, high).path) == expected.lower()
        like = encode_passages(model.reader, [headed.token_ids[low:high]], [path]).float()
        other = encode_passages(model.reader, [headed.token_ids[low:high]], [model.encode("The ferry")]).float()
        kept = headed.index_keys[low:high].float()
        assert (kept - like).abs().mean() < 0.1 * (kept - other).abs().mean()
    assert seen >= {"Terms", "Terms > Notice", "Annex"}


def test_a_run_that_begins_within_a_passage_has_the_headings_above_its_own_first_token(model, headed):
    context = EncodedContext([headed])
    inside = int(np.searchsorted(headed.starts, headed.document.text.index("# Annex") + 300))
    assert context.run(model, inside, inside + 20).path.tolist() == model.encode("Annex").tolist()
    assert len(EncodedContext([encode_document(parse("a.txt", b"No headings."), model)]).run(model, 0, 2).path) == 0


def test_of_a_long_heading_path_the_end_is_kept(model):
    text = f"# {'Very long title ' * 20}\n\n## Notice of termination\n\nBy letter.\n"
    document = parse("a.md", text.encode())
    path = heading_path(model, document, text.index("By letter"))
    assert len(path) == PATH_TOKENS
    assert model.tokenizer.decode(path).endswith("title > notice of termination")


def test_the_words_of_a_context_are_those_of_its_passages(model, agreement, headed):
    both = EncodedContext([agreement, headed])
    words = both.words(model)
    assert words is both.words(model)
    assert words.edges.tolist() == [*(low for low, _ in both.passages()), len(both)]
    for number, (low, high) in enumerate(both.passages()):
        own, _ = words_of(both.token_ids[low:high], model.pieces)
        assert words.words[words.passages == number].tolist() == sorted([*own.tolist(), *pairs_of(own).tolist()])
        assert words.lengths[number] == len(own)


@pytest.mark.precision("float32", "bfloat16")
def test_the_document_pass_costs_what_the_closed_form_says(model):
    """One passage, so that nothing is padded: the index network over [CLS] passage [SEP], and the keys."""
    config = model.reader.config
    encoded = encode_document(parse("a.txt", b"The ferry was built at Leith. It carries goods."), model)
    n, h, f = len(encoded) + 2, config.index_hidden_size, config.index_intermediate_size
    layers = config.index_layers * (2 * n * (4 * h * h + 2 * h * f) + 4 * n * n * h)
    assert encoded.flops == layers + 2 * n * h * config.index_head_dim


@pytest.mark.precision("float32", "bfloat16")
def test_what_the_cache_gives_back_is_what_was_put_in(model, agreement, tmp_path):
    cache = DiskCache(tmp_path / "cache")
    store(cache, "key", agreement)
    back = stored(cache, "key")
    assert back.cached and back.document == agreement.document
    assert back.document.sentences() == agreement.document.sentences()
    for name in ("token_ids", "starts", "ends", "passages", "sentences"):
        was, now = getattr(agreement, name), getattr(back, name)
        assert was.dtype == now.dtype and np.array_equal(was, now)
    assert torch.equal(back.index_keys, agreement.index_keys)
    assert (back.flops, back.seconds) == (agreement.flops, pytest.approx(agreement.seconds))
    assert stored(cache, "another") is None


def test_the_key_follows_from_content_name_password_model_and_dtype(model):
    other = dataclasses.replace(model, fingerprint="another")
    precise, rough = (dataclasses.replace(model, reader=load_reader(dtype=t)) for t in (torch.float32, torch.bfloat16))
    keys = [
        cache_key(Source("a.txt", b"text"), model),
        cache_key(Source("a.txt", b"text."), model),
        cache_key(Source("a.md", b"text"), model),
        cache_key(Source("a.txt", b"text", Reading("secret")), model),
        cache_key(Source("a.txt", b"text"), other),
        cache_key(Source(".txt", b"texta"), model),
    ]
    assert len(set(keys)) == len(keys)
    assert (
        keys[0] == cache_key(Source("a.txt", b"text"), model) == cache_key(Source("a.txt", b"text", Reading("")), model)
    )
    assert cache_key(Source("a.txt", b"text"), precise) != cache_key(Source("a.txt", b"text"), rough)
