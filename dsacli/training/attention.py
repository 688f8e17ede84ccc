"""Core attention for training on a CPU, put in place of `CoreAttention` from outside.

torch's fused attention has a slow backward pass there: at 30 x 200 tokens, forward and backward took
77 ms against 38 ms for these plain products (two cores, bf16).
"""

import torch
from torch import nn

from dsacli.dsa.dtype import fastest_dtype
from dsacli.reader.network import Reader


class TrainingAttention(nn.Module):
    """The same function as `CoreAttention`, shapes as there; scores are held in memory."""

    @torch.autocast("cpu", enabled=False)
    def forward(
        self,
        queries: torch.Tensor,
        keys: torch.Tensor,
        values: torch.Tensor,
        padding: torch.Tensor | None = None,
    ) -> torch.Tensor:
        batch, heads, n_queries, dim = queries.shape
        q, k, v = (t.reshape(batch * heads, -1, dim) for t in (queries, keys, values))
        bias = torch.zeros(batch, k.shape[1], device=q.device)
        if padding is not None:
            bias.masked_fill_(padding, -1e4)
        bias = bias[:, None, None, :].to(q.dtype).expand(batch, heads, 1, k.shape[1]).reshape(batch * heads, 1, -1)
        scores = torch.baddbmm(bias.expand(-1, n_queries, -1), q, k.transpose(-1, -2), alpha=dim**-0.5)
        return (torch.softmax(scores, -1) @ v).unflatten(0, (batch, heads))


def use_training_attention(reader: Reader) -> None:
    """Swap the core attention of every layer."""
    for layer in reader.layers:
        layer.attention.core = TrainingAttention()


def mixed_precision(device: str) -> torch.autocast:
    """bfloat16 products where the device has them: on a CPU without, they take a hundred times as long."""
    return torch.autocast(device, torch.bfloat16, enabled=fastest_dtype(device) == torch.bfloat16)
