"""Durations, as ISO 8601."""

import re
from collections.abc import Iterator
from decimal import Decimal

from dsacli.extraction.figures import Mark
from dsacli.extraction.values.quantities import free_quantities, json_number
from dsacli.extraction.values.value import Value, any_of, read_in
from dsacli.extraction.values.words import GAP, PART, PIECES, part_of_one, piece_of_one

_I = re.IGNORECASE

# {"Y": 3, "M": 6}: how many of each unit.
Parts = dict[str, Decimal]
_SPANS = {
    "year": "Y",
    "yr": "Y",
    "decade": "Y",
    "month": "M",
    "mo": "M",
    "quarter": "M",
    "week": "W",
    "wk": "W",
    "fortnight": "D",
    "day": "D",
    "hour": "h",
    "hr": "h",
    "minute": "m",
    "min": "m",
    "second": "s",
    "sec": "s",
} | {
    word: key
    for key, words in {
        "Y": "jahr jahre jahren ans année años año anni anno jaar anos ano år",
        "M": "monat monate monaten mois meses mes mesi mese maanden maand mês måneder måned månader månad",
        "W": "woche wochen semaine semana settimane settimana weken uker uke veckor vecka uger uge",
        "D": "tage tagen jour días día giorni giorno dagen dag dia dager dagar dage",
    }.items()
    for word in words.split()
}
_MULTIPLES = {"decade": 10, "quarter": 3, "fortnight": 14}
_FINER = {"Y": ("M", 12), "W": ("D", 7), "D": ("h", 24), "h": ("m", 60), "m": ("s", 60)}
_UNIT = (
    r"(?:(?:calendar|business|working|consecutive|full|whole|successive|additional)\s{1,2})?"
    rf"(?P<unit>{any_of(_SPANS)})s?(?!\w|-?\s?end\b)(?:['’](?!s\b))?"
)
_AFTER_COUNT = re.compile(rf"[\s‑-]{{0,3}}{_UNIT}", _I)
_ARTICLE = re.compile(rf"(?<![\w-])(?P<half>half{GAP})?an?{GAP}(?!sec|min\b|mo\b|quarter){_UNIT}(?P<more>{PART})?", _I)
_PART_OF = re.compile(
    rf"(?<![\w-])(?:(?P<piece>{PIECES})|half){GAP}of{GAP}(?:(?:an?|one){GAP})(?!sec|min\b|mo\b|quarter){_UNIT}", _I
)
_RATE = re.compile(
    r"(?:[0-9%)]|\b(?:once|twice|times|thousand|million|billion|days?|hours?|weeks?|months?|"
    r"dollars|euros|pounds|cents|half))\s\Z",
    _I,
)
# "one quarter of the staff" is no time.
_SHARE = re.compile(
    r"\sof\s(?:the|all|its|our|their|his|her|this|these|those)\s(?!(?:\w+\s)?(?:year|term|period)\b)", _I
)
_EXACT = Decimal("1e-12")
_THEN = re.compile(r",?\s(?:and\s)?")


def find_durations(text: str, decimal: Mark | None = None) -> Iterator[Value]:
    """Lengths of time: "P2Y6M"; decimal: the decimal mark of the document, where that is known."""
    found = sorted([*_counted(text, decimal), *_articled(text), *_parts_of_one(text)], key=lambda item: item[0])
    merged: list[tuple[int, int, list[Parts]]] = []
    for start, end, readings in found:
        if (
            merged
            and readings
            and merged[-1][2]
            and _continues(text, merged[-1][1], start, merged[-1][2][0], readings[0])
        ):
            first, _, earlier = merged.pop()
            merged.append((first, end, [coarse | fine for coarse in earlier for fine in readings]))
        else:
            merged.append((start, end, readings))
    for start, end, readings in merged:
        yield read_in(start, end, [_iso_duration(parts) for parts in readings])


def _counted(text: str, decimal: Mark | None) -> Iterator[tuple[int, int, list[Parts]]]:
    for quantity, _, sign in free_quantities(text, decimal):
        unit = _AFTER_COUNT.match(text, quantity.end)
        if not unit or quantity.ranged or quantity.may_be_columns or sign < 0:
            continue
        if _MULTIPLES.get(unit["unit"].lower()) == 3 and _SHARE.match(text, unit.end()):
            continue
        is_year = re.fullmatch(r"(?:19|20)[0-9]{2}", text[quantity.start : quantity.end])  # "2024 year"
        if not is_year:
            parts = [_parts(amount, unit["unit"].lower()) for amount in quantity.amounts if amount >= 0]
            yield quantity.start, unit.end(), parts


def _articled(text: str) -> Iterator[tuple[int, int, list[Parts]]]:
    for match in _ARTICLE.finditer(text):
        if not _RATE.search(text, max(0, match.start() - 9), match.start()):  # "twice a year"
            amount = Decimal("0.5") if match["half"] else 1 + part_of_one(match["more"] or "")
            yield *match.span(), [_parts(amount, match["unit"].lower())]


def _parts_of_one(text: str) -> Iterator[tuple[int, int, list[Parts]]]:
    """ "a quarter of a year"; nothing in its place where the part is of no whole number of days, hours and the like."""
    for match in _PART_OF.finditer(text):
        amount = piece_of_one(match["piece"]) if match["piece"] else Decimal("0.5")
        parts = _parts(amount, match["unit"].lower())
        yield *match.span(), [parts] if all(each % 1 == 0 for each in parts.values()) else []


def _parts(amount: Decimal, unit: str) -> Parts:
    """{"Y": 3, "M": 6} for three and a half years: a fraction becomes the finer unit if it can."""
    amount, key = amount * _MULTIPLES.get(unit, 1), _SPANS[unit]
    finer, count = _FINER.get(key, ("", 1))
    rest = (amount % 1 * count).quantize(_EXACT).normalize()  # a third of twelve is four
    if not rest or rest % 1:
        return {key: amount}
    return {key: amount // 1, finer: rest} if amount > 1 else {finer: rest}


def _continues(text: str, end: int, start: int, last: Parts, parts: Parts) -> bool:
    """ "two years and six months" is one duration: units strictly finer, nothing else between."""
    order = "YMWDhms"
    finer = max(map(order.index, last)) < min(map(order.index, parts))
    return finer and start - end < 8 and bool(_THEN.fullmatch(text, end, start))


def _iso_duration(parts: Parts) -> str:
    day, time = (
        "".join(f"{json_number(parts[key])}{key.upper()}" for key in keys if key in parts) for keys in ("YMWD", "hms")
    )
    return f"P{day}T{time}" if time else f"P{day}"
