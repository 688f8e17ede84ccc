"""What a query costs, counted where it happens, and what dense attention would have cost.

FLOPs are 2 per multiply-add, matrix products only: linear layers, QKᵀ and AV of core attention, and
the indexer's q·k and its sum over heads. The meter watches a plain model from outside; the model knows nothing of it.

Closed forms for one pass of n tokens through a layer of width h and feed-forward width f:
    linear     2·n·(4·h² + 2·h·f)
    attention  4·n²·h
and for an index scan of t question tokens over L keys: 2·t·L·index_n_heads·(index_head_dim + 1).
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from torch import nn

# Index keys are kept in bfloat16, whatever the model computes in.
INDEX_KEY_BYTES = 2


class Counted(nn.Module):
    """A module without weights whose products a meter counts: under `part`, `flops` of what `forward` was given."""

    part: str
    flops: Callable[..., int]


class Elsewhere(Counted):
    """Counts, with a model's own products, those that another process or another copy of the model was asked for."""

    def __init__(self, part: str):
        super().__init__()
        self.part = part

    def forward(self, flops: int) -> None:
        """So many FLOPs were executed."""

    def flops(self, flops: int) -> int:
        """The same."""
        return flops


class Watched(Protocol):
    """A model to a meter: any `nn.Module`."""

    def modules(self) -> Iterator[nn.Module]: ...


class CostMeter:
    """FLOPs executed by a model while it is watched, by part: linear, attention, index."""

    def __init__(self) -> None:
        self.flops: Counter[str] = Counter()

    @property
    def total(self) -> int:
        """All FLOPs counted so far."""
        return sum(self.flops.values())

    @contextmanager
    def watch(self, model: Watched) -> Iterator["CostMeter"]:
        """Count every linear layer and every `Counted` module of `model` that runs inside."""
        handles = [
            module.register_forward_hook(self._count, with_kwargs=True)
            for module in model.modules()
            if isinstance(module, (nn.Linear, Counted))
        ]
        try:
            yield self
        finally:
            for handle in handles:
                handle.remove()

    def _count(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
        if isinstance(module, nn.Linear):
            self.flops["linear"] += 2 * output.numel() * module.in_features
        elif isinstance(module, Counted):
            self.flops[module.part] += module.flops(*args, **kwargs)


@dataclass(frozen=True)
class EncoderShape:
    """The shapes that the cost of an encoder follows from."""

    layers: int
    hidden: int
    intermediate: int

    def flops(self, tokens: int) -> int:
        """FLOPs of `tokens` through all layers, each attending to all of them."""
        linear = 2 * tokens * (4 * self.hidden**2 + 2 * self.hidden * self.intermediate)
        return self.layers * (linear + 4 * tokens**2 * self.hidden)

    def entry_bytes(self, element_bytes: int) -> int:
        """Bytes of keys and values of a token in every layer."""
        return self.layers * 2 * self.hidden * element_bytes


@dataclass(frozen=True)
class ReaderShape:
    """What a query of the built-in reader costs: an index network, index keys, and a reading network.

    The question's tokens are those with its two special ones.
    """

    index: EncoderShape
    reading: EncoderShape
    index_n_heads: int
    index_head_dim: int

    def dense_flops(self, question_tokens: int, document_tokens: int) -> int:
        """The reading network with k = L: question and document as one sequence, with the span head."""
        tokens = question_tokens + document_tokens
        return self.reading.flops(tokens) + 2 * tokens * self.reading.hidden * 2

    def query_flops(self, question_tokens: int, document_tokens: int, index_topk: int, runs: int) -> int:
        """A DSA query before it runs: question pass, index scan, `runs` even runs of the top k, each read by itself."""
        selected = min(index_topk, document_tokens)
        row = question_tokens + selected // max(runs, 1) + 1
        scan = 2 * question_tokens * document_tokens * self.index_n_heads * (self.index_head_dim + 1)
        return self.index.flops(question_tokens) + scan + runs * self.reading.flops(row)

    def dense_memory(self, tokens: int, element_bytes: int) -> int:
        """Bytes of keys and values of every layer that dense attention over `tokens` keeps and reads."""
        return tokens * self.reading.entry_bytes(element_bytes)

    def sparse_memory(self, document_tokens: int, read_tokens: int, element_bytes: int) -> int:
        """Bytes of index keys of the document, and keys and values of the tokens the query read."""
        keys = document_tokens * self.index_head_dim * INDEX_KEY_BYTES
        return keys + self.dense_memory(read_tokens, element_bytes)


@dataclass(frozen=True)
class DecoderCost:
    """What a token costs a decoder, or takes in its cache.

    linear:   FLOPs of all linear layers and head projections, the output layer apart
    entry:    FLOPs of attending to one entry, in all layers
    scan:     FLOPs of scoring one index key, in all layers that have an indexer
    output:   FLOPs of the output layer
    entry_bytes, key_bytes: of what is read of a token, in all layers: entries, and index keys
    dense_entry, dense_entry_bytes: the same as `entry` and `entry_bytes`, of layers that attend to all tokens
    prefill_scan: as `scan`, of a token of a prefill, which is scored with its neighbours; None: the same
    prefill_dense, written_dense: up to so many times index_topk a token of a prefill, or one that is written, attends to all
    """

    linear: int
    entry: int
    scan: int
    output: int
    entry_bytes: int
    key_bytes: int
    dense_entry: int = 0
    dense_entry_bytes: int = 0
    prefill_scan: int | None = None
    prefill_dense: int = 1
    written_dense: int = 1

    @property
    def kept_bytes(self) -> int:
        """Bytes kept of a token for dense attention, in all layers."""
        return self.entry_bytes + self.dense_entry_bytes

    def token_flops(self, position: int, index_topk: int | None) -> int:
        """FLOPs of the written token at `position` (0 the first); `index_topk` None is dense: all attended to, none scored."""
        seen = position + 1
        everywhere = self.linear + self.dense_entry * seen
        if index_topk is None or seen <= index_topk * self.written_dense:
            return everywhere + self.entry * seen
        return everywhere + self.entry * index_topk + self.scan * seen

    def prefill_flops(self, first: int, last: int, index_topk: int | None) -> int:
        """FLOPs of the tokens [first, last) without the output layer: those of a prefill."""

        def pairs(low: int, high: int) -> int:
            return (high * (high + 1) - low * (low + 1)) // 2 if high > low else 0

        whole = last if index_topk is None else max(first, min(last, index_topk * self.prefill_dense))
        scan = self.scan if self.prefill_scan is None else self.prefill_scan
        scored = last - whole
        return (
            self.linear * (last - first)
            + self.dense_entry * pairs(first, last)
            + self.entry * (pairs(first, whole) + scored * (index_topk or 0))
            + scan * pairs(whole, last)
        )

    def read_bytes(self, tokens: int, index_topk: int | None) -> int:
        """Bytes of the cache that the token after `tokens` others reads."""
        if index_topk is None or tokens < index_topk * self.written_dense:
            return (tokens + 1) * self.kept_bytes
        return (tokens + 1) * (self.key_bytes + self.dense_entry_bytes) + index_topk * self.entry_bytes
