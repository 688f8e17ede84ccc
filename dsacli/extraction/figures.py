"""Amounts in figures, where points and commas may part thousands or decimals."""

import re
from decimal import Decimal
from typing import Literal

# What a number is: of money a third decimal is rare, of a percentage more than a thousand is.
Kind = Literal["money", "percent", "number"]
Mark = Literal[".", ","]
# Signs that stand for money wherever they stand; for a class of characters.
CURRENCY_GLYPHS = "$£€¥₹₩₽₺₪₱฿₦₵₫₴"
_ALWAYS_GROUP = "'’\xa0\u2009\u202f"
# In place of a space that parts thousands or two figures; no text has this character.
EITHER = "\ufdd0"
_DIGITS = re.compile(r"[0-9]+")
_BY_POINT = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]+)?")
_BY_COMMA = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?")
_ONE_MARK = re.compile(r"([0-9]*)([.,])([0-9]+)")
_GROUPED = re.compile(rf"[0-9]{{1,3}}(?P<sep>[{_ALWAYS_GROUP}])[0-9]{{3}}(?:(?P=sep)[0-9]{{3}})*(?P<rest>[.,][0-9]+)?")


def decimal_mark(run: str) -> Mark | None:
    """Which of "." and "," is the decimal mark of whoever wrote a run of digits; None where it does not show.

    >>> decimal_mark("1.234,56"), decimal_mark("1,250,000"), decimal_mark("45,90"), decimal_mark("5.000")
    (',', '.', ',', None)
    """
    grouped = _GROUPED.fullmatch(run)
    if grouped:
        rest = grouped["rest"] or ""
        return _mark(rest[0]) if rest else None
    one = _ONE_MARK.fullmatch(run)
    if one:
        return None if _either_way(one) else _mark(one[2])
    return "." if _BY_POINT.fullmatch(run) else "," if _BY_COMMA.fullmatch(run) else None


def amounts_of(run: str, decimal: Mark | None, kind: Kind) -> tuple[Decimal, ...]:
    """What a run of digits and separators can mean, the likelier first; nothing for one that is no number ("1.2.3").

    decimal: the decimal mark of the document, where that is known

    >>> amounts_of("5.000", ",", "money"), amounts_of("1.234", None, "number")
    ((Decimal('5000'),), (Decimal('1.234'), Decimal('1234')))
    """
    if EITHER in run:
        return (*amounts_of(run.replace(EITHER, "\xa0"), decimal, kind), Decimal(run.partition(EITHER)[0]))
    grouped = _GROUPED.fullmatch(run)
    if grouped:
        return (Decimal(re.sub(f"[{_ALWAYS_GROUP}]", "", run).replace(",", ".")),)
    one = _ONE_MARK.fullmatch(run)
    if one and _either_way(one):
        return _either(one, decimal, kind)
    if one:
        return (Decimal(f"{one[1]}.{one[3]}"),)
    if _DIGITS.fullmatch(run) or _BY_POINT.fullmatch(run):
        return (Decimal(run.replace(",", "")),)
    if _BY_COMMA.fullmatch(run):
        return (Decimal(run.replace(".", "").replace(",", ".")),)
    return ()


def _mark(mark: str) -> Mark:
    return "." if mark == "." else ","


def _either_way(one: re.Match[str]) -> bool:
    """Whether a single mark may part thousands: three digits behind it, one to three before it."""
    return len(one[3]) == 3 and 1 <= len(one[1]) <= 3 and one[1][0] != "0"


def _either(one: re.Match[str], decimal: Mark | None, kind: Kind) -> tuple[Decimal, ...]:
    thousands, parts = Decimal(one[1] + one[3]), Decimal(f"{one[1]}.{one[3]}")
    if decimal and decimal != one[2]:
        return (thousands,)
    if decimal and kind != "money":
        return (parts,)
    likely = one[3] == "000" if kind == "percent" else kind == "money" or one[2] == ","
    return (thousands, parts) if likely else (parts, thousands)
