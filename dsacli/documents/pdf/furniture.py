"""Running heads, feet and page numbers: found by their coming back; said once, and not in the middle of the text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from dsacli.documents.pdf.lines import Line

# How many lines at either edge of a page may be furniture.
_DEPTH = 3
# Points by which the place of a running head may differ from page to page.
_DRIFT = 4.0
# Characters; a longer line in the size of the text, next to another one, is text.
_LONG = 50
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
    # Taking the outermost lines away can uncover more: a head of several lines, that of a table below it.
    for _ in range(3):
        if not finder.look():
            break
    kept = [
        [
            line._replace(aside=finder.asides[id(line)]) if id(line) in finder.asides else line
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
        self._begun: set[int] = set()
        # Lines whose one number is that of their page.
        self._counting: set[int] = set()
        # By how much the numbers of pages that are printed exceed the pages' indices.
        self._shifts: Counter[int] = Counter()

    def look(self) -> bool:
        """Find what stands at the edges of what is left; False when that is nothing."""
        left = [[line for line in page if not self._is_known(line)] for page in self.pages]
        edges = [
            (number, edge, line) for number, page in enumerate(left) for edge, line in _edges(page, self.body_size)
        ]
        groups: dict[tuple[str, str], Group] = defaultdict(list)
        found: dict[int, tuple[int, str, Line]] = {}
        for number, edge, line in edges:
            if match := _PAGE_NUMBER.match(line.text):
                found[id(line)] = number, edge, line
                self.printed[number] = next(filter(None, match.groups()))
                self.dropped.add(id(line))
                self._shifts[int(self.printed[number]) - number] += 1
            else:
                groups[edge, _pattern(line.text)].append((number, line))
        needed = 2 if len(self.pages) <= 3 else 3
        for (edge, pattern), group in groups.items():
            group = _at_one_height(group)
            if len({number for number, _ in group}) >= needed:
                for number, line in self._furniture(pattern, group):
                    found[id(line)] = number, edge, line
        numbered = self._numbered_like(edges, found)
        self._counting.update(id(line) for _, _, line in numbered)
        for number, edge, line in [*numbered, *self._again(edges)]:
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
            self._shifts.update(int(line.text) - number for number, line in group if line.text.isdecimal())
            return group
        texts = {line.text for _, line in group}
        if len(texts) > 1:
            # "Chapter 1", "Chapter 2" on top of pages are headings; furniture counts with the pages.
            if counting is None or any(line.size > 1.15 * self.body_size for _, line in group):
                return []
            group = [(number, line) for number, line in group if line.text == counting.get(number, line.text)]
            self._shifts[counting.shift] += len(group)
            self._counting.update(id(line) for _, line in group)
        # A row is the head of a table where the table goes on; else it says something on every page.
        heads = {number: id(line) for number, line in group if line.columns and self._goes_on(number, line)}
        self.dropped.update(heads.values())
        self._begun |= heads.keys()
        return [(number, line) for number, line in group if not line.columns]

    def _numbered_like(
        self, edges: Sequence[tuple[int, str, Line]], found: dict[int, tuple[int, str, Line]]
    ) -> list[tuple[int, str, Line]]:
        """Lines that carry the page number where furniture stands: the heads of a chapter of two pages."""
        heights = {round(line.y) for _, _, line in found.values()}
        if not self._shifts:
            return []
        (shift, count), *_ = self._shifts.most_common(1)
        if count < 3:
            return []
        return [
            (number, edge, line)
            for number, edge, line in edges
            if heights & {round(line.y) - 1, round(line.y), round(line.y) + 1}
            and not line.columns
            and shift in _shifts(number, line)
        ]

    def _again(self, edges: Sequence[tuple[int, str, Line]]) -> list[tuple[int, str, Line]]:
        """Lines that are said on two pages or more, where on most pages something stands: the names of short sections."""
        levels: dict[tuple[str, int], list[tuple[int, str, Line]]] = defaultdict(list)
        for number, edge, line in edges:
            levels[edge, round(line.y)].append((number, edge, line))
        found = []
        for level in levels.values():
            if len({number for number, _, _ in level}) >= max(3, _MOST * len(self.pages)):
                times = Counter(line.text for _, _, line in level)
                found += [each for each in level if times[each[2].text] > 1 and not each[2].columns]
        return found

    def _goes_on(self, number: int, head: Line) -> bool:
        """Whether a row is the head of a table that began on the page before: nothing else stands between."""
        if not number or number in self._begun:
            return False
        page, before = ([line for line in self.pages[at] if not self._is_known(line)] for at in (number, number - 1))
        return bool(before) and page[0] is head and before[-1].columns == head.columns

    def _is_known(self, line: Line) -> bool:
        return id(line) in self.dropped or id(line) in self.asides or bool(line.aside)

    def _take(self, number: int, edge: str, line: Line) -> None:
        pattern = _pattern(line.text)
        if id(line) in self.dropped:
            return
        says = pattern if id(line) in self._counting else line.text
        if pattern == _NUMBER_ONLY or says in self._said:
            self.dropped.add(id(line))
        else:
            self.asides[id(line)] = edge
            self._said.add(says)


def _edges(page: list[Line], body_size: float) -> Iterator[tuple[str, Line]]:
    by_height = sorted(page, key=lambda line: -line.y)
    depth = min(_DEPTH, len(by_height) // 2 + len(by_height) % 2)
    for at, line in enumerate(by_height[:depth]):
        if not _is_text(line, by_height[at + 1 : at + 2], body_size):
            yield "top", line
    for at in range(max(depth, len(by_height) - depth), len(by_height)):
        if not _is_text(by_height[at], by_height[at - 1 : at], body_size):
            yield "bottom", by_height[at]


def _is_text(line: Line, beside: list[Line], body_size: float) -> bool:
    """Whether a long line reads on into the line next to it, as running text does and no head or foot."""
    return (
        len(line.text) > _LONG
        and abs(line.size - body_size) < 0.5
        and any(abs(other.y - line.y) < 1.5 * line.size and abs(other.x - line.x) < 2 for other in beside)
    )


def _pattern(text: str) -> str:
    if _ROMAN.match(text):
        return _NUMBER_ONLY
    return _DIGITS.sub("#", text).casefold()


def _at_one_height(group: Group) -> Group:
    """Those of `group` that stand where most of them stand."""
    (height, _), *_ = Counter(round(line.y) for _, line in group).most_common(1)
    return [(number, line) for number, line in group if abs(line.y - height) <= _DRIFT]


class _Counting(dict[int, str]):
    """What the line of each page of a group reads where its number counts the pages, "" where it does not.

    `shift` is by how much that number exceeds the page's index.
    """

    shift = 0


def _counting(group: Group) -> _Counting | None:
    """How a group of lines counts the pages; None where it does not.

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
    found = _Counting(
        (number, text if int(values[place]) - number == shift else "") for number, text, values in figures
    )
    found.shift = shift
    return found


def _shifts(number: int, line: Line) -> set[int]:
    """By how much the numbers at the ends of a line exceed the page's index."""
    words = line.text.split()
    return {int(digits) - number for digits in _DIGITS.findall(f"{words[0]} {words[-1]}") if len(digits) < 6}
