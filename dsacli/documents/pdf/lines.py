"""Lines of a PDF page as the eye sees them: cells on one baseline are one line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dsacli.documents.clean import normalise
from dsacli.documents.pdf.runs import Run

BULLET = re.compile(r"[•‣▪●○■□◦–—*-](?:\s|$)")
NUMBER = re.compile(r"[(\[]?[-+−–]?[$€£¥]?[-+−]?(?:\d[\d.,:/]*)?[\d—–-][%)\]]{0,2}$")
_LABEL = re.compile(r"(?:[•‣▪●○■□◦–—*-]|\(?(?:\d{1,3}(?:\.\d{1,3}){0,4}|[A-Za-z]|[ivxIVX]{1,5})[.)]?|\[\d{1,3}\])$")
_LEADERS = re.compile(r"(?:\s?\.){4,}")

# A line with one wide gap is a row of a table only when it is too short to be prose.
_SHORT = 70
# Cells of a row of a table seldom wrap to more lines than this.
_CELL_LINES = 6
# Characters; cells that go on beside each other for longer are no row that anybody set.
_LONGEST_ROW = 2000
# How far a cell may begin above its neighbour, in units of its size: cells may be set to the bottom of a row.
_CELL_RISE = 4


class Line(NamedTuple):
    """One line of a page: where its baseline is, its size in points, and whether it is a row of a table.

    `end` is its right edge; where cells of a row are wrapped, `y` is its highest baseline and `bottom` its lowest.
    `aside` is "top" or "bottom" for what stands there beside the running text: heads, feet, footnotes, notes.
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
    aside: str = ""

    @property
    def width(self) -> float:
        """Width in points."""
        return self.end - self.x

    @property
    def columns(self) -> int:
        """How many cells a row of a table with columns has, 0 for every other line."""
        return max(0, self.text.count("|") - 1) if self.row and self.text.startswith("| ") else 0


class Cell(NamedTuple):
    """What stands between two gaps of a line, and where."""

    text: str
    x: float
    end: float


class Cells(NamedTuple):
    """A line before it is known what its gaps mean; `y` is its highest baseline, `bottom` its lowest."""

    cells: tuple[Cell, ...]
    y: float
    bottom: float
    size: float
    bold: bool
    turn: int
    row: bool

    @property
    def text(self) -> str:
        """Its cells, one after the other."""
        return " ".join(cell.text for cell in self.cells)

    @property
    def x(self) -> float:
        """Its left edge."""
        return self.cells[0].x

    @property
    def end(self) -> float:
        """Its right edge."""
        return max([cell.end for cell in self.cells])


def lines_of(runs: Sequence[Run]) -> list[Cells]:
    """The runs of a page as lines, in their order, with the cells of each row put together."""
    lines: list[Cells] = []
    for run in _with_drop_caps(runs):
        # Helvetica's bullet reaches us as DEL, which is no text in any other place.
        text = normalise(run.text.replace("\x7f", "•"))
        if text.count(".") > 3:
            text = _LEADERS.sub(" .... ", text)
        text = " ".join(text.split())
        # A font that says nothing of its characters gives no text that anybody can quote.
        if text and text.count("\ufffd") <= len(text) / 2:
            _place(lines, run._replace(text=text))
    return lines


def _with_drop_caps(runs: Sequence[Run]) -> Iterator[Run]:
    """The runs, with a large first letter put before the line that it begins."""
    large: Run | None = None
    for run in runs:
        if large is not None:
            if (0 < run.y - large.y < large.size and run.x - large.end < run.size and run.text[0].islower()) or (
                run.size < 0.6 * large.size and abs(run.y - large.y) < 0.2 * run.size and run.text[0].islower()
            ):
                run = run._replace(text=large.text + run.text, x=large.x)
            else:
                yield large
            large = None
        if len(run.text) == 1 and run.text.isupper():
            large = run
        else:
            yield run
    if large is not None:
        yield large


