import pytest
import torch

from dsacli.dsa.cache import SparseCache


def make(capacity: int = 6) -> SparseCache:
    """Two layers, the second without index keys."""
    return SparseCache(capacity, 3, [(4, 2), (5, 0)], torch.zeros(1, dtype=torch.bfloat16))


def fill(cache: SparseCache, tokens: int) -> list[torch.Tensor]:
    entries = [torch.randn(tokens, width).to(torch.bfloat16) for width in (4, 5)]
    cache.layers[0].append(entries[0], entries[0][:, :2])
    cache.layers[1].append(entries[1])
    return entries


def test_what_is_kept_comes_back_in_order():
    cache = make()
    assert (cache.capacity, cache.index_topk, len(cache)) == (6, 3, 0)
    first, second = fill(cache, 2), fill(cache, 3)
    assert len(cache) == 5
    for layer, one, other in zip(cache.layers, first, second):
        assert torch.equal(layer.entries, torch.cat([one, other]))
        assert layer.index_topk == 3
    assert torch.equal(cache.layers[0].index_keys, cache.layers[0].entries[:, :2])
    assert cache.layers[1].index_keys.numel() == 0


def test_what_is_truncated_is_written_over():
    cache = make()
    first = fill(cache, 5)
    cache.truncate(2)
    second = fill(cache, 4)
    assert len(cache) == 6
    assert torch.equal(cache.layers[1].entries, torch.cat([first[1][:2], second[1]]))
    cache.truncate(9)
    assert len(cache) == 6


def test_a_full_cache_says_so_and_stays_as_it_was():
    cache = make()
    first = fill(cache, 5)
    with pytest.raises(ValueError, match="room for 6 tokens, not for 7"):
        fill(cache, 2)
    assert torch.equal(cache.layers[0].entries, first[0])


def test_what_was_selected_is_the_most_of_all_layers_since_the_last_truncate():
    cache = make()
    assert cache.selected == 0
    for layer, attended in ((0, 2), (1, 3), (0, 1)):
        cache.layers[layer].count(attended)
    assert cache.selected == 3
    cache.truncate(0)
    assert cache.selected == 0
