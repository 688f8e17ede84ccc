"""Dates, as ISO 8601: a day, a month or a year."""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from dsacli.extraction.values.money import CURRENCY_CODE
from dsacli.extraction.values.quantities import SCALE
from dsacli.extraction.values.value import Value, any_of

_I = re.IGNORECASE

_MONTHS = {
    name: number
    for number, name in enumerate(
        "january february march april may june july august september october november december".split(), 1
    )
}
_ORDINALS = {
    word: day
    for day, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
        "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        1,
    )
}
_ORDINALS |= {f"twenty-{word}": 20 + day for word, day in list(_ORDINALS.items())[:9]}
_ORDINALS |= {"thirtieth": 30, "thirty-first": 31}

_M = (
    r"(?P<m>"
    + "|".join(f"{name[:3]}(?:{name[3:]})?" if name != "september" else "sep(?:t(?:ember)?)?" for name in _MONTHS)
    + r")\b\.?"
)
# Raised endings come out of some PDFs apart: "24t h day of August".
_OTHER_D = r"(?:[12][0-9]|3[01]|0?[1-9])(?:\s?(?:s\s?t|n\s?d|r\s?d|t\s?h)(?!\w))?"
_D = rf"(?P<d>{_OTHER_D})"
_Y, _ANY_Y = r"(?P<y>[12][0-9]{3})(?!\w)", r"[12][0-9]{3}"
_FROM, _DASH = r"(?<![\w.,/-])", r"\s?(?:[-–]|to|and)\s?"
_OF_YEAR = r"(?:\s?,\s{0,2}|\s{1,3}(?:(?:of|in\sthe\syear)\s)?|[-./])"
_QUARTER = r"(?:first|second|third|fourth|last)\s(?:quarter|half)"
_ALL_DIGITS = re.compile(rf"{_FROM}(?P<a>[0-9]{{1,2}})(?P<s>[-/.])(?P<b>[0-9]{{1,2}})(?P=s){_Y}(?![-/.][0-9])", _I)
# A form without a group `y` is no date, but keeps the year inside it from passing for one.
_DATE_FORMS = [
    re.compile(form, _I)
    for form in (
        rf"{_FROM}(?P<d>{_OTHER_D}|{any_of(_ORDINALS)})(?:\s{{1,3}}day)?(?:\s{{1,3}}of)?[\s\-./,]{{1,3}}{_M}{_OF_YEAR}{_Y}",
        rf"(?<!\w){_M}\s{{0,2}}[-]?(?:the\s)?{_D}{_OF_YEAR}{_Y}",
        rf"{_FROM}(?P<y>[12][0-9]{{3}})(?P<s>[-/.])(?P<m>[0-9]{{1,2}})(?P=s)(?P<d>[0-9]{{1,2}})(?=T[0-9]|\W|\Z)(?!-[0-9])",
        rf"{_FROM}(?P<y>[12][0-9]{{3}})\s{{1,3}}{_M}\s{{1,3}}{_D}(?!\w)",
        _ALL_DIGITS.pattern,
        rf"(?<!\w){_M}{_OF_YEAR}{_Y}(?!-[0-9])",
        rf"{_FROM}(?P<y>[12][0-9]{{3}})-(?P<m>[0-9]{{2}})(?![\w-]|[./][0-9])",
        r"(?<![\w$£€¥₹.,/:#+-])(?P<y>1[5-9][0-9]{2}|2[01][0-9]{2})(?![\w%½¼¾]|[.,:/–-][0-9]|['’]s)",
        rf"(?<!\w)(?:[QH][1-4]|FY|{_QUARTER}|(?:financial|fiscal)\syear)"
        rf"(?:\s?[,/-]?\s?|\sof\s)(?:FY\s?|(?:the\s)?(?:fiscal|financial)\s(?:year\s)?)?{_ANY_Y}(?:[-/][0-9]{{2,4}})?",
        rf"(?<!\w){_M}\s{_OTHER_D}{_DASH}{_OTHER_D},?\s{{1,2}}{_ANY_Y}",
        rf"{_FROM}{_OTHER_D}{_DASH}{_OTHER_D}\s{_M},?\s{_ANY_Y}",
        rf"{_FROM}{_ANY_Y}\s?[-–/]\s?(?:{_ANY_Y}|(?<=[–/])[0-9]{{2}})(?![\w./-])",
    )
]
_NOT_YEAR_LEFT = re.compile(
    rf"(?:[$£€¥₹]|\b(?:{CURRENCY_CODE}|ISO|IEC|EN|Rs\.?|No\.?|section|article|page|room)|\+[0-9]{{1,3}})[\s-]\Z", _I
)
_NOT_YEAR_RIGHT = re.compile(
    rf"[\s-](?:{SCALE}|(?:%|percent|per\scent|dollars|euros|pounds|people|employees|staff|shares|units|pages|"
    rf"words|hours|days|weeks|months|years|times|tonnes|km|kg|{CURRENCY_CODE})(?!\w))",
    _I,
)


@lru_cache(maxsize=8)
def day_first(text: str) -> bool:
    """Whether 01/03/2025 means 1 March in `text`: one of its dates can only be read so, and none the other way."""
    pairs = [(int(m["a"]), int(m["b"])) for m in _ALL_DIGITS.finditer(text) if m["s"] != "."]
    return any(12 < a < 32 for a, b in pairs) and not any(12 < b < 32 for a, b in pairs)


def find_dates(text: str, day_first: bool = False) -> Iterator[Value]:
    """Dates, as exact as they are written: "2025-03-01", "2025-03", "2025"."""
    for form in _DATE_FORMS:
        for match in form.finditer(text):
            yield Value(*match.span(), _iso_date(match, day_first))


def _iso_date(match: re.Match[str], day_first: bool) -> str | None:
    part = match.groupdict()
    if "y" not in part:
        return None
    year = int(part["y"])
    if "a" in part:
        first, second = int(part["a"]), int(part["b"])
        day_leads = first > 12 or (second <= 12 and (day_first or part["s"] == "."))
        return _calendar(year, second, first) if day_leads else _calendar(year, first, second)
    month, day = _month(part.get("m")), _day(part.get("d"))
    if month is None and _counts(match):
        return None
    if part.get("m", "").isdigit() and day is None and year % 100 + 1 == month:
        return None  # "2010-11": a month, or two years
    return _calendar(year, month, day)


def _month(name: str | None) -> int | None:
    if name is None or name.isdigit():
        return int(name) if name else None
    return next(number for full, number in _MONTHS.items() if full.startswith(name.lower()[:3]))


def _day(name: str | None) -> int | None:
    return (_ORDINALS.get(name.lower()) or int(re.sub(r"[^0-9]", "", name))) if name else None


def _counts(match: re.Match[str]) -> bool:
    """Whether four lone digits count something ("2000 employees") or number it ("ISO 2015")."""
    left = _NOT_YEAR_LEFT.search(match.string, max(0, match.start() - 10), match.start())
    return bool(left or _NOT_YEAR_RIGHT.match(match.string, match.end()))


def _calendar(year: int, month: int | None, day: int | None) -> str | None:
    try:
        full = date(year, month or 1, day or 1).isoformat()
    except ValueError:
        return None
    return full if day else full[:7] if month else full[:4]
