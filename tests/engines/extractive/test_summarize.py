from pathlib import Path

import numpy as np
import pytest
import torch

from dsacli.documents import Section, parse
from dsacli.engines.extractive.chapters import chapters_of, ruling_sections
from dsacli.engines.extractive.encode import EncodedContext, encode_document
from dsacli.engines.extractive.focus import around, best_by_sentence
from dsacli.engines.extractive.openings import speaking_for_all
from dsacli.engines.extractive.pick import pick
from dsacli.engines.extractive.salience import FEATURES, salience, salience_features, weights
from dsacli.engines.extractive.sentences import quotable, read_sentences, refers_back, wording
from dsacli.engines.extractive.summarize import summarize
from dsacli.engines.extractive.terms import centrality
from dsacli.engines.options import Options
from dsacli.reader.encoding import index_queries

SAMPLES = Path(__file__).resolve().parents[3] / "sample_docs"

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


def encoded(model, text, name="islands.md") -> EncodedContext:
    return EncodedContext([encode_document(parse(name, text.encode()), model)])


@pytest.fixture(scope="module")
def context(model) -> EncodedContext:
    return encoded(model, TEXT)


@pytest.fixture(scope="module")
def sentences(model, context):
    return read_sentences(model, context)


@pytest.fixture(scope="module")
def pool(sentences):
    return np.flatnonzero(sentences.quotable).tolist()


def picked(sentences, members, count, words=None):
    _, chapters = chapters_of(sentences)
    return pick(sentences, salience(sentences), chapters, members, count, words)


def lines(result) -> list[str]:
    return [sentence.text for part in result.parts for sentence in part.sentences]


@pytest.mark.parametrize(
    "sentence",
    [
        "The ferry was built at Leith in 1974.",
        "Did the ferry come home that night?",
        "“We shall go home before it is dark,” she said.",
        "He said: “We shall go home before dark.”",
        "(The ferry came home in the night.)",
        "In the year to 30 June 2025, revenue rose by 21 per cent to £68.4 million.",
        "The table in the hall was set for nine.",
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
        "- **Ferry** means a boat that carries passengers across the sound.",
        "The pay of the executive directors for the year is shown in the table.",
        "Munro, R. 1974. Ferries of the western sound. In Proceedings of the Society of Shipwrights.",
        "Let p ( x ) = a x + b y + c z for all x of the set.",
    ],
)
def test_headings_table_rows_references_formulas_and_monsters_cannot(sentence):
    assert not quotable(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "He then sailed for Oban.",
        "However, the boiler failed.",
        "“They left in the night,” he wrote.",
        "MOIRA KEAY: So we sold the boat.",
        "This was what nobody had expected.",
        "For example, the tug was late.",
        "If they have not resolved it within ten days, it goes to court.",
    ],
)
def test_openers_that_refer_back(sentence):
    assert refers_back(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The ferry then sailed for Oban.",
        "This report describes the year of the ferry.",
        "It is important that the ferry sails.",
        "Butter was carried too.",
        "MOIRA KEAY: The boat was sold.",
        "This agreement takes effect on 1 March.",
    ],
)
def test_openers_that_stand_alone(sentence):
    assert not refers_back(sentence)


def test_the_sections_that_rule_are_those_of_the_first_level_with_several():
    sections = [Section("Book", 1, 0, 90), Section("A", 2, 5, 50), Section("A.1", 3, 9, 50), Section("B", 2, 50, 90)]
    assert [s.title for s in ruling_sections(sections)] == ["Book", "A", "B"]
    assert [s.title for s in ruling_sections(sections[:1])] == ["Book"]
    assert ruling_sections([]) == []


def test_sentences_are_divided_among_the_chapters(sentences, pool):
    titles, numbers = chapters_of(sentences)
    assert titles == [None, "The islands", "Birds", "People"]
    assert [titles[numbers[n]] for n in pool] == ["The islands", *["Birds"] * 3, *["People"] * 2]


