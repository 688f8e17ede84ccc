"""Core attention of MLA in its MQA mode: all heads of a query attend to the same selected latents.

DeepSeek-V3.2-Exp report, section 2.1 and figure 1. A query's heads share its selection, so a latent is
gathered once and serves them all: O(L·k), where masking a dense attention stays O(L²).
"""

import torch
from torch import nn

# Gathered latents of a block of queries are to stay in a core's cache: numbers, of two or four bytes.
GATHERED_NUMBERS = 2**19


class HeadProjection(nn.Module):
    """A product with a matrix of its own for every head. A module without weights, so that a meter can watch it."""

    def forward(self, states: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        """[tokens, heads, in] with [heads, in, out] to [tokens, heads, out]."""
        return torch.bmm(states.transpose(0, 1), weight).transpose(0, 1)


class LatentAttention(nn.Module):
    """Attention over latents. A module without weights, so that a meter can watch it.

    `scale` multiplies q · k; the first `rank` numbers of an entry are its value.
    """

    def __init__(self, rank: int, scale: float):
        super().__init__()
        self.rank, self.scale = rank, scale

    def forward(
        self,
        queries: torch.Tensor,
        entries: torch.Tensor,
        selected: torch.Tensor | None = None,
        received: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Attend to the selected entries, or, without a selection, to all up to each query's own.

        queries:  [queries, heads, rank + rope], of the last tokens among `entries`
        entries:  [tokens, rank + rope]
        selected: [queries, k] token indices; those of -1 stand for nothing
        received: [tokens], float32, to which the weights that each token gets are added, summed over heads and queries
        returns:  [queries, heads, rank]
        """
        if selected is None:
            return self._causal(queries, entries, received)
        count, topk = selected.shape
        block = max(1, GATHERED_NUMBERS // (topk * entries.shape[1]))
        queries, missing = queries * self.scale, bool((selected < 0).any())
        out = queries.new_empty(*queries.shape[:2], self.rank)
        # One buffer for all blocks: memory that is given back and asked for anew costs more than the gathering.
        buffer = entries.new_empty(block * topk, entries.shape[1])
        for low in range(0, count, block):
            chosen = selected[low : low + block]
            flat = chosen.flatten().clamp(min=0) if missing else chosen.flatten()
            gathered = torch.index_select(entries, 0, flat, out=buffer[: len(flat)]).unflatten(0, chosen.shape)
            scores = torch.bmm(queries[low : low + block], gathered.transpose(1, 2)).float()
            if missing:
                scores.masked_fill_((chosen < 0)[:, None, :], -torch.inf)
            weights = torch.softmax(scores, -1)
            torch.bmm(weights.to(entries.dtype), gathered[..., : self.rank], out=out[low : low + block])
            if received is not None:
                received.index_add_(0, flat, weights.sum(1).flatten())
        return out

    def _causal(self, queries: torch.Tensor, entries: torch.Tensor, received: torch.Tensor | None) -> torch.Tensor:
        count, heads, _ = queries.shape
        scores = ((queries * self.scale).flatten(0, 1) @ entries.T).float().unflatten(0, (count, heads))
        places = torch.arange(len(entries), device=entries.device)
        later = places[None, :] > places[len(entries) - count :, None]
        weights = torch.softmax(scores.masked_fill_(later[:, None, :], -torch.inf), -1)
        if received is not None:
            received[: len(entries)] += weights.sum((0, 1))
        return (weights.to(entries.dtype).flatten(0, 1) @ entries[:, : self.rank]).unflatten(0, (count, heads))
