"""Selection in two stages: what the second looks at is scored as selection over all tokens scores it."""

from itertools import accumulate, pairwise

import pytest
import torch

from dsacli.dsa import tiles
from dsacli.dsa.indexer import IndexScores
from dsacli.dsa.selection import Prior, select_topk
from dsacli.dsa.tiles import MEAN, TILE, Part, select_in_parts, select_in_tiles, tile_means

RADIUS, TOPK = 64, 200
# One whole number of tiles, one of means, one of neither.
SIZES = (8 * TILE, 5 * TILE + 3 * MEAN, 7 * TILE + 77)


@pytest.fixture
def keys():
    """Keys like those of a text: neighbours are alike."""
    random = torch.Generator().manual_seed(1)
    return [torch.randn(size, 32, generator=random).cumsum(0).div(9).bfloat16() for size in SIZES]


@pytest.fixture
def asked():
    """Two questions of three tokens and four heads, with a lexical term each for passages of 100 tokens."""
    random = torch.Generator().manual_seed(2)
    questions = [(torch.randn(3, 4, 32, generator=random), torch.rand(3, 4, generator=random)) for _ in range(2)]
    edges = torch.arange(0, sum(SIZES) + 100, 100)
    return questions, [Prior(torch.rand(len(edges) - 1, generator=random), edges) for _ in range(2)]


def every(keys):
    """Does what is asked with the keys of every part."""
    firsts = [0, *accumulate(map(len, keys))]
    return lambda work, *each: [
        work(IndexScores(), Part(first, part, tile_means(part)), *own)
        for first, part, own in zip(firsts, keys, zip(*each))
    ], list(pairwise(firsts))


def selected(keys, asked, share, monkeypatch):
    monkeypatch.setattr(tiles, "SHARE", share)
    monkeypatch.setattr(tiles, "FEWEST_TILES", 1)
    run, bounds = every(keys)
    return select_in_tiles(run, asked[0], bounds, TOPK, RADIUS, asked[1])


def test_with_all_tiles_it_is_selection_over_all_tokens(keys, asked, monkeypatch):
    """Of each part for itself: neighbours do not reach into another."""
    (questions, priors), first = asked, 0
    best = [(torch.empty(0), torch.empty(0, dtype=torch.int64)) for _ in questions]
    for each in keys:
        near = [
            Prior(prior.at(torch.arange(first, first + len(each))), torch.arange(len(each) + 1)) for prior in priors
        ]
        here = select_topk(IndexScores(), questions, each, len(each), RADIUS, priors=near)
        best = [(torch.cat([s, h.scores]), torch.cat([t, h.tokens + first])) for (s, t), h in zip(best, here)]
        first += len(each)
    run, bounds = every(keys)
    exact = select_in_parts(run, questions, bounds, TOPK, RADIUS, priors)
    for found in (selected(keys, asked, 1.0, monkeypatch), exact):
        for selection, (scores, tokens) in zip(found, best):
            top = scores.topk(TOPK).values
            assert torch.allclose(selection.scores.sort(descending=True).values, top, atol=1e-5)
            assert (selection.tokens.diff() > 0).all()
            assert torch.allclose(scores[torch.searchsorted(tokens, selection.tokens)], selection.scores, atol=1e-5)


def test_with_few_tiles_the_best_are_among_them(keys, asked, monkeypatch):
    every, few = (selected(keys, asked, share, monkeypatch) for share in (1.0, 0.3))
    for one, other in zip(every, few):
        assert one.tokens[one.scores.argmax()] in other.tokens
        assert len(set(one.tokens.tolist()) & set(other.tokens.tolist())) > 0.8 * TOPK
    one_tile = selected(keys, asked, 0.0, monkeypatch)
    assert all(0 < len(each.tokens) <= TILE for each in one_tile)


def test_means_are_those_of_neighbours():
    keys = torch.arange(40.0)[:, None].expand(-1, 2)
    assert tile_means(keys)[:, 0].tolist() == [7.5, 23.5, 35.5]
