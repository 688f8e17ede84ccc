"""Tables of a PDF page: rows whose cells stand in columns, written with bars, so that an empty cell keeps its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from dsacli.documents.heads import joined_head
from dsacli.documents.pairs import are_pairs, paired
from dsacli.documents.pdf.lines import NUMBER, Cell, Cells, Line, overlap, plain, with_cells

# A list of names and values is as clear without bars; from three columns on, cells are told by their heads.
_FEWEST_COLUMNS = 3
_SIGNS = ("", "$", "€", "£", "¥", "US$", "CHF", "EUR", "USD", "GBP")
_YEAR, _FIGURE = re.compile(r"(?:\d{1,2} \w+ )?(?:19|20)\d\d"), re.compile(r"\d")
# "Date: 12 March 2024"
_LABELLED = re.compile(r"[^\W\d_][^:|]{0,40}:\s*\S")


def set_lines(lines: Sequence[Cells], page: int) -> list[Line]:
    """The lines of a page in reading order; those of a table as rows "| cell | cell | cell |"."""
    found: list[Line] = []
    at = 0
    while at < len(lines):
        end = at + 1
        while end < len(lines) and _may_be_row(lines, at, end):
            end += 1
        for part in _by_distance(lines[at:end]):
            found += _set_rows(part, page)
        at = end
    return found


def _set_rows(lines: Sequence[Cells], page: int) -> list[Line]:
    """Lines that may be rows, as those of one table, else of several, else as they are."""
    rows = _table(lines)
    if rows:
        return [_barred(line, page) for line in rows]
    # At a title or a sentence, or after it, another table may begin.
    for number, line in enumerate(lines):
        if number > 0 and (len(line.cells) == 1 or len(line.cells) != len(lines[number - 1].cells)):
            rows = _table(lines[number:])
            if rows:
                return [*_set_rows(lines[:number], page), *(_barred(line, page) for line in rows)]
    return [line for each in _beside(lines) or lines for line in _listed(each, page)]


def _beside(lines: Sequence[Cells]) -> list[Cells]:
    """Two lists of the same labels that stand beside each other, such as the signatures of two parties, one after the other."""
    pairs = [[cell.text.partition(":") for cell in line.cells] for line in lines]
    if any(len(pair) != 2 for pair in pairs) or sum(one[0] == two[0] and bool(one[1]) for one, two in pairs) < 2:
        return []
    return [line._replace(cells=line.cells[side : side + 1], row=False) for side in (0, 1) for line in lines]


def _listed(line: Cells, page: int) -> list[Line]:
    """A line that belongs to no table; labels with their values that stand beside each other as a line each."""
    if len(line.cells) < 2 or not all(_LABELLED.match(cell.text) for cell in line.cells):
        return [plain(line, page)]
    return [plain(with_cells(line, [cell]), page) for cell in line.cells]


def _may_be_row(lines: Sequence[Cells], at: int, number: int) -> bool:
    line, above = lines[number], lines[number - 1]
    if not lines[at].row or len(lines[at].cells) < 2:
        return False
    if line.turn != above.turn or not 0 < above.bottom - line.y < 4 * max(line.size, above.size):
        return False
    if len(line.cells) > 1:
        return line.row
    # A title among the rows, such as "Current assets", or a row with one value.
    following = lines[number + 1 : number + 2]
    return (
        bool(following)
        and line.text[-1] not in ".?!"
        and len(following[0].cells) > 1
        and following[0].row
        and line.bottom - following[0].y < 4 * line.size
        and len(line.text) <= 50
    )


def _by_distance(lines: Sequence[Cells]) -> list[Sequence[Cells]]:
    """The lines, parted where the distance between two is clearly larger than the others."""
    distances = [above.bottom - line.y for above, line in zip(lines, lines[1:])]
    if not distances:
        return [lines]
    usual = sorted(distances)[len(distances) // 3]
    bounds = [
        number
        for number, distance in enumerate(distances, 1)
        if distance > 1.6 * usual and distance > 2 * lines[number].size
    ]
    return [lines[low:high] for low, high in zip([0, *bounds], [*bounds, len(lines)])]


def _table(lines: Sequence[Cells]) -> list[Cells]:
    """The rows of a table with a cell for each column, empty ones too; none where the lines are no table."""
    if len(lines) < 2 or len(lines[0].cells) < 2:
        return []
    columns = _columns(lines)
    most = max(len(line.cells) for line in lines)
    if len(columns) < _FEWEST_COLUMNS or len(columns) > most + (len(columns) > 4):
        return []
    if sum(all(_LABELLED.match(cell.text) for cell in line.cells) for line in lines) > len(lines) / 3:
        return []
    rows = []
    for line in lines:
        row = _in_columns(line, columns)
        if row is None:
            return []
        rows.append(row)
    rows = _with_whole_cells(_with_head(_with_signs(rows)))
    return list(map(_paired, rows)) if are_pairs([[cell.text for cell in row.cells] for row in rows]) else rows


def _columns(lines: Sequence[Cells]) -> list[Cell]:
    """The places of the columns, from left to right: those of the rows with most cells, and what stands free of them."""
    columns: list[Cell] = []
    for line in sorted(lines, key=lambda line: -len(line.cells)):
        for cell in line.cells:
            over = [column for column in columns if overlap(column, cell) > 0]
            if not over:
                columns.append(cell)
            elif len(over) == 1:
                columns.remove(over[0])
                columns.append(Cell("", min(over[0].x, cell.x), max(over[0].end, cell.end)))
    return sorted(columns, key=lambda column: column.x)


def _in_columns(line: Cells, columns: Sequence[Cell]) -> Cells | None:
    """The line with a cell for each column; None when two of its cells stand in one."""
    cells = [Cell("", column.x, column.x) for column in columns]
    for cell in line.cells:
        best = max(range(len(columns)), key=lambda number: overlap(columns[number], cell))
        if cells[best].text:
            return None
        cells[best] = cell
    return with_cells(line, cells)


def _with_signs(rows: list[Cells]) -> list[Cells]:
    """The rows, with the signs of money that stand in columns of their own put to the figures behind them."""
    columns = list(zip(*(row.cells for row in rows)))
    signs = [
        column
        for column, cells in enumerate(columns[:-1])
        if any(cell.text for cell in cells) and all(cell.text in _SIGNS for cell in cells)
    ]
    for column in reversed(signs):
        rows = [
            with_cells(row, [*row.cells[:column], _behind(*row.cells[column : column + 2]), *row.cells[column + 2 :]])
            for row in rows
        ]
    return rows


def _behind(sign: Cell, figure: Cell) -> Cell:
    return Cell(sign.text + figure.text, sign.x if sign.text else figure.x, figure.end)


def _paired(row: Cells) -> Cells:
    """A row of labels and values, each value in one cell with its label."""
    cells = [
        Cell(text, label.x, max(label.end, value.end))
        for label, value in zip(row.cells[::2], row.cells[1::2])
        for text in paired([label.text, value.text])
    ]
    return with_cells(row, cells)


def _with_head(rows: list[Cells]) -> list[Cells]:
    """The rows, with a head of two lines ("Year ended" over "2023") in one."""
    first, second = rows[0].cells, rows[1].cells
    texts = joined_head([cell.text for cell in first], [cell.text for cell in second])
    if texts:
        return [with_cells(rows[1], [Cell(text, cell.x, cell.end) for text, cell in zip(texts, second)]), *rows[2:]]
    if (
        first[0].text
        or not second[0].text
        or any(NUMBER.match(cell.text) and not _YEAR.match(cell.text) for cell in second)
    ):
        return rows
    head = [Cell(f"{one.text} {two.text}".strip(), two.x, two.end) for one, two in zip(first, second)]
    return [with_cells(rows[1], head), *rows[2:]]


def _with_whole_cells(rows: list[Cells]) -> list[Cells]:
    """The rows, with the second lines of wrapped cells put to the first."""
    if len(rows) < 3:
        return rows
    pitch = median(above.bottom - row.y for above, row in zip(rows, rows[1:]))
    found: list[Cells] = []
    for row in rows:
        filled = [cell for cell in row.cells if cell.text]
        close = bool(found) and found[-1].bottom - row.y < min(0.85 * pitch, 1.4 * row.size)
        if close and not row.cells[0].text and not any(NUMBER.match(cell.text) for cell in filled):
            above = found.pop()
            cells = [Cell(f"{one.text} {two.text}".strip(), one.x, one.end) for one, two in zip(above.cells, row.cells)]
            row = Cells(tuple(cells), above.y, row.bottom, above.size, above.bold, above.turn, True)
        found.append(row)
    return found


def _barred(line: Cells, page: int) -> Line:
    text = f"| {' | '.join(cell.text.replace('|', '/') for cell in line.cells)} |"
    return Line(text, page, line.x, line.y, line.size, line.bold, line.end, line.bottom, True)
