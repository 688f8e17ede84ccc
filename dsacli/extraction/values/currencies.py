"""Currencies: ISO 4217 codes, and the signs and names that stand for them."""

import re
from functools import lru_cache

from dsacli.extraction.figures import Mark
from dsacli.extraction.values.value import any_of
from dsacli.extraction.values.words import SCALES, SMALL

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
    "₱": "PHP",
    "฿": "THB",
    "₦": "NGN",
    "₵": "GHS",
    "GH₵": "GHS",
    "GH¢": "GHS",
    "₫": "VND",
    "₴": "UAH",
    "CN¥": "CNY",
    "NT$": "TWD",
    "Rp": "IDR",
    "Rp.": "IDR",
    "лв": "BGN",
    "лв.": "BGN",
}
# Signs that are other things too, and no heads of columns; `fits` says when they are money.
_DOUBTFUL = {"R": "ZAR", "RM": "MYR", "NIS": "ILS", "Ft": "HUF", "Rupees": "INR", "RUPEES": "INR"}
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
    "pakistani rupee": "PKR",
    "sri lankan rupee": "LKR",
    "forint": "HUF",
    "zloty": "PLN",
    "złoty": "PLN",
    "złote": "PLN",
    "złotych": "PLN",
    "rand": "ZAR",
    "south african rand": "ZAR",
    "baht": "THB",
    "thai baht": "THB",
    "ringgit": "MYR",
    "malaysian ringgit": "MYR",
    "rouble": "RUB",
    "ruble": "RUB",
    "russian rouble": "RUB",
    "russian ruble": "RUB",
    "belarusian rouble": "BYN",
    "belarusian ruble": "BYN",
    "turkish lira": "TRY",
    "naira": "NGN",
    "cedi": "GHS",
    "rupiah": "IDR",
    "shekel": "ILS",
    "hryvnia": "UAH",
    "bulgarian lev": "BGN",
    "bulgarian leva": "BGN",
    "czech koruna": "CZK",
    "czech crown": "CZK",
    "korean won": "KRW",
    "south korean won": "KRW",
    "new taiwan dollar": "TWD",
    "taiwan dollar": "TWD",
    # names that several countries' money has
    "kenyan shilling": "KES",
    "kenya shilling": "KES",
    "tanzanian shilling": "TZS",
    "tanzania shilling": "TZS",
    "ugandan shilling": "UGX",
    "uganda shilling": "UGX",
    "mexican peso": "MXN",
    "philippine peso": "PHP",
    "argentine peso": "ARS",
    "chilean peso": "CLP",
    "colombian peso": "COP",
    "dominican peso": "DOP",
    "uruguayan peso": "UYU",
    "uae dirham": "AED",
    "emirati dirham": "AED",
    "united arab emirates dirham": "AED",
    "moroccan dirham": "MAD",
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
# "Rupees five lakh"; in "five lakh Rupees five" they are those before.
_COUNTED = "".join(rf"(?<!(?i:{word})\s)" for word in (*SMALL, *SCALES, "hundred"))
DOUBTFUL_BEFORE = rf"(?:(?<![\w$&])(?<!\w-)(?:RM|R|NIS)|(?<![\w-])(?<![0-9)]\s){_COUNTED}(?:Rupees|RUPEES))"
DOUBTFUL_AFTER = "(?:NIS|Ft)"
_DECIMALS, _GROUPS = (
    re.compile(r"[.,][0-9]{2}\Z"),
    re.compile(r"[0-9]{1,3}(?:[,\xa0\u2009\u202f][0-9]{3})+(?:[.,][0-9]{2})?"),
)
_BY_POINTS = re.compile(r"[0-9]{1,3}(?:[.\xa0\u2009\u202f][0-9]{3})+")
_HUNGARIAN = re.compile(r"HUF|[Ff]orint|Hungar|Budapest|[őű]")
# A krone's sign; with a capital at the beginning of a cell.
KRONE_SIGN = r"(?:[Kk]r\.?)"
CURRENCY_NAME = any_of([*_NAMES, *_KRONE[2:]]).replace(r"us\ ", r"u\.?s\.?\ ").replace(r"\ ", r"\s{1,2}")
_BESIDE_FIGURE = re.compile(
    rf"(?<![\w$])({CURRENCY_SIGN}|{CURRENCY_CODE}\b)[ \xa0]{{0,3}}\(?[0-9]|[0-9][ \xa0]?({CURRENCY_CODE}\b|[€£¥₹$])"
)
# The decimal mark where a currency is at home; a euro has no home.
DECIMAL_MARKS: dict[str, Mark] = {
    **dict.fromkeys(
        "USD GBP INR JPY CNY CHF CAD AUD NZD SGD HKD ILS MXN KRW THB MYR PHP TWD NGN GHS KES AED".split(), "."
    ),
    **dict.fromkeys("BRL SEK NOK DKK ISK PLN CZK HUF RON BGN TRY IDR VND RUB UAH".split(), ","),
}
# A krone of a country that nothing names.
UNNAMED_KRONE = "kr"
DECIMAL_MARKS[UNNAMED_KRONE] = ","


def fits(sign: str, figures: str, attached: bool, scaled: bool, document: str) -> bool:
    """Whether a sign beside a figure is one of money: "R 199.00" is, "R5" is a road, "12 Ft" a length and "NIS 2" a law.

    >>> [fits("R", each, True, False, "") for each in ("199.00", "1\xa0250", "5", "0.95")]
    [True, True, False, False]
    """
    if sign not in _DOUBTFUL or sign.lower() == "rupees":
        return True
    grouped = bool(_GROUPS.fullmatch(figures))
    if sign == "Ft":
        return scaled or bool(_BY_POINTS.fullmatch(figures)) or _is_hungarian(document)
    if sign == "NIS":
        return scaled or len(figures) > 1
    decimals = bool(_DECIMALS.search(figures))
    if sign == "RM":
        return scaled or grouped or decimals or attached
    # Coefficients and numbers of clauses are small.
    return scaled or grouped or (decimals and bool(re.match("[1-9][0-9]", figures)))


@lru_cache(maxsize=8)
def _is_hungarian(document: str) -> bool:
    return bool(_HUNGARIAN.search(document))


def currency_of(wording: str) -> str | None:
    """The code for a sign, a code or a name in the singular or plural; `UNNAMED_KRONE` for one of four countries'.

    >>> [currency_of(each) for each in ("€", "U.S.  dollars", "kr", "NOK", "groats")]
    ['EUR', 'USD', 'kr', 'NOK', None]
    """
    code = _SIGNS.get(wording) or _DOUBTFUL.get(wording, wording)
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
