"""Figures whose thousands are parted by plain spaces: "214 633 people" is one, "Revenue 120 135" are two columns."""

import re
from enum import Enum

from dsacli.extraction.figures import CURRENCY_GLYPHS, EITHER
from dsacli.extraction.values.currencies import CURRENCY_CODE, CURRENCY_NAME, KRONE_SIGN
from dsacli.extraction.values.months import MONTH_BESIDE_YEAR
from dsacli.extraction.values.words import FIGURE_SCALE

_I = re.IGNORECASE

_RUN = re.compile(
    r"(?:(?<![\w.,/'’])|(?<=(?<![\w$])R)|(?<=(?<!\w)(?:RM|Rp|[Kk]r))|(?<=(?<!\w)[A-Z]{3}))(?<![0-9]:)(?<!\w[-–—])[1-9][0-9]{0,2}(?: [0-9]{3}){1,5}(?![0-9])(?:[.,][0-9]{1,6}(?![0-9]|[.,][0-9]))?"
)
# Characters before a run that are looked at.
_BEHIND = 24
_SIGN = r"[-−+(]{0,2}"
_FIGURE_LEFT = re.compile(rf"[0-9][%)]?[ \xa0]{_SIGN}\Z")
_FIGURE_RIGHT = re.compile(rf"[ \xa0]{_SIGN}(?:[$£€] ?)?\.?[0-9]")
# What is numbered, telephoned or dated with the figure behind it; and dollars, whose columns often have one sign.
_NAMED = re.compile(
    rf"(?:[$£]|\b(?:pages?|pp?|sections?|clauses?|articles?|paragraphs?|chapters?|notes?|fig|figures?|tables?|version|nos?|numbers?|items?|steps?"
    rf"|rooms?|flat|suite|route|highway|box|tel|telephone|phone|mobile|fax|call|line|lot|level|grade|part|{MONTH_BESIDE_YEAR})\.?)[ \xa0]?\Z",
    _I,
)
_IN_PROSE = re.compile(
    r"\b(?:is|are|was|were|be|been|of|to|by|about|over|above|under|below|than|at|around|approximately|nearly|roughly|almost|some|only|just|circa|ca\."
    r"|reach(?:ed|es)|total(?:l?ed|s)?|exceed(?:ed|s)?|has|have|had|with|for|from|counted|estimated|the|these|those|its|all|another"
    rf"|von|rund|de|environ|på|med|har|er|var|sono|est|sont|ist|sind)[ \xa0]{_SIGN}\Z",
    _I,
)
_CURRENCY_LEFT = re.compile(
    rf"(?:(?![$£])[{CURRENCY_GLYPHS}]|(?<![\w$])(?:{CURRENCY_CODE}|{KRONE_SIGN}|RM?|Rp\.?|NIS))[ \xa0]?[-−]?\Z"
)
_LABEL_LEFT = re.compile(rf"[:=][ \t\xa0]*{_SIGN}\Z")
_CELL_LEFT = re.compile(rf"(?:^|[\n|\t]|[ \xa0]{{2}})[ \xa0]*{_SIGN}\Z")
_CELL_RIGHT = re.compile(r"\)?[ \xa0]*(?:[|\t\n]|[ \xa0]{2}|\Z)")
_RULED_LEFT, _RULED_RIGHT = re.compile(rf"[|\t][ \xa0]*{_SIGN}\Z"), re.compile(r"\)?[ \xa0]*[|\t]")
_WIDE_LEFT = re.compile(rf"[0-9%)][ \xa0]{{2,}}{_SIGN}\Z")
_WIDE_RIGHT = re.compile(rf"\)?[ \xa0]{{2,9}}{_SIGN}[$£€]?[0-9]")
_WORD = re.compile(r"[ \xa0](?P<first>[^\W\d_])")
_UNIT = re.compile(
    rf"[ \xa0]?(?:[°‰]|(?![$£])[{CURRENCY_GLYPHS}]|(?:{CURRENCY_CODE}|{KRONE_SIGN}|zł|Kč|Ft|лв|NIS|Fr\.)(?!\w)|(?i:{FIGURE_SCALE}|{CURRENCY_NAME}s?(?!\w)))"
    r"|[^\W\d_]|[-‐‑][^\W\d_]|\s?[-–—/:×^][ ]?[0-9]|[.,:][-–—]"
)
# "120 135 and 150" may be three.
_JOINS = re.compile(r"[ \xa0](?:and|or|to|vs\.?|versus|og|och|und|et|y|e)[ \xa0](?![0-9]{1,3} [0-9]{3}(?![0-9]))[0-9]")
_SENTENCE_RIGHT = re.compile(r"\)?[.;!?]+(?=\s|\Z)|\)?, [^\W\d_]|\)(?= [^\W\d_])")
_SCALED = re.compile(rf"[ \xa0]{FIGURE_SCALE}", _I)
_PERCENT_RIGHT = re.compile(r"[ \xa0]?%")
_LINE_RIGHT = re.compile(r"\)?[ \t\xa0]*(?:\n|\Z)")


