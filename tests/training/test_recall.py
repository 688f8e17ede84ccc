"""The small model that recalls facts: its texts, its training, and what the one that was made finds."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from dsacli.cli import app
from dsacli.models.deepseek_v32 import DeepseekV32
from dsacli.training.recall import RecallTraining, Trainable, recall_config, train_recall
from dsacli.training.recall_texts import FACTS, Curriculum, Texts, batch_of, recall_tokenizer, words
from dsacli.training.recalled import recalled
from tests.models.tiny import load

# Made by `python -m dsacli.training recall tests/recall_model`.
MODEL = Path(__file__).parent.parent / "recall_model"
TOPK = 128


@pytest.fixture
def untrained() -> DeepseekV32:
    torch.manual_seed(3)
    network = DeepseekV32(recall_config()).requires_grad_(False)
    for value in network.parameters():
        if value.dim() > 1:
            torch.nn.init.normal_(value, std=value.shape[-1] ** -0.5)
    return network


def test_a_long_text_holds_the_fact_where_it_is_said_to():
    texts, rng, vocabulary = Texts(), np.random.default_rng(2), words()
    for depth in (0.0, 0.3, 0.99):
        ids, value = texts.long(3000, depth, rng)
        name = vocabulary[ids[-1]]
        text = " ".join(vocabulary[i] for i in ids)
        fact = f"code {name} {vocabulary[value]} ."
        assert len(ids) == 3000 and text.count(fact) == 1 and text.endswith(f"what code {name}")
        assert len(text[: text.index(fact)].split()) / 3000 == pytest.approx(depth, abs=0.01)


def test_the_tokenizer_gives_the_ids_that_the_model_learns():
    texts, vocabulary = Texts(), words()
    (name, value), *_ = texts.facts(1, np.random.default_rng(2))
    said = f"The code of {vocabulary[name]} is {vocabulary[value]}. What is the code of {vocabulary[name]}?"
    assert recall_tokenizer().encode(said).ids == [*texts.fact(name, value), *texts.question(name)]


def test_all_questions_of_a_training_text_are_answered_in_it():
    made = Texts().training(np.random.default_rng(4))
    vocabulary, text = words(), " ".join(words()[i] for i in made.ids)
    asked = [i + 2 for i, token in enumerate(made.ids) if vocabulary[token] == "what"]
    assert len(asked) == 2 * FACTS and made.places == sorted(made.places)
    for i in asked:
        assert f"code {vocabulary[made.ids[i]]} {vocabulary[made.ids[i + 1]]} ." in text
        assert made.wanted[i + 1] and made.wanted[i + 2] and not made.wanted[i]


def test_repeated_sequences_go_on_as_they_did():
    made = Texts().repeated(np.random.default_rng(4), 6)
    first = made.ids[: len(made.ids) // 2]
    assert sorted(first) == sorted(made.ids[len(first) :]) and len(set(first)) == len(first)
    assert sum(made.wanted) == len(first) - 6 and not any(made.wanted[: len(first)])
    for i in np.flatnonzero(made.wanted):
        assert first[first.index(made.ids[i - 1]) + 1] == made.ids[i]


def test_texts_grow_harder_only_when_they_are_mastered():
    curriculum = Curriculum(Texts(), np.random.default_rng(4), 400)
    seen = [str(curriculum)]
    for _ in range(500):
        curriculum.update(0.5)
    assert str(curriculum) == seen[0]
    while not curriculum.done:
        curriculum.update(1.0)
        seen.append(str(curriculum))
    assert seen[-1] == "facts up to 40000 apart in 128 times as many sentences" and 5 < len(set(seen)) < 30
    assert sum(len(text.ids) for text in curriculum.batch(128)) < 14000


@pytest.mark.parametrize(("index", "topk"), [(False, None), (True, None), (True, 16)])
def test_what_is_trained_is_what_runs(untrained, index, topk):
    rng = np.random.default_rng(2)  # no two index scores of these texts differ by a rounding error at the cut
    ids, _, _ = batch_of([Texts().training(rng) for _ in range(2)])
    places = torch.arange(ids.shape[1]).expand_as(ids)
    logits, kl = Trainable(untrained)(ids, places, index=index, topk=topk)
    for text, expected in zip(ids, logits):
        assert torch.allclose(untrained(text, untrained.new_cache(len(text), topk or len(text))), expected, atol=1e-3)
    assert all((loss > 0) == index for loss in kl)


def test_the_warm_up_moves_the_indexer_alone_and_leaves_a_model(tmp_path, monkeypatch):
    before = {}
    for name, steps in (("dense", (2, 0, 0)), ("warm", (2, 2, 0)), ("sparse", (2, 2, 2))):
        said = []
        train_recall(RecallTraining(tmp_path / name, *steps, batch_tokens=300), said.append)
        state = load(tmp_path / name).state_dict()
        if name == "warm":
            changed = {n for n in state if not torch.equal(state[n], before[n])}
            assert changed and all(".indexer." in n for n in changed)
        if name == "sparse":
            assert sum(not torch.equal(state[n], before[n]) for n in state) > 30
        before = state


@pytest.fixture
def trained() -> DeepseekV32:
    network = load(MODEL)
    assert network.config.index_topk == TOPK
    return network


def test_facts_are_found_in_8192_tokens_with_128_selected(trained):
    assert np.mean(recalled(trained, 8192, 2)) >= 0.95


@pytest.mark.slow
@pytest.mark.parametrize("length", [8192, 32768])
def test_facts_are_found_at_every_tenth_of_long_texts(trained, length):
    shares = recalled(trained, length, 20)
    assert np.mean(shares) >= 0.95 and min(shares) >= 0.9


def test_the_indexer_is_what_finds_it(trained):
    for layer in trained.model.layers:
        layer.self_attn.indexer.wq_b.weight.data.normal_()
    assert np.mean(recalled(trained, 4096, 1)) < 0.5


@pytest.mark.precision("float32", "bfloat16")
def test_the_command_line_answers_with_the_line_it_read(tmp_path):
    texts, rng, vocabulary = Texts(), np.random.default_rng(6), words()
    told = texts.facts(6, rng)
    lines = [" ".join(vocabulary[i] for i in texts.filler(rng)).replace(" .", ".") for _ in range(200)]
    for number, (name, value) in enumerate(told):
        lines.insert(30 * number + 10, f"The code of {vocabulary[name]} is {vocabulary[value]}.")
    document = tmp_path / "facts.txt"
    document.write_text("\n\n".join(lines) + "\n", encoding="utf-8")
    for name, value in told:
        question = f"What is the code of {vocabulary[name]}?"
        ran = CliRunner().invoke(app, ["ask", str(document), question, "--model", str(MODEL), "--json"])
        assert ran.exit_code == 0, ran.stderr
        found = json.loads(ran.stdout)
        assert found["answer"] == vocabulary[value]
        assert found["evidence"][0]["quote"] == f"The code of {vocabulary[name]} is {vocabulary[value]}."
