import numpy as np
import torch

from dsacli.reader.loading import load_tokenizer
from dsacli.reader.rows import CLS, NO_TOKENS, PAD, SEP, pad_rows, passage_row, question_row

QUESTION = np.array([7, 8, 9], np.int32)


def test_special_tokens_are_those_of_the_built_in_tokenizer():
    tokenizer = load_tokenizer()
    assert [tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]", "[PAD]")] == [CLS, SEP, PAD]


def bare(*runs: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Runs without a heading path."""
    return [(run, NO_TOKENS) for run in runs]


def test_a_question_and_two_runs():
    row = question_row(QUESTION, *bare(np.array([20, 21], np.int32), np.array([30, 31, 32], np.int32)))
    assert row.token_ids.tolist() == [CLS, 7, 8, 9, SEP, 20, 21, SEP, 30, 31, 32, SEP]
    assert row.positions.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 5, 6, 7, 8]
    assert row.types.tolist() == [0] * 5 + [1] * 7
    assert row.in_run.tolist() == [False] * 5 + [True] * 2 + [False] + [True] * 3 + [False]


def test_a_run_has_the_same_positions_wherever_it_stands():
    first, second = np.arange(110, 130), np.arange(140, 145)
    apart, sequence = question_row(QUESTION, *bare(second)), question_row(QUESTION, *bare(first, second))
    assert sequence.positions[-6:].tolist() == apart.positions[-6:].tolist()
    assert sequence.token_ids[-6:].tolist() == apart.token_ids[-6:].tolist()


def test_a_question_without_runs_and_a_run_without_question():
    row = question_row(QUESTION)
    assert row.token_ids.tolist() == [CLS, 7, 8, 9, SEP]
    assert not row.in_run.any() and not row.types.any()
    row = question_row(QUESTION[:0], *bare(np.array([20])))
    assert row.token_ids.tolist() == [CLS, SEP, 20, SEP]
    assert row.positions.tolist() == [0, 1, 2, 3]


def test_a_passage():
    row = passage_row(np.array([20, 21, 22], np.int32), 1)
    assert row.token_ids.tolist() == [CLS, 20, 21, 22, SEP]
    assert row.positions.tolist() == [0, 1, 2, 3, 4]
    assert row.types.tolist() == [1] * 5
    assert row.in_run.tolist() == [False, True, True, True, False]
    assert passage_row(np.array([20]), 0).types.tolist() == [0, 0, 0]


def test_a_heading_path_stands_before_its_run_and_is_no_part_of_it():
    row = question_row(QUESTION, (np.array([20, 21]), np.array([50, 51, 52])), *bare(np.array([30])))
    assert row.token_ids.tolist() == [CLS, 7, 8, 9, SEP, 50, 51, 52, SEP, 20, 21, SEP, 30, SEP]
    assert row.positions.tolist() == [*range(12), 5, 6]
    assert row.types.tolist() == [0] * 5 + [1] * 9
    assert row.token_ids[row.in_run].tolist() == [20, 21, 30]
    row = passage_row(np.array([20, 21]), 1, np.array([50, 51]))
    assert row.token_ids.tolist() == [CLS, 50, 51, SEP, 20, 21, SEP]
    assert row.in_run.tolist() == [False] * 4 + [True] * 2 + [False]
    assert row.positions.tolist() == list(range(7)) and row.types.tolist() == [1] * 7


def test_rows_of_one_length_need_no_padding():
    rows = pad_rows([passage_row(np.arange(110, 115), 1), passage_row(np.arange(120, 125), 0)])
    assert rows.padding is None
    assert rows.token_ids.shape == rows.types.shape == (2, 7)
    assert rows.token_ids.dtype == rows.positions.dtype == rows.types.dtype == torch.int64
    assert rows.in_run.dtype == torch.bool


def test_shorter_rows_are_padded_at_the_end():
    rows = pad_rows([question_row(QUESTION, *bare(np.array(run))) for run in ([20], [30, 31, 32])])
    assert rows.token_ids.tolist() == [
        [CLS, 7, 8, 9, SEP, 20, SEP, PAD, PAD],
        [CLS, 7, 8, 9, SEP, 30, 31, 32, SEP],
    ]
    assert rows.padding.tolist() == [[False] * 7 + [True] * 2, [False] * 9]
    assert rows.in_run[0].tolist() == [False] * 5 + [True] + [False] * 3
    assert rows.positions[0, :7].tolist() == list(range(7))


def test_rows_move_to_a_device_with_and_without_padding():
    even, uneven = pad_rows([question_row(QUESTION)]), pad_rows([question_row(QUESTION), passage_row(QUESTION[:1], 1)])
    assert even.to("meta").padding is None
    moved = uneven.to("meta")
    for name in ("token_ids", "positions", "types", "in_run", "padding"):
        assert getattr(moved, name).device.type == "meta"
        assert getattr(moved, name).shape == getattr(uneven, name).shape
