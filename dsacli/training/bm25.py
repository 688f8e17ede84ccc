"""BM25 over passages by the package bm25s: the baseline of every retrieval figure, and a source of negatives.

Lucene's variant (Kamphuis et al. 2020) with the package's defaults: k1 = 1.5, b = 0.75, words of two letters or more in lower
case, its English stop words left out, no stemmer.
"""

import bm25s
import numpy as np


class BM25:
    """An index over `texts`; `scores(question)` is float32 [passages], 0 where no word of the question stands."""

    def __init__(self, texts: list[str]) -> None:
        self.index = bm25s.BM25(method="lucene", backend="numpy")
        self.index.index(bm25s.tokenize(texts, stopwords="en", show_progress=False), show_progress=False)

    def scores(self, question: str) -> np.ndarray:
        """BM25 score of every passage for the question."""
        (words,) = bm25s.tokenize(question, stopwords="en", return_ids=False, show_progress=False)
        scores: np.ndarray = self.index.get_scores_from_ids(self.index.get_tokens_ids(words))
        return scores
