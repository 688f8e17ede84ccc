"""The stage itself, on the built-in weights and a corpus of six questions."""

import pytest
import torch
from safetensors.torch import load_file

from dsacli.models.loading import BUILT_IN, load_reader
from dsacli.training import read
from dsacli.training.read import ReadTraining, group_loss, schedule, train_reader


def plan(data, out, **changes) -> ReadTraining:
    settings = dict(forms=0.2, frozen_layers=2, sentences=1.0, batch_tokens=400, learning_rate=1e-4, max_steps=4)
    return ReadTraining(data, out, BUILT_IN, **(settings | changes))


@pytest.fixture(scope="module")
def whole(data, tmp_path_factory):
    """Four steps in one piece: the reader and the folder."""
    out = tmp_path_factory.mktemp("whole")
    return train_reader(plan(data, out)), out


def test_only_the_upper_layers_move(whole):
    before, (after, _) = load_reader(dtype=torch.float32).state_dict(), whole
    moved = {name for name, value in after.state_dict().items() if not torch.equal(value, before[name])}
    assert any(name.startswith("layers.5.") for name in moved) and "span_head.weight" in moved
    assert not any(name.startswith(("embeddings.", "layers.0.", "layers.1.", "indexer.")) for name in moved)


def test_a_stopped_run_goes_on_to_the_same_weights(data, whole, tmp_path, monkeypatch):
    stopping, done = plan(data, tmp_path, checkpoint_every=2), []

    def loss_of_three_steps(*arguments):
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(1)
        return group_loss(*arguments)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(read, "group_loss", loss_of_three_steps)
        train_reader(stopping)
    resumed = train_reader(stopping)
    assert "4 steps, starting at 2" in (tmp_path / "read.log").read_text()
    expected = whole[0].state_dict()
    for name, value in resumed.state_dict().items():
        torch.testing.assert_close(value, expected[name], rtol=0, atol=1e-6)


def test_the_checkpoint_holds_weights_and_moments(whole):
    tensors = load_file(whole[1] / "read.safetensors")
    assert "model.span_head.weight" in tensors
    assert any(name.startswith("optimizer.") and name.endswith("exp_avg") for name in tensors)


def test_the_learning_rate_rises_and_falls():
    rates = [schedule(step, 100, 0.1) for step in range(100)]
    assert rates.index(max(rates)) in (9, 10) and max(rates) == 1.0
    assert rates[0] == 0.1 and rates[-1] < 0.02
