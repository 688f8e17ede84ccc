"""The indexer's stage, on a small reader and groups of six questions, a contract and made documents."""

import numpy as np
import pytest
import torch

from dsacli.reader.lexical import asked_of, pieces_of, words_in_passages
from dsacli.reader.loading import load_reader
from dsacli.training import index
from dsacli.training.checkpoint import load_parts
from dsacli.training.group import Group
from dsacli.training.index import PASSAGE_TOKENS, IndexTraining, Steps, allowed, runs_of, train_indexer


@pytest.fixture
def plan(drawn, start, tmp_path, monkeypatch):
    """Small steps, over and over."""
    monkeypatch.setattr(index, "LOG_EVERY", 10)
    return lambda steps, **settings: IndexTraining(
        (drawn,) * 8, tmp_path, start, 4, max_steps=steps, warmup=5, workers=0, **settings
    )


@pytest.mark.precision("float32", "bfloat16")
def test_only_what_finds_learns_and_it_learns(plan, start, tmp_path):
    trained = train_indexer(plan(60, learning_rate=3e-3, indexer_rate=1e-2)).state_dict()
    before = load_reader(start, dtype=torch.float32).state_dict()
    moved = {name for name, value in trained.items() if not torch.equal(value, before[name])}
    for part in ("index.layers.0.", "index.layers.1.", "indexer.", "lexical."):
        assert any(name.startswith(part) for name in moved), part
    assert not any(name.startswith(("index.embeddings.", "reading.")) for name in moved)
    losses = [float(line.split()[4]) for line in (tmp_path / "index.log").read_text().splitlines() if " loss " in line]
    assert len(losses) == 6 and losses[-1] < losses[0]
    left = load_reader(start, dtype=torch.float32)
    load_parts(tmp_path / "index.safetensors", left)
    assert all(torch.equal(value, trained[name]) for name, value in left.state_dict().items())


def test_it_goes_on_where_it_was(plan, tmp_path):
    train_indexer(plan(3))
    train_indexer(plan(4))
    assert "4 steps, starting at 3" in (tmp_path / "index.log").read_text()


def test_a_step_has_the_first_run_of_each_question_as_the_right_one(plan, tokenizer):
    steps = Steps(plan(3), pieces_of(tokenizer))
    assert all(group.answer for group in steps.groups) and len(steps) == len(steps.groups) // 4
    made = steps[1]
    groups = steps.groups[4:8]
    for group, passage in zip(groups, made.wanted.tolist()):
        shown = made.passages.token_ids[passage][made.passages.in_run[passage]]
        first, last = group.answer
        answer = tokenizer.decode(group.runs[0][first : last + 1])
        assert answer in tokenizer.decode(shown.tolist())
    assert made.allowed[range(4), made.wanted].all()
    assert len(made.passages.token_ids) == sum(len(group.runs) for group in groups)


def test_the_lexical_term_is_that_of_a_query_where_the_collection_is_all_there_is(plan, start, tokenizer):
    steps, reader = Steps(plan(3), pieces_of(tokenizer)), load_reader(start, dtype=torch.float32)
    runs = [group.runs[0] for group in steps.groups]
    words = words_in_passages(np.concatenate(runs), np.cumsum([0, *map(len, runs)]), steps.pieces)
    for group in steps.groups[:5]:
        asked = asked_of(group.question, steps.pieces)
        expected = reader.lexical(asked, words.counts(asked), words.lengths)
        torch.testing.assert_close(steps.of(asked, words) @ reader.lexical.weight, expected, rtol=1e-4, atol=1e-5)


def test_common_questions_have_their_own_runs_and_others_all_that_do_not_hold_their_answer():
    def group(first, other, common=False):
        return Group(np.zeros(1, np.int32), [np.array(r, np.int32) for r in (first, other)], (0, 1), common=common)

    groups = [group([1, 2, 3], [4, 5]), group([6, 7], [9, 1, 2]), group([8, 8], [4, 4], True), group([3, 3], [2], True)]
    found = allowed(groups, [run for each in groups for run in each.runs], np.arange(0, 10, 2))
    assert found.tolist() == [
        [True, True, True, False, True, True, True, True],
        [True] * 8,
        [True, True, True, True, True, True, False, False],
        [True, True, True, True, False, False, True, True],
    ]


@pytest.mark.parametrize("answer", [(0, 2), (200, 202), (381, 383), (10, 340)])
def test_a_long_run_is_cut_around_its_answer(answer):
    for seed in range(5):
        runs = runs_of(Group(np.zeros(1), [np.arange(384), np.arange(300)], answer), np.random.default_rng(seed))
        gold, other = runs
        assert len(gold) == len(other) == PASSAGE_TOKENS and other[0] == 0
        assert set(gold.tolist()) & {*answer} and (
            answer[1] - answer[0] > PASSAGE_TOKENS or {*answer} <= set(gold.tolist())
        )


def test_a_run_that_fits_stays_whole():
    (run,) = runs_of(Group(np.zeros(1), [np.arange(9)], (1, 2)), np.random.default_rng(0))
    assert run.tolist() == list(range(9))
