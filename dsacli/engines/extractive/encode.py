"""The document pass: a document becomes passages and index keys, once; afterwards it is read from the cache."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dsacli.documents import Document
from dsacli.dsa.cost import CostMeter
from dsacli.dsa.selection import Selection
from dsacli.engines.context import Context, TokenizedDocument
from dsacli.engines.savings import DocumentPass
from dsacli.engines.tokenise import tokenise_document
from dsacli.reader.encoding import encode_passages
from dsacli.reader.lexical import PassageWords, words_in_passages
from dsacli.reader.loading import ReaderModel
from dsacli.reader.network import PATH_TOKENS
from dsacli.reader.rows import NO_TOKENS
from dsacli.reader.runs import Run, select, sentence_numbers

PATH_SEPARATOR = " > "


@dataclass(frozen=True)
class EncodedDocument(TokenizedDocument):
    """A document with what the reader keeps of it.

    passages:  int32 [passages + 1], the first token of each, and the end
    index_keys: bfloat16 [tokens, index_head_dim]
    flops, seconds: of the document pass, which an earlier run did when `cached`
    """

    passages: NDArray[np.int32]
    index_keys: torch.Tensor
    flops: int = 0
    seconds: float = 0.0
    cached: bool = False


class EncodedContext(Context[EncodedDocument]):
    """Encoded documents side by side."""

    def __init__(self, documents: Sequence[EncodedDocument]):
        super().__init__(documents)
        self._words: PassageWords | None = None

    @cached_property
    def index_keys(self) -> torch.Tensor:
        """[tokens, index_head_dim], bfloat16."""
        if len(self.documents) == 1:
            return self.documents[0].index_keys
        return torch.cat([d.index_keys for d in self.documents])

    def passages(self) -> list[tuple[int, int]]:
        """[first, last) tokens of every passage of every document."""
        return [
            (shift + low, shift + high)
            for document, shift in zip(self.documents, self.edges.tolist())
            for low, high in pairwise(document.passages.tolist())
        ]

    def words(self, model: ReaderModel) -> PassageWords:
        """The words of all passages; made once."""
        if self._words is None:
            starts = [first for first, _ in self.passages()]
            self._words = words_in_passages(self.token_ids, np.array([*starts, len(self)]), model.pieces)
        return self._words

    @property
    def document_pass(self) -> DocumentPass:
        """The document pass of all documents, added up."""
        return DocumentPass(
            len(self),
            sum(len(d) for d in self.documents if d.cached),
            sum(d.flops for d in self.documents),
            sum(d.seconds for d in self.documents),
        )

    def select(
        self,
        model: ReaderModel,
        queries: Sequence[tuple[torch.Tensor, torch.Tensor]],
        asked: Sequence[NDArray[np.uint64]],
        index_topk: int,
    ) -> list[Selection]:
        """As `reader.runs.select`, over all tokens."""
        return select(model.reader, queries, asked, self.index_keys, self.words(model), index_topk)

    def concerned(self, selection: Selection) -> "tuple[EncodedContext, Selection]":
        """What a question is answered from that selected some tokens: the context that they are read in, and the same tokens there."""
        return self, selection

    def near(self, model: ReaderModel, question: str) -> "EncodedContext":
        """What a language model is to look at for a question. Raises DsacliError for one that the reader can't take, where it has to."""
        return self

    def run(self, model: ReaderModel, first: int, last: int, index_score: float = 0.0) -> Run:
        """Tokens [first, last) of one document, ready to be read."""
        document, low = self.place(first)
        sentences = sentence_numbers(self.sentence_edges, first, last)
        path = heading_path(model, document.document, int(document.starts[low]))
        return Run(first, document.token_ids[low : low + last - first], index_score, sentences, path)


def heading_path(model: ReaderModel, document: Document, offset: int) -> NDArray[np.int32]:
    """The headings above a place, as the reader gets them: the last `PATH_TOKENS` tokens of "Part > Chapter"."""
    titles = document.heading_path(offset)
    return model.encode(PATH_SEPARATOR.join(titles))[-PATH_TOKENS:] if titles else NO_TOKENS


def cut_passages(sentence_tokens: NDArray[Any], total: int, limit: int) -> NDArray[Any]:
    """The first token of each passage, and `total`: int32 [passages + 1].

    sentence_tokens: the first token of every sentence, ascending. A passage is as many whole sentences
    as fit `limit` tokens; a longer sentence is cut.
    """
    edges = [0]
    bounds = [*np.unique(sentence_tokens).tolist(), total]
    for here, following in zip(bounds, bounds[1:]):
        if following - edges[-1] > limit and here > edges[-1]:
            edges.append(here)
        while following - edges[-1] > limit:
            edges.append(edges[-1] + limit)
    return np.array([*edges, total], np.int32)


def encode_document(
    document: Document, model: ReaderModel, on_tokens: Callable[[int, int], None] = lambda done, total: None
) -> EncodedDocument:
    """The document pass: tokens, passages and index keys; `on_tokens` gets (done, total)."""
    began = time.monotonic()
    tokenized = tokenise_document(document, model.tokenizer)
    ids, sentences = tokenized.token_ids, tokenized.sentences
    first_tokens = np.searchsorted(tokenized.starts, sentences[:, 0]).astype(np.int32)
    passages = cut_passages(first_tokens, len(ids), model.reader.config.passage_tokens)
    meter, done = CostMeter(), 0

    def advance(tokens: int) -> None:
        nonlocal done
        done += tokens
        on_tokens(done, len(ids))

    bounds = list(pairwise(passages.tolist()))
    paths = [heading_path(model, document, int(tokenized.starts[low])) for low, _ in bounds]
    with meter.watch(model.reader):
        keys = encode_passages(model.reader, [ids[low:high] for low, high in bounds], paths, advance)
    seconds = time.monotonic() - began
    return EncodedDocument(
        document, ids, tokenized.starts, tokenized.ends, sentences, passages, keys, meter.total, seconds
    )
