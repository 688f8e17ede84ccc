"""OpenDocument texts, spreadsheets and presentations: one walk over what all three are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dsacli.documents.document import Document
from dsacli.documents.markup.archive import Archive, attribute, local
from dsacli.documents.markup.draft import Draft, flat
from dsacli.documents.markup.grid import COLUMNS, Cell, write_grid
from dsacli.errors import DsacliError

if TYPE_CHECKING:
    from lxml.etree import _Element

_KINDS = {"text": "odt", "spreadsheet": "ods", "presentation": "odp"}
# Rows or columns that are written once and said to be repeated: more of them are only how a sheet is filled up.
_REPEATS = 1000
_NO_TEXT = frozenset("tracked-changes sequence-decls forms note-citation bookmark ruby-text annotation-end".split())


def parse_odf(name: str, data: bytes) -> Document:
    """The document in an OpenDocument file: the body with notes and comments after their paragraphs, then headers and footers.

    Its places are "paragraph 4" and "table 1, row 2", "sheet Orders, row 5", or "slide 3". Raises DsacliError, also for an
    encrypted file, and whatever damage makes lxml raise.
    """
    archive = Archive(name, data)
    if (
        "META-INF/manifest.xml" in archive
        and archive.xml("META-INF/manifest.xml").find(".//{*}encryption-data") is not None
    ):
        raise DsacliError(f"{name} is encrypted; save it without a password first")
    open_document = _OpenDocument(Draft(name))
    kind = "odt"
    for body in archive.xml("content.xml").iterfind("{*}body/*"):
        kind = _KINDS.get(local(body), kind)
        open_document.blocks(body, "")
    if "styles.xml" in archive:
        for margin in archive.xml("styles.xml").iter("{*}header", "{*}footer"):
            open_document.margin(margin)
    return open_document.draft.document(kind)


class _OpenDocument:
    """An OpenDocument file on its way into a draft."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.counted = dict.fromkeys(("paragraph", "table", "slide", "footnote", "comment", "text box"), 0)
        self.pending: list[_Element] = []
        self.slide = ""

    def blocks(self, container: _Element, place: str, listed: bool = False) -> None:
        """Write what stands in a part of the body; `place` names it where that is no paragraph of its own."""
        for element in container:
            tag = local(element)
            if tag in ("h", "p"):
                self.paragraph(element, place, listed)
            elif tag == "table":
                self.table(element)
            elif tag in ("list", "list-item", "list-header"):
                self.blocks(element, place, listed or tag != "list-header")
            elif tag == "page":
                self.slide = self._count("slide")
                self.blocks(element, self.slide)
            elif tag == "notes":
                self.blocks(element, f"{self.slide}, notes")
            elif tag == "tracked-changes":
                self.draft.warn("text that was deleted with track changes is left out")
            elif tag == "image":
                self.draft.warn("pictures are not read")
            elif tag == "annotation":
                self.pending.append(element)
                self._belongings(place)
            elif tag not in _NO_TEXT:
                self.blocks(element, place)

    def paragraph(self, element: _Element, place: str, listed: bool) -> None:
        text = "".join(self._runs(element))
        if text.strip():
            self.draft.place(place or self._count("paragraph"))
        if local(element) == "h":
            level = attribute(element, "outline-level") or "1"
            self.draft.heading(text, int(level) if level.isdigit() else 1)
        elif listed:
            self.draft.item(text)
        elif "\n" in text.strip():
            self.draft.lines("\n".join(map(flat, text.split("\n"))))
        else:
            self.draft.paragraph(text)
        self._belongings(place)

    def table(self, element: _Element) -> None:
        name = attribute(element, "name")
        sheet = local(element.getparent()) == "spreadsheet"
        place = f"sheet {name}" if sheet else self._count("table")
        if sheet:
            self.draft.place(place)
            self.draft.heading(name or "", 1)
        inner: list[_Element] = []
        rows: list[list[Cell]] = []
        for row, heading in _rows(element):
            cells = self._cells(row, heading, inner)
            filled = any(cell.text for cell in cells)
            rows.extend([cells if filled else []] * (min(_REPEATS, _repeated(row, "rows")) if filled else 1))
        for start, run in _parted(rows) if sheet else [(0, rows)]:
            write_grid(self.draft, run, place, start)
        self._belongings(place)
        for each in inner:
            self.table(each)

    def margin(self, element: _Element) -> None:
        """A header or footer, unless there is nothing but the number of a page in it."""
        text = "\n".join(filter(None, (flat("".join(self._runs(each))) for each in element.iter("{*}p", "{*}h"))))
        self.pending.clear()
        if sum(map(str.isalpha, text)) > len("page of"):
            self.draft.place(local(element))
            self.draft.lines(text)

    def _cells(self, row: _Element, heading: bool, inner: list[_Element]) -> list[Cell]:
        cells: list[Cell] = []
        for each in row:
            if local(each) != "table-cell":
                continue  # covered by one that spans
            inner.extend(each.iterfind("{*}table"))
            text = "\n".join(filter(None, ("".join(self._runs(line)) for line in each.iter("{*}p", "{*}h"))))
            if attribute(each, "value-type") == "date":
                text = (attribute(each, "date-value") or text).removesuffix("T00:00:00")
            columns, rows = (_repeated(each, name, "spanned") for name in ("columns", "rows"))
            cell = Cell(text.strip(), columns, rows, heading)
            cells.extend(
                [cell]
                * (min(_REPEATS, _repeated(each, "columns")) if cell.text else min(COLUMNS, _repeated(each, "columns")))
            )
            if len(cells) > COLUMNS:
                break
        while cells and not cells[-1].text:
            cells.pop()
        return cells

    def _runs(self, element: _Element) -> Iterator[str]:
        """The text of a paragraph; notes and boxes in it are kept for after it."""
        yield element.text or ""
        for child in element:
            tag = local(child)
            if tag in ("note", "annotation", "text-box"):
                self.pending.append(child)
            elif tag == "s":
                yield " "
            elif tag == "tab":
                yield "\t"
            elif tag == "line-break":
                yield "\n"
            elif tag == "image":
                self.draft.warn("pictures are not read")
            elif tag and tag not in _NO_TEXT:
                yield from self._runs(child)
            yield child.tail or ""

    def _belongings(self, place: str) -> None:
        pending, self.pending = self.pending, []
        for each in pending:
            kind = {"annotation": "comment", "note": "footnote"}.get(local(each), "text box")
            if kind == "text box":
                self.blocks(each, place or self._count(kind))
                continue
            texts = filter(None, (flat("".join(self._runs(line))) for line in each.iter("{*}p")))
            creator = each.find("{*}creator")
            who = f"Comment by {creator.text}: " if creator is not None and creator.text else ""
            self.draft.place(self._count(kind))
            self.draft.paragraph(who + " ".join(texts))

    def _count(self, kind: str) -> str:
        self.counted[kind] += 1
        return f"{kind} {self.counted[kind]}"


def _rows(table: _Element) -> Iterator[tuple[_Element, bool]]:
    """The rows of a table, each with whether it is marked as headings."""
    for child in table:
        tag = local(child)
        if tag == "table-row":
            yield child, False
        elif tag == "table-header-rows":
            yield from ((row, True) for row, _ in _rows(child))
        elif tag in ("table-rows", "table-row-group"):
            yield from _rows(child)


def _parted(rows: list[list[Cell]]) -> Iterator[tuple[int, list[list[Cell]]]]:
    """The tables of a sheet, which empty rows part, each with the number of rows before it."""
    start = 0
    for number in range(len(rows) + 1):
        if number == len(rows) or not rows[number]:
            if number > start:
                yield start, rows[start:number]
            start = number + 1


def _repeated(element: _Element, what: str, how: str = "repeated") -> int:
    found = attribute(element, f"number-{what}-{how}") or ""
    return int(found) if found.isdigit() and len(found) < 8 else 1
