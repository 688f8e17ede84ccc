"""The small model that is to recall facts: its texts and its training."""

import numpy as np
import pytest
import torch

from dsacli.models.deepseek import load_deepseek, read_deepseek_config
from dsacli.models.deepseek_v32 import DeepseekV32
from dsacli.training.recall import (
    FACTS,
    RecallTraining,
    Texts,
    Trainable,
    batch_of,
    recall_config,
    recall_tokenizer,
    train_recall,
    words,
)


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
        fact = f"the code of {name} {vocabulary[value]} ."
        assert len(ids) == 3000 and text.count(fact) == 1 and text.endswith(f"what the code of {name}")
        assert len(text[: text.index(fact)].split()) / 3000 == pytest.approx(depth, abs=0.01)


def test_the_tokenizer_gives_the_ids_that_the_model_learns():
    ids, _ = Texts().long(400, 0.5, np.random.default_rng(2))
    assert recall_tokenizer().encode(" ".join(words()[i] for i in ids).capitalize()).ids == ids


def test_all_questions_of_a_training_text_are_answered_in_it():
    ids, places, wanted = Texts().training(np.random.default_rng(4))
    vocabulary, text = words(), " ".join(words()[i] for i in ids)
    asked = [i + 4 for i, token in enumerate(ids) if vocabulary[token] == "what"]
    assert len(asked) == FACTS and places == sorted(places)
    for i in asked:
        assert f"the code of {vocabulary[ids[i]]} {vocabulary[ids[i + 1]]} ." in text
        assert wanted[i + 1] and wanted[i + 2] and not wanted[i]
    easy, _, _ = Texts().training(np.random.default_rng(4), ease=1.0)
    assert len(easy) < len(ids) / 2


@pytest.mark.parametrize("topk", [None, 16])
def test_what_is_trained_is_what_runs(untrained, topk):
    ids, _, _ = batch_of(Texts(), 2, np.random.default_rng(1))
    places = torch.arange(ids.shape[1]).expand_as(ids)
    logits, kl = Trainable(untrained)(ids, places, index=True, topk=topk)
    untrained.set_index_topk(topk or ids.shape[1])
    for text, expected in zip(ids, logits):
        assert torch.allclose(untrained(text, untrained.new_cache(len(text))), expected, atol=1e-3)
    assert all(loss > 0 for loss in kl)


def test_the_warm_up_moves_the_indexer_alone_and_leaves_a_model(tmp_path, monkeypatch):
    before = {}
    for name, steps in (("dense", (2, 0, 0)), ("warm", (2, 2, 0)), ("sparse", (2, 2, 2))):
        said = []
        train_recall(RecallTraining(tmp_path / name, *steps, batch=2), said.append)
        state = load_deepseek(tmp_path / name, read_deepseek_config(tmp_path / name)).state_dict()
        if name == "warm":
            changed = {n for n in state if not torch.equal(state[n], before[n])}
            assert changed and all(".indexer." in n for n in changed)
        if name == "sparse":
            assert sum(not torch.equal(state[n], before[n]) for n in state) > 30
        before = state
