"""What a query is asked of: one document or several, as one context of tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from dsacli.documents import Document
from dsacli.engines.evidence import Evidence, evidence_at


@dataclass(frozen=True)
class TokenizedDocument:
    """A document as a model's tokens.

    token_ids: int32 [tokens]; starts, ends: int32 [tokens], characters of `document.text`
    sentences: int32 [sentences, 2], characters
    """

    document: Document
    token_ids: NDArray[np.int32]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    sentences: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.token_ids)


D = TypeVar("D", bound=TokenizedDocument)


class Context(Generic[D]):
    """Documents side by side; token t of the context belongs to one of them."""

    def __init__(self, documents: Sequence[D]):
        self.documents = list(documents)
        self.edges = np.cumsum([0, *(len(d) for d in self.documents)])

    def __len__(self) -> int:
        return int(self.edges[-1])

    @property
    def name(self) -> str:
        """The documents' names."""
        return ", ".join(d.document.name for d in self.documents)

    @cached_property
    def token_ids(self) -> NDArray[np.int32]:
        """int32 [tokens] of all documents."""
        return np.concatenate([document.token_ids for document in self.documents])

    def named(self, name: str) -> D:
        """The document of a name."""
        return next(each for each in self.documents if each.document.name == name)

    def place(self, token: int) -> tuple[D, int]:
        """The document that a token belongs to, and the token's number in it."""
        index = int(np.searchsorted(self.edges, token, side="right")) - 1
        return self.documents[index], token - int(self.edges[index])

    @cached_property
    def sentence_edges(self) -> NDArray[Any]:
        """The first token of every sentence of every document, and the end: int64 [sentences + 1].

        Some models' tokens begin with the space before a word, which stands before the sentence.
        """
        firsts = [
            np.searchsorted(document.ends, document.sentences[:, 0], side="right") + shift
            for document, shift in zip(self.documents, self.edges.tolist())
        ]
        return np.unique(np.concatenate([*firsts, self.edges]))

    def characters(self, first: int, last: int) -> tuple[D, int, int]:
        """The document and the characters of the tokens first to last, both included."""
        document, low = self.place(first)
        high = min(low + last - first, len(document) - 1)
        return document, int(document.starts[low]), int(document.ends[high])

    def tokens(self, near: int, start: int, end: int) -> tuple[int, int]:
        """The tokens that touch the characters [start, end), both included, of the document that token `near` is of; the second
        is below the first where there are none."""
        document, low = self.place(near)
        first = int(np.searchsorted(document.ends, start, side="right"))
        return near - low + first, near - low + int(np.searchsorted(document.starts, end, side="left")) - 1

    def evidence(self, first: int, last: int) -> Evidence:
        """Page, offsets and quotation behind the tokens first to last, both included."""
        document, start, end = self.characters(first, last)
        return evidence_at(document.document, document.sentences, start, end)
