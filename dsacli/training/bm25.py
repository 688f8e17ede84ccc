"""BM25 (Robertson & Zaragoza 2009) over passages: the baseline of every retrieval figure, and a source of negatives."""

import re

import numpy as np

K1, B = 1.2, 0.75
WORD = re.compile(r"\w+")


class BM25:
    """An inverted index over `texts`; `scores(question)` is float32 [passages]."""

    def __init__(self, texts: list[str]):
        postings: dict[str, dict[int, int]] = {}
        lengths = np.zeros(len(texts), np.float32)
        for number, text in enumerate(texts):
            words = WORD.findall(text.lower())
            lengths[number] = len(words)
            for word in words:
                row = postings.setdefault(word, {})
                row[number] = row.get(number, 0) + 1
        self.count = len(texts)
        norm = K1 * (1 - B + B * lengths / max(lengths.mean(), 1.0))
        self.postings: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        for word, row in postings.items():
            where = np.fromiter(row, np.int32, len(row))
            times = np.fromiter(row.values(), np.float32, len(row))
            idf = np.log(1 + (len(texts) - len(row) + 0.5) / (len(row) + 0.5))
            self.postings[word] = where, (idf * times * (K1 + 1) / (times + norm[where])).astype(np.float32)

    def scores(self, question: str) -> np.ndarray:
        """BM25 score of every passage for the question."""
        total = np.zeros(self.count, np.float32)
        for word in WORD.findall(question.lower()):
            if word in self.postings:
                where, weight = self.postings[word]
                total[where] += weight
        return total
