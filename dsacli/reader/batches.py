"""How many rows are computed at once, and which."""

from collections.abc import Sequence

import torch

# On a CPU the widest states of a batch stay in a last-level cache; a GPU takes as many as a share of its free memory holds.
BATCH_TOKENS, GPU_BATCH_TOKENS = 2048, 131_072
STATE_BYTES, MEMORY_SHARE = 32_768, 0.25


def batch_tokens(device: torch.device) -> int:
    """Tokens to compute at once on a device, by the memory that is free there."""
    if device.type == "cuda":
        return int(
            min(GPU_BATCH_TOKENS, max(BATCH_TOKENS, MEMORY_SHARE * torch.cuda.mem_get_info(device)[0] / STATE_BYTES))
        )
    return BATCH_TOKENS if device.type == "cpu" else GPU_BATCH_TOKENS // 8


def length_batches(order: Sequence[int], lengths: Sequence[int], tokens: int) -> list[list[int]]:
    """Numbers in `order`, ascending by length, as batches of about so many tokens and little padding."""
    batches: list[list[int]] = []
    for number in order:
        fits = batches and (len(batches[-1]) + 1) * lengths[number] <= tokens
        if fits and lengths[number] <= 1.25 * lengths[batches[-1][0]] + 8:
            batches[-1].append(number)
        else:
            batches.append([number])
    return batches
