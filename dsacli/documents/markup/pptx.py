"""Presentations, walked as XML: every shape's text, tables, charts, speaker notes and comments, slide by slide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dsacli.documents.document import Document
from dsacli.documents.markup.archive import Archive, attribute, local
from dsacli.documents.markup.draft import Draft, flat
from dsacli.documents.markup.drawings import write_graphics
from dsacli.documents.markup.grid import COLUMNS, Cell, write_grid

if TYPE_CHECKING:
    from lxml.etree import _Element

_TITLES = frozenset(["title", "ctrTitle"])
# Placeholders that hold the same on every slide; the number of a slide is its place anyway.
_REPEATED = frozenset(["dt", "ftr", "hdr"])
_ON = frozenset(["1", "true", "on"])


def parse_pptx(name: str, data: bytes) -> Document:
    """The document in a presentation, its places "slide 3" and "slide 3, notes".

    Raises DsacliError, and whatever damage makes lxml raise.
    """
    archive, draft = Archive(name, data), Draft(name)
    main = next(iter(archive.related("", "officeDocument")), "ppt/presentation.xml")
    relations = archive.relations(main)
    show = _Show(draft, archive)
    for number, each in enumerate(archive.xml(main).iterfind(".//{*}sldIdLst/{*}sldId"), 1):
        # Both its own id and the relation's are called "id"; only the latter has a namespace.
        reference = next((value for key, value in each.attrib.items() if str(key).endswith("}id")), "")
        _, path = relations.get(str(reference), ("", ""))
        if path in archive:
            show.slide(number, path)
        else:
            draft.warn(f"slide {number} is missing from the file")
    return draft.document("pptx")


class _Show:
    """A presentation on its way into a draft."""

    def __init__(self, draft: Draft, archive: Archive) -> None:
        self.draft, self.archive = draft, archive
        self.said: set[str] = set()

    def slide(self, number: int, path: str) -> None:
        root = self.archive.xml(path)
        if root.get("show") in ("0", "false"):
            self.draft.warn(f"slide {number} is hidden in the show, and is read")
        self.draft.place(f"slide {number}")
        for tree in root.iterfind("{*}cSld/{*}spTree"):
            self.shapes(tree, path)
        for notes in self.archive.related(path, "notesSlide"):
            self.draft.place(f"slide {number}, notes")
            for shape in self.archive.xml(notes).iter("{*}sp"):
                if _placeholder(shape) == "body":
                    for text in _paragraphs(shape):
                        self.draft.paragraph(text)
        for comments in self.archive.related(path, "comments"):
            self.draft.place(f"slide {number}, comments")
            for each in self.archive.xml(comments).iter("{*}text", "{*}txBody"):
                self.draft.paragraph(each.text if local(each) == "text" else " ".join(_paragraphs(each)))

    def shapes(self, tree: _Element, path: str) -> None:
        """Write what stands on a slide, in the order in which it was put there."""
        for shape in tree:
            tag = local(shape)
            if tag == "sp":
                self.shape(shape)
            elif tag in ("grpSp", "AlternateContent", "Choice"):
                self.shapes(shape, path)
            elif tag == "graphicFrame":
                tables = list(shape.iter("{*}tbl"))
                for table in tables:
                    write_grid(self.draft, _rows(table))
                if not tables:
                    write_graphics(self.draft, self.archive, path, shape)
            elif tag == "pic":
                self.draft.warn("pictures are not read")

    def shape(self, shape: _Element) -> None:
        kind, texts = _placeholder(shape), list(_paragraphs(shape))
        if kind == "sldNum":
            return
        if kind in _TITLES:
            self.draft.heading(" ".join(texts), 1)
        elif kind in _REPEATED:
            for text in texts:
                if text not in self.said:
                    self.said.add(text)
                    self.draft.paragraph(text)
        else:
            write = self.draft.item if kind is not None and len(texts) > 1 else self.draft.paragraph
            for text in texts:
                write(text)


def _placeholder(shape: _Element) -> str | None:
    """What a shape holds the place of ("title"; "body" where it does not say), None where it is free."""
    found = shape.find("{*}nvSpPr/{*}nvPr/{*}ph")
    return None if found is None else found.get("type", "body")


def _paragraphs(element: _Element) -> Iterator[str]:
    """The texts of the paragraphs in an element, without empty ones."""
    for paragraph in element.iter("{*}p"):
        text = flat(
            "".join(" " if local(each) == "br" else each.text or "" for each in paragraph.iter("{*}t", "{*}br"))
        )
        if text:
            yield text


def _rows(table: _Element) -> list[list[Cell]]:
    properties = table.find("{*}tblPr")
    titled = properties is not None and properties.get("firstRow") in _ON
    rows = []
    for number, row in enumerate(table.iterfind("{*}tr")):
        cells = []
        for each in row.iterfind("{*}tc"):
            if each.get("hMerge") in _ON or each.get("vMerge") in _ON:
                continue
            columns, down = (_small(attribute(each, name)) for name in ("gridSpan", "rowSpan"))
            cells.append(Cell("\n".join(_paragraphs(each)), columns, down, titled and number == 0))
        rows.append(cells)
    return rows


def _small(number: str | None) -> int:
    return min(COLUMNS, int(number)) if number and number.isdigit() else 1
