"""Numbers and percentages."""

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
        if not (RIGHT_JOINED.match(text, end) or ordinal or pronoun or code):
            if bracketed_in_cell(text, start, end):
                start, end, sign = start - 1, end + 1, -1
            yield read_in(start, end, [json_number(sign * amount) for amount in amounts])


_PERCENT = re.compile(
    r"[\s-]{0,2}(?:%|(?:per\s?cent|pct|prozent|pour\s?cent|por\s?cento?|procent|prosent|percentage\spoints?)\b"
    r"|(?P<basis>(?:basis\spoints?|bps?)\b))",
    _I,
)
_PIECE = re.compile(
    r"(?<![\w/.,])(?<!and\s)(?:(?P<half>half|one[\s-]half|1/2|½)|(?P<three>three[\s-]quarters|3/4|¾)|(?P<quarter>(?:one|a)[\s-]quarter|1/4|¼))"
    r"(?:\s(?:of\s)?(?:an?|one|1)(?:\s\(1\))?)?\s?(?:%|(?:per\s?cent|pct)\b)",
    _I,
)
_PIECES = {"half": 0.5, "three": 0.75, "quarter": 0.25}


def find_percents(text: str, decimal: Mark | None = None) -> Iterator[Value]:
    """Percentages; basis points as hundredths."""
    for piece in _PIECE.finditer(text):
        yield Value(*piece.span(), _PIECES[str(piece.lastgroup)])
    for quantity, start, sign in free_quantities(text, decimal, "percent"):
        unit = _PERCENT.match(text, quantity.end)
        if unit and not (quantity.ranged or quantity.may_be_columns):
            end, share = unit.end(), 100 if unit["basis"] else 1
            if bracketed_in_cell(text, start, end):
                start, end, sign = start - 1, end + 1, -1
            yield read_in(start, end, [json_number(sign * amount / share) for amount in quantity.amounts])
