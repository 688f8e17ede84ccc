"""Wordings as people compare and print them."""

import re


def single_line(wording: str) -> str:
    """Wording as one line: line breaks of the source become spaces."""
    return " ".join(wording.split())


def answer_key(wording: str) -> str:
    """What makes two wordings the same answer: lower-case words; empty for punctuation alone."""
    return " ".join(re.findall(r"\w+", wording.lower()))


# Words of a question that say nothing of what it is about.
_ASKING = frozenset(
    "a an the this that these those it its is are was were be been being do does did has have had can could may might must shall should will"
    " would what which who whom whose when where why how much many long far of in on at to for from by with about as into under and or not no"
    " any there they them their we us our you your i me my he she his her one if say says said tell give show list name now current currently"
    " today".split()
)


def content_words(question: str) -> set[str]:
    """The words of a question that say what it is about, in lower case.

    >>> sorted(content_words("What is the price of a pane now?"))
    ['pane', 'price']
    """
    return {word for word in answer_key(question).split() if word not in _ASKING}
