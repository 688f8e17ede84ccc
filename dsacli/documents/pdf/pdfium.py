"""A PDF as PDFium has it: what it calls its pages, and the runs of each."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from typing import Any

import pypdfium2.raw as pdfium

from dsacli.documents.pdf.letters import Boxes, Letters
from dsacli.documents.pdf.refused import Unreadable

# Characters beside a picture that covers so much of its page that they are no text of it.
_FEW_LETTERS, _MOST_OF_IT = 80, 0.6
# FPDFANNOT_*: links and the windows of notes say nothing of their own.
_MUTE = frozenset({pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_POPUP})


class Pdfium:
    """A PDF opened by PDFium; its pages are read one at a time."""

    def __init__(self, data: bytes, password: str | None):
        pdfium.FPDF_InitLibrary()
        self._data = data  # read from as long as the document is open
        self._document = pdfium.FPDF_LoadMemDocument64(data, len(data), password.encode() if password else None)
        if not self._document:
            raise Unreadable(f"error {pdfium.FPDF_GetLastError()}")
        self.pages = int(pdfium.FPDF_GetPageCount(self._document))
        self._boxes = Boxes()

    def label(self, index: int) -> str:
        """What the document calls its page `index` ("iv", "129"), "" where it says nothing."""
        buffer = ctypes.create_string_buffer(128)
        used = pdfium.FPDF_GetPageLabel(self._document, index, buffer, len(buffer))
        return buffer.raw[: max(0, min(used, len(buffer)) - 2)].decode("utf-16le", "replace")

    def has_outline(self) -> bool:
        """Whether there are bookmarks."""
        return bool(pdfium.FPDFBookmark_GetFirstChild(self._document, None))

    def is_form(self) -> bool:
        """Whether the document is a form, of either kind."""
        return bool(pdfium.FPDF_GetFormType(self._document) != pdfium.FORMTYPE_NONE)

    def text_in(self, index: int, places: Iterable[tuple[float, float, float, float]]) -> str:
        """The text of a page inside of some places (left, bottom, right, top in points)."""
        page = pdfium.FPDF_LoadPage(self._document, index)
        text_page = pdfium.FPDFText_LoadPage(page)
        found = []
        for left, bottom, right, top in places:
            buffer = (ctypes.c_ushort * 2000)()
            used = pdfium.FPDFText_GetBoundedText(text_page, left, top, right, bottom, buffer, len(buffer))
            found.append(bytes(buffer)[: 2 * used].decode("utf-16le", "replace").strip("\0"))
        pdfium.FPDFText_ClosePage(text_page)
        pdfium.FPDF_ClosePage(page)
        return " ".join(found)

    def page(self, index: int, most_characters: int) -> Page:
        """The page `index`. Raises Unreadable, and ValueError when it holds more than `most_characters`."""
        return Page(self._document, index, most_characters, self._boxes)


class Page:
    """What one page says: its runs in the order in which they are drawn."""

    def __init__(self, document: Any, index: int, most_characters: int, boxes: Boxes):
        page = pdfium.FPDF_LoadPage(document, index)
        if not page:
            raise Unreadable(f"page {index}")
        try:
            self.annotated = _is_annotated(page)
            text_page = pdfium.FPDFText_LoadPage(page)
            if not text_page:
                raise Unreadable(f"text of page {index}")
            try:
                letters = Letters(text_page, most_characters, boxes)
                self.unmapped = letters.unmapped()
                self.runs = letters.runs()
                self.pictured = len(letters.text.strip()) < _FEW_LETTERS and _is_picture(page)
                self.unread = not self.runs and _may_hold_text(page)
            finally:
                pdfium.FPDFText_ClosePage(text_page)
        finally:
            pdfium.FPDF_ClosePage(page)


def _is_annotated(page: Any) -> bool:
    """Whether there is a field of a form or a note on a page."""
    for number in range(min(pdfium.FPDFPage_GetAnnotCount(page), 2000)):
        annotation = pdfium.FPDFPage_GetAnnot(page, number)
        if annotation:
            kind = pdfium.FPDFAnnot_GetSubtype(annotation)
            pdfium.FPDFPage_CloseAnnot(annotation)
            if kind not in _MUTE:
                return True
    return False


def _is_picture(page: Any) -> bool:
    """Whether one picture covers most of a page, as scans do that a stamp or a number was printed on."""
    whole = pdfium.FPDF_GetPageWidthF(page) * pdfium.FPDF_GetPageHeightF(page)
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for number in range(min(pdfium.FPDFPage_CountObjects(page), 100)):
        each = pdfium.FPDFPage_GetObject(page, number)
        if pdfium.FPDFPageObj_GetType(each) == pdfium.FPDF_PAGEOBJ_IMAGE and pdfium.FPDFPageObj_GetBounds(
            each, left, bottom, right, top
        ):
            covered = (right.value - left.value) * (top.value - bottom.value)
            if covered > _MOST_OF_IT * whole:
                return True
    return False


def _may_hold_text(page: Any) -> bool:
    """Whether a page without a letter may yet say something: what PDFium made nothing of, or text in no size."""
    count = pdfium.FPDFPage_CountObjects(page)
    kinds = {pdfium.FPDFPageObj_GetType(pdfium.FPDFPage_GetObject(page, number)) for number in range(min(count, 100))}
    return not kinds or bool(kinds & {pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_FORM})
