"""Top-k selection over the index keys of a document, streamed: memory O(k + chunk), whatever the length.

For the reader one selection serves a whole question. A token's score is the sum over question tokens
of the best index score in its neighbourhood (late interaction):

    S(s) = Σ_t max_{|s' - s| <= radius} I(t, s')
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from dsacli.dsa.indexer import IndexScores

CHUNK_TOKENS = 8192


@dataclass(frozen=True)
class Selection:
    """The tokens that a query keeps: `tokens` int64 [k], ascending, and their scores float32 [k]."""

    tokens: torch.Tensor
    scores: torch.Tensor


def merge_runs(tokens: np.ndarray) -> list[tuple[int, int]]:
    """Tokens (ascending) that stand side by side, merged into [first, last + 1) runs."""
    stretches = np.split(tokens, np.flatnonzero(np.diff(tokens) != 1) + 1)
    return [(int(part[0]), int(part[-1]) + 1) for part in stretches if len(part)]


def neighbourhood_max(scores: torch.Tensor, radius: int) -> torch.Tensor:
    """max over |s' - s| <= radius along the last dimension, in log2(radius) passes.

    scores: [queries, tokens + 2 radius], the first and last `radius` columns being neighbours only
    returns: [queries, tokens]
    """
    window, width = 2 * radius + 1, 1
    while width * 2 <= window:
        scores = torch.maximum(scores[..., :-width], scores[..., width:])
        width *= 2
    if width < window:
        scores = torch.maximum(scores[..., : -(window - width)], scores[..., window - width :])
    return scores


def token_scores(
    index_scores: IndexScores,
    queries: torch.Tensor,
    weights: torch.Tensor,
    keys: torch.Tensor,
    radius: int,
    chunk: int = CHUNK_TOKENS,
) -> Iterator[tuple[int, torch.Tensor]]:
    """Yield (first token, S of a chunk of tokens) over all keys.

    queries: [queries, index_n_heads, index_head_dim], weights: [queries, index_n_heads]
    keys: [tokens, index_head_dim], may be memory-mapped; each key is read once, its neighbours twice
    """
    total = keys.shape[0]
    for first in range(0, total, chunk):
        last = min(first + chunk, total)
        low, high = max(0, first - radius), min(total, last + radius)
        scores = index_scores(queries, weights, keys[low:high])
        missing = (radius - (first - low), radius - (high - last))
        scores = torch.nn.functional.pad(scores, missing, value=-torch.inf)
        yield first, neighbourhood_max(scores, radius).sum(0)


def select_topk(
    index_scores: IndexScores,
    queries: torch.Tensor,
    weights: torch.Tensor,
    keys: torch.Tensor,
    index_topk: int,
    radius: int = 0,
    chunk: int = CHUNK_TOKENS,
) -> Selection:
    """The `index_topk` tokens of highest S(s); all of them where there are no more.

    Shapes as in `token_scores`. Only the best k so far and one chunk are ever held.
    """
    best_scores = torch.empty(0)
    best_tokens = torch.empty(0, dtype=torch.int64)
    for first, scores in token_scores(index_scores, queries, weights, keys, radius, chunk):
        merged = torch.cat([best_scores, scores])
        tokens = torch.cat([best_tokens, torch.arange(first, first + len(scores))])
        best_scores, kept = merged.topk(min(index_topk, len(merged)), sorted=False)
        best_tokens = tokens[kept]
    order = best_tokens.argsort()
    return Selection(best_tokens[order], best_scores[order])
