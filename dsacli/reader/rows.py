"""Rows of tokens for the reader: special tokens, positions, types and padding, in one place.

Training and reading both build their inputs here, so that what was trained is what runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

CLS, SEP, PAD = 101, 102, 0
NO_SPAN = -1e9


@dataclass(frozen=True)
class Row:
    """One input of the network: token ids, positions and types (0 question, 1 document), each [tokens]."""

    token_ids: NDArray[Any]
    positions: NDArray[Any]
    types: NDArray[Any]
    in_run: NDArray[Any]


@dataclass(frozen=True)
class PaddedRows:
    """Rows as tensors [rows, tokens]; `padding` is None when no row is padded."""

    token_ids: torch.Tensor
    positions: torch.Tensor
    types: torch.Tensor
    in_run: torch.Tensor
    padding: torch.Tensor | None

    def to(self, device: str | torch.device) -> "PaddedRows":
        """The same rows on a device."""
        padding = None if self.padding is None else self.padding.to(device)
        return PaddedRows(
            self.token_ids.to(device), self.positions.to(device), self.types.to(device), self.in_run.to(device), padding
        )


NO_TOKENS = np.empty(0, np.int32)


def question_row(question: NDArray[Any], *runs: tuple[NDArray[Any], NDArray[Any]]) -> Row:
    """[CLS] question [SEP] heading path [SEP] run [SEP] heading path …, positions restarting after the question with
    every run; without a heading path its [SEP] is left out too.

    runs: (tokens, tokens of its heading path, or none)
    """
    head = len(question) + 2
    parts: list[ArrayLike] = [np.concatenate([[CLS], question, [SEP]])]
    positions = [np.arange(head)]
    in_run: list[ArrayLike] = [np.zeros(head, bool)]
    for run, path in runs:
        above = _above(path)
        parts += [above, run, [SEP]]
        positions.append(np.arange(head, head + len(above) + len(run) + 1))
        in_run += [np.zeros(len(above), bool), np.ones(len(run), bool), [False]]
    token_ids = np.concatenate(parts).astype(np.int64)
    types = np.ones(len(token_ids), np.int64)
    types[:head] = 0
    return Row(token_ids, np.concatenate(positions), types, np.concatenate(in_run).astype(bool))


def passage_row(tokens: NDArray[Any], type_id: int, path: NDArray[Any] = NO_TOKENS) -> Row:
    """[CLS] heading path [SEP] tokens [SEP], what the index network reads: a passage (1), or a question (0), which has no
    heading path."""
    above = _above(path)
    token_ids = np.concatenate([[CLS], above, tokens, [SEP]]).astype(np.int64)
    in_run = np.ones(len(token_ids), bool)
    in_run[: len(above) + 1] = in_run[-1] = False
    return Row(token_ids, np.arange(len(token_ids)), np.full(len(token_ids), type_id, np.int64), in_run)


def _above(path: NDArray[Any]) -> NDArray[Any]:
    """What stands before a run or a passage: its heading path and [SEP], or nothing."""
    return np.append(path, SEP) if len(path) else path


def pad_rows(rows: Sequence[Row]) -> PaddedRows:
    """Stack rows of different lengths."""
    lengths = [len(row.token_ids) for row in rows]
    width = max(lengths)

    def stacked(parts: Sequence[NDArray[Any]]) -> torch.Tensor:
        whole = np.zeros((len(parts), width), parts[0].dtype)
        for line, part in zip(whole, parts):
            line[: len(part)] = part
        return torch.from_numpy(whole)

    padding = torch.arange(width)[None, :] >= torch.tensor(lengths)[:, None]
    return PaddedRows(
        stacked([row.token_ids for row in rows]),
        stacked([row.positions for row in rows]),
        stacked([row.types for row in rows]),
        stacked([row.in_run for row in rows]),
        padding if min(lengths) < width else None,
    )
