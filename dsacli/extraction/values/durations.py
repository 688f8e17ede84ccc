"""Durations, as ISO 8601."""

import re
from collections.abc import Iterator
from decimal import Decimal

from dsacli.extraction.values.quantities import GAP, HALF, free_quantities, json_number
from dsacli.extraction.values.value import Value, any_of

_I = re.IGNORECASE

_SPANS = {
    "year": "Y",
    "yr": "Y",
    "decade": "Y",
    "month": "M",
    "mo": "M",
    "quarter": "M",
    "week": "W",
    "wk": "W",
    "day": "D",
    "hour": "h",
    "hr": "h",
    "minute": "m",
    "min": "m",
    "second": "s",
    "sec": "s",
}
_MULTIPLES = {"decade": 10, "quarter": 3}
_FINER = {"Y": ("M", 12), "W": ("D", 7), "D": ("h", 24), "h": ("m", 60), "m": ("s", 60)}
_UNIT = (
    r"(?:(?:calendar|business|working|consecutive|full|whole|successive|additional)\s{1,2})?"
    rf"(?P<unit>{any_of(_SPANS)})s?(?!\w|-?\s?end\b)['’]?"
)
_AFTER_COUNT = re.compile(rf"[\s‑-]{{0,3}}{_UNIT}", _I)
_ARTICLE = re.compile(rf"(?<![\w-])(?P<half>half{GAP})?an?{GAP}(?!sec|min\b|mo\b|quarter){_UNIT}(?P<more>{HALF})?", _I)
_RATE = re.compile(
    r"(?:[0-9%)]|\b(?:once|twice|times|thousand|million|billion|days?|hours?|weeks?|months?|"
    r"dollars|euros|pounds|cents|half))\s\Z",
    _I,
)
_THEN = re.compile(r",?\s(?:and\s)?")


def find_durations(text: str) -> Iterator[Value]:
    """Lengths of time: "P2Y6M"."""
    found = sorted([*_counted(text), *_articled(text)], key=lambda item: item[0])
    merged: list[tuple[int, int, dict[str, Decimal]]] = []
    for start, end, parts in found:
        if merged and _continues(text, merged[-1], start, parts):
            first, _, earlier = merged.pop()
            merged.append((first, end, earlier | parts))
        else:
            merged.append((start, end, parts))
    for start, end, parts in merged:
        yield Value(start, end, _iso_duration(parts))


def _counted(text: str) -> Iterator[tuple[int, int, dict[str, Decimal]]]:
    for quantity, _, sign in free_quantities(text):
        unit = _AFTER_COUNT.match(text, quantity.end)
        if not unit or quantity.ranged or sign < 0:
            continue
        is_year = re.fullmatch(r"(?:19|20)[0-9]{2}", text[quantity.start : quantity.end])  # "2024 year"
        if not is_year:
            yield quantity.start, unit.end(), _parts(quantity.amount, unit["unit"].lower())


def _articled(text: str) -> Iterator[tuple[int, int, dict[str, Decimal]]]:
    for match in _ARTICLE.finditer(text):
        if not _RATE.search(text, max(0, match.start() - 9), match.start()):  # "twice a year"
            amount = Decimal("0.5") if match["half"] else Decimal("1.5") if match["more"] else Decimal(1)
            yield *match.span(), _parts(amount, match["unit"].lower())


def _parts(amount: Decimal, unit: str) -> dict[str, Decimal]:
    """{"Y": 3, "M": 6} for three and a half years: a fraction becomes the finer unit if it can."""
    amount, key = amount * _MULTIPLES.get(unit, 1), _SPANS[unit]
    finer, count = _FINER.get(key, ("", 1))
    rest = amount % 1 * count
    if not rest or rest % 1:
        return {key: amount}
    return {key: amount // 1, finer: rest} if amount > 1 else {finer: rest}


def _continues(text: str, last: tuple[int, int, dict[str, Decimal]], start: int, parts: dict[str, Decimal]) -> bool:
    """ "two years and six months" is one duration: units strictly finer, nothing else between."""
    order = "YMWDhms"
    finer = max(map(order.index, last[2])) < min(map(order.index, parts))
    return finer and start - last[1] < 8 and bool(_THEN.fullmatch(text, last[1], start))


def _iso_duration(parts: dict[str, Decimal]) -> str:
    day, time = (
        "".join(f"{json_number(parts[key])}{key.upper()}" for key in keys if key in parts) for keys in ("YMWD", "hms")
    )
    return f"P{day}T{time}" if time else f"P{day}"
