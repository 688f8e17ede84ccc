"""What was read as probabilities: one softmax over every span of every run and the no-answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsacli.reader.network import ReaderConfig
from dsacli.reader.reading import RunLogits
from dsacli.reader.runs import Run

ANSWER_TOKENS = 128
# Logits that a span loses when it ends in another sentence than it began in: start and end are trained
# apart, and two good answers in neighbouring sentences would be read as one long one.
CROSSING = 4.0
# The same when it goes on into another cell of a row, which is another value; the id of "|" is that of BERT's vocabulary.
CROSSING_CELLS, BAR = 8.0, 1064
FAR_BELOW = -1e9
# Only a sentence that holds more than so much of a question's words is likelier for it.
NEARLY_ALL = 0.8


@dataclass(frozen=True)
class RunSpans:
    """Probabilities of the spans of one run: `band[i, n]` is that of tokens first+i .. first+i+n."""

    first: int
    band: NDArray[Any]

    def overlapping(self, first: int, last: int) -> float:
        """Probability of all spans of this run that share a token with [first, last]."""
        return float(self.band[self._sharing(first, last)].sum())

    def take(self, first: int, last: int) -> float:
        """The same, and these spans have none from then on."""
        sharing = self._sharing(first, last)
        probability = float(self.band[sharing].sum())
        self.band[sharing] = 0
        return probability

    def _sharing(self, first: int, last: int) -> NDArray[Any]:
        low, high = first - self.first, last - self.first
        starts = np.arange(self.band.shape[0])[:, None]
        ends = starts + np.arange(self.band.shape[1])[None, :]
        return (starts <= high) & (ends >= low)


@dataclass(frozen=True)
class SpanDistribution:
    """One softmax over every span of every run and the no-answer; `no_answer` is its probability."""

    runs: list[RunSpans]
    no_answer: float

    def mass(self, first: int, last: int) -> float:
        """Probability that the answer overlaps the tokens [first, last] of the context."""
        near = (r for r in self.runs if r.first <= last and r.first + len(r.band) > first)
        return sum(run.overlapping(first, last) for run in near)

    def beginning(self, edges: NDArray[Any]) -> NDArray[np.float64]:
        """Probability that the answer begins in each stretch of the context, `edges` being their first tokens, and the end."""
        shares = np.zeros(len(edges) - 1)
        for run in self.runs:
            starting = run.band.sum(1)
            places = np.searchsorted(edges, run.first + np.arange(len(starting)), side="right") - 1
            np.add.at(shares, places, starting)
        return shares

    def apart(self, count: int) -> list[tuple[int, int, float]]:
        """As `best`, but every span of the distribution counts for one of those found only: the probabilities add up to 1 at most,
        and what is left of a longer answer beside the one found has none of its probability."""
        left, found = [RunSpans(run.first, run.band.copy()) for run in self.runs], list[tuple[int, int, float]]()
        while left and len(found) < count:
            run = max(left, key=lambda each: each.band.max())
            row, length = divmod(int(run.band.argmax()), run.band.shape[1])
            if run.band[row, length] <= 0:
                break
            first, last = run.first + row, run.first + row + length
            found.append((first, last, sum(each.take(first, last) for each in left)))
        return sorted(found, key=lambda span: -span[2])

    def best(self, count: int) -> list[tuple[int, int, float]]:
        """Up to `count` spans (first, last, probability of an overlapping answer), best first, none overlapping."""
        candidates = []
        for run in self.runs:
            flat = run.band.ravel()
            top = np.argpartition(flat, -min(8 * count, len(flat)))[-8 * count :]
            width = run.band.shape[1]
            candidates += [(flat[i], run.first + i // width, run.first + i // width + i % width) for i in top]
        found: list[tuple[int, int, float]] = []
        for probability, first, last in sorted(candidates, reverse=True):
            if len(found) == count or probability <= 0:
                break
            if all(last < low or first > high for low, high, _ in found):
                found.append((int(first), int(last), self.mass(first, last)))
        return sorted(found, key=lambda span: -span[2])


def weigh_spans(config: ReaderConfig, read: Sequence[RunLogits]) -> SpanDistribution:
    """One softmax over every span of every run and the no-answer.

    A run's index score enters as a prior (`index_prior`), and so does how much of the question stands word for word in the
    sentence that a span begins in (`exact_prior`): of thousands of rows that are alike only that tells one; the no-answer is that of the run with the best
    span, whose "not here" is at stake; `temperature` and `no_answer_bias` make the result a probability
    that can be trusted (fitted by `dsacli.training calibrate`).
    """
    bands = []
    highest_score = max(each.run.index_score for each in read)
    for each in read:
        ends = np.pad(each.logits[:, 1], (0, ANSWER_TOKENS), constant_values=FAR_BELOW)
        windows = np.lib.stride_tricks.sliding_window_view(ends, ANSWER_TOKENS)[: len(each.logits)]
        prior: Any = config.index_prior * (each.run.index_score - highest_score)
        if each.run.exact is not None:
            prior = (
                prior + config.exact_prior * np.maximum(0.0, (each.run.exact - NEARLY_ALL) / (1 - NEARLY_ALL))[:, None]
            )
        bands.append((each.logits[:, :1] + windows + prior - crossing(each.run)) / config.temperature)
    for here, following in _overlapping(read):
        first, second = read[here].run.first, read[following].run.first
        middle = (second + first + len(bands[here])) // 2
        bands[here][middle - first :] = FAR_BELOW
        bands[following][: middle - second] = FAR_BELOW
    best_run = max(range(len(bands)), key=lambda number: bands[number].max())
    no_answer = (read[best_run].no_answer + config.no_answer_bias) / config.temperature
    highest = max(no_answer, float(bands[best_run].max()))
    weights = [np.exp(band - highest) for band in bands]
    total = np.exp(no_answer - highest) + sum(float(w.sum()) for w in weights)
    return SpanDistribution(
        [RunSpans(each.run.first, weight / total) for each, weight in zip(read, weights)],
        float(np.exp(no_answer - highest) / total),
    )


def crossing(run: Run) -> NDArray[Any]:
    """What span i, n of a run loses where it goes on into another sentence, if those are known, or into another cell:
    [tokens, ANSWER_TOKENS], in logits."""
    lost = CROSSING_CELLS * _differs(np.cumsum(run.tokens == BAR))
    return lost if run.sentences is None else lost + CROSSING * _differs(run.sentences)


def _differs(numbers: NDArray[Any]) -> NDArray[Any]:
    """Whether token i + n has another number than token i: [tokens, ANSWER_TOKENS]."""
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(numbers, (0, ANSWER_TOKENS), mode="edge"), ANSWER_TOKENS)
    return windows[: len(numbers)] != numbers[:, None]


def _overlapping(read: Sequence[RunLogits]) -> Iterator[tuple[int, int]]:
    """Neighbouring windows that share tokens; each of these tokens must start spans in one of them only."""
    order = sorted(range(len(read)), key=lambda number: read[number].run.first)
    for here, following in pairwise(order):
        if read[following].run.first < read[here].run.first + len(read[here].logits):
            yield here, following
