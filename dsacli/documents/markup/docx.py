"""Word documents, walked as XML: python-docx leaves out footnotes, text boxes, insertions, content controls and the numbers of clauses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dsacli.documents.document import Document
from dsacli.documents.markup.archive import Archive, attribute, local
from dsacli.documents.markup.draft import Draft, flat
from dsacli.documents.markup.drawings import write_graphics
from dsacli.documents.markup.grid import Cell, write_grid
from dsacli.documents.markup.word_styles import Style, attribute_of, paragraph_style, read_numbering, read_styles

if TYPE_CHECKING:
    from lxml.etree import _Element

_WRAPPERS = frozenset(
    "sdt sdtContent ins moveTo smartTag customXml body hdr ftr txbxContent comment footnote endnote".split()
)
_DELETED = frozenset("del moveFrom".split())
_NOT_TEXT = frozenset("pPr rPr sdtPr sdtEndPr instrText delText tblPr tblGrid trPr tcPr sectPr Fallback rt".split())
_CHARACTERS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "\u00ad", "ptab": " "}
_NOTES = {"footnoteReference": "footnote", "endnoteReference": "endnote", "commentReference": "comment"}
_PAGE_NUMBER = re.compile(r"\W*(?:page|seite|p\.)?[\W\d]*(?:of|von|/)?[\W\d]*", re.IGNORECASE)


def parse_docx(name: str, data: bytes) -> Document:
    """The document in a Word file: the body in order, each note, comment and text box after the paragraph that it belongs to, then
    headers and footers. What was deleted with track changes is left out, what was inserted is read.

    Raises DsacliError, and whatever damage makes lxml raise.
    """
    archive = Archive(name, data)
    main = next(iter(archive.related("", "officeDocument")), "word/document.xml")
    word = _Word(Draft(name), archive, main)
    for body in archive.xml(main).iter("{*}body"):
        word.blocks(body, "")
    word.rest()
    for kind in ("header", "footer"):
        for text in dict.fromkeys(word.part_text(path) for path in archive.related(main, kind)):
            if not _PAGE_NUMBER.fullmatch(text):
                word.draft.place(kind)
                word.draft.lines(text)
    return word.draft.document("docx")


class _Word:
    """A Word document on its way into a draft."""

    def __init__(self, draft: Draft, archive: Archive, main: str) -> None:
        self.draft, self.archive, self.main = draft, archive, main
        self.styles, self.numbering = read_styles(archive, main), read_numbering(archive, main)
        self.notes = {kind: self._read_notes(kind) for kind in dict.fromkeys(_NOTES.values())}
        self.counted = dict.fromkeys(("paragraph", "table", "text box", *self.notes), 0)
        self.pending: list[tuple[str, str]] = []  # (kind, id) of the notes that the paragraph at hand refers to
        self.boxes: list[_Element] = []
        self.graphics: list[_Element] = []

    def blocks(self, container: _Element, place: str) -> None:
        """Write paragraphs and tables; `place` names where they stand, where that is not the body."""
        for element in container:
            tag = local(element)
            if tag == "p":
                self.paragraph(element, place)
            elif tag == "tbl":
                self.table(element, place)
            elif tag in _WRAPPERS:
                self.blocks(element, place)
            elif tag == "altChunk":
                self.draft.warn("an embedded document is not read")
            elif tag in _DELETED:
                self.deleted()

    def paragraph(self, element: _Element, place: str) -> None:
        style = self._style(element)
        text = self.text(element)
        label = self.numbering.next(style.number, style.number_level) if style.number and text.strip() else None
        if text.strip():
            self.draft.place(place or self._count("paragraph"))
        if style.heading is not None and len(text) < 300:
            self.draft.heading(f"{label or ''} {text}", style.heading)
        elif label == "":
            self.draft.item(text)
        elif "\n" in text.strip():
            self.draft.lines("\n".join(map(flat, f"{label or ''} {text}".split("\n"))))
        else:
            self.draft.paragraph(f"{label or ''} {text}")
        self._belongings(place)

    def text(self, element: _Element) -> str:
        """The text in a paragraph; notes and boxes that it refers to are kept for after it."""
        return "".join(self._runs(element))

    def table(self, element: _Element, place: str) -> None:
        name = place or self._count("table")
        inner: list[_Element] = []
        above: dict[int, Cell] = {}
        rows = []
        for row in _inside(element, "tr"):
            if row.find("{*}trPr/{*}del") is not None:
                self.deleted()
                continue
            heading = row.find("{*}trPr/{*}tblHeader") is not None
            cells, column = [], 0
            for each in _inside(row, "tc"):
                properties = each.find("{*}tcPr")
                span = attribute_of(properties, "gridSpan") if properties is not None else None
                width = min(100, int(span)) if span and span.isdigit() else 1
                merged = properties.find("{*}vMerge") if properties is not None else None
                if merged is not None and attribute(merged, "val") != "restart" and column in above:
                    above[column].rows += 1
                else:
                    above[column] = Cell(self._cell(each, inner), width, heading=heading)
                    cells.append(above[column])
                column += width
            rows.append(cells)
        write_grid(self.draft, rows, name)
        self._belongings(place)
        for each in inner:
            self.table(each, place)

    def rest(self) -> None:
        """The notes and comments that no paragraph refers to."""
        self.pending = [(kind, number) for kind, notes in self.notes.items() for number in notes]
        self._belongings("")

    def part_text(self, path: str) -> str:
        """The text of a header or footer, without what it is drawn with."""
        root = self.archive.xml(path)
        lines = [flat(self.text(each)) for each in root.iter("{*}p")]
        self.boxes.clear()
        self.graphics.clear()
        return "\n".join(dict.fromkeys(filter(None, lines)))

    def deleted(self) -> None:
        self.draft.warn("text that was deleted with track changes is left out")

    def _style(self, element: _Element) -> Style:
        properties = element.find("{*}pPr")
        named = (
            self.styles.get(attribute_of(properties, "pStyle") or "", Style()) if properties is not None else Style()
        )
        own = paragraph_style(element)
        return Style(
            named.name,
            named.heading if own.heading is None else own.heading,
            own.number or named.number,
            own.number_level if own.number else named.number_level,
        )

    def _runs(self, element: _Element) -> Iterator[str]:
        for child in element:
            tag = local(child)
            if tag == "t":
                yield child.text or ""
            elif tag in _CHARACTERS:
                yield _CHARACTERS[tag]
            elif tag in _NOTES:
                self.pending.append((_NOTES[tag], attribute(child, "id") or ""))
            elif tag in _DELETED:
                self.deleted()
            elif tag == "AlternateContent":
                # The same thing drawn for newer and older programs.
                yield from self._runs(next((each for each in child if local(each) == "Choice"), child))
            elif tag == "txbxContent":
                self.boxes.append(child)
            elif tag in ("graphicData", "object"):
                self.graphics.append(child)
                yield from self._runs(child)
            elif tag not in _NOT_TEXT:
                yield from self._runs(child)

    def _cell(self, element: _Element, inner: list[_Element]) -> str:
        """The text of a cell, a line for each paragraph; the tables in it are put aside."""
        lines = []
        for child in element:
            if local(child) == "p":
                style = self._style(child)
                text = self.text(child)
                label = self.numbering.next(style.number, style.number_level) if style.number and text.strip() else None
                lines.append(f"{label or ''} {text}".strip())
            elif local(child) == "tbl":
                inner.append(child)
            elif local(child) in _WRAPPERS:
                lines.append(self._cell(child, inner))
        return "\n".join(filter(None, lines))

    def _belongings(self, place: str) -> None:
        """Write the notes, comments, boxes and graphics of what was just written."""
        pending, self.pending = self.pending, []
        boxes, self.boxes = self.boxes, []
        graphics, self.graphics = self.graphics, []
        for kind, number in pending:
            note = self.notes[kind].pop(number, None)
            if note is None:
                continue
            where = self._count(kind)
            author = attribute(note, "author")
            text = "\n".join(filter(None, (flat(self.text(each)) for each in note.iter("{*}p"))))
            self.draft.place(where)
            self.draft.lines(f"Comment by {author}: {text}" if kind == "comment" and author else text)
        for box in boxes:
            self.blocks(box, self._count("text box"))
        for each in graphics:
            self.draft.place(place or "figure")
            write_graphics(self.draft, self.archive, self.main, each)

    def _count(self, kind: str) -> str:
        self.counted[kind] += 1
        return f"{kind} {self.counted[kind]}"

    def _read_notes(self, kind: str) -> dict[str, _Element]:
        """By id; the lines that part notes from the text are none."""
        return {
            attribute(each, "id") or "": each
            for path in self.archive.related(self.main, f"{kind}s")
            for each in self.archive.xml(path)
            if attribute(each, "type") in (None, "normal")
        }


def _inside(element: _Element, tag: str) -> Iterator[_Element]:
    """The rows of a table, or the cells of a row, through what may be wrapped around them."""
    for child in element:
        if local(child) == tag:
            yield child
        elif local(child) in _WRAPPERS:
            yield from _inside(child, tag)
