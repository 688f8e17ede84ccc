"""The words of sentences: how central a sentence is to its document, and what of it others have said already."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsacli.engines.context import Context
from dsacli.reader.lexical import words_of
from dsacli.reader.loading import ReaderModel


@dataclass(frozen=True)
class SentenceTerms:
    """Which words (without endings) stand in which sentences, each pair once and in the order of sentences.

    sentences, terms: int64 [pairs]; counts: float64 [pairs], uses of the word in the sentence
    uses: float64 [terms], in all sentences; sizes: the number of sentences
    """

    sentences: NDArray[np.int64]
    terms: NDArray[np.int64]
    counts: NDArray[np.float64]
    uses: NDArray[np.float64]
    size: int

    @cached_property
    def rarity(self) -> NDArray[np.float64]:
        """log(sentences / sentences that hold it) of each term."""
        return np.log(self.size / np.maximum(np.bincount(self.terms, minlength=len(self.uses)), 1))

    @cached_property
    def mass(self) -> NDArray[np.float64]:
        """log(1 + uses) · rarity of each term: what is lost where nothing says it. float64 [terms]"""
        return np.log1p(self.uses) * self.rarity

    @cached_property
    def edges(self) -> NDArray[np.int64]:
        """Where the pairs of each sentence begin, and the end: int64 [sentences + 1]."""
        return np.searchsorted(self.sentences, np.arange(self.size + 1))

    def sums(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """The sum over the pairs of each sentence of one value a pair: float64 [sentences]."""
        return np.bincount(self.sentences, values, minlength=self.size).astype(np.float64)

    def of(self, sentence: int) -> NDArray[np.int64]:
        """The terms of one sentence."""
        return self.terms[self.edges[sentence] : self.edges[sentence + 1]]


def sentence_terms(model: ReaderModel, context: Context[Any], sentences: NDArray[Any]) -> SentenceTerms:
    """The words of the sentences [first, last) of a context, int64 [sentences, 2]."""
    words, starts = words_of(context.token_ids, model.pieces)
    place = np.searchsorted(sentences[:, 1], starts, side="right")
    inside = place < len(sentences)
    inside[inside] = starts[inside] >= sentences[place[inside], 0]
    kinds, numbers = np.unique(words[inside], return_inverse=True)
    width = max(len(kinds), 1)
    pairs, counts = np.unique(place[inside] * width + numbers, return_counts=True)
    return SentenceTerms(
        pairs // width,
        pairs % width,
        counts.astype(np.float64),
        np.bincount(numbers, minlength=len(kinds)).astype(np.float64),
        len(sentences),
    )


def centrality(terms: SentenceTerms, among: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The cosine of each sentence and of the sentences `among`, added up: float64 [sentences].

    A word's weight in a sentence is (1 + log uses) · √rarity. The root leaves what nearly all sentences say some weight: without it
    the rarest words decide, and in a talk those are slips of the tongue.
    """
    weights = (1 + np.log(terms.counts)) * np.sqrt(terms.rarity[terms.terms])
    centre = np.bincount(terms.terms, weights * among[terms.sentences], minlength=len(terms.uses))
    lengths = np.sqrt(terms.sums(weights**2)) * np.linalg.norm(centre)
    return terms.sums(weights * centre[terms.terms]) / np.maximum(lengths, 1e-9)
