import numpy as np
import pytest
import torch

from dsacli.documents import Section, parse
from dsacli.engines.extractive.encode import EncodedContext, encode_document
from dsacli.engines.extractive.salience import (
    around,
    best_by_sentence,
    figures,
    mean_keys,
    mean_of_others,
    probe_queries,
    salience,
    sentence_features,
    sentence_tokens,
    term_weights,
)
from dsacli.engines.extractive.summarize import (
    by_sections,
    overlap,
    pick,
    quotable,
    ruling_sections,
    summarize,
    wording,
)
from dsacli.engines.options import Options

TEXT = """# The islands

Foreword without a number, which nobody has to read at all.

## Birds

The northern cliff holds nine thousand pairs of guillemots in a good summer.
The northern cliff holds nine thousand pairs of guillemots in a bad summer.
Puffins dig their burrows in the turf above the landing place every April.

| Bird | Pairs |
| --- | --- |
| Skua | 14 |

## People

Two wardens live in the old lighthouse from April until the end of October.
Visitors must be off the island before the last boat leaves at five.
"""


def best_of_each(model, context, queries, weights, bounds):
    return np.concatenate([b for _, b in best_by_sentence(model, context, queries, weights, bounds)], axis=1)


@pytest.fixture(scope="module")
def context(model) -> EncodedContext:
    return EncodedContext([encode_document(parse("islands.md", TEXT.encode()), model)])


@pytest.fixture(scope="module")
def bounds(context):
    return sentence_tokens(context)


@pytest.fixture(scope="module")
def scores(model, context, bounds):
    return salience(model, context, bounds)


@pytest.fixture(scope="module")
def pool(context, bounds):
    return [n for n in range(len(bounds)) if quotable(wording(context, bounds[n]))]


@pytest.mark.parametrize(
    "sentence",
    [
        "The ferry was built at Leith in 1974.",
        "Did the ferry come home that night?",
        "“We shall go home before it is dark,” she said.",
        "He said: “We shall go home before dark.”",
        "(The ferry came home in the night.)",
        "In the year to 30 June 2025, revenue rose by 21 per cent to £68.4 million.",
    ],
)
def test_sentences_can_be_quoted(sentence):
    assert quotable(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "Yes.",
        "Chapter 4: what came of the ferry",
        "| Tobias Wrenfield | 318 | 14 | 25 | 196 | 553 |",
        "12 14 15 2024 2025 318 14 25 196.",
        "word " * 70 + "end.",
    ],
)
def test_headings_table_rows_and_monsters_cannot(sentence):
    assert not quotable(sentence)


def test_overlap_is_the_share_of_the_shorter():
    assert overlap({"a", "b"}, {"a", "b", "c", "d"}) == 1
    assert overlap({"a", "b"}, {"b", "c"}) == 0.5
    assert overlap(set(), {"a"}) == overlap(set(), set()) == 0


def test_the_sections_that_rule_are_those_of_the_first_level_with_several():
    sections = [Section("Book", 1, 0, 90), Section("A", 2, 5, 50), Section("A.1", 3, 9, 50), Section("B", 2, 50, 90)]
    assert [s.title for s in ruling_sections(sections)] == ["Book", "A", "B"]
    assert [s.title for s in ruling_sections(sections[:1])] == ["Book"]
    assert ruling_sections([]) == []


def test_sentences_are_divided_among_the_sections(context, bounds, pool):
    parts = by_sections(context, bounds, pool)
    assert [title for title, _ in parts] == ["The islands", "Birds", "People"]
    assert [n for _, members in parts for n in members] == pool
    assert [len(members) for _, members in parts] == [1, 3, 2]


def test_a_text_without_sections_is_one_part(model):
    plain = EncodedContext([encode_document(parse("a.txt", b"One plain sentence without a heading."), model)])
    assert by_sections(plain, sentence_tokens(plain), [0]) == [(None, [0])]


@pytest.mark.precision("float32", "bfloat16")
def test_picks_are_as_many_as_asked_for_and_different(context, bounds, scores, pool):
    assert pick(context, bounds, scores, [], 3, None) == []
    assert len(pick(context, bounds, scores, pool, 2, None)) == 2
    chosen = pick(context, bounds, scores, pool, 50, None)
    assert len(chosen) == len(set(chosen)) == 5, "the two sentences on guillemots say the same"
    assert sum("guillemots" in wording(context, bounds[n]) for n in chosen) == 1


@pytest.mark.parametrize("limit", [10, 13, 30, 45])
def test_picks_hold_a_word_limit(context, bounds, scores, pool, limit):
    chosen = pick(context, bounds, scores, pool, len(pool), limit)
    assert sum(len(wording(context, bounds[n]).split()) for n in chosen) <= limit
    assert bool(chosen) == (limit >= 11)


