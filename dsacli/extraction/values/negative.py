"""Whether an amount is negative: a minus before it, or brackets around it, as accounts write it."""

import re

from dsacli.extraction.values.signs import minus_word, sign_before

_LOSS = re.compile(r"\b(?:loss(?:es)?|deficit|outflows?|shortfall|negative|impairment)\b[^.;\n]{0,40}\Z", re.IGNORECASE)
# Where nothing but a figure can stand, so that brackets around it are its sign: after a label, or in a cell.
_CELL_BEFORE = re.compile(r"(?:[:=|\t)]|^|\n|[ \xa0]{2}|\b(?:was|were))[ \t\xa0]*\Z")
_CELL_AFTER = re.compile(r"[ \t\xa0]*(?:[|\t\n.,;(]|[ \xa0]{2}|\Z)")
# "Refund ($980.00)": a row of a label and a figure, or an aside.
_ROW_BEFORE = re.compile(r"(?:^|\n)[ \t]*[^\W\d_][\w'’&/-]*(?: [\w'’&/-]+){0,4} \Z")
_ROW_AFTER = re.compile(r"[ \t]*(?:\n|\Z)")
_MINUS_APART = re.compile(r"(?:−|(?<=[:=|\t])[-–]|(?<=[:=|\t] )[-–])[ \xa0\u2009\u202f]\Z")
_LONGEST_ROW = 60
# "(3.2)% 4.1%" in a row without lines.
_FIGURE_BEFORE, _FIGURE_AFTER = re.compile(r"[0-9%)][ \xa0]\Z"), re.compile(r"[ \xa0][(0-9−-]")


def bracketed_in_cell(text: str, start: int, end: int) -> bool:
    """Whether the figure text[start:end] stands in brackets behind a label or in a cell, which makes it negative."""
    if text[start - 1 : start] != "(" or text[end : end + 1] != ")":
        return False
    labelled = text[max(0, start - _LONGEST_ROW) : start - 1].rpartition("\n")[2].strip()
    return bool(labelled) and signs_of(text, start, end, 0)[2] == (-1,)


def bracketed_before(text: str, start: int, end: int, unit: re.Pattern[str]) -> re.Match[str] | None:
    """The unit behind a figure text[start:end] that stands in brackets without it, as in "(3.2)%", where these are its sign."""
    behind = unit.match(text, end + 1) if text[start - 1 : start] == "(" and text[end : end + 1] == ")" else None
    if not behind:
        return None
    low, high = start - 1, behind.end()
    before = _CELL_BEFORE.search(text, max(0, low - 12), low) or _FIGURE_BEFORE.search(text, max(0, low - 2), low)
    before = before or _ROW_BEFORE.search(text, max(0, low - _LONGEST_ROW), low)
    after = _CELL_AFTER.match(text, high) or _FIGURE_AFTER.match(text, high)
    return behind if before and after else None


def signs_of(text: str, start: int, end: int, before: int) -> tuple[int, int, tuple[int, ...]]:
    """An amount with its sign: where it begins and ends, and 1 or -1, or both where it may be either, the likelier first.

    before: where the last amount ended, which brackets may repeat
    """
    if sign_before(text, start) < 0:
        return start - 1, end, (-1,)
    apart = _MINUS_APART.search(text, max(0, start - 4), start)
    if apart:
        return apart.start(), end, (-1,)
    word = minus_word(text, start, adjective=True)
    if word:
        return word.start, end, (-1,) if word.sure else (1, -1)
    opened, closed = re.search(r"\( ?\Z", text[max(0, start - 2) : start]), re.compile(r" ?\)").match(text, end)
    if not opened or not closed:
        return start, end, (1,)
    low, high = start - len(opened[0]), closed.end()
    if before and low - before < 3 and text[before:low] in ("", " ", "\n"):
        return start, end, (1,)  # "five dollars ($5)"
    in_cell = _CELL_BEFORE.search(text, max(0, low - 12), low) and _CELL_AFTER.match(text, high)
    if in_cell or _LOSS.search(text, max(0, low - 60), low):
        return low, high, (-1,)
    if _ROW_BEFORE.search(text, max(0, low - _LONGEST_ROW), low) and _ROW_AFTER.match(text, high):
        return low, high, (-1, 1)
    return start, end, (1,)
