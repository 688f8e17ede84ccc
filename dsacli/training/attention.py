"""Core attention for training on a CPU, put in place of `CoreAttention` from outside.

torch's fused attention has a slow backward pass there: at 30 x 200 tokens, forward and backward took
77 ms against 38 ms for these plain products (two cores, bf16).
"""

import torch
from torch import nn

from dsacli.dsa.dtype import fastest_dtype
from dsacli.reader.network import IndexNetwork, ReadingNetwork


class TrainingAttention(nn.Module):
    """The same function as `CoreAttention`, shapes as there; scores are held in memory."""

    def forward(
        self,
        queries: torch.Tensor,
        keys: torch.Tensor,
        values: torch.Tensor,
        mask: torch.Tensor | None = None,
    ) -> torch.Tensor:
        # An autocast of its own for each call: as a decorator it would be shared by all threads.
        with torch.autocast("cpu", enabled=False):
            batch, heads, n_queries, dim = queries.shape
            q, k, v = (t.reshape(batch * heads, -1, dim) for t in (queries, keys, values))
            if mask is None:
                mask = q.new_zeros(1)
            elif mask.dtype == torch.bool:
                mask = torch.zeros_like(mask, dtype=q.dtype).masked_fill(~mask, torch.finfo(q.dtype).min)
            added = mask.to(q.dtype).expand(batch, heads, n_queries, k.shape[1]).reshape(batch * heads, n_queries, -1)
            scores = torch.baddbmm(added, q, k.transpose(-1, -2), alpha=dim**-0.5)
            return (torch.softmax(scores, -1) @ v).unflatten(0, (batch, heads))


def use_training_attention(network: IndexNetwork | ReadingNetwork) -> None:
    """Swap the core attention of every layer, where products of bfloat16 numbers are trained with."""
    if next(network.parameters()).device.type == "cpu" and fastest_dtype("cpu") == torch.bfloat16:
        for layer in network.layers:
            layer.attention.core = TrainingAttention()


def mixed_precision(device: str) -> torch.autocast:
    """bfloat16 products where the device has them: on a CPU without, they take a hundred times as long."""
    return torch.autocast(device, torch.bfloat16, enabled=fastest_dtype(device) == torch.bfloat16)
