"""Typed values in English text: where they stand and what they mean.

`find_values` gives every value of a type with exact offsets, `normalise` the one value a
text holds, or None: a text with two different values, or none, is never guessed at.
Every pattern here is bounded and anchored, so the time is linear in the text.

Rules that are choices:
* 01/03/2025 - a part above 12 is the day; otherwise the text's other dates decide if they
  all agree, and failing that the month comes first (US). With dots the day comes first.
* "$" is USD, "¥" JPY, bare "pounds" GBP. Two-digit years and comma decimals are not read.
* A range ("5-10%", "$10 to 15 million") is not one value, so its ends are not reported.
* "(£4.2m)" is negative when it is the whole text or follows a word such as "loss";
  elsewhere a parenthesis is an aside.
"""

import bisect
import re
from datetime import date
from decimal import Decimal
from typing import Any, Callable, Iterable, Iterator, NamedTuple

_I = re.IGNORECASE


class Value(NamedTuple):
    """One value: `text[start:end]`, and the JSON value it stands for."""

    start: int
    end: int
    normalised: Any


def find_values(text: str, type: str) -> list[Value]:
    """All values of `type` in `text`, in order and not overlapping.

    >>> find_values("Fee: EUR 1.2 million.", "money")
    [Value(start=5, end=20, normalised={'amount': 1200000, 'currency': 'EUR'})]
    """
    return [value for value in _longest(_FINDERS[type](text)) if value.normalised is not None]


def normalise(text: str, type: str) -> Any:
    """The one value `text` holds, or None. The same value twice ("ten percent (10%)") is one."""
    values = find_values(text, type)
    same = values and all(value.normalised == values[0].normalised for value in values)
    return values[0].normalised if same else None


def _longest(values: Iterable[Value]) -> list[Value]:
    """The leftmost, then longest, of overlapping values. A value None blocks what it covers."""
    kept: list[Value] = []
    for value in sorted(values, key=lambda value: (value.start, -value.end)):
        if not kept or value.start >= kept[-1].end:
            kept.append(value)
    return kept


