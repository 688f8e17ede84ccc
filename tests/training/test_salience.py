"""Weights of summaries: the documents they are found on, the search, and the summaries they are compared with."""

import gzip
import json

import numpy as np
import pytest
from rouge_score.rouge_scorer import RougeScorer

from dsacli.documents import Document
from dsacli.engines.context import Context
from dsacli.engines.extractive.salience import FEATURES, weights
from dsacli.engines.extractive.sentences import read_sentences
from dsacli.engines.tokenise import tokenise_document
from dsacli.training.rouge import longest_common, rouge, tokens
from dsacli.training.salience import (
    FOCUS_START,
    START,
    SalienceTraining,
    focused_examples,
    general_example,
    objective,
    search,
    train_salience,
)
from dsacli.training.summaries import METHODS, fitting, rankings, summary_figures
from dsacli.training.summarised import SOURCES, Summarised, summarised, without_abstract
from dsacli.weights import BUILT_IN

SENTENCES = [
    "The weather was fine on the first day of the week.",
    "The board agreed to buy a new boat for the ferry.",
    "Somebody had left a coat in the hall once again.",
    "The boat for the ferry will cost ninety thousand pounds.",
]
ABSTRACT = "In spring its owners bought a boat, worth ninety thousand pounds, to run as a ferry."


@pytest.fixture
def summaries(tmp_path):
    """A document of each source in training and one on dev, with a summary each, and a question about most."""
    with gzip.open(tmp_path / "documents.jsonl.gz", "wt") as file:
        for split in ("train", "dev"):
            for source in SOURCES:
                passages = [ABSTRACT, *SENTENCES * 3] if source == "papers" else SENTENCES * 3
                row = {"id": f"{split}-{source}", "source": source, "split": split, "title": "", "passages": passages}
                file.write(json.dumps(row) + "\n")
    with gzip.open(tmp_path / "focus.jsonl.gz", "wt") as file:
        for split in ("train", "dev"):
            for source in SOURCES:
                query = "Summarize the meeting" if source == "meetings" else ""
                general = {"document": f"{split}-{source}", "query": query, "turns": [], "answer": ABSTRACT}
                focused = general | {
                    "query": "The coat?",
                    "answer": "Somebody had left a coat in the hall, and nobody knew whose it was.",
                    "turns": [] if source == "stories" else [[2, 2]],
                }
                file.write(json.dumps(general) + "\n")
                if source in ("meetings", "stories"):
                    file.write(json.dumps(focused) + "\n")
                    file.write(json.dumps(general | {"answer": "A boat will be bought."}) + "\n")
    return tmp_path


def test_rouge_of_the_same_the_half_and_nothing():
    assert rouge(tokens("A new boat."), tokens("a new boat")) == (100, 100)
    assert rouge(tokens("boat new"), tokens("new boat")) == (100, 50)
    assert rouge(tokens("coat"), tokens("a new boat")) == rouge([], []) == (0, 0)


def test_rouge_is_that_of_the_package_rouge_score():
    rng = np.random.default_rng(1)
    words = "cats running the dogs ran runs boat bought of a".split()
    scorer = RougeScorer(["rouge1", "rougeL"], use_stemmer=True)
    for size in (1, 7, 40):
        left, right = (" ".join(rng.choice(words, size + extra)) for extra in (0, 5))
        wanted = scorer.score(right, left)
        found = rouge(tokens(left), tokens(right))
        assert found == pytest.approx((100 * wanted["rouge1"].fmeasure, 100 * wanted["rougeL"].fmeasure))


def test_the_longest_common_subsequence():
    assert longest_common(list("abcbdab"), list("bdcaba")) == 4
    assert longest_common([], ["a"]) == longest_common(["a"], []) == 0


def test_the_summaries_of_the_split_asked_for(summaries):
    (meeting,) = summarised(summaries, "train", "meetings", 0)
    assert meeting.document.name == "train-meetings" and meeting.general == (ABSTRACT, "A boat will be bought.")
    (focused,) = meeting.focused
    assert focused.focus == "The coat?"
    assert [meeting.document.text[low:high].strip() for low, high in focused.places] == [SENTENCES[2]]
    (story,) = summarised(summaries, "train", "stories", 0)
    assert story.general == meeting.general and [each.focus for each in story.focused] == ["The coat?"]
    assert [each.places for each in story.focused] == [()]


