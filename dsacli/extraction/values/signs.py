"""A minus right before a figure, as a mark or as a word."""

import re
from typing import NamedTuple

_I = re.IGNORECASE
# What a minus behind it is the sign of a figure after; behind anything else ("EURIBOR minus 2%") it may also take away.
_NO_OPERAND = re.compile(
    r"(?:^|[\n(:;,|=\t]|[.!?]\s|\b(?:is|are|was|were|be|been|of|to|at|by|from|between|and|a|an|about|around|approximately|nearly|than"
    r"|reached|hit|with|under|below|above|over|returned|yielded))[ \t]*\Z",
    _I,
)
_MINUS = re.compile(r"(?<![\w-])minus\s\Z", _I)
_MINUS_OR_NEGATIVE = re.compile(r"(?<![\w-])(?:minus|negative)\s\Z", _I)
_LONGEST = len("negative ")


class Word(NamedTuple):
    """A word for a minus, and whether it can be nothing else."""

    start: int
    sure: bool


def sign_before(text: str, start: int) -> int:
    """-1 where a minus, and not a hyphen or a dash, stands right before `start`."""
    minus = start and text[start - 1] in "-−" and (start == 1 or text[start - 2] in " \t\n(:")
    return -1 if minus else 1


def minus_word(text: str, start: int, adjective: bool = False) -> Word | None:
    """The word "minus" right before `start`; with `adjective` also "negative", which says of what is counted something else.

    >>> minus_word("a return of minus 2%", 18), minus_word("EURIBOR minus 2%", 14)
    (Word(start=12, sure=True), Word(start=8, sure=False))
    """
    form = _MINUS_OR_NEGATIVE if adjective else _MINUS
    word = form.search(text, max(0, start - _LONGEST), start)
    if not word:
        return None
    before = text[max(0, word.start() - 14) : word.start()]
    sure = not before.strip() if word.start() < 14 else False
    return Word(word.start(), sure or bool(_NO_OPERAND.search(text, max(0, word.start() - 14), word.start())))
