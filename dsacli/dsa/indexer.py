"""The lightning indexer: which earlier tokens matter to a query token, at a small fixed width.

DeepSeek-V3.2-Exp report, section 2.1, equation 1:

    I(t, s) = Σ_j w(t, j) · ReLU(q(t, j) · k(s))

`index_n_heads` query heads of `index_head_dim`, ONE key per token shared by all heads.
"""

import torch
from torch import nn


class IndexScores(nn.Module):
    """Equation 1 over a block of keys. A module without weights, so that a meter can watch it."""

    def forward(self, queries: torch.Tensor, weights: torch.Tensor, keys: torch.Tensor) -> torch.Tensor:
        """Return I(t, s).

        queries: [..., queries, index_n_heads, index_head_dim]
        weights: [..., queries, index_n_heads]
        keys:    [..., keys, index_head_dim]
        returns: [..., queries, keys], float32, computed in the dtype of the queries
        """
        n_heads = queries.shape[-2]
        # Keys are kept in bfloat16, which a CPU without such instructions multiplies a hundred times slower.
        per_head = (queries.flatten(-3, -2) @ keys.to(queries.dtype).transpose(-1, -2)).relu_()
        # The sum over heads as a product too: five times faster than multiplying and adding apart.
        per_head = per_head.unflatten(-2, (-1, n_heads))
        return (weights.unsqueeze(-2).to(per_head.dtype) @ per_head).squeeze(-2).float()


class LightningIndexer(nn.Module):
    """Projects hidden states to index queries, head weights and index keys.

    As in the release: the key is layer-normalised, and the head weights carry the factor
    `index_n_heads**-0.5 * index_head_dim**-0.5`.
    """

    def __init__(self, hidden_size: int, index_n_heads: int, index_head_dim: int):
        super().__init__()
        self.n_heads, self.head_dim = index_n_heads, index_head_dim
        self.query = nn.Linear(hidden_size, index_n_heads * index_head_dim, bias=False)
        self.weight = nn.Linear(hidden_size, index_n_heads, bias=False)
        self.key = nn.Linear(hidden_size, index_head_dim, bias=False)
        self.key_norm = nn.LayerNorm(index_head_dim)
        self.scores = IndexScores()

    def keys(self, hidden: torch.Tensor) -> torch.Tensor:
        """Index keys k(s): [..., tokens, hidden] to [..., tokens, index_head_dim]."""
        return self.key_norm(self.key(hidden))

    def queries(self, hidden: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Index queries q(t, j) and weights w(t, j).

        [..., tokens, hidden] to [..., tokens, heads, index_head_dim] and [..., tokens, heads].
        """
        queries = self.query(hidden).unflatten(-1, (self.n_heads, self.head_dim))
        weights = self.weight(hidden) * (self.n_heads * self.head_dim) ** -0.5
        return queries, weights
