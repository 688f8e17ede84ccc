"""Answer questions: every answer is a quotation, with its confidence and where it stands."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dsacli.engines.context import Context
from dsacli.engines.evidence import Evidence
from dsacli.engines.extractive.query import run_dense, run_queries
from dsacli.engines.savings import Savings
from dsacli.reader.loading import ReaderModel
from dsacli.reader.reading import SpanDistribution

# Below this an answer is likelier wrong than right.
MIN_CONFIDENCE = 0.5


@dataclass(frozen=True)
class Answer:
    """An answer in the document's wording; the same wording in several places is one answer.

    `confidence` is the probability, by the reader, that the answer stands where the evidence says.
    """

    answer: str
    confidence: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class AskResult:
    """The answers to one question, best first; none reached `min_confidence` when `found` is false."""

    question: str
    answers: tuple[Answer, ...]
    min_confidence: float
    savings: Savings
    interrupted: bool = False

    @property
    def found(self) -> bool:
        return bool(self.answers)


def ask(
    model: ReaderModel,
    context: Context,
    question: str,
    *,
    count: int = 1,
    min_confidence: float = MIN_CONFIDENCE,
    index_topk: int | None = None,
    compare_dense: bool = False,
) -> AskResult:
    """Answer one question, as `ask_each` does."""
    options = dict(count=count, min_confidence=min_confidence, index_topk=index_topk, compare_dense=compare_dense)
    return next(ask_each(model, context, [question], **options))


def ask_each(
    model: ReaderModel,
    context: Context,
    questions: Sequence[str],
    *,
    count: int = 1,
    min_confidence: float = MIN_CONFIDENCE,
    index_topk: int | None = None,
    compare_dense: bool = False,
) -> Iterator[AskResult]:
    """Answer each question with up to `count` answers, none of them below `min_confidence`.

    Raises DsacliError for a question the reader can't take, before any is answered, or where `compare_dense` would take
    minutes.
    """
    for question, result in zip(questions, run_queries(model, context, questions, index_topk)):
        savings = result.savings
        if compare_dense:
            savings = replace(savings, dense_run=run_dense(model, context, [question]))
        answers = quoted_answers(context, result.spans, count)
        kept = tuple(a for a in answers if a.confidence >= min_confidence)[:count]
        yield AskResult(question, kept, min_confidence, savings)


def quoted_answers(context: Context, spans: SpanDistribution, count: int) -> list[Answer]:
    """`count` answers or more where there are so many, best first."""
    merged: dict[str, Answer] = {}
    for first, last, confidence in spans.best(4 * count):
        evidence = context.evidence(first, last)
        wording = evidence.quote[evidence.quote_start : evidence.quote_end]
        if not plain(wording):
            continue  # punctuation answers nothing
        known = merged.get(plain(wording))
        if known is None:
            merged[plain(wording)] = Answer(single_line(wording), confidence, (evidence,))
        else:
            places = (*known.evidence, evidence)
            merged[plain(wording)] = Answer(known.answer, min(1.0, known.confidence + confidence), places)
    return sorted(merged.values(), key=lambda answer: -answer.confidence)


def plain(wording: str) -> str:
    """What makes two wordings the same answer: lower-case words."""
    return " ".join(re.findall(r"\w+", wording.lower()))


def single_line(wording: str) -> str:
    """Wording as one line: line breaks of the source become spaces."""
    return " ".join(wording.split())
