"""What one query of the built-in reader costs: watched from outside, next to the same network with k = L."""

import time
from types import TracebackType

from dsacli.dsa.cost import CostMeter, EncoderShape, ReaderShape
from dsacli.engines.extractive.encode import EncodedContext
from dsacli.engines.savings import Cost, Savings, peak_memory
from dsacli.reader.network import Reader


def shape_of(reader: Reader) -> ReaderShape:
    """The shapes that a reader's cost follows from."""
    config = reader.config
    return ReaderShape(
        EncoderShape(config.index_layers, config.index_hidden_size, config.index_intermediate_size),
        EncoderShape(config.num_hidden_layers, config.hidden_size, config.intermediate_size),
        config.index_n_heads,
        config.index_head_dim,
    )


def element_bytes(reader: Reader) -> int:
    """Bytes of one number in the reader's weights and states."""
    return next(reader.parameters()).element_size()


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

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.seconds += time.monotonic() - self.began
        self._watching.__exit__(kind, failure, trace)

    @property
    def flops(self) -> int:
        """FLOPs of all the work so far."""
        return self.meter.total + self.shared_flops

    def take(self, shared: "Account", part: int, of: int) -> None:
        """Count `part` of `of` parts of what was done for several queries at once."""
        self.shared_flops += shared.flops * part // of
        self.seconds += shared.seconds * part / of

    def savings(self, context: EncodedContext, question_tokens: int, selected: int, read: int) -> Savings:
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
            context.document_pass,
        )
