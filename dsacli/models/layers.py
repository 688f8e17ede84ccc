"""What decoders, and the reader, have in common."""

import torch
import torch.nn.functional as F
from torch import nn


def embedding(count: int, width: int) -> nn.Embedding:
    """Vectors of `width` numbers for `count` tokens, normally distributed; on the meta device without values.

    To draw normal numbers there torch imports its compiler, which takes longer than everything else at the start.
    """
    weight = torch.empty(count, width)
    return nn.Embedding.from_pretrained(weight if weight.is_meta else nn.init.normal_(weight), freeze=False)


class RMSNorm(nn.Module):
    """x / rms(x) · weight, the mean in float32."""

    def __init__(self, width: int, eps: float):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(width)), eps

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        wide = states.float()
        return self.weight * (wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.eps)).to(states.dtype)


class GatedMLP(nn.Module):
    """down(silu(gate(x)) · up(x)): [tokens, hidden] to the same."""

    def __init__(self, hidden: int, intermediate: int, biased: bool = False):
        super().__init__()
        self.gate_proj = nn.Linear(hidden, intermediate, bias=biased)
        self.up_proj = nn.Linear(hidden, intermediate, bias=biased)
        self.down_proj = nn.Linear(intermediate, hidden, bias=biased)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.down_proj(F.silu(self.gate_proj(hidden)) * self.up_proj(hidden))
        return out
