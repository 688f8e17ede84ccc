"""Weights as a network wants them, kept from one process to the next: to make them of a file's blocks takes seconds."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import torch

from dsacli.models.io.tensors import Groups, TensorSource


class WeightStore(Protocol):
    """Where converted weights are kept; what it gives back is what it was given, or nothing."""

    def load(self, key: str) -> dict[str, torch.Tensor] | None:
        """The tensors kept under a key, None when there are none or they can't be trusted."""

    def save(self, key: str, tensors: dict[str, torch.Tensor]) -> None:
        """Keep tensors, or as much as the store has room for."""


class ConvertedTensors(TensorSource):
    """A source whose quantised tensors are taken from those `kept` where they are as wanted, and gathered in `made` where not."""

    def __init__(self, source: TensorSource, kept: dict[str, torch.Tensor]):
        self.source, self.kept, self.files = source, kept, source.files
        self.made: dict[str, torch.Tensor] = {}

    @property
    def place(self) -> Path:
        """The source's."""
        return self.source.place

    def shape(self, name: str) -> list[int]:
        """The shape of a tensor, unread."""
        return self.source.shape(name)

    def groups(self, name: str) -> Callable[[int, int], Groups] | None:
        """As `TensorSource.groups`."""
        return self.source.groups(name)

    def tensor(self, name: str, dtype: torch.dtype, block: tuple[int, int] | None = None) -> torch.Tensor:
        """As `TensorSource.tensor`."""
        found = self.kept.get(name)
        if found is not None and found.dtype == dtype and list(found.shape) == self.shape(name):
            return found
        made = self.source.tensor(name, dtype, block)
        if self.groups(name):
            self.made[name] = made
        return made
