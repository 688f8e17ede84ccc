"""What is computed in: bfloat16 where the hardware multiplies it faster, else float32.

The environment variable DSACLI_DTYPE=float32|bfloat16 forces either, on a CPU and on every other device.
"""

import os
import time
from functools import cache
from typing import TYPE_CHECKING

from dsacli.errors import UsageFailure

if TYPE_CHECKING:
    import torch

VARIABLE = "DSACLI_DTYPE"
# Seconds: a clock of such steps times no product.
COARSE = 1e-4
FLOAT32, BFLOAT16 = "float32", "bfloat16"


def forced_dtype() -> str | None:
    """FLOAT32 or BFLOAT16 as DSACLI_DTYPE says, None where it is empty or not set. Needs no torch.

    Raises UsageFailure for any other value.
    """
    name = os.environ.get(VARIABLE)
    if name and name not in (FLOAT32, BFLOAT16):
        raise UsageFailure(f"{VARIABLE} is {name!r}; choose {FLOAT32} or {BFLOAT16}, or unset it")
    return name or None


def multiplies_bfloat16(device: str) -> bool:
    """Whether `device` ("cpu", "cuda", "cuda:1", "mps") has instructions for products of bfloat16 numbers.

    What has none computes the same products, up to a hundred times slower.
    """
    import torch

    if device == "cpu":
        return _cpu_has("_is_avx512_bf16_supported") or _cpu_has("_is_amx_tile_supported")
    return device.startswith("cuda") and torch.cuda.is_bf16_supported(including_emulation=False)


def prefers_bfloat16(device: str) -> bool:
    """Whether products of bfloat16 numbers are the faster ones on `device`.

    A CPU with AMX does sixteen times as many of them. With AVX-512 alone some do twice as many and some half
    (Sapphire Rapids without AMX), so there a few are timed, once in a process.
    """
    if not multiplies_bfloat16(device):
        return False
    return device != "cpu" or _cpu_has("_is_amx_tile_supported") or _wins_race()


def _cpu_has(name: str) -> bool:
    """What torch says of this CPU by a function that is not public, and named differently from release to release."""
    import torch

    supported = getattr(torch.cpu, name, None)
    return bool(supported and supported())


@cache
def _wins_race(rounds: int = 5, margin: float = 1.2) -> bool:
    """Whether the best of some products [128, 768] x [768, 768] is faster in bfloat16, by a `margin` that noise is not.

    On one thread, by the time that it computes, not by the time that passes: processes side by side have to come to the same, for
    they share what is kept on disk.
    """
    import torch

    sides = [
        (torch.ones(128, 768, dtype=dtype), torch.ones(768, 768, dtype=dtype))
        for dtype in (torch.float32, torch.bfloat16)
    ]
    clock = time.thread_time if time.get_clock_info("thread_time").resolution < COARSE else time.perf_counter
    best, threads = [float("inf")] * len(sides), torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for _ in range(rounds):
            for side, (states, weights) in enumerate(sides):
                start = clock()
                states @ weights.T
                best[side] = min(best[side], clock() - start)
    finally:
        torch.set_num_threads(threads)
    return best[0] > margin * best[1]


def fastest_dtype(device: str) -> "torch.dtype":
    """The dtype of weights and states on `device`: what DSACLI_DTYPE says, else the fastest that it has.

    Raises UsageFailure as `forced_dtype` does.
    """
    import torch

    name = forced_dtype() or (BFLOAT16 if prefers_bfloat16(device) else FLOAT32)
    return torch.bfloat16 if name == BFLOAT16 else torch.float32
