"""Tables with cells that span columns and rows, as all markup has them, into rows with labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dsacli.documents.heads import joined_head
from dsacli.documents.markup.draft import Draft, flat
from dsacli.documents.markup.rows import Labels, as_labels, find_labels
from dsacli.documents.pairs import are_pairs, paired

COLUMNS = 1000
"""More columns of a table are not read."""

_HEADING_ROWS = 4
# Characters, a cell for one at least, that may fill further columns and rows; past them a cell stands once.
_REPEATED = 1_000_000


@dataclass(eq=False)
class Cell:
    """A cell as it is written down: its text, the columns and rows it takes, and whether it is marked as a heading."""

    text: str
    columns: int = 1
    rows: int = 1
    heading: bool = False


def write_grid(draft: Draft, rows: Sequence[Sequence[Cell]], place: str = "", before: int = 0) -> None:
    """Write a table, each row labelled by the headings above it; one of a single column is a run of paragraphs.

    place: what the table is called; its rows then stand at "`place`, row 2", where `before` rows are not of this table.
    """
    grid = spread(rows)
    texts = [[flat(cell.text) for cell in line] for line in grid]
    # A cell across the whole table is what comes under it is called, no row of it.
    across = [len(line) > 1 and len(set(line)) == 1 for line in grid]
    body = [number for number in range(len(grid)) if not across[number]]
    form = are_pairs([texts[number] for number in body])
    top, labels = (
        (0, None) if form else _headings([grid[number] for number in body], [texts[number] for number in body])
    )
    heads = frozenset(body[:top])
    draft.end_of_table()
    for number, cells in enumerate(texts):
        if place:
            draft.place(f"{place}, row {before + number + 1}")
        if number in heads:
            continue
        if across[number] or len(cells) < 2:
            draft.lines(grid[number][0].text if cells else "")
        elif form or (len(cells) == 2 and labels is None and all(cells)):
            draft.row(paired(cells), None)
        else:
            draft.row(cells, labels)
    if labels is not None and top == len(body):
        draft.row(labels, None)  # headings of nothing are still said
    draft.end_of_table()


def spread(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """The table as a grid: a cell stands in every column and row that it takes.

    >>> [[cell.text for cell in line] for line in spread([[Cell("a", rows=2), Cell("b")], [Cell("c")]])]
    [['a', 'b'], ['a', 'c']]
    """
    grid: list[list[Cell]] = []
    left = _REPEATED
    hanging: dict[int, tuple[Cell, int]] = {}  # by column, what reaches down from above, and through how many more rows
    for row in rows:
        line: list[Cell] = []
        cells = iter(row)
        below: dict[int, tuple[Cell, int]] = {}
        while len(line) < COLUMNS:
            column = len(line)
            if column in hanging:
                cell, more = hanging.pop(column)
                left -= 1 + len(cell.text)
                line.append(cell)
                if more > 1 and left > 0:
                    below[column] = cell, more - 1
                continue
            cell_here = next(cells, None)
            if cell_here is None:
                if not hanging:
                    break
                line.append(Cell(""))  # a short row above what hangs further right
                continue
            for each in range(column, min(COLUMNS, column + cell_here.columns)):
                left -= 1 + len(cell_here.text) if each > column else 0
                line.append(cell_here if left > 0 or each == column else Cell(""))
                hanging.pop(each, None)
                if cell_here.rows > 1 and left > 0:
                    below[each] = cell_here, cell_here.rows - 1
        hanging = below
        grid.append(line)
    return grid


def _headings(grid: Sequence[Sequence[Cell]], texts: Sequence[Sequence[str]]) -> tuple[int, Labels | None]:
    """How many rows on top are headings, and what each column is called; those that are marked as such, else the first if it looks so."""
    top = 0
    while top < min(len(grid), _HEADING_ROWS) and all(cell.heading or not cell.text for cell in grid[top]):
        top += 1
    joined = joined_head(texts[0], texts[1]) if not top and len(texts) > 2 else None
    if joined:
        return 2, as_labels(joined)
    if not top:
        labels = find_labels(texts)
        return (1, labels) if labels else (0, None)
    width = max(map(len, texts[:top]))
    columns = [dict.fromkeys(line[column] for line in texts[:top] if column < len(line)) for column in range(width)]
    return top, as_labels([" ".join(filter(None, column)) for column in columns])
