"""Running heads, footers and page numbers: found by their coming back, and taken out."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from dsacli.documents.pdf.lines import Line

# How many lines at either edge of a page may be furniture.
_DEPTH = 3
# Points by which the place of a running head may differ from page to page.
_DRIFT = 4.0

_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"(?:page|seite|p\.)\s*\d{1,5}(?:\s*(?:of|/|von)\s*\d{1,5})?$|[-–—]\s*\d{1,5}\s*[-–—]$", re.IGNORECASE
)
_ROMAN = re.compile(r"[ivxlc]{1,7}$", re.IGNORECASE)


def without_furniture(pages: Sequence[list[Line]], body_size: float) -> list[list[Line]]:
    """The pages less the lines that recur at their edges, digits apart; all of them if that left nothing."""
    kept = [list(page) for page in pages]
    # Taking the outermost lines away can uncover more: a head of three lines, a rule below it.
    for _ in range(2):
        furniture = _recurring(kept, body_size)
        if not furniture:
            break
        kept = [[line for line in page if id(line) not in furniture] for page in kept]
    return kept if any(kept) else [list(page) for page in pages]


def _recurring(pages: Sequence[list[Line]], body_size: float) -> set[int]:
    groups: dict[tuple[str, str], list[tuple[int, Line]]] = defaultdict(list)
    furniture: set[int] = set()
    for number, page in enumerate(pages):
        for edge, line in _edges(page):
            if _PAGE_NUMBER.match(line.text):
                furniture.add(id(line))
            else:
                groups[edge, _pattern(line.text)].append((number, line))
    for (_, pattern), found in groups.items():
        found = _at_one_height(found)
        needed = 2 if len(pages) <= 3 else 3
        if len({number for number, _ in found}) < needed:
            continue
        if _is_furniture(pattern, found, body_size):
            furniture.update(id(line) for _, line in found)
    furniture |= _numbered_like(pages, furniture)
    return furniture


def _numbered_like(pages: Sequence[list[Line]], furniture: set[int]) -> set[int]:
    """Lines that carry the page number where furniture stands: the heads of a chapter of two pages."""
    edges = [(number, line) for number, page in enumerate(pages) for _, line in _edges(page)]
    heights = {round(line.y) for _, line in edges if id(line) in furniture}
    offsets = Counter(
        shift for number, line in edges if id(line) in furniture for shift in _shifts(number, line, ends_only=False)
    )
    if not offsets:
        return set()
    (offset, count), *_ = offsets.most_common(1)
    if count < 3:
        return set()
    return {
        id(line)
        for number, line in edges
        if heights & {round(line.y) - 1, round(line.y), round(line.y) + 1}
        and offset in _shifts(number, line, ends_only=True)
    }


def _shifts(number: int, line: Line, *, ends_only: bool) -> set[int]:
    """By how much the numbers in `line` (or only its first and last words) exceed the page's index."""
    words = line.text.split()
    text = f"{words[0]} {words[-1]}" if ends_only else line.text
    return {int(digits) - number for digits in _DIGITS.findall(text) if len(digits) < 6}


def _edges(page: list[Line]) -> Iterator[tuple[str, Line]]:
    by_height = sorted(page, key=lambda line: -line.y)
    depth = min(_DEPTH, len(by_height) // 2 + len(by_height) % 2)
    for line in by_height[:depth]:
        yield "top", line
    for line in by_height[max(depth, len(by_height) - depth) :]:
        yield "bottom", line


def _pattern(text: str) -> str:
    if _ROMAN.match(text):
        return "#"
    return _DIGITS.sub("#", text).casefold()


def _at_one_height(found: list[tuple[int, Line]]) -> list[tuple[int, Line]]:
    """Those of `found` that stand where most of them stand."""
    (height, _), *_ = Counter(round(line.y) for _, line in found).most_common(1)
    return [(number, line) for number, line in found if abs(line.y - height) <= _DRIFT]


def _is_furniture(pattern: str, found: list[tuple[int, Line]], body_size: float) -> bool:
    if pattern == "#":
        return True
    texts = {line.text for _, line in found}
    if len(texts) == 1:
        # A row that is the same on every page is the head of a table that goes on: it repeats, too.
        return True
    # "Chapter 1", "Chapter 2" on top of pages are headings; furniture counts with the pages.
    if any(line.size > 1.15 * body_size for _, line in found):
        return False
    offsets = Counter(shift for number, line in found for shift in _shifts(number, line, ends_only=False))
    return bool(offsets) and offsets.most_common(1)[0][1] >= 0.6 * len(found)
