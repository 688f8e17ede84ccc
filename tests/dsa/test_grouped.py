"""What of a cache of grouped keys and values the tokens that come attend to."""

import pytest
import torch

from dsacli.dsa import grouped
from dsacli.dsa.cache import LayerCache
from dsacli.dsa.grouped import ASKED, GroupedSparseAttention

GROUPS, HEADS, DIM, TOPK = 2, 4, 16, 80


def test_a_question_attends_to_all_and_neither_what_was_before_nor_what_is_written_after_it_does():
    random = torch.Generator().manual_seed(3)
    entries, queries = (
        torch.randn(900, 2 * GROUPS * DIM, generator=random),
        torch.randn(900, HEADS, DIM, generator=random),
    )
    attend = GroupedSparseAttention(GROUPS, DIM**-0.5)
    cache = LayerCache(torch.zeros_like(entries), torch.empty(900, 0), TOPK)

    def taken_in(count):
        """Whether so many more tokens attend to all before them, and how many they say they select."""
        cache.selected, first = 0, cache.length
        cache.append(entries[first : first + count])
        found = attend(queries[first : first + count], cache)
        to_all = attend.attend(queries[None, first : first + count], cache.entries[None])[0]
        return torch.allclose(found, to_all, atol=1e-4), cache.selected

    assert taken_in(700)[0] is False
    assert taken_in(ASKED) == (True, 0)
    assert taken_in(1) == (False, TOPK)
    assert taken_in(ASKED + 1) == (False, TOPK)


@pytest.mark.parametrize(("dtype", "most"), [(torch.float32, 1e-5), (torch.bfloat16, 0.02)])
def test_index_scores_are_the_heads_attention_summed_however_many_blocks_are_scored_at_once(dtype, most, monkeypatch):
    random, tokens, blocks = torch.Generator().manual_seed(3), 300, 5
    queries = torch.randn(blocks, HEADS, DIM, generator=random)
    keys = torch.randn(tokens, GROUPS * DIM, generator=random)
    own = 250 + 10 * torch.arange(blocks)[:, None]
    logits = (
        torch.einsum("bgjd,tgd->bgjt", queries.unflatten(1, (GROUPS, -1)), keys.unflatten(1, (GROUPS, -1))) / DIM**0.5
    )
    later = torch.arange(tokens) >= own
    expected = logits.masked_fill(later[:, None, None], -torch.inf).softmax(-1).sum((1, 2))
    for numbers in (1, 2 * HEADS * tokens, 10**6):
        monkeypatch.setattr(grouped, "SCORED_NUMBERS", numbers)
        found = grouped.HeadScores(DIM**-0.5)(queries.to(dtype), keys.to(dtype), own)
        assert found.dtype == torch.float32
        assert not found[later].any()
        assert (found - expected).abs().max() <= most * expected.max()