def test_a_paper_without_its_abstract_begins_behind_it(summaries):
    (paper,) = summarised(summaries, "train", "papers", 0)
    assert paper.document.text.startswith(ABSTRACT)
    body = without_abstract(paper)
    assert body and body.source == "bodies" and body.document.text == "\n".join(SENTENCES * 3)
    assert without_abstract(body) is None


def test_an_example_scores_what_the_weights_choose(model):
    text = "\n".join([*SENTENCES, ABSTRACT])
    example = general_example(model, Summarised("papers", Document("a", "text", text), (SENTENCES[0],), ()))
    assert example.features.keys() == START.keys()
    assert example.score(dict.fromkeys(START, 0.0) | {"opening": 1.0}) == 200, "the first sentence is the summary"
    assert example.score(dict.fromkeys(START, 0.0) | {"opening": -1.0}) < 100


def test_the_search_finds_weights_that_summaries_are_made_by(model):
    text = "\n".join([*SENTENCES, ABSTRACT, *SENTENCES[::-1]])
    item = Summarised("papers", Document("a", "text", text), ("Nobody had left any coat in that hall once again.",), ())
    example = general_example(model, item)
    lines = []
    found = search([example], START, lines.append)
    assert objective([example], found, START) >= objective([example], START, START) and len(lines) > 1
    assert search([], START, lines.append) == START


def test_training_writes_the_weights_that_the_engine_reads(summaries, tmp_path):
    lines = []
    found = train_salience(SalienceTraining(summaries, tmp_path / "out", BUILT_IN), lines.append)
    written = json.loads((tmp_path / "out" / "salience.json").read_text())
    assert written == found and written.keys() == weights().keys()
    assert all(written[kind].keys() == weights()[kind].keys() for kind in written)
    assert "4 documents up to meetings" in " ".join(lines), "papers count twice, calls not at all"
    assert any(line.startswith("2 questions") for line in lines)


def test_the_names_of_the_weights():
    assert START.keys() == set(FEATURES) == weights()["salience"].keys()
    assert FOCUS_START.keys() == weights()["focus"].keys()


def test_a_question_is_an_example_of_its_own(model, summaries):
    (item,) = summarised(summaries, "train", "meetings", 0)
    (example,) = focused_examples(model, item, 3, START)
    assert example.features.keys() == FOCUS_START.keys()
    assert int(np.argmax(example.features["index"][:4])) == 2
    assert example.references == (item.focused[0].reference,)


def test_classical_summaries_are_sentences_within_the_limit(model):
    context = Context([tokenise_document(Document("a", "text", "\n".join(SENTENCES)), model.tokenizer)])
    sentences = read_sentences(model, context)
    ranked = rankings(sentences)
    assert ranked.keys() == set(METHODS) - {"dsacli"}
    assert ranked["lead"] == [0, 1, 2, 3] and ranked["centroid"][0] in (1, 3)
    for order in ranked.values():
        assert sorted(order) == [0, 1, 2, 3]
        text = fitting(sentences, order, 22)
        assert 0 < len(text.split()) <= 22
        assert " ".join(s for s in SENTENCES if s in text) == text


def test_of_a_long_document_the_classical_methods_get_less(model, monkeypatch):
    monkeypatch.setattr("dsacli.training.summaries.MOST_SENTENCES", 2)
    context = Context([tokenise_document(Document("a", "text", "\n".join(SENTENCES)), model.tokenizer)])
    ranked = rankings(read_sentences(model, context))
    assert sorted(ranked["LexRank"]) == [0, 3] and len(ranked["lead"]) == 4


def test_figures_have_every_method_for_every_kind(model, summaries):
    found = dict(summary_figures(model, summaries))
    assert found.keys() == {
        *SOURCES,
        "papers without abstract",
        "meetings, with a focus",
        "stories, with a focus",
    }
    for kind, methods in found.items():
        assert methods.keys() == ({"dsacli"} if "focus" in kind else set(METHODS))
        assert all(0 <= low <= high <= 100 for high, low in methods.values())
