"""Amounts of money, with their ISO 4217 currency."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from dsacli.extraction.conventions import Setting
from dsacli.extraction.figures import CURRENCY_GLYPHS, Mark, amounts_of
from dsacli.extraction.values.bare_amounts import bare_amount
from dsacli.extraction.values.currencies import (
    CURRENCY_CODE,
    CURRENCY_NAME,
    CURRENCY_SIGN,
    DECIMAL_MARKS,
    DOUBTFUL_AFTER,
    DOUBTFUL_BEFORE,
    KRONE_SIGN,
    UNNAMED_KRONE,
    currency_of,
    fits,
    krone_at,
)
from dsacli.extraction.values.negative import signs_of
from dsacli.extraction.values.pence import SHILLINGS, find_pence
from dsacli.extraction.values.quantities import (
    LEFT_JOINED,
    RIGHT_JOINED,
    SUFFIXES,
    Quantity,
    json_number,
    quantities,
)
from dsacli.extraction.values.unit_notes import line_around, unit_at
from dsacli.extraction.values.value import Value, read_in
from dsacli.extraction.values.words import FIGURE_SCALE, FIGURE_SCALES

_I = re.IGNORECASE
_GAP = r"[ \t\n\xa0\u2009\u202f]"
_PREFIX = r"(?P<prefix>[TkM]|Md|Mio\.?\s?|Mrd\.?\s?)(?=€|EUR)"
_PREFIXES = {"t": 10**3, "k": 10**3, "m": 10**6, "md": 10**9, "mio": 10**6, "mrd": 10**9}
_SIGN = rf"(?:(?<![\w$]){CURRENCY_SIGN}|(?<!\w)(?:{CURRENCY_CODE}|{KRONE_SIGN})|{DOUBTFUL_BEFORE}|(?<=[TkM])(?:€|EUR))"
_BEFORE = re.compile(
    rf"(?P<minus>(?<![\w)])(?:[-−]|−{_GAP}))?(?:(?<!\w){_PREFIX})?(?P<currency>{_SIGN}){_GAP}{{0,2}}"
    rf"(?P<inner>[-−]|−{_GAP}|(?P<bracket>\({_GAP}?))?\Z"
)
_AFTER = re.compile(
    rf"[\s-]{{0,2}}(?:(?i:d['’]|d[ei]\s)\s?)?(?:{_PREFIX})?"
    rf"(?:(?P<code>{CURRENCY_CODE}|{DOUBTFUL_AFTER}|{KRONE_SIGN}(?!\w))|(?P<sign>[{CURRENCY_GLYPHS}]|zł|Kč|лв\.?|S?Fr\.|TL(?!\w))|(?P<name>(?i:{CURRENCY_NAME}s?)))"
    rf"(?!\w|\s?[0-9](?!\.\s))"
)
_SUFFIX = re.compile(r"(?:[km]|mm|b)(?!\w)|\s?(?:m|mn|bn|tn)(?!\w)", _I)
_SHORT_SCALE = re.compile(r"(?:m|mn|bn)(?!\w)", _I)
_IN_YEAR = re.compile(r"\b(?:in|since|during|until|late|early)\s\Z", _I)
# "350.-" and "350,–": no cents.
_NO_CENTS = re.compile(r"[.,:](?:[-–—]{1,2}|−)(?![0-9])")
_TRAILING_MINUS = re.compile(rf"[-−](?={_GAP}{{0,2}}(?:€|{CURRENCY_CODE}|\n|\Z|\t|\|))")
_SCALE_BEHIND = re.compile(rf"\s{{1,2}}(?P<scale>{FIGURE_SCALE})", _I)
# Continental amounts part thousands with plain spaces; in "$ 120 135 150" they are columns.
_SPACED = re.compile(
    rf"(?:€|R\$|\b(?:{CURRENCY_CODE}|{KRONE_SIGN}|S?Fr\.)) ?[-−]?[0-9]{{1,3}}(?: [0-9]{{3}}){{1,5}}(?![0-9])"
    rf"|(?<![0-9.,])(?<![0-9.,] )[0-9]{{1,3}}(?: [0-9]{{3}}){{1,5}}"
    rf"(?:[,.][0-9]{{2}}|[.,:][-–—]{{1,2}})? ?(?:€|(?:{CURRENCY_CODE}|{KRONE_SIGN}|zł|Kč|euros?|Euro|kronor|kroner|Franken)\b)"
)
# Behind a dollar or a pound they may be either.
_MORE_GROUPS = re.compile(r"((?: [0-9]{3}){1,5})([.,][0-9]{2})?(?![0-9.,]|\s?[€£$])")
_UNSCALED = re.compile(
    r"\bper[\s-](?:\w+\s)?(?:share|unit|hour|day|month|year|person|head|tonne|ton|kg|litre|gallon)\b|\bpar\svalue\b", _I
)
_CENTS_BEHIND = re.compile(r"€([0-9]{2})(?!\w|[.,][0-9])")


class Amount(NamedTuple):
    """A figure read as money: what it can be, signed, the likelier first; `scaled` by a word or a suffix of its own."""

    start: int
    end: int
    amounts: list[Decimal]
    currency: str
    scaled: bool


def find_money(text: str, setting: Setting | None = None) -> Iterator[Value]:
    """Amounts with a currency: {"amount", "currency"}, and "scale" where a note above multiplies them.

    The currency is None for a krone that may be of several countries; `setting` is the document around the text.
    """
    setting = setting or Setting(text)
    text = _SPACED.sub(_joined, text)
    before = 0
    yield from find_pence(text)
    for quantity in quantities(text, setting.conventions.decimal, "money"):
        if quantity.figures == "000":  # "$000" at the head of a column
            continue
        amount = _with_currency(text, quantity, setting, before)
        if amount is None and not quantity.in_words:
            bare = bare_amount(text, quantity, setting)
            amount = bare and Amount(*bare, scaled=quantity.scaled)
        if amount and not quantity.ranged and not RIGHT_JOINED.match(text, amount.end):
            before = amount.end
            shillings = SHILLINGS.match(text, amount.end) if amount.currency == "GBP" else None
            if shillings:
                yield read_in(amount.start, shillings.end(), [])
                continue
            yield read_in(amount.start, amount.end, list(_meanings(amount, setting)))


def _with_currency(text: str, quantity: Quantity, setting: Setting, before: int) -> Amount | None:
    """A figure and the currency on one of its sides; None where there is none. before: where the last amount ended."""
    decimal = setting.conventions.decimal
    left = _BEFORE.search(text, max(0, quantity.start - 14), quantity.start)
    if left and not fits(left["currency"], *_shape(text, quantity, left.end("currency")), setting.document):
        left = None
    amounts, end, scaled = _sized(text, quantity, decimal, bool(left and left["currency"] in "$£"))
    trailing = None if quantity.in_words else _TRAILING_MINUS.match(text, end)
    start, end = left.start() if left else quantity.start, trailing.end() if trailing else end
    # "$(3,214)", "(25,00) EUR": brackets around a figure without its currency.
    bracketed = text[end : end + 1] == ")" and (
        bool(left["bracket"]) if left else not quantity.in_words and text[start - 1 : start] == "("
    )
    if bracketed:
        start, end = start if left else start - 1, end + 1
        behind = None if scaled else _SCALE_BEHIND.match(text, end)
        if behind:
            amounts, end, scaled = _times(amounts, FIGURE_SCALES[behind["scale"].lower()]), behind.end(), True
    right = _AFTER.match(text, end)
    if right and right["code"] and not fits(right["code"], *_shape(text, quantity, 0), setting.document):
        right = None
    if right and right["name"] and _in_year(text, quantity):
        right = None
    cents = None if left or right or quantity.in_words else _CENTS_BEHIND.match(text, end)
    if cents:  # 12€50
        return Amount(start, cents.end(), [amounts[0] + Decimal(cents[1]) / 100], "EUR", False)
    currency = _currency(left, right)
    if not currency:
        return None
    if decimal is None and len(amounts) > 1 and amounts == quantity.amounts and not quantity.scaled:
        amounts = amounts_of(quantity.figures, DECIMAL_MARKS.get(currency), "money")
    prefix = (right and right["prefix"]) or (left and left["prefix"])
    if prefix:
        factor = _PREFIXES[prefix.lower().rstrip(". ")]
        amounts, scaled = _times(amounts_of(quantity.figures, decimal, "number"), factor), True
    end = right.end() if right else end
    if not left and LEFT_JOINED.search(text, max(0, start - 2), start):
        return None
    if trailing or bracketed or (left and (left["minus"] or (left["inner"] and not left["bracket"]))):
        signs: tuple[int, ...] = (-1,)
    elif left and left["bracket"]:
        signs = (1,)
    else:
        start, end, signs = signs_of(text, start, end, before)
    return Amount(start, end, [sign * amount for sign in signs for amount in amounts], currency, scaled)


def _shape(text: str, quantity: Quantity, sign_end: int) -> tuple[str, bool, bool]:
    """A figure's digits, whether they are written on to the sign before them, and whether they are clearly scaled."""
    suffix = _SHORT_SCALE.match(text, quantity.end) if re.search("[.,]", quantity.figures) else None
    return quantity.figures, quantity.start == sign_end, quantity.scaled or bool(suffix)


