"""What only the exact words tell: BM25 of a token's passage, a lexical term beside the index score.

Names, numbers and the headings of tables say little to an index key, and everything to somebody who looks for them. The
words are made from the token ids that are kept anyway: whole words, whatever pieces they were cut into, without their
endings. BM25 as Lucene has it (Robertson and Zaragoza 2009, equation 3.15; Kamphuis et al. 2020), a document's own
passages being the collection.
"""

import re
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import nn

from dsacli.dsa.cost import Counted
from dsacli.reader.asking import ASKING

K1, B = 1.2, 0.75
CONTINUES = "##"
# Each with the letters that a word must have at least to lose it.
ENDING = re.compile(
    "(?:(?P<ion>(?<=[ts])ions?)|(?P<ies>ies)|(?P<ing>ing)|(?P<ed>ed)|(?P<es>(?<=[sxz])es|(?<=[cs]h)es)|(?P<s>(?<![sui])s))$"
)
SHORTEST = {"ion": 7, "ies": 5, "ing": 6, "ed": 5, "es": 5, "s": 4}
MULTIPLIER = 0x9E3779B97F4A7C15
# A pair is its first word times an odd number, plus its second; its highest bit says that it is one.
PAIRED, PAIR = np.uint64(0xD1342543DE82EF95), np.uint64(1 << 63)


def stem(word: str) -> str:
    """A word without its ending, roughly: what is asked for in another form than it was written.

    >>> stem("expires"), stem("expired"), stem("termination"), stem("terminated"), stem("bus")
    ('expir', 'expir', 'terminat', 'terminat', 'bus')
    """
    ending = ENDING.search(word)
    if ending and ending.lastgroup and len(word) >= SHORTEST[ending.lastgroup]:
        word = word[: ending.start()] + ("y" if ending.lastgroup == "ies" else "")
    return word[:-1] if len(word) > 4 and word[-1] in "ey" else word


@dataclass(frozen=True)
class Pieces:
    """What a tokenizer's pieces are to a word: `numbers` uint64 [vocabulary], equal for the same piece in another form
    and 0 for what is no part of it (punctuation, an ending); `begins` bool [vocabulary], whether a word begins there;
    `asking` uint64 [words], those of ASKING, ascending."""

    numbers: NDArray[np.uint64]
    begins: NDArray[np.bool_]
    asking: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))


def pieces_of(tokenizer: Tokenizer) -> Pieces:
    """The table of a WordPiece tokenizer."""
    vocabulary = tokenizer.get_vocab()
    known: dict[str, int] = {}
    numbers, begins = np.zeros(len(vocabulary), np.uint64), np.ones(len(vocabulary), bool)
    word = re.compile(r"\w")
    # In the order of their numbers: the vocabulary comes in another order in every process, and libraries keep words.
    for piece, number in sorted(vocabulary.items(), key=itemgetter(1)):
        inside = piece.startswith(CONTINUES)
        begins[number] = not inside
        text = stem("xxxx" + piece[2:])[4:] if inside else stem(piece)
        if word.search(text):
            numbers[number] = known.setdefault(CONTINUES * inside + text, len(known) + 1)
    pieces = Pieces(numbers, begins)
    asking = [tokenizer.encode(word, add_special_tokens=False).ids for word in ASKING]
    return replace(pieces, asking=np.unique(np.concatenate([words_of(np.array(ids), pieces)[0] for ids in asking])))


def words_of(token_ids: NDArray[Any], pieces: Pieces) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The words of a text, equal numbers for equal words, and the token that each begins at; punctuation left out."""
    if not len(token_ids):
        return np.empty(0, np.uint64), np.empty(0, np.int64)
    begins = pieces.begins[token_ids]
    begins[0] = True
    starts = np.flatnonzero(begins)
    place = np.arange(len(token_ids)) - np.repeat(starts, np.diff(np.append(starts, len(token_ids))))
    powers = np.cumprod(np.full(int(place.max()) + 1, MULTIPLIER, np.uint64))
    words = np.add.reduceat(pieces.numbers[token_ids] * powers[place], starts) & ~PAIR
    kept = words != 0
    return words[kept], starts[kept]


def pairs_of(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Each two neighbouring words as one, told from single words by `PAIR`: a first and a last name stand in many places,
    one beside the other in few."""
    return (words[:-1] * PAIRED + words[1:]) | PAIR


def asked_of(token_ids: NDArray[Any], pieces: Pieces) -> NDArray[np.uint64]:
    """What is looked for of a question: its distinct words and pairs of neighbouring words."""
    words, _ = words_of(token_ids, pieces)
    return np.unique(np.concatenate([words, pairs_of(words)]))


def inverse_frequency(frequency: torch.Tensor, passages: int) -> torch.Tensor:
    """BM25's weight of words that so many of the passages hold."""
    return torch.log1p((passages - frequency + 0.5) / (frequency + 0.5))


def bm25(counts: torch.Tensor, lengths: torch.Tensor, idf: torch.Tensor, average: torch.Tensor) -> torch.Tensor:
    """What each word gives to each passage: float32 [words, passages].

    counts: the same; lengths: [passages], in words; idf: [words]; average: the mean length of the collection's passages
    """
    share = K1 * (1 - B + B * lengths / average.clamp(min=1))
    return idf[:, None] * counts / (counts + share)


