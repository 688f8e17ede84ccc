"""Whether dense attention can be run for comparison, told before anything is."""

import time

import torch

from dsacli.errors import DsacliError

LIMIT_SECONDS = 240
# Of the rate of a matrix product, what a network reaches.
REACHED = 0.4


def refuse_minutes(flops: int, like: torch.Tensor, tokens: int) -> None:
    """Raise DsacliError with the estimate where so many FLOPs, in the dtype and on the device of `like`, would take over a few minutes.

    tokens: what is attended to
    """
    estimate = flops / (REACHED * matmul_rate(like))
    if estimate > LIMIT_SECONDS:
        raise DsacliError(
            f"dense attention over {tokens:,} tokens would take about {max(1, estimate / 60):,.0f} minutes "
            f"here; --compare-dense stops at {LIMIT_SECONDS / 60:.0f}"
        )


def matmul_rate(like: torch.Tensor) -> float:
    """FLOP/s of matrix multiply in the dtype and on the device of `like`, measured in a few milliseconds."""
    left, right = like.new_ones(1024, 384), like.new_ones(384, 1536)
    (left @ right).sum().item()
    began = time.perf_counter()
    for _ in range(5):
        product = left @ right
    product.sum().item()  # waits for a device that works ahead
    return 5 * 2 * 1024 * 384 * 1536 / (time.perf_counter() - began)
