"""Where a decoder's tensors come from, whatever kind of file holds them, and how a network gets those it wants."""

import re
from abc import ABC, abstractmethod
from collections.abc import Container, Iterable, Mapping
from pathlib import Path

import torch

from dsacli.errors import DsacliError

SCALES = "_scale_inv"
# Matches no name.
NONE = re.compile(r"(?!)")


class TensorSource(ABC):
    """Tensors by the names that Hugging Face has for them; nothing is read before `tensor` asks for it."""

    # The file that each tensor is in.
    files: Mapping[str, Path]

    @property
    @abstractmethod
    def place(self) -> Path:
        """Where a tensor would be that is not there."""

    @abstractmethod
    def shape(self, name: str) -> list[int]:
        """The shape of a tensor, unread."""

    @abstractmethod
    def tensor(self, name: str, dtype: torch.dtype, block: tuple[int, int] | None = None) -> torch.Tensor:
        """A tensor in `dtype`: a view of the file where it is stored so, else converted.

        block: [rows, columns] that share a scale, of a model in FP8
        """

    def refuse_others(self, known: Container[str], ignored: re.Pattern[str] = NONE) -> None:
        """Raise DsacliError for a tensor that is neither known nor ignored."""
        for name in sorted(self.files):
            if name not in known and not ignored.search(name):
                raise DsacliError(f"{self.files[name]}: unexpected tensor {name}")

    def missing(self, name: str) -> DsacliError:
        """What to raise for a tensor that is not there."""
        return DsacliError(f"{self.place}: tensor {name} is missing")

    def misshapen(self, name: str, shape: Iterable[int], wanted: Iterable[int]) -> DsacliError:
        """What to raise for a tensor of another shape than the wanted one."""
        return DsacliError(f"{self.files[name]}: tensor {name} is {list(shape)}, not {list(wanted)}")


def load_tensors(
    tensors: TensorSource,
    wanted: dict[str, torch.Tensor],
    dtype: torch.dtype,
    *,
    ignored: re.Pattern[str] = NONE,
    kept_wide: re.Pattern[str] = NONE,
    block: tuple[int, int] | None = None,
    tied: dict[str, str] | None = None,
) -> dict[str, torch.Tensor]:
    """The tensors `wanted` (their shapes matter, their values do not), in `dtype`; those `kept_wide` in float32.

    Names that match `ignored` may be there or not; `tied` names are taken from others when they are missing. Raises
    DsacliError that names the tensor and the file for one that is missing, misshapen or unexpected.
    """
    tied = tied or {}
    tensors.refuse_others({*wanted, *(name + SCALES for name in wanted)}, ignored)
    found: dict[str, torch.Tensor] = {}
    for name, like in wanted.items():
        source = name if name in tensors.files else tied.get(name, name)
        if source not in tensors.files:
            raise tensors.missing(name)
        if tensors.shape(source) != list(like.shape):
            raise tensors.misshapen(source, tensors.shape(source), like.shape)
        if source != name and source in found:
            found[name] = found[source]
        else:
            found[name] = tensors.tensor(source, torch.float32 if kept_wide.search(name) else dtype, block)
    return found
