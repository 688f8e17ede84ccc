"""A PDF as pypdf has it: whether it opens at all and with which password, its outline, and the text of pages that PDFium cannot read."""

from __future__ import annotations

import io
import math
from typing import Any

from dsacli.documents.pdf.refused import Refused
from dsacli.documents.pdf.runs import FARTHEST, LEAST_SIZE, Run

# Average advance of a character in units of the font size: pypdf says where text begins, not where it ends.
_NARROW = frozenset("iljtfrI.,;:'!|()[] ")
_WIDE = frozenset("mwMWABCDEFGHKNOPQRSTUVXYZ@%")
_BOLD = ("bold", "black", "heavy", "cmbx", "sfbx")

# No table of contents has more entries, and no heading more characters.
_MOST_BOOKMARKS = 5000
_LONGEST_TITLE = 300


class Pypdf:
    """A PDF opened by pypdf; raises Refused when it cannot be."""

    def __init__(self, job: dict[str, Any], data: bytes):
        from pypdf import PdfReader
        from pypdf.errors import DependencyError, LimitReachedError

        try:
            self.reader = PdfReader(io.BytesIO(data))
            if self.reader.is_encrypted:
                password = job["password"]
                # One password may be meant for another of several documents.
                if not (self.reader.decrypt(password or "") or self.reader.decrypt("")):
                    raise Refused("encrypted" if password is None else "password")
            self.pages = len(self.reader.pages)
        except (Refused, MemoryError):
            raise
        except DependencyError as error:
            raise Refused("cipher", detail=str(error)) from error
        except LimitReachedError as error:
            raise Refused("limit", detail=str(error)) from error
        except Exception as error:
            raise Refused("damaged", detail=str(error)) from error

    def runs(self, index: int, most_characters: int) -> list[Run]:
        """The runs of a page. Raises whatever pypdf raises, and ValueError when there are more than `most_characters`."""
        collector = _Collector(most_characters)
        self.reader.pages[index].extract_text(visitor_text=collector.add)
        collector.close()
        return collector.runs

    def outline(self) -> list[list[Any]]:
        """The bookmarks as [title, depth, page, top], in order; none when they are damaged."""
        entries: list[list[Any]] = []

        def walk(items: list[Any], depth: int) -> None:
            for item in items:
                if isinstance(item, list):
                    walk(item, depth + 1)
                    continue
                page = self.reader.get_destination_page_number(item)
                if page is not None and page >= 0 and item.title and len(entries) < _MOST_BOOKMARKS:
                    top, title = item.top, str(item.title)[:_LONGEST_TITLE]
                    entries.append([title, depth, page, float(top) if isinstance(top, (int, float)) else None])

        try:
            walk(self.reader.outline, 1)
        except MemoryError:
            raise
        except Exception:
            return []
        return entries


class _Collector:
    """pypdf's text fragments into runs; give `add` as visitor_text."""

    def __init__(self, most_characters: int):
        self.runs: list[Run] = []
        self._room = most_characters
        self._fragments: list[tuple[str, float, float, float, bool, int]] = []

    def add(self, text: str, cm: Any, tm: Any, font: Any, size: Any) -> None:
        """Take one fragment, as pypdf hands it over."""
        if not text:
            return
        self._room -= len(text)
        if self._room < 0:
            raise ValueError("more text on one page than any page holds")
        x, y, scale, turn = _place(cm, tm)
        size = min(max(abs(float(size)) * scale, LEAST_SIZE), FARTHEST)
        face = str((font or {}).get("/BaseFont", "")).lower()
        *full, rest = text.split("\n")
        for part in full:
            self._fragments.append((part, x, y, size, any(name in face for name in _BOLD), turn))
            self.close()
        if rest:
            self._fragments.append((rest, x, y, size, any(name in face for name in _BOLD), turn))

    def close(self) -> None:
        """End the line that is being gathered."""
        fragments, self._fragments = self._fragments, []
        run, last_x = None, 0.0
        for text, x, y, size, bold, turn in fragments:
            # pypdf gives runs that follow each other without a move the place of the first; the longer the
            # run before, the less is known about where it ends.
            if run is not None and (x == last_x or x - run.end <= 1.2 * size + 0.06 * (run.end - last_x)):
                end = (run.end if x == last_x else x) + _width(text, size)
                run = run._replace(text=run.text + text, end=end, bold=run.bold and bold)
            elif text.strip():
                if run is not None:
                    self.runs.append(run)
                run = Run(text, x, y, x + _width(text, size), size, bold, turn)
            last_x = x
        if run is not None:
            self.runs.append(run)


def _width(text: str, size: float) -> float:
    narrow = sum(map(_NARROW.__contains__, text))
    wide = sum(map(_WIDE.__contains__, text))
    return size * (0.28 * narrow + 0.7 * wide + 0.52 * (len(text) - narrow - wide))


def _place(cm: Any, tm: Any) -> tuple[float, float, float, int]:
    """x, y, scale and turn of a text matrix on the page, turned so that the text runs to the right."""
    a = tm[0] * cm[0] + tm[1] * cm[2]
    b = tm[0] * cm[1] + tm[1] * cm[3]
    c = tm[2] * cm[0] + tm[3] * cm[2]
    d = tm[2] * cm[1] + tm[3] * cm[3]
    x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
    y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
    scale = math.hypot(c, d)
    if not max(map(abs, (x, y, scale))) < FARTHEST:  # NaN included
        return 0.0, 0.0, 1.0, 0
    if abs(a) >= abs(b):
        return (x, y, scale, 0) if a >= 0 else (-x, -y, scale, 2)
    return (y, -x, scale, 3) if b > 0 else (-y, x, scale, 1)
