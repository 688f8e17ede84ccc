"""The tensors of a Hugging Face directory: one safetensors file or several with an index, memory-mapped, FP8 undone."""

import json
from collections.abc import Iterator
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open

from dsacli.errors import DsacliError
from dsacli.models.io.folder import INDEX, SINGLE
from dsacli.models.io.tensors import SCALES, TensorSource


class Shards(TensorSource):
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

    def shape(self, name: str) -> list[int]:
        """The shape of a tensor, unread."""
        return list(self._open[self.files[name]].get_slice(name).get_shape())

    def tensor(self, name: str, dtype: torch.dtype, block: tuple[int, int] | None = None) -> torch.Tensor:
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
