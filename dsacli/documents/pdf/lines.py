"""Lines of a PDF page as the eye sees them: cells on one baseline are one line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dsacli.documents.clean import normalise

BULLET = re.compile(r"[•‣▪●○■□◦–—*-](?:\s|$)")
_LABEL = re.compile(r"(?:[•‣▪●○■□◦–—*-]|\(?(?:\d{1,3}(?:\.\d{1,3}){0,4}|[A-Za-z]|[ivxIVX]{1,5})[.)]?|\[\d{1,3}\])$")
_NUMBER = re.compile(r"[(\[]?[-+−–]?[$€£¥]?[-+−]?(?:\d[\d.,:/]*)?[\d—–-][%)\]]{0,2}$")
_LEADERS = re.compile(r"(?:\s?\.){4,}")

# A line with one wide gap is a row of a table only when it is too short to be prose.
_SHORT = 70
# Cells of a row of a table seldom wrap to more lines than this.
_CELL_LINES = 6
# Characters; cells that go on beside each other for longer are no row that anybody set.
_LONGEST_ROW = 2000
# How far a cell may begin above its neighbour, in units of its size: cells may be set to the bottom of a row.
_CELL_RISE = 4


@dataclass(frozen=True)
class Line:
    """One line of a page: where its baseline is, its size in points, and whether it is a row of a table.

    `end` is an estimate of its right edge; where cells of a row are wrapped, `y` is its highest baseline
    and `bottom` its lowest.
    """

    text: str
    page: int
    x: float
    y: float
    size: float
    bold: bool
    end: float
    bottom: float
    row: bool

    @property
    def width(self) -> float:
        """Estimated width in points."""
        return self.end - self.x


def page_lines(page: int, raw: Sequence[Sequence[Any]]) -> list[Line]:
    """The lines of a page from the worker's, in its order, with the cells of each row put together."""
    lines: list[Line] = []
    for text, x, y, size, bold, end, gaps in raw:
        # Helvetica's bullet reaches us as DEL, which is no text in any other place.
        text = " ".join(_LEADERS.sub(" .... ", normalise(text.replace("\x7f", "•"))).split())
        # A font that says nothing of its characters gives no text that anybody can quote.
        if not text or text.count("\ufffd") > len(text) / 2:
            continue
        row = gaps >= 2 or (gaps == 1 and len(text) <= _SHORT) or _reads_as_row(text)
        _place(lines, Line(text, page, x, y, size, bold, end, y, row))
    return lines


def _place(lines: list[Line], line: Line) -> None:
    """Append `line`, or make it part of the row that it belongs to."""
    first = _row_start(lines, line)
    if first is None:
        lines.append(line)
        return
    parts = lines[first:]
    text = " ".join(part.text for part in (*parts, line))
    begin, last = parts[0], parts[-1]
    label = bool(_LABEL.match(begin.text)) and len(parts) == 1
    apart = line.x - last.end > 1.2 * line.size or len(parts) > 1
    lines[first:] = [
        replace(
            begin,
            text=text,
            y=max(line.y, *(part.y for part in parts)),
            size=line.size if label else begin.size,
            bold=line.bold and (label or begin.bold),
            end=max(line.end, last.end),
            bottom=min(line.y, *(part.bottom for part in parts)),
            row=begin.row or (apart and not label) or _reads_as_row(text),
        )
    ]


def _row_start(lines: list[Line], line: Line) -> int | None:
    """The index from which `lines` and `line` are one row, or None when `line` stands for itself."""
    if not lines:
        return None
    last, slack = lines[-1], 0.35 * line.size
    if line.x <= last.x + 0.5 or len(last.text) > _LONGEST_ROW:
        return None
    if abs(last.y - line.y) <= slack:
        return len(lines) - 1
    if last.row and line.x > last.x + 2 * line.size and last.bottom - 1.3 * line.size <= line.y <= last.y + slack:
        return len(lines) - 1
    if 0 < line.y - last.y <= _CELL_RISE * line.size and line.x > last.end:
        return len(lines) - 1
    for index in range(len(lines) - 1, max(-1, len(lines) - 1 - _CELL_LINES), -1):
        cell = lines[index]
        if cell.end > line.x + line.size or cell.row:
            return None
        if abs(cell.y - line.y) <= slack:
            return index
    return None


def _reads_as_row(text: str) -> bool:
    """Two or more numbers at the end, or dots that lead to a page number."""
    words = text.split()
    return (len(words) >= 3 and all(map(_NUMBER.match, words[-2:]))) or bool(_LEADERS.search(text))
