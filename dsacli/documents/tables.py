"""Tables in text: which cell stands in a row under a heading of a column."""

import re
from dataclasses import dataclass

from dsacli.documents.document import Document

_RULE = re.compile(r"[\s|:+=-]+")
Span = tuple[int, int]


@dataclass(frozen=True)
class Row:
    """A row of a table: its cells and the headings above them, as characters of the text, one heading for each cell."""

    cells: tuple[Span, ...]
    headings: tuple[Span, ...]


def row_at(document: Document, offset: int) -> Row | None:
    """The row of a table with bars or tabs that a place stands in, below its headings; None anywhere else."""
    text = document.text
    low, high = _line(text, offset)
    cells = _cells(text, low, high)
    if len(cells) < 2:
        return None
    top = low
    while top > 0:
        above = _line(text, top - 1)
        if len(_cells(text, *above)) != len(cells) and not _RULE.fullmatch(text, *above):
            break
        top = above[0]
    headings = _cells(text, *_line(text, top))
    return Row(cells, headings) if top < low and len(headings) == len(cells) else None


def _line(text: str, offset: int) -> Span:
    """The line that a place stands in."""
    end = text.find("\n", offset)
    return text.rfind("\n", 0, offset) + 1, len(text) if end < 0 else end


def _cells(text: str, low: int, high: int) -> tuple[Span, ...]:
    """The cells of a line: what stands between bars, or between tabs."""
    mark = "|" if text.count("|", low, high) > 1 else "\t"
    if mark == "|":
        low = low + 1 if text[low:high].lstrip().startswith("|") else low
        high = low + len(text[low:high].rstrip().rstrip("|"))
    found, place = list[Span](), low
    for part in text[low:high].split(mark):
        inner = part.strip()
        begin = place + len(part) - len(part.lstrip())
        found.append((begin, begin + len(inner)))
        place += len(part) + 1
    return tuple(found)
