"""Currencies: ISO 4217 codes, and the signs and names that stand for them."""

import re
from functools import lru_cache

from dsacli.extraction.figures import Mark
from dsacli.extraction.values.value import any_of

# Without those that are English words or names too (ALL, TOP, CUP, AMD, SOS, GEL, MOP).
_CODES = set(
    "USD EUR GBP JPY CNY INR CHF CAD AUD NZD SGD HKD SEK NOK DKK ISK PLN CZK HUF RON BGN TRY "
    "ILS ZAR BRL MXN KRW TWD THB IDR MYR PHP VND AED SAR QAR KWD EGP NGN KES RUB UAH "
    "ARS AZN BDT BHD BND BWP BYN CLP COP CRC DOP DZD ETB GHS GTQ HNL IQD IRR JMD JOD KHR KZT LBP LKR LYD MAD MDL MGA "
    "MKD MMK MNT MUR MWK MZN NAD NIO NPR OMR PAB PGK PKR PYG RSD RWF TND TTD TZS UGX UYU UZS VES XAF XOF XPF YER ZMW".split()
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
    "MX$": "MXN",
    "$": "USD",
    "£": "GBP",
    "€": "EUR",
    "¥": "JPY",
    "₹": "INR",
    "₩": "KRW",
    "₽": "RUB",
    "₺": "TRY",
    "₪": "ILS",
    "zł": "PLN",
    "Kč": "CZK",
    "Rs.": "INR",
    "Rs": "INR",
    "RMB": "CNY",
    "Fr.": "CHF",
    "SFr.": "CHF",
    "sFr.": "CHF",
    "SFr": "CHF",
    "KSh": "KES",
    "Ksh": "KES",
    "TSh": "TZS",
    "USh": "UGX",
    "TL": "TRY",
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
    "franken": "CHF",
    "francs suisses": "CHF",
    "brazilian real": "BRL",
    "reais": "BRL",
    "swedish kronor": "SEK",
    "norwegian kroner": "NOK",
    "danish kroner": "DKK",
    "kronor": "SEK",
}
_KRONE = ("kr", "kr.", "krone", "kroner", "krónur")
# The countries of the krone and what names them.
_OF_THE_KRONE = {
    "NOK": "norw|norge|norsk|noreg|oslo|bergen|trondheim|stavanger|tromsø|tromso|kristiansand|drammen",
    "SEK": "swed|sverige|svensk|stockholm|göteborg|gothenburg|goteborg|malmö|malmo|uppsala|västerås|linköping",
    "DKK": "denmark|danish|danmark|dansk|copenhagen|københavn|kobenhavn|aarhus|århus|odense|aalborg|ålborg|esbjerg",
    "ISK": "iceland|ísland|íslen|reykjav|akureyri",
}
_KRONE_PLACE = {code: re.compile(rf"\b(?:{names}|{code}\b)", re.IGNORECASE) for code, names in _OF_THE_KRONE.items()}
_STOP = re.compile(r"\n|(?<=[^\W\d_]{2})[.!?]\s+(?=[A-Z])")
# Characters of a sentence in which a place is looked for, before and after the amount.
_FARTHEST = 400
CURRENCY_CODE = any_of(_CODES | {"RMB"})
CURRENCY_SIGN = any_of(_SIGNS)
# A krone's sign; with a capital at the beginning of a cell.
KRONE_SIGN = r"(?:[Kk]r\.?)"
CURRENCY_NAME = any_of([*_NAMES, *_KRONE[2:]]).replace(r"us\ ", r"u\.?s\.?\ ").replace(r"\ ", r"\s{1,2}")
_BESIDE_FIGURE = re.compile(
    rf"(?<![\w$])({CURRENCY_SIGN}|{CURRENCY_CODE}\b)[ \xa0]{{0,3}}\(?[0-9]|[0-9][ \xa0]?({CURRENCY_CODE}\b|[€£¥₹$])"
)
# The decimal mark where a currency is at home; a euro has no home.
DECIMAL_MARKS: dict[str, Mark] = {
    **dict.fromkeys("USD GBP INR JPY CNY CHF CAD AUD NZD SGD HKD ILS MXN KRW THB MYR PHP".split(), "."),
    **dict.fromkeys("BRL SEK NOK DKK ISK PLN CZK HUF RON BGN TRY IDR VND RUB UAH".split(), ","),
}
# A krone of a country that nothing names.
UNNAMED_KRONE = "kr"
DECIMAL_MARKS[UNNAMED_KRONE] = ","


def currency_of(wording: str) -> str | None:
    """The code for a sign, a code or a name in the singular or plural; `UNNAMED_KRONE` for one of four countries'.

    >>> [currency_of(each) for each in ("€", "U.S.  dollars", "kr", "NOK", "groats")]
    ['EUR', 'USD', 'kr', 'NOK', None]
    """
    code = _SIGNS.get(wording, wording)
    if code in _CODES:
        return code
    name = re.sub(r"\s+", " ", wording.lower().replace(".", ""))
    if name in _KRONE:
        return UNNAMED_KRONE
    return _NAMES.get(name) or _NAMES.get(name.removesuffix("s"))


@lru_cache(maxsize=8)
def only_currency(document: str) -> str | None:
    """The one currency whose signs and codes stand beside a document's figures; None where there are several, or none.

    >>> only_currency("Sales $ 84  79"), only_currency("$ 84 or 79 EUR")
    ('USD', None)
    """
    found = {currency_of(match[1] or match[2]) for match in _BESIDE_FIGURE.finditer(document)}
    return found.pop() if len(found) == 1 else None


def krone_named_in(sentence: str) -> str | None:
    """Whose krone is meant where a sentence names one of the countries, or a town of it; None where it names none, or several.

    >>> krone_named_in("storage in Oslo: kr 9 800"), krone_named_in("storage: kr 9 800")
    ('NOK', None)
    """
    named = [code for code, place in _KRONE_PLACE.items() if place.search(sentence)]
    return named[0] if len(named) == 1 else None


def krone_at(document: str, place: int, noted: str | None) -> str | None:
    """Whose krone stands at a place of a document, by its sentence, else by `noted`, the currency of a note above it."""
    low, high = max(0, place - _FARTHEST), min(len(document), place + _FARTHEST)
    low = max((stop.end() for stop in _STOP.finditer(document, low, place)), default=low)
    stop = _STOP.search(document, place, high)
    high = stop.start() if stop else high
    return krone_named_in(document[low:high]) or (noted if noted in _OF_THE_KRONE else None)
