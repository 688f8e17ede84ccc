"""How a document writes its figures: the decimal mark, and whether the day or the month comes first.

Told by what can be read in one way only, then by its language, then by its currency. Where these say nothing, or disagree, a
value that depends on it has two readings.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from dsacli.extraction.figures import CURRENCY_GLYPHS, Mark, decimal_mark
from dsacli.language import language_of

_RUN = re.compile(r"(?<![\w.,/:-])[0-9][0-9.,'’\xa0\u2009\u202f]{0,30}[0-9](?![0-9])")
# What makes a run of digits an amount, and not the number of a clause.
_MONEY_BEFORE = re.compile(
    rf"(?:[{CURRENCY_GLYPHS}]|\b(?:[A-Z]{{3}}|[Kk]r\.?|Rs\.?|Rp\.?|RM|S?[Ff]r\.))[ \xa0\u2009\u202f]?[-−(]{{0,2}}\Z"
)
_UNIT_AFTER = re.compile(
    r"\)?[ \xa0\u2009\u202f]?(?:[€£%₹₽₺]|kr\b|Ft\b|zł\b|лв\b|(?:EUR|CHF|USD|GBP|SEK|NOK|DKK|BRL|INR|euros?)\b)"
)
_DAY_AND_MONTH = re.compile(
    r"(?<![\w.,/-])([0-9]{1,2})([-/.])([0-9]{1,2})\2(?:[12][0-9]{3}|[0-9]{2})(?![\w/]|[-.][0-9])"
)
_DAY_FIRST = re.compile(
    r"[£€₹]|R\$|\bkr\.?(?!\w)|\b(?:EUR|GBP|CHF|AUD|NZD|INR|SEK|NOK|DKK|BRL|VAT|plc|PLC|Ltd|[Cc]heques?|[Cc]olour\w*|[Ff]avour\w*|[Hh]onour\w*|[Ll]abour"
    r"|[Cc]entres?|[Mm]etres?|[Pp]rogrammes?|[A-Za-z]+(?:ganis|thoris|cognis)(?:e[sd]?|ing|ation)|England|Scotland|Wales|London|Ireland|Australia|India)\b"
)
_MONTH_FIRST = re.compile(
    r"(?<![\w$])(?:US)?\$|\b(?:USD|[Cc]olors?|[Ff]avor\w*|[Hh]onor(?:s|ed|able|ing)?|[Ll]abor|[Cc]enters?|[A-Za-z]+(?:ganiz|thoriz|cogniz)(?:e[sd]?|ing|ation)"
    r"|Delaware|California|New York|Texas|Inc|LLC|[A-Z]{2} [0-9]{5})\b"
)
_YEAR = re.compile(r"(?<![0-9])([12][0-9]{3})(?![0-9])")
_DOTTED = re.compile(r"(?<![\w.])[0-9]{1,2}\.[0-9]{1,2}\.(?:19|20)[0-9]{2}(?![\w.])")
_EXAMINED = 1_000_000
_COMMA_LANGUAGES = frozenset("de fr es it nl pt no sv da pl cs fi hu ro tr vi".split())
# Clear evidence outweighs what contradicts it so many times.
_CLEARLY = 3


@dataclass(frozen=True)
class Conventions:
    """What a document's own figures say of the others; None where they do not say.

    decimal: its decimal mark
    day_first: whether 01/03/2025 is the first of March
    year: about when it was written, for years of two digits
    dotted: whether it has dates such as 1.3.2025, beside which 1.3.25 is a date more than the number of a clause
    """

    decimal: Mark | None
    day_first: bool | None
    year: int | None
    dotted: bool = False

    def full_year(self, two_digits: int) -> int:
        """The year that two digits stand for: the nearest to the document's years, else one from 1969 to 2068.

        >>> Conventions(None, None, 2024).full_year(85), Conventions(None, None, 2024).full_year(55)
        (1985, 2055)
        """
        about = self.year or 2018
        return min((century + two_digits for century in (1800, 1900, 2000, 2100)), key=lambda year: abs(year - about))


UNKNOWN = Conventions(None, None, None)


@dataclass(frozen=True)
class Setting:
    """The document that a text is a part of, from its character `at` on."""

    document: str
    at: int = 0

    @cached_property
    def conventions(self) -> Conventions:
        return conventions_of(self.document)


@lru_cache(maxsize=8)
def conventions_of(document: str) -> Conventions:
    """The conventions of a document, by its whole text.

    >>> conventions_of("Rent: € 45,90. Deposit: 5.000 €. From 25/04/2025.")
    Conventions(decimal=',', day_first=True, year=2025, dotted=False)
    """
    text = document[:_EXAMINED]
    language = language_of(text)
    return Conventions(_decimal(text, language), _day_first(text, language), _year(text), bool(_DOTTED.search(text)))


def _decimal(text: str, language: str | None) -> Mark | None:
    amounts, others = {".": 0, ",": 0}, {".": 0, ",": 0}
    for run in _RUN.finditer(text):
        mark = decimal_mark(run[0])
        if not mark:
            continue
        money = _MONEY_BEFORE.search(text, max(0, run.start() - 8), run.start()) or _UNIT_AFTER.match(text, run.end())
        if money:
            amounts[mark] += 1
        elif re.search(r"[.,][0-9]{2}\Z", run[0]) and len(run[0]) > 4:
            others[mark] += 1
    for votes in (amounts, others):
        if any(votes.values()):
            return "." if votes["."] >= _CLEARLY * votes[","] else "," if votes[","] >= _CLEARLY * votes["."] else None
    swiss = re.search(r"\b(?:CHF|S?[Ff]r\.)", text)
    if language in _COMMA_LANGUAGES:
        # Spanish is written with points in Mexico, German in Switzerland.
        return None if language == "es" and "$" in text else "." if swiss else ","
    if language == "en":
        return "."
    point = swiss or re.search(r"[£₹]|(?<!\w)(?:US)?\$|\b(?:USD|GBP|INR|Rs|[Dd]ollars|[Pp]ounds|[Rr]upees)\b", text)
    comma = re.search(r"[0-9][ \xa0]?€|R\$|\bkr\b", text)
    return "." if point and not comma else "," if comma and not point else None


def _day_first(text: str, language: str | None) -> bool | None:
    pairs = [(int(m[1]), int(m[3])) for m in _DAY_AND_MONTH.finditer(text) if m[2] != "."]
    day, month = any(12 < a < 32 and b < 13 for a, b in pairs), any(12 < b < 32 and a < 13 for a, b in pairs)
    if day or month:
        return None if day and month else day
    if language in _COMMA_LANGUAGES:
        return True
    first, second = (sum(1 for _ in form.finditer(text)) for form in (_DAY_FIRST, _MONTH_FIRST))
    if first and first >= _CLEARLY * second:
        return True
    return False if second and second >= _CLEARLY * first else None


def _year(text: str) -> int | None:
    years = sorted(int(m[1]) for m in _YEAR.finditer(text) if 1800 <= int(m[1]) < 2200)
    return years[len(years) // 2] if years else None
