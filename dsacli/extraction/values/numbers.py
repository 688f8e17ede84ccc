"""Bare numbers, which count nothing that has a type of its own."""

import bisect
import re
from collections.abc import Iterator

from dsacli.extraction.figures import Mark
from dsacli.extraction.values.dates import find_dates
from dsacli.extraction.values.negative import bracketed_in_cell
from dsacli.extraction.values.quantities import RIGHT_JOINED, SUFFIXES, free_quantities, json_number
from dsacli.extraction.values.value import Value, leftmost_longest, read_in

_I = re.IGNORECASE

_PRONOUN = re.compile(r"\b(?:no|any|every|some|each|this|that|which|another)\s\Z", _I)
# "two thirds of them", "one half": a part, which is no number of things; "two quarters of growth" are.
_PART_RIGHT = re.compile(
    r"[\s-](?:hal(?:f|ves)|thirds?|quarters?(?=\sof\s)|(?:four|fif|six|seven|eigh|nin|ten|sixteen|hundred)ths?)\b(?![\s-]part)",
    _I,
)
# "at one point two of them left" has no decimals.
_AT_ONE_POINT = re.compile(r"\bat\s\Z", _I)
_SHORT = re.compile(r"(?:k|mn|bn)(?!\w)", _I)


def find_numbers(text: str, decimal: Mark | None = None) -> Iterator[Value]:
    """Bare numbers, in figures or words; decimal: the decimal mark of the document, where that is known."""
    dates = [value for value in leftmost_longest(find_dates(text)) if len(value.normalised) > 4]
    starts = [value.start for value in dates]
    for quantity, start, sign in free_quantities(text, decimal):
        amounts, end = quantity.amounts, quantity.end
        inside = bisect.bisect(starts, start) - 1
        if inside >= 0 and start < dates[inside].end:
            continue
        short = None if quantity.in_words or quantity.scaled else _SHORT.match(text, end)
        if short:
            amounts, end = tuple(amount * SUFFIXES[short[0].lower()] for amount in amounts), short.end()
        # "twenty-first", "one-time"; but "10,000-seat" does count the seats.
        ordinal = quantity.in_words and re.compile(r"[-‐‑][^\W_]|['’]s\b|\sanother\b").match(text, end)
        pronoun = text[start:end].lower() == "one" and _PRONOUN.search(text, max(0, start - 8), start)
        code = re.compile("0[0-9]").match(text, quantity.start)  # "0146" names, it does not count
        part = _PART_RIGHT.match(text, end)
        at_one_point = text[start : start + 9].lower() == "one point" and _AT_ONE_POINT.search(
            text, max(0, start - 4), start
        )
        if not (RIGHT_JOINED.match(text, end) or ordinal or pronoun or code or part or at_one_point):
            if bracketed_in_cell(text, start, end):
                start, end, sign = start - 1, end + 1, -1
            yield read_in(start, end, [json_number(sign * amount) for amount in amounts])
