"""What one query cost, next to dense attention over the same tokens."""

import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from dsacli.dsa.cost import CostMeter, EncoderShape
from dsacli.engines.context import Context
from dsacli.reader.network import Reader


@dataclass(frozen=True)
class Cost:
    """Dense and DSA side by side, in FLOPs or bytes; `ratio` is dense / DSA."""

    dense: int
    dsa: int

    @property
    def ratio(self) -> float:
        return self.dense / self.dsa if self.dsa else 0.0


@dataclass(frozen=True)
class DocumentPass:
    """The cost that is paid once per document; `cached` of the tokens were paid for by an earlier query."""

    tokens: int
    cached: int
    flops: int
    seconds: float


@dataclass(frozen=True)
class DenseRun:
    """Dense attention as it really ran: measured seconds, FLOPs, bytes of keys and values, peak bytes."""

    seconds: float
    flops: int
    memory: int
    peak_memory: int | None


@dataclass(frozen=True)
class Savings:
    """Figures of one query, the document pass apart.

    context_tokens: tokens of all documents; selected_tokens: those the indexer kept for the reading pass
    flops: executed by the query, and what the same network with k = L would execute
    memory: bytes of attention state to keep and read: index keys and selected entries in the
            reading pass, against keys and values of every token in every layer
    seconds: wall time of the query; peak_memory: bytes, of the whole process so far (None if unknown)
    """

    context_tokens: int
    selected_tokens: int
    flops: Cost
    memory: Cost
    seconds: float
    peak_memory: int | None
    document_pass: DocumentPass
    dense_run: DenseRun | None = None


def shape_of(reader: Reader) -> EncoderShape:
    """The shapes that a reader's cost follows from."""
    config = reader.config
    return EncoderShape(
        config.num_hidden_layers,
        config.hidden_size,
        config.intermediate_size,
        config.index_layers,
        config.index_n_heads,
        config.index_head_dim,
        config.joint_layers,
    )


def element_bytes(reader: Reader) -> int:
    """Bytes of one number in the reader's weights and states."""
    return next(reader.parameters()).element_size()


def document_pass(context: Context) -> DocumentPass:
    """The document pass of all documents of a context, added up."""
    documents = context.documents
    return DocumentPass(
        len(context),
        sum(len(d) for d in documents if d.cached),
        sum(d.flops for d in documents),
        sum(d.seconds for d in documents),
    )


def peak_memory() -> int | None:
    """Bytes of physical memory that this process held at its highest, None where it can't be asked."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


class Account:
    """Watches a query from outside: meter and clock. Used as a context manager around the work, or parts of it."""

    def __init__(self, reader: Reader):
        self.reader = reader
        self.meter = CostMeter()
        self.shared_flops, self.seconds = 0, 0.0

    def __enter__(self) -> "Account":
        self._watching = self.meter.watch(self.reader)
        self._watching.__enter__()
        self.began = time.monotonic()
        return self

    def __exit__(self, *failure) -> None:
        self.seconds += time.monotonic() - self.began
        self._watching.__exit__(*failure)

    @property
    def flops(self) -> int:
        """FLOPs of all the work so far."""
        return self.meter.total + self.shared_flops

    def take(self, shared: "Account", part: int, of: int) -> None:
        """Count `part` of `of` parts of what was done for several queries at once."""
        self.shared_flops += shared.flops * part // of
        self.seconds += shared.seconds * part / of

    def savings(self, context: Context, question_tokens: int, selected: int, read: int) -> Savings:
        """The figures of the query that ran inside: `selected` tokens kept, `read` rows' tokens held at most."""
        shape, size = shape_of(self.reader), element_bytes(self.reader)
        dense = question_tokens + len(context)
        return Savings(
            len(context),
            selected,
            Cost(shape.dense_flops(question_tokens, len(context)), self.flops),
            Cost(shape.dense_memory(dense, size), shape.sparse_memory(len(context), read, size)),
            self.seconds,
            peak_memory(),
            document_pass(context),
        )


def added(parts: Iterable[Savings]) -> Savings:
    """Several queries on one context as one: FLOPs and seconds add up, memory is the highest."""
    parts = list(parts)
    most = max(parts, key=lambda part: part.memory.dsa)
    return replace(
        most,
        selected_tokens=max(part.selected_tokens for part in parts),
        flops=Cost(sum(part.flops.dense for part in parts), sum(part.flops.dsa for part in parts)),
        seconds=sum(part.seconds for part in parts),
        peak_memory=parts[-1].peak_memory,
    )
