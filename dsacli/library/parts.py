"""The shards of a library, and what is done with every one of them, wherever it is: each function here takes a shard and returns little."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from dsacli.dsa.cost import CostMeter
from dsacli.dsa.indexer import IndexScores
from dsacli.dsa.tiles import Part
from dsacli.engines.disk_cache import DiskCache
from dsacli.engines.extractive.encode import EncodedDocument
from dsacli.errors import DsacliError
from dsacli.library.catalogue import Shard
from dsacli.library.shards import ShardView


class Placed(NamedTuple):
    """A shard of a library, and the number of its first token there."""

    first: int
    view: ShardView


class Shards(Protocol):
    """The shards of a library: `edges` int64 [shards + 1], the first token of each, and the end."""

    edges: NDArray[np.int64]

    def run(self, work: Callable[..., Any], arguments: Mapping[int, Sequence[Any]]) -> list[Any]:
        """Do work(placed shard, its arguments) with the shards of these numbers; returns what it gives, in their order.

        Raises DsacliError for one that is damaged or gone.
        """


class LocalShards:
    """`Shards` of this machine, opened when they are asked for, one at a time: what is mapped is held in memory."""

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

    def run(self, work: Callable[..., Any], arguments: Mapping[int, Sequence[Any]]) -> list[Any]:
        """As `Shards.run`."""
        return [work(Placed(int(self.edges[number]), self.view(number)), *own) for number, own in arguments.items()]


@torch.inference_mode()
def scanned(shard: Placed, work: Callable[..., Any], *arguments: Any) -> tuple[Any, int]:
    """What work(index scores, part, arguments) of `dsa.tiles` gives for a shard's keys, and the FLOPs of it."""
    scores, meter = IndexScores(), CostMeter()
    with meter.watch(scores):
        found = work(scores, Part(shard.first, shard.view.index_keys, shard.view.tile_means), *arguments)
    return found, meter.total


def passages(shard: Placed) -> tuple[torch.Tensor, torch.Tensor]:
    """The lengths of a shard's passages and their ends, as in `PassageWords`."""
    words = shard.view.words
    return words.lengths.clone(), words.edges[1:] + shard.first


def counts(shard: Placed, asked: NDArray[np.uint64]) -> torch.Tensor:
    """As `PassageWords.counts`, of a shard's."""
    return shard.view.words.counts(asked)


def frequency(shard: Placed, words: NDArray[np.uint64]) -> torch.Tensor:
    """As `PassageWords.frequency`, of a shard's."""
    return shard.view.words.frequency(words)


def documents(shard: Placed, tokens: NDArray[np.int64]) -> list[tuple[EncodedDocument, NDArray[np.int64]]]:
    """The documents of a shard that some tokens of the library stand in, and where in each they do."""
    within, edges = tokens - shard.first, np.array(shard.view.edges["index_keys"])
    found = []
    for place in np.unique(np.searchsorted(edges, within, side="right") - 1).tolist():
        inside = within[(within >= edges[place]) & (within < edges[place + 1])]
        found.append((shard.view.document(place), inside - edges[place]))
    return found
