"""Linear layers that decode from packed weights: a few tokens read every weight once, and fewer bytes are read sooner.

torch multiplies whole numbers of 4 bits in groups of 32, each group with a scale s and an offset z in bfloat16:

    4 bits          (code - 8) · s + z                              Q4_0, Q4_1, Q4_K: the file's own numbers
    up to 8 bits    (high - 8) · 16 s + (low - 8) · s + z           Q5_0, Q5_1, Q5_K, Q8_0: the file's own numbers
                    a row twice as long, against the states twice   all others: rounded to 8 bits, group by group

What stands in the file is packed as it is, but for the rounding of s and z, which is that of weights in bfloat16; sums are
made in float32, states and results rounded to bfloat16. A layer's output is off by 0.3 to 0.6 % (Qwen2.5, SmolLM2).
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import torch
from torch import nn

from dsacli.models.decoder import Decoder
from dsacli.models.io.tensors import Groups, TensorSource, in_parts

GROUP = 32
# Tokens at once. Up to 4, packed weights are twice as fast as float32 ones with AVX-512; at 16, those of 8 bits are slower.
MOST_ROWS = 4
# Numbers of a weight below which calling takes longer than reading.
FEWEST_NUMBERS = 1 << 16
# Rows are packed in blocks of up to 64, whatever the CPU; numbers of them at a time.
BLOCK, NUMBERS_AT_ONCE = 64, 1 << 20
# Layers of so many numbers are timed before all are packed: more than a cache holds, or the model is as small.
TRIAL_NUMBERS, ROUNDS, MARGIN = 48_000_000, 4, 1.2
# A relative error that would mean that torch has come to pack otherwise.
WRONG = 0.05
CONVERT, PRODUCT = "_convert_weight_to_int4pack_for_cpu", "_weight_int4pack_mm_for_cpu"

PARTS = ("codes", "scales")

RowGroups = Callable[[int, int], Groups]


class PackedLinear(nn.Linear):
    """A linear layer with its weight twice: packed for up to MOST_ROWS rows, and as it was, for more.

    packed: as `packed_weight` makes it
    """

    def __init__(self, layer: nn.Linear, packed: tuple[torch.Tensor, torch.Tensor]):
        with torch.device("meta"):
            super().__init__(layer.in_features, layer.out_features, bias=False)
        self.weight, self.bias = layer.weight, layer.bias
        self.codes: torch.Tensor
        self.scales: torch.Tensor
        self.register_buffer("codes", packed[0], persistent=False)
        self.register_buffer("scales", packed[1], persistent=False)

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """[…, in_features] to […, out_features]."""
        if not 0 < math.prod(states.shape[:-1]) <= MOST_ROWS:
            return super().forward(states)
        product = packed_product(states.reshape(-1, self.in_features), self.codes, self.scales)
        product = product.to(states.dtype).view(*states.shape[:-1], -1)
        return product if self.bias is None else product + self.bias


@dataclass(frozen=True)
class Place:
    """A linear layer, where it is in a network, and the groups that its weight is packed from."""

    parent: nn.Module
    name: str
    path: str
    layer: nn.Linear
    groups: RowGroups
    planes: int

    def packed(self) -> PackedLinear:
        """The layer that may stand there instead."""
        return PackedLinear(self.layer, packed_weight(self.groups, self.layer.weight.shape, self.planes))

    def kept(self, packed: dict[str, torch.Tensor]) -> PackedLinear | None:
        """The same of tensors as `pack` returns them; None where they are none of this layer. Raises ValueError for others."""
        codes, scales = (packed.get(f"{self.path}.{part}") for part in PARTS)
        if codes is None or scales is None:
            return None
        (rows, columns), planes = self.layer.weight.shape, self.planes
        if (codes.dtype, scales.dtype) != (torch.uint8, torch.bfloat16) or [*codes.shape, *scales.shape] != [
            *(rows, planes * columns // 2),
            *(planes * columns // GROUP, rows, 2),
        ]:
            raise ValueError(self.path)
        return PackedLinear(self.layer, (codes, scales))


def pack(
    network: Decoder, tensors: TensorSource, kept: dict[str, torch.Tensor] | None = None
) -> dict[str, torch.Tensor]:
    """Give the linear layers of a network on the CPU packed weights, where these are faster; `tensors` is what it is made of.

    Those of 4 bits and those of 8 are timed by themselves. Nothing changes where torch has no such products.

    kept: what this returned in another process, taken as it is if it fits; then it is returned itself
    returns: the packed weights, by layer and part
    """
    if not hasattr(torch.ops.aten, CONVERT) or not hasattr(torch.ops.aten, PRODUCT):
        return {}
    places = list(packable(network, tensors))
    if kept:
        try:
            for place, layer in [(place, place.kept(kept)) for place in places]:
                if layer is not None:
                    setattr(place.parent, place.name, layer)
            return kept
        except ValueError:
            pass  # of another version
    made: dict[str, torch.Tensor] = {}
    for planes in (1, 2):
        for place, packed in faster([place for place in places if place.planes == planes]):
            setattr(place.parent, place.name, packed)
            made |= {f"{place.path}.{part}": getattr(packed, part) for part in PARTS}
    return made


def faster(places: Sequence[Place]) -> Iterator[tuple[Place, PackedLinear]]:
    """The layers for some places, if the first ones win a race; nothing if they don't."""
    plain = [place.layer for place in places[: trial_size([place.layer for place in places])]]
    try:
        packed = [place.packed() for place in places[: len(plain)]]
        if not is_faster(plain, packed):
            return
    except (RuntimeError, TypeError):  # these functions of torch are not public
        return
    yield from zip(places, packed)
    for place in places[len(plain) :]:
        yield place, place.packed()


