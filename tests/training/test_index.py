"""The indexer's stage, on a small reader and a corpus of six questions and a contract."""

import pytest
import torch

from dsacli.reader.loading import load_reader
from dsacli.training import index
from dsacli.training.checkpoint import load_parts
from dsacli.training.index import IndexTraining, train_indexer


@pytest.fixture
def plan(data, start, tmp_path, monkeypatch):
    """Batches that six questions can fill."""
    monkeypatch.setattr(index, "QUESTIONS", 4)
    monkeypatch.setattr(index, "LOG_EVERY", 10)
    return lambda steps, **settings: IndexTraining(data, tmp_path, start, steps, contracts=1, **settings)


@pytest.mark.precision("float32", "bfloat16")
def test_only_what_finds_learns_and_it_learns(plan, start, tmp_path):
    trained = train_indexer(plan(40, learning_rate=3e-3, indexer_rate=1e-2)).state_dict()
    before = load_reader(start, dtype=torch.float32).state_dict()
    moved = {name for name, value in trained.items() if not torch.equal(value, before[name])}
    for part in ("index.layers.0.", "index.layers.1.", "indexer.", "lexical."):
        assert any(name.startswith(part) for name in moved), part
    assert not any(name.startswith(("index.embeddings.", "reading.", "salience.", "focus.")) for name in moved)
    losses = [float(line.split()[4]) for line in (tmp_path / "index.log").read_text().splitlines() if " loss " in line]
    assert len(losses) == 4 and losses[-1] < losses[0]
    left = load_reader(start, dtype=torch.float32)
    load_parts(tmp_path / "index.safetensors", left)
    assert all(torch.equal(value, trained[name]) for name, value in left.state_dict().items())


def test_it_goes_on_where_it_was(plan, tmp_path):
    train_indexer(plan(3))
    train_indexer(plan(4))
    assert "4 steps, starting at 3" in (tmp_path / "index.log").read_text()
