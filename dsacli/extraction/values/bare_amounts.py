"""Amounts without a currency of their own, which a note above them names: the cells of a table in thousands of dollars."""

import re
from decimal import Decimal

from dsacli.extraction.conventions import Setting
from dsacli.extraction.figures import amounts_of
from dsacli.extraction.values.currencies import DECIMAL_MARKS, only_currency
from dsacli.extraction.values.quantities import LEFT_JOINED, Quantity
from dsacli.extraction.values.signs import sign_before
from dsacli.extraction.values.unit_notes import line_around, unit_at

# What else the figures of a row may count.
_NO_MONEY = re.compile(
    r"\b(?:employees|headcount|shares|units|number\sof|page|note|years?|staff|customers)\b|%|[#№]", re.IGNORECASE
)
_IN_GROUPS, _MORE_GROUPS = re.compile(r"(?<!\S)(?:[A-Z]{2}\d\d|\d{4}) $"), re.compile(r" \d{4}(?![\d.,])")
_ENDS = re.compile(r"\)?[ \t\xa0]*(?:\.?[ \t]*(?:\n|\Z)|[|\t(]|[-–—$€£][ \t\d]|(?=[0-9]))")


def bare_amount(text: str, quantity: Quantity, setting: Setting) -> tuple[int, int, list[Decimal], str] | None:
    """Start, end, signed amounts and currency of a figure in a row where a note says that figures are money; else None."""
    if LEFT_JOINED.search(text, max(0, quantity.start - 2), quantity.start) or not _ENDS.match(text, quantity.end):
        return None
    place = setting.at + quantity.start
    unit = unit_at(setting.document, place)
    currency = unit and (unit.currency or (only_currency(setting.document) if unit.scale > 1 else None))
    if not unit or not unit.sure or not currency:
        return None
    low, high = line_around(setting.document, place)
    line = setting.document[low:high]
    if _is_year_or_reference(quantity.figures, line, place - low) or _NO_MONEY.search(line):
        return None
    amounts = quantity.amounts
    if len(amounts) > 1 and not quantity.scaled and not setting.conventions.decimal:
        amounts = amounts_of(quantity.figures, DECIMAL_MARKS.get(currency), "money")
    start, end = quantity.start, quantity.end
    if text[start - 1 : start] == "(" and text[end : end + 1] == ")":
        return start - 1, end + 1, [-amount for amount in amounts], currency
    sign = sign_before(text, start)
    return start - (sign < 0), end, [sign * amount for amount in amounts], currency


def _is_year_or_reference(figures: str, line: str, place: int) -> bool:
    """Whether digits at a place of a row say a year, the number of a note before its figures, or a part of a longer number."""
    if not figures.isdigit():
        return False
    first = not re.search(r"[0-9]", line[:place])
    reference = first and len(figures) < 3 and re.search(r"[0-9][0-9.,]{2}", line[place + len(figures) :])
    year = len(figures) == 4 and figures[:2] in ("19", "20")
    # "CH93 0079 0016 2385 2957"
    group = _IN_GROUPS.search(line[:place]) or (len(figures) == 4 and _MORE_GROUPS.match(line, place + 4))
    return bool(reference or group or year or (figures[0] == "0" and len(figures) > 1))