def packable(network: Decoder, tensors: TensorSource) -> Iterator[Place]:
    """Every linear layer that can be packed and is worth it."""
    # A weight that is tied to another one has no name of its own in the file.
    names = {
        weight.data_ptr(): name
        for name, weight in network.named_parameters(remove_duplicate=False)
        if name in tensors.files
    }
    for path, parent in network.named_modules():
        for child, layer in parent.named_children():
            if type(layer) is nn.Linear and is_packable(layer):
                weight = layer.weight
                groups = stored_groups(tensors, names.get(weight.data_ptr())) or rounded_groups(weight)
                planes = 1 if groups(0, 1).bits <= 4 else 2
                yield Place(parent, child, f"{path}.{child}".lstrip("."), layer, groups, planes)


def is_packable(layer: nn.Linear) -> bool:
    """Whether a layer is of a shape that can be packed, and large enough."""
    rows, columns = layer.weight.shape
    return rows % 16 == 0 and columns % GROUP == 0 and rows * columns >= FEWEST_NUMBERS


def stored_groups(tensors: TensorSource, name: str | None) -> RowGroups | None:
    """The groups that a weight is stored in; None where it is stored in none, or in others than can be packed."""
    groups = tensors.groups(name) if name else None
    return groups if groups and groups(0, 1).size == GROUP else None


def rounded_groups(weight: torch.Tensor) -> RowGroups:
    """Groups of 8 bits for a weight that is stored otherwise."""

    def of_rows(low: int, high: int) -> Groups:
        numbers = weight[low:high].float().unflatten(1, (-1, GROUP))
        # The scale as it will be multiplied with: its own rounding is none of the numbers'.
        scales = (numbers.abs().amax(2) / 127).bfloat16().float().clamp_(min=1e-30)
        codes = (numbers / scales[..., None]).round_().clamp_(-128, 127).add_(128)
        return Groups(codes.flatten(1).to(torch.uint8), scales, None, 128, 8)

    return of_rows


def packed_weight(groups: RowGroups, shape: torch.Size, planes: int) -> tuple[torch.Tensor, torch.Tensor]:
    """A weight of `shape` [rows, columns], packed: codes, uint8 [rows, planes · columns / 2], in an order that torch knows;
    scales and offsets, bfloat16 [planes · columns / 32, rows, 2]."""
    rows, columns = shape
    codes = torch.empty(rows, planes * columns // 2, dtype=torch.uint8)
    scales = torch.empty(planes * columns // GROUP, rows, 2, dtype=torch.bfloat16)

    def fill(low: int, high: int) -> None:
        values, scaled = split(groups(low, high), planes)
        codes[low:high] = getattr(torch.ops.aten, CONVERT)(values.int(), 1)
        scales[:, low:high] = scaled.transpose(0, 1)

    in_parts(rows, max(1, NUMBERS_AT_ONCE // (planes * columns * BLOCK)) * BLOCK, fill)
    return codes, scales


def split(groups: Groups, planes: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Numbers of 4 bits, uint8 [rows, planes · columns], and scales with offsets, bfloat16 [rows, planes · columns / 32, 2]."""
    scales = groups.scales.bfloat16()
    # Where the rounding of a scale tells least: in the middle of the codes, which for signed ones is their zero.
    middle, first = groups.zero or 1 << groups.bits - 1, 8 if planes == 1 else groups.zero + 8
    offsets = (middle - groups.zero) * groups.scales - (middle - first) * scales.float()
    if groups.minima is not None:
        offsets += groups.minima
    rounded = offsets.bfloat16()
    if planes == 1:
        return groups.codes, torch.stack([scales, rounded], -1)
    # Zeros are multiples of 16, so that they are the high number's alone; its offset is what the low one's has lost.
    high, low = (groups.codes >> 4) + (8 - groups.zero // 16), groups.codes & 15
    rest = (offsets - rounded.float()).bfloat16()
    return torch.cat([high, low], 1), torch.stack(
        [torch.cat([16 * scales, scales], 1), torch.cat([rest, rounded], 1)], -1
    )


def packed_product(states: torch.Tensor, codes: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    """States [rows, columns] times a packed weight, bfloat16 [rows, out]."""
    planes = codes.shape[1] * 2 // states.shape[1]
    narrow = torch.cat([states.bfloat16()] * planes, 1)
    return getattr(torch.ops.aten, PRODUCT)(narrow, codes, GROUP, scales)


def trial_size(layers: Sequence[nn.Linear]) -> int:
    """How many of some layers have TRIAL_NUMBERS together, or all of them."""
    sizes = accumulate(layer.weight.numel() for layer in layers)
    return min(len(layers), 1 + sum(size < TRIAL_NUMBERS for size in sizes))


@torch.inference_mode()
def is_faster(plain: Sequence[nn.Linear], packed: Sequence[PackedLinear]) -> bool:
    """Whether packed layers take one row faster than the same plain ones, by a margin that noise is not, and come out right."""
    random = torch.Generator().manual_seed(1)
    rows = [torch.randn(1, layer.in_features, generator=random).to(layer.weight.dtype) for layer in plain]
    best = [float("inf")] * 2
    for _ in range(ROUNDS):
        for side, layers in enumerate((plain, packed)):
            began = time.perf_counter()
            for layer, row in zip(layers, rows):
                layer(row)
            best[side] = min(best[side], time.perf_counter() - began)
    right = (error(one(row), other(row)) < WRONG for one, other, row in zip(plain, packed, rows))
    return best[0] > MARGIN * best[1] and all(right)


def error(expected: torch.Tensor, found: torch.Tensor) -> float:
    """How far a result is off, relative to its length."""
    return float((found.float() - expected.float()).norm() / expected.float().norm())
