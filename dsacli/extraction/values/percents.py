"""Percentages, with basis points as hundredths and per mille as tenths."""

import re
from collections.abc import Iterator
from decimal import Decimal

from dsacli.extraction.figures import Mark
from dsacli.extraction.values.negative import bracketed_before, bracketed_in_cell
from dsacli.extraction.values.quantities import GLYPHS, free_quantities, json_number
from dsacli.extraction.values.value import Value, read_in
from dsacli.extraction.values.words import PIECES, piece_of_one

_I = re.IGNORECASE

_PERCENT = re.compile(
    r"[\s-]{0,2}(?:%|(?:per\s?cent|pct|prozent|pour\s?cent|por\s?cento?|procent|prosent|percentage\spoints?)\b"
    r"|(?P<basis>(?:basis\spoints?|bps?)\b)|(?P<mille>‰|(?:per\smill?e?|pro\s?mille?)\b))",
    _I,
)
_PIECE = re.compile(
    rf"(?<![\w/.,-])(?<!and\s)(?:(?P<words>{PIECES}|half)|(?P<over>[1-7])/(?P<under>[2-8])|(?<![0-9]\s)(?P<glyph>[{''.join(GLYPHS)}]))"
    r"(?:\s(?:of\s)?(?:an?|one|1)(?:\s\(1\))?)?\s?-?(?:%|(?:per\s?cent|pct)\b)",
    _I,
)
# Behind "point" a number has lost what stands before it.
_POINT_LEFT = re.compile(r"\bpoint\s\Z", _I)


def find_percents(text: str, decimal: Mark | None = None) -> Iterator[Value]:
    """Percentages; decimal: the decimal mark of the document, where that is known."""
    for piece in _PIECE.finditer(text):
        yield Value(*piece.span(), json_number(_share(piece)))
    for quantity, start, sign in free_quantities(text, decimal, "percent"):
        unit = _PERCENT.match(text, quantity.end)
        bracketed = bracketed_before(text, start, quantity.end, _PERCENT)
        if quantity.ranged or quantity.may_be_columns or _POINT_LEFT.search(text, max(0, start - 7), start):
            continue
        if bracketed:
            unit, start, sign = bracketed, start - 1, -1
        if unit:
            end, share = unit.end(), 100 if unit["basis"] else 10 if unit["mille"] else 1
            if bracketed_in_cell(text, start, end):
                start, end, sign = start - 1, end + 1, -1
            yield read_in(start, end, [json_number(sign * amount / share) for amount in quantity.amounts])


def _share(piece: re.Match[str]) -> Decimal:
    """What a part of one percent says."""
    if piece["over"]:
        return Decimal(piece["over"]) / Decimal(piece["under"])
    if piece["glyph"]:
        return GLYPHS[piece["glyph"]]
    return Decimal("0.5") if piece["words"].lower() == "half" else piece_of_one(piece["words"])
