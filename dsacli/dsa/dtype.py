"""What is computed in: bfloat16 where the hardware multiplies it, else float32.

The environment variable DSACLI_DTYPE=float32|bfloat16 forces either, on a CPU and on every other device.
"""

import os
from typing import TYPE_CHECKING

from dsacli.errors import UsageFailure

if TYPE_CHECKING:
    import torch

VARIABLE = "DSACLI_DTYPE"
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
        # Not public, and named differently from release to release.
        known = (getattr(torch.cpu, name, None) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))
        return any(supported() for supported in known if supported)
    return device.startswith("cuda") and torch.cuda.is_bf16_supported(including_emulation=False)


def fastest_dtype(device: str) -> "torch.dtype":
    """The dtype of weights and states on `device`: what DSACLI_DTYPE says, else the fastest that it has.

    Raises UsageFailure as `forced_dtype` does.
    """
    import torch

    name = forced_dtype() or (BFLOAT16 if multiplies_bfloat16(device) else FLOAT32)
    return torch.bfloat16 if name == BFLOAT16 else torch.float32