def _place(lines: list[Cells], run: Run) -> None:
    """Append `run` as a line, or make it part of the row that it belongs to."""
    first = _row_start(lines, run)
    if first is None:
        cell = Cell(run.text, run.x, run.end)
        lines.append(Cells((cell,), run.y, run.y, run.size, run.bold, run.turn, _reads_as_row(run.text)))
        return
    parts = lines[first:]
    begin, last = parts[0], parts[-1]
    alone = len(parts) == 1
    label = alone and bool(_LABEL.match(begin.text))
    if alone and run.x >= last.end:
        cells = (*last.cells, Cell(run.text, run.x, run.end))
    else:
        cells = _joined([cell for part in parts for cell in part.cells], run)
    row = begin.row or not alone or (len(cells) > 2 and not label)
    if not row:
        text = " ".join([cell.text for cell in cells])
        apart = run.x - last.end > 1.2 * run.size
        row = (apart and len(text) <= _SHORT and not label) or _reads_as_row(text)
    lines[first:] = [
        Cells(
            cells,
            max([run.y, *[part.y for part in parts]]),
            min([run.y, *[part.bottom for part in parts]]),
            run.size if label else begin.size,
            run.bold and (label or begin.bold),
            run.turn,
            row,
        )
    ]


def _joined(cells: list[Cell], run: Run) -> tuple[Cell, ...]:
    """`cells` and `run`, as a further cell or as the next line of the cell above it."""
    found: list[Cell] = []
    for cell in (*cells, Cell(run.text, run.x, run.end)):
        above = next((number for number, each in enumerate(found) if overlap(each, cell) > 0), None)
        if above is None:
            found.append(cell)
        else:
            each = found[above]
            found[above] = Cell(f"{each.text} {cell.text}", min(each.x, cell.x), max(each.end, cell.end))
    return tuple(found)


def overlap(one: Cell, other: Cell) -> float:
    """By how many points two cells stand over each other, negative where they stand apart."""
    return min(one.end, other.end) - max(one.x, other.x)


def _row_start(lines: list[Cells], run: Run) -> int | None:
    """The index from which `lines` and `run` are one row, or None when `run` stands for itself."""
    if not lines:
        return None
    last, slack = lines[-1], 0.35 * run.size
    if (
        run.turn != last.turn
        or run.x <= last.x + 0.5
        or len(last.cells) * 8 > _LONGEST_ROW
        or len(last.text) > _LONGEST_ROW
    ):
        return None
    if abs(last.y - run.y) <= slack:
        return len(lines) - 1
    if last.row and run.x > last.x + 2 * run.size and last.bottom - 1.3 * run.size <= run.y <= last.y + slack:
        return len(lines) - 1
    if 0 < run.y - last.y <= _CELL_RISE * run.size and run.x > last.end and len(last.text) <= _SHORT:
        # Beside a row further up, it begins a table of its own.
        other_table = last.row and any(line.row and abs(line.y - run.y) <= slack for line in lines[-_CELL_LINES:-1])
        return None if other_table else len(lines) - 1
    for index in range(len(lines) - 1, max(-1, len(lines) - 1 - _CELL_LINES), -1):
        line = lines[index]
        if line.end > run.x + run.size or line.row or line.turn != run.turn:
            return None
        if abs(line.y - run.y) <= slack:
            return index
    return None


def _reads_as_row(text: str) -> bool:
    """Two or more numbers at the end, or dots that lead to a page number."""
    if text[-1].isalpha():
        return " .... " in text
    words = text.rsplit(maxsplit=2)
    return (len(words) == 3 and all(map(NUMBER.match, words[-2:]))) or " .... " in text


def plain(line: Cells, page: int) -> Line:
    """A line whose cells read on."""
    return Line(line.text, page, line.x, line.y, line.size, line.bold, line.end, line.bottom, line.row)


def with_cells(line: Cells, cells: Sequence[Cell]) -> Cells:
    """A line that has other cells."""
    return line._replace(cells=tuple(cells))
