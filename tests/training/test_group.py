"""What is drawn is what is read back, and what is drawn is everything that was asked for."""

import numpy as np
import pytest

from dsacli.training.draw import Drawing, draw_epoch
from dsacli.training.group import Group, load_groups, save_groups

GROUPS = [
    Group(np.array([5, 6], np.int32), [np.arange(9, dtype=np.int32), np.arange(3, dtype=np.int32)], (2, 4)),
    Group(
        np.array([30521], np.int32),
        [np.array([7], np.int32), np.array([8, 9], np.int32)],
        None,
        [np.array([1, 2], np.int32), np.array([], np.int32)],
        common=True,
    ),
]


def assert_same(found: list[Group], expected: list[Group]) -> None:
    assert len(found) == len(expected)
    for one, other in zip(found, expected):
        assert one.answer == other.answer and one.common == other.common and len(one.runs) == len(other.runs)
        assert (one.paths is None) == (other.paths is None) and one.width == other.width
        for number in range(len(one.runs)):
            for field in ("token_ids", "positions", "types", "in_run"):
                assert np.array_equal(getattr(one.row(number), field), getattr(other.row(number), field))


def test_groups_come_back_as_they_were(tmp_path):
    assert save_groups(tmp_path / "groups", GROUPS) == 2
    assert_same(list(load_groups(tmp_path / "groups")), GROUPS)


def test_no_groups_are_a_file_too(tmp_path):
    assert save_groups(tmp_path / "groups", []) == 0
    assert list(load_groups(tmp_path / "groups")) == []


@pytest.fixture(scope="module")
def drawing(data, start):
    return lambda seed=1: Drawing(data, start, (0.3, 0.4, 0.3), sentences=1.0, forms=0.2, contracts=0.2, seed=seed)


def test_an_epoch_holds_questions_clauses_and_made_documents_and_its_seed_draws_it_again(drawing, tokenizer, tmp_path):
    files = [tmp_path / "sub" / name for name in ("one", "again", "other")]
    counts = [draw_epoch(drawing(seed), file) for seed, file in zip((1, 1, 2), files)]
    one, again, other = (list(load_groups(file)) for file in files)
    assert counts == [len(one), len(again), len(other)]
    assert_same(one, again)
    texts = [tokenizer.decode(group.question) for group in one]
    assert texts != [tokenizer.decode(group.question) for group in other]
    assert sum("skerry" in text for text in texts) >= 1 and any(group.common for group in one)
    assert all(
        0 <= first <= last < len(group.runs[0]) for group in one if group.answer for first, last in [group.answer]
    )


def test_drawing_can_stop_early(drawing, tmp_path):
    assert draw_epoch(drawing(), tmp_path / "few", limit=3) == 3
    assert len(list(load_groups(tmp_path / "few"))) == 3
