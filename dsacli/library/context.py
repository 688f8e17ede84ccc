"""A library as what questions are asked of: all its tokens are scanned, and the documents that something was selected of are read."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray

from dsacli.dsa.selection import Selection
from dsacli.dsa.tiles import Part, select_in_tiles
from dsacli.engines.disk_cache import DiskCache
from dsacli.engines.extractive.encode import EncodedContext, EncodedDocument
from dsacli.engines.savings import DocumentPass
from dsacli.errors import DsacliError
from dsacli.library.catalogue import Catalogue, Indexed, Shard
from dsacli.library.places import existing_folder
from dsacli.library.shards import ShardView, kept_by, shard_store
from dsacli.reader.lexical import PassageWords
from dsacli.reader.loading import ReaderModel
from dsacli.reader.runs import priors_of

# Tokens from which on to choose tiles first takes less time than to score every token.
TILES_FROM = 1 << 21


class Shards:
    """The shards of a library, opened when they are asked for, one at a time: what is mapped is held in memory."""

    def __init__(self, store: DiskCache, shards: Sequence[Shard], name: str):
        self.store, self.shards, self.name = store, shards, name
        self.edges = np.cumsum([0, *(each.tokens for each in shards)])
        self._open: tuple[int, ShardView] | None = None

    def view(self, number: int) -> ShardView:
        """The documents of the shard at a place. Raises DsacliError for one that is damaged or gone."""
        if self._open is None or self._open[0] != number:
            self._open = None
            tensors = self.store.load(self.shards[number].key)
            if tensors is None:
                raise DsacliError(f"a part of library {self.name} is damaged or gone; index its documents again")
            self._open = number, ShardView(tensors)
        return self._open[1]

    def parts(self) -> Iterator[Part]:
        """The keys of every shard, in order."""
        for number, first in enumerate(self.edges[:-1].tolist()):
            view = self.view(number)
            yield Part(first, view.index_keys, view.tile_means)

    def __len__(self) -> int:
        return len(self.shards)


class LibraryKeys:
    """The index keys of a library, as one tensor [tokens, index_head_dim] that is sliced in order."""

    def __init__(self, shards: Shards, dim: int):
        self.shards, self.shape = shards, (int(shards.edges[-1]), dim)

    def __getitem__(self, tokens: slice) -> torch.Tensor:
        low, high, _ = tokens.indices(self.shape[0])
        parts = []
        while low < high:
            number = int(np.searchsorted(self.shards.edges, low, side="right")) - 1
            first, last = self.shards.edges[number : number + 2].tolist()
            parts.append(self.shards.view(number).index_keys[low - first : min(high, last) - first])
            low = min(high, last)
        return parts[0] if len(parts) == 1 else torch.cat(parts)


class LibraryWords:
    """The words of all passages of a library (`PassageWords`), shard by shard."""

    def __init__(self, shards: Shards):
        self.shards, lengths, edges = shards, [], [torch.zeros(1, dtype=torch.int64)]
        for number, first in enumerate(shards.edges[:-1].tolist()):
            words = shards.view(number).words
            lengths.append(words.lengths.clone())
            edges.append(words.edges[1:] + first)
        self.lengths, self.edges = torch.cat(lengths), torch.cat(edges)

    def counts(self, asked: NDArray[np.uint64]) -> torch.Tensor:
        """As `PassageWords.counts`."""
        return torch.cat([self.shards.view(number).words.counts(asked) for number in range(len(self.shards))], 1)

    def frequency(self, words: NDArray[np.uint64]) -> torch.Tensor:
        """As `PassageWords.frequency`."""
        every = [self.shards.view(number).words.frequency(words) for number in range(len(self.shards))]
        return torch.stack(every).sum(0)


class Library(EncodedContext):
    """All documents of a library, to be asked: what else is to be done with documents is done with each of them."""

    def __init__(self, name: str, shards: Shards, documents: Sequence[Indexed], dim: int):
        super().__init__([])
        self.label, self.shards, self.indexed, self.dim = name, shards, documents, dim

    def __len__(self) -> int:
        return int(self.shards.edges[-1])

    @property
    def name(self) -> str:
        """The library's."""
        return self.label

    @cached_property
    def index_keys(self) -> torch.Tensor:
        """As `EncodedContext.index_keys`, but for nothing but slices in order."""
        return cast(torch.Tensor, LibraryKeys(self.shards, self.dim))

    def words(self, model: ReaderModel) -> PassageWords:
        """As `EncodedContext.words`."""
        if self._words is None:
            self._words = LibraryWords(self.shards)
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
        """As `EncodedContext.select`; of many tokens tiles are chosen first."""
        if len(self) < TILES_FROM:
            return super().select(model, queries, asked, index_topk)
        reader = model.reader
        with torch.inference_mode():
            priors = priors_of(reader, asked, self.words(model))
            radius = reader.config.index_radius
            return select_in_tiles(reader.indexer.scores, queries, self.shards.parts, index_topk, radius, priors)

    def concerned(self, selection: Selection) -> tuple[EncodedContext, Selection]:
        """The documents that something was selected of, and the selection there."""
        tokens, documents, places = selection.tokens.numpy(), list[EncodedDocument](), list[NDArray[np.int64]]()
        for number, (low, high) in enumerate(pairwise(np.searchsorted(tokens, self.shards.edges).tolist())):
            if low == high:
                continue
            view, within = self.shards.view(number), tokens[low:high] - self.shards.edges[number]
            edges = np.array(view.edges["index_keys"])
            for place in np.unique(np.searchsorted(edges, within, side="right") - 1).tolist():
                inside = within[(within >= edges[place]) & (within < edges[place + 1])]
                places.append(inside - edges[place] + sum(map(len, documents)))
                documents.append(view.document(place))
        return EncodedContext(documents), Selection(torch.from_numpy(np.concatenate(places)), selection.scores)


def open_library(name: str, model: ReaderModel) -> Library:
    """The library of a name. Raises DsacliError for one that is not there, is empty, or was indexed by another reader."""
    folder = existing_folder(name)
    catalogue = Catalogue(folder)
    if catalogue.about("model") != kept_by(model):
        raise DsacliError(f"library {name} was indexed by another version of dsacli; index its documents again")
    documents, shards = list(catalogue.documents().values()), catalogue.shards()
    if not documents:
        raise DsacliError(f"library {name} is empty")
    return Library(name, Shards(shard_store(folder), shards, name), documents, model.reader.config.index_head_dim)