class _Reading(Enum):
    ONE, COLUMNS, UNSURE = range(3)


def join_spaced(text: str, columns: bool = False) -> str:
    """The text with the spaces inside its figures as no-break spaces, or as `EITHER` where they may part columns.

    columns: whether what may be columns is taken to be

    >>> [join_spaced(each).replace(chr(160), "_") for each in ("sold to 214 633 people", "Revenue 120 135")]
    ['sold to 214_633 people', 'Revenue 120 135']
    """
    space = {_Reading.ONE: "\xa0", _Reading.COLUMNS: " ", _Reading.UNSURE: " " if columns else EITHER}
    return _RUN.sub(lambda run: run[0].replace(" ", space[_reading(run)]), text)


def spaced_figures(text: str) -> list[tuple[int, int]]:
    """The bounds of the figures that are surely one although there are spaces in them.

    >>> spaced_figures("sold to 214 633 people")
    [(8, 15)]
    """
    return [run.span() for run in _RUN.finditer(text.replace("\xa0", " ")) if _reading(run) is _Reading.ONE]


def _reading(run: re.Match[str]) -> _Reading:
    """Whether a run is one figure, by what stands on both sides of it."""
    text, end = run.string, run.end()
    left = text[max(0, run.start() - _BEHIND) : run.start()]
    word = _WORD.match(text, end)
    prose = bool(word and word["first"].islower() and not _JOINS.match(text, end))
    if _SCALED.match(text, end) and not _FIGURE_LEFT.search(left):
        return _Reading.ONE
    if _NAMED.search(left) or _FIGURE_RIGHT.match(text, end):
        return _Reading.COLUMNS
    if _FIGURE_LEFT.search(left):
        return _Reading.UNSURE if prose else _Reading.COLUMNS
    if prose or _UNIT.match(text, end) or _CURRENCY_LEFT.search(left) or _alone_in_cell(left, text, end):
        return _Reading.ONE
    if _SENTENCE_RIGHT.match(text, end) or _IN_PROSE.search(left):
        return _Reading.UNSURE if _JOINS.match(text, end) else _Reading.ONE
    ends, labelled = _LINE_RIGHT.match(text, end), _LABEL_LEFT.search(left)
    if (ends and labelled) or (_PERCENT_RIGHT.match(text, end) and (labelled or not left.strip())):
        return _Reading.ONE
    # Columns have as many digits, as a rule, and are not followed by words.
    return _Reading.COLUMNS if ends and run[0].index(" ") == 3 else _Reading.UNSURE


def _alone_in_cell(left: str, text: str, end: int) -> bool:
    """Whether a run fills a cell, of a table whose cells are parted by more than a space."""
    if not (_CELL_LEFT.search(left) and _CELL_RIGHT.match(text, end)):
        return False
    return any(each.search(left) for each in (_RULED_LEFT, _WIDE_LEFT)) or any(
        each.match(text, end) for each in (_RULED_RIGHT, _WIDE_RIGHT)
    )
