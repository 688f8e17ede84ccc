"""Top-k selection over tens of millions of index keys in two stages: tiles of neighbours first, by the means of their keys, then every
token of the best tiles.

Neighbours have similar keys, so that the mean of a few says how well they may score, at a part of the work. S(s) of what is left is exact;
what the first stage misses is seldom high: measured in `training/LOG.md`, "A coarse stage for libraries".
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple, Protocol, TypeAlias

import torch
from torch.nn.functional import pad

from dsacli.dsa.indexer import IndexScores
from dsacli.dsa.selection import Prior, Selection, better, in_order, neighbourhood_max, select_topk, token_scores

# Tokens of a mean, and of a tile: a whole number of means.
MEAN, TILE = 16, 256
# Of all tiles, what the second stage looks at, and how many at least.
SHARE, FEWEST_TILES = 0.05, 1024
# Tiles scored at once.
TILES = 32
# Of each question, its queries [queries, index_n_heads, index_head_dim] and weights [queries, index_n_heads].
Questions: TypeAlias = Sequence[tuple[torch.Tensor, torch.Tensor]]
# Scores, float32 [tokens], and the tokens that have them, int64 [tokens].
Best: TypeAlias = tuple[torch.Tensor, torch.Tensor]


class Part(NamedTuple):
    """Some keys of many: `first` is the number of their first token, `keys` [tokens, index_head_dim], `means` what `tile_means` makes."""

    first: int
    keys: torch.Tensor
    means: torch.Tensor


class Every(Protocol):
    """Does work(index_scores, part, its own of each further sequence) with every part, wherever they are; returns what it gives, in order."""

    def __call__(self, work: Any, *each: Sequence[Any]) -> list[Any]: ...


def tile_means(keys: torch.Tensor) -> torch.Tensor:
    """The means of neighbouring keys [tokens, index_head_dim]: [⌈tokens / MEAN⌉, index_head_dim], in their dtype."""
    whole = len(keys) - len(keys) % MEAN
    means = [keys[:whole].unflatten(0, (-1, MEAN)).float().mean(1)]
    if whole < len(keys):
        means.append(keys[whole:].float().mean(0, keepdim=True))
    return torch.cat(means).to(keys.dtype)


def select_in_tiles(
    every: Every,
    questions: Questions,
    bounds: Sequence[tuple[int, int]],
    index_topk: int,
    radius: int,
    priors: Sequence[Prior],
) -> list[Selection]:
    """As `selection.select_topk`, over parts of the tokens [first, last) in `bounds`, which are gone through twice; tokens of no tile that the
    first stage keeps are not selected."""
    near = [[prior.within(*each) for prior in priors] for each in bounds]
    by_mean = every(partial(best_by_means, questions=questions, radius=radius), near)
    found = every(
        partial(best_in_tiles, questions=questions, index_topk=index_topk, radius=radius), near, kept_tiles(by_mean)
    )
    return together(found, index_topk)


def select_in_parts(
    every: Every,
    questions: Questions,
    bounds: Sequence[tuple[int, int]],
    index_topk: int,
    radius: int,
    priors: Sequence[Prior],
) -> list[Selection]:
    """The same over all tokens of every part, in one pass."""
    near = [[prior.within(*each) for prior in priors] for each in bounds]
    return together(
        every(partial(best_in_part, questions=questions, index_topk=index_topk, radius=radius), near), index_topk
    )


def together(found: Sequence[Sequence[Best]], index_topk: int) -> list[Selection]:
    """What was best in every part, for each question, as its selection."""
    pairs = [[torch.cat(each) for each in zip(*of_parts)] for of_parts in zip(*found)]
    return [in_order(*better(index_topk, scores, tokens)) for scores, tokens in pairs]


def best_in_part(
    index_scores: IndexScores,
    part: Part,
    priors: Sequence[Prior],
    *,
    questions: Questions,
    index_topk: int,
    radius: int,
) -> list[Best]:
    """For each question the `index_topk` highest S of a part's tokens, and which these are."""
    here = [replace(prior, edges=prior.edges - part.first) for prior in priors]
    found = select_topk(index_scores, questions, part.keys, index_topk, radius, priors=here)
    return [(each.scores, each.tokens + part.first) for each in found]


def best_by_means(
    index_scores: IndexScores, part: Part, priors: Sequence[Prior], *, questions: Questions, radius: int
) -> list[torch.Tensor]:
    """For each question the best S of a part's tiles by their means, float32 [tiles]."""
    firsts = part.first + MEAN * torch.arange(len(part.means))
    by_mean = zip(*(each for _, each in token_scores(index_scores, questions, part.means, radius // MEAN)))
    scores = [torch.cat(means) + prior.at(firsts) for means, prior in zip(by_mean, priors)]
    filled = [pad(each, (0, -len(firsts) % (TILE // MEAN)), value=-torch.inf) for each in scores]
    return [each.unflatten(0, (-1, TILE // MEAN)).amax(1) for each in filled]


def kept_tiles(by_mean: Sequence[Sequence[torch.Tensor]]) -> list[list[torch.Tensor]]:
    """For each part, for each question, the numbers of the tiles, int64 [tiles], that are among the best of all parts."""
    kept = []
    for scores in zip(*by_mean):
        of_all = torch.cat(scores)
        count = min(len(of_all), max(FEWEST_TILES, round(SHARE * len(of_all))))
        chosen = torch.zeros(len(of_all), dtype=torch.bool)
        chosen[of_all.topk(count, sorted=False).indices] = True
        kept.append([torch.nonzero(each)[:, 0] for each in chosen.split([len(each) for each in scores])])
    return [list(each) for each in zip(*kept)]


def best_in_tiles(
    index_scores: IndexScores,
    part: Part,
    priors: Sequence[Prior],
    kept: Sequence[torch.Tensor],
    *,
    questions: Questions,
    index_topk: int,
    radius: int,
) -> list[Best]:
    """For each question the `index_topk` highest S of the tokens of some tiles of a part, and which these are."""
    best = []
    for question, prior, tiles in zip(questions, priors, kept):
        held = torch.empty(0), torch.empty(0, dtype=torch.int64)
        for some in tiles.split(TILES):
            scores, tokens = tile_scores(index_scores, question, part, some, radius)
            scores += prior.at(tokens)
            held = better(index_topk, torch.cat([held[0], scores]), torch.cat([held[1], tokens]))
        best.append(held)
    return best


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
