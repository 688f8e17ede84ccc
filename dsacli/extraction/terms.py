"""When an agreement ends, where it does not say so by a date: a term that is counted from its start, or no end at all."""

import re
from calendar import monthrange
from datetime import date, timedelta

PERPETUAL = "perpetual"
_EXPIRATION = re.compile(
    r"\b(?:expir\w*|end|ending|termination)\b.{0,12}\bdate\b|\bdate of (?:expir\w*|termination)\b|\bexpir(?:y|ation|es)\b"
    r"|\bend of (?:the )?(?:\w+ )?(?:term|agreement|contract)\b|\bends? (?:on|of term)\b",
    re.IGNORECASE,
)
_NO_END = re.compile(
    r"\bperpetu|\bindefinit|\bevergreen\b|\bunlimited\s(?:period|term|duration|time)"
    r"|\b(?:until|unless)\s(?:and\sunless\s)?(?:\w+\s){0,6}(?:terminat|cancel)|\b(?:for\s)?(?:so|as)\slong\sas\b",
    re.IGNORECASE,
)
_PERIOD = re.compile(r"P(?:(?P<Y>\d+)Y)?(?:(?P<M>\d+)M)?(?:(?P<W>\d+)W)?(?:(?P<D>\d+)D)?")


def asks_for_end(name: str) -> bool:
    """Whether a field's name asks when an agreement ends.

    >>> asks_for_end("expiration date"), asks_for_end("effective date")
    (True, False)
    """
    return bool(_EXPIRATION.search(name))


def has_no_end(clause: str) -> bool:
    """Whether a clause about a term says that it goes on until somebody ends it.

    >>> has_no_end("This Agreement remains in force until terminated by either party.")
    True
    """
    return bool(_NO_END.search(clause))


def after(start: str, period: str) -> str | None:
    """The day that a period of whole years, months, weeks and days ends on; None for a start that is no day, or another period.

    >>> after("2024-02-29", "P1Y"), after("2024", "P1Y")
    ('2025-02-28', None)
    """
    parts = _PERIOD.fullmatch(period)
    if not parts or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", start):
        return None
    years, months, weeks, days = (int(parts[unit] or 0) for unit in "YMWD")
    day = date.fromisoformat(start)
    year, month = divmod(day.year * 12 + day.month - 1 + 12 * years + months, 12)
    try:
        last = monthrange(year, month + 1)[1]
        return (date(year, month + 1, min(day.day, last)) + timedelta(days=7 * weeks + days)).isoformat()
    except (ValueError, OverflowError):
        return None
