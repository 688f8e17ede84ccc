"""Sparse training: a model's weights learn to read what its indexers select, while these go on learning.

DeepSeek-V3.2-Exp report, section 2.1.1, the second stage: the index scores of what is selected towards the attention that it gets
(equation 4), apart from the model's own objective. There it is language modelling, on the data of pre-training; a user has a few
documents, which this would teach, and instructions unlearnt. Here it is to predict what the model predicts that attends to everything.
Of the weights low-rank updates of attention are trained (`models.low_rank`); gradients reach back to the beginning of a chunk.
"""

import copy
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from dsacli.dsa.cache import LayerCache, SparseCache
from dsacli.dsa.grouped import BLOCK_QUERIES, FIRST, LAST, PREFILL_DENSE, GroupedSparseAttention
from dsacli.dsa.key_indexer import KeyIndexer
from dsacli.models.adapter import Adapter
from dsacli.models.llama import Llama, attach
from dsacli.models.low_rank import LowRank, without_updates

RANK, RATE, INDEX_RATE, WARMING = 16, 3e-4, 1e-4, 10
# Of the tokens of a chunk one in so many is predicted; of its blocks so many say what index scores should be.
STRIDE, BLOCKS = 4, 2

OnTokens = Callable[[int], None]
# Of how many steps were taken, what share of all this is.
Share = Callable[[int], float]


def train_sparsely(
    network: Llama,
    indexers: Mapping[int, KeyIndexer],
    texts: Sequence[torch.Tensor],
    share: Share,
    seed: int,
    watched: Callable[[int], OnTokens],
) -> tuple[Adapter, int]:
    """Train on texts, int64 [tokens], one after the other until the `share` is 1, or somebody interrupts it: the adapter, which the
    network is left with, and how many steps it took.

    watched: of the number of a text, what is told how far it was taken in
    """
    random = torch.Generator().manual_seed(seed)
    trained = {number: copy.deepcopy(each).float().requires_grad_(True) for number, each in indexers.items()}
    adapter = Adapter(indexers, new_updates(network, random))
    attach(network, adapter)
    training = _Training(network, adapter, trained, share)
    order = (int(each) for _ in itertools.count() for each in torch.randperm(len(texts), generator=random))
    try:
        for number, text in enumerate(order, 1):
            if training.is_over:
                break
            training.text(texts[text], watched(number))
    except KeyboardInterrupt:
        pass
    for update in adapter.updates.values():
        update.requires_grad_(False)
    return adapter, training.steps


def new_updates(network: Llama, random: torch.Generator) -> dict[tuple[int, str], LowRank]:
    """Updates that change nothing yet, in float32, of every layer of attention."""
    found = {}
    for number in range(network.config.num_hidden_layers):
        for name, (taken, given) in network.config.attention_shapes.items():
            found[number, name] = update = LowRank(taken, given, RANK)
            nn.init.kaiming_uniform_(update.lora_A.weight, 5**0.5, generator=random)
    return found


