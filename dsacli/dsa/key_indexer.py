"""A lightning indexer for grouped queries, made of the queries and keys that attention has anyway.

    I(t, s) = Σ_j w(t, j) · ReLU(q(t, j) · k(s))

DeepSeek-V3.2-Exp report, section 2.1, equation 1. Its queries q, weights w and keys k are linear in attention's own, as these stand
in the cache, so that nothing else is kept of a token.
"""

import torch
from torch import nn

from dsacli.dsa.indexer import IndexScores


class KeyIndexer(nn.Module):
    """One layer's indexer; tensors are called as in `LightningIndexer`.

    query_size: heads · dim of attention's queries; key_size: groups · dim of its keys
    """

    def __init__(self, query_size: int, key_size: int, index_n_heads: int, index_head_dim: int):
        super().__init__()
        self.wq = nn.Linear(query_size, index_n_heads * index_head_dim)
        self.weights_proj = nn.Linear(query_size, index_n_heads)
        self.wk = nn.Linear(key_size, index_head_dim)
        self.scores = IndexScores()

    def keys(self, keys: torch.Tensor) -> torch.Tensor:
        """Index keys k(s): [tokens, key_size] to [tokens, index_head_dim]."""
        return self.wk(keys)

    def forward(self, queries: torch.Tensor, index_keys: torch.Tensor) -> torch.Tensor:
        """I of queries [queries, query_size] over index keys [tokens, index_head_dim]: float32 [queries, tokens]."""
        weights = self.weights_proj(queries)
        return self.scores(self.wq(queries).unflatten(1, (weights.shape[1], -1)), weights, index_keys)
