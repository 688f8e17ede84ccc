"""From selected tokens to runs that can be read: whole sentences, cut where they are longer than the network reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dsacli.dsa.selection import Prior, Selection, merge_runs, select_topk
from dsacli.reader.lexical import PassageWords, Pieces, exactly
from dsacli.reader.network import Reader
from dsacli.reader.rows import NO_TOKENS

RUN_OVERLAP = 128
SHORTEST_RUN = 32
LONGEST_SENTENCE = 128
# Of each document with a selected run the first tokens are read too, of all a part of k at most.
BEGINNING, BEGINNING_SHARE = 128, 8


@dataclass(frozen=True)
class Run:
    """A stretch of the context that is read in one piece: `first` is its place, `tokens` its ids.

    `index_score` is its best token's S(s) per question token; runs that the indexer ranks higher are
    likelier to hold the answer. `sentences` numbers the sentence of each token, where that is known; `path` is the
    heading path that it stands under; `exact` is how much of the question stands word for word in the sentence of each token.
    """

    first: int
    tokens: NDArray[Any]
    index_score: float = 0.0
    sentences: NDArray[Any] | None = None
    path: NDArray[Any] = field(default_factory=lambda: NO_TOKENS)
    exact: NDArray[Any] | None = None


@torch.inference_mode()
def select(
    reader: Reader,
    queries: Sequence[tuple[torch.Tensor, torch.Tensor]],
    asked: Sequence[NDArray[np.uint64]],
    keys: torch.Tensor,
    words: PassageWords,
    index_topk: int,
) -> list[Selection]:
    """The tokens that each question keeps, of those the best `index_topk` by S(s) and the lexical term of their passage;
    in one pass over the keys.

    queries: what `index_queries` gives for each question; asked: what `asked_of` gives; words: those of the passages
    """
    priors = priors_of(reader, asked, words)
    return select_topk(reader.indexer.scores, queries, keys, index_topk, reader.config.index_radius, priors=priors)


def priors_of(reader: Reader, asked: Sequence[NDArray[np.uint64]], words: PassageWords) -> list[Prior]:
    """The lexical term of each question, for passages with such words."""
    return [Prior(reader.lexical(each, words.counts(each), words.lengths), words.edges) for each in asked]


def with_exact(runs: Sequence[Run], question: NDArray[Any], words: PassageWords, pieces: Pieces) -> list[Run]:
    """The same runs, each with how much of the question's tokens stands word for word in its sentences; words: those of the
    passages."""
    asked = exactly(question, words, pieces)
    return [replace(run, exact=asked.shares(run.tokens, run.sentences, pieces)) for run in runs]


def whole_runs(selected: NDArray[Any], edges: NDArray[Any]) -> list[tuple[int, int]]:
    """Selected tokens as runs that can be read: of whole sentences, none of a few words only.

    selected: token indices, ascending; edges: the first token of every sentence, and the end. A sentence
    is kept when half of it was selected, so that about as many tokens are read as were selected.
    """
    sentence, lengths = np.searchsorted(edges, selected, side="right") - 1, np.diff(edges)
    kept = 2 * np.bincount(sentence, minlength=len(lengths)) >= np.maximum(lengths, 1)
    pieces = [np.arange(edges[number], edges[number + 1]) for number in np.flatnonzero(kept)]
    pieces.append(selected[~kept[sentence] & (lengths[sentence] > LONGEST_SENTENCE)])
    runs = merge_runs(np.sort(np.concatenate(pieces)))
    return [(first, last) for first, last in runs if last - first >= SHORTEST_RUN] or runs or merge_runs(selected)


def split_runs(runs: Sequence[tuple[int, int]], edges: Sequence[int], limit: int) -> list[tuple[int, int]]:
    """Cut runs at `edges` (starts of documents), and those longer than `limit` tokens into overlapping
    windows of even length, so that no answer is cut in two."""
    pieces = []
    for low, high in runs:
        cuts = [low, *(edge for edge in edges if low < edge < high), high]
        for first, last in zip(cuts, cuts[1:]):
            length = last - first
            count = 1 if length <= limit else -(-(length - RUN_OVERLAP) // (limit - RUN_OVERLAP))
            step = (length - RUN_OVERLAP) / count
            pieces += [
                (first + round(n * step), min(last, first + round((n + 1) * step) + RUN_OVERLAP)) for n in range(count)
            ]
    return pieces


def within(selection: Selection, runs: Sequence[tuple[int, int]], index_topk: int) -> list[tuple[int, int]]:
    """The runs of best index score that hold `index_topk` tokens at most; the very best one always."""
    scores = best_index_scores(selection, runs, 1)
    kept: list[tuple[int, int]] = []
    left = index_topk
    for _, run in sorted(zip(scores, runs), reverse=True):
        if run[1] - run[0] <= left or not kept:
            kept.append(run)
            left -= run[1] - run[0]
    return sorted(kept)


def beginnings(
    runs: Sequence[tuple[int, int]], sentence_edges: NDArray[Any], document_edges: Sequence[int], tokens: int
) -> list[tuple[int, int]]:
    """The first `BEGINNING` tokens of each document that runs stand in, `tokens` in all at most, in the order of the runs; whole
    sentences, if that is possible, and none that is all among the runs."""
    edges, found = np.asarray(document_edges), list[tuple[int, int]]()
    for number in dict.fromkeys((np.searchsorted(edges, [low for low, _ in runs], side="right") - 1).tolist()):
        low, limit = int(edges[number]), min(int(edges[number + 1]), int(edges[number]) + min(BEGINNING, tokens))
        whole = sentence_edges[(sentence_edges > low) & (sentence_edges <= limit)]
        high = int(whole[-1]) if len(whole) else limit
        if high > low and not any(first <= low and high <= last for first, last in runs):
            found.append((low, high))
            tokens -= high - low
    return found


def merged(runs: Iterable[tuple[int, int]], gap: int = 0, edges: Sequence[int] = ()) -> list[tuple[int, int]]:
    """Runs that overlap, touch, or have no more than `gap` between them, as one, in order; none goes on across `edges`.

    >>> merged([(10, 20), (0, 9), (40, 50)], gap=3)
    [(0, 20), (40, 50)]
    """
    found: list[tuple[int, int]] = []
    for first, last in sorted(runs):
        if found and first <= found[-1][1] + gap and first not in edges:
            found[-1] = found[-1][0], max(last, found[-1][1])
        else:
            found.append((first, last))
    return found


def best_index_scores(selection: Selection, runs: Sequence[tuple[int, int]], question_tokens: int) -> list[float]:
    """The best S(s) among the selected tokens of each run, per question token."""
    tokens, scores = selection.tokens.numpy(), selection.scores.numpy()
    bounds = [np.searchsorted(tokens, run) for run in runs]
    return [float(scores[low:high].max(initial=scores.min())) / question_tokens for low, high in bounds]


@dataclass(frozen=True)
class SelectedRuns:
    """What a query reads: runs [first, last) of at most `run_tokens`, overlapping where a longer one was cut,
    their index scores, and how many tokens of the context they are."""

    runs: list[tuple[int, int]]
    scores: list[float]
    tokens: int


def select_runs(
    reader: Reader,
    question: NDArray[Any],
    selection: Selection,
    sentence_edges: NDArray[Any],
    document_edges: Sequence[int],
    index_topk: int,
) -> SelectedRuns:
    """Runs of whole sentences around the tokens that a question selects, and the beginnings of the documents they stand in:
    title, parties, date and author say what everything behind them is about.

    The edges are the first tokens of all sentences and of all documents, and the end.
    """
    whole = within(selection, whole_runs(selection.tokens.numpy(), sentence_edges), index_topk)
    best_first = [run for _, run in sorted(zip(best_index_scores(selection, whole, 1), whole), reverse=True)]
    first = beginnings(best_first, sentence_edges, document_edges, index_topk // BEGINNING_SHARE)
    left = index_topk - sum(high - low for low, high in first)
    kept = within(selection, whole, left)
    if first and sum(high - low for low, high in kept) <= left:
        whole = merged([*kept, *first])
    runs = split_runs(whole, document_edges, reader.config.run_tokens)
    scores = best_index_scores(selection, runs, len(question))
    return SelectedRuns(runs, scores, sum(last - first for first, last in whole))


def sentence_numbers(edges: NDArray[Any], first: int, last: int) -> NDArray[Any]:
    """The number of the sentence of each token in [first, last), given the first token of every sentence."""
    return np.searchsorted(edges, np.arange(first, last), side="right")
