"""What dense attention attends to, layer by layer: what a lightning indexer is trained on and measured by."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from dsacli.dsa.cache import LayerCache
from dsacli.dsa.grouped import BLOCK_QUERIES, FIRST, LAST, PREFILL_DENSE, GroupedSparseAttention
from dsacli.models.llama import Llama


@dataclass(frozen=True)
class Observed:
    """One layer over one text: its keys, and of some blocks of neighbouring queries what they are and attend to.

    keys: [tokens, groups · dim]; queries: float32 [blocks, heads · dim], the mean of a block's
    attention: float32 [blocks, tokens], the mean of a block's over heads and queries, which the report's warm-up sums
    selectable: bool [blocks, tokens], the tokens that a block chooses from: neither the first ones nor the last
    """

    keys: torch.Tensor
    queries: torch.Tensor
    attention: torch.Tensor
    selectable: torch.Tensor


def observe(
    network: Llama,
    token_ids: torch.Tensor,
    blocks: int,
    seed: int,
    on_tokens: Callable[[int], None] = lambda done: None,
) -> list[Observed]:
    """Every layer over one text, int64 [tokens], at `blocks` places from where on prefill selects."""
    first, last = PREFILL_DENSE * network.config.index_topk, len(token_ids) - BLOCK_QUERIES
    places = np.random.default_rng(seed).choice(np.arange(first, last, BLOCK_QUERIES), blocks, replace=False)
    attends = network.attends
    found: list[list[tuple[torch.Tensor, torch.Tensor]]] = [[] for _ in attends]
    hooks = [
        attend.register_forward_hook(partial(_note, some, sorted(places.tolist())))
        for attend, some in zip(attends, found)
    ]
    cache = network.new_cache(len(token_ids))
    try:
        network.prefill(token_ids, cache, on_tokens)
    finally:
        for hook in hooks:
            hook.remove()
    return [_observed(layer, some) for layer, some in zip(cache.layers, found)]


def _note(
    found: list[tuple[torch.Tensor, torch.Tensor]],
    places: list[int],
    attend: GroupedSparseAttention,
    given: tuple[Any, ...],
    output: torch.Tensor,
) -> None:
    """Keep the queries and the dense attention of those of the blocks that are among the tokens just attended from."""
    queries, cache = given[0], given[1]
    before = cache.length - len(queries)
    for place in places:
        if before <= place and place + BLOCK_QUERIES <= cache.length:
            block = queries[place - before : place - before + BLOCK_QUERIES]
            mass = torch.zeros(1, place + BLOCK_QUERIES, device=queries.device)
            attend.attend(block[None], cache.entries[None, : place + BLOCK_QUERIES], mass)
            found.append((block.mean(0).flatten().float(), mass[0] / block.shape[:2].numel()))


def _observed(cache: LayerCache, found: list[tuple[torch.Tensor, torch.Tensor]]) -> Observed:
    queries, attention = zip(*found)
    width = cache.entries.shape[1] // 2
    places = torch.tensor([len(each) - BLOCK_QUERIES for each in attention])
    tokens = torch.arange(cache.length)
    return Observed(
        cache.entries[:, :width].clone(),
        torch.stack(queries),
        torch.stack([F.pad(each, (0, cache.length - len(each))) for each in attention]),
        ((tokens >= FIRST) & (tokens < places[:, None] - LAST)).to(cache.entries.device),
    )
