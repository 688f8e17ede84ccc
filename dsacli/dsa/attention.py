"""Core attention: softmax(QKᵀ)V over the entries that were selected, gathered and never masked away.

DeepSeek-V3.2-Exp report, section 2.1, equation 2. The cost is (query tokens) x (entries attended to): with k selected
entries O(L·k), where masking a dense attention stays O(L²).
"""

import torch
import torch.nn.functional as F

from dsacli.dsa.cache import LayerCache
from dsacli.dsa.cost import Counted

# Gathered latents of a block of queries are to stay in a core's cache: numbers, of two or four bytes.
GATHERED_NUMBERS = 2**19


class CoreAttention(Counted):
    """Multi-head attention of the reader, whose inputs hold what was selected and nothing else."""

    part = "attention"

    def forward(
        self,
        queries: torch.Tensor,
        keys: torch.Tensor,
        values: torch.Tensor,
        mask: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Attend from every query to every entry.

        queries: [batch, heads, queries, dim]
        keys, values: [batch, heads, entries, dim]
        mask: broadcast to [batch, heads, queries, entries]: False where an entry fills up a batch and is no token, or
            numbers that are added to the scores
        returns: [batch, heads, queries, dim]
        """
        return F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask)

    def flops(self, queries: torch.Tensor, keys: torch.Tensor, *rest: object, **others: object) -> int:
        """Of QKᵀ and AV."""
        return 4 * queries.numel() * keys.shape[-2]


class HeadProjection(Counted):
    """A product with a matrix of its own for every head."""

    part = "linear"

    def forward(self, states: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        """[tokens, heads, in] with [heads, in, out] to [tokens, heads, out]."""
        return torch.bmm(states.transpose(0, 1), weight).transpose(0, 1)

    def flops(self, states: torch.Tensor, weight: torch.Tensor) -> int:
        """Of all heads."""
        return 2 * states.numel() * weight.shape[-1]


class LatentAttention(Counted):
    """Attention of MLA in its MQA mode: all heads of a query attend to the same latents, gathered once for them all.

    `scale` multiplies q · k; the first `rank` numbers of an entry are its value.
    """

    part = "attention"

    def __init__(self, rank: int, scale: float):
        super().__init__()
        self.rank, self.scale = rank, scale

    def forward(
        self,
        queries: torch.Tensor,
        cache: LayerCache,
        selected: torch.Tensor | None = None,
        attention_mass: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Attend from the last tokens of a cache to their selection, or, before that begins, to all up to themselves.

        queries:  [queries, heads, rank + rope]; the cache's entries are [tokens, rank + rope]
        selected: [last queries, k] token indices; those of -1 stand for nothing
        attention_mass: [capacity], float32, to which the weights that each token gets are added, over heads and queries
        returns:  [queries, heads, rank]
        """
        queries, dense = queries * self.scale, len(queries) - (0 if selected is None else len(selected))
        parts = []
        if dense:
            entries = cache.entries[: cache.length - len(queries) + dense]
            cache.count(len(entries))
            parts.append(self._causal(queries[:dense], entries, attention_mass))
        if selected is not None:
            missing = bool((selected < 0).any())
            cache.count(int((selected >= 0).sum(1).max()) if missing else selected.shape[1])
            parts.append(self._gathered(queries[dense:], cache.entries, selected, missing, attention_mass))
        return parts[0] if len(parts) == 1 else torch.cat(parts)

    def flops(
        self,
        queries: torch.Tensor,
        cache: LayerCache,
        selected: torch.Tensor | None = None,
        attention_mass: torch.Tensor | None = None,
    ) -> int:
        """Of q · k and of the weighted sum, as they were computed: later tokens of a dense block too."""
        count, heads, width = queries.shape
        sparse, topk = (0, 0) if selected is None else selected.shape
        attended = (count - sparse) * (cache.length - sparse) + sparse * topk
        return 2 * attended * heads * (width + self.rank)

    def _causal(
        self, queries: torch.Tensor, entries: torch.Tensor, attention_mass: torch.Tensor | None
    ) -> torch.Tensor:
        count, heads, _ = queries.shape
        scores = torch.unflatten((queries.flatten(0, 1) @ entries.T).float(), 0, (count, heads))
        positions = torch.arange(len(entries), device=entries.device)
        later = positions[None, :] > positions[len(entries) - count :, None]
        weights = torch.softmax(scores.masked_fill_(later[:, None, :], -torch.inf), -1)
        if attention_mass is not None:
            attention_mass[: len(entries)] += weights.sum((0, 1))
        return torch.unflatten(weights.to(entries.dtype).flatten(0, 1) @ entries[:, : self.rank], 0, (count, heads))

    def _gathered(
        self,
        queries: torch.Tensor,
        entries: torch.Tensor,
        selected: torch.Tensor,
        missing: bool,
        attention_mass: torch.Tensor | None,
    ) -> torch.Tensor:
        count, topk = selected.shape
        block = max(1, GATHERED_NUMBERS // (topk * entries.shape[1]))
        out = queries.new_empty(*queries.shape[:2], self.rank)
        # One buffer for all blocks: memory that is given back and asked for anew costs more than the gathering.
        buffer = entries.new_empty(block * topk, entries.shape[1])
        for low in range(0, count, block):
            chosen = selected[low : low + block]
            flat = chosen.flatten().clamp(min=0) if missing else chosen.flatten()
            gathered = torch.index_select(entries, 0, flat, out=buffer[: len(flat)]).view(*chosen.shape, -1)
            scores = torch.bmm(queries[low : low + block], gathered.transpose(1, 2)).float()
            if missing:
                scores.masked_fill_((chosen < 0)[:, None, :], -torch.inf)
            weights = torch.softmax(scores, -1)
            torch.bmm(weights.to(entries.dtype), gathered[..., : self.rank], out=out[low : low + block])
            if attention_mass is not None:
                attention_mass.index_add_(0, flat, weights.sum(1).flatten())
        return out
