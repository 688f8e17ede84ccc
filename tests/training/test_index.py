"""The indexer's stage, on the built-in reader and a corpus of six questions."""

import pytest
import torch

from dsacli.reader.loading import load_reader
from dsacli.training import index
from dsacli.training.checkpoint import load_checkpoint, save_checkpoint
from dsacli.training.index import IndexTraining, train_indexer


@pytest.fixture
def out(tmp_path, monkeypatch):
    """A folder with the checkpoint of the built-in reader; batches that six questions can fill."""
    reader = load_reader(dtype=torch.float32)
    save_checkpoint(tmp_path / "read.safetensors", reader, torch.optim.AdamW(reader.parameters()), 0)
    monkeypatch.setattr(index, "QUESTIONS", 4)
    return tmp_path


@pytest.mark.precision("float32", "bfloat16")
def test_only_the_indexer_learns_and_it_learns(data, out):
    trained = train_indexer(IndexTraining(data, out, index_layers=2, steps=12, learning_rate=3e-3)).state_dict()
    before = load_reader(dtype=torch.float32).state_dict()
    moved = {name for name, value in trained.items() if not torch.equal(value, before[name])}
    assert moved and all(name.startswith("indexer.") for name in moved)
    log = (out / "index.log").read_text()
    assert "12 steps, starting at 0" in log


def test_it_goes_on_where_it_was(data, out):
    train_indexer(IndexTraining(data, out, index_layers=1, steps=3))
    train_indexer(IndexTraining(data, out, index_layers=1, steps=4))
    assert "4 steps, starting at 3" in (out / "index.log").read_text()
    reader = load_reader(dtype=torch.float32)
    assert load_checkpoint(out / "index-1.safetensors", reader) == 4


def test_the_dense_warm_up_is_imitation_alone_and_the_sparse_stage_both(data, out):
    plan = IndexTraining(data, out, index_layers=2, warmup_steps=2, steps=4, imitation=0.5, fresh=False)
    train_indexer(plan)
    assert load_checkpoint(out / "warmup-2.safetensors", load_reader(dtype=torch.float32)) == 2
    assert load_checkpoint(out / "index-2.safetensors", load_reader(dtype=torch.float32)) == 4


@pytest.mark.precision("float32", "bfloat16")
def test_imitation_alone_brings_the_index_scores_nearer_to_the_attention(data, out, monkeypatch):
    lines = []
    monkeypatch.setattr(index, "Log", lambda path: lines.append)
    monkeypatch.setattr(index, "LOG_EVERY", 5)
    train_indexer(IndexTraining(data, out, index_layers=2, warmup_steps=30, steps=30))
    losses = [float(line.split()[3]) for line in lines if line.startswith("step ")]
    assert losses[-1] < 0.8 * losses[0]
