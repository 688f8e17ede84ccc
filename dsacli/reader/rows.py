"""Rows of tokens for the reader: special tokens, positions, types and padding, in one place.

Training and reading both build their inputs here, so that what was trained is what runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

CLS, SEP, PAD = 101, 102, 0
NO_SPAN = -1e9


@dataclass(frozen=True)
class Row:
    """One input of the network: token ids, positions and types (0 question, 1 document), each [tokens]."""

    token_ids: np.ndarray
    positions: np.ndarray
    types: np.ndarray
    in_run: np.ndarray


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
        moved = (t.to(device) for t in (self.token_ids, self.positions, self.types, self.in_run))
        return PaddedRows(*moved, padding)


def question_row(question: np.ndarray, *runs: np.ndarray) -> Row:
    """[CLS] question [SEP] run [SEP] run [SEP] …, positions restarting after the question in every run."""
    head = len(question) + 2
    parts = [np.concatenate([[CLS], question, [SEP]])]
    positions, in_run = [np.arange(head)], [np.zeros(head, bool)]
    for run in runs:
        parts += [run, [SEP]]
        positions.append(np.arange(head, head + len(run) + 1))
        in_run += [np.ones(len(run), bool), [False]]
    token_ids = np.concatenate(parts).astype(np.int64)
    types = np.ones(len(token_ids), np.int64)
    types[:head] = 0
    return Row(token_ids, np.concatenate(positions), types, np.concatenate(in_run).astype(bool))


def passage_row(tokens: np.ndarray, type_id: int) -> Row:
    """[CLS] tokens [SEP], what the layers under the index keys read: a passage (1) or a question (0)."""
    token_ids = np.concatenate([[CLS], tokens, [SEP]]).astype(np.int64)
    in_run = np.ones(len(token_ids), bool)
    in_run[[0, -1]] = False
    return Row(token_ids, np.arange(len(token_ids)), np.full(len(token_ids), type_id, np.int64), in_run)


def pad_rows(rows: Sequence[Row]) -> PaddedRows:
    """Stack rows of different lengths."""
    lengths = [len(row.token_ids) for row in rows]
    width = max(lengths)
    stacked = [
        torch.from_numpy(np.stack([np.pad(getattr(row, name), (0, width - n)) for row, n in zip(rows, lengths)]))
        for name in ("token_ids", "positions", "types", "in_run")
    ]
    padding = torch.arange(width)[None, :] >= torch.tensor(lengths)[:, None]
    return PaddedRows(*stacked, padding if min(lengths) < width else None)
