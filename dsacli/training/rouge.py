"""ROUGE of extractive summaries, and the sentences that would do best by it: labels for the salience head."""

from collections import Counter
from functools import cache

import numpy as np
from rouge_score.rouge_scorer import RougeScorer
from rouge_score.tokenize import tokenize

ORACLE_SENTENCES = 12


@cache
def scorer() -> RougeScorer:
    """ROUGE-1 and ROUGE-L (sentence level), stemmed, as the package rouge-score counts them."""
    return RougeScorer(["rouge1", "rougeL"], use_stemmer=True)


def rouge(summary: str, reference: str) -> tuple[float, float]:
    """ROUGE-1 and ROUGE-L F1 of a summary, 0 to 100."""
    found = scorer().score(reference, summary)
    return 100 * found["rouge1"].fmeasure, 100 * found["rougeL"].fmeasure


def oracle(sentences: list[str], reference: str, words: int) -> np.ndarray:
    """What each sentence adds to the summary that is best by unigram F1, built greedily in up to `words` words.

    returns: float64 [sentences], 0 for those not in it; they add up to its F1 (0 to 1)
    """
    wanted = Counter(tokenize(reference, None))
    bags = [Counter(tokenize(sentence, None)) for sentence in sentences]
    held: Counter[str] = Counter()
    gains, best = np.zeros(len(sentences)), 0.0
    for _ in range(ORACLE_SENTENCES):
        scores = []
        for number, bag in enumerate(bags):
            size = held.total() + bag.total()
            fits = bag and not gains[number] and size <= words
            together = ((held + bag) & wanted).total() if fits else 0
            scores.append(2 * together / (size + wanted.total()) if fits else 0.0)
        place = int(np.argmax(scores)) if scores else 0
        if not scores or scores[place] <= best:
            break
        gains[place], best = scores[place] - best, scores[place]
        held += bags[place]
    return gains