def _in_year(text: str, quantity: Quantity) -> bool:
    """Whether a figure is the year in which something befell a currency: "in 2023 Turkish lira fell"."""
    is_year = re.fullmatch("(?:19|20)[0-9]{2}", quantity.figures)
    return bool(is_year and _IN_YEAR.search(text, max(0, quantity.start - 8), quantity.start))


def _sized(
    text: str, quantity: Quantity, decimal: Mark | None, may_be_columns: bool
) -> tuple[tuple[Decimal, ...], int, bool]:
    """What a quantity and what is written on to it come to, where that ends, and whether a suffix scaled it."""
    if quantity.in_words or quantity.scaled:
        return quantity.amounts, quantity.end, quantity.scaled
    suffix = _SUFFIX.match(text, quantity.end)
    if suffix:
        amounts = amounts_of(quantity.figures, decimal, "number")
        return _times(amounts, SUFFIXES[suffix[0].strip().lower()]), suffix.end(), True
    no_cents = _NO_CENTS.match(text, quantity.end)
    if no_cents:
        return quantity.amounts, no_cents.end(), False
    groups = (
        _MORE_GROUPS.match(text, quantity.end)
        if may_be_columns and re.fullmatch("[0-9]{1,3}", quantity.figures)
        else None
    )
    if groups:
        whole = Decimal(quantity.figures + groups[1].replace(" ", "") + (groups[2] or "").replace(",", "."))
        if len(quantity.figures) < 3:
            return (whole, *quantity.amounts), groups.end(), False
        return (*quantity.amounts, whole), quantity.end, False
    return quantity.amounts, quantity.end, False


