"""DSA over grouped queries: the keys that are cached anyway are the index keys, and neighbouring queries select together.

    I(t, s) = Σ_heads softmax_s(q(t, head) · k(s))

DeepSeek-V3.2-Exp report, section 2.1, with the model's heads in place of the indexer's own: what its warm-up would train towards, it needs no
training. An adapter brings a trained indexer (`key_indexer`) in its place. A block of queries selects once, by their mean, since
gathering for each apart is slower on a CPU than dense attention is (as NSA's groups do, arXiv 2502.11089). The first tokens and the
last are always selected.
"""

import torch
import torch.nn.functional as F
from torch import nn

from dsacli.dsa.cache import LayerCache
from dsacli.dsa.cost import Counted
from dsacli.dsa.key_indexer import KeyIndexer
from dsacli.dsa.made_keys import Projection
from dsacli.dsa.selection import largest

# Tokens always selected, at the beginning and before a block, and queries that select together.
FIRST, LAST, BLOCK_QUERIES = 4, 64, 16
# Up to so many times index_topk attention to all is faster than to select: of a prefill, and of a token that is written.
PREFILL_DENSE, WRITTEN_DENSE = 2, 4
# Tokens taken in at once behind others that attend to all of these: a question, read once, whose selection is what recall hangs on. Of ten
# facts each in three texts of 32,768 tokens 18 were found with it selecting, 20 without, and 21 with no selection anywhere.
ASKED = 64
FEWEST = FIRST + LAST + 2
# Blocks whose entries are gathered at once, and whose heads are scored at once: numbers.
GATHERED_NUMBERS, SCORED_NUMBERS = 2**22, 2**23


class KeyScores(Counted):
    """Index scores of written tokens, by the sum of their heads' queries: I(t, s) = (Σ_heads q(t, head)) · k(s) over keys of few numbers."""

    part = "index"

    def forward(self, queries: torch.Tensor, keys: torch.Tensor) -> torch.Tensor:
        """I of one query [1, rank] over keys [tokens, rank], both float32: float32 [1, tokens]."""
        # A vector on the right is read through in three quarters of the time.
        return (keys @ queries[0])[None]

    def flops(self, queries: torch.Tensor, keys: torch.Tensor) -> int:
        """Of q · k."""
        return 2 * queries.numel() * len(keys)


