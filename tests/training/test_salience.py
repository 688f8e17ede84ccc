"""Labels and training of the salience head, and the summaries it is compared with."""

import gzip
import json

import pytest
import torch

from dsacli.reader.loading import load_model, load_reader
from dsacli.training.checkpoint import load_parts
from dsacli.training.rouge import oracle, rouge
from dsacli.training.salience import SalienceTraining, Sentences, summarised, train_salience
from dsacli.training.summaries import baselines, summary_figures
from dsacli.weights import BUILT_IN

SENTENCES = [
    "The weather was fine on the first day of the week.",
    "The board agreed to buy a new boat for the ferry.",
    "Somebody had left a coat in the hall once again.",
    "The boat for the ferry will cost ninety thousand pounds.",
]


@pytest.fixture
def summaries(tmp_path):
    """Two transcripts in training and two on dev, with a summary each."""
    talks = [(split, source) for split in ("train", "dev") for source in ("meetings", "calls")]
    with gzip.open(tmp_path / "documents.jsonl.gz", "wt") as file:
        for split, source in talks:
            row = {"id": f"{split}-{source}", "source": source, "split": split, "title": "", "passages": SENTENCES * 3}
            file.write(json.dumps(row) + "\n")
    with gzip.open(tmp_path / "focus.jsonl.gz", "wt") as file:
        for split, source in talks:
            general = {"document": f"{split}-{source}", "query": "", "turns": []}
            focused = general | {
                "query": "The coat?",
                "answer": "Somebody had left a coat in the hall, and nobody knew whose it was.",
                "turns": [[2, 2]],
            }
            file.write(json.dumps(focused) + "\n")
            file.write(json.dumps(general | {"answer": "The board will buy a boat for ninety thousand pounds."}) + "\n")
    return tmp_path


def test_rouge_of_the_same_the_half_and_nothing():
    assert rouge("A new boat.", "a new boat") == (100, 100)
    assert rouge("boat new", "new boat") == (100, 50)
    assert rouge("coat", "a new boat") == (0, 0)


def test_the_oracle_takes_what_the_reference_says_and_no_more_words_than_allowed():
    reference = "The board agreed to buy a boat. It will cost ninety thousand pounds."
    gains = oracle(SENTENCES, reference, 30)
    assert gains[1] > 0 and gains[3] > 0 and gains[0] == gains[2] == 0
    assert (oracle(SENTENCES, reference, 12) > 0).sum() == 1
    assert oracle(SENTENCES, reference, 3).sum() == 0
    assert len(oracle([], reference, 30)) == 0


def test_the_summaries_of_the_split_asked_for(summaries):
    (item,) = summarised(summaries, "train", "meetings", 0)
    assert item.document.name == "train-meetings" and item.general.reference.startswith("The board")
    (focused,) = item.focused
    assert focused.focus == "The coat?"
    assert [item.document.text[low:high].strip() for low, high in focused.places] == [SENTENCES[2]]


def test_a_focused_label_stands_where_its_summary_rests(model, summaries):
    (item,) = summarised(summaries, "train", "meetings", 0)
    sentences = Sentences(model, item)
    assert len(sentences.kept) == 12
    labels = sentences.labels(item.focused[0])
    assert labels.nonzero().flatten().tolist() == [2]
    assert sentences.focused("The coat?").shape == (12, 6)


@pytest.mark.precision("float32", "bfloat16")
def test_the_head_learns_what_summaries_are_made_of_and_nothing_else_moves(summaries, tmp_path):
    lines = []
    train_salience(SalienceTraining(summaries, tmp_path, BUILT_IN, epochs=30), lines.append)
    losses = [float(line.split()[-1]) for line in lines if line.startswith("epoch")]
    general, focused = losses[: len(losses) // 2], losses[len(losses) // 2 :]
    assert general[-1] < general[0] - 0.1 and focused[-1] < focused[0] - 0.1
    model, before = load_model(), load_reader().state_dict()
    load_parts(tmp_path / "salience.safetensors", model.reader)
    moved = {name for name, value in model.reader.state_dict().items() if not torch.equal(value, before[name])}
    assert moved and all(name.startswith(("salience.", "focus.")) for name in moved)
    (item,) = summarised(summaries, "dev", "calls", 0)
    sentences = Sentences(model, item)
    labels = sentences.labels(item.general)
    scores = model.reader.salience(sentences.features[sentences.kept].to(next(model.reader.parameters())))
    assert scores[labels > 0].mean() > scores[labels == 0].mean()


def test_classical_summaries_are_sentences_within_the_limit():
    found = baselines(SENTENCES, 22)
    assert found.keys() == {"lead", "LexRank", "TextRank", "LSA"}
    assert found["lead"] == " ".join(SENTENCES[:2])
    for text in found.values():
        assert 0 < len(text.split()) <= 22
        assert "".join(s for s in SENTENCES if s in text) == text.replace(". ", ".")


def test_figures_have_every_method_for_every_source(model, summaries):
    found = dict(summary_figures(model, summaries))
    assert found.keys() == {"meetings", "calls", "meetings, with a focus", "calls, with a focus"}
    for source, methods in found.items():
        assert methods.keys() == {"dsacli"} if "focus" in source else {"lead", "LexRank", "TextRank", "LSA", "dsacli"}
        assert all(0 <= low <= high <= 100 for high, low in methods.values())