@pytest.mark.precision("float32", "bfloat16")
def test_every_sentence_has_tokens_and_a_finite_score(context, bounds, scores):
    assert (bounds[:, 0] < bounds[:, 1]).all() and (bounds[1:, 0] >= bounds[:-1, 1]).all()
    assert scores.shape == (len(bounds),) and np.isfinite(scores).all()
    assert wording(context, bounds[-1]) == "Visitors must be off the island before the last boat leaves at five."


def test_a_passage_has_no_say_about_its_own_sentences():
    best, firsts = np.array([[9.0, 1.0, 1.0], [1.0, 7.0, 3.0]]), np.array([0, 5, 10])
    assert mean_of_others(best, np.array([[0, 5], [5, 10]]), firsts).tolist() == [1.0, 1.0, 2.0]
    assert mean_of_others(best, np.array([[5, 10], [5, 10]]), firsts).tolist() == [5.0, 4.0, 2.0], "no others to hear"


def test_term_weights_are_highest_for_what_is_frequent_in_few_sentences(model, context, bounds):
    terms = term_weights(model, context, bounds)
    words = {
        context.documents[0].document.text[a:b].lower(): weight
        for a, b, weight in zip(context.documents[0].starts, context.documents[0].ends, terms)
    }
    assert len(terms) == len(context)
    assert words["cliff"] > words["the"] > words["."] == 0


@pytest.mark.precision("float32", "bfloat16")
def test_scores_are_the_best_of_each_sentence_over_chunks(model, context, bounds, monkeypatch, precision):
    # A sum of bfloat16 products in another order may round to the number beside it, 2**-7 away: once in a head and
    # once in the sum over heads.
    bar = 1e-4 if precision == torch.float32 else 0.02
    queries, weights, _ = probe_queries(model, context, term_weights(model, context, bounds))
    whole = best_of_each(model, context, queries, weights, bounds)
    monkeypatch.setattr("dsacli.engines.extractive.salience.CHUNK_TOKENS", 20)
    assert np.allclose(best_of_each(model, context, queries, weights, bounds), whole, rtol=bar, atol=bar)
    low, high = bounds[2]
    expected = model.reader.indexer.scores(queries, weights, context.index_keys[low:high]).max(1).values
    assert np.allclose(whole[:, 2], expected.numpy(), rtol=bar, atol=bar)


@pytest.mark.precision("float32", "bfloat16")
def test_mean_keys_are_those_of_each_sentence_over_chunks(model, context, bounds, monkeypatch):
    expected = torch.stack([context.index_keys[low:high].float().mean(0) for low, high in bounds.tolist()])
    torch.testing.assert_close(mean_keys(context, bounds), expected, rtol=1e-3, atol=1e-4)
    monkeypatch.setattr("dsacli.engines.extractive.salience.CHUNK_TOKENS", 20)
    torch.testing.assert_close(mean_keys(context, bounds), expected, rtol=1e-3, atol=1e-4)


def test_neighbours_are_averaged_up_to_the_edges():
    assert around(np.array([3.0, 0, 0, 6]), 1).tolist() == [1.5, 1, 2, 3]
    assert around(np.array([3.0, 0, 0, 6]), 9).tolist() == [2.25] * 4


def test_figures_are_the_share_of_tokens_with_a_digit(model):
    one = EncodedContext([encode_document(parse("a.txt", b"It cost 14 pounds. Nobody knows why that is."), model)])
    shares = figures(model, one, sentence_tokens(one))
    assert shares.tolist() == [1 / 5, 0]


@pytest.mark.precision("float32", "bfloat16")
def test_a_sentence_has_its_place_in_its_own_document(model):
    pieces = [parse(f"{n}.txt", b"The tug left. The ferry came. The crew slept.") for n in range(2)]
    both = EncodedContext([encode_document(piece, model) for piece in pieces])
    features = sentence_features(model, both, sentence_tokens(both))
    places = features[:, model.reader.config.index_head_dim + 3]
    assert places.tolist() == pytest.approx([-0.5, 0, 0.5] * 2)


@pytest.mark.precision("float32", "bfloat16")
def test_a_document_of_one_passage_is_weighed_without_warnings(model, recwarn):
    text = b"The ferry was built at Leith. The tug came from Oban at noon."
    one = EncodedContext([encode_document(parse("a.txt", text), model)])
    bounds = sentence_tokens(one)
    scores = salience(model, one, bounds)
    assert np.isfinite(scores).all() and not recwarn.list


@pytest.mark.parametrize("text", ["A ferry came in at noon.\n\u200e\n", "x" * 5000, "\ufe0f\n\nThe tug left at four."])
def test_sentences_without_tokens_and_words_cut_in_two_are_weighed(model, text):
    context = EncodedContext([encode_document(parse("odd.txt", text.encode()), model)])
    for focus in (None, "the ferry"):
        assert summarize(model, context, Options(focus=focus)).savings.context_tokens == len(context)
