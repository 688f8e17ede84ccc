"""Numbers and percentages."""

import bisect
import re
from collections.abc import Iterator

from dsacli.extraction.values.dates import find_dates
from dsacli.extraction.values.quantities import RIGHT_JOINED, SUFFIXES, free_quantities, json_number
from dsacli.extraction.values.value import Value, leftmost_longest

_I = re.IGNORECASE

_PRONOUN = re.compile(r"\b(?:no|any|every|some|each|this|that|which|another)\s\Z", _I)
_SHORT = re.compile(r"(?:k|mn|bn)(?!\w)", _I)


def find_numbers(text: str) -> Iterator[Value]:
    """Bare numbers, in figures or words."""
    dates = [value for value in leftmost_longest(find_dates(text)) if len(value.normalised) > 4]
    starts = [value.start for value in dates]
    for quantity, start, sign in free_quantities(text):
        amount, end = quantity.amount, quantity.end
        inside = bisect.bisect(starts, start) - 1
        if inside >= 0 and start < dates[inside].end:
            continue
        short = None if quantity.in_words or quantity.scaled else _SHORT.match(text, end)
        if short:
            amount, end = amount * SUFFIXES[short[0].lower()], short.end()
        # "twenty-first", "one-time"; but "10,000-seat" does count the seats.
        ordinal = quantity.in_words and re.compile(r"[-‐‑][^\W_]|['’]s\b|\sanother\b").match(text, end)
        pronoun = text[start:end].lower() == "one" and _PRONOUN.search(text, max(0, start - 8), start)
        code = re.compile("0[0-9]").match(text, quantity.start)  # "0146" names, it does not count
        if not (RIGHT_JOINED.match(text, end) or ordinal or pronoun or code):
            yield Value(start, end, json_number(sign * amount))


_PERCENT = re.compile(
    r"[\s-]{0,2}(?:%|(?:per\s?cent|pct|percentage\spoints?)\b"
    r"|(?P<basis>(?:basis\spoints?|bps?)\b))",
    _I,
)


def find_percents(text: str) -> Iterator[Value]:
    """Percentages; basis points as hundredths."""
    for quantity, start, sign in free_quantities(text):
        unit = _PERCENT.match(text, quantity.end)
        if unit and not quantity.ranged:
            amount = quantity.amount / 100 if unit["basis"] else quantity.amount
            yield Value(start, unit.end(), json_number(sign * amount))
