"""The sentences of a context: where their tokens are, what they say, and which of them can be quoted by themselves."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsacli.engines.context import Context
from dsacli.engines.extractive.terms import SentenceTerms, sentence_terms
from dsacli.engines.wording import single_line
from dsacli.reader.loading import ReaderModel

WORDS = range(6, 61)
# Share of words that hold a letter, and of single letters, as in formulas and in rows of symbols.
LETTERED, SINGLE = 0.6, 0.3
# What begins a sentence that is not understood without the one before: pronouns without a noun, and words that join.
_REFERS = re.compile(
    r"\W*(?:(?:he|she|they|it|his|her|their|its|him|them|such|both|neither|this|that|these|those|the (?:former|latter|same|(?:first|second|third|fourth|fifth|last|other)s?(?= (?:is|was|are|were|of these|has|had|will|would)\b))"
    r"|however|moreover|furthermore|then|therefore|thus|hence|so|but|and|or|nor|yet|also|besides|nevertheless|nonetheless"
    r"|instead|consequently|accordingly|similarly|likewise|otherwise|conversely|rather|meanwhile|afterwards|still"
    r"|in addition|in contrast|by contrast|in turn|as a result|as such|for (?:example|instance|this|that|these)"
    r"|(?:if|when|while|after|before|once|as|although|because|since|until|unless) (?:he|she|they|it|this|these|those)"
    r"|on the (?:other hand|contrary)|after that|in other words|that is why)\b(?!-))",
    re.IGNORECASE,
)
# "It is important that …", "This report describes …", "That the ferry sank …": what they speak of they say themselves.
_STANDS = re.compile(
    r"\W*(?:it (?:is|was|has been|seems|appears) \w+ (?:that|to|for|how|whether)\b"
    r"|(?:this|these) (?:\w+ )?(?:annual |present |quarterly |interim )?"
    r"(?:agreement|article|book|chapter|contract|disclosure|document|guide|invention|manual|meeting|note|paper|policy|report"
    r"|review|section|statement|study|survey|thesis|work|year|quarter)\b"
    r"|(?:both|rather) \w+ (?:and|than)\b)",
    re.IGNORECASE,
)
# A line of a list as Markdown and typesetters mark it, a place in a bibliography, and what only says where something else stands.
_MARKED = re.compile(r"[-*•–▪◦]\s|\[\d+\]\s")
_POINTS = re.compile(
    r"\b(?:shown|given|listed|set out|described|illustrated|summari[sz]ed|presented|depicted|discussed|explained)"
    r"(?: (?:\w+ )?)(?:in|by|on|at)?\s?(?:the |this |that )?(?:following )?(?:tables?|fig(?:ure|s?\.)s?|notes?|sections?|appendix|annex|pages?|chapters?"
    r"|charts?|below|above|overleaf)\b",
    re.IGNORECASE,
)
_SPEAKER = re.compile(r"[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,4}:\s+")
_REFERENCE = re.compile(r"(?:\bet al\.|\bpp?\. ?\d|\b(?:Proceedings|Proc\.|Trans\.|arXiv|doi)\b)[^.]*\.?$")


@dataclass(frozen=True)
class Sentences:
    """All sentences of a context, in order; every array has one value for each.

    bounds: int64 [sentences, 2], the tokens [first, last); documents: int64, the number of the document
    texts: each on one line; quotable: bool; hangs: bool, whether it is understood only behind the sentence before it
    """

    context: Context[Any]
    bounds: NDArray[Any]
    documents: NDArray[np.int64]
    texts: list[str]
    terms: SentenceTerms
    quotable: NDArray[np.bool_]
    hangs: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def words(self) -> NDArray[np.int64]:
        """The length of each in words."""
        return np.array([len(text.split()) for text in self.texts], np.int64)

    @cached_property
    def places(self) -> NDArray[np.int64]:
        """How many sentences of its document stand before each."""
        return np.arange(len(self)) - np.searchsorted(self.documents, self.documents)

    def means(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """The mean over the quotable sentences of a document, for each sentence its document's; 0 without any."""
        sums = np.bincount(self.documents, values * self.quotable)
        return (sums / np.maximum(np.bincount(self.documents, self.quotable), 1))[self.documents]


def read_sentences(model: ReaderModel, context: Context[Any]) -> Sentences:
    """The sentences of a context with what is known of each by itself."""
    bounds = sentence_tokens(context)
    documents = np.searchsorted(context.edges, bounds[:, 0], side="right") - 1
    texts = [wording(context, tokens) for tokens in bounds]
    begins = np.diff(documents, prepend=-1) > 0
    return Sentences(
        context,
        bounds,
        documents,
        texts,
        sentence_terms(model, context, bounds),
        np.array([quotable(text) for text in texts], bool),
        np.array([refers_back(text) for text in texts], bool) & ~begins,
    )


def sentence_tokens(context: Context[Any]) -> NDArray[Any]:
    """[first, last) tokens of every sentence of the context that holds a token: int64 [sentences, 2]."""
    found = []
    for document, shift in zip(context.documents, context.edges.tolist()):
        first = np.searchsorted(document.starts, document.sentences[:, 0])
        last = np.searchsorted(document.ends, document.sentences[:, 1], side="right")
        found.append(np.stack([first, last], axis=1)[first < last] + shift)
    return np.concatenate(found)


def wording(context: Context[Any], tokens: Sequence[int]) -> str:
    """The text of a sentence on one line."""
    encoded, start, end = context.characters(int(tokens[0]), int(tokens[1]) - 1)
    return single_line(encoded.document.text[start:end])


def quotable(sentence: str) -> bool:
    """Whether it reads as a sentence: some words, most of them of letters, an end. Headings, table rows, formulas and
    entries of a bibliography do not."""
    words = sentence.split()
    lettered = sum(any(c.isalpha() for c in word) for word in words)
    single = sum(len(word) == 1 and word not in "aAI" for word in words)
    ended = sentence.rstrip("\"'”’)»").endswith((".", "!", "?"))
    shaped = ended and len(words) in WORDS and lettered > LETTERED * len(words) and single <= SINGLE * len(words)
    return (
        shaped
        and "|" not in words
        and not any(pattern.search(sentence) for pattern in (_REFERENCE, _POINTS))
        and not _MARKED.match(sentence)
    )


def refers_back(sentence: str) -> bool:
    """Whether its first words ask for the sentence before it.

    >>> [refers_back(s) for s in ("He then left.", "However, it rose.", "Revenue rose.", "This report is about gulls.")]
    [True, True, False, False]
    """
    speaker = _SPEAKER.match(sentence)
    said = sentence[speaker.end() :] if speaker else sentence
    return bool(_REFERS.match(said)) and not _STANDS.match(said)
