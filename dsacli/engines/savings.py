"""What one query cost, next to dense attention over the same tokens."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace


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
    """Dense attention as it really ran: measured seconds, FLOPs, bytes of keys and values, peak bytes.

    document_seconds: of a decoder, what the document took before the query; None where there is nothing to take in before it
    """

    seconds: float
    flops: int
    memory: int
    peak_memory: int | None
    document_seconds: float | None = None


@dataclass(frozen=True)
class Savings:
    """Figures of one query, the document pass apart.

    context_tokens: tokens of all documents, of a decoder those of the prompt and the answer too: what can be selected
    selected_tokens: those that the indexer kept for the reading pass; of a decoder the most that a token attended to
    flops: executed by the query, and what the same network with k = L would execute
    memory: bytes of attention state to keep and read: index keys and selected entries in the
            reading pass, against keys and values of every token in every layer
    served: the address of the server that answered; then FLOPs and memory are not measured but computed, from the configuration that was
        given, and 0 where none was
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
    served: str | None = None


def peak_memory() -> int | None:
    """Bytes of physical memory that this process held at its highest, None where it can't be asked."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


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


def in_turn(parts: Iterable[Savings]) -> Savings:
    """Several queries, each on a context of its own, as one: as `added`, and the document passes add up too."""
    parts = list(parts)
    passes, runs = [part.document_pass for part in parts], [part.dense_run for part in parts if part.dense_run]
    whole = added(parts)
    return replace(
        whole,
        # All that was sent to a server.
        context_tokens=sum(part.context_tokens for part in parts) if whole.served else whole.context_tokens,
        dense_run=dense_in_turn(runs) if runs else None,
        document_pass=DocumentPass(
            sum(each.tokens for each in passes),
            sum(each.cached for each in passes),
            sum(each.flops for each in passes),
            sum(each.seconds for each in passes),
        ),
    )


def dense_in_turn(runs: Sequence[DenseRun]) -> DenseRun:
    """Several dense runs as one, of which each had its own keys and values."""
    documents = [run.document_seconds for run in runs if run.document_seconds is not None]
    return DenseRun(
        sum(run.seconds for run in runs),
        sum(run.flops for run in runs),
        max(run.memory for run in runs),
        runs[-1].peak_memory,
        sum(documents) if documents else None,
    )
