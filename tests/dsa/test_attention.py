import pytest
import torch

from dsacli.dsa.attention import CoreAttention, gather_entries

BATCH, HEADS, QUERIES, ENTRIES, DIM = 2, 3, 4, 9, 8


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
    padding = torch.arange(ENTRIES)[None] >= torch.tensor([[5], [ENTRIES]])
    expected = softmax_attention(*inputs, ~padding[:, None, None, :])
    torch.testing.assert_close(CoreAttention()(*inputs, padding), expected)


def test_what_stands_in_padding_does_not_matter(inputs):
    queries, keys, values = inputs
    padding = torch.arange(ENTRIES)[None].repeat(BATCH, 1) >= 6
    core = CoreAttention()
    clean = core(queries, keys, values, padding)
    keys[..., 6:, :] = 1e4
    values[..., 6:, :] = -1e4
    assert torch.equal(core(queries, keys, values, padding), clean)
    torch.testing.assert_close(clean, core(queries, keys[..., :6, :], values[..., :6, :]))


def test_gathered_entries_are_the_selected_ones():
    entries = torch.arange(5 * 2 * 3).reshape(5, 2, 3)
    gathered = gather_entries(entries, torch.tensor([[4, 0], [1, 1]]))
    assert gathered.shape == (2, 2, 2, 3)
    assert torch.equal(gathered[0, :, 0], entries[4])
    assert torch.equal(gathered[0, :, 1], entries[0])
    assert torch.equal(gathered[1, :, 0], entries[1])


@pytest.mark.parametrize("k", [1, 4, ENTRIES])
def test_attention_over_gathered_entries_is_dense_attention_masked_to_each_querys_selection(inputs, k):
    queries, keys, values = (part[0] for part in inputs)
    selected = torch.stack([torch.randperm(ENTRIES)[:k] for _ in range(QUERIES)])
    gathered = (gather_entries(part.transpose(0, 1), selected) for part in (keys, values))
    sparse = CoreAttention()(queries.transpose(0, 1).unsqueeze(2), *gathered).squeeze(2).transpose(0, 1)

    kept = torch.zeros(QUERIES, ENTRIES, dtype=torch.bool).scatter_(1, selected, True)
    dense = softmax_attention(queries[None], keys[None], values[None], kept)[0]
    torch.testing.assert_close(sparse, dense)


def test_an_entry_outside_the_selection_has_no_influence(inputs):
    queries, keys, values = (part[0].transpose(0, 1) for part in inputs)
    selected = torch.tensor([[0, 1, 2]] * QUERIES)

    def run(keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
        entries = gather_entries(keys, selected), gather_entries(values, selected)
        return CoreAttention()(queries.unsqueeze(2), *entries)

    before = run(keys, values)
    keys, values = keys.clone(), values.clone()
    keys[3:], values[3:] = 1e4, 1e4
    assert torch.equal(run(keys, values), before)
    values[2] = 0
    assert not torch.equal(run(keys, values), before)
