"""Notes that say once for many figures what they count: "(in thousands of dollars)", "£m", "All amounts in NOK"."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from dsacli.extraction.values.currencies import CURRENCY_CODE, CURRENCY_NAME, CURRENCY_SIGN, currency_of
from dsacli.extraction.values.value import any_of

_SCALES = {
    word: scale
    for scale, words in {
        10**3: "thousand thousands tausend milliers miles migliaia duizenden milhares tusen tusental k",
        10**5: "lakh lakhs",
        10**6: "million millions millionen millones milioni miljoenen miljoner millioner milhões mio mio. mn mm m",
        10**7: "crore crores cr",
        10**9: "billion billions milliarden milliards miliardi bn mrd mrd.",
    }.items()
    for word in words.split()
}
_WORDS = any_of(word for word in _SCALES if len(word.rstrip(".")) > 3)
_SHORT = any_of(_SCALES)
_CURRENCY = rf"(?:{CURRENCY_SIGN}|{CURRENCY_CODE}|(?i:(?:u\.?s\.?\s)?{CURRENCY_NAME}s?))"
_SAID = any_of(
    "amount amounts figures prices values sums beträge angaben preise montants importes importi bedragen valores beløp belopp".split()
)
_NOTE = re.compile(
    # $ in thousands of …; amounts in € millions
    rf"(?<!\w)(?:(?P<a>{_CURRENCY}),?\s)?(?i:in|en|em|i)\s(?:(?P<b>{_CURRENCY})\s?)?(?P<scale1>(?i:{_WORDS}))(?!\w)"
    rf"(?:\s(?i:of|de|di|van|d['’])?\s?(?P<c>{_CURRENCY}))?(?!\w)"
    # £m, $'000, EUR million
    rf"|(?<![\w.,])(?P<d>{_CURRENCY})\s?(?P<scale2>['’]?000s?(?![\d.,])|(?i:{_SHORT})(?!\w))(?!\s?(?!(?:19|20)\d\d(?!\d))[\d(])"
    # Mio. €, T€
    rf"|(?<![\d.,]\s)(?<![\w.,])(?P<scale3>(?i:T|k|Tsd\.|Mio\.?|Mrd\.?|['’]000))\s?(?P<e>€|EUR|£|\$|USD|CHF)(?!\s?[\d(]|\w)"
    # '000, (000s)
    r"|(?<![\w.,$£€])(?P<scale4>['’]000s?|(?<=\()000s?(?=\)))(?!\w)"
    # amounts in NOK, Price (€)
    rf"|(?:(?<=\()|(?i:{_SAID}\s(?:\w+\s){{0,4}})(?i:in|en|em|i)\s)(?P<f>{_CURRENCY})(?!\s?(?i:{_SHORT})\b)(?=\)|[\s.,]|\Z)"
    # the head of a column: Amount EUR
    rf"|(?<=[^\W\d_]\s)(?P<g>{CURRENCY_CODE}|[€£$])(?=[ ]?(?:[|\t\n]|\Z))"
    # Currency: CHF
    rf"|(?<!\w)(?P<said>(?i:currency|währung|devise|monnaie|moneda|valuta|waluta))\s?[:|]?\s?(?P<h>{CURRENCY_CODE}|[€£$])(?=[\s|,;.)]|\Z)"
)
_EVERYWHERE = re.compile(
    r"\b(?:all|unless\sotherwise|amounts|figures|sums|beträge|angaben|alle|montants|importes|importi|bedragen|valores|beløp|belopp)\b",
    re.IGNORECASE,
)
_FIGURES_AFTER = re.compile(
    r"[^\d\n]{0,80}(?<!\d)(?!(?:19|20)\d\d(?![\d.,]))(?!\d{1,2}(?:\.?\s[^\W\d_]{3}|,\s(?:19|20)\d\d|[./-]\d{1,2}[./-]\d))\d"
)
_LINE = re.compile(r"^[^\n]{3,}", re.MULTILINE)
_LONGEST_LINE = 2000
_PROSE_WORDS, _FARTHEST_LINES = 14, 60


@dataclass(frozen=True)
class Note:
    """What figures count that stand below the characters [start, end).

    scale: what they are to be multiplied by
    currency: None where the note names none
    everywhere: whether it speaks of the whole document
    own_line: whether it speaks of the figures on its line only
    column: the number of its cell, where it stands in the head of a table, above one column of figures
    """

    start: int
    end: int
    scale: int
    currency: str | None
    everywhere: bool
    own_line: bool
    column: int | None


@dataclass(frozen=True)
class Unit:
    """What a figure counts; not `sure` where it stands in running text under a note that is meant for a table."""

    scale: int
    currency: str | None
    sure: bool


def unit_at(document: str, offset: int) -> Unit | None:
    """What a note says of the figure at a place of a document; None where none speaks of it.

    >>> text = "Results (in thousands of dollars)\\nRevenue  48,210"
    >>> unit_at(text, text.index("48"))
    Unit(scale=1000, currency='USD', sure=True)
    """
    notes = notes_in(document)
    last = bisect_left(notes, offset, key=lambda note: note.start)
    for note in reversed(notes[max(0, last - 12) : last]):
        unit = _said_of(note, document, offset)
        if unit:
            return unit
    # "All prices in pounds", at the foot of a list.
    below = next((note for note in notes[last:] if note.everywhere and note.scale == 1), None)
    return _said_of(below, document, offset) if below else None


@lru_cache(maxsize=8)
def notes_in(document: str) -> tuple[Note, ...]:
    """The notes of a document, in its order."""
    return tuple(_notes(document))


def line_around(document: str, offset: int) -> tuple[int, int]:
    """The characters of the line that a place stands on."""
    end = document.find("\n", offset)
    return document.rfind("\n", 0, offset) + 1, len(document) if end < 0 else end


def is_prose(line: str) -> bool:
    """Whether a line is of running text, and no row or heading."""
    return len(re.findall(r"[^\W\d_]{2,}", line)) > _PROSE_WORDS


def _notes(document: str) -> Iterator[Note]:
    for line in _LINE.finditer(document):
        if len(line[0]) > _LONGEST_LINE:
            continue
        prose = is_prose(line[0])
        # Most of a long document is running text, in which a note is in brackets or says that it means all of it.
        if prose and not (_EVERYWHERE.search(line[0]) or "(" in line[0]):
            continue
        for match in _NOTE.finditer(document, *line.span()):
            note = _note(document, match, line)
            if note and (not prose or note.everywhere or note.own_line):
                yield note


def _note(document: str, match: re.Match[str], line: re.Match[str]) -> Note | None:
    """What a wording on a line says of figures; None where it is no note."""
    low, high = line.span()
    column = _column(document, low, match.start())
    everywhere = bool(
        match["said"] or _EVERYWHERE.search(document, max(low, match.start() - 60), min(high, match.end() + 60))
    )
    in_brackets = (
        "(" in document[max(low, match.start() - 30) : match.start()]
        and ")" in document[match.end() : match.end() + 40]
    )
    own_line = not column and not everywhere and bool(_FIGURES_AFTER.match(document, match.end(), high))
    short = match["scale2"] or match["scale3"] or match["scale4"]
    sentence = line[0].rstrip().endswith(".") and not (everywhere or in_brackets or column is not None or short)
    if sentence or (match["g"] and column is None) or (own_line and not in_brackets and is_prose(line[0])):
        return None
    wording = next((match[group] for group in "abcdefgh" if match[group]), None)
    scale = next((match[f"scale{each}"] for each in "1234" if match[f"scale{each}"]), None)
    currency = currency_of(wording) if wording else None
    return Note(match.start(), high, _scale(scale), currency, everywhere, own_line, column or None)


def _scale(wording: str | None) -> int:
    if not wording:
        return 1
    word = wording.lower().removesuffix(".")
    return 1000 if "000" in word or word in ("t", "tsd") else _SCALES[word]


def _column(document: str, low: int, offset: int) -> int | None:
    """The number of the cell that a place stands in, from 0; None outside of tables."""
    end = line_around(document, offset)[1]
    mark = "|" if document.count("|", low, end) > 1 else "\t" if "\t" in document[low:end] else None
    opened = mark == "|" and document[low:end].lstrip().startswith("|")
    return document.count(mark, low, offset) - opened if mark else None


def _said_of(note: Note, document: str, offset: int) -> Unit | None:
    low, high = line_around(document, offset)
    if note.own_line:
        return Unit(note.scale, note.currency, True) if note.start >= low else None
    if note.column is not None and _column(document, low, offset) != note.column:
        return None
    between = document[note.end : low]
    if not note.everywhere:
        if between.count("\n") > _FARTHEST_LINES or re.search(r"^#", between, re.MULTILINE):
            return None
        if note.column is not None and re.search(r"\n[ \t]*\n", between):
            return None
    prose = is_prose(document[low:high]) or (
        not note.everywhere and any(is_prose(line) for line in between.splitlines())
    )
    return Unit(note.scale, note.currency, not prose)
