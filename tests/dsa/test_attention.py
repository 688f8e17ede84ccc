import pytest
import torch

from dsacli.dsa.attention import CoreAttention, LatentAttention
from dsacli.dsa.cache import LayerCache
from dsacli.training.attention import TrainingAttention

BATCH, HEADS, QUERIES, ENTRIES, DIM, RANK = 2, 3, 4, 9, 8, 5


def softmax_attention(queries, keys, values, kept: torch.Tensor) -> torch.Tensor:
    """softmax(QKᵀ / √dim)V over the entries where `kept` (broadcast to [batch, heads, queries, entries])."""
    products = torch.einsum("bhqd,bhed->bhqe", queries, keys) / queries.shape[-1] ** 0.5
    weights = torch.exp(products) * kept
    return torch.einsum("bhqe,bhed->bhqd", weights / weights.sum(-1, keepdim=True), values)


@pytest.fixture
def inputs() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    return (
        torch.randn(BATCH, HEADS, QUERIES, DIM),
        torch.randn(BATCH, HEADS, ENTRIES, DIM),
        torch.randn(BATCH, HEADS, ENTRIES, DIM),
    )


def test_without_padding_every_entry_is_attended_to(inputs):
    kept = torch.ones(BATCH, 1, 1, ENTRIES, dtype=torch.bool)
    torch.testing.assert_close(CoreAttention()(*inputs), softmax_attention(*inputs, kept))


def test_padding_is_left_out_of_the_softmax(inputs):
    kept = (torch.arange(ENTRIES)[None] < torch.tensor([[5], [ENTRIES]]))[:, None, None, :]
    torch.testing.assert_close(CoreAttention()(*inputs, kept), softmax_attention(*inputs, kept))


def test_what_a_head_adds_for_a_pair_of_tokens_is_added_to_its_score(inputs):
    added = torch.randn(1, HEADS, QUERIES, ENTRIES)
    torch.testing.assert_close(CoreAttention()(*inputs, added), softmax_attention(*inputs, added.exp()))


@pytest.mark.parametrize("kind", ["none", "padding", "numbers", "both"])
def test_attention_for_training_is_the_same_function(inputs, kind):
    kept = (torch.arange(ENTRIES)[None] < torch.tensor([[5], [ENTRIES]]))[:, None, None, :]
    added = torch.randn(1, HEADS, QUERIES, ENTRIES)
    mask = {"none": None, "padding": kept, "numbers": added, "both": added.masked_fill(~kept, -1e9)}[kind]
    torch.testing.assert_close(TrainingAttention()(*inputs, mask), CoreAttention()(*inputs, mask))


def test_what_stands_in_padding_does_not_matter(inputs):
    queries, keys, values = inputs
    kept = (torch.arange(ENTRIES)[None].repeat(BATCH, 1) < 6)[:, None, None, :]
    core = CoreAttention()
    clean = core(queries, keys, values, kept)
    keys[..., 6:, :] = 1e4
    values[..., 6:, :] = -1e4
    assert torch.equal(core(queries, keys, values, kept), clean)
    torch.testing.assert_close(clean, core(queries, keys[..., :6, :], values[..., :6, :]))


def latents() -> tuple[torch.Tensor, LayerCache]:
    """Queries [queries, heads, dim] of the last tokens of a cache of entries [entries, dim]."""
    torch.manual_seed(0)
    cache = LayerCache(torch.empty(ENTRIES, DIM), torch.empty(ENTRIES, 0), index_topk=ENTRIES)
    cache.append(torch.randn(ENTRIES, DIM))
    return torch.randn(QUERIES, HEADS, DIM), cache


def masked_attention(queries: torch.Tensor, entries: torch.Tensor, kept: torch.Tensor) -> torch.Tensor:
    """Dense attention of all heads to the same entries, masked to `kept` [queries, entries]."""
    shared = entries.expand(1, HEADS, -1, -1)
    dense = softmax_attention(queries.transpose(0, 1)[None], shared, shared, kept)[0].transpose(0, 1)
    return dense[..., :RANK]


def attend() -> LatentAttention:
    return LatentAttention(RANK, DIM**-0.5)


@pytest.mark.parametrize("k", [1, 4, ENTRIES])
@pytest.mark.parametrize("numbers", [1, 2**19], ids=["a query at a time", "all at once"])
def test_attention_over_selected_latents_is_dense_attention_masked_to_each_querys_selection(k, numbers, monkeypatch):
    monkeypatch.setattr("dsacli.dsa.attention.GATHERED_NUMBERS", numbers)
    queries, cache = latents()
    selected = torch.stack([torch.randperm(ENTRIES)[:k] for _ in range(QUERIES)])
    kept = torch.zeros(QUERIES, ENTRIES, dtype=torch.bool).scatter_(1, selected, True)
    torch.testing.assert_close(attend()(queries, cache, selected), masked_attention(queries, cache.entries, kept))
    assert cache.selected == k


@pytest.mark.parametrize("dense", range(QUERIES + 1))
def test_queries_before_the_selection_begins_attend_to_all_up_to_themselves(dense):
    queries, cache = latents()
    selected = torch.tensor([[0, 2], [1, 3], [5, 8], [4, 0]])[dense:]
    kept = torch.ones(QUERIES, ENTRIES, dtype=torch.bool).tril(ENTRIES - QUERIES)
    kept[dense:] = False
    kept[dense:].scatter_(1, selected, True)
    mass = torch.zeros(ENTRIES)
    found = attend()(queries, cache, selected if dense < QUERIES else None, mass)
    torch.testing.assert_close(found, masked_attention(queries, cache.entries, kept))
    assert cache.selected == (ENTRIES - QUERIES + dense if dense else 2)
    assert mass.sum().item() == pytest.approx(QUERIES * HEADS)
    assert not mass[~kept.any(0)].any()


def test_a_token_that_stands_for_nothing_is_neither_attended_to_nor_counted():
    queries, cache = latents()
    selected = torch.tensor([[0, 2, -1], [1, -1, -1], [7, 3, -1], [8, 5, -1]])
    alone = attend()(queries[1:2], cache, selected[1:2, :1])
    torch.testing.assert_close(attend()(queries, cache, selected)[1:2], alone)
    assert cache.selected == 2


def test_an_entry_outside_the_selection_has_no_influence():
    queries, cache = latents()
    selected = torch.tensor([[0, 1, 2]] * QUERIES)
    before = attend()(queries, cache, selected)
    cache.entries[3:] = 1e4
    assert torch.equal(attend()(queries, cache, selected), before)
    cache.entries[2] = 0
    assert not torch.equal(attend()(queries, cache, selected), before)
