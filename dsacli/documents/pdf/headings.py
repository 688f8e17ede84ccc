"""Which lines of a PDF are headings: by size, by weight, by number and by the room around them."""

from __future__ import annotations

from collections.abc import Sequence

from dsacli.documents.headings import BARE_RANK, LONGEST, is_all_caps, numbering_rank
from dsacli.documents.pdf.lines import BULLET, Line
from dsacli.documents.pdf.typography import Typography, follows, rounded

# A heading set larger than this many lines is a paragraph in large type.
_HEADING_LINES = 3

Rank = tuple[float, int, int]
"""Sorts headings from the highest: negative size, 0 for bold and 1 for not, rank by number."""


def rank_of(lines: Sequence[Line], index: int, typography: Typography) -> Rank | None:
    """The rank of a heading, highest first by size, weight and numbering; None for anything else."""
    line = lines[index]
    text = line.text
    if line.row or len(text) > LONGEST or BULLET.match(text) or sum(map(str.isalpha, text)) < 2:
        return None
    numbered = numbering_rank(text)
    run = _run_length(lines, index)
    large = line.size > 1.12 * typography.body and run <= _HEADING_LINES
    bold = line.bold and run <= 2 and (numbered is not None or _is_title(lines, index, typography))
    announced = (numbered is not None or is_all_caps(text)) and _stands_alone(lines, index, typography, numbered)
    if not (large or bold or announced):
        return None
    return -rounded(line.size), 0 if line.bold else 1, numbered or BARE_RANK


def _run_length(lines: Sequence[Line], index: int) -> int:
    """How many lines around `index` are set like it; counting stops where it no longer matters."""
    line, count = lines[index], 1
    for step in (-1, 1):
        at = index + step
        while 0 <= at < len(lines) and count <= _HEADING_LINES and _set_alike(lines[at], line):
            count += 1
            at += step
    return count


def _set_alike(one: Line, other: Line) -> bool:
    return one.page == other.page and one.bold == other.bold and rounded(one.size) == rounded(other.size)


def _is_title(lines: Sequence[Line], index: int, typography: Typography) -> bool:
    line = lines[index]
    if line.text[-1] in ".,;:" or line.text[0].islower():
        return False
    below = lines[index + 1] if index + 1 < len(lines) else None
    # Bold above a table is the head of the table.
    return not (below is not None and below.row and follows(line, below, typography, slack=2.2))


def _stands_alone(lines: Sequence[Line], index: int, typography: Typography, numbered: int | None) -> bool:
    line = lines[index]
    if index and follows(lines[index - 1], line, typography, slack=1.15):
        return False
    if index + 1 == len(lines):
        return False
    below = lines[index + 1]
    if numbered is not None and numbering_rank(below.text) == numbered:
        return False  # the next item of a list, or of the contents
    return not follows(line, below, typography, slack=1.15)
