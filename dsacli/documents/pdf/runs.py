"""Runs of a PDF page: words on one baseline that read on, without the gaps that part columns and the marks of footnotes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from statistics import median
from typing import NamedTuple

# Points; no page is larger and no type smaller, whatever a hostile matrix says.
FARTHEST = 1e6
LEAST_SIZE = 0.5

Box = tuple[float, float, float, float]
"""left, top, right, bottom in points."""

MIRRORED = 4
"""The turn of a line that is written from right to left."""

Style = Callable[[int], tuple[float, float, bool]]
"""Baseline and size in points of a letter of the page, and whether it is bold."""

# A gap of so many heights of a letter parts columns, a gap of so few no words.
WIDE, NARROW = 1.0, 0.05
# Between the two, a gap that is so much wider than the others of its line.
_WIDER, LEAST_WIDE = 2.3, 0.65

_ORDINALS = frozenset("st nd rd th er re ère ème e o a º ª".split())
_UNIT = re.compile(r"(?:^|[\d\W])(?:[mckdµ]?m|ft|in|yd|s|sec|[a-zA-ZΑ-Ωα-ω]|\ud835[\udc00-\udfff])$|[×x*·]\s?10$")
_RAISED = str.maketrans("0123456789-−–+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁻⁺")
_MARK = re.compile(r"[\d,]{1,5}$")
# What may stand raised behind a word without belonging to it: "12", "3,4", "[5]", "*1", no number of a telephone or a year.
_NOTE = re.compile(r"\W*\d{1,3}(?:[,;–-] ?\d{1,3}){0,3}\W*$")


class Run(NamedTuple):
    """A piece of a line: where it begins and ends, its baseline and size in points, as whoever turns the page to read it sees it.

    `turn` is by how many quarters of a circle the page is turned for that.
    """

    text: str
    x: float
    y: float
    end: float
    size: float
    bold: bool
    turn: int = 0


class Word(NamedTuple):
    """A word as PDFium parts words: the number of its first letter, the boxes of its first and last letter, and of all of them where
    it holds figures; `joined` says that nothing stands between it and the word before."""

    text: str
    at: int
    first: Box
    last: Box
    letters: list[Box] | None
    joined: bool

    @property
    def left(self) -> float:
        """Its left edge, wherever it begins."""
        return min(self.first[0], self.last[0])

    @property
    def right(self) -> float:
        """Its right edge."""
        return max(self.first[2], self.last[2])

    @property
    def runs_left(self) -> bool:
        """Whether it is written from right to left."""
        return self.last[2] < self.first[0] + 0.01

    def turned(self, quarter: int) -> Word:
        """The word as it stands on the page turned by so many quarters, or seen in a mirror for MIRRORED."""
        letters = self.letters and [turned(box, quarter) for box in self.letters]
        return self._replace(first=turned(self.first, quarter), last=turned(self.last, quarter), letters=letters)


def turned(box: Box, quarter: int) -> Box:
    """A box as it stands on the page turned by so many quarters."""
    left, top, right, bottom = box
    return (
        (left, top, right, bottom),
        (-top, right, -bottom, left),
        (-right, -bottom, -left, -top),
        (bottom, -left, top, -right),
        (-right, top, -left, bottom),
    )[quarter]


def pieces_of(word: Word, letters: Sequence[Box]) -> list[Word]:
    """A word of which `letters` are the boxes, parted where it leaves its line: PDFium takes short lines for one word."""
    bounds = [0]
    for at, (before, box) in enumerate(zip(letters, letters[1:]), 1):
        height = min(before[1] - before[3], box[1] - box[3])
        if min(before[1], box[1]) - max(before[3], box[3]) < 0.3 * height or box[0] < before[0] - height:
            bounds.append(at)
    if len(bounds) == 1:
        return [word]
    return [
        Word(word.text[low:high], word.at + low, letters[low], letters[high - 1], list(letters[low:high]), False)
        for low, high in zip(bounds, [*bounds[1:], len(letters)])
    ]


def runs_of(words: Sequence[Word], style: Style, turn: int = 0, before: Run | None = None) -> list[Run]:
    """The runs of a line, of whose words `style` knows the baseline, size and weight; `before` is the run that came before it."""
    first, *others = _parts(words)
    height = first[0].first[1] - first[0].first[3]
    touches = before is not None and before.turn == turn and abs(first[0].left - before.end) < 0.3 * height
    found = [_run(first, style, turn, before.text if touches and before else "")]
    return [run for run in (*found, *(_run(part, style, turn, "") for part in others)) if run.text]


def joined(runs: Sequence[Run]) -> list[Run]:
    """The runs, those as one that touch on one baseline: PDFium takes what is raised for another line."""
    found: list[Run] = []
    for run in runs:
        before = found[-1] if found else None
        if before is None or before.turn != run.turn or not -0.3 < (run.x - before.end) / run.size < 0.5:
            found.append(run)
            continue
        rise = (run.y - before.y) / before.size
        if abs(rise) < 0.1:
            space = " " if run.x - before.end > 0.12 * run.size else ""
            found[-1] = before._replace(text=f"{before.text}{space}{run.text}", end=run.end)
        elif 0.1 < rise < 0.8 and run.size < 0.85 * before.size and _MARK.match(run.text):
            mark = run.text.translate(_RAISED) if _UNIT.search(before.text) else ""
            found[-1] = before._replace(text=before.text + mark, end=run.end)
        else:
            found.append(run)
    return found


def run_of(text: str, x: float, end: float, style: tuple[float, float, bool]) -> Run:
    """A line whose words are set alike, without a gap."""
    y, size, bold = style
    return Run(text, *_bounded(x, y, end), size, bold)


def _parts(words: Sequence[Word]) -> list[list[Word]]:
    """The words of a line, parted at wide gaps and where they leave the line."""
    if len(words) == 1:
        return [[words[0]]]
    gaps, heights = [], []
    for before, word in zip(words, words[1:]):
        gaps.append(word.left - before.right)
        heights.append(max(word.first[1] - word.first[3], before.last[1] - before.last[3]))
    inner = [gap / height for gap, height in zip(gaps, heights) if height > 0 and 0.1 < gap / height < WIDE]
    wide = max(LEAST_WIDE, _WIDER * min(inner)) if len(inner) > 2 else WIDE
    parts = [[words[0]]]
    for word, gap, height in zip(words[1:], gaps, heights):
        before = parts[-1][-1]
        overlap = min(word.first[1], before.last[1]) - max(word.first[3], before.last[3])
        least = min(word.first[1] - word.first[3], before.last[1] - before.last[3])
        if gap > min(wide, WIDE) * height or gap < -0.8 * height or overlap < 0.4 * least:
            parts.append([word])
        else:
            parts[-1].append(word)
    return parts


def _run(words: list[Word], style: Style, turn: int, touching: str) -> Run:
    """The run of some words; `touching` is what stands right before them."""
    main = max(words, key=_weight) if len(words) > 1 else words[0]
    height = main.first[1] - main.first[3]
    y, size, bold = style(main.at)
    if bold and len(words) > 1:
        bold = style(words[-1].at)[2]
    pieces: list[str] = []
    spaced, marked = _spaced(words), False
    for number, word in enumerate(words):
        text = word.text
        if word.letters is not None and (len(word.text) > 1 or len(words) > 1):
            text = _unraised(word, height, main.first[3], "".join(pieces[-3:]) if number else touching)
        if not text:
            marked = True
            continue
        # Before a comma there is a space only where a mark stood.
        if pieces and spaced[number - 1] and not (marked and text[0] in ",.;:)"):
            pieces.append(" ")
        pieces.append(text)
        marked = len(text) < len(word.text)
    return Run("".join(pieces), *_bounded(words[0].left, y, words[-1].right), size, bold, turn)


def _bounded(x: float, y: float, end: float) -> tuple[float, float, float]:
    if -FARTHEST < x < FARTHEST and -FARTHEST < y < FARTHEST and end < FARTHEST:
        return round(x, 2), round(y, 2), round(end if end > x else x, 2)
    return 0.0, 0.0, 0.0  # NaN included


def _weight(word: Word) -> float:
    """How likely it is that the line is set like a word: long ones in large type."""
    return min(len(word.text), 8) * (word.first[1] - word.first[3])


def _spaced(words: list[Word]) -> list[bool]:
    """Whether there is a space after each word but the last: what PDFium says, less the spaces that nobody sees."""
    gaps = [word.left - before.right for before, word in zip(words, words[1:])]
    said = [not word.joined for word in words[1:]]
    height = max(word.first[1] - word.first[3] for word in words)
    if len(words) > 5 and sum(len(word.text) == 1 for word in words) > 0.7 * len(words):
        return _between_letters(gaps, said)
    stray = [space and -0.3 * height < gap < NARROW * height for gap, space in zip(gaps, said)]
    if 0 < sum(stray) <= 0.3 * len(gaps):
        return [space and not odd for space, odd in zip(said, stray)]
    return said


def _between_letters(gaps: list[float], said: list[bool]) -> list[bool]:
    """Where letters are set apart: a space where the gap is clearly wider than most."""
    usual = median(gaps)
    if usual <= 0 or max(gaps) < 1.6 * usual:
        return said
    return [gap > 1.5 * usual for gap in gaps]


def _unraised(word: Word, height: float, floor: float, before: str) -> str:
    """A word without the raised number of a footnote; exponents and the ends of ordinals stay, and the footnote's own number.

    `height` and `floor` are of a letter of the line, `before` is what stands before the word.
    """
    letters = word.letters or []
    raised = [
        0.1 * height < top - bottom < 0.85 * height and bottom > floor + 0.08 * height for _, top, _, bottom in letters
    ]
    if True not in raised:
        return word.text
    kept, begin = "", 0
    while begin < len(raised):
        end = begin + 1
        while end < len(raised) and raised[end] == raised[begin]:
            end += 1
        part, base = word.text[begin:end], kept or before.rstrip()
        if raised[begin] and part not in _ORDINALS and any(map(str.isdigit, part)):
            if base and (_UNIT.search(f"{before} {kept}" if kept else before) or part[0] in "-−–+"):
                part = part.translate(_RAISED)
            elif base and _NOTE.match(part):
                # A word that follows the mark stands apart from what is before it.
                apart = kept and end < len(raised) and word.text[end].isalnum()
                part = " " if apart and letters[end][0] - letters[begin - 1][2] > 0.15 * height else ""
            elif end < len(raised):
                part += " "
        kept += part
        begin = end
    return kept.rstrip() if len(kept) > 1 else kept
