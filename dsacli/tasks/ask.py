"""Answer questions: every answer is a quotation, with its confidence and where it stands."""

import re
from dataclasses import dataclass, replace

from dsacli.models.loading import ReaderModel
from dsacli.tasks.context import Context
from dsacli.tasks.evidence import Evidence
from dsacli.tasks.query import run_dense, run_query
from dsacli.tasks.savings import Savings

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
    """Answer one question with up to `count` answers, none of them below `min_confidence`.

    Raises DsacliError for a question the reader can't take, or where `compare_dense` would take minutes.
    """
    result = run_query(model, context, question, index_topk)
    savings = result.savings
    if compare_dense:
        savings = replace(savings, dense_run=run_dense(model, context, [question]))
    merged: dict[str, Answer] = {}
    for first, last, confidence in result.spans.best(4 * count):
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
    answers = sorted(merged.values(), key=lambda answer: -answer.confidence)
    kept = tuple(a for a in answers if a.confidence >= min_confidence)[:count]
    return AskResult(question, kept, min_confidence, savings)


def plain(wording: str) -> str:
    """What makes two wordings the same answer: lower-case words."""
    return " ".join(re.findall(r"\w+", wording.lower()))


def single_line(wording: str) -> str:
    """Wording as one line: line breaks of the source become spaces."""
    return " ".join(wording.split())
