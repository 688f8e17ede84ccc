"""Top-k selection over the index keys of a document, streamed: memory O(k + chunk), whatever the length.

For the reader one selection serves a whole question. A token's score is the sum over question tokens
of the best index score in its neighbourhood (late interaction):

    S(s) = Σ_t max_{|s' - s| <= radius} I(t, s')

and what a prior adds for the passage that the token stands in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from dsacli.dsa.indexer import IndexScores

CHUNK_TOKENS = 8192
# Of `select_causal`: queries scanned together, keys per product for so many (the scores of all heads stay in a core's
# cache), and keys after which the best so far are kept and the others forgotten.
BLOCK_QUERIES, BLOCK_KEYS, STREAM_KEYS = 64, 512, 32768


@dataclass(frozen=True)
class Prior:
    """What a query adds to S of every token of a passage: `scores` float32 [passages], which begin at `edges`, int64
    [passages + 1], the last of them the end."""

    scores: torch.Tensor
    edges: torch.Tensor

    def of(self, first: int, last: int) -> torch.Tensor:
        """Of the tokens [first, last): float32 [tokens]."""
        return self.at(torch.arange(first, last))

    def at(self, tokens: torch.Tensor) -> torch.Tensor:
        """Of tokens, int64 [tokens]: float32 [tokens]."""
        return self.scores[torch.searchsorted(self.edges, tokens, right=True) - 1]

    def within(self, first: int, last: int) -> "Prior":
        """The same, with the passages alone that tokens [first, last) stand in."""
        low = int(torch.searchsorted(self.edges, first, right=True)) - 1
        high = int(torch.searchsorted(self.edges, last))
        return Prior(self.scores[low:high], self.edges[low : high + 1])


@dataclass(frozen=True)
class Selection:
    """The tokens that a query keeps: `tokens` int64 [k], ascending, and their scores float32 [k]."""

    tokens: torch.Tensor
    scores: torch.Tensor


def merge_runs(tokens: npt.NDArray[np.int64]) -> list[tuple[int, int]]:
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
    questions: Sequence[tuple[torch.Tensor, torch.Tensor]],
    keys: torch.Tensor,
    radius: int,
    chunk: int = CHUNK_TOKENS,
    priors: Sequence[Prior] = (),
) -> Iterator[tuple[int, list[torch.Tensor]]]:
    """Yield (first token, S of a chunk of tokens for every question) over all keys.

    questions: each one's queries [queries, index_n_heads, index_head_dim] and weights [queries, index_n_heads]
    priors: one for each question, or none at all
    keys: [tokens, index_head_dim], may be memory-mapped; each key is read once, its neighbours twice
    """
    total = keys.shape[0]
    for first in range(0, total, chunk):
        last = min(first + chunk, total)
        low, high = max(0, first - radius), min(total, last + radius)
        near = keys[low:high].to(questions[0][0].dtype)
        missing = (radius - (first - low), radius - (high - last))
        padded = (torch.nn.functional.pad(index_scores(*each, near), missing, value=-torch.inf) for each in questions)
        found = [neighbourhood_max(scores, radius).sum(0) for scores in padded]
        yield first, [scores + prior.of(first, last) for scores, prior in zip(found, priors)] if priors else found


def select_topk(
    index_scores: IndexScores,
    questions: Sequence[tuple[torch.Tensor, torch.Tensor]],
    keys: torch.Tensor,
    index_topk: int,
    radius: int = 0,
    chunk: int = CHUNK_TOKENS,
    priors: Sequence[Prior] = (),
) -> list[Selection]:
    """For each question the `index_topk` tokens of highest S(s), all of them where there are no more; in one pass.

    Shapes as in `token_scores`. Only the best k so far and one chunk are ever held.
    """
    best = [(torch.empty(0), torch.empty(0, dtype=torch.int64)) for _ in questions]
    for first, found in token_scores(index_scores, questions, keys, radius, chunk, priors):
        tokens = torch.arange(first, first + len(found[0]))
        best = [
            better(index_topk, torch.cat([held[0], scores]), torch.cat([held[1], tokens]))
            for held, scores in zip(best, found)
        ]
    return [in_order(*held) for held in best]


def in_order(scores: torch.Tensor, tokens: torch.Tensor) -> Selection:
    """Tokens and their scores, in no order, as a selection."""
    order = tokens.argsort()
    return Selection(tokens[order], scores[order])


def better(count: int, scores: torch.Tensor, tokens: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The `count` highest of some scores [tokens], and their tokens, in no order."""
    # Not `largest`: neighbours share a maximum, so that scores at the cut are mostly equal.
    best, kept = scores.topk(min(count, len(scores)), sorted=False)
    return best, tokens[kept]


