import pytest
import torch

from dsacli.dsa.indexer import IndexScores, LightningIndexer


def index_score(query: torch.Tensor, weight: torch.Tensor, key: torch.Tensor) -> float:
    """Equation 1 for one (t, s), head by head: query [heads, dim], weight [heads], key [dim]."""
    total = 0.0
    for j in range(len(weight)):
        product = sum(float(query[j, d]) * float(key[d]) for d in range(len(key)))
        total += float(weight[j]) * max(0.0, product)
    return total


@pytest.mark.parametrize("batch", [(), (2,), (2, 3)], ids=str)
def test_scores_are_equation_1_element_by_element(batch):
    torch.manual_seed(0)
    queries, weights, keys = torch.randn(*batch, 4, 3, 5), torch.randn(*batch, 4, 3), torch.randn(*batch, 7, 5)
    scores = IndexScores()(queries, weights, keys)
    assert scores.shape == (*batch, 4, 7)
    flat = zip(queries.reshape(-1, 4, 3, 5), weights.reshape(-1, 4, 3), keys.reshape(-1, 7, 5))
    expected = [[[index_score(q[t], w[t], k[s]) for s in range(7)] for t in range(4)] for q, w, k in flat]
    torch.testing.assert_close(scores.reshape(-1, 4, 7), torch.tensor(expected))


def test_relu_is_taken_per_head_before_the_heads_are_summed():
    queries = torch.tensor([[[1.0, 0.0], [-1.0, 0.0]]])
    keys = torch.tensor([[3.0, 9.0], [-2.0, 9.0]])
    scores = IndexScores()(queries, torch.tensor([[1.0, 10.0]]), keys)
    assert scores.tolist() == [[3.0, 20.0]]


def test_a_negative_weight_takes_away():
    scores = IndexScores()(torch.ones(1, 2, 1), torch.tensor([[1.0, -3.0]]), torch.tensor([[2.0]]))
    assert scores.tolist() == [[-4.0]]


def test_scores_of_bfloat16_keys_are_float32_and_near():
    torch.manual_seed(0)
    queries, weights, keys = torch.randn(4, 8, 64), torch.rand(4, 8), torch.randn(50, 64)
    scores = IndexScores()(queries, weights, keys.to(torch.bfloat16))
    assert scores.dtype == torch.float32
    exact = IndexScores()(queries, weights, keys)
    assert (scores - exact).abs().max() < 0.02 * exact.abs().max()


@pytest.mark.parametrize("batch", [(), (2,)], ids=str)
def test_projections_have_the_shapes_they_say(batch):
    indexer = LightningIndexer(hidden_size=24, index_n_heads=3, index_head_dim=8)
    hidden = torch.randn(*batch, 5, 24)
    queries, weights = indexer.queries(hidden)
    assert queries.shape == (*batch, 5, 3, 8)
    assert weights.shape == (*batch, 5, 3)
    assert indexer.keys(hidden).shape == (*batch, 5, 8)
    assert indexer.scores(queries, weights, indexer.keys(hidden)).shape == (*batch, 5, 5)


@pytest.mark.parametrize("heads", [1, 4])
def test_all_heads_share_one_key_per_token(heads):
    indexer = LightningIndexer(hidden_size=24, index_n_heads=heads, index_head_dim=8)
    assert indexer.keys(torch.randn(5, 24)).shape == (5, 8)
    assert indexer.wk.weight.numel() == 24 * 8


def test_heads_are_the_consecutive_slices_of_the_query_projection():
    torch.manual_seed(0)
    indexer, hidden = LightningIndexer(24, 3, 8), torch.randn(5, 24)
    queries, _ = indexer.queries(hidden)
    for head in range(3):
        expected = hidden @ indexer.wq_b.weight[head * 8 : head * 8 + 8].T
        torch.testing.assert_close(queries[:, head], expected)


def test_keys_are_normalised_and_weights_carry_the_factor():
    torch.manual_seed(0)
    indexer, hidden = LightningIndexer(24, 3, 8), 100 * torch.randn(5, 24)
    keys = indexer.keys(hidden)
    torch.testing.assert_close(keys.mean(-1), torch.zeros(5), atol=1e-5, rtol=0)
    torch.testing.assert_close(keys.var(-1, unbiased=False), torch.ones(5), atol=1e-3, rtol=0)
    _, weights = indexer.queries(hidden)
    torch.testing.assert_close(weights, hidden @ indexer.weights_proj.weight.T / (3 * 8) ** 0.5)


def test_every_weight_of_the_indexer_learns_from_its_scores():
    torch.manual_seed(0)
    indexer, hidden = LightningIndexer(24, 3, 8), torch.randn(5, 24)
    indexer.scores(*indexer.queries(hidden), indexer.keys(hidden)).square().sum().backward()
    for name, parameter in indexer.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name
