"""A library as what questions are asked of: all its tokens are scanned, and the documents that something was selected of are read."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dsacli.dsa.selection import Selection
from dsacli.dsa.tiles import select_in_parts, select_in_tiles
from dsacli.engines.disk_cache import DiskCache
from dsacli.engines.extractive.encode import EncodedContext
from dsacli.engines.extractive.query import Queries, read_question
from dsacli.engines.savings import DocumentPass
from dsacli.errors import DsacliError
from dsacli.library import parts
from dsacli.library.catalogue import Catalogue, Indexed, Shard
from dsacli.library.parts import LocalShards, Shards
from dsacli.library.places import existing_folder
from dsacli.library.shards import kept_by, shard_store
from dsacli.reader.lexical import PassageWords
from dsacli.reader.loading import ReaderModel
from dsacli.reader.runs import priors_of

# Tokens from which on to choose tiles first takes less time than to score every token.
TILES_FROM = 1 << 21


class LibraryWords:
    """The words of all passages of a library (`PassageWords`), counted where the shards are."""

    def __init__(self, library: "Library"):
        self.library = library
        lengths, ends = zip(*library.every(parts.passages))
        self.lengths, self.edges = torch.cat(lengths), torch.cat([torch.zeros(1, dtype=torch.int64), *ends])

    def counts(self, asked: NDArray[np.uint64]) -> torch.Tensor:
        """As `PassageWords.counts`."""
        return torch.cat(self.library.every(parts.counts, asked), 1)

    def frequency(self, words: NDArray[np.uint64]) -> torch.Tensor:
        """As `PassageWords.frequency`."""
        return torch.stack(self.library.every(parts.frequency, words)).sum(0)


class Library(EncodedContext):
    """All documents of a library, to be asked: what else is to be done with documents is done with each of them."""

    def __init__(self, name: str, shards: Shards, documents: Sequence[Indexed]):
        super().__init__([])
        self.label, self.shards, self.indexed = name, shards, documents

    def __len__(self) -> int:
        return int(self.shards.edges[-1])

    @property
    def name(self) -> str:
        """The library's."""
        return self.label

    def words(self, model: ReaderModel) -> PassageWords:
        """As `EncodedContext.words`."""
        if self._words is None:
            self._words = LibraryWords(self)
        return self._words

    @property
    def document_pass(self) -> DocumentPass:
        """As `EncodedContext.document_pass`: what indexing has cost."""
        flops, seconds = sum(each.flops for each in self.indexed), sum(each.seconds for each in self.indexed)
        return DocumentPass(len(self), len(self), flops, seconds)

    def select(
        self,
        model: ReaderModel,
        queries: Sequence[tuple[torch.Tensor, torch.Tensor]],
        asked: Sequence[NDArray[np.uint64]],
        index_topk: int,
    ) -> list[Selection]:
        """As `EncodedContext.select`; of many tokens tiles are chosen first. Neighbours do not reach from shard to shard."""
        reader = model.reader

        def scan(work: Callable[..., Any], *each: Sequence[Any]) -> list[Any]:
            found = self.shards.run(parts.scanned, {number: (work, *own) for number, own in enumerate(zip(*each))})
            reader.indexer.scores.elsewhere(sum(flops for _, flops in found))
            return [result for result, _ in found]

        select = select_in_parts if len(self) < TILES_FROM else select_in_tiles
        with torch.inference_mode():
            priors, bounds = priors_of(reader, asked, self.words(model)), list(pairwise(self.shards.edges.tolist()))
            return select(scan, queries, bounds, index_topk, reader.config.index_radius, priors)

    def concerned(self, selection: Selection) -> tuple[EncodedContext, Selection]:
        """The documents that something was selected of, and the selection there."""
        tokens = selection.tokens.numpy()
        bounds = enumerate(pairwise(np.searchsorted(tokens, self.shards.edges).tolist()))
        asked = {number: (tokens[low:high],) for number, (low, high) in bounds if high > low}
        found = [each for of_shard in self.shards.run(parts.documents, asked) for each in of_shard]
        firsts = np.cumsum([0, *(len(document) for document, _ in found)])
        places = np.concatenate([first + within for first, (_, within) in zip(firsts, found)])
        return EncodedContext([document for document, _ in found]), Selection(
            torch.from_numpy(places), selection.scores
        )

    def near(self, model: ReaderModel, question: str) -> EncodedContext:
        """As `EncodedContext.near`: the documents that the question selects something of."""
        near, _ = Queries(model, self, [read_question(model, self, question)]).part(0)
        return near

    def every(self, work: Callable[..., Any], *arguments: Any) -> list[Any]:
        """What is got by doing the same with every shard."""
        return self.shards.run(work, dict.fromkeys(range(len(self.shards.edges) - 1), arguments))


def open_library(
    name: str, model: ReaderModel, hold: Callable[[DiskCache, Sequence[Shard], str], Shards] = LocalShards
) -> Library:
    """The library of a name; `hold` makes what holds its shards. Raises DsacliError for one that is not there, is empty, or was indexed by
    another reader."""
    folder = existing_folder(name)
    catalogue = Catalogue(folder)
    if catalogue.about("model") != kept_by(model):
        raise DsacliError(f"library {name} was indexed by another version of dsacli; index its documents again")
    documents, shards = list(catalogue.documents().values()), catalogue.shards()
    if not documents:
        raise DsacliError(f"library {name} is empty")
    return Library(name, hold(shard_store(folder), shards, name), documents)
