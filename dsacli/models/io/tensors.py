"""Where a decoder's tensors come from, whatever kind of file holds them, and how a network gets those it wants."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch

from dsacli.errors import DsacliError

SCALES = "_scale_inv"
# Matches no name.
NONE = re.compile(r"(?!)")


@dataclass(frozen=True)
class Groups:
    """A quantised matrix, as it is stored: (code - zero) · scale + minimum, with one scale for a group of a row's numbers.

    codes: uint8 [rows, columns], of `bits` bits; scales, minima: float32 [rows, columns / size]; no minima are all 0
    """

    codes: torch.Tensor
    scales: torch.Tensor
    minima: torch.Tensor | None
    zero: int
    bits: int

    @property
    def size(self) -> int:
        """Numbers of a group."""
        return self.codes.shape[1] // self.scales.shape[1]

    def numbers(self, out: torch.Tensor | None = None) -> torch.Tensor:
        """What they stand for, float32 [rows, columns], in `out` where it is given."""
        out = torch.empty(self.codes.shape) if out is None else out
        by_group = out.copy_(self.codes).unflatten(1, (-1, self.size))
        if self.zero:
            by_group.sub_(self.zero)
        by_group.mul_(self.scales[..., None])
        if self.minima is not None:
            by_group.add_(self.minima[..., None])
        return out


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

    def groups(self, name: str) -> Callable[[int, int], Groups] | None:
        """What gives the groups of rows [low, high) of a tensor that is stored in groups; None for one that is not."""
        return None

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


def in_parts(count: int, step: int, work: Callable[[int, int], object]) -> None:
    """Call `work(low, high)` for `count` rows, `step` at a time, on as many threads as torch computes on."""
    inference = torch.is_inference_mode_enabled()  # which every thread has for itself

    def part(low: int) -> None:
        with torch.inference_mode(inference):
            work(low, min(low + step, count))

    with ThreadPoolExecutor(torch.get_num_threads()) as pool:
        list(pool.map(part, range(0, count, step)))


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
