"""The stage itself, on a small reader and a corpus of six questions and a contract."""

import re

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from dsacli.reader.loading import load_reader
from dsacli.reader.reading import read_runs
from dsacli.reader.rows import pad_rows, question_row
from dsacli.reader.runs import Run
from dsacli.training import read
from dsacli.training.group import Group
from dsacli.training.read import ReadTraining, batch_of, group_loss, schedule, train_reader, use_dropout


def plan(drawn, start, out, **changes) -> ReadTraining:
    settings = dict(frozen_layers=2, batch_tokens=400, learning_rate=1e-3, dropout=0.1, workers=0, max_steps=4)
    return ReadTraining((drawn, drawn), out, start, **(settings | changes))


@pytest.fixture(scope="module")
def whole(drawn, start, tmp_path_factory, precision):
    """Four steps in one piece: the reader and the folder."""
    out = tmp_path_factory.mktemp("whole")
    return train_reader(plan(drawn, start, out)), out


@pytest.mark.precision("float32", "bfloat16")
def test_only_the_upper_layers_of_the_reading_network_move(start, whole):
    before, (after, _) = load_reader(start, dtype=torch.float32).state_dict(), whole
    moved = {name for name, value in after.state_dict().items() if not torch.equal(value, before[name])}
    assert any(name.startswith("reading.layers.2.") for name in moved) and "reading.span_head.weight" in moved
    assert all(name.startswith(("reading.layers.2.", "reading.span_head.")) for name in moved)


@pytest.mark.precision("float32", "bfloat16")
def test_a_stopped_run_goes_on_to_the_same_weights(drawn, start, whole, tmp_path, monkeypatch):
    stopping, done = plan(drawn, start, tmp_path, checkpoint_every=2), []

    def loss_of_three_steps(*arguments):
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(1)
        return group_loss(*arguments)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(read, "group_loss", loss_of_three_steps)
        train_reader(stopping)
    resumed = train_reader(stopping)
    assert re.search(r" 4 of \d+ steps, starting at 2$", (tmp_path / "read.log").read_text(), re.MULTILINE)
    expected = whole[0].state_dict()
    for name, value in resumed.state_dict().items():
        torch.testing.assert_close(value, expected[name], rtol=0, atol=1e-6)


@pytest.mark.precision("float32", "bfloat16")
def test_the_checkpoint_holds_weights_and_moments(whole):
    tensors = load_file(whole[1] / "read.safetensors")
    assert "model.reading.span_head.weight" in tensors
    assert all(name.startswith(("model.reading.", "optimizer.")) for name in tensors)
    assert any(name.startswith("optimizer.") and name.endswith("exp_avg") for name in tensors)


def test_processes_that_make_batches_change_nothing(drawn, start, whole, tmp_path):
    expected = whole[0].state_dict()
    for name, value in train_reader(plan(drawn, start, tmp_path, workers=2)).state_dict().items():
        torch.testing.assert_close(value, expected[name], rtol=0, atol=1e-6)


def test_dropout_changes_what_is_trained_and_not_what_reads(start, batch):
    reader, dropping = (load_reader(start, dtype=torch.float32) for _ in range(2))
    use_dropout(dropping.reading, 0.5)
    losses = [group_loss(each, batch_of(batch), "cpu").item() for each in (reader, dropping, dropping)]
    assert len(set(losses)) == 3
    assert dropping.state_dict().keys() == reader.state_dict().keys()


def test_the_learning_rate_rises_and_falls():
    rates = [schedule(step, 100, 0.1) for step in range(100)]
    assert rates.index(max(rates)) in (9, 10) and max(rates) == 1.0
    assert rates[0] == 0.1 and rates[-1] < 0.02


def group(tokenizer, question, runs, answer, paths=()):
    def encoded(texts):
        return [np.array(tokenizer.encode(text, add_special_tokens=False).ids, np.int32) for text in texts]

    return Group(*encoded([question]), encoded(runs), answer, encoded(paths) or None)


@pytest.fixture
def batch(tokenizer):
    """Groups of one and of two runs, with heading paths of different lengths and without; one has no answer."""
    lamp, mill = "The lamp was lit in 1851 by Magnus Flett.", "Hannah Croft built the mill."
    return [
        group(tokenizer, "Who lit the lamp?", [lamp, mill], (7, 10)),
        group(tokenizer, "Who burned the mill?", [mill], None),
        group(tokenizer, "Who built it?", [mill, lamp], (0, 1), ["Mills of the Esk > The first", ""]),
        group(tokenizer, "When was it lit?", [lamp], (5, 5), ["Lights"]),
    ]


@pytest.mark.precision("float32", "bfloat16")
def test_the_loss_is_that_of_reading_each_group_as_a_query_does(start, batch, precision):
    reader = load_reader(start, dtype=torch.float32)
    expected, largest = [], 0.0
    for each in batch:
        runs = [Run(number, tokens, path=each.path(number)) for number, tokens in enumerate(each.runs)]
        read = read_runs(reader, each.question, runs)
        read = sorted(read, key=lambda part: part.run.first)
        rows = [question_row(each.question, (run.tokens, run.path)) for run in runs]
        none = torch.tensor([min(logits_of_first(reader, rows, side)) for side in (0, 1)])
        for side in (0, 1):
            spans = torch.cat([torch.from_numpy(part.logits[:, side]) for part in read])
            scores = torch.cat([none[side : side + 1], spans])
            largest = max(largest, scores.abs().max().item())
            place = 0 if each.answer is None else 1 + each.answer[side]
            expected.append(-torch.log_softmax(scores, 0)[place].item())
    # The reading is float32. Of a loss in bfloat16 each logit is rounded to 8 significant bits, by 2**-8 of the largest
    # at most, and a cross-entropy moves by at most twice what its logits do; what was rounded before averages out.
    bar = 1e-3 * np.mean(expected) if precision == torch.float32 else 2 * 2**-8 * largest
    assert group_loss(reader, batch_of(batch), "cpu").item() == pytest.approx(np.mean(expected), abs=bar)


def logits_of_first(reader, rows, side):
    """The no-answer logit of each row of a group."""
    padded = [pad_rows([row]) for row in rows]
    return [reader.reading(p.token_ids, p.positions, None)[0, 0, side].item() for p in padded]
