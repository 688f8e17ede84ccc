"""Low-rank updates of linear layers: W x + B A x, of which A and B alone are trained (LoRA, arXiv 2106.09685)."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn


class LowRank(nn.Module):
    """B A, of `rank`; tensors are called as in the PEFT library. It starts as nothing."""

    def __init__(self, in_features: int, out_features: int, rank: int):
        super().__init__()
        self.lora_A = nn.Linear(in_features, rank, bias=False)
        self.lora_B = nn.Linear(rank, out_features, bias=False)
        nn.init.zeros_(self.lora_B.weight)

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """[tokens, in_features] to [tokens, out_features], in the states' dtype, computed in its own."""
        return self.lora_B(self.lora_A(states.to(self.lora_A.weight.dtype))).to(states.dtype)


class UpdatedLinear(nn.Module):
    """A linear layer with an update, which stays as it is while `enabled` is false."""

    def __init__(self, linear: nn.Linear, update: LowRank):
        super().__init__()
        self.linear, self.update, self.enabled = linear, update, True

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """[tokens, in_features] to [tokens, out_features]."""
        out: torch.Tensor = self.linear(states)
        return out + self.update(states) if self.enabled else out


@contextmanager
def without_updates(network: nn.Module) -> Iterator[None]:
    """Have a network compute as it did before any of its layers was updated."""
    layers = [module for module in network.modules() if isinstance(module, UpdatedLinear)]
    try:
        for layer in layers:
            layer.enabled = False
        yield
    finally:
        for layer in layers:
            layer.enabled = True
