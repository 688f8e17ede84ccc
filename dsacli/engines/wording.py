"""Wordings as people compare and print them."""

import re


def single_line(wording: str) -> str:
    """Wording as one line: line breaks of the source become spaces."""
    return " ".join(wording.split())


def answer_key(wording: str) -> str:
    """What makes two wordings the same answer: lower-case words; empty for punctuation alone."""
    return " ".join(re.findall(r"\w+", wording.lower()))
