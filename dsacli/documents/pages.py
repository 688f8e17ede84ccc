"""Some pages of a document, as a document of its own."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from dsacli.documents.document import Document, Page, Place, Section
from dsacli.errors import DsacliError, UsageFailure

PageRange = tuple[int, int]
"""The numbers of the first and the last page, both included."""

_LAST = 10**9
_BETWEEN = "\n\n"
_RANGE = re.compile(r"(\d{1,9})(?:\s*[-–]\s*(\d{1,9})?)?$")


def parse_pages(text: str) -> tuple[PageRange, ...]:
    """Ranges of pages as people write them, in their order. Raises UsageFailure for anything else.

    >>> parse_pages("10-12, 3, 20-")
    ((3, 3), (10, 12), (20, 1000000000))
    """
    ranges = []
    for part in text.split(","):
        found = _RANGE.match(part.strip())
        if not found:
            raise UsageFailure(f"--pages {text}: give numbers and ranges, such as 3,10-40")
        first = int(found[1])
        last = int(found[2] or _LAST) if part.strip() != found[1] else first
        if not 0 < first <= last:
            raise UsageFailure(f"--pages {text}: {part.strip()} is no range of pages")
        ranges.append((first, last))
    return tuple(sorted(ranges))


def of_pages(document: Document, ranges: Sequence[PageRange]) -> Document:
    """The same document as if it had only the pages in `ranges`; their numbers, and those of its lines, stay what they are.

    Raises DsacliError when it has no pages, or none of these.
    """
    if not document.pages:
        raise DsacliError(f"{document.name} has no pages to choose from")
    kept = [page for page in document.pages if any(first <= page.number <= last for first, last in ranges)]
    if not kept:
        raise DsacliError(f"{document.name} has {len(document.pages)} pages, none of which was chosen")
    cut = _Cut(document.text, kept)
    if not cut.text.strip():
        raise DsacliError(f"{document.name}: there is no text on the pages that were chosen")
    return replace(
        document,
        text=cut.text,
        pages=tuple(Page(page.number, cut.moved(page.start), cut.moved(page.end), page.label) for page in kept),
        sections=tuple(
            Section(section.title, section.level, cut.moved(section.start), cut.moved(section.end))
            for section in document.sections
            if cut.moved(section.start) < cut.moved(section.end)
        ),
        line_starts=tuple(cut.moved(start) for start in document.line_starts if start <= kept[-1].end),
        places=tuple(Place(place.name, cut.moved(place.start)) for place in document.places),
    )


class _Cut:
    """The `text` of some pages, and where an offset of the whole text has moved to; pages that follow each other stay together."""

    def __init__(self, text: str, pages: Sequence[Page]):
        self.firsts, self.lasts, self.shifts, pieces = list[int](), list[int](), list[int](), list[str]()
        number = None
        for page in pages:
            if number is not None and page.number == number + 1:
                self.lasts[-1] = page.end
            else:
                self.firsts.append(page.start)
                self.lasts.append(page.end)
            number = page.number
        position = 0
        for first, last in zip(self.firsts, self.lasts):
            self.shifts.append(position - first)
            pieces.append(text[first:last])
            position += last - first + len(_BETWEEN)
        self.text = _BETWEEN.join(pieces)

    def moved(self, offset: int) -> int:
        """Where it stands now; of what is not kept, where the next that is kept begins."""
        run = bisect_right(self.firsts, offset) - 1
        if run >= 0 and offset <= self.lasts[run]:
            return offset + self.shifts[run]
        return self.firsts[run + 1] + self.shifts[run + 1] if run + 1 < len(self.firsts) else len(self.text)
