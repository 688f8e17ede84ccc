"""Prefills and converted weights on disk, so that the next question starts at once, in whatever process it is asked."""

import hashlib
import shlex
from collections.abc import Callable
from pathlib import Path

import torch

from dsacli.dsa.cache import SparseCache
from dsacli.engines.disk_cache import DiskCache
from dsacli.engines.savings import DocumentPass
from dsacli.models.io.model import DecoderModel

# Raise it when the same tokens give other entries, so that old ones are not met again.
PREFILL = "2"
# Weights of which the cache holds fewer than so many leave too little room for documents.
SHARE = 3


def prefill_key(model: DecoderModel, token_ids: torch.Tensor, index_topk: int) -> str:
    """What a prefill is kept under: the model, the tokens, int64 [tokens], and how many of them each attended to."""
    adapter = model.adapter.digest if model.adapter else ""
    digest = hashlib.sha256(f"{PREFILL} {model.fingerprint} {index_topk} {adapter}\n".encode())
    digest.update(token_ids.numpy().tobytes())
    return digest.hexdigest()[:32]


class KeptPrefills:
    """Prefills in the cache on disk; `warn` is told of a disk that won't take one."""

    def __init__(self, cache: DiskCache, warn: Callable[[str], None]):
        self.cache, self.warn = cache, warn

    def load(self, key: str, into: SparseCache, tokens: int) -> tuple[int, float] | None:
        """FLOPs and seconds of the prefill that is now in a cache; None where there is none of so many tokens to be trusted."""
        tensors = self.cache.load(key)
        if tensors is None:
            return None
        try:
            flops, seconds = tensors.pop("cost").tolist()
            into.restore(tensors)
        except (KeyError, ValueError):
            return None  # of another version, whatever its checksums say
        if len(into) != tokens:
            into.truncate(0)
            return None
        return int(flops), seconds

    def save(self, key: str, cache: SparseCache, name: str, done: DocumentPass) -> None:
        """Keep what a cache holds, and what it cost."""
        cost = torch.tensor([done.flops, done.seconds], dtype=torch.float64)
        tensors = {each: tensor.cpu().contiguous() for each, tensor in cache.tensors().items()}
        try:
            self.cache.save(key, {"cost": cost, **tensors}, name, done.tokens)
        except OSError as failure:
            self.warn(f"the prefill of {name} is not kept: {failure.strerror or failure}")


class KeptWeights:
    """A `WeightStore` in the cache on disk, for the weights of one model; `warn` is told of a disk that won't take them.

    `taken`: bytes of what was saved and not told of yet
    """

    def __init__(self, cache: DiskCache, model: Path, warn: Callable[[str], None]):
        self.cache, self.model, self.warn, self.taken = cache, model, warn, 0

    def load(self, key: str) -> dict[str, torch.Tensor] | None:
        """As `WeightStore.load`."""
        return self.cache.load(key)

    def save(self, key: str, tensors: dict[str, torch.Tensor]) -> None:
        """As `WeightStore.save`; nothing that takes a third of the cache."""
        taken = sum(tensor.nbytes for tensor in tensors.values())
        if SHARE * taken > self.cache.limit:
            return
        try:
            self.cache.save(key, tensors, str(self.model), 0)
        except OSError as failure:
            self.warn(f"the converted weights of {self.model} are not kept: {failure.strerror or failure}")
            return
        self.taken += taken

    def tell(self) -> None:
        """Say what was saved, once: these are gigabytes that nobody asked for."""
        if self.taken:
            self.warn(
                f"the cache keeps {self.taken / 1e9:.2g} GB of {self.model.name} as it is computed with, to start sooner; --no-cache"
                f" keeps nothing, and `dsacli cache remove {shlex.quote(str(self.model))}` removes it"
            )
            self.taken = 0
