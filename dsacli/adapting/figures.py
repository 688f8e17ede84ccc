"""What an indexer keeps of dense attention, and what a model's loss is with it."""

from collections.abc import Callable

import torch
import torch.nn.functional as F

from dsacli.adapting.observe import Observed
from dsacli.dsa.cache import SparseCache
from dsacli.dsa.grouped import FEWEST, FIRST, HeadScores
from dsacli.dsa.key_indexer import KeyIndexer
from dsacli.models.llama import Llama


@torch.no_grad()
def scored(indexer: KeyIndexer, layer: Observed) -> torch.Tensor:
    """Index scores of a trained indexer: float32 [blocks, tokens]."""
    return indexer(layer.queries, indexer.keys(layer.keys.float()))


def scored_by_keys(layer: Observed, dim: int) -> torch.Tensor:
    """Those of the keys by themselves, without training, with heads of `dim` numbers: float32 [blocks, tokens]."""
    ends = layer.selectable.sum(1, keepdim=True)
    scores = HeadScores(dim**-0.5)(layer.queries.unflatten(1, (-1, dim)), layer.keys[FIRST:].float(), ends)
    return F.pad(scores, (FIRST, 0), value=-torch.inf)


def selected(scores: torch.Tensor, layer: Observed, index_topk: int) -> torch.Tensor:
    """What blocks select by their scores [blocks, tokens], and what they always select: bool [blocks, tokens]."""
    scores = scores.masked_fill(~layer.selectable, -torch.inf)
    chosen = scores.topk(index_topk - FEWEST + 1, sorted=False).indices
    return (~layer.selectable).scatter(1, chosen, True)


def mass_kept(layer: Observed, tokens: torch.Tensor) -> float:
    """The share of a layer's dense attention, 0 to 1, that goes to what its blocks selected: bool [blocks, tokens]."""
    return float((layer.attention * tokens).sum(1).mean())


@torch.inference_mode()
def late_loss(
    network: Llama,
    token_ids: torch.Tensor,
    late: int,
    index_topk: int | None = None,
    on_tokens: Callable[[int], None] = lambda done: None,
) -> float:
    """Mean loss, in nats, of the last `late` tokens of a text, int64 [tokens], taken in chunk by chunk as prefill does."""
    return _loss(network, network.new_cache(len(token_ids), index_topk), token_ids, late, on_tokens)


@torch.inference_mode()
def lost_by_layer(
    network: Llama,
    token_ids: torch.Tensor,
    late: int,
    on_tokens: Callable[[int], None],
    on_layers: Callable[[int], None],
) -> list[float]:
    """What the last `late` tokens of a text, int64 [tokens], lose above dense attention, in nats, for each layer where it alone
    selects, by the indexer that every one of them has."""
    before, every = len(token_ids) - late, set(range(len(network.attends)))
    cache = network.new_cache(len(token_ids), 2 * len(token_ids))
    network.prefill(token_ids[:before], cache, on_tokens)
    cache.select(network.config.index_topk)
    losses = []
    for number in (-1, *sorted(every)):
        cache.truncate(before)
        cache.settle(every - {number})
        losses.append(_loss(network, cache, token_ids[before:], late))
        on_layers(number + 1)
    return [loss - losses[0] for loss in losses[1:]]


def _loss(
    network: Llama,
    cache: SparseCache,
    token_ids: torch.Tensor,
    late: int,
    on_tokens: Callable[[int], None] = lambda done: None,
) -> float:
    """That of the last `late` of new tokens, after those in the cache."""
    losses, step = list[torch.Tensor](), network.chunk_tokens
    for low in range(0, len(token_ids), step):
        high = min(low + step, len(token_ids))
        hidden = network.states(token_ids[low:high], cache)
        on_tokens(high)
        if high > len(token_ids) - late:
            logits, following = network.lm_head(hidden), token_ids[low + 1 : high + 1]
            losses.append(F.cross_entropy(logits[: len(following)].float(), following, reduction="none"))
    return float(torch.cat(losses)[-late:].mean())
