"""Quantities in figures and words: what numbers, percentages, amounts and durations share."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from dsacli.extraction.values.value import any_of

_I = re.IGNORECASE

_UNITS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_SMALL = _UNITS | _TENS
_SCALES = {
    "thousand": 10**3,
    "lakh": 10**5,
    "lakhs": 10**5,
    "million": 10**6,
    "crore": 10**7,
    "crores": 10**7,
    "billion": 10**9,
    "trillion": 10**12,
}
SUFFIXES = {"k": 10**3, "m": 10**6, "mm": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9, "tn": 10**12}
_FRACTIONS = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}

GAP, _JOIN = r"\s{1,3}", r"(?:\s{1,3}|\s?[-‐‑]\s?)"
SCALE = any_of(_SCALES) + r"\b"
_BELOW_100 = rf"(?:{any_of(_TENS)}(?:{_JOIN}{any_of(list(_UNITS)[1:10])}\b)?|{any_of(_UNITS)})\b"
_BELOW_1000 = (
    rf"(?:(?:an?|{_BELOW_100}){_JOIN}hundred\b(?:{GAP}(?:and{GAP})?{_BELOW_100})?"
    rf"|{_BELOW_100})"
)
HALF = rf"{GAP}and{GAP}(?:a|one){_JOIN}half\b"
_IN_WORDS = (
    rf"(?:(?:half{GAP})?an?(?={GAP}{SCALE})|{_BELOW_1000})"
    rf"(?:{_JOIN}{SCALE}(?:,?{GAP}(?:and{GAP})?{_BELOW_1000})?){{0,4}}"
    rf"(?:{HALF}(?:{GAP}{SCALE})?)?"
)
# The whole run of digits and separators is taken at once, so that "12,50" or "1.2.3" is
# judged as it stands and no part of it passes for a number.
_RUN = (
    r"(?:(?<![\w.)])\.)?(?<![0-9])(?<![0-9][.,])"
    r"[0-9](?:[0-9]|[.,'’\xa0\u2009\u202f](?=[0-9])){0,40}(?![0-9])"
)
_QUANTITY = re.compile(
    rf"(?P<run>{_RUN})(?P<glyph>[½¼¾])?(?P<half>{HALF})?(?:[\s-]{{0,2}}(?P<scale>{SCALE}))?"
    rf"|(?<!\w)(?=[aefhnostz])(?P<words>{_IN_WORDS})",
    _I,
)
_IN_FIGURES = re.compile(
    r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+"  # 1250.5
    r"|[0-9]{1,3}(?P<sep>[,'’\xa0\u2009\u202f])[0-9]{3}(?:(?P=sep)[0-9]{3})*(?:\.[0-9]+)?"  # 1,250.5
    r"|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]+)?"  # 12,50,000
    r"|(?P<dots>[0-9]{1,3}(?:(?:\.[0-9]{3}){2,}|(?:[.\xa0][0-9]{3})+,[0-9]{2}))"
)  # 1.250.000,00


class Quantity(NamedTuple):
    """A number at `start:end`, `in_words` or figures, `scaled` by a word such as "million", `ranged` as an end of a range."""

    start: int
    end: int
    amount: Decimal
    in_words: bool
    scaled: bool
    ranged: bool = False
    contradicted: bool = False


def quantities(text: str) -> list[Quantity]:
    """Every number in `text`: "thirty (30)" is one, the ends of a range are marked `ranged`."""
    found: list[Quantity] = []
    for match in _QUANTITY.finditer(text):
        amount = _amount_of_words(match["words"]) if match["words"] else _amount_of_figures(match)
        if amount is None:
            continue
        new = Quantity(*match.span(), amount, bool(match["words"]), bool(match["scale"]))
        if found and _echoes(text, found[-1], new):
            old = found.pop()
            contradicted = old.contradicted or amount != old.amount
            new = new._replace(start=old.start, end=new.end + 1, ranged=old.ranged, contradicted=contradicted)
        elif found and _is_range(text, found[-1], new):
            found[-1], new = found[-1]._replace(ranged=True), new._replace(ranged=True)
        found.append(new)
    return [quantity for quantity in found if not quantity.contradicted]


def _amount_of_words(words: str) -> Decimal | None:
    total, current, ceiling = Decimal(0), Decimal(0), 10**15
    for word in re.findall(r"[a-z]+", words.lower()):
        if word in _SMALL:
            current += _SMALL[word]
        elif word == "hundred":
            current = (current or 1) * Decimal(100)
        elif word == "half":
            if total and not current:  # "two million and a half": half of what?
                return None
            current += Decimal("0.5")
        elif word in _SCALES:
            if _SCALES[word] >= ceiling:
                return None
            ceiling = _SCALES[word]
            total, current = total + (current or 1) * ceiling, Decimal(0)
    return total + current


def _amount_of_figures(match: re.Match[str]) -> Decimal | None:
    form = _IN_FIGURES.fullmatch(match["run"])
    if not form:
        return None
    digits = form[0].replace(".", "").replace(",", ".") if form["dots"] else form[0]
    amount = Decimal(re.sub(r"[^0-9.]", "", digits))
    amount += _FRACTIONS.get(match["glyph"] or "", 0) + (Decimal("0.5") if match["half"] else 0)
    return amount * _SCALES[match["scale"].lower()] if match["scale"] else amount


def _echoes(text: str, old: Quantity, new: Quantity) -> bool:
    between = text[old.end : new.start] if new.start - old.end < 4 else ""
    return old.in_words != new.in_words and between.strip() == "(" and text[new.end : new.end + 1] == ")"


_RANGE = re.compile(r"\s{0,2}(?:[-–—]|(?P<word>to|or|and)(?=\s))\s{0,2}(?P<sign>[$£€¥₹]|[A-Z]{3}\s?)?")
_BETWEEN = re.compile(r"\bbetween\s{1,2}(?:[$£€¥₹]|[A-Z]{3}\s?)?\Z", _I)


def _is_range(text: str, low: Quantity, high: Quantity) -> bool:
    gap = _RANGE.fullmatch(text, low.end, high.start) if high.start - low.end < 12 else None
    if not gap or low.contradicted or high.contradicted or low.amount >= high.amount:
        return False
    if gap["word"] == "and":
        return bool(_BETWEEN.search(text, max(0, low.start - 14), low.start))
    # "from $10 to $15" names two amounts; "$10 to $15 million" leaves the first one open.
    return not (gap["word"] and gap["sign"]) or (high.scaled and not low.scaled)


LEFT_JOINED = re.compile(r"(?:\w|\w[-–/]|[0-9]:)\Z")
RIGHT_JOINED = re.compile(r"\w|[-–/:][0-9]")


def sign_before(text: str, start: int) -> int:
    """-1 where a minus, and not a hyphen or a dash, stands right before `start`."""
    minus = start and text[start - 1] in "-−" and (start == 1 or text[start - 2] in " \t\n(:")
    return -1 if minus else 1


def json_number(amount: Decimal) -> int | float:
    """An int where it is whole."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def free_quantities(text: str) -> Iterator[tuple[Quantity, int, int]]:
    """Quantities not glued to a word, a code or another number, with start and sign."""
    for quantity in quantities(text):
        sign = sign_before(text, quantity.start)
        start = quantity.start - (sign < 0)
        if not LEFT_JOINED.search(text, max(0, start - 2), start):
            yield quantity, start, sign
