"""The reader's weights as they are shipped: whole numbers of eight or four bits, with scales.

A matrix `name` of the network is stored as `name` (int8 [rows, columns], or uint8 [rows, columns / 2] with two numbers
in each) and `name.scale` (float16 [rows, groups]): one for a row's eight-bit numbers, one for every `GROUP` of its
four-bit ones. Vectors are stored in bfloat16. The range is symmetric, its end the largest number under a scale.
"""

import re

import torch

from dsacli.models.io.safetensors import NONE, Shards

SCALE = ".scale"
WIDE, NARROW = 127, 7
GROUP = 64
# Word embeddings are a third of all weights and change an answer least.
NARROW_NAMES = ("embeddings.word.weight",)
Tensors = dict[str, torch.Tensor]


def packed(name: str, value: torch.Tensor) -> Tensors:
    """The stored tensors of one of the network's."""
    if value.dim() != 2:
        return {name: value.to(torch.bfloat16).contiguous()}
    narrow = name.endswith(NARROW_NAMES) and not value.shape[1] % GROUP
    most, groups = (NARROW, value.shape[1] // GROUP) if narrow else (WIDE, 1)
    wide = value.float().unflatten(1, (groups, -1))
    scale = (wide.abs().amax(-1) / most).clamp(min=1e-7).to(torch.float16)
    whole = torch.round(wide / scale.float()[..., None]).clamp(-most, most).flatten(1)
    if not narrow:
        return {name: whole.to(torch.int8), name + SCALE: scale}
    shifted = (whole + most).to(torch.uint8)
    return {name: shifted[:, ::2] | shifted[:, 1::2] << 4, name + SCALE: scale}


def unpacked(stored: torch.Tensor, scale: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """The matrix in `dtype`: [rows, columns]."""
    if stored.dtype == torch.uint8:
        stored = torch.stack([stored & 15, stored >> 4], dim=-1).flatten(1).to(torch.int8) - NARROW
    whole = stored.float().unflatten(1, (scale.shape[1], -1))
    return whole.mul_(scale.float()[..., None]).flatten(1).to(dtype)


def load_packed(shards: Shards, wanted: Tensors, dtype: torch.dtype, ignored: re.Pattern[str] = NONE) -> Tensors:
    """The tensors `wanted` (their shapes matter, their values do not) in `dtype`, packed in the file or not.

    Raises DsacliError that names the file and the tensor for one that is missing, misshapen or neither wanted nor `ignored`.
    """
    shards.refuse_others({*wanted, *(name + SCALE for name in wanted)}, ignored)
    found = {}
    for name, like in wanted.items():
        if name not in shards.files:
            raise shards.missing(name)
        stored = shards.stored(name)
        if stored.dtype in (torch.int8, torch.uint8) and stored.dim() == 2:
            if name + SCALE not in shards.files:
                raise shards.missing(name + SCALE)
            scale = shards.stored(name + SCALE)
            groups = 1 if stored.dtype == torch.int8 else 2 * stored.shape[1] // GROUP
            if list(scale.shape) != [len(stored), groups]:
                raise shards.misshapen(name + SCALE, scale.shape, [len(stored), groups])
            if stored.dtype == torch.int8 or not 2 * stored.shape[1] % GROUP:
                stored = unpacked(stored, scale, dtype)
        if stored.shape != like.shape:
            raise shards.misshapen(name, stored.shape, like.shape)
        found[name] = stored.to(dtype)
    return found
