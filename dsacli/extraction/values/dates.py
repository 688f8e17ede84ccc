"""Dates, as ISO 8601: a day, a month or a year."""

import re
from collections.abc import Iterator
from datetime import date

from dsacli.extraction.conventions import UNKNOWN, Conventions
from dsacli.extraction.figures import CURRENCY_GLYPHS
from dsacli.extraction.values.currencies import CURRENCY_CODE, CURRENCY_NAME
from dsacli.extraction.values.months import MONTH_BESIDE_DAY, MONTH_BESIDE_YEAR, MONTHS
from dsacli.extraction.values.value import Value, any_of, read_in
from dsacli.extraction.values.words import SCALE

_I = re.IGNORECASE

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

_M, _M_ALONE = (rf"(?P<m>{names})\b\.?" for names in (MONTH_BESIDE_DAY, MONTH_BESIDE_YEAR))
# Raised endings come out of some PDFs apart: "24t h day of August".
_OTHER_D = r"(?:[12][0-9]|3[01]|0?[1-9])(?:\s?(?:s\s?t|n\s?d|r\s?d|t\s?h|er|º|°|e|ste|de)(?!\w))?"
_D = rf"(?P<d>{_OTHER_D})"
# Before our era, "1500 BC", is no date.
_BC = r"(?!\s?(?i:B\.?\s?C\b|BCE\b|av\. J|a\.C\.|v\. Chr))"
_Y, _ANY_Y = rf"(?P<y>[12][0-9]{{3}})(?!\w){_BC}", r"[12][0-9]{3}"
# "12 March 25" says a year where nothing follows that it could count.
_SHORT_Y = r"(?:[-./]|,?\s?['’]|,?\s(?=[0-9]{2}[ \t]{0,3}(?:[\n,;:.)|]|\Z)))(?P<y>[0-9]{2})(?![\w%]|[.,:/-][0-9])"
_FROM, _DASH = r"(?<![\w.,/-])", r"\s?(?:[-–]|to|and)\s?"
_OF_YEAR = (
    r"(?:(?:\s?,\s{0,2}|\s{1,3})(?:(?:of|in\sthe\syear(?:\sof\sour\slord)?|de|del|di)\s)?(?:A\.?\s?D\.?\s{1,2})?|[-./])"
)
_QUARTER = r"(?:first|second|third|fourth|last)\s(?:quarter|half)"
_ALL_DIGITS = rf"{_FROM}(?P<a>[0-9]{{1,2}})(?P<s>[-/.])(?P<b>[0-9]{{1,2}})(?P=s)(?P<y>[12][0-9]{{3}}|[0-9]{{2}})(?![\w/]|[-.,][0-9])"
# A form without a group `y` is no date, but keeps the year inside it from passing for one.
_DATE_FORMS = [
    re.compile(form, _I)
    for form in (
        rf"{_FROM}(?P<d>{_OTHER_D}|{any_of(_ORDINALS)})\.?(?:\s{{1,3}}day)?(?:\s{{1,3}}(?:of|de|di))?[\s\-./,]{{1,3}}{_M}{_OF_YEAR}{_Y}",
        rf"{_FROM}{_D}\.?(?:\sof)?[\s\-./]{{1,2}}{_M}{_SHORT_Y}",
        rf"(?<!\w){_M}\s{{0,2}}[-]?(?:the\s)?{_D}(?:{_OF_YEAR}|\.\s{{1,2}}){_Y}",
        rf"(?<!\w){_M_ALONE}\s{{1,2}}{_D}{_SHORT_Y}",
        rf"{_FROM}(?P<y>[12][0-9]{{3}})(?P<s>[-/.])(?P<m>[0-9]{{1,2}})(?P=s)(?P<d>[0-9]{{1,2}})(?=T[0-9]|\W|\Z)(?!-[0-9])",
        rf"{_FROM}(?P<y>[12][0-9]{{3}})\s{{1,3}}{_M}\s{{1,3}}{_D}(?!\w)",
        _ALL_DIGITS,
        rf"(?<!\w){_M_ALONE}{_OF_YEAR}{_Y}(?!-[0-9])",
        rf"{_FROM}(?P<y>[12][0-9]{{3}})-(?P<m>[0-9]{{2}})(?![\w-]|[./][0-9])",
        rf"{_FROM}(?P<m>0[1-9]|1[0-2])/(?P<y>(?:19|20)[0-9]{{2}})(?![\w/-]|[.,][0-9])",
        rf"(?<![\w{CURRENCY_GLYPHS}.,/:#+-])(?P<y>1[5-9][0-9]{{2}}|2[01][0-9]{{2}})(?![\w%½¼¾]|[.,:/–-][0-9]|['’]s){_BC}",
        rf"(?<!\w)(?:[QH][1-4]|FY|{_QUARTER}|(?:financial|fiscal)\syear)"
        rf"(?:\s?[,/-]?\s?|\sof\s)(?:FY\s?|(?:the\s)?(?:fiscal|financial)\s(?:year\s)?)?{_ANY_Y}(?:[-/][0-9]{{2,4}})?",
        rf"(?<!\w){_M}\s{_OTHER_D}{_DASH}{_OTHER_D},?\s{{1,2}}{_ANY_Y}",
        rf"{_FROM}{_OTHER_D}{_DASH}{_OTHER_D}\s{_M},?\s{_ANY_Y}",
        rf"{_FROM}{_ANY_Y}\s?[-–/]\s?(?:{_ANY_Y}|(?<=[–/])[0-9]{{2}})(?![\w./-])",
    )
]
# What three short numbers are that stand like a date: a clause, a version, the code of a bank.
_NO_DATE_LEFT = re.compile(
    r"\b(?:sections?|clauses?|articles?|paragraphs?|chapter|versions?|release|v|sort\scode|code|no|nos|part|item|ref|fig|figure|table|step|rule)\b[.:\s]{0,3}\Z|§\s?\Z",
    _I,
)
# What a date of three short numbers between dots stands behind, where the document has none with a full year: "see 3.2.11" has none.
_DATE_LEFT = re.compile(
    r"(?:^|[\n:|\t(]|\b(?:on|dated?|until|till|since|am|vom|bis|zum|ab|seit|le|du|au|den|op|tot|em|il|dal|al))[ \t]*\Z",
    _I,
)
# "1.2.25 The tenant": the number of a clause that begins there.
_CLAUSE_RIGHT = re.compile(r"\.?[ \t]+[A-Z][a-z]")
_NOT_YEAR_LEFT = re.compile(
    rf"(?:[{CURRENCY_GLYPHS}]|\b(?:{CURRENCY_CODE}|RM|Rp\.?|NIS|rupees|ISO|IEC|EN|Rs\.?|No\.?|section|article|page|room)|\+[0-9]{{1,3}})[\s-]\Z",
    _I,
)
_NOT_YEAR_RIGHT = re.compile(
    rf"[\s-](?:{SCALE}|(?:%|percent|per\scent|dollars|euros|pounds|people|employees|staff|shares|units|pages|"
    rf"words|hours|days|weeks|months|years|times|tonnes|km|kg|NIS|Ft|лв|kr|zł|{CURRENCY_NAME}s?|{CURRENCY_CODE})(?!\w)|[{CURRENCY_GLYPHS}])",
    _I,
)