def _any(words: Iterable[str]) -> str:
    """An alternation, longest word first, so that no word hides a longer one."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


# ---- quantities: what numbers, percentages, amounts and durations share ----

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
_SUFFIXES = {"k": 10**3, "m": 10**6, "mm": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9, "tn": 10**12}
_FRACTIONS = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}

_GAP, _JOIN = r"\s{1,3}", r"(?:\s{1,3}|\s?[-‐‑]\s?)"
_SCALE = _any(_SCALES) + r"\b"
_BELOW_100 = rf"(?:{_any(_TENS)}(?:{_JOIN}{_any(list(_UNITS)[1:10])}\b)?|{_any(_UNITS)})\b"
_BELOW_1000 = (
    rf"(?:(?:an?|{_BELOW_100}){_JOIN}hundred\b(?:{_GAP}(?:and{_GAP})?{_BELOW_100})?"
    rf"|{_BELOW_100})"
)
_HALF = rf"{_GAP}and{_GAP}(?:a|one){_JOIN}half\b"
_SPOKEN = (
    rf"(?:(?:half{_GAP})?an?(?={_GAP}{_SCALE})|{_BELOW_1000})"
    rf"(?:{_JOIN}{_SCALE}(?:,?{_GAP}(?:and{_GAP})?{_BELOW_1000})?){{0,4}}"
    rf"(?:{_HALF}(?:{_GAP}{_SCALE})?)?"
)
# The whole run of digits and separators is taken at once, so that "12,50" or "1.2.3" is
# judged as it stands and no part of it passes for a number.
_RUN = (
    r"(?:(?<![\w.)])\.)?(?<![0-9])(?<![0-9][.,])"
    r"[0-9](?:[0-9]|[.,'’\xa0\u2009\u202f](?=[0-9])){0,40}(?![0-9])"
)
_QUANTITY = re.compile(
    rf"(?P<run>{_RUN})(?P<glyph>[½¼¾])?(?P<half>{_HALF})?(?:[\s-]{{0,2}}(?P<scale>{_SCALE}))?"
    rf"|(?<!\w)(?=[aefhnostz])(?P<spoken>{_SPOKEN})",
    _I,
)
_WRITTEN = re.compile(
    r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+"  # 1250.5
    r"|[0-9]{1,3}(?P<sep>[,'’\xa0\u2009\u202f])[0-9]{3}(?:(?P=sep)[0-9]{3})*(?:\.[0-9]+)?"  # 1,250.5
    r"|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]+)?"  # 12,50,000
    r"|(?P<dots>[0-9]{1,3}(?:(?:\.[0-9]{3}){2,}|(?:[.\xa0][0-9]{3})+,[0-9]{2}))"
)  # 1.250.000,00


class _Quantity(NamedTuple):
    """A number at `start:end`. `amount` is None where word and figure contradict each other."""

    start: int
    end: int
    amount: Decimal | None
    spoken: bool
    scaled: bool
    ranged: bool = False


def _quantities(text: str) -> list[_Quantity]:
    """Every number in `text`: "thirty (30)" is one, the ends of a range are marked `ranged`."""
    found: list[_Quantity] = []
    for match in _QUANTITY.finditer(text):
        amount = _spoken(match["spoken"]) if match["spoken"] else _written(match)
        if amount is None:
            continue
        new = _Quantity(*match.span(), amount, bool(match["spoken"]), bool(match["scale"]))
        if found and _echoes(text, found[-1], new):
            old = found.pop()
            new = new._replace(
                start=old.start, end=new.end + 1, ranged=old.ranged, amount=amount if amount == old.amount else None
            )
        elif found and _is_range(text, found[-1], new):
            found[-1], new = found[-1]._replace(ranged=True), new._replace(ranged=True)
        found.append(new)
    return [quantity for quantity in found if quantity.amount is not None]


def _spoken(words: str) -> Decimal | None:
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


def _written(match: re.Match[str]) -> Decimal | None:
    form = _WRITTEN.fullmatch(match["run"])
    if not form:
        return None
    digits = form[0].replace(".", "").replace(",", ".") if form["dots"] else form[0]
    amount = Decimal(re.sub(r"[^0-9.]", "", digits))
    amount += _FRACTIONS.get(match["glyph"] or "", 0) + (Decimal("0.5") if match["half"] else 0)
    return amount * _SCALES[match["scale"].lower()] if match["scale"] else amount


def _echoes(text: str, old: _Quantity, new: _Quantity) -> bool:
    between = text[old.end : new.start] if new.start - old.end < 4 else ""
    return old.spoken != new.spoken and between.strip() == "(" and text[new.end : new.end + 1] == ")"


_RANGE = re.compile(r"\s{0,2}(?:[-–—]|(?P<word>to|or|and)(?=\s))\s{0,2}(?P<sign>[$£€¥₹]|[A-Z]{3}\s?)?")
_BETWEEN = re.compile(r"\bbetween\s{1,2}(?:[$£€¥₹]|[A-Z]{3}\s?)?\Z", _I)


def _is_range(text: str, low: _Quantity, high: _Quantity) -> bool:
    gap = _RANGE.fullmatch(text, low.end, high.start) if high.start - low.end < 12 else None
    if not gap or low.amount is None or high.amount is None or low.amount >= high.amount:
        return False
    if gap["word"] == "and":
        return bool(_BETWEEN.search(text, max(0, low.start - 14), low.start))
    # "from $10 to $15" names two amounts; "$10 to $15 million" leaves the first one open.
    return not (gap["word"] and gap["sign"]) or (high.scaled and not low.scaled)


_LEFT_JOINED = re.compile(r"(?:\w|\w[-–/]|[0-9]:)\Z")
_RIGHT_JOINED = re.compile(r"\w|[-–/:][0-9]")


def _sign(text: str, start: int) -> int:
    """-1 where a minus, and not a hyphen or a dash, stands right before `start`."""
    minus = start and text[start - 1] in "-−" and (start == 1 or text[start - 2] in " \t\n(:")
    return -1 if minus else 1


def _plain(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _free(text: str) -> Iterator[tuple[_Quantity, int, int]]:
    """Quantities not glued to a word, a code or another number, with start and sign."""
    for quantity in _quantities(text):
        sign = _sign(text, quantity.start)
        start = quantity.start - (sign < 0)
        if not _LEFT_JOINED.search(text, max(0, start - 2), start):
            yield quantity, start, sign


_PRONOUN = re.compile(r"\b(?:no|any|every|some|each|this|that|which|another)\s\Z", _I)
_SHORT = re.compile(r"(?:k|mn|bn)(?!\w)", _I)


def _numbers(text: str) -> Iterator[Value]:
    dates = [value for value in find_values(text, "date") if len(value.normalised) > 4]
    starts = [value.start for value in dates]
    for quantity, start, sign in _free(text):
        amount, end = quantity.amount, quantity.end
        inside = bisect.bisect(starts, start) - 1
        if inside >= 0 and start < dates[inside].end:
            continue
        short = None if quantity.spoken or quantity.scaled else _SHORT.match(text, end)
        if short:
            amount, end = amount * _SUFFIXES[short[0].lower()], short.end()
        # "twenty-first", "one-time"; but "10,000-seat" does count the seats.
        ordinal = quantity.spoken and re.compile(r"[-‐‑][^\W_]|['’]s\b|\sanother\b").match(text, end)
        pronoun = text[start:end].lower() == "one" and _PRONOUN.search(text, max(0, start - 8), start)
        code = re.compile("0[0-9]").match(text, quantity.start)  # "0146" names, it does not count
        if not (_RIGHT_JOINED.match(text, end) or ordinal or pronoun or code):
            yield Value(start, end, _plain(sign * amount))


_PERCENT = re.compile(
    r"[\s-]{0,2}(?:%|(?:per\s?cent|pct|percentage\spoints?)\b"
    r"|(?P<basis>(?:basis\spoints?|bps?)\b))",
    _I,
)


def _percents(text: str) -> Iterator[Value]:
    for quantity, start, sign in _free(text):
        unit = _PERCENT.match(text, quantity.end)
        if unit and not quantity.ranged:
            amount = quantity.amount / 100 if unit["basis"] else quantity.amount
            yield Value(start, unit.end(), _plain(sign * amount))


# ---- money ----

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
_CODE = _any(_CODES | {"RMB"})
_BEFORE = re.compile(rf"(?P<minus>(?<![\w)])[-−])?(?:(?<![\w$]){_any(_SIGNS)}|(?<!\w){_CODE})\s{{0,2}}[-−]?\Z")
_NAME = _any(_NAMES).replace(r"us\ ", r"u\.?s\.?\ ").replace(r"\ ", r"\s{1,2}")
_AFTER = re.compile(rf"[\s-]{{0,2}}(?:(?P<code>{_CODE})|(?P<sign>[€£¥₹$])|(?P<name>(?i:{_NAME}s?)))(?!\w|\s?[0-9])")
_SUFFIX = re.compile(r"(?:[km]|mm|b)(?!\w)|\s?(?:m|mn|bn|tn)(?!\w)", _I)
# Continental amounts part thousands with plain spaces; in "$ 120 135 150" they are columns.
_SPACED = re.compile(
    rf"(?:€|\b{_CODE}) ?[0-9]{{1,3}}(?: [0-9]{{3}}){{1,5}}(?![0-9])"
    rf"|(?<![0-9.,])(?<![0-9.,] )[0-9]{{1,3}}(?: [0-9]{{3}}){{1,5}}"
    rf"(?:,[0-9]{{2}})? ?(?:€|(?:{_CODE}|euros)\b)"
)
_LOSS = re.compile(r"\b(?:loss(?:es)?|deficit|outflows?|shortfall|negative|impairment)\b[^.;\n]{0,40}\Z", _I)


def _money(text: str) -> Iterator[Value]:
    text = _SPACED.sub(lambda match: match[0].replace(" ", "\xa0"), text)
    before = 0
    for quantity in _quantities(text):
        amount, end = quantity.amount, quantity.end
        suffix = None if quantity.spoken or quantity.scaled else _SUFFIX.match(text, end)
        if suffix:
            amount, end = amount * _SUFFIXES[suffix[0].strip().lower()], suffix.end()
        left = _BEFORE.search(text, max(0, quantity.start - 8), quantity.start)
        right = _AFTER.match(text, end)
        currency = _currency(left, right)
        start, end = left.start() if left else quantity.start, right.end() if right else end
        unclear = quantity.ranged or _RIGHT_JOINED.match(text, end)
        if not currency or unclear or (not left and _LEFT_JOINED.search(text, max(0, start - 2), start)):
            continue
        sign = -1 if left and re.search("[-−]", left[0]) else _sign(text, start)
        if not left and sign < 0:
            start -= 1
        if sign > 0 and _accounting(text, start, end, before):
            start, end, sign = start - 1, end + 1, -1
        before = end
        yield Value(start, end, {"amount": _plain(sign * amount), "currency": currency})


def _currency(left: re.Match[str] | None, right: re.Match[str] | None) -> str | None:
    first = left and left[0].strip(" \t\n\xa0-−")
    first = first and _SIGNS.get(first, first)
    if not right:
        return first
    name = re.sub(r"\s+", " ", (right["name"] or "").lower().replace(".", ""))
    second = right["code"] or _NAMES.get(name) or _NAMES.get(name.removesuffix("s"))
    second = _SIGNS.get(second or right["sign"], second)
    dollars = first == "USD" and "US" not in left[0] and second in {"CAD", "AUD", "NZD", "SGD", "HKD"}
    agree = first in (None, second) or dollars or name in ("dollar", "dollars")
    return (first if first and not dollars else second) if agree else None


def _accounting(text: str, start: int, end: int, before: int) -> bool:
    """Whether the parentheses around an amount mean that it is negative."""
    if text[max(0, start - 1) : start] != "(" or text[end : end + 1] != ")":
        return False
    whole = not text[: start - 1].strip() and not text[end + 1 :].strip() if start < 10 else False
    repeats = before and not text[before : start - 1].strip()  # "five dollars ($5)"
    return whole or bool(not repeats and _LOSS.search(text, max(0, start - 60), start - 1))


# ---- durations ----

_SPANS = {
    "year": "Y",
    "yr": "Y",
    "decade": "Y",
    "month": "M",
    "mo": "M",
    "quarter": "M",
    "week": "W",
    "wk": "W",
    "day": "D",
    "hour": "h",
    "hr": "h",
    "minute": "m",
    "min": "m",
    "second": "s",
    "sec": "s",
}
_MULTIPLES = {"decade": 10, "quarter": 3}
_FINER = {"Y": ("M", 12), "W": ("D", 7), "D": ("h", 24), "h": ("m", 60), "m": ("s", 60)}
_UNIT = (
    r"(?:(?:calendar|business|working|consecutive|full|whole|successive|additional)\s{1,2})?"
    rf"(?P<unit>{_any(_SPANS)})s?(?!\w|-?\s?end\b)['’]?"
)
_AFTER_COUNT = re.compile(rf"[\s‑-]{{0,3}}{_UNIT}", _I)
_ARTICLE = re.compile(
    rf"(?<![\w-])(?P<half>half{_GAP})?an?{_GAP}(?!sec|min\b|mo\b|quarter){_UNIT}(?P<more>{_HALF})?", _I
)
_RATE = re.compile(
    r"(?:[0-9%)]|\b(?:once|twice|times|thousand|million|billion|days?|hours?|weeks?|months?|"
    r"dollars|euros|pounds|cents|half))\s\Z",
    _I,
)
_THEN = re.compile(r",?\s(?:and\s)?")


def _durations(text: str) -> Iterator[Value]:
    found = sorted([*_counted(text), *_articled(text)], key=lambda item: item[0])
    merged: list[tuple[int, int, dict[str, Decimal]]] = []
    for start, end, parts in found:
        if merged and _continues(text, merged[-1], start, parts):
            first, _, earlier = merged.pop()
            merged.append((first, end, earlier | parts))
        else:
            merged.append((start, end, parts))
    for start, end, parts in merged:
        yield Value(start, end, _iso_duration(parts))


def _counted(text: str) -> Iterator[tuple[int, int, dict[str, Decimal]]]:
    for quantity, _, sign in _free(text):
        unit = _AFTER_COUNT.match(text, quantity.end)
        if not unit or quantity.ranged or sign < 0:
            continue
        is_year = re.fullmatch(r"(?:19|20)[0-9]{2}", text[quantity.start : quantity.end])  # "2024 year"
        if not is_year:
            yield quantity.start, unit.end(), _parts(quantity.amount, unit["unit"].lower())


def _articled(text: str) -> Iterator[tuple[int, int, dict[str, Decimal]]]:
    for match in _ARTICLE.finditer(text):
        if not _RATE.search(text, max(0, match.start() - 9), match.start()):  # "twice a year"
            amount = Decimal("0.5") if match["half"] else Decimal("1.5") if match["more"] else Decimal(1)
            yield *match.span(), _parts(amount, match["unit"].lower())


def _parts(amount: Decimal, unit: str) -> dict[str, Decimal]:
    """{"Y": 3, "M": 6} for three and a half years: a fraction becomes the finer unit if it can."""
    amount, key = amount * _MULTIPLES.get(unit, 1), _SPANS[unit]
    finer, count = _FINER.get(key, ("", 1))
    rest = amount % 1 * count
    if not rest or rest % 1:
        return {key: amount}
    return {key: amount // 1, finer: rest} if amount > 1 else {finer: rest}


def _continues(text: str, last: tuple[int, int, dict[str, Decimal]], start: int, parts: dict[str, Decimal]) -> bool:
    """ "two years and six months" is one duration: units strictly finer, nothing else between."""
    order = "YMWDhms"
    finer = max(map(order.index, last[2])) < min(map(order.index, parts))
    return finer and start - last[1] < 8 and bool(_THEN.fullmatch(text, last[1], start))


def _iso_duration(parts: dict[str, Decimal]) -> str:
    day, time = (
        "".join(f"{_plain(parts[key])}{key.upper()}" for key in keys if key in parts) for keys in ("YMWD", "hms")
    )
    return f"P{day}T{time}" if time else f"P{day}"


# ---- dates ----

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
_D = r"(?P<d>(?:[12][0-9]|3[01]|0?[1-9])(?:st|nd|rd|th)?)"
_OTHER_D = r"(?:[12][0-9]|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_Y, _ANY_Y = r"(?P<y>[12][0-9]{3})(?!\w)", r"[12][0-9]{3}"
_FROM, _DASH = r"(?<![\w.,/-])", r"\s?(?:[-–]|to|and)\s?"
_OF_YEAR = r"(?:\s?,\s{0,2}|\s{1,3}(?:(?:of|in\sthe\syear)\s)?|[-./])"
_QUARTER = r"(?:first|second|third|fourth|last)\s(?:quarter|half)"
# A form without a group `y` is no date, but keeps the year inside it from passing for one.
_DATE_FORMS = [
    re.compile(form, _I)
    for form in (
        rf"{_FROM}(?P<d>{_OTHER_D}|{_any(_ORDINALS)})(?:\sday)?(?:\s{{1,3}}of)?[\s\-./,]{{1,3}}{_M}{_OF_YEAR}{_Y}",
        rf"(?<!\w){_M}\s{{0,2}}[-]?(?:the\s)?{_D}{_OF_YEAR}{_Y}",
        rf"{_FROM}(?P<y>[12][0-9]{{3}})(?P<s>[-/.])(?P<m>[0-9]{{1,2}})(?P=s)(?P<d>[0-9]{{1,2}})(?=T[0-9]|\W|\Z)(?!-[0-9])",
        rf"{_FROM}(?P<y>[12][0-9]{{3}})\s{{1,3}}{_M}\s{{1,3}}{_D}(?!\w)",
        rf"{_FROM}(?P<a>[0-9]{{1,2}})(?P<s>[-/.])(?P<b>[0-9]{{1,2}})(?P=s){_Y}(?![-/.][0-9])",
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
    rf"(?:[$£€¥₹]|\b(?:{_CODE}|ISO|IEC|EN|Rs\.?|No\.?|section|article|page|room)|\+[0-9]{{1,3}})[\s-]\Z", _I
)
_NOT_YEAR_RIGHT = re.compile(
    rf"[\s-](?:{_SCALE}|(?:%|percent|per\scent|dollars|euros|pounds|people|employees|staff|shares|units|pages|"
    rf"words|hours|days|weeks|months|years|times|tonnes|km|kg|{_CODE})(?!\w))",
    _I,
)


def _dates(text: str) -> Iterator[Value]:
    matches = [match for form in _DATE_FORMS for match in form.finditer(text)]
    pairs = [(int(m["a"]), int(m["b"])) for m in matches if "a" in m.re.groupindex and m["s"] != "."]
    day_first = any(12 < a < 32 for a, b in pairs) and not any(12 < b < 32 for a, b in pairs)
    for match in matches:
        yield Value(*match.span(), _iso_date(match, day_first))


def _iso_date(match: re.Match[str], day_first: bool) -> str | None:
    part = match.groupdict()
    if "y" not in part:
        return None
    if "a" in part:
        first, second = int(part["a"]), int(part["b"])
        day_leads = first > 12 or (second <= 12 and (day_first or part["s"] == "."))
        day, month = (first, second) if day_leads else (second, first)
        return _calendar(int(part["y"]), month, day)
    year, month, day = int(part["y"]), _month(part.get("m")), _day(part.get("d"))
    if month is None and _counts(match):
        return None
    if part.get("m", "").isdigit() and day is None and year % 100 + 1 == month:
        return None  # "2010-11": a month, or two years
    return _calendar(year, month, day)


def _month(name: str | None) -> int | None:
    if name is None or name.isdigit():
        return name and int(name)
    return next(number for full, number in _MONTHS.items() if full.startswith(name.lower()[:3]))


def _day(name: str | None) -> int | None:
    return name and (_ORDINALS.get(name.lower()) or int(re.sub(r"[^0-9]", "", name)))


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


# ---- addresses: e-mail, web, telephone ----

_LOCAL = re.compile(r"(?<![\w.+'-])\w(?:[\w+'-]|\.(?!\.)){0,63}(?<!\.)\Z")
_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}"
_DOMAIN = re.compile(_HOST + r"[A-Za-z]{2,24}(?![\w@-])")


def _emails(text: str) -> Iterator[Value]:
    for at in re.finditer("@", text):  # from the @ outwards: no long run is scanned twice
        local = _LOCAL.search(text, max(0, at.start() - 64), at.start())
        domain = local and _DOMAIN.match(text, at.end())
        if domain:
            yield Value(local.start(), domain.end(), local[0] + "@" + domain[0].lower())


# Country codes that are English words ("end.It", "so.In") or file endings (.md, .py, .sh) are left out.
_TLDS = _any(
    "com org net edu gov mil int info biz io ai co dev app eu uk de fr es nl ch se dk fi ie pt cz "
    "ca au nz jp cn kr hk sg br mx za ae ru ua tr gr hu ro tech cloud online site xyz".split()
)
_URL = re.compile(
    rf"(?<![\w@.-])(?:(?i:https?://|www\.)"
    rf"|(?=[A-Za-z0-9])(?P<bare>(?:[A-Za-z0-9][A-Za-z0-9-]{{0,62}}\.){{1,5}}"
    rf"(?:{_TLDS}|COM|ORG)(?![\w@-]|\.\w)))[^\s<>\"{{}}|\\^`\[\]“”]{{0,2000}}"
)
_WEB_HOST = re.compile(
    rf"(?i:https?://)?(?:[^\s/@]{{1,80}}@)?"
    rf"(?:localhost|(?:[0-9]{{1,3}}\.){{3}}[0-9]{{1,3}}|{_HOST}[A-Za-z0-9-]{{2,63}}|[^\W_][\w.-]{{0,200}}\.\w{{2,}})(?=[/:?#]|\Z)"
)


def _urls(text: str) -> Iterator[Value]:
    for match in _URL.finditer(text):
        url = match[0]
        if match["bare"] and url[len(match["bare"]) :][:1] not in ("/", ":", "?", "#"):
            url = match["bare"]
        url = _trimmed(url)
        if _WEB_HOST.match(url):
            yield Value(match.start(), match.start() + len(url), url)


def _trimmed(url: str) -> str:
    """Without the sentence's punctuation: a closing bracket stays only if the URL opened it."""
    surplus, end = url.count(")") - url.count("("), len(url)
    while end and (url[end - 1] in ".,;:!?'’\"…" or (url[end - 1] == ")" and surplus > 0)):
        surplus -= url[end - 1] == ")"
        end -= 1
    return url[:end]


