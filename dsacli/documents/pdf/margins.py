"""Line numbers in the margin of pleadings, transcripts and manuscripts: they are no part of what the lines say."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from statistics import median

from dsacli.documents.pdf.runs import Run

# A column of fewer numbers may be anything.
_FEWEST = 6
_NUMBERED = re.compile(r"(\d{1,4})(?:\s+(?=\S)|$)")
# Points by which lines of the same distance may differ.
_EVEN = 1.5


def without_line_numbers(runs: list[Run]) -> list[Run]:
    """The runs of a page without the numbers of its lines, where these count on, evenly, beside running text."""
    numbered = [(number, int(match[1])) for number, run in enumerate(runs) if (match := _NUMBERED.match(run.text))]
    if len(numbered) < _FEWEST:
        return runs
    found: set[int] = set()
    for series in _series(runs, numbered):
        if _is_even([runs[number].y for number in series]) and _are_of_lines(runs, series):
            found.update(series)
    kept = []
    for number, run in enumerate(runs):
        rest = _NUMBERED.sub("", run.text, count=1) if number in found else run.text
        if rest:
            kept.append(run._replace(text=rest))
    return kept if kept else runs


def _series(runs: Sequence[Run], numbered: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The runs whose first words count on, from above to below at one left edge."""
    found: list[list[int]] = []
    open_series: dict[int, tuple[list[int], int]] = {}  # by the number that comes next; with the step so far
    for number, value in sorted(numbered, key=lambda each: (runs[each[0]].turn, -runs[each[0]].y)):
        run = runs[number]
        before = open_series.pop(value, None)
        if before and abs(runs[before[0][-1]].x - run.x) < run.size and runs[before[0][-1]].turn == run.turn:
            series, step = before
            series.append(number)
        else:
            series, step = [number], 5 if value % 5 == 0 and value + 1 not in {each for _, each in numbered} else 1
            found.append(series)
        open_series[value + step] = (series, step)
    return [series for series in found if len(series) >= _FEWEST]


def _is_even(heights: Sequence[float]) -> bool:
    steps = [above - below for above, below in zip(heights, heights[1:])]
    usual = median(steps)
    return usual > 0 and sum(abs(step - usual) <= _EVEN for step in steps) >= 0.8 * len(steps)


def _are_of_lines(runs: Sequence[Run], series: Sequence[int]) -> bool:
    """Whether the lines beside the numbers are running text, which a list or a table is not, or there are none."""
    rows: dict[int, list[Run]] = defaultdict(list)
    for number, run in enumerate(runs):
        if number not in series:
            rows[round(run.y / 4)].append(run)
    texts, bare = [], 0
    for number in series:
        run = runs[number]
        at = round(run.y / 4)
        beside = [
            other.text
            for place in (at - 1, at, at + 1)
            for other in rows.get(place, ())
            if abs(other.y - run.y) < 0.4 * run.size and other.x > run.x
        ]
        own = _NUMBERED.sub("", run.text, count=1)
        if own or beside:
            texts.append(" ".join(filter(None, (own, *beside))))
        else:
            bare += 1
    if not texts:
        return True
    lower = sum(text[0].islower() for text in texts)
    if bare >= _FEWEST and bare >= len(texts):
        return True
    return lower >= 2 and lower >= 0.15 * len(texts) and sum(map(len, texts)) >= 25 * len(texts)
