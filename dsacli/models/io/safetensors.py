"""The tensors of a Hugging Face directory: one safetensors file or several with an index, memory-mapped, FP8 undone."""

import json
import re
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open

from dsacli.errors import DsacliError

INDEX, SINGLE = "model.safetensors.index.json", "model.safetensors"
SCALES = "_scale_inv"
# Matches no name.
NONE = re.compile(r"(?!)")


class Shards:
    """All tensors of a directory by name; nothing is read before `tensor` asks for it.

    Raises DsacliError that names the file when one is missing, cut short or no safetensors file.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.files: dict[str, Path] = {}
        self._open: dict[Path, safe_open] = {}
        for path in sorted(set(self._paths())):
            try:
                self._open[path] = safe_open(path, "pt")
            except FileNotFoundError:
                raise DsacliError(f"{path}: no such file") from None
            except (OSError, SafetensorError) as failure:
                raise DsacliError(f"{path}: damaged or cut short ({failure})") from None
            self.files |= dict.fromkeys(self._open[path].keys(), path)

    def _paths(self) -> Iterator[Path]:
        index = self.folder / INDEX
        if not index.exists():
            yield self.folder / SINGLE
            return
        try:
            names = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        except (OSError, ValueError, KeyError, AttributeError, TypeError) as failure:
            raise DsacliError(f"{index}: not a safetensors index ({failure})") from None
        for name in names:
            if not isinstance(name, str) or Path(name).name != name:
                raise DsacliError(f"{index}: {name!r} is no file of this directory")
            yield self.folder / name

    @property
    def place(self) -> Path:
        """Where a tensor would be that is in none of them: the one file, or the directory of several."""
        return next(iter(self._open)) if len(self._open) == 1 else self.folder

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

    def shape(self, name: str) -> list[int]:
        """The shape of a tensor, unread."""
        return list(self._open[self.files[name]].get_slice(name).get_shape())

    def tensor(self, name: str, dtype: torch.dtype, block: tuple[int, int] | None) -> torch.Tensor:
        """A tensor in `dtype`: a view of the file where it is stored so, else converted; FP8 times its scales."""
        value = self.stored(name)
        if value.dtype.itemsize > 1 or not value.dtype.is_floating_point:
            return value if value.dtype == dtype else value.to(dtype)
        scales = f"{name}{SCALES}"
        if block is None or scales not in self.files:
            raise DsacliError(f"{self.files[name]}: tensor {name} is FP8 without {scales}")
        try:
            return dequantised(value, self.stored(scales), block, dtype)
        except ValueError as failure:
            raise DsacliError(f"{self.files[name]}: tensor {name}: {failure}") from None

    def stored(self, name: str) -> torch.Tensor:
        """A tensor as the file has it."""
        try:
            return self._open[self.files[name]].get_tensor(name)
        except (OSError, SafetensorError, RuntimeError) as failure:
            raise DsacliError(f"{self.files[name]}: tensor {name}: {failure}") from None


def dequantised(value: torch.Tensor, scales: torch.Tensor, block: tuple[int, int], dtype: torch.dtype) -> torch.Tensor:
    """FP8 [rows, columns] times one scale per block of it [rows / block, columns / block], in `dtype`.

    Raises ValueError when there are not as many scales as blocks.
    """
    wanted = [-(-size // edge) for size, edge in zip(value.shape, block)]
    if value.dim() != 2 or list(scales.shape) != wanted:
        raise ValueError(f"{list(scales.shape)} scales for blocks {wanted}")
    out = torch.empty(value.shape, dtype=dtype)
    # A row of blocks at a time: float32 of the whole matrix would be four times its size.
    for number, low in enumerate(range(0, len(value), block[0])):
        wide = scales[number].float().repeat_interleave(block[1])[: value.shape[1]]
        out[low : low + block[0]] = value[low : low + block[0]].float() * wide
    return out


def load_tensors(
    folder: Path,
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
    shards, tied = Shards(folder), tied or {}
    shards.refuse_others({*wanted, *(name + SCALES for name in wanted)}, ignored)
    found: dict[str, torch.Tensor] = {}
    for name, like in wanted.items():
        source = name if name in shards.files else tied.get(name, name)
        if source not in shards.files:
            raise shards.missing(name)
        if shards.shape(source) != list(like.shape):
            raise shards.misshapen(source, shards.shape(source), like.shape)
        if source != name and source in found:
            found[name] = found[source]
        else:
            found[name] = shards.tensor(source, torch.float32 if kept_wide.search(name) else dtype, block)
    return found
