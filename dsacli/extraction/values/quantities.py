"""Quantities in figures and words: what numbers, percentages, amounts and durations share."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from dsacli.extraction.figures import CURRENCY_GLYPHS, EITHER, Kind, Mark, amounts_of
from dsacli.extraction.values.powers import POWER, POWER_ALONE, amounts_with_power
from dsacli.extraction.values.signs import minus_word, sign_before
from dsacli.extraction.values.spaced import join_spaced
from dsacli.extraction.values.words import (
    FIGURE_SCALE,
    FIGURE_SCALES,
    IN_WORDS,
    PART,
    POINT,
    amount_of_words,
    part_of_one,
)

_I = re.IGNORECASE

SUFFIXES = {"k": 10**3, "m": 10**6, "mm": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9, "tn": 10**12}
GLYPHS = {
    glyph: Decimal(over) / under
    for under, row in {2: "½", 3: "⅓⅔", 4: "¼ ¾", 5: "⅕⅖⅗⅘", 6: "⅙   ⅚", 8: "⅛ ⅜ ⅝ ⅞"}.items()
    for over, glyph in enumerate(row, 1)
    if glyph != " "
}
# The whole run of digits and separators is taken at once, so that "1,2,3" or "1.2.3" is judged as it stands and no part of it passes
# for a number.
RUN = (
    r"(?:(?<![\w.)])\.)?(?<![0-9])(?<![0-9][.,])"
    rf"[0-9](?:[0-9]|[.,'’\xa0\u2009\u202f{EITHER}](?=[0-9])){{0,40}}(?![0-9])"
)
_QUANTITY = re.compile(
    rf"(?P<ten>{POWER_ALONE})"
    rf"|(?P<run>{RUN})(?:(?P<power>{POWER})|(?:[ \xa0]?(?P<glyph>[{''.join(GLYPHS)}])|(?:\s|-)(?P<over>[1-7])/(?P<under>[2-8])(?![\w/]))?"
    rf"(?P<part>{PART})?(?:[\s-]{{0,2}}(?P<scale>{FIGURE_SCALE}))?)"
    rf"|(?<!\w)(?=[aefhnostz])(?P<words>{IN_WORDS})",
    _I,
)
_POINT_BEHIND = re.compile(POINT, _I)


class Quantity(NamedTuple):
    """A number at `start:end`, and what it can mean, the likelier first.

    figures: its digits as written, empty for one in words
    scaled: whether a word such as "million" is part of it
    ranged: whether it is an end of a range
    """

    start: int
    end: int
    amounts: tuple[Decimal, ...]
    figures: str
    scaled: bool
    ranged: bool = False
    contradicted: bool = False

    @property
    def amount(self) -> Decimal:
        """The likeliest."""
        return self.amounts[0]

    @property
    def in_words(self) -> bool:
        return not self.figures

    @property
    def may_be_columns(self) -> bool:
        """Whether it may be several figures, of which what follows belongs to the last only."""
        return EITHER in self.figures


def quantities(text: str, decimal: Mark | None = None, kind: Kind = "number") -> list[Quantity]:
    """Every number in `text`: "thirty (30)" is one, the ends of a range are marked `ranged`.

    decimal: the decimal mark of the document, where that is known
    """
    found: list[Quantity] = []
    text = join_spaced(text, columns=kind == "money")
    for match in _QUANTITY.finditer(text):
        amounts = _amounts(match, decimal, kind)
        if not amounts:
            continue
        scaled = bool(match["scale"] or match["power"] or match["ten"])
        new = Quantity(*match.span(), amounts, match["run"] or match["ten"] or "", scaled)
        if found and _echoes(text, found[-1], new):
            old = found.pop()
            same = tuple(amount for amount in old.amounts if amount in amounts)
            contradicted = old.contradicted or not same
            amounts = same or amounts
            new = new._replace(
                start=old.start, end=new.end + 1, amounts=amounts, ranged=old.ranged, contradicted=contradicted
            )
        elif found and _is_range(text, found[-1], new):
            found[-1], new = found[-1]._replace(ranged=True), new._replace(ranged=True)
        found.append(new)
    return [quantity for quantity in found if not quantity.contradicted]


def _amounts(match: re.Match[str], decimal: Mark | None, kind: Kind) -> tuple[Decimal, ...]:
    if match["words"]:
        in_words = amount_of_words(match["words"])
        cut = _POINT_BEHIND.match(match.string, match.end())
        return () if in_words is None or cut else (in_words,)
    if match["ten"] or match["power"]:
        return amounts_with_power(match["run"] or "1", match["power"] or f"×{match['ten']}", decimal)
    more = GLYPHS.get(match["glyph"] or "", Decimal(0)) + part_of_one(match["part"] or "")
    if match["over"]:
        if int(match["over"]) >= int(match["under"]):
            return ()
        more += Decimal(match["over"]) / Decimal(match["under"])
    scale = FIGURE_SCALES[match["scale"].lower()] if match["scale"] else 1
    # A thousand millions are written as a billion: what is scaled has decimals.
    amounts = amounts_of(match["run"], decimal, "number" if match["scale"] else kind)
    return tuple((amount + more) * scale for amount in amounts)


def _echoes(text: str, old: Quantity, new: Quantity) -> bool:
    between = text[old.end : new.start] if new.start - old.end < 4 else ""
    return old.in_words != new.in_words and between.strip() == "(" and text[new.end : new.end + 1] == ")"


_RANGE = re.compile(
    rf"\s{{0,2}}(?:[-–—]|(?P<word>to|or|and)(?=\s))\s{{0,2}}(?P<sign>[{CURRENCY_GLYPHS}]|[A-Z]{{3}}\s?)?"
)
_BETWEEN = re.compile(rf"\bbetween\s{{1,2}}(?:[{CURRENCY_GLYPHS}]|[A-Z]{{3}}\s?)?\Z", _I)


def _is_range(text: str, low: Quantity, high: Quantity) -> bool:
    gap = _RANGE.fullmatch(text, low.end, high.start) if high.start - low.end < 12 else None
    if not gap or low.contradicted or high.contradicted or low.amount >= high.amount:
        return False
    if gap["word"] == "and":
        return bool(_BETWEEN.search(text, max(0, low.start - 14), low.start))
    # "from $10 to $15" names two amounts; "$10 to $15 million" leaves the first one open.
    return not (gap["word"] and gap["sign"]) or (high.scaled and not low.scaled)


LEFT_JOINED = re.compile(r"(?:[\w^]|[\w^][-–/]|\^[−{(]|[0-9]:)\Z")
RIGHT_JOINED = re.compile(r"\w|[-–/:][0-9]|\^")


def json_number(amount: Decimal) -> int | float:
    """An int where it is whole."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def free_quantities(
    text: str, decimal: Mark | None = None, kind: Kind = "number"
) -> Iterator[tuple[Quantity, int, int]]:
    """Quantities not glued to a word, a code or another number, with start and sign."""
    for quantity in quantities(text, decimal, kind):
        sign = sign_before(text, quantity.start)
        start = quantity.start - (sign < 0)
        if LEFT_JOINED.search(text, max(0, start - 2), start):
            continue
        word = minus_word(text, start, adjective=kind == "percent") if sign > 0 else None
        if word and word.sure:
            yield quantity, word.start, -1
        elif word:
            both = tuple(sign * amount for sign in (1, -1) for amount in quantity.amounts)
            yield quantity._replace(amounts=both), word.start, 1
        else:
            yield quantity, start, sign