def test_each_document_has_chapters_of_its_own(model):
    pieces = [parse(f"{n}.md", TEXT.encode()) for n in range(2)]
    both = read_sentences(model, EncodedContext([encode_document(piece, model) for piece in pieces]))
    titles, numbers = chapters_of(both)
    assert titles == [None, "The islands", "Birds", "People"] * 2 and (np.diff(numbers) >= 0).all()
    assert titles[numbers[-1]] == "People" and numbers[-1] == 7
    assert both.places.tolist() == [*range(len(both) // 2)] * 2


def test_picks_are_as_many_as_asked_for(sentences, pool):
    assert picked(sentences, [], 3) == []
    assert len(picked(sentences, pool, 2)) == 2
    assert len(set(picked(sentences, pool, 50))) == len(picked(sentences, pool, 50))


def test_what_is_said_twice_is_quoted_once(model):
    said = "The northern cliff holds nine thousand pairs of guillemots in a good summer."
    text = f"{said}\n\nPuffins dig their burrows in the turf above the landing.\n\n{said}\n\nTwo wardens live in a lighthouse.\n"
    found = lines(summarize(model, encoded(model, text, "a.txt")))
    assert found.count(said) == 1 and len(found) == 3


@pytest.mark.parametrize("limit", [10, 13, 30, 45])
def test_picks_hold_a_word_limit(sentences, pool, limit):
    chosen = picked(sentences, pool, len(pool), limit)
    assert sentences.words[chosen].sum() <= limit
    assert bool(chosen) == (limit >= 11)


DANGLING = """The mate Robert Munro steered the ferry Skua through the sound in the gale of 1988.
He then sold the boiler of the ferry Skua and the gale took the ferry and the sound.
The harbour of Oban has a stone pier and nine sheds for the nets.
A library stands behind the church, with four hundred books on whales.
"""


def test_nobody_then_does_anything_unless_it_is_said_who(model):
    sentences = read_sentences(model, encoded(model, DANGLING, "a.txt"))
    _, chapters = chapters_of(sentences)
    assert sentences.hangs.tolist() == [False, True, False, False]
    wanted = np.array([0.0, 9.0, 1.0, 1.0])
    assert pick(sentences, wanted, chapters, [0, 1, 2, 3], 2, None) == [2, 3]
    assert pick(sentences, wanted, chapters, [1, 2, 3], 3, None) == [2, 3]
    assert pick(sentences, np.array([2.0, 9.0, 1.0, 1.0]), chapters, [0, 1, 2, 3], 2, None) == [0, 1]
    assert pick(sentences, wanted, chapters, [1], 2, None) == [1], "where all do, the first is open"


def test_what_was_picked_makes_room_for_other_chapters(model):
    lines_of = [
        "Nine gulls nest on the northern cliff.",
        "Some terns lay eggs upon grey shingle.",
        "Old skuas attack our sheep in June.",
    ]
    text = "# Birds\n\n{}\n\n{}\n\n# Wardens\n\n{}\n".format(*lines_of)
    sentences = read_sentences(model, encoded(model, text))
    _, chapters = chapters_of(sentences)
    members = np.flatnonzero(sentences.quotable).tolist()
    level = np.zeros(len(sentences))
    level[members] = [1.0, 0.9, 0.6]
    assert pick(sentences, level, chapters, members, 2, None) == [members[0], members[2]]
    assert pick(sentences, level, np.zeros_like(chapters), members, 2, None) == members[:2]


def test_headings_give_sentences_of_several_chapters_of_a_real_report(model):
    report = parse("annual-report.md", (SAMPLES / "annual-report.md").read_bytes())
    sentences = read_sentences(model, EncodedContext([encode_document(report, model)]))
    _, chapters = chapters_of(sentences)
    chosen = picked(sentences, np.flatnonzero(sentences.quotable).tolist(), 50, words=250)
    assert len(set(chapters[chosen].tolist())) >= 4


def test_by_section_every_section_has_its_own(model, context):
    found = summarize(model, context, Options(by_section=True, sentences=1))
    assert [part.title for part in found.parts] == ["The islands", "Birds", "People"]
    assert [len(part.sentences) for part in found.parts] == [1, 1, 1]


@pytest.mark.precision("float32", "bfloat16")
def test_every_sentence_has_tokens_and_a_finite_score(context, sentences):
    bounds = sentences.bounds
    assert (bounds[:, 0] < bounds[:, 1]).all() and (bounds[1:, 0] >= bounds[:-1, 1]).all()
    assert np.isfinite(salience(sentences)).all() and len(salience(sentences)) == len(bounds)
    assert wording(context, bounds[-1]) == "Visitors must be off the island before the last boat leaves at five."


def test_weights_and_features_have_the_same_names(sentences):
    assert weights()["salience"].keys() == salience_features(sentences).keys() == set(FEATURES)


def test_the_terms_of_a_sentence_are_its_words_without_endings(model):
    terms = read_sentences(model, encoded(model, "The ferry sank. Ferries sink, and ferries float.", "a.txt")).terms
    assert terms.size == 2 and terms.uses.sum() == 8
    assert len(np.intersect1d(terms.of(0), terms.of(1))) == 1, "ferry and ferries"
    assert terms.counts[terms.edges[1] :].max() == 2


def test_what_speaks_of_what_all_speak_of_is_central(model):
    said = [
        "A ferry boiler failed.",
        "Every ferry boiler leaks.",
        "Some ferry boiler was old.",
        "No boiler on the ferry burst.",
    ]
    terms = read_sentences(model, encoded(model, " ".join([*said, "Nine gulls sat upon grey shingle."]), "a.txt")).terms
    found = centrality(terms, np.array([True] * 4 + [False]))
    assert found.argmin() == 4 and (found >= 0).all() and (found <= 1 + 1e-9).all()
    alone = centrality(terms, np.array([False] * 4 + [True]))
    assert alone.argmax() == 4 and alone[4] == pytest.approx(1)


def test_abstracts_and_summaries_speak_for_all():
    texts = [
        "A study of ferries.",
        "Ferries sink.",
        "1 Introduction",
        "A ferry is a boat.",
        "Executive summary",
        "All sank.",
        "2 Data",
        "x.",
    ]
    can = np.array([True, True, False, True, False, True, False, True])
    assert speaking_for_all(texts, can).tolist() == [True, True, False, False, False, True, False, False]
    assert not speaking_for_all(["Ferries sink.", "A ferry is a boat."], np.ones(2, bool)).any()


def test_the_opening_counts_where_a_text_reports_and_figures_where_people_talk(model):
    report = (
        "The ferry carried 212 passengers in the year. The harbour was deepened. The pier was repaired in spring. " * 3
    )
    talk = "I think you said 212 passengers, okay. We know that you and I saw it. You told me so, I think. " * 3
    both = EncodedContext([encode_document(parse(f"{n}.txt", t.encode()), model) for n, t in enumerate((report, talk))])
    found = salience_features(read_sentences(model, both))
    assert found["opening"][0] == 1 and 0 < found["opening"][8] < found["opening"][1] < 1
    assert found["spoken figures"][0] == 0
    assert (found["opening"][9:] == 0).all() and found["spoken figures"][9] > 0


@pytest.mark.precision("float32", "bfloat16")
def test_scores_are_the_best_of_each_sentence_over_chunks(model, context, sentences, monkeypatch, precision):
    # A sum of bfloat16 products in another order may round to the number beside it, 2**-7 away: once in a head and
    # once in the sum over heads.
    bar = 1e-4 if precision == torch.float32 else 0.02
    queries, by = index_queries(model.reader, [model.encode("how many birds are there?")])
    bounds = sentences.bounds
    whole = np.concatenate(list(best_by_sentence(model, context, queries, by, bounds)), axis=1)
    monkeypatch.setattr("dsacli.engines.extractive.focus.CHUNK_TOKENS", 20)
    parts = list(best_by_sentence(model, context, queries, by, bounds))
    assert len(parts) > 1 and np.allclose(np.concatenate(parts, axis=1), whole, rtol=bar, atol=bar)
    low, high = bounds[2]
    expected = model.reader.indexer.scores(queries, by, context.index_keys[low:high]).max(1).values
    assert np.allclose(whole[:, 2], expected.numpy(), rtol=bar, atol=bar)


def test_a_focus_chooses_what_it_asks_for(model, context):
    assert "wardens" in lines(summarize(model, context, Options(focus="Where do the wardens live?", sentences=1)))[0]
    assert "uffins" in lines(summarize(model, context, Options(focus="What do puffins dig?", sentences=1)))[0]


def test_neighbours_are_averaged_up_to_the_edges():
    assert around(np.array([3.0, 0, 0, 6]), 1).tolist() == [1.5, 1, 2, 3]
    assert around(np.array([3.0, 0, 0, 6]), 9).tolist() == [2.25] * 4


def test_a_document_of_one_sentence_is_weighed_without_warnings(model, recwarn):
    for text in ("The ferry was built at Leith by Robert Munro.", "Yes."):
        assert np.isfinite(salience(read_sentences(model, encoded(model, text, "a.txt")))).all()
    assert not recwarn.list


@pytest.mark.parametrize("text", ["A ferry came in at noon.\n\u200e\n", "x" * 5000, "\ufe0f\n\nThe tug left at four."])
def test_sentences_without_tokens_and_words_cut_in_two_are_weighed(model, text):
    context = EncodedContext([encode_document(parse("odd.txt", text.encode()), model)])
    for focus in (None, "the ferry"):
        assert summarize(model, context, Options(focus=focus)).savings.context_tokens == len(context)
