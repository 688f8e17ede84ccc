"""What the indexer imitates is the reader's own attention, and the loss is zero where it does so perfectly."""

import numpy as np
import pytest
import torch

from dsacli.reader.loading import load_reader
from dsacli.reader.rows import pad_rows, question_row
from dsacli.training.teacher import imitation_loss, question_attention

QUESTION = np.array([2040, 2106, 1996, 2034, 10684], np.int32)
RUNS = [np.arange(3000, 3020, dtype=np.int32), np.arange(5000, 5012, dtype=np.int32)]


@pytest.fixture
def reader():
    """The built-in reader."""
    return load_reader(dtype=torch.float32)


def test_attention_is_that_of_the_last_layer_over_the_tokens_of_all_runs(reader):
    attention = question_attention(reader, QUESTION, RUNS, layers=1)
    assert attention.shape == (5, 32)
    torch.testing.assert_close(attention.sum(1), torch.ones(5))

    row = pad_rows([question_row(QUESTION, *RUNS)])
    hidden = reader.embeddings(row.token_ids, row.positions, row.types)
    for layer in reader.layers[:-1]:
        hidden = layer(hidden, None)
    queries, keys, _ = reader.layers[-1].attention.qkv(hidden[0]).chunk(3, dim=-1)
    total = torch.zeros(5, hidden.shape[1])
    for head in range(12):
        part = slice(32 * head, 32 * head + 32)
        total += (queries[1:6, part] @ keys[:, part].T / 32**0.5).softmax(-1)
    in_run = row.in_run[0]
    expected = total[:, in_run] / total[:, in_run].sum(1, keepdim=True)
    torch.testing.assert_close(attention, expected, rtol=1e-3, atol=1e-5)


def test_perfect_imitation_costs_nothing_and_anything_else_does():
    attention = torch.tensor([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]])
    assert imitation_loss(attention, attention.log() + 3).item() == pytest.approx(0, abs=1e-6)
    expected = np.log([3, 3]) + [(p * np.log(p)).sum() for p in attention.numpy()]
    assert imitation_loss(attention, torch.zeros(2, 3)).item() == pytest.approx(expected.mean(), abs=1e-6)


def test_in_the_sparse_stage_only_the_selected_tokens_count():
    attention = torch.tensor([[0.6, 0.2, 0.2]])
    scores = torch.tensor([[5.0, 1.0, 1.0]])
    assert imitation_loss(attention, scores, torch.tensor([1, 2])).item() == pytest.approx(0, abs=1e-6)
    assert imitation_loss(attention, scores).item() > 0.1
