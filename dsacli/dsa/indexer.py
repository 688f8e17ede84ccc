"""The lightning indexer: which earlier tokens matter to a query token, at a small fixed width.

DeepSeek-V3.2-Exp report, section 2.1, equation 1:

    I(t, s) = Σ_j w(t, j) · ReLU(q(t, j) · k(s))

`index_n_heads` query heads of `index_head_dim`, ONE key per token shared by all heads.
"""

from typing import Protocol

import torch
from torch import nn

from dsacli.dsa.cost import Counted, Elsewhere


class IndexScores(Counted):
    """Equation 1 over a block of keys; what other processes compute of it is told to `elsewhere`."""

    part = "index"

    def __init__(self) -> None:
        super().__init__()
        self.elsewhere = Elsewhere(self.part)

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
        per_head = torch.unflatten(per_head, -2, (-1, n_heads))
        return (weights.unsqueeze(-2).to(per_head.dtype) @ per_head).squeeze(-2).float()

    def flops(self, queries: torch.Tensor, weights: torch.Tensor, keys: torch.Tensor) -> int:
        """Of q · k for every head, and of the sum over heads."""
        return 2 * (queries.numel() + weights.numel()) * keys.shape[-2]


class Rotary(Protocol):
    """The rotary positions of some tokens (`models.rope.Rotation`)."""

    def apply(self, states: torch.Tensor, interleaved: bool) -> torch.Tensor: ...


class LightningIndexer(nn.Module):
    """Projects hidden states to index queries, head weights and index keys; tensors are called as in the release.

    As there, the key is layer-normalised, and the head weights carry the factor
    `index_n_heads**-0.5 * index_head_dim**-0.5`.

    query_size:  width of what the queries are made from, where that is not the hidden state
    interleaved: how rotary positions turn queries and keys: neighbouring numbers, or the two halves
    """

    def __init__(
        self,
        hidden_size: int,
        index_n_heads: int,
        index_head_dim: int,
        *,
        query_size: int | None = None,
        eps: float = 1e-5,
        interleaved: bool = False,
    ):
        super().__init__()
        self.n_heads, self.head_dim, self.interleaved = index_n_heads, index_head_dim, interleaved
        self.wq_b = nn.Linear(query_size or hidden_size, index_n_heads * index_head_dim, bias=False)
        self.weights_proj = nn.Linear(hidden_size, index_n_heads, bias=False)
        self.wk = nn.Linear(hidden_size, index_head_dim, bias=False)
        self.k_norm = nn.LayerNorm(index_head_dim, eps=eps)
        self.scores = IndexScores()

    def keys(self, hidden: torch.Tensor, rotary: Rotary | None = None) -> torch.Tensor:
        """Index keys k(s): [..., tokens, hidden] to [..., tokens, index_head_dim]."""
        return self._turned(self.k_norm(self.wk(hidden)), rotary)

    def queries(
        self, hidden: torch.Tensor, compressed: torch.Tensor | None = None, rotary: Rotary | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Index queries q(t, j) and weights w(t, j).

        hidden:     [..., tokens, hidden]
        compressed: [..., tokens, query_size], what the queries are made from; None: the hidden states
        returns:    [..., tokens, index_n_heads, index_head_dim] and [..., tokens, index_n_heads]
        """
        queries = self.wq_b(hidden if compressed is None else compressed).unflatten(-1, (self.n_heads, self.head_dim))
        weights = self.weights_proj(hidden) * (self.n_heads * self.head_dim) ** -0.5
        return self._turned(queries, rotary), weights

    def _turned(self, states: torch.Tensor, rotary: Rotary | None) -> torch.Tensor:
        return states if rotary is None else rotary.apply(states, self.interleaved)