_S = r"[ \xa0.\-–‑]"
_PHONE = re.compile(
    rf"(?<![\w$£€+/-])(?<![0-9][.,])(?:"
    rf"(?P<us>(?:\+?1{_S}?)?(?:\([2-9][0-9]{{2}}\){_S}?|[2-9][0-9]{{2}}{_S})[2-9][0-9]{{2}}{_S}[0-9]{{4}})"
    rf"|(?P<plus>(?:\+|00)\(?[1-9][0-9]{{0,14}}(?:[ \xa0.\-–()]{{1,3}}[0-9]{{1,12}}){{0,6}})"
    rf"|(?P<trunk>\(?0[1-9][0-9]{{1,3}}\)?[ \xa0-](?:[0-9]{{3,4}}[ \xa0-][0-9]{{3,4}}|[0-9]{{6,8}})|07[0-9]{{9}})"
    rf"|(?P<said>[0-9]{{7,15}}|\(?[0-9]{{1,6}}(?:[ \xa0.\-–()]{{1,3}}[0-9]{{2,12}}){{1,6}}))"
    rf"(?![\w%]|[-/.,:][0-9])(?:,?\s{{0,2}}(?:ext(?:ension|n)?\b\.?|x|#)\s{{0,2}}(?P<ext>[0-9]{{1,6}})(?!\w))?",
    _I,
)
_SAID = re.compile(
    r"\b(?:tel|telephone|phone|ph|mobile|mob|cell|fax|call|dial|text)\b[^\w\n(+]{0,4}"
    r"(?:(?:us|no|number|at|on|is)\b[^\w\n(+]{0,3}){0,2}\Z",
    _I,
)


