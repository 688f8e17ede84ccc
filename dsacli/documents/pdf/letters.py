"""The letters of a PDF page by PDFium: words with the boxes of their letters, put together into runs.

PDFium is asked for as little as answers the question: a call for each letter would take longer than all the rest.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import deque
from collections.abc import Sequence
from functools import lru_cache
from itertools import repeat
from operator import sub
from typing import Any

import pypdfium2.raw as pdfium

from dsacli.documents.pdf.runs import (
    FARTHEST,
    LEAST_SIZE,
    LEAST_WIDE,
    MIRRORED,
    NARROW,
    WIDE,
    Box,
    Run,
    Style,
    Word,
    joined,
    pieces_of,
    run_of,
    runs_of,
    turned,
)

# PDFium writes this for the hyphen of a word that goes on in the next line, and leaves the line's end out.
_DIVIDED = "\ufffe"
_LINE, _WORD = re.compile(r"[^\r\n\ufffe]+\ufffe?|\ufffe"), re.compile(r"\S+")
_FIGURE = re.compile(r"\d")
# PDFium counts a letter beyond U+FFFF as two.
_HALF = re.compile("[\ud800-\udfff]")
_FORCE_BOLD, _BOLD = 1 << 18, (b"bold", b"black", b"heavy", b"cmbx", b"sfbx")
_SAMPLED = 40
# What is asked of letters; converting arguments to what a prototype says takes as long as the call.
_box, _unicode, _unmapped = (
    pdfium.FPDFText_GetLooseCharBox,
    pdfium.FPDFText_GetUnicode,
    pdfium.FPDFText_HasUnicodeMapError,
)
_origin, _matrix, _font = pdfium.FPDFText_GetCharOrigin, pdfium.FPDFText_GetMatrix, pdfium.FPDFText_GetFontInfo
_size, _angle = pdfium.FPDFText_GetFontSize, pdfium.FPDFText_GetCharAngle
for _function in (_box, _unicode, _unmapped, _origin, _matrix, _font, _size, _angle):
    _function.argtypes = None
_X, _Y, _FLAGS, _MATRIX = ctypes.c_double(), ctypes.c_double(), ctypes.c_int(), pdfium.FS_MATRIX()
_NAME = ctypes.create_string_buffer(100)


Span = tuple[int, int]
"""Where a word begins, and where it ends."""


class Boxes:
    """Room for the boxes that one page is asked for, kept from page to page."""

    def __init__(self) -> None:
        self._room, self._places = (pdfium.FS_RECTF * 0)(), list[Any]()

    def of(self, text_page: Any, indices: Sequence[int]) -> list[float]:
        """left, top, right, bottom of each letter of a page, from ascent to descent, as it is set."""
        if len(indices) > len(self._places):
            self._room = (pdfium.FS_RECTF * (2 * len(indices)))()
            self._places = [ctypes.byref(self._room, 16 * number) for number in range(2 * len(indices))]
        deque(map(_box, repeat(text_page), indices, self._places), maxlen=0)
        numbers: list[Any] = memoryview(self._room).cast("B")[: 16 * len(indices)].cast("f").tolist()
        return numbers


class Letters:
    """The letters of one page, by their number. Raises ValueError when there are more than `most_characters`."""

    def __init__(self, text_page: Any, most_characters: int, boxes: Boxes):
        self._page, self._boxes = ctypes.cast(text_page, ctypes.c_void_p), boxes
        count = max(0, pdfium.FPDFText_CountChars(text_page))
        if count > most_characters:
            raise ValueError("more text on one page than any page holds")
        buffer = (ctypes.c_ushort * (count + 1))()
        pdfium.FPDFText_GetText(text_page, 0, count, buffer)
        self.text = bytes(buffer)[: 2 * count].decode("utf-16le", "replace")
        if len(self.text) != count or "\0" in self.text:
            # Where some letters are written as none or as two, their numbers are not those of the text.
            codes = map(_unicode, repeat(self._page), range(count))
            self.text = "".join(_DIVIDED if code == 2 else chr(code) if 0 < code < 0x110000 else " " for code in codes)

    def unmapped(self) -> float:
        """The share of letters (of a few) whose font does not say what they stand for."""
        text, step = self.text, max(1, len(self.text) // _SAMPLED)
        sample = [index for index in range(0, len(text), step) if not text[index].isspace()]
        return list(map(_unmapped, repeat(self._page), sample)).count(1) / max(1, len(sample))

    def runs(self) -> list[Run]:
        """The runs of the page, line by line as PDFium tells lines apart."""
        text = self.text
        lines = [[word.span() for word in _WORD.finditer(text, *line.span())] for line in _LINE.finditer(text)]
        edges = self._boxes.of(self._page, [at for line in lines for low, high in line for at in (low, high - 1)])
        figures = [
            [span for span in line if _FIGURE.search(text, *span)]
            if _FIGURE.search(text, line[0][0], line[-1][1])
            else []
            for line in filter(None, lines)
        ]
        letters = self._boxes.of(self._page, [at for line in figures for span in line for at in range(*span)])
        found, begin, first = list[Run](), 0, 0
        for spans, with_figures in zip(filter(None, lines), figures):
            end = begin + 8 * len(spans)
            last = first + 4 * sum([high - low for low, high in with_figures])
            line, of_figures = edges[begin:end], letters[first:last]
            if _is_plain(line, of_figures, (spans[-1][1] - spans[0][0]) / len(spans)):
                found += self._plain_runs(spans, line)
            else:
                words = self._other(spans, line, with_figures, of_figures)
                found += runs_of(*words, found[-1] if found else None)
            begin, first = end, last
        return [run._replace(text=_paired(run.text)) for run in joined(found)] if _HALF.search(text) else joined(found)

    def _plain_runs(self, spans: Sequence[Span], edges: Sequence[float]) -> list[Run]:
        """The runs of a line whose words are all set alike."""
        wide = LEAST_WIDE * (edges[1] - edges[3])
        gaps = map(sub, edges[8::8], edges[6::8])
        bounds = [0, *(number for number, gap in enumerate(gaps, 1) if gap > wide), len(spans)]
        style = self._style(0)(spans[0][0])
        return [
            run_of(
                self.text[spans[low][0] : spans[high - 1][1]].replace(_DIVIDED, "-"),
                edges[8 * low],
                edges[8 * high - 2],
                style,
            )
            for low, high in zip(bounds, bounds[1:])
        ]

    def _other(
        self, spans: Sequence[Span], edges: Sequence[float], figures: Sequence[Span], letters: Sequence[float]
    ) -> tuple[list[Word], Style, int]:
        """The words of a line with raised marks, odd gaps or several sizes, or of one that is turned; how it is turned."""
        inner = iter(_boxed(letters))
        of_figures = {low: [next(inner) for _ in range(low, high)] for low, high in figures}
        boxes = _boxed(edges)
        words = [
            Word(
                self.text[low:high].replace(_DIVIDED, "-"),
                low,
                boxes[2 * number],
                boxes[2 * number + 1],
                of_figures.get(low),
                number > 0 and spans[number - 1][1] == low,
            )
            for number, (low, high) in enumerate(spans)
        ]
        angle = _angle(self._page, words[0].at)
        quarter = round(angle / (math.pi / 2)) % 4 if 0 <= angle < 10 else 0
        if not quarter and sum(word.runs_left for word in words) > len(words) / 2:
            quarter = MIRRORED
        if quarter:
            words = [word.turned(quarter) for word in words]
        if quarter != MIRRORED:
            words = [piece for word in words for piece in self._pieces(word, quarter)]
        return words, self._style(quarter), quarter

    def _pieces(self, word: Word, quarter: int) -> list[Word]:
        """The parts of a word that stand on different lines."""
        (left, top, _, bottom), (last, last_top, _, last_bottom) = word.first, word.last
        if word.letters is None and min(top, last_top) > max(bottom, last_bottom) and last >= left:
            return [word]
        letters = word.letters
        if letters is None:
            boxes = _boxed(self._boxes.of(self._page, range(word.at, word.at + len(word.text))))
            letters = [turned(box, quarter) for box in boxes]
        return pieces_of(word, letters)

    def _style(self, quarter: int) -> Style:
        def style(index: int) -> tuple[float, float, bool]:
            """Baseline and size in points of a letter, and whether it is bold."""
            _origin(self._page, index, ctypes.byref(_X), ctypes.byref(_Y))
            _matrix(self._page, index, ctypes.byref(_MATRIX))
            _font(self._page, index, _NAME, len(_NAME), ctypes.byref(_FLAGS))
            size = abs(_size(self._page, index)) * math.hypot(_MATRIX.c, _MATRIX.d)
            size = min(max(size, LEAST_SIZE), FARTHEST) if size == size else LEAST_SIZE
            baseline = (_Y.value, _X.value, -_Y.value, -_X.value, _Y.value)[quarter]
            return baseline, size, bool(_FLAGS.value & _FORCE_BOLD) or _is_bold(_NAME.value)

        return style


def _is_plain(edges: Sequence[float], letters: Sequence[float], length: float) -> bool:
    """Whether all words of a line are set alike, one after the other with usual gaps or clear ones: most lines are.

    `edges` are the boxes of the words' first and last letters, `letters` those of all letters of figures, `length` is
    the mean length of the words.
    """
    top, bottom = edges[1], edges[3]
    tops, bottoms = [*edges[5::4], *letters[1::4]], [*edges[7::4], *letters[3::4]]
    if len(edges) < 12 or length < 2.5 or tops.count(top) < len(tops) or bottoms.count(bottom) < len(bottoms):
        return False
    height = top - bottom
    low, high, clear = NARROW * height, LEAST_WIDE * height, WIDE * height
    return all(low < gap < high or gap > clear for gap in map(sub, edges[8::8], edges[6::8]))


def _boxed(numbers: Sequence[float]) -> list[Box]:
    return list(zip(numbers[::4], numbers[1::4], numbers[2::4], numbers[3::4]))


def _paired(text: str) -> str:
    """`text` with the two halves of a letter put together; a half that has no other is left out."""
    return text.encode("utf-16le", "surrogatepass").decode("utf-16le", "ignore")


@lru_cache(maxsize=1000)
def _is_bold(face: bytes) -> bool:
    name = face.lower()
    return any(part in name for part in _BOLD)
