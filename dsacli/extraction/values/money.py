"""Amounts of money, with their ISO 4217 currency."""

import re
from collections.abc import Iterator

from dsacli.extraction.values.quantities import (
    LEFT_JOINED,
    RIGHT_JOINED,
    SUFFIXES,
    json_number,
    quantities,
    sign_before,
)
from dsacli.extraction.values.value import Value, any_of

_I = re.IGNORECASE

_CODES = set(
    "USD EUR GBP JPY CNY INR CHF CAD AUD NZD SGD HKD SEK NOK DKK PLN CZK HUF RON BGN TRY "
    "ILS ZAR BRL MXN KRW TWD THB IDR MYR PHP VND AED SAR QAR KWD EGP NGN KES RUB UAH".split()
)
_SIGNS = {
    "US$": "USD",
    "A$": "AUD",
    "AU$": "AUD",
    "C$": "CAD",
    "CA$": "CAD",
    "NZ$": "NZD",
    "S$": "SGD",
    "HK$": "HKD",
    "R$": "BRL",
    "$": "USD",
    "£": "GBP",
    "€": "EUR",
    "¥": "JPY",
    "₹": "INR",
    "₩": "KRW",
    "₽": "RUB",
    "₺": "TRY",
    "₪": "ILS",
    "Rs.": "INR",
    "Rs": "INR",
    "RMB": "CNY",
}
_NAMES = {
    "us dollar": "USD",
    "united states dollar": "USD",
    "canadian dollar": "CAD",
    "dollar": "USD",
    "australian dollar": "AUD",
    "new zealand dollar": "NZD",
    "hong kong dollar": "HKD",
    "singapore dollar": "SGD",
    "euro": "EUR",
    "pounds sterling": "GBP",
    "pound sterling": "GBP",
    "british pound": "GBP",
    "pound": "GBP",
    "yen": "JPY",
    "yuan": "CNY",
    "renminbi": "CNY",
    "rupee": "INR",
    "indian rupee": "INR",
    "swiss franc": "CHF",
    "swedish kronor": "SEK",
    "norwegian kroner": "NOK",
    "danish kroner": "DKK",
}
CURRENCY_CODE = any_of(_CODES | {"RMB"})
_BEFORE = re.compile(
    rf"(?P<minus>(?<![\w)])[-−])?(?:(?<![\w$]){any_of(_SIGNS)}|(?<!\w){CURRENCY_CODE})\s{{0,2}}[-−]?\Z"
)
_NAME = any_of(_NAMES).replace(r"us\ ", r"u\.?s\.?\ ").replace(r"\ ", r"\s{1,2}")
_AFTER = re.compile(
    rf"[\s-]{{0,2}}(?:(?P<code>{CURRENCY_CODE})|(?P<sign>[€£¥₹$])|(?P<name>(?i:{_NAME}s?)))(?!\w|\s?[0-9])"
)
_SUFFIX = re.compile(r"(?:[km]|mm|b)(?!\w)|\s?(?:m|mn|bn|tn)(?!\w)", _I)
# Continental amounts part thousands with plain spaces; in "$ 120 135 150" they are columns.
_SPACED = re.compile(
    rf"(?:€|\b{CURRENCY_CODE}) ?[0-9]{{1,3}}(?: [0-9]{{3}}){{1,5}}(?![0-9])"
    rf"|(?<![0-9.,])(?<![0-9.,] )[0-9]{{1,3}}(?: [0-9]{{3}}){{1,5}}"
    rf"(?:,[0-9]{{2}})? ?(?:€|(?:{CURRENCY_CODE}|euros)\b)"
)
_LOSS = re.compile(r"\b(?:loss(?:es)?|deficit|outflows?|shortfall|negative|impairment)\b[^.;\n]{0,40}\Z", _I)


def find_money(text: str) -> Iterator[Value]:
    """Amounts with a currency: {"amount", "currency"}."""
    text = _SPACED.sub(lambda match: match[0].replace(" ", "\xa0"), text)
    before = 0
    for quantity in quantities(text):
        amount, end = quantity.amount, quantity.end
        suffix = None if quantity.in_words or quantity.scaled else _SUFFIX.match(text, end)
        if suffix:
            amount, end = amount * SUFFIXES[suffix[0].strip().lower()], suffix.end()
        left = _BEFORE.search(text, max(0, quantity.start - 8), quantity.start)
        right = _AFTER.match(text, end)
        currency = _currency(left, right)
        start, end = left.start() if left else quantity.start, right.end() if right else end
        unclear = quantity.ranged or RIGHT_JOINED.match(text, end)
        if not currency or unclear or (not left and LEFT_JOINED.search(text, max(0, start - 2), start)):
            continue
        sign = -1 if left and re.search("[-−]", left[0]) else sign_before(text, start)
        if not left and sign < 0:
            start -= 1
        if sign > 0 and _accounting(text, start, end, before):
            start, end, sign = start - 1, end + 1, -1
        before = end
        yield Value(start, end, {"amount": json_number(sign * amount), "currency": currency})


def _currency(left: re.Match[str] | None, right: re.Match[str] | None) -> str | None:
    first = left and left[0].strip(" \t\n\xa0-−")
    first = first and _SIGNS.get(first, first)
    if not right:
        return first
    name = re.sub(r"\s+", " ", (right["name"] or "").lower().replace(".", ""))
    second = right["code"] or _NAMES.get(name) or _NAMES.get(name.removesuffix("s"))
    second = _SIGNS.get(second or right["sign"], second)
    dollars = left and first == "USD" and "US" not in left[0] and second in {"CAD", "AUD", "NZD", "SGD", "HKD"}
    agree = first in (None, second) or dollars or name in ("dollar", "dollars")
    return (first if first and not dollars else second) if agree else None


def _accounting(text: str, start: int, end: int, before: int) -> bool:
    """Whether the parentheses around an amount mean that it is negative."""
    if text[max(0, start - 1) : start] != "(" or text[end : end + 1] != ")":
        return False
    whole = not text[: start - 1].strip() and not text[end + 1 :].strip() if start < 10 else False
    repeats = before and not text[before : start - 1].strip()  # "five dollars ($5)"
    return whole or bool(not repeats and _LOSS.search(text, max(0, start - 60), start - 1))
