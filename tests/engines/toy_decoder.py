"""A decoder in one file, as somebody would add one: it goes on as the text went on after the same word before.

An induction head without weights: the entry of a token is its id, the one that it selects is the last of the same id.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from dsacli.dsa.cache import SparseCache
from dsacli.dsa.cost import DecoderCost
from dsacli.models.io.tensors import TensorSource


@dataclass(frozen=True)
class ToyConfig:
    vocab_size: int
    max_position_embeddings: int = 8192
    budget: int = 8192
    index_topk: int = 1
    eos_token_ids: tuple[int, ...] = (0,)

    def cost(self, element_bytes: int) -> DecoderCost:
        return DecoderCost(linear=0, entry=2, scan=2, output=2, entry_bytes=element_bytes, key_bytes=0)


def parse_config(values: dict[str, Any]) -> ToyConfig:
    return ToyConfig(values["vocab_size"])


class Toy(nn.Module):
    def __init__(self, config: ToyConfig):
        super().__init__()
        self.config, self.like = config, nn.Parameter(torch.zeros(1))

    def new_cache(self, capacity: int, index_topk: int | None = None) -> SparseCache:
        return SparseCache(capacity, index_topk or self.config.index_topk, [(1, 0)], self.like.data)

    def forward(
        self, token_ids: torch.Tensor, cache: SparseCache, attention_mass: torch.Tensor | None = None
    ) -> torch.Tensor:
        (layer,) = cache.layers
        logits = torch.zeros(len(token_ids), self.config.vocab_size)
        for number, token in enumerate(token_ids.tolist()):
            same = (layer.entries[:-1, 0] == token).nonzero()
            if len(same):
                place = int(same[-1]) + 1
                logits[number, int(layer.entries[place, 0])] = 9.0
                layer.count(1)
                if attention_mass is not None:
                    attention_mass[place] += 1
            layer.append(torch.tensor([[float(token)]]))
        return logits

    @torch.inference_mode()
    def prefill(
        self,
        token_ids: torch.Tensor,
        cache: SparseCache,
        on_tokens: Callable[[int], None] = lambda done: None,
        attention_mass: torch.Tensor | None = None,
    ) -> torch.Tensor:
        self(token_ids[:-1], cache)
        on_tokens(len(token_ids))
        return self(token_ids[-1:], cache, attention_mass)[-1]


def load(tensors: TensorSource, config: ToyConfig, dtype: torch.dtype) -> Toy:
    return Toy(config).to(dtype)