class LexicalScores(Counted):
    """BM25 of passages from how often they hold what a question asks for, times a weight for single words and one for pairs,
    learned with the indexer."""

    part = "index"

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([1.0, 0.3]))

    def weights(self, asked: NDArray[np.uint64]) -> torch.Tensor:
        """Of each word or pair, float32."""
        return self.weight.float()[torch.from_numpy((asked >= PAIR).astype(np.int64))]

    def forward(self, asked: NDArray[np.uint64], counts: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """asked: what `asked_of` gives; counts: [words, passages]; lengths: [passages], in words; returns float32 [passages]."""
        idf = inverse_frequency((counts > 0).sum(1), counts.shape[1])
        return self.weights(asked).to(counts.device) @ bm25(counts, lengths, idf, lengths.mean())

    def flops(self, asked: NDArray[np.uint64], counts: torch.Tensor, lengths: torch.Tensor) -> int:
        """Of idf times weighted count, and their sum."""
        return 2 * counts.numel()


class PassageWords(Protocol):
    """What is asked of the words of passages, wherever they are kept: `lengths` float32 [passages], in single words; `edges` int64
    [passages + 1], the first token of each passage, and the end."""

    @property
    def lengths(self) -> torch.Tensor: ...

    @property
    def edges(self) -> torch.Tensor: ...

    def counts(self, asked: NDArray[np.uint64]) -> torch.Tensor:
        """How often each word of a question stands in each passage: float32 [words, passages]."""

    def frequency(self, words: NDArray[np.uint64]) -> torch.Tensor:
        """How many passages hold each of some words: [words]."""


@dataclass(frozen=True)
class Words:
    """The words of a context's passages and the pairs of them: `words` uint64 [words], ascending, and `passages` int [words], the passage
    of each; `lengths` float32 [passages], in single words; `edges` int64 [passages + 1], the first token of each passage,
    and the end."""

    words: NDArray[np.uint64]
    passages: NDArray[Any]
    lengths: torch.Tensor
    edges: torch.Tensor

    def holding(self, word: np.uint64) -> NDArray[Any]:
        """The passages that hold a word, each as often as it does."""
        first, last = np.searchsorted(self.words, word, side="left"), np.searchsorted(self.words, word, side="right")
        return self.passages[first:last]

    def counts(self, asked: NDArray[np.uint64]) -> torch.Tensor:
        """As `PassageWords.counts`."""
        rows = [np.bincount(self.holding(word), minlength=len(self.lengths)) for word in asked]
        return torch.from_numpy(np.stack(rows).astype(np.float32)) if rows else torch.empty(0, len(self.lengths))

    def frequency(self, words: NDArray[np.uint64]) -> torch.Tensor:
        """As `PassageWords.frequency`."""
        return torch.tensor([len(np.unique(self.holding(word))) for word in words], dtype=torch.float32)


def words_in_passages(token_ids: NDArray[Any], edges: NDArray[Any], pieces: Pieces) -> Words:
    """The words of `token_ids`, whose passages begin at `edges`, which the end closes."""
    words, starts = words_of(token_ids, pieces)
    passages = np.searchsorted(edges, starts, side="right") - 1
    together = passages[:-1] == passages[1:]
    words = np.concatenate([words, pairs_of(words)[together]])
    order = np.argsort(words, kind="stable")
    return Words(
        words[order],
        np.concatenate([passages, passages[:-1][together]])[order],
        torch.from_numpy(np.bincount(passages, minlength=len(edges) - 1).astype(np.float32)),
        torch.from_numpy(edges.astype(np.int64)),
    )


@dataclass(frozen=True)
class Exactly:
    """What a question asks for by its own words, but for those that only ask: `words` uint64 [words], and how rare each is among
    the passages of a context, `idf` float32 [words]."""

    words: NDArray[np.uint64]
    idf: NDArray[np.float32]

    def shares(self, token_ids: NDArray[Any], sentences: NDArray[Any] | None, pieces: Pieces) -> NDArray[np.float32]:
        """How much of it stands in the sentence of each token, by rarity: from 0 to 1, float32 [tokens].

        sentences: the number of the sentence of each token, None where that is not known
        """
        found, total = np.zeros(len(token_ids), np.float32), float(self.idf.sum())
        if sentences is None or not total:
            return found
        words, starts = words_of(token_ids, pieces)
        place = np.minimum(np.searchsorted(self.words, words), len(self.words) - 1)
        hit = self.words[place] == words
        # Each word once for each sentence that holds it.
        pairs = np.unique(np.stack([sentences[starts[hit]], place[hit]]), axis=1)
        first = int(sentences[0])
        sums = np.bincount(pairs[0] - first, self.idf[pairs[1]], minlength=int(sentences[-1]) - first + 1)
        return (sums[sentences - first] / total).astype(np.float32)


def exactly(question: NDArray[Any], words: PassageWords, pieces: Pieces) -> Exactly:
    """The words of a question's tokens, as a context with `words` has them."""
    asked = np.setdiff1d(words_of(question, pieces)[0], pieces.asking)
    idf = inverse_frequency(words.frequency(asked), len(words.lengths)).clamp(min=0)
    return Exactly(asked, idf.numpy())
