"""Tables in text: which cell stands in a row under a heading of a column."""

import re
from dataclasses import dataclass

from dsacli.documents.document import Document

_RULE = re.compile(r"[\s|:+=-]+")
Span = tuple[int, int]


# Rows above and below a place that are looked at; a table of more is no longer read for one cell.
_MOST_ROWS = 5000


@dataclass(frozen=True)
class Row:
    """A row of a table: its cells and the headings above them, as characters of the text, one heading for each cell."""

    cells: tuple[Span, ...]
    headings: tuple[Span, ...]


def rows_at(document: Document, offset: int) -> list[Row]:
    """All rows of the table with bars or tabs that a place stands in below its headings, in their order; none anywhere else."""
    text = document.text
    rows = _rows_up_to(text, offset)
    if len(rows) < 2:
        return []
    high = _line(text, offset)[1]
    while high < len(text) and len(rows) < 2 * _MOST_ROWS:
        low, high = _line(text, high + 1)
        cells = _cells(text, low, high)
        if len(cells) == len(rows[0]):
            rows.append(cells)
        elif not _RULE.fullmatch(text, low, high):
            break
    return [Row(cells, rows[0]) for cells in rows[1:]]


def row_at(document: Document, offset: int) -> Row | None:
    """The row that a place stands in, if it is of a table with bars or tabs, and below its headings."""
    rows = _rows_up_to(document.text, offset)
    return Row(rows[-1], rows[0]) if len(rows) > 1 else None


def _rows_up_to(text: str, offset: int) -> list[tuple[Span, ...]]:
    """The cells of the rows of a table from its headings to the row of a place; none where it stands in no table."""
    low, high = _line(text, offset)
    rows = [_cells(text, low, high)]
    if len(rows[0]) < 2:
        return []
    while low > 0 and len(rows) < _MOST_ROWS:
        low, high = _line(text, low - 1)
        cells = _cells(text, low, high)
        if _RULE.fullmatch(text, low, high):
            continue
        if len(cells) != len(rows[0]):
            break
        rows.append(cells)
    return rows[::-1]


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
