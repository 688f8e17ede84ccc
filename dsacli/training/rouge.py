"""ROUGE of extractive summaries."""

from collections import Counter
from functools import cache

from nltk.stem.porter import PorterStemmer
from rouge_score.tokenize import tokenize


class Stemmer:
    """Porter's, each word once: a search takes the ROUGE of the same sentences thousands of times."""

    def __init__(self) -> None:
        self.stem = cache(PorterStemmer().stem)


STEMMER = Stemmer()


def tokens(text: str) -> list[str]:
    """The stemmed words of a text, as the package rouge-score counts them."""
    return tokenize(text, STEMMER)


def rouge(summary: list[str], reference: list[str]) -> tuple[float, float]:
    """ROUGE-1 and ROUGE-L (of the whole, not line by line) F1 of a summary, both as `tokens`, 0 to 100.

    >>> rouge(tokens("boat new"), tokens("A new boat"))[0] > rouge(tokens("boat new"), tokens("A new boat"))[1]
    True
    """
    common = (Counter(summary) & Counter(reference)).total()
    both = max(len(summary) + len(reference), 1)
    return 200 * common / both, 200 * longest_common(summary, reference) / both


def longest_common(left: list[str], right: list[str]) -> int:
    """The length of the longest common subsequence, by one row of bits (Hyyrö 2004)."""
    places: dict[str, int] = {}
    for place, word in enumerate(left):
        places[word] = places.get(word, 0) | 1 << place
    every = (1 << len(left)) - 1
    row = every
    for word in right:
        matched = row & places.get(word, 0)
        row = ((row + matched) | (row - matched)) & every
    return len(left) - row.bit_count()
