"""Rows of tokens for the reader: special tokens, positions, types and padding, in one place.

Training and reading both build their inputs here, so that what was trained is what runs.
"""

from collections.abc import Iterable, Sequence
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


def question_row(question: NDArray[Any], *runs: NDArray[Any]) -> Row:
    """[CLS] question [SEP] run [SEP] run [SEP] …, positions restarting after the question in every run."""
    head = len(question) + 2
    parts: list[ArrayLike] = [np.concatenate([[CLS], question, [SEP]])]
    positions = [np.arange(head)]
    in_run: list[ArrayLike] = [np.zeros(head, bool)]
    for run in runs:
        parts += [run, [SEP]]
        positions.append(np.arange(head, head + len(run) + 1))
        in_run += [np.ones(len(run), bool), [False]]
    token_ids = np.concatenate(parts).astype(np.int64)
    types = np.ones(len(token_ids), np.int64)
    types[:head] = 0
    return Row(token_ids, np.concatenate(positions), types, np.concatenate(in_run).astype(bool))


def passage_row(tokens: NDArray[Any], type_id: int) -> Row:
    """[CLS] tokens [SEP], what the layers under the index keys read: a passage (1) or a question (0)."""
    token_ids = np.concatenate([[CLS], tokens, [SEP]]).astype(np.int64)
    in_run = np.ones(len(token_ids), bool)
    in_run[[0, -1]] = False
    return Row(token_ids, np.arange(len(token_ids)), np.full(len(token_ids), type_id, np.int64), in_run)


def pad_rows(rows: Sequence[Row]) -> PaddedRows:
    """Stack rows of different lengths."""
    lengths = [len(row.token_ids) for row in rows]
    width = max(lengths)

    def stacked(parts: Iterable[NDArray[Any]]) -> torch.Tensor:
        return torch.from_numpy(np.stack([np.pad(part, (0, width - len(part))) for part in parts]))

    padding = torch.arange(width)[None, :] >= torch.tensor(lengths)[:, None]
    return PaddedRows(
        stacked(row.token_ids for row in rows),
        stacked(row.positions for row in rows),
        stacked(row.types for row in rows),
        stacked(row.in_run for row in rows),
        padding if min(lengths) < width else None,
    )
