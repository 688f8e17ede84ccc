"""What stands beside the running text of a page (heads, feet, footnotes, notes), put where it interrupts no sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

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
            found[at:end] = [line._replace(aside="bottom") for line in page[at:end]]
        at = max(end, at + 1)
    return found


def _is_small(line: Line, body_size: float) -> bool:
    return line.size < _SMALLER * body_size and not line.row and not line.aside


def placed(lines: Sequence[Line], reads_on: Sequence[bool]) -> list[Line]:
    """The lines, with those asides moved that stand where the text reads on.

    `reads_on[i]` says that line i of the running text goes on where the line before it ends. What stands above a page's
    text comes after the paragraph that goes on from the page before, what stands below comes before the paragraph that
    goes on over the page. A paragraph that fills a page is interrupted at its edge.
    """
    body = [line for line in lines if not line.aside]
    bounds: dict[int, tuple[int, int]] = {}
    for index, line in enumerate(body):
        bounds[line.page] = (bounds.get(line.page, (index, index))[0], index + 1)
    at: dict[int, list[Line]] = {}
    before = 0
    for line in lines:
        if not line.aside:
            before += 1
            continue
        place = before
        if place < len(body) and reads_on[place]:
            low, high = bounds.get(line.page, (place, place))
            move = _below if line.aside == "top" else _above
            place = move(reads_on, low, high, place)
        at.setdefault(place, []).append(line)
    found: list[Line] = []
    for index in range(len(body) + 1):
        # Of what meets between two pages, the foot of the first comes first.
        found += sorted(at.get(index, ()), key=lambda line: line.page)
        found += body[index : index + 1]
    return found


def _below(reads_on: Sequence[bool], low: int, high: int, place: int) -> int:
    found = place
    while found < high and reads_on[found]:
        found += 1
    return low if found == high < len(reads_on) and reads_on[found] else found


def _above(reads_on: Sequence[bool], low: int, high: int, place: int) -> int:
    found = place
    while found > low and reads_on[found]:
        found -= 1
    return high if found == low and reads_on[low] else found