def select_causal(
    index_scores: IndexScores, queries: torch.Tensor, weights: torch.Tensor, keys: torch.Tensor, index_topk: int
) -> torch.Tensor:
    """For each of the last tokens of a sequence, the `index_topk` tokens up to itself of highest index score.

    queries: [queries, index_n_heads, index_head_dim], weights: [queries, index_n_heads], of the last `queries` tokens
    keys:    [tokens, index_head_dim]
    returns: int64 [queries, min(index_topk, tokens)], in no order; -1 where a token has fewer before it

    Streamed over the keys: O(queries · (k + STREAM_KEYS)) memory, whatever the length.
    """
    first = len(keys) - len(queries)
    selected = [
        _causal_block(index_scores, queries[low:high], weights[low:high], keys[: first + high], index_topk)
        for low, high in (
            (low, min(low + BLOCK_QUERIES, len(queries))) for low in range(0, len(queries), BLOCK_QUERIES)
        )
    ]
    width = min(index_topk, len(keys))
    return torch.cat([torch.nn.functional.pad(each, (0, width - each.shape[1]), value=-1) for each in selected])


def _causal_block(
    index_scores: IndexScores, queries: torch.Tensor, weights: torch.Tensor, keys: torch.Tensor, index_topk: int
) -> torch.Tensor:
    count, total, device = len(queries), len(keys), keys.device
    own = torch.arange(total - count, total, device=device)[:, None]
    width = BLOCK_KEYS * BLOCK_QUERIES // count
    best, tokens = torch.empty(count, 0, device=device), torch.empty(count, 0, dtype=torch.int64, device=device)
    for first in range(0, total, STREAM_KEYS):
        last = min(first + STREAM_KEYS, total)
        scores = torch.empty(count, last - first, device=device)
        for low in range(first, last, width):
            high = min(low + width, last)
            scores[:, low - first : high - first] = index_scores(queries, weights, keys[low:high])
        # Only the block's own tokens can stand after one of its queries.
        own_first = max(first, total - count)
        if last > own_first:
            later = torch.arange(own_first, last, device=device) > own
            scores[:, own_first - first :].masked_fill_(later, -torch.inf)
        places = largest(scores, min(index_topk, last - first))
        here, places = scores.gather(1, places), places + first
        if first:
            here, places = torch.cat([best, here], 1), torch.cat([tokens, places], 1)
            kept = largest(here, min(index_topk, here.shape[1]))
            here, places = here.gather(1, kept), places.gather(1, kept)
        best, tokens = here, places
    return tokens if total - count + 1 >= index_topk else tokens.masked_fill(best.isneginf(), -1)


def largest(scores: torch.Tensor, count: int) -> torch.Tensor:
    """Where each row's `count` largest scores stand, of equal ones at the cut the first: int64 [queries, count].

    On a CPU by parting the bare values and looking for those above the cut, in less than half the time of `topk`, which
    carries every value's place along.
    """
    total = scores.shape[1]
    if scores.device.type == "cpu" and scores.dtype == torch.float32:
        values = scores.detach().numpy()
        least = np.partition(values, total - count, axis=1)[:, total - count]
        kept = np.flatnonzero(above := values >= least[:, None])
        if len(kept) > len(values) * count:
            for row in np.flatnonzero(above.sum(1) > count):
                equal = np.flatnonzero(values[row] == least[row])
                above[row, equal[count - above[row].sum() :]] = False
            kept = np.flatnonzero(above)
        # Where a score is no number there are fewer.
        if len(kept) == len(values) * count:
            return torch.from_numpy(kept.reshape(len(values), count) % total)
    return scores.topk(count, dim=-1, sorted=False).indices
