"""Answer F1 and exact match as SQuAD counts them (Rajpurkar et al. 2016), best over annotators."""

import re
import string
from collections import Counter

ARTICLES = re.compile(r"\b(a|an|the)\b")
NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalise(text: str) -> list[str]:
    """Lower-case words without punctuation and articles."""
    return ARTICLES.sub(" ", text.lower().translate(NO_PUNCTUATION)).split()


def f1(answer: str, golds: tuple[str, ...]) -> float:
    """Word-overlap F1 against the closest gold answer, 0 to 1."""
    return max(_f1(normalise(answer), normalise(gold)) for gold in golds)


def exact(answer: str, golds: tuple[str, ...]) -> bool:
    """Whether the answer is one of the golds, normalised."""
    return any(normalise(answer) == normalise(gold) for gold in golds)


def _f1(answer: list[str], gold: list[str]) -> float:
    common = sum((Counter(answer) & Counter(gold)).values())
    if not common:
        return float(answer == gold)
    return 2 * common / (len(answer) + len(gold))
