"""The parts of a document that speak for the whole of it: an abstract, a summary, what stands before the introduction."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# No abstract is longer, in sentences; a heading has no more words.
LONGEST = 15
HEADING_WORDS = 10
_NUMBER = r"(?:\d{1,2}|[ivx]{1,4})?\.?\s*"
_INTRODUCTION = re.compile(rf"{_NUMBER}(?:general )?introduction\W*$|1\.?\s+[A-Z]\w+(?: \w+){{0,7}}$", re.IGNORECASE)
_SUMMARY = re.compile(
    rf"{_NUMBER}(?:abstract|(?:executive |management )?summary|highlights(?: of .*)?|key (?:points|findings|messages)"
    r"|in brief|at a glance|what .* found)\W*$",
    re.IGNORECASE,
)


def speaking_for_all(texts: Sequence[str], quotable: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which sentences of a document stand before its introduction, or under a heading that says summary: bool [sentences].

    texts: all its sentences in order, headings among them as lines of their own
    """
    found = np.zeros(len(texts), bool)
    left = 0
    for number, text in enumerate(texts):
        heading = not quotable[number] and len(text.split()) <= HEADING_WORDS
        if heading and _INTRODUCTION.match(text):
            if number <= LONGEST:
                found[:number] = True
            left = 0
        elif heading and _SUMMARY.match(text):
            left = LONGEST
        elif heading and text[-1] not in ".!?":
            left = 0
        elif left:
            found[number] = True
            left -= 1
    return found
