"""Workbooks, by openpyxl row by row: every sheet's tables, the values that were last computed, and its comments."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from dsacli.documents.document import Document
from dsacli.documents.heads import joined_head
from dsacli.documents.markup.archive import Archive
from dsacli.documents.markup.cell_formats import shown
from dsacli.documents.markup.draft import Draft
from dsacli.documents.markup.drawings import write_chart
from dsacli.documents.markup.grid import COLUMNS
from dsacli.documents.markup.rows import Labels, find_labels
from dsacli.documents.pairs import are_pairs, paired

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

_LOOKED_AT = 20
"""Rows on top of a table that tell whether its first one holds headings."""

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_NEVER_COMPUTED = re.compile(rb"</(?:\w+:)?f>\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>")
# openpyxl makes a row for every number up to one that a sheet claims.
_TOO_FAR = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br\s*=\s*["']\d{8}""")
# Cells that one merge, and all of a sheet, may fill with their values; larger ones only decorate.
_LARGEST_MERGE, _ALL_MERGES = 10_000, 500_000

Row = tuple[int, list[str]]
"""The number of a row, as the sheet has it, and its cells as they are shown."""


def parse_xlsx(name: str, data: bytes) -> Document:
    """The document in a workbook: each sheet a section, its rows at "sheet Orders, row 5". Hidden sheets are read, and said to be.

    Raises DsacliError, and whatever damage makes openpyxl raise.
    """
    import openpyxl

    archive, draft = Archive(name, data), Draft(name)
    for path in archive.paths:
        if path.startswith("xl/") and path.endswith(".xml"):
            archive.read(path)  # within the limits, before openpyxl reads it with none
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that openpyxl does not keep
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                draft.warn(f"sheet {sheet.title} is hidden, and is read")
            _write_sheet(draft, archive, sheet)
        for sheet in book.chartsheets:
            draft.warn(f"sheet {sheet.title} is a chart, and is not read")
    return draft.document("xlsx")


def _write_sheet(draft: Draft, archive: Archive, sheet: ReadOnlyWorksheet) -> None:
    place, path = f"sheet {sheet.title}", sheet._worksheet_path.lstrip("/")
    markup = archive.read(path) if path in archive else b""
    if _TOO_FAR.search(markup):
        raise ValueError("a row beyond the last one that a sheet has")
    if _NEVER_COMPUTED.search(markup):
        draft.warn(f"{place}: formulas that no program has computed have no value")
    sheet.reset_dimensions()  # they may claim a million columns
    draft.place(place)
    draft.heading(sheet.title, 1)
    for table in _tables(_rows(draft, sheet, _merges(markup))):
        _write_table(draft, table, place)
    for comments in archive.related(path, "comments"):
        for each in archive.xml(comments).iter("{*}comment"):
            draft.place(f"{place}, cell {each.get('ref', '?')}")
            draft.paragraph("Comment: " + "".join(text.text or "" for text in each.iter("{*}t")))
    for drawing in archive.related(path, "drawing"):
        draft.place(f"{place}, drawing")
        for paragraph in archive.xml(drawing).iter("{http://schemas.openxmlformats.org/drawingml/2006/main}p"):
            draft.paragraph("".join(text.text or "" for text in paragraph.iter("{*}t")))
        for chart in archive.related(drawing, "chart"):
            write_chart(draft, archive.xml(chart))
        if archive.related(drawing, "image"):
            draft.warn("pictures are not read")


def _rows(draft: Draft, sheet: ReadOnlyWorksheet, merges: dict[int, list[tuple[int, int, int]]]) -> Iterator[Row]:
    """The rows of a sheet, a merged cell's value in every column and row that it takes."""
    above: dict[tuple[int, int], str] = {}
    for number, row in enumerate(sheet.iter_rows(), 1):
        if len(row) > COLUMNS:
            draft.warn(f"sheet {sheet.title}: columns beyond the first {COLUMNS:,} are not read")
        cells = [_text(cell) for cell in row[:COLUMNS]]
        for top, left, right in merges.get(number, ()):
            if number == top:
                above[top, left] = cells[left - 1] if left <= len(cells) else ""
            cells.extend([""] * (right - len(cells)))
            cells[left - 1 : right] = [above.get((top, left), "")] * (right - left + 1)
        while cells and not cells[-1]:
            cells.pop()
        yield number, cells


def _text(cell: Any) -> str:
    return "" if cell.value is None else shown(cell.value, cell.number_format or "General")


def _merges(markup: bytes) -> dict[int, list[tuple[int, int, int]]]:
    """By row, the (top row, first column, last column) of the merged cells in it."""
    from openpyxl.utils import column_index_from_string

    found: dict[int, list[tuple[int, int, int]]] = {}
    left_over = _ALL_MERGES
    for match in _MERGED.finditer(markup):
        left, right = (column_index_from_string(match[each].decode()) for each in (1, 3))
        top, bottom = int(match[2]), int(match[4])
        area = (bottom - top + 1) * (right - left + 1)
        if left <= right <= COLUMNS and area <= min(_LARGEST_MERGE, left_over):
            left_over -= area
            for number in range(top, bottom + 1):
                found.setdefault(number, []).append((top, left, right))
    return found


def _tables(rows: Iterable[Row]) -> Iterator[Iterator[Row]]:
    """Runs of rows between empty ones; each has to be used up before the next."""
    rows = iter(rows)

    def run(first: Row) -> Iterator[Row]:
        yield first
        for row in rows:
            if not any(row[1]):
                return
            yield row

    for row in rows:
        if any(row[1]):
            yield run(row)


def _write_table(draft: Draft, rows: Iterator[Row], place: str) -> None:
    labels: Labels | None = None
    first: list[Row] = []
    draft.end_of_table()
    # What stands above the headings: a title in one cell, or one across all of them.
    for row in rows:
        if len(set(filter(None, row[1]))) > 1:
            first.append(row)
            break
        draft.place(f"{place}, row {row[0]}")
        draft.paragraph(next(filter(None, row[1])))
    for row in rows:
        first.append(row)
        if len(first) == _LOOKED_AT:
            break
    if first:
        left = min(next(number for number, cell in enumerate(cells) if cell) for _, cells in first)
        looked_at = [cells[left:] for _, cells in first]
        joined = joined_head(*looked_at[:2]) if len(first) > 2 else None
        if joined:
            first, looked_at = [(first[1][0], [""] * left + joined), *first[2:]], [joined, *looked_at[2:]]
        form = are_pairs(looked_at)
        labels = None if form else find_labels(looked_at, pairs=True)
        labels = labels and ("",) * left + labels
        pairs = form or (labels is None and max(map(len, looked_at)) == 2)
        first = first[1:] if labels else first
        for number, cells in (*first, *rows):
            draft.place(f"{place}, row {number}")
            if pairs and len(cells) in (left + 2, left + 4) and cells[left]:
                draft.row(paired(cells[left:]), None)
            else:
                draft.row(cells if labels else cells[left:], labels)
