"""The text of PDF pages by PDFium: words with the boxes of their letters, put together into runs.

PDFium is asked for as little as answers the question: a call for each letter would take longer than all the rest.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any

import pypdfium2.raw as pdfium

from dsacli.documents.pdf.runs import FARTHEST, LEAST_SIZE, MIRRORED, Box, Run, Style, Word, runs_of

# PDFium writes this for the hyphen of a word that goes on in the next line, and leaves the line's end out.
_DIVIDED = "\ufffe"
_WORD = re.compile(r"[^\s\ufffe]+\ufffe?|\ufffe")
_FIGURE = re.compile(r"(?=.*\d)..")
_FORCE_BOLD, _BOLD = 1 << 18, ("bold", "black", "heavy", "cmbx", "sfbx")
_SAMPLED = 40
# FPDFANNOT_*: links and the windows of notes say nothing of their own.
_MUTE = frozenset({pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_POPUP})

# Converting three arguments to what a prototype says takes as long as the call.
_box, _unicode = pdfium.FPDFText_GetLooseCharBox, pdfium.FPDFText_GetUnicode
_box.argtypes = _unicode.argtypes = None


class Unreadable(Exception):
    """PDFium cannot open the document, or a page of it."""


class Pdfium:
    """A PDF opened by PDFium; its pages are read one at a time."""

    def __init__(self, data: bytes, password: str | None):
        pdfium.FPDF_InitLibrary()
        self._data = data  # read from as long as the document is open
        self._document = pdfium.FPDF_LoadMemDocument64(data, len(data), password.encode() if password else None)
        if not self._document:
            raise Unreadable(f"error {pdfium.FPDF_GetLastError()}")
        self.pages = int(pdfium.FPDF_GetPageCount(self._document))
        self._boxes = _Boxes()

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

    def __init__(self, document: Any, index: int, most_characters: int, boxes: _Boxes):
        page = pdfium.FPDF_LoadPage(document, index)
        if not page:
            raise Unreadable(f"page {index}")
        try:
            self.annotated = _is_annotated(page)
            text_page = pdfium.FPDFText_LoadPage(page)
            if not text_page:
                raise Unreadable(f"text of page {index}")
            try:
                letters = _Letters(text_page, most_characters, boxes)
                self.unmapped = letters.unmapped()
                self.runs = letters.runs()
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


def _may_hold_text(page: Any) -> bool:
    """Whether a page without a letter may yet say something: what PDFium made nothing of, or text in no size."""
    count = pdfium.FPDFPage_CountObjects(page)
    kinds = {pdfium.FPDFPageObj_GetType(pdfium.FPDFPage_GetObject(page, number)) for number in range(min(count, 100))}
    return not kinds or bool(kinds & {pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_FORM})


class _Boxes:
    """Room for the boxes that one page is asked for, kept from page to page."""

    def __init__(self) -> None:
        self._room, self._places = (pdfium.FS_RECTF * 0)(), list[Any]()

    def of(self, text_page: Any, indices: Sequence[int]) -> list[Box]:
        """The box from ascent to descent of each letter of a page, as it is set."""
        if len(indices) > len(self._places):
            self._room = (pdfium.FS_RECTF * (2 * len(indices)))()
            self._places = [ctypes.byref(self._room, 16 * number) for number in range(2 * len(indices))]
        all(map(_box, repeat(text_page), indices, self._places))
        numbers = memoryview(self._room).cast("B")[: 16 * len(indices)].cast("f").tolist()
        return list(zip(numbers[::4], numbers[1::4], numbers[2::4], numbers[3::4]))


class _Letters:
    """The letters of one page, by their number."""

    def __init__(self, text_page: Any, most_characters: int, boxes: _Boxes):
        self._page, self._boxes = ctypes.cast(text_page, ctypes.c_void_p), boxes
        self._handle = text_page
        count = max(0, pdfium.FPDFText_CountChars(text_page))
        if count > most_characters:
            raise ValueError("more text on one page than any page holds")
        self.text = self._text(count)

    def _text(self, count: int) -> str:
        buffer = (ctypes.c_ushort * (count + 1))()
        pdfium.FPDFText_GetText(self._handle, 0, count, buffer)
        text = bytes(buffer)[: 2 * count].decode("utf-16le", "replace")
        if len(text) == count and "\0" not in text:
            return text
        # Where some letters are written as none or as two, their numbers are not those of the text.
        return "".join(
            chr(code) if 0 < code < 0x110000 and code != 2 else (_DIVIDED if code == 2 else " ")
            for code in map(_unicode, repeat(self._page), range(count))
        )

    def unmapped(self) -> float:
        """The share of letters (of a few) whose font does not say what they stand for."""
        step = max(1, len(self.text) // _SAMPLED)
        sample = [index for index in range(0, len(self.text), step) if not self.text[index].isspace()]
        return sum(pdfium.FPDFText_HasUnicodeMapError(self._handle, index) == 1 for index in sample) / max(
            1, len(sample)
        )

    def runs(self) -> list[Run]:
        found: list[Run] = []
        text = self.text
        line: list[Word] = []
        spans = [match.span() for match in _WORD.finditer(text)]
        edges = self._boxes.of(self._page, [index for low, high in spans for index in (low, high - 1)])
        inner = self._inner([span for span in spans if _FIGURE.match(text, *span)])
        previous = 0
        for (low, high), first, last in zip(spans, edges[::2], edges[1::2]):
            between = text[previous:low]
            if line and ("\n" in between or text[previous - 1] == _DIVIDED):
                found += self._line(line)
                line = []
            previous = high
            word = text[low:high].replace(_DIVIDED, "-")
            line.append(Word(word, low, first, last, inner.get(low), between == ""))
        if line:
            found += self._line(line)
        return found

    def _inner(self, spans: Iterable[tuple[int, int]]) -> dict[int, list[Box]]:
        """The boxes of every letter of some words, by where the word begins."""
        spans = list(spans)
        boxes = iter(self._boxes.of(self._page, [index for span in spans for index in range(*span)]))
        return {low: [next(boxes) for _ in range(low, high)] for low, high in spans}

    def _line(self, words: list[Word]) -> list[Run]:
        angle = pdfium.FPDFText_GetCharAngle(self._handle, words[0].at)
        quarter = round(angle / (math.pi / 2)) % 4 if 0 <= angle < 10 else 0
        if not quarter and sum(word.runs_left for word in words) > len(words) / 2:
            quarter = MIRRORED
        if quarter:
            words = [word.turned(quarter) for word in words]
        return runs_of(words, self._style(quarter), quarter)

    def _style(self, quarter: int) -> Style:
        def style(index: int) -> tuple[float, float, bool]:
            """Baseline and size in points of a letter, and whether it is bold."""
            x, y, matrix, flags = ctypes.c_double(), ctypes.c_double(), pdfium.FS_MATRIX(), ctypes.c_int()
            pdfium.FPDFText_GetCharOrigin(self._handle, index, x, y)
            pdfium.FPDFText_GetMatrix(self._handle, index, matrix)
            scale = math.hypot(matrix.c, matrix.d)
            size = abs(pdfium.FPDFText_GetFontSize(self._handle, index)) * scale
            name = ctypes.create_string_buffer(100)
            pdfium.FPDFText_GetFontInfo(self._handle, index, name, len(name), flags)
            face = name.value.lower().decode("latin-1")
            baseline = (y.value, x.value, -y.value, -x.value, y.value)[quarter]
            size = min(max(size, LEAST_SIZE), FARTHEST) if size == size else LEAST_SIZE
            bold = bool(flags.value & _FORCE_BOLD) or any(part in face for part in _BOLD)
            return baseline, size, bold

        return style