def find_dates(text: str, conventions: Conventions = UNKNOWN) -> Iterator[Value]:
    """Dates, as exact as they are written: "2025-03-01", "2025-03", "2025"."""
    for form in _DATE_FORMS:
        for match in form.finditer(text):
            yield read_in(*match.span(), _readings(match, conventions))


def _readings(match: re.Match[str], conventions: Conventions) -> list[str]:
    """What a date can mean, the likelier first."""
    part = match.groupdict()
    if "y" not in part:
        return []
    year = int(part["y"]) if len(part["y"]) > 2 else conventions.full_year(int(part["y"]))
    if "a" in part:
        return _in_figures(match, year, conventions)
    if (part.get("m") or "").startswith("Mars") and not part.get("d"):
        return []  # the planet
    month, day = _month(part.get("m")), _day(part.get("d"))
    if month is None and _counts(match):
        return []
    if part.get("m", "").isdigit() and day is None and year % 100 + 1 == month:
        return []  # "2010-11": a month, or two years
    return _existing((year, month, day))


def _in_figures(match: re.Match[str], year: int, conventions: Conventions) -> list[str]:
    first, second, dotted = int(match["a"]), int(match["b"]), match["s"] == "."
    if len(match["y"]) == 2 and _no_date(match, dotted, conventions):
        return []
    day_first = conventions.day_first
    by_day, by_month = (year, second, first), (year, first, second)
    if dotted or day_first:
        return _existing(by_day) or _existing(by_month)
    return _existing(by_month, by_day) if day_first is None else _existing(by_month) or _existing(by_day)


def _no_date(match: re.Match[str], dotted: bool, conventions: Conventions) -> bool:
    text, start = match.string, match.start()
    numbered = dotted and text[max(0, start - 40) : start].rpartition("\n")[2].strip() == ""
    if (numbered and _CLAUSE_RIGHT.match(text, match.end())) or _NO_DATE_LEFT.search(text, max(0, start - 14), start):
        return True
    return dotted and not conventions.dotted and not _DATE_LEFT.search(text, max(0, start - 12), start)


def _month(name: str | None) -> int | None:
    if name is None or name.isdigit():
        return int(name) if name else None
    return MONTHS[name.lower()]


def _day(name: str | None) -> int | None:
    return (_ORDINALS.get(name.lower()) or int(re.sub(r"[^0-9]", "", name))) if name else None


def _counts(match: re.Match[str]) -> bool:
    """Whether four lone digits count something ("2000 employees") or number it ("ISO 2015")."""
    left = _NOT_YEAR_LEFT.search(match.string, max(0, match.start() - 10), match.start())
    return bool(left or _NOT_YEAR_RIGHT.match(match.string, match.end()))


def _existing(*dates: tuple[int, int | None, int | None]) -> list[str]:
    """Those of (year, month, day) that the calendar has, each once."""
    found = []
    for year, month, day in dates:
        try:
            full = date(year, month or 1, day or 1).isoformat()
        except ValueError:
            continue
        found.append(full if day else full[:7] if month else full[:4])
    return list(dict.fromkeys(found))
