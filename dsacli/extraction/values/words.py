"""Numbers in words: "two hundred and ten", "one and one-half million"."""

import re
from decimal import Decimal
from math import prod

from dsacli.extraction.values.value import any_of

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
SMALL = _UNITS | _TENS
# What is said behind "point".
_DECIMALS = {word: value for word, value in _UNITS.items() if value < 10} | {"oh": 0, "nought": 0}
SCALES = {
    "thousand": 10**3,
    "lakh": 10**5,
    "lakhs": 10**5,
    "million": 10**6,
    "crore": 10**7,
    "crores": 10**7,
    "billion": 10**9,
    "trillion": 10**12,
}
# What stands behind figures only, in the languages whose invoices people have.
FIGURE_SCALES = SCALES | {
    word: scale
    for scale, words in {
        10**3: "thousands tsd tsd. tausend mille mila duizend tusen",
        10
        ** 6: "millions mio mio. mln mln. millionen millón millones milioni milione miljoen milhão milhões millioner miljoner",
        10
        ** 9: "billions mrd mrd. mia mia. milliard milliards milliarden miliardi miliardo miljard bilhão bilhões milliarder miljarder",
    }.items()
    for word in words.split()
}
GAP, JOIN = r"\s{1,3}", r"(?:\s{1,3}|\s?[-‐‑]\s?)"
SCALE = any_of(SCALES) + r"\b"
FIGURE_SCALE = any_of(FIGURE_SCALES) + r"(?!\w)"
# A hyphen at a line's end is lost where the line is joined to the next: "fiftyfive".
_BELOW_100 = rf"(?:{any_of(_TENS)}(?:{JOIN}?{any_of(list(_UNITS)[1:10])}\b)?|{any_of(_UNITS)})\b"
_OVER = {word: value for word, value in _UNITS.items() if 1 < value < 16}
_UNDER = {
    "half": 2,
    "third": 3,
    "quarter": 4,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "sixteenth": 16,
    "hundredth": 100,
}
# "a third" and what follows it may be the third of a row, and so may "one third party".
PIECES = (
    rf"(?:(?:a{JOIN}(?:half|quarter|third|tenth)|an{JOIN}eighth|one{JOIN}{any_of(_UNDER)})\b(?!{JOIN}part)"
    rf"|{any_of(_OVER)}{JOIN}{any_of(_UNDER)}s\b)"
)
_BELOW_1000 = (
    rf"(?:(?:an?|{_BELOW_100}){JOIN}hundred\b(?:{GAP}(?:and{GAP}(?!{PIECES}))?{_BELOW_100})?"
    rf"|{_BELOW_100})"
)
# A part of one that is added: "and a half".
PART = rf"{GAP}and{GAP}{PIECES}"
POINT = rf"{GAP}point(?:{GAP}{any_of(_DECIMALS)}\b){{1,9}}"
IN_WORDS = (
    rf"(?:(?:half{GAP})?an?(?={GAP}{SCALE})|(?:nought|{_BELOW_1000})(?:{POINT})?)"
    rf"(?:{JOIN}{SCALE}(?:,?{GAP}(?:and{GAP}(?!{PIECES}))?{_BELOW_1000})?){{0,4}}"
    rf"(?:{PART}(?:{GAP}{SCALE})?)?"
)
_WORD = re.compile(rf"hundred|half|{any_of([*SMALL, *SCALES])}")
_PART, _POINT = re.compile(PART), re.compile(POINT)


def piece_of_one(wording: str) -> Decimal:
    """What a wording of the form `PIECES` says, or one that ends in it.

    >>> piece_of_one("three-quarters"), piece_of_one("one eighth")
    (Decimal('0.75'), Decimal('0.125'))
    """
    over, under = re.findall(r"[a-z]+", wording.lower())[-2:]
    return Decimal(_OVER.get(over, 1)) / _UNDER[under.removesuffix("s")]


def part_of_one(wording: str) -> Decimal:
    """What "and a half" adds; 0 for an empty wording.

    >>> part_of_one(" and three-quarters")
    Decimal('0.75')
    """
    return piece_of_one(wording) if wording else Decimal(0)


def amount_of_words(words: str) -> Decimal | None:
    """The number that words of the form `IN_WORDS` say; None where they say none.

    >>> amount_of_words("one and one-half"), amount_of_words("fiftyfive"), amount_of_words("two million and a half")
    (Decimal('1.5'), Decimal('55'), None)
    >>> amount_of_words("two point five million")
    Decimal('2500000.0')
    """
    words = words.lower()
    point = _POINT.search(words)
    if point:
        digits = "".join(str(_DECIMALS[word]) for word in point[0].split()[1:])
        behind = _WORD.findall(words, point.end())
        if any(word not in SCALES for word in behind):
            return None
        factor = prod(SCALES[word] for word in behind)
        before = amount_of_words(words[: point.start()])
        return None if before is None else (before + Decimal(f"0.{digits}")) * factor
    part = _PART.search(words)
    total, current, ceiling = Decimal(0), Decimal(0), 10**15
    for word in _WORD.findall(words, 0, part.start() if part else len(words)) if part else _WORD.findall(words):
        if word in SMALL:
            current += SMALL[word]
        elif word == "hundred":
            current = (current or 1) * Decimal(100)
        elif word == "half":
            current += Decimal("0.5")
        else:
            if SCALES[word] >= ceiling:
                return None
            ceiling = SCALES[word]
            total, current = total + (current or 1) * ceiling, Decimal(0)
    if not part:
        return total + current
    if total and not current:  # "two million and a half": half of what?
        return None
    current += part_of_one(part[0])
    scale = words[part.end() :].strip()
    return total + current * (SCALES[scale] if scale else 1)
