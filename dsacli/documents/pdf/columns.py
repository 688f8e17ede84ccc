"""The order in which the lines of a PDF page are read: columns one after the other, what stands on top first."""

from __future__ import annotations

from collections.abc import Sequence

from dsacli.documents.pdf.lines import Cell, Cells
from dsacli.documents.pdf.runs import Run

# Columns of fewer lines that stand beside each other are taken for cells of a row.
_FEWEST = 4
# Characters of a usual line of a column; shorter ones are cells of a table.
_PROSE = 18
# A page in more pieces is no text that anybody set in columns.
_MOST_BLOCKS = 150


def by_rows(runs: list[Run]) -> list[Run]:
    """The runs of a page, with tables that were drawn column by column in the order of their rows."""
    strips: list[list[Run]] = []
    for run in runs:
        above = strips[-1][-1] if strips else None
        if above is None or not (above.y - run.y > 0.5 * run.size and run.x < above.end and above.x < run.end):
            strips.append([])
        strips[-1].append(run)
    found: list[Run] = []
    at = 0
    while at < len(strips):
        end = at + 1
        while end < len(strips) and _stands_beside(strips[at], strips[end - 1], strips[end]):
            end += 1
        table = [run for strip in strips[at:end] for run in strip]
        found += sorted(table, key=lambda run: (-run.y, run.x)) if end > at + 1 else table
        at = end
    return found


def _stands_beside(first: list[Run], before: list[Run], strip: list[Run]) -> bool:
    """Whether `strip` is a column of the table that `first` begins: short cells, on the baselines of the first column's."""
    if len(first) < 3 or len(strip) < 3 or strip[0].turn != first[0].turn:
        return False
    if any(sum(len(run.text) for run in each) > _PROSE * len(each) for each in (first, strip)):
        return False
    if min(run.x for run in strip) <= max(run.end for run in before):
        return False
    heights = [run.y for run in first]
    level = sum(any(abs(run.y - height) < 0.2 * run.size for height in heights) for run in strip)
    return level >= 3 and level >= 0.8 * len(strip)


def in_reading_order(lines: list[Cells]) -> list[Cells]:
    """The lines of a page that came in the order in which they were drawn."""
    return _settled(_unwoven(lines))


def _unwoven(lines: list[Cells]) -> list[Cells]:
    """The lines, with columns that were drawn row by row parted again."""
    found: list[Cells] = []
    at = 0
    while at < len(lines):
        end, gutter = _columns_from(lines, at)
        if end == at:
            found.append(lines[at])
            at += 1
            continue
        left = [_only(line, [cell for cell in line.cells if cell.end <= gutter]) for line in lines[at:end]]
        right = [_only(line, [cell for cell in line.cells if cell.end > gutter]) for line in lines[at:end]]
        found += [line for line in left if line is not None]
        found += _unwoven([line for line in right if line is not None])
        at = end
    return found


def _only(line: Cells, cells: Sequence[Cell]) -> Cells | None:
    if not cells:
        return None
    return line._replace(cells=tuple(cells), row=line.row and len(cells) > 1)


def _columns_from(lines: list[Cells], at: int) -> tuple[int, float]:
    """Where two columns that begin at the line `at` end, and a place between them; `at` itself where none begin."""
    if len(lines[at].cells) < 2 or len(lines[at].text) < _PROSE * len(lines[at].cells):
        return at, 0.0
    low, high = lines[at].cells[0].end, lines[at].cells[1].x
    end, both = at, 0
    while end < len(lines):
        line = lines[end]
        if end > at and not 0 < lines[end - 1].bottom - line.y < 3.5 * line.size:
            break
        left = [cell.end for cell in line.cells if cell.x < low]
        right = [cell.x for cell in line.cells if cell.x >= low]
        narrowed = max(low, *left) if left else low, min(high, *right) if right else high
        if narrowed[1] - narrowed[0] < 0.6 * line.size or len(left) > 1:
            break
        low, high = narrowed
        both += bool(left and right)
        end += 1
    part = lines[at:end]
    columns = [[cell for line in part for cell in line.cells if (cell.end <= low) == side] for side in (True, False)]
    if both < _FEWEST or both < 0.4 * len(part) or not all(map(_is_prose, columns)):
        return at, 0.0
    return end, low


def _is_prose(column: Sequence[Cell]) -> bool:
    """Whether the cells are lines of running text: long ones that reach the margin, few of them figures."""
    widths = [cell.end - cell.x for cell in column]
    full = sum(width > 0.7 * max(widths) for width in widths)
    text = "".join(cell.text for cell in column)
    return (
        full >= 0.55 * len(column)
        and len(text) >= _PROSE * len(column)
        and sum(map(str.isalpha, text)) > 0.6 * len(text)
        and sum(cell.text[0].islower() for cell in column) >= 0.25 * len(column)
    )


def _settled(lines: list[Cells]) -> list[Cells]:
    """The lines, with what was drawn too late put above what it stands above."""
    blocks: list[list[Cells]] = []
    for line in lines:
        above = blocks[-1][-1] if blocks else None
        if above is None or line.turn != above.turn or line.y > above.y + 0.5 * line.size or _is_far(above, line):
            blocks.append([])
        blocks[-1].append(line)
    if not 1 < len(blocks) <= _MOST_BLOCKS:
        return lines
    ordered: list[tuple[_Extent, list[Cells]]] = []
    for block in blocks:
        extent, at = _Extent(block), len(ordered)
        for number in range(len(ordered) - 1, -1, -1):
            if extent.is_above(ordered[number][0]):
                at = number
        ordered.insert(at, (extent, block))
    return [line for _, block in ordered for line in block]


def _is_far(above: Cells, line: Cells) -> bool:
    return above.bottom - line.y > 3 * max(line.size, above.size)


class _Extent:
    """Where a block of lines stands."""

    def __init__(self, block: Sequence[Cells]):
        self.turn = block[0].turn
        self.x, self.end = min(line.x for line in block), max(line.end for line in block)
        self.top, self.bottom = max(line.y for line in block), min(line.bottom for line in block)

    def is_above(self, other: _Extent) -> bool:
        """Whether all of it stands higher than `other`, and over it."""
        return self.turn == other.turn and self.bottom > other.top and min(self.end, other.end) > max(self.x, other.x)
