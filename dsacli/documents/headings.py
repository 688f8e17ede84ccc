"""Which lines of plain text or Markdown are headings, and of what rank."""

import re
from collections.abc import Iterator, Sequence

LONGEST = 120
"""Characters; a longer line is prose."""

_KEYWORD = re.compile(
    r"(part|book|title|chapter|article|appendix|annex|schedule|exhibit|act|section|scene)"
    r"\s+(?:\d{1,4}(?:\.\d{1,3}){0,3}|[ivxlcdm]{1,8}|[a-z]"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b(?![-'’])(.{0,100})$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(\d{1,3}(?:\.\d{1,3}){0,4})\.?\s{1,8}([^\W\d_].{0,100})$")
_ROMAN = re.compile(r"[IVXLC]{1,6}\.\s{1,8}[A-Z].{0,100}$")
_UNDERLINE = re.compile(r"(?:={3,}|-{3,}|~{3,}|\^{3,})\s*$")
_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?$")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_LEADERS = re.compile(r"\.{4}|(?:\. ){4}|…{2}")

# Ranks of plain text, highest first: part 1, chapter 2, section or a bare title 3, "3.2" 4, "3.2.1" 5, …
_RANKS = {"part": 1, "book": 1, "title": 1, "section": 3, "scene": 3}
BARE_RANK = 3


def numbering_rank(line: str) -> int | None:
    """The rank of a line that numbers or announces itself as a heading, or None.

    "PART I" 1, "Chapter 7" and "ARTICLE IV" 2, "Section 3", "3 Title" and "IV. Title" 3, "3.2 Title" 4.
    """
    if not line or len(line) > LONGEST or line[-1] in ",;:" or _LEADERS.search(line):
        return None
    keyword = _KEYWORD.match(line)
    if keyword and _announces(keyword.group(2)):
        return _RANKS.get(keyword.group(1).lower(), 2)
    numbered = _NUMBERED.match(line)
    if numbered and line[-1] not in ".?!" and numbered.group(2)[0].isupper():
        return BARE_RANK + numbered.group(1).count(".")
    if _ROMAN.match(line) and line[-1] not in ".?!":
        return BARE_RANK
    return None


def is_shouted(line: str) -> bool:
    """Whether a line is a title in capitals: "TERMS AND CONDITIONS", not "2,104 USD" or "NASA:"."""
    if len(line) > LONGEST or line[-1:] in ",;:" or _LEADERS.search(line):
        return False
    letters = sum(map(str.isalpha, line))
    return letters >= 4 and letters > 0.6 * len(line.replace(" ", "")) and line == line.upper() and line != line.lower()


def text_headings(lines: Sequence[str]) -> Iterator[tuple[int, str, int]]:
    """(line index, title, rank) of the headings of a plain text, by their looks and the blank lines around."""
    for index, raw in enumerate(lines):
        line = raw.strip()
        if not line or len(line) > LONGEST:
            continue
        before = index == 0 or not lines[index - 1].strip()
        following = lines[index + 1].strip() if index + 1 < len(lines) else ""
        if before and _underlines(following, line):
            yield index, line, 1 if following[0] == "=" else 2
            continue
        if not before and not following:
            continue
        rank = numbering_rank(line)
        if rank is not None and ((before and not following) or (rank > BARE_RANK and before)):
            yield index, line, rank
        elif before and not following and is_shouted(line):
            yield index, line, BARE_RANK


def markdown_headings(lines: Sequence[str]) -> Iterator[tuple[int, str, int]]:
    """(line index, title, level) of the `#` and underlined headings of a Markdown text, outside code fences."""
    fence = ""
    for index, line in enumerate(lines):
        fenced = _FENCE.match(line)
        if fenced and fence in ("", fenced.group(1)):
            fence = "" if fence else fenced.group(1)
        if fence or fenced:
            continue
        marked = _ATX.match(line)
        if marked:
            title = (marked.group(2) or "").strip().rstrip("#").strip()
            if title:
                yield index, title, len(marked.group(1))
        elif index + 1 < len(lines) and line.strip() and line.lstrip()[0] not in "-=>|*+":
            alone = index == 0 or not lines[index - 1].strip()
            if alone and _underlines(lines[index + 1].strip(), ""):
                yield index, line.strip(), 1 if lines[index + 1].strip()[0] == "=" else 2


def _announces(rest: str) -> bool:
    """Whether what follows "Chapter 7" is nothing or a title, and not the rest of a sentence."""
    title = rest.lstrip(" .:—–-\t")
    return not title or (not title[0].islower() and rest.rstrip()[-1] not in ".?!")


def _underlines(line: str, title: str) -> bool:
    return bool(_UNDERLINE.match(line)) and len(line) >= 0.6 * len(title)
