"""Running heads, feet and page numbers: found by their coming back; said once, and not in the middle of the text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from dsacli.documents.pdf.lines import Line

# How many lines at either edge of a page may be furniture.
_DEPTH = 3
# Points by which the place of a running head may differ from page to page.
_DRIFT = 4.0
# Of the numbers that seem to count the pages, how many have to.
_MOST = 0.6

_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"(?:(?:page|seite|p\.)\s*)(\d{1,5})(?:\s*(?:of|/|von)\s*\d{1,5})?$|[-–—]\s*(\d{1,5})\s*[-–—]$|(\d{1,5})\s*(?:of|/|von)\s*\d{1,5}$",
    re.IGNORECASE,
)
_ROMAN = re.compile(r"[ivxlc]{1,7}$", re.IGNORECASE)
_NUMBER_ONLY = "#"

Group = list[tuple[int, Line]]
"""Lines that are alike but for their figures, each with the number of its page."""


def without_furniture(pages: Sequence[list[Line]], body_size: float) -> tuple[list[list[Line]], dict[int, str]]:
    """The pages with what recurs at their edges said once, as asides, and the page numbers that are printed on them.

    What a later head or foot says that none before it said stays, too: another date, the name of another section.
    """
    finder = _Finder(pages, body_size)
    # Taking the outermost lines away can uncover more: a head of three lines, a rule below it.
    for _ in range(2):
        if not finder.look():
            break
    kept = [
        [
            replace(line, aside=finder.asides[id(line)]) if id(line) in finder.asides else line
            for line in page
            if id(line) not in finder.dropped
        ]
        for page in pages
    ]
    return (kept, finder.printed) if any(kept) else ([list(page) for page in pages], {})


class _Finder:
    """Looks for furniture, from the edges inwards."""

    def __init__(self, pages: Sequence[list[Line]], body_size: float):
        self.pages, self.body_size = pages, body_size
        self.dropped: set[int] = set()
        self.asides: dict[int, str] = {}
        self.printed: dict[int, str] = {}
        self._said: set[str] = set()

    def look(self) -> bool:
        """Find what stands at the edges of what is left; False when that is nothing."""
        left = [
            [line for line in page if id(line) not in self.dropped and id(line) not in self.asides and not line.aside]
            for page in self.pages
        ]
        edges = [(number, edge, line) for number, page in enumerate(left) for edge, line in _edges(page)]
        groups: dict[tuple[str, str], Group] = defaultdict(list)
        found: dict[int, tuple[int, str, Line]] = {}
        for number, edge, line in edges:
            if match := _PAGE_NUMBER.match(line.text):
                found[id(line)] = number, edge, line
                self.printed[number] = next(filter(None, match.groups()))
                self.dropped.add(id(line))
            else:
                groups[edge, _pattern(line.text)].append((number, line))
        needed = 2 if len(self.pages) <= 3 else 3
        for (edge, pattern), group in groups.items():
            group = _at_one_height(group)
            if len({number for number, _ in group}) >= needed:
                for number, line in self._furniture(pattern, group):
                    found[id(line)] = number, edge, line
        for number, edge, line in _numbered_like(edges, found):
            found.setdefault(id(line), (number, edge, line))
        for number, edge, line in sorted(found.values(), key=lambda each: each[0]):
            self._take(number, edge, line)
        return bool(found)

    def _furniture(self, pattern: str, group: Group) -> Group:
        """Those lines of a group that are furniture."""
        counting = _counting(group)
        if pattern == _NUMBER_ONLY:
            if counting is None and not all(_ROMAN.match(line.text) for _, line in group):
                return []
            self.printed.update((number, line.text) for number, line in group)
            return group
        texts = {line.text for _, line in group}
        if len(texts) > 1:
            # "Chapter 1", "Chapter 2" on top of pages are headings; furniture counts with the pages.
            if counting is None or any(line.size > 1.15 * self.body_size for _, line in group):
                return []
            group = [(number, line) for number, line in group if line.text == counting.get(number, line.text)]
        return [(number, line) for number, line in group if not line.columns or self._goes_on(number, line)]

    def _goes_on(self, number: int, head: Line) -> bool:
        """Whether the table under a head that is repeated began on the page before."""
        before = [line for line in self.pages[number - 1] if id(line) not in self.dropped] if number else []
        return bool(before) and any(line.columns == head.columns for line in before[-_DEPTH:])

    def _take(self, number: int, edge: str, line: Line) -> None:
        pattern = _pattern(line.text)
        if id(line) in self.dropped:
            return
        if pattern == _NUMBER_ONLY or pattern in self._said:
            self.dropped.add(id(line))
        else:
            self.asides[id(line)] = edge
            self._said.add(pattern)


def _edges(page: list[Line]) -> Iterator[tuple[str, Line]]:
    by_height = sorted(page, key=lambda line: -line.y)
    depth = min(_DEPTH, len(by_height) // 2 + len(by_height) % 2)
    for line in by_height[:depth]:
        yield "top", line
    for line in by_height[max(depth, len(by_height) - depth) :]:
        yield "bottom", line


def _pattern(text: str) -> str:
    if _ROMAN.match(text):
        return _NUMBER_ONLY
    return _DIGITS.sub("#", text).casefold()


def _at_one_height(group: Group) -> Group:
    """Those of `group` that stand where most of them stand."""
    (height, _), *_ = Counter(round(line.y) for _, line in group).most_common(1)
    return [(number, line) for number, line in group if abs(line.y - height) <= _DRIFT]


def _counting(group: Group) -> dict[int, str] | None:
    """What the line of each page of a group reads where the one number that differs counts the pages; None where none does.

    A line whose other figures differ, too, says something: an amount, a date.
    """
    figures = [(number, line.text, _DIGITS.findall(line.text)) for number, line in group]
    differing = [place for place, values in enumerate(zip(*(each for _, _, each in figures))) if len(set(values)) > 1]
    if len(differing) != 1:
        return None
    place = differing[0]
    shifts = Counter(int(values[place]) - number for number, _, values in figures if len(values[place]) < 6)
    if not shifts:
        return None
    (shift, count), *_ = shifts.most_common(1)
    if count < _MOST * len(group) or count < 2:
        return None
    return {number: text if int(values[place]) - number == shift else "" for number, text, values in figures}


def _numbered_like(
    edges: Sequence[tuple[int, str, Line]], found: dict[int, tuple[int, str, Line]]
) -> list[tuple[int, str, Line]]:
    """Lines that carry the page number where furniture stands: the heads of a chapter of two pages."""
    heights = {round(line.y) for _, _, line in found.values()}
    offsets = Counter(shift for number, _, line in found.values() for shift in _shifts(number, line, ends_only=False))
    if not offsets:
        return []
    (offset, count), *_ = offsets.most_common(1)
    if count < 3:
        return []
    return [
        (number, edge, line)
        for number, edge, line in edges
        if heights & {round(line.y) - 1, round(line.y), round(line.y) + 1}
        and offset in _shifts(number, line, ends_only=True)
    ]


def _shifts(number: int, line: Line, *, ends_only: bool) -> set[int]:
    """By how much the numbers in `line` (or only its first and last words) exceed the page's index."""
    words = line.text.split()
    text = f"{words[0]} {words[-1]}" if ends_only else line.text
    return {int(digits) - number for digits in _DIGITS.findall(text) if len(digits) < 6}