def _phones(text: str) -> Iterator[Value]:
    for match in _PHONE.finditer(text):
        bare = match["us"] and re.fullmatch(r"[0-9 \xa0]+", match["us"])  # could be table columns
        if (match["said"] or bare) and not _SAID.search(text, max(0, match.start() - 24), match.start()):
            continue
        number = match["us"] or match["plus"] or match["trunk"] or match["said"]
        digits = re.sub(r"[^0-9]", "", number.replace("(0)", ""))
        if not (10 if match["plus"] and number[0] == "0" else 8 if match["plus"] else 7) <= len(digits) <= 15:
            continue
        if not (match["said"] and len(normalise(number, "date") or "") == 10):  # "Fax 01.03.2025"
            plus, ext = "+" * (number[0] == "+"), f";ext={match['ext']}" if match["ext"] else ""
            yield Value(*match.span(), plus + digits + ext)


def _text(text: str) -> Iterator[Value]:
    stripped = text.strip()
    if stripped:
        start = text.index(stripped[0])
        yield Value(start, start + len(stripped), " ".join(stripped.split()))


_FINDERS: dict[str, Callable[[str], Iterable[Value]]] = {
    "text": _text,
    "date": _dates,
    "money": _money,
    "number": _numbers,
    "percent": _percents,
    "email": _emails,
    "phone": _phones,
    "url": _urls,
    "duration": _durations,
}

TYPES = tuple(_FINDERS)
