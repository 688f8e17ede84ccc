"""What makes a line a heading, in whatever format: its number, its keyword, its capitals."""

import re

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


def is_all_caps(line: str) -> bool:
    """Whether a line is a title in capitals: "TERMS AND CONDITIONS", not "2,104 USD" or "NASA:"."""
    if len(line) > LONGEST or line[-1:] in ",;:" or _LEADERS.search(line):
        return False
    letters = sum(map(str.isalpha, line))
    return letters >= 4 and letters > 0.6 * len(line.replace(" ", "")) and line == line.upper() and line != line.lower()


def _announces(rest: str) -> bool:
    """Whether what follows "Chapter 7" is nothing or a title, and not the rest of a sentence."""
    title = rest.lstrip(" .:—–-\t")
    return not title or (not title[0].islower() and rest.rstrip()[-1] not in ".?!")
