"""What the blocks of a GGUF file say: whole numbers of a few bits, in groups with a scale and, of some types, a minimum.

ggml's types (ggml-common.h), a block after the other in a row; d, dmin and m are float16, qs two numbers to a byte:

    Q4_0   d, qs                        Q4_K   d, dmin, scales and minima of 6 bits, qs
    Q4_1   d, m, qs                     Q5_K   d, dmin, scales and minima of 6 bits, fifth bits, qs
    Q5_0   d, fifth bits, qs            Q6_K   qs, fifth and sixth bits, scales of 8 bits, d
    Q5_1   d, m, fifth bits, qs         Q8_0   d, numbers of 8 bits
"""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from dsacli.models.io.tensors import Groups

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
# Eight bytes at a time: as many steps of Python's loops as eight times fewer numbers take.
WORD = np.dtype("<u8")
EACH = 0x0101010101010101
LOW = WORD.type(0x0F * EACH)


def read_blocks(kind: str, rows: Bytes) -> Groups:
    """The groups of rows of blocks [rows, bytes of a row], of a type by ggml's name. Raises KeyError for one without blocks."""
    size, read = READERS[kind]
    with np.errstate(all="ignore"):  # a damaged scale gives no number, and no warning
        codes, scales, minima, zero, bits = read(rows.reshape(len(rows), -1, size))

    def of_rows(value: NDArray[np.uint8] | Floats) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(value)).view(len(rows), -1)

    return Groups(of_rows(codes), of_rows(scales), None if minima is None else of_rows(minima), zero, bits)


Read = tuple[Bytes, Floats, Floats | None, int, int]


def q4_0(blocks: Bytes) -> Read:
    return nibbles(blocks[..., 2:], 16), half(blocks, 0), None, 8, 4


def q4_1(blocks: Bytes) -> Read:
    return nibbles(blocks[..., 4:], 16), half(blocks, 0), half(blocks, 2), 0, 4


def q5_0(blocks: Bytes) -> Read:
    return nibbles(blocks[..., 6:], 16) | fifths(blocks[..., 2:6]), half(blocks, 0), None, 16, 5


def q5_1(blocks: Bytes) -> Read:
    return nibbles(blocks[..., 8:], 16) | fifths(blocks[..., 4:8]), half(blocks, 0), half(blocks, 2), 0, 5


def q8_0(blocks: Bytes) -> Read:
    # From two's complement to 128 more than the number.
    return blocks[..., 2:] ^ np.uint8(128), half(blocks, 0), None, 128, 8


def q4_k(blocks: Bytes) -> Read:
    return nibbles(blocks[..., 16:], 32), *six_bits(blocks), 0, 4


def q5_k(blocks: Bytes) -> Read:
    codes = nibbles(blocks[..., 48:], 32)
    # Bit i of byte j is the fifth one of the number 32 i + j.
    for part in range(8):
        codes[..., 32 * part : 32 * part + 32] |= (blocks[..., 16:48] >> np.uint8(part) & np.uint8(1)) << np.uint8(4)
    return codes, *six_bits(blocks), 0, 5


def q6_k(blocks: Bytes) -> Read:
    codes = nibbles(blocks[..., :128], 64)
    # Two bits of a byte each, of 128 numbers in 32 bytes.
    for part in range(8):
        high = blocks[..., 128 + part // 4 * 32 :][..., :32] >> np.uint8(part % 4 * 2) & np.uint8(3)
        codes[..., 32 * part : 32 * part + 32] |= high << np.uint8(4)
    scales = half(blocks, 208) * np.ascontiguousarray(blocks[..., 192:208]).view(np.int8).astype(np.float32)
    return codes, scales, None, 32, 6


READERS: dict[str, tuple[int, Callable[[Bytes], Read]]] = {
    "Q4_0": (18, q4_0),
    "Q4_1": (20, q4_1),
    "Q5_0": (22, q5_0),
    "Q5_1": (24, q5_1),
    "Q8_0": (34, q8_0),
    "Q4_K": (144, q4_k),
    "Q5_K": (176, q5_k),
    "Q6_K": (210, q6_k),
}


def half(blocks: Bytes, at: int) -> Floats:
    """The float16 number at a byte of each block, [rows, blocks, 1], in float32."""
    return np.ascontiguousarray(blocks[..., at : at + 2]).view(np.float16).astype(np.float32)


def nibbles(packed: Bytes, run: int) -> Bytes:
    """Two numbers of 4 bits a byte [rows, blocks, bytes]: the low ones of `run` bytes, then the high ones of the same."""
    # numpy copies sixteen bytes in one step where they are one number, which nothing reads as such.
    words = np.ascontiguousarray(packed.view(np.complex128)).view(WORD)
    out = np.empty((words.size // (run // 8), 2, run // 16), np.complex128)
    out[:, 0] = (words & LOW).view(np.complex128).reshape(-1, run // 16)
    out[:, 1] = (words >> WORD.type(4) & LOW).view(np.complex128).reshape(-1, run // 16)
    return out.view(np.uint8).reshape(*packed.shape[:2], -1)


def fifths(packed: Bytes) -> Bytes:
    """The fifth bits of 32 numbers, [rows, blocks, 4], where they are in the numbers: [rows, blocks, 32]."""
    # Byte i keeps bit i, which then carries into its highest one, and from there comes to the fifth place.
    bits = packed.astype(WORD) * WORD.type(EACH) & WORD.type(0x8040201008040201)
    return (bits + WORD.type(0x7F * EACH) >> WORD.type(3) & WORD.type(0x10 * EACH)).view(np.uint8)


def six_bits(blocks: Bytes) -> tuple[Floats, Floats]:
    """Scales and minima of the eight groups of a block: twelve bytes from the fifth on, times d and minus dmin.

    The first four of either are the low six bits of a byte; the other four have four bits in the last four bytes and
    two above those.
    """
    first, second, last = (blocks[..., at : at + 4] for at in (4, 8, 12))
    high, low = np.uint8(0x30), np.uint8(15)
    scales = np.concatenate([first & np.uint8(63), last & low | first >> np.uint8(2) & high], -1)
    minima = np.concatenate([second & np.uint8(63), last >> np.uint8(4) | second >> np.uint8(2) & high], -1)
    return half(blocks, 0) * scales.astype(np.float32), -(half(blocks, 2) * minima.astype(np.float32))