class _Training:
    """Steps taken on chunks of texts."""

    def __init__(self, network: Llama, adapter: Adapter, indexers: dict[int, KeyIndexer], share: Share):
        self.network, self.indexers, self.share, self.steps = network, indexers, share, 0
        self.weights = [weight for each in adapter.updates.values() for weight in each.parameters()]
        scores = [weight for each in indexers.values() for weight in each.parameters()]
        self.optimizer = torch.optim.Adam([{"params": self.weights, "lr": RATE}, {"params": scores, "lr": INDEX_RATE}])
        rates = torch.optim.lr_scheduler.LambdaLR(self.optimizer, self._rate)
        self.optimizer.register_step_post_hook(lambda *rest: rates.step())

    @property
    def is_over(self) -> bool:
        return self.share(self.steps) >= 1

    def _rate(self, step: int) -> float:
        return min(1.0, (step + 1) / WARMING) * max(0.0, 1 - self.share(step))

    def text(self, text: torch.Tensor, on_tokens: OnTokens) -> None:
        """A step for each chunk of which tokens select, but the beginning of one."""
        network, size = self.network, self.network.chunk_tokens
        expected, cache = self.dense_states(text), network.new_cache(len(text))
        alone = PREFILL_DENSE * cache.index_topk
        with torch.no_grad():
            for part in text[:alone].split(size):
                network.states(part, cache)
        try:
            for low in range(alone, len(text) - size + 1, size):
                if self.is_over:
                    break
                self.step(text[low : low + size], cache, expected[low : low + size])
                on_tokens(low + size)
        finally:
            for number, indexer in self.indexers.items():
                network.indexers[number].load_state_dict(indexer.state_dict())

    @torch.no_grad()
    def dense_states(self, text: torch.Tensor) -> torch.Tensor:
        """What the model as it was, attending to everything, would predict from: [tokens, hidden]."""
        cache = self.network.new_cache(len(text), 2 * len(text))
        with without_updates(self.network):
            return torch.cat([self.network.states(part, cache) for part in text.split(self.network.chunk_tokens)])

    def step(self, chunk: torch.Tensor, cache: SparseCache, expected: torch.Tensor) -> None:
        with scored(self.network, self.indexers) as index_losses:
            hidden = self.network.states(chunk, cache)
        some = slice(self.steps % STRIDE, None, STRIDE)
        with torch.no_grad():
            dense = self.network.lm_head(expected[some]).float().log_softmax(-1)
        found = self.network.lm_head(hidden[some]).float().log_softmax(-1)
        loss = F.kl_div(found, dense, reduction="batchmean", log_target=True)
        self.optimizer.zero_grad()
        sum(index_losses, loss).backward()
        nn.utils.clip_grad_norm_(self.weights, 1.0)
        self.optimizer.step()
        cache.detach()
        self.steps += 1


@contextmanager
def scored(network: Llama, indexers: Mapping[int, KeyIndexer]) -> Iterator[list[torch.Tensor]]:
    """What the indexers of the layers have to learn from the tokens that are taken in meanwhile, a loss of each."""
    losses = list[torch.Tensor]()
    hooks = [
        network.attends[number].register_forward_hook(partial(_score, losses, indexer))
        for number, indexer in indexers.items()
    ]
    try:
        yield losses
    finally:
        for hook in hooks:
            hook.remove()


def _score(
    losses: list[torch.Tensor],
    indexer: KeyIndexer,
    attend: GroupedSparseAttention,
    given: tuple[Any, ...],
    output: torch.Tensor,
) -> None:
    queries, cache = given[0].detach(), given[1]
    spread = torch.linspace(0, len(queries) // BLOCK_QUERIES - 1, BLOCKS).long().tolist()
    loss = [_divergence(indexer, attend, queries, cache, BLOCK_QUERIES * place) for place in spread]
    losses.append(sum(loss[1:], loss[0]) / len(loss))


def _divergence(
    indexer: KeyIndexer, attend: GroupedSparseAttention, queries: torch.Tensor, cache: LayerCache, place: int
) -> torch.Tensor:
    """KL of what the block of queries at `place` selected by its index scores, from the attention that it gets (equation 4)."""
    block, first = queries[None, place : place + BLOCK_QUERIES], cache.length - len(queries) + place
    with torch.no_grad():
        tokens = attend.select(block, cache, first, cache.index_topk)[0]
        entries = cache.entries.detach()[tokens]
        mass = torch.zeros(1, len(tokens), device=tokens.device)
        attend.attend(block, entries[None], mass)
        chosen = slice(FIRST, len(tokens) - LAST - BLOCK_QUERIES)
        attention = F.normalize(mass[0, chosen], p=1, dim=0)
    keys = indexer.keys(entries[chosen, : entries.shape[1] // 2].float())
    scores = indexer(block.mean(1).flatten(1).float(), keys)[0]
    return F.kl_div(scores.log_softmax(0), attention, reduction="sum")
