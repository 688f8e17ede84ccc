"""Numbers in words: "two hundred and ten", "one and one-half million"."""

import re
from decimal import Decimal

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
_SMALL = _UNITS | _TENS
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
_PIECES = rf"(?:(?:an?|one){JOIN}(?:half|quarter)|three{JOIN}quarters)\b"
_BELOW_1000 = (
    rf"(?:(?:an?|{_BELOW_100}){JOIN}hundred\b(?:{GAP}(?:and{GAP}(?!{_PIECES}))?{_BELOW_100})?"
    rf"|{_BELOW_100})"
)
# A part of one that is added: "and a half".
PART = rf"{GAP}and{GAP}{_PIECES}"
_PARTS = {"half": Decimal("0.5"), "quarter": Decimal("0.25"), "quarters": Decimal("0.75")}
IN_WORDS = (
    rf"(?:(?:half{GAP})?an?(?={GAP}{SCALE})|{_BELOW_1000})"
    rf"(?:{JOIN}{SCALE}(?:,?{GAP}(?:and{GAP}(?!{_PIECES}))?{_BELOW_1000})?){{0,4}}"
    rf"(?:{PART}(?:{GAP}{SCALE})?)?"
)
_WORD = re.compile(rf"hundred|half|{any_of([*_SMALL, *SCALES])}")
_PART = re.compile(PART)


def part_of_one(wording: str) -> Decimal:
    """What "and a half" adds; 0 for an empty wording.

    >>> part_of_one(" and three-quarters")
    Decimal('0.75')
    """
    return _PARTS[re.findall(r"[a-z]+", wording.lower())[-1]] if wording else Decimal(0)


def amount_of_words(words: str) -> Decimal | None:
    """The number that words of the form `IN_WORDS` say; None where they say none.

    >>> amount_of_words("one and one-half"), amount_of_words("fiftyfive"), amount_of_words("two million and a half")
    (Decimal('1.5'), Decimal('55'), None)
    """
    words = words.lower()
    part = _PART.search(words)
    total, current, ceiling = Decimal(0), Decimal(0), 10**15
    for word in _WORD.findall(words, 0, part.start() if part else len(words)) if part else _WORD.findall(words):
        if word in _SMALL:
            current += _SMALL[word]
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
