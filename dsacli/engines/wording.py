"""Wordings as people compare and print them."""

import re

from dsacli.plain import printable
from dsacli.reader.asking import ASKING


def single_line(wording: str) -> str:
    """Wording as one line: line breaks of the source become spaces; nothing in it that a terminal obeys, whoever wrote it."""
    return printable(" ".join(wording.split()))


def answer_key(wording: str) -> str:
    """What makes two wordings the same answer: lower-case words; empty for punctuation alone."""
    return " ".join(re.findall(r"\w+", wording.lower()))


def content_words(question: str) -> set[str]:
    """The words of a question that say what it is about, in lower case.

    >>> sorted(content_words("What is the price of a pane now?"))
    ['pane', 'price']
    """
    return {word for word in answer_key(question).split() if word not in ASKING}


def sentence_ends(text: str) -> bool:
    """Whether what was written so far ends as a sentence does: the last word has more than a letter or two before its stop."""
    tail = text.rstrip().rstrip("\"'”’)»")
    return tail.endswith((".", "!", "?")) and len(tail.split()[-1:][0]) > 3 if tail else False
