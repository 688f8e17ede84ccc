"""Shards that are scanned where they are: each machine of a cluster opens those that it has, and is sent what to do with them."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dsacli.engines.disk_cache import DiskCache
from dsacli.errors import DsacliError
from dsacli.library.catalogue import Shard
from dsacli.library.cluster.connection import Cluster, asked_of_all, on_node
from dsacli.library.parts import LocalShards

# How often a holder that was lost is started anew, and what it was asked for is asked for again.
AGAIN = 3


class Holder:
    """A process of a machine that opens some shards of a library."""

    def __init__(self, store: DiskCache, shards: Sequence[Shard], name: str):
        self.shards = LocalShards(store, shards, name)

    def run(self, work: Callable[..., Any], arguments: Mapping[int, Sequence[Any]]) -> list[Any] | DsacliError:
        """As `Shards.run`; a failure that one line explains is given back."""
        try:
            return self.shards.run(work, arguments)
        except DsacliError as failure:
            return failure


def present(paths: Sequence[Path]) -> list[bool]:
    """Which of some files a machine has."""
    return [path.is_file() for path in paths]


class ClusterShards:
    """`Shards` of the machines of a cluster, which have the library's folder, or some of its shards, where this one has them."""

    def __init__(self, cluster: Cluster, store: DiskCache, shards: Sequence[Shard], name: str):
        import ray

        self.name, self.edges = name, np.cumsum([0, *(each.tokens for each in shards)])
        files = [store.path(each.key) for each in shards]
        had = asked_of_all(cluster, present, files)
        tokens = dict.fromkeys(cluster.places(), 0)
        self.place_of = list[tuple[str, int]]()
        for number, (shard, file) in enumerate(zip(shards, files)):
            having = [place for place in tokens if had[place[0]][number]]
            if not having:
                raise DsacliError(f"no machine of the cluster has {file} of library {name}")
            place = min(having, key=tokens.__getitem__)
            tokens[place] += shard.tokens
            self.place_of.append(place)
        holder: Any = ray.remote(num_cpus=0, max_restarts=AGAIN, max_task_retries=AGAIN)(Holder)
        self.holders: dict[tuple[str, int], Any] = {
            place: holder.options(scheduling_strategy=on_node(place[0])).remote(store, shards, name)
            for place in dict.fromkeys(self.place_of)
        }

    def run(self, work: Callable[..., Any], arguments: Mapping[int, Sequence[Any]]) -> list[Any]:
        """As `Shards.run`. Raises DsacliError where machines were lost too often, too."""
        import ray

        asked: dict[tuple[str, int], dict[int, Sequence[Any]]] = {}
        for number, each in arguments.items():
            asked.setdefault(self.place_of[number], {})[number] = each
        try:
            answers = ray.get([self.holders[place].run.remote(work, own) for place, own in asked.items()])
        except ray.exceptions.RayError as failure:
            raise DsacliError(f"a machine that holds library {self.name} was lost: {failure}") from None
        found = dict[int, Any]()
        for own, answer in zip(asked.values(), answers):
            if isinstance(answer, DsacliError):
                raise answer
            found.update(zip(own, answer))
        return [found[number] for number in arguments]
