"""One query: index scan, selection, reading pass — and the same query with dense attention."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dsacli.dsa.cost import CostMeter
from dsacli.engines.extractive.account import Account, element_bytes, shape_of
from dsacli.engines.extractive.encode import EncodedContext
from dsacli.engines.savings import DenseRun, Savings, peak_memory
from dsacli.errors import DsacliError
from dsacli.reader.encoding import index_queries
from dsacli.reader.loading import ReaderModel
from dsacli.reader.network import QUESTION_TOKENS
from dsacli.reader.reading import read_runs, read_sequence
from dsacli.reader.runs import select, select_runs
from dsacli.reader.spans import SpanDistribution, weigh_spans

DENSE_LIMIT_SECONDS = 240.0


@dataclass(frozen=True)
class QueryResult:
    """Where the answer stands, as probabilities over spans, the runs that were read, and the cost."""

    spans: SpanDistribution
    runs: list[tuple[int, int]]
    savings: Savings


def question_tokens(model: ReaderModel, question: str) -> NDArray[Any]:
    """Token ids of a question. Raises DsacliError for one without words or longer than 64 tokens."""
    ids = model.tokenizer.encode(question, add_special_tokens=False).ids
    if not ids:
        raise DsacliError("the question is empty")
    if len(ids) > QUESTION_TOKENS:
        raise DsacliError(f"the question is {len(ids)} tokens long; the reader takes {QUESTION_TOKENS}")
    return np.array(ids, np.int32)


def run_queries(
    model: ReaderModel, context: EncodedContext, questions: Sequence[str], index_topk: int | None = None
) -> Iterator[QueryResult]:
    """Ask the context: keep `index_topk` tokens (default: the model's), read them, weigh every span.

    The index keys are scanned once for all questions, each of which pays its share; what one selected is read when its
    result is asked for. Raises DsacliError as `question_tokens` does, before anything is done.
    """
    reader = model.reader
    token_ids = [question_tokens(model, question) for question in questions]
    topk, edges = index_topk or reader.config.index_topk, context.edges.tolist()
    accounts, queries, scan = [Account(reader) for _ in token_ids], [], Account(reader)
    for account, ids in zip(accounts, token_ids):
        with account:
            queries.append(index_queries(reader, [ids]))
    with scan:
        selections = select(reader, queries, context.index_keys, topk)
    for account, ids, selection in zip(accounts, token_ids, selections):
        account.take(scan, len(ids), sum(map(len, token_ids)))
        with account:
            selected = select_runs(reader, ids, selection, context.sentence_edges, edges, topk)
            read = read_runs(reader, ids, [context.run(*run, s) for run, s in zip(selected.runs, selected.scores)])
            spans = weigh_spans(reader.config, read)
        entries = sum(last - first + len(ids) + 3 for first, last in selected.runs)
        savings = account.savings(context, len(ids) + 2, selected.tokens, entries)
        yield QueryResult(spans, selected.runs, savings)


def matmul_rate(like: torch.Tensor) -> float:
    """FLOP/s of matrix multiply in the dtype and on the device of `like`, measured in a few milliseconds."""
    left, right = like.new_ones(1024, 384), like.new_ones(384, 1536)
    (left @ right).sum().item()
    began = time.perf_counter()
    for _ in range(5):
        product = left @ right
    product.sum().item()  # waits for a device that works ahead
    return 5 * 2 * 1024 * 384 * 1536 / (time.perf_counter() - began)


def run_dense(model: ReaderModel, context: EncodedContext, questions: Sequence[str]) -> DenseRun:
    """Run the same six layers with every token of question and document attending to every other.

    One pass per question; without questions, one over the document alone. Raises DsacliError with the
    estimate (at 40 % of the matrix-multiply rate) where that would take over a few minutes.
    """
    reader, shape = model.reader, shape_of(model.reader)
    token_ids = [question_tokens(model, question) for question in questions] or [np.empty(0, np.int32)]
    flops = sum(shape.dense_flops(len(ids) + 2, len(context)) for ids in token_ids)
    estimate = flops / (0.4 * matmul_rate(next(reader.parameters())))
    if estimate > DENSE_LIMIT_SECONDS:
        raise DsacliError(
            f"dense attention over {len(context):,} tokens would take about {max(1, estimate / 60):,.0f} minutes "
            f"here; --compare-dense stops at {DENSE_LIMIT_SECONDS / 60:.0f}"
        )
    meter, began = CostMeter(), time.monotonic()
    passages = [context.run(first, last) for first, last in context.passages()]
    with meter.watch(reader):
        for ids in token_ids:
            read_sequence(reader, ids, passages)
    seconds = time.monotonic() - began
    tokens = max(map(len, token_ids)) + 2 + len(context) + len(passages)
    return DenseRun(seconds, meter.total, shape.dense_memory(tokens, element_bytes(reader)), peak_memory())