class HeadScores(Counted):
    """Index scores over the keys that attention uses: for each head the attention of one query, summed."""

    part = "index"

    def __init__(self, scale: float):
        super().__init__()
        self.scale = scale

    def forward(self, queries: torch.Tensor, keys: torch.Tensor, own: torch.Tensor) -> torch.Tensor:
        """I of queries [blocks, heads, dim] over keys [tokens, groups · dim], of which a block sees the first `own`, int64 [blocks, 1]:
        float32 [blocks, tokens], 0 for the others."""
        near = int(own[0])
        later = torch.arange(near, len(keys), device=keys.device) >= own
        # Once: a product of bfloat16 numbers that stand apart copies them, for every part of the loop, and takes five times as long.
        across = keys.unflatten(1, (-1, queries.shape[2])).transpose(0, 1).contiguous().transpose(1, 2)
        by_group = queries.unflatten(1, (len(across), -1)).transpose(0, 1) * self.scale
        scores = keys.new_zeros(len(queries), len(keys), dtype=torch.float32)
        step = max(1, SCORED_NUMBERS // (queries.shape[1] * len(keys)))
        for low in range(0, len(queries), step):
            some = by_group[:, low : low + step]
            heads = (some.flatten(1, 2) @ across).unflatten(1, some.shape[1:3])
            heads[..., near:].masked_fill_(later[low : low + step, None], -torch.inf)
            # In place: to be given fresh memory takes longer than the numbers do.
            torch.softmax(heads, -1, out=heads)
            # Heads, then groups: summed over both at once it takes three times as long.
            scores[low : low + step] = heads.sum(2).sum(0)
        return scores

    def flops(self, queries: torch.Tensor, keys: torch.Tensor, own: torch.Tensor) -> int:
        """Of q · k."""
        return 2 * queries.numel() * len(keys)


class GroupedAttention(Counted):
    """Core attention of grouped queries over keys and values that were gathered, or over all earlier ones."""

    part = "attention"

    def __init__(self, groups: int, scale: float):
        super().__init__()
        self.groups, self.scale = groups, scale

    def forward(
        self, queries: torch.Tensor, entries: torch.Tensor, attention_mass: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Attend from blocks of queries, each to its own entries, of which the last ones are the queries' own tokens.

        queries: [blocks, queries, heads, dim]; entries: [blocks, entries, 2 · groups · dim], keys before values
        attention_mass: float32 [blocks, entries], to which the weights are added, over heads and queries
        returns: [blocks, queries, heads, dim]
        """
        count, heads, dim = queries.shape[1:]
        keys, values = entries.unflatten(2, (2, self.groups, dim)).transpose(1, 3).unbind(2)
        mask = _own_causal(count, entries) if count > 1 else None
        if attention_mass is None and count > BLOCK_QUERIES:
            across = queries.transpose(1, 2)
            out = F.scaled_dot_product_attention(across, keys, values, mask, scale=self.scale, enable_gqa=True)
            return out.transpose(1, 2)
        # Heads of a group beside each other, as rows of one product.
        rows = queries.unflatten(2, (self.groups, -1)).permute(0, 2, 3, 1, 4).flatten(2, 3)
        mask = None if mask is None else mask.repeat(heads // self.groups, 1)
        if attention_mass is None:
            out = F.scaled_dot_product_attention(rows, keys, values, mask, scale=self.scale)
        else:
            scores = (rows @ keys.transpose(2, 3)).float() * self.scale
            weights = torch.softmax(scores if mask is None else scores + mask, -1)
            attention_mass += weights.sum((1, 2))
            out = weights.to(values.dtype) @ values
        return out.unflatten(2, (-1, count)).permute(0, 3, 1, 2, 4).flatten(2, 3)

    def flops(self, queries: torch.Tensor, entries: torch.Tensor, *rest: object) -> int:
        """Of q · k and of the weighted sum."""
        return 4 * queries.numel() * entries.shape[1]


def _own_causal(count: int, entries: torch.Tensor) -> torch.Tensor:
    """What is added to the scores of `count` queries whose own tokens are the last entries: [count, entries]."""
    mask = entries.new_zeros(count, entries.shape[1])
    mask[:, -count:] = torch.full((count, count), -torch.inf, device=entries.device).triu_(1)
    return mask


class GroupedSparseAttention(nn.Module):
    """Selection and core attention of one layer; `indexer`: a trained one."""

    indexer: KeyIndexer | None

    def __init__(self, groups: int, scale: float):
        super().__init__()
        self.groups, self.indexer = groups, None
        self.scores, self.project, self.scores_written = HeadScores(scale), Projection(), KeyScores()
        self.attend = GroupedAttention(groups, scale)

    def forward(
        self, queries: torch.Tensor, cache: LayerCache, attention_mass: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Attend from the last tokens of a cache to what they select, or, where that is faster or they are a question, to all up to
        themselves.

        queries: [queries, heads, dim]; the cache's entries are [tokens, 2 · groups · dim]
        attention_mass: [capacity], float32, to which the attention that each token gets is added, over heads and queries
        returns: [queries, heads, dim]
        """
        first = cache.length - len(queries)
        dense = (WRITTEN_DENSE if len(queries) == 1 else PREFILL_DENSE) * cache.index_topk
        near = min(len(queries), max(0, dense - first))
        whole = len(queries) if cache.is_dense or (first > 0 and 1 < len(queries) <= ASKED) else near
        parts = []
        if whole:
            cache.count(first + whole if whole == near and not cache.is_dense else 0)
            mass = None if attention_mass is None else attention_mass[None, : first + whole]
            parts.append(self.attend(queries[None, :whole], cache.entries[None, : first + whole], mass)[0])
        rest = len(queries) - whole
        even = rest - rest % BLOCK_QUERIES
        for low, high in ((whole, whole + even), (whole + even, len(queries))):
            if high > low:
                cache.count(cache.index_topk)
                size = min(BLOCK_QUERIES, high - low)
                blocks = queries[low:high].unflatten(0, (-1, size))
                parts.append(self._selected(blocks, cache, first + low, cache.index_topk, attention_mass).flatten(0, 1))
        return parts[0] if len(parts) == 1 else torch.cat(parts)

    def deviation(self, queries: torch.Tensor, cache: LayerCache) -> torch.Tensor:
        """What the last tokens of a cache would miss, if they selected a quarter of `index_topk`: [queries, heads, dim], as their
        queries, which are whole blocks and stand behind as many tokens as they would select otherwise, or more."""
        blocks, first = queries.unflatten(0, (-1, BLOCK_QUERIES)), cache.length - len(queries)
        selected = self._selected(blocks, cache, first, max(FEWEST, cache.index_topk // 4), None)
        return self.attend(queries[None], cache.entries[None])[0] - selected.flatten(0, 1)

    def _selected(
        self, queries: torch.Tensor, cache: LayerCache, first: int, topk: int, attention_mass: torch.Tensor | None
    ) -> torch.Tensor:
        """Attention of neighbouring blocks [blocks, queries, heads, dim], whose first token is the one at `first`."""
        tokens = self.select(queries, cache, first, topk)
        step = max(1, GATHERED_NUMBERS // (tokens.shape[1] * cache.entries.shape[1]))
        out = []
        for low in range(0, len(queries), step):
            chosen = tokens[low : low + step]
            gathered = cache.entries.index_select(0, chosen.flatten()).unflatten(0, chosen.shape)
            if attention_mass is None:
                out.append(self.attend(queries[low : low + step], gathered))
            else:
                mass = torch.zeros(chosen.shape, device=queries.device)
                out.append(self.attend(queries[low : low + step], gathered, mass))
                attention_mass.index_add_(0, chosen.flatten(), mass.flatten())
        return out[0] if len(out) == 1 else torch.cat(out)

    @torch.no_grad()
    def select(self, queries: torch.Tensor, cache: LayerCache, first: int, topk: int) -> torch.Tensor:
        """The tokens that each block attends to, its own the last: int64 [blocks, topk + queries - 1].

        queries: [blocks, queries, heads, dim], of which the first is the token at `first`
        """
        blocks, size = queries.shape[:2]
        # With itself the first of a block attends to topk tokens.
        count = topk - FEWEST + 1
        always = torch.arange(FIRST, device=queries.device).expand(blocks, -1)
        window = torch.arange(first - LAST, first + size, device=queries.device)[None]
        if blocks == 1:
            scores = self.index_scores(queries, cache, first - LAST)
            return torch.cat([always, largest(scores, count).add_(FIRST), window], 1)
        shifts = size * torch.arange(blocks, device=queries.device)[:, None]
        ends = first - LAST + shifts
        scores = self.index_scores(queries, cache, int(ends[-1]), ends)
        return torch.cat([always, largest(scores, count).add_(FIRST), window + shifts], 1)

    def index_scores(
        self, queries: torch.Tensor, cache: LayerCache, last: int, ends: torch.Tensor | None = None
    ) -> torch.Tensor:
        """I of blocks [blocks, queries, heads, dim] over the tokens from FIRST on, up to `last`: float32 [blocks, tokens], minus infinity
        from a block's own end on, where these are told, int64 [blocks, 1], and not the same for all."""
        keys = cache.entries[:, : self.groups * queries.shape[3]]
        if self.indexer is not None:
            made = cache.made_keys.up_to_now(keys, cache.capacity, self.indexer.keys)
            scores = self.indexer(queries.mean(1).flatten(1), made[FIRST:last])
        elif len(queries) == queries.shape[1] == 1:
            basis = cache.made_keys.basis(keys, self.project)
            made = cache.made_keys.up_to_now(keys, cache.capacity, lambda states: self.project(states, basis))
            summed = queries.view(self.groups, -1, queries.shape[3]).sum(1).view(1, -1)
            scores = self.scores_written(self.project(summed, basis), made[FIRST:last])
        else:
            seen = torch.full((len(queries), 1), last, device=queries.device) if ends is None else ends
            scores = self.scores(queries.mean(1), keys[FIRST:last], seen - FIRST)
        if ends is not None:
            near = max(0, int(ends[0]) - FIRST)
            scores[:, near:].masked_fill_(torch.arange(near + FIRST, last, device=queries.device) >= ends, -torch.inf)
        return scores
