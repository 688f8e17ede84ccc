"""One query: index scan, selection, reading pass — and the same query with dense attention."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from dsacli.documents.clean import normalise
from dsacli.documents.sentences import split_sentences
from dsacli.dsa.cost import CostMeter
from dsacli.dsa.selection import Selection
from dsacli.engines.dense import refuse_minutes
from dsacli.engines.extractive.account import Account, element_bytes, shape_of
from dsacli.engines.extractive.encode import EncodedContext
from dsacli.engines.savings import DenseRun, Savings, peak_memory
from dsacli.errors import DsacliError
from dsacli.reader.encoding import index_queries
from dsacli.reader.lexical import asked_of, words_of
from dsacli.reader.loading import ReaderModel
from dsacli.reader.network import QUESTION_TOKENS, Reader
from dsacli.reader.reading import RunLogits, read_runs, read_sequence
from dsacli.reader.runs import select_runs, with_exact
from dsacli.reader.spans import SpanDistribution, weigh_spans

LONGEST_QUESTION = 512
# What the index network takes of a question at a time.
PIECE = 448


@dataclass(frozen=True)
class QueryResult:
    """Where the answer stands, as probabilities over spans, the runs that were read, what the reader said of each, and the cost."""

    spans: SpanDistribution
    runs: list[tuple[int, int]]
    read: list[RunLogits]
    savings: Savings


@dataclass(frozen=True)
class Question:
    """A question to the reader. `tokens`, int32, all of which scan; `words`, its own for the lexical term; `read`, those
    tokens that are read with a run: all of them, or of a long question what asks."""

    tokens: NDArray[np.int32]
    words: NDArray[np.uint64]
    read: NDArray[np.int32]

    def queries(self, reader: Reader) -> tuple[torch.Tensor, torch.Tensor]:
        """Index queries and weights of its tokens, as `index_queries` gives them."""
        piece = min(PIECE, reader.config.max_position_embeddings - 2)
        return index_queries(reader, np.array_split(self.tokens, -(-len(self.tokens) // piece)))


def read_question(model: ReaderModel, context: EncodedContext, text: str) -> Question:
    """A question as tokens. Raises DsacliError for one without words, or longer than 512 tokens."""
    text = normalise(text)
    tokens = model.encode(text)
    if not len(tokens):
        raise DsacliError("the question is empty")
    if len(tokens) > LONGEST_QUESTION:
        raise DsacliError(f"the question is {len(tokens)} tokens long; the reader takes {LONGEST_QUESTION}")
    return Question(tokens, asked_of(tokens, model.pieces), shortened(model, context, text, tokens))


def shortened(model: ReaderModel, context: EncodedContext, text: str, tokens: NDArray[np.int32]) -> NDArray[np.int32]:
    """At most `QUESTION_TOKENS` of a question: the sentence that asks (the last with a question mark, else the last), then
    the words that the fewest passages of the context hold, all in their order."""
    if len(tokens) <= QUESTION_TOKENS:
        return tokens
    words, starts = words_of(tokens, model.pieces)
    ends = np.append(starts[1:], len(tokens))
    sentences = split_sentences(text)
    low, high = next((s for s in reversed(sentences) if text[s[0] : s[1]].endswith("?")), sentences[-1])
    before = len(model.encode(text[:low]))
    asks = (starts >= before) & (starts < before + len(model.encode(text[low:high])))
    common = context.words(model).frequency(words).numpy()
    kept = np.zeros(len(tokens), bool)
    for place in np.lexsort((common, ~asks)):
        if kept.sum() + ends[place] - starts[place] <= QUESTION_TOKENS:
            kept[starts[place] : ends[place]] = True
    return tokens[kept]


class Queries:
    """Questions whose index queries were scanned together, once for all; what one selected is read when it is asked for.

    Each keeps `index_topk` tokens (default: the model's) and pays its share of the scan.
    """

    def __init__(
        self,
        model: ReaderModel,
        context: EncodedContext,
        questions: Sequence[Question],
        index_topk: int | None = None,
    ):
        self.model, self.context, self.questions = model, context, questions
        self.index_topk = index_topk or model.reader.config.index_topk
        self.accounts, queries, scan = [Account(model.reader) for _ in questions], [], Account(model.reader)
        for account, question in zip(self.accounts, questions):
            with account:
                queries.append(question.queries(model.reader))
        asked = [question.words for question in questions]
        with scan:
            self.selections = context.select(model, queries, asked, self.index_topk)
        self._parts = dict[int, tuple[EncodedContext, Selection]]()
        every = sum(len(question.tokens) for question in questions)
        for account, question in zip(self.accounts, questions):
            account.take(scan, len(question.tokens), every)

    def part(self, number: int) -> tuple[EncodedContext, Selection]:
        """What a question is read in, and its selection there."""
        if number not in self._parts:
            self._parts[number] = self.context.concerned(self.selections[number])
        return self._parts[number]

    def read(self, number: int, words: bool = True) -> QueryResult:
        """Read what a question selected, and weigh every span of it; with `words`, a sentence that holds the question's own is
        likelier to hold the answer, which is not so of what explains: titles and references hold them too."""
        reader, question, account = self.model.reader, self.questions[number], self.accounts[number]
        with account:
            context, selection = self.part(number)
            edges = context.edges.tolist()
            selected = select_runs(reader, question.tokens, selection, context.sentence_edges, edges, self.index_topk)
            runs = [context.run(self.model, *run, score) for run, score in zip(selected.runs, selected.scores)]
            if words:
                runs = with_exact(runs, question.tokens, self.context.words(self.model), self.model.pieces)
            read = read_runs(reader, question.read, runs)
        entries = sum(len(run.tokens) + len(run.path) + len(question.read) + 4 for run in runs)
        savings = account.savings(self.context, len(question.read) + 2, selected.tokens, entries)
        return QueryResult(weigh_spans(reader.config, read), selected.runs, read, savings)

    def with_words(self, number: int, result: QueryResult) -> QueryResult:
        """What was read without `words`, weighed with them."""
        question = self.questions[number]
        runs = with_exact(
            [each.run for each in result.read], question.tokens, self.context.words(self.model), self.model.pieces
        )
        read = [replace(each, run=run) for each, run in zip(result.read, runs)]
        return replace(result, spans=weigh_spans(self.model.reader.config, read), read=read)

    def unread(self, number: int) -> Savings:
        """What a question cost that was scanned, and then not read."""
        return self.accounts[number].savings(self.context, len(self.questions[number].read) + 2, 0, 0)


def run_dense(model: ReaderModel, context: EncodedContext, questions: Sequence[Question]) -> DenseRun:
    """Run the reading network with every token of question and document attending to every other.

    One pass per question; without questions, one over the document alone. Raises DsacliError as
    `refuse_minutes` does.
    """
    reader, shape = model.reader, shape_of(model.reader)
    token_ids = [question.read for question in questions] or [np.empty(0, np.int32)]
    flops = sum(shape.dense_flops(len(ids) + 2, len(context)) for ids in token_ids)
    refuse_minutes(flops, next(reader.parameters()), len(context))
    meter, began = CostMeter(), time.monotonic()
    passages = [context.run(model, first, last) for first, last in context.passages()]
    with meter.watch(reader):
        for ids in token_ids:
            read_sequence(reader, ids, passages)
    seconds = time.monotonic() - began
    tokens = max(map(len, token_ids)) + 2 + len(context) + len(passages)
    return DenseRun(seconds, meter.total, shape.dense_memory(tokens, element_bytes(reader)), peak_memory())