def _joined(match: re.Match[str]) -> str:
    """A number of several groups as one run, with what stands around it as it is."""
    return re.sub(r"(?<=[0-9]) (?=[0-9])", "\xa0", match[0])


def _times(amounts: tuple[Decimal, ...], factor: int) -> tuple[Decimal, ...]:
    return tuple(amount * factor for amount in amounts)


def _currency(left: re.Match[str] | None, right: re.Match[str] | None) -> str | None:
    """The currency that stands on one side of a figure, or on both and is the same."""
    first = currency_of(left["currency"].strip()) if left else None
    if not right:
        return first
    name = re.sub(r"\s+", " ", (right["name"] or "").lower().replace(".", ""))
    second = currency_of((right["code"] or right["sign"] or name).strip())
    dollars = left and first == "USD" and "US" not in left[0] and second in {"CAD", "AUD", "NZD", "SGD", "HKD", "MXN"}
    agree = first in (None, second) or dollars or name in ("dollar", "dollars")
    return (first if first and not dollars else second) if agree else None


def _meanings(amount: Amount, setting: Setting) -> Iterator[dict[str, Any]]:
    """Every meaning of an amount, the likelier first: multiplied by the note above it, and also as it stands where the note may
    not be meant."""
    place = setting.at + amount.start
    krone = amount.currency == UNNAMED_KRONE
    unit = None if amount.scaled and not krone else unit_at(setting.document, place)
    currency = krone_at(setting.document, place, unit.currency if unit else None) if krone else amount.currency
    if unit and unit.scale > 1 and not amount.scaled and not _exempt(setting.document, place):
        for each in amount.amounts:
            yield {"amount": json_number(each * unit.scale), "currency": currency, "scale": unit.scale}
        if unit.sure:
            return
    for each in amount.amounts:
        yield {"amount": json_number(each), "currency": currency}


def _exempt(document: str, place: int) -> bool:
    """Whether a line is of amounts that no note of its table multiplies: "Earnings per share"."""
    low, high = line_around(document, place)
    return bool(_UNSCALED.search(document, max(low, place - 200), min(high, place + 200)))
