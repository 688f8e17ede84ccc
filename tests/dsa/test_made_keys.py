"""Index keys of few numbers: what they select, and that they follow the cache."""

import pytest
import torch

from dsacli.dsa.cache import LayerCache
from dsacli.dsa.grouped import FIRST, LAST, WRITTEN_DENSE, GroupedSparseAttention
from dsacli.dsa.made_keys import RANK, MadeKeys, Projection

GROUPS, DIM, TOKENS, TOPK = 2, 32, 600, 100


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def layer(rank: int, seed: int = 0) -> LayerCache:
    """A cache whose keys differ in so many directions only, beside one that they have in common."""
    keys = random(TOKENS, rank, seed=seed) @ random(rank, GROUPS * DIM, seed=5) + 3 * random(GROUPS * DIM, seed=6)
    entries = torch.cat([keys, random(TOKENS, GROUPS * DIM, seed=7)], 1)
    cache = LayerCache(entries.new_empty(2 * TOKENS, entries.shape[1]), entries.new_empty(2 * TOKENS, 0), TOPK)
    cache.append(entries)
    return cache


def selected(cache: LayerCache, query: torch.Tensor) -> set[int]:
    attend = GroupedSparseAttention(GROUPS, DIM**-0.5)
    return set(attend.select(query[None, None], cache, cache.length - 1, TOPK)[0].tolist())


def exact(cache: LayerCache, query: torch.Tensor) -> set[int]:
    last = cache.length - 1
    scores = cache.entries[:, : GROUPS * DIM] @ query.unflatten(0, (GROUPS, -1)).sum(1).flatten()
    middle = scores[FIRST : last - LAST].topk(TOPK - FIRST - LAST - 1).indices + FIRST
    return {*range(FIRST), *middle.tolist(), *range(last - LAST, last + 1)}


def test_keys_that_differ_in_few_directions_select_exactly_what_whole_ones_do():
    cache = layer(RANK)
    for seed in range(5):
        query = random(4, DIM, seed=seed)
        assert selected(cache, query) == exact(cache, query)


def test_of_others_most_of_the_best_are_found():
    cache, query = layer(RANK + 16), random(4, DIM)
    always = FIRST + LAST + 1
    assert 0.6 * (TOPK - always) <= len(selected(cache, query) & exact(cache, query)) - always < TOPK - always


def test_tokens_that_are_forgotten_and_others_that_come_are_scanned_as_they_are():
    cache, query = layer(RANK), random(4, DIM)
    selected(cache, query)
    other = layer(RANK, seed=9).entries[:300].clone()
    cache.length = 400
    cache.made_keys.truncate(400)
    cache.append(other)
    assert selected(cache, query) == exact(cache, query)


def test_a_key_is_made_once():
    keys, made, asked = random(50, 64), MadeKeys(), []

    def make(some):
        asked.append(len(some))
        return some[:, :RANK] * 2

    for tokens in (30, 31, 31, 50):
        assert torch.equal(made.up_to_now(keys[:tokens], 50, make), keys[:tokens, :RANK] * 2)
    assert asked == [30, 1, 19]


def test_components_are_those_of_the_keys_there_were_at_first():
    keys, made = random(50, 64), MadeKeys()
    first = made.basis(keys[:30], Projection())
    assert made.basis(keys, Projection()) is first and first.shape == (64, RANK)


@pytest.mark.parametrize("tokens", [TOPK * WRITTEN_DENSE, TOPK * WRITTEN_DENSE + 1])
def test_a_written_token_selects_where_that_is_faster(tokens):
    cache = layer(RANK)
    cache.length = tokens
    GroupedSparseAttention(GROUPS, DIM**-0.5)(random(1, 4, DIM), cache)
    assert cache.selected == (TOPK if tokens > TOPK * WRITTEN_DENSE else tokens)
