"""What a query is asked of: one document or several, as one context of tokens."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np
import torch

from dsacli.documents import load_documents, parse
from dsacli.engines.disk_cache import TensorCache
from dsacli.engines.evidence import Evidence, evidence_at
from dsacli.engines.extractive.encode import (
    EncodedDocument,
    Progress,
    cache_key,
    encode_document,
    store,
    stored,
    tokenise_document,
)
from dsacli.errors import DsacliError
from dsacli.models.io.model import DecoderModel
from dsacli.reader.loading import ReaderModel
from dsacli.reader.reading import Run, sentence_numbers


class Context:
    """Encoded documents side by side; token t of the context belongs to one of them."""

    def __init__(self, documents: Sequence[EncodedDocument]):
        self.documents = list(documents)
        self.edges = np.cumsum([0, *(len(d) for d in self.documents)])

    def __len__(self) -> int:
        return int(self.edges[-1])

    @property
    def name(self) -> str:
        """The documents' names."""
        return ", ".join(d.document.name for d in self.documents)

    @cached_property
    def index_keys(self) -> torch.Tensor:
        """[tokens, index_head_dim], bfloat16."""
        if len(self.documents) == 1:
            return self.documents[0].index_keys
        return torch.cat([d.index_keys for d in self.documents])

    def place(self, token: int) -> tuple[EncodedDocument, int]:
        """The document that a token belongs to, and the token's number in it."""
        index = int(np.searchsorted(self.edges, token, side="right")) - 1
        return self.documents[index], token - int(self.edges[index])

    @cached_property
    def sentence_edges(self) -> np.ndarray:
        """The first token of every sentence of every document, and the end: int64 [sentences + 1]."""
        firsts = [
            np.searchsorted(document.starts, document.sentences[:, 0]) + shift
            for document, shift in zip(self.documents, self.edges.tolist())
        ]
        return np.unique(np.concatenate([*firsts, self.edges]))

    def passages(self) -> list[tuple[int, int]]:
        """[first, last) tokens of every passage of every document."""
        return [
            (shift + low, shift + high)
            for document, shift in zip(self.documents, self.edges.tolist())
            for low, high in pairwise(document.passages.tolist())
        ]

    def run(self, first: int, last: int, index_score: float = 0.0) -> Run:
        """Tokens [first, last) of one document, ready to be read."""
        document, low = self.place(first)
        sentences = sentence_numbers(self.sentence_edges, first, last)
        return Run(first, document.token_ids[low : low + last - first], index_score, sentences)

    def characters(self, first: int, last: int) -> tuple[EncodedDocument, int, int]:
        """The document and the characters of the tokens first to last, both included."""
        document, low = self.place(first)
        high = min(low + last - first, len(document) - 1)
        return document, int(document.starts[low]), int(document.ends[high])

    def evidence(self, first: int, last: int) -> Evidence:
        """Page, offsets and quotation behind the tokens first to last, both included."""
        return evidence_at(*self.characters(first, last))


def open_documents(
    paths: Sequence[str],
    model: ReaderModel | DecoderModel,
    cache: TensorCache | None,
    progress: Progress,
    password: str | None = None,
) -> Iterator[EncodedDocument]:
    """Read, parse and encode documents, from the cache where it has them; for a generative model only into tokens.

    Raises DsacliError as `load_documents` does, and for a document without words.
    """

    def read(name: str, data: bytes) -> EncodedDocument:
        if isinstance(model, DecoderModel):
            tokens = tokenise_document(parse(name, data, password, progress.page), model.tokenizer)
            if not len(tokens):
                raise DsacliError(f"{name} holds no words")
            return tokens
        key = cache_key(data, name, password, model)
        known = stored(cache, key) if cache else None
        if known is not None:
            return known
        document = parse(name, data, password, progress.page)
        encoded = encode_document(document, model, lambda done, total: progress.tokens(name, done, total))
        if not len(encoded):
            raise DsacliError(f"{name} holds no words")
        if cache:
            try:
                store(cache, key, encoded)
            except OSError as failure:
                progress.warn(f"{name} is not cached: {failure.strerror or failure}")
        return encoded

    return load_documents(paths, read)
