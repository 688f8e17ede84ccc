"""Top-k selection over tens of millions of index keys in two stages: tiles of neighbours first, by the means of their keys, then every
token of the best tiles.

Neighbours have similar keys, so that the mean of a few says how well they may score, at a part of the work. S(s) of what is left is exact;
what the first stage misses is seldom high: measured in `training/LOG.md`, "A coarse stage for libraries".
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import torch
from torch.nn.functional import pad

from dsacli.dsa.indexer import IndexScores
from dsacli.dsa.selection import Prior, Selection, better, in_order, neighbourhood_max, token_scores

# Tokens of a mean, and of a tile: a whole number of means.
MEAN, TILE = 16, 256
# Of all tiles, what the second stage looks at, and how many at least.
SHARE, FEWEST_TILES = 0.05, 1024
# Tiles scored at once.
TILES = 32


class Part(NamedTuple):
    """Some keys of many: `first` is the number of their first token, `keys` [tokens, index_head_dim], `means` what `tile_means` makes."""

    first: int
    keys: torch.Tensor
    means: torch.Tensor


def tile_means(keys: torch.Tensor) -> torch.Tensor:
    """The means of neighbouring keys [tokens, index_head_dim]: [⌈tokens / MEAN⌉, index_head_dim], in their dtype."""
    whole = len(keys) - len(keys) % MEAN
    means = [keys[:whole].unflatten(0, (-1, MEAN)).float().mean(1)]
    if whole < len(keys):
        means.append(keys[whole:].float().mean(0, keepdim=True))
    return torch.cat(means).to(keys.dtype)


def select_in_tiles(
    index_scores: IndexScores,
    questions: Sequence[tuple[torch.Tensor, torch.Tensor]],
    parts: Callable[[], Iterable[Part]],
    index_topk: int,
    radius: int,
    priors: Sequence[Prior],
) -> list[Selection]:
    """As `selection.select_topk`, over parts that are gone through twice; tokens of no tile that the first stage keeps are not selected."""
    kept = best_tiles(index_scores, questions, parts, radius, priors)
    best = [(torch.empty(0), torch.empty(0, dtype=torch.int64)) for _ in questions]
    for number, part in enumerate(parts()):
        for asked, (question, prior) in enumerate(zip(questions, priors)):
            for tiles in kept[asked][number].split(TILES):
                scores, tokens = tile_scores(index_scores, question, part, tiles, radius)
                scores += prior.at(tokens)
                held = best[asked]
                best[asked] = better(index_topk, torch.cat([held[0], scores]), torch.cat([held[1], tokens]))
    return [in_order(*held) for held in best]


def best_tiles(
    index_scores: IndexScores,
    questions: Sequence[tuple[torch.Tensor, torch.Tensor]],
    parts: Callable[[], Iterable[Part]],
    radius: int,
    priors: Sequence[Prior],
) -> list[list[torch.Tensor]]:
    """For each question the numbers of the tiles of every part, int64 [tiles], that score best by their means."""
    found: list[list[torch.Tensor]] = [[] for _ in questions]
    for part in parts():
        firsts = part.first + MEAN * torch.arange(len(part.means))
        by_mean = zip(*(each for _, each in token_scores(index_scores, questions, part.means, radius // MEAN)))
        for scores, means, prior in zip(found, by_mean, priors):
            filled = pad(torch.cat(means) + prior.at(firsts), (0, -len(firsts) % (TILE // MEAN)), value=-torch.inf)
            scores.append(filled.unflatten(0, (-1, TILE // MEAN)).amax(1))
    kept = []
    for scores in found:
        every = torch.cat(scores)
        count = min(len(every), max(FEWEST_TILES, round(SHARE * len(every))))
        chosen = torch.zeros(len(every), dtype=torch.bool)
        chosen[every.topk(count, sorted=False).indices] = True
        kept.append([torch.nonzero(each)[:, 0] for each in chosen.split([len(each) for each in scores])])
    return kept


def tile_scores(
    index_scores: IndexScores,
    question: tuple[torch.Tensor, torch.Tensor],
    part: Part,
    tiles: torch.Tensor,
    radius: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    """S of every token of some tiles, without a prior: float32 [tokens], and which tokens these are, int64 [tokens]."""
    places = TILE * tiles[:, None] + torch.arange(-radius, TILE + radius)
    missing = (places < 0) | (places >= len(part.keys))
    near = part.keys[places.clamp(0, len(part.keys) - 1).flatten()].to(question[0].dtype)
    scores = index_scores(*question, near).unflatten(1, places.shape).masked_fill_(missing, -torch.inf)
    inside = slice(radius, radius + TILE)
    there = ~missing[:, inside]
    return neighbourhood_max(scores, radius).sum(0)[there], part.first + places[:, inside][there]
