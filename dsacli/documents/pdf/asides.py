"""What stands beside the running text of a page (heads, feet, footnotes, notes), put where it interrupts no sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from dsacli.documents.pdf.lines import Line

_FOOTNOTE = re.compile(r"(?:\d{1,3}|[*†‡§¶]{1,3}|\[\d{1,3}\]|\(\d{1,3}\))\s*[^\W\d_\s]")
# A footnote is set smaller than the text, by at least this much.
_SMALLER = 0.93


def with_footnotes(page: list[Line], body_size: float) -> list[Line]:
    """The lines of a page, those of its footnotes as asides: small, numbered, and at the foot of a column."""
    found = list(page)
    at = 0
    while at < len(page):
        end = at
        while end < len(page) and _is_small(page[end], body_size) and (end == at or page[end].y < page[end - 1].y):
            end += 1
        at_foot = end == len(page) or page[end].y > page[end - 1].y or bool(page[end].aside)
        if at and end > at and at_foot and _FOOTNOTE.match(page[at].text) and page[at].y < page[at - 1].y:
            found[at:end] = [replace(line, aside="bottom") for line in page[at:end]]
        at = max(end, at + 1)
    return found


def _is_small(line: Line, body_size: float) -> bool:
    return line.size < _SMALLER * body_size and not line.row and not line.aside


def placed(body: Sequence[Line], reads_on: Sequence[bool], asides: Sequence[Line]) -> list[Line]:
    """The lines of the running text, with the asides of each page among them.

    `reads_on[i]` says that line i goes on where the line before it ends. What stands above a page's text comes before
    it, or after the paragraph that goes on from the page before; what stands below comes after it, or before the
    paragraph that goes on over the page. A paragraph that fills a page is interrupted at its edge.
    """
    bounds: dict[int, tuple[int, int]] = {}
    for index, line in enumerate(body):
        bounds[line.page] = (bounds.get(line.page, (index, index))[0], index + 1)
    at: dict[int, list[Line]] = {}
    end_of_page = 0
    by_page: dict[int, list[Line]] = {}
    for line in asides:
        by_page.setdefault(line.page, []).append(line)
    for page in sorted(bounds.keys() | by_page.keys()):
        low, high = bounds.get(page, (end_of_page, end_of_page))
        end_of_page = high
        for line in by_page.get(page, ()):
            place = _below_head(reads_on, low, high) if line.aside == "top" else _above_foot(reads_on, low, high)
            at.setdefault(place, []).append(line)
    found: list[Line] = []
    for index in range(len(body) + 1):
        # Of what meets between two pages, the foot of the first comes first.
        found += sorted(at.get(index, ()), key=lambda line: line.page)
        found += body[index : index + 1]
    return found


def _below_head(reads_on: Sequence[bool], low: int, high: int) -> int:
    place = low
    while place < high and reads_on[place]:
        place += 1
    return low if place == high and place < len(reads_on) and reads_on[place] else place


def _above_foot(reads_on: Sequence[bool], low: int, high: int) -> int:
    place = high
    while place > low and place < len(reads_on) and reads_on[place]:
        place -= 1
    return high if place == low and low < len(reads_on) and reads_on[low] else place
