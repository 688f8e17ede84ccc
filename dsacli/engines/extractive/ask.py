"""Answer questions: every answer is a quotation, with its confidence and where it stands."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dsacli.engines.extractive.encode import EncodedContext
from dsacli.engines.extractive.query import Question, read_question, run_dense, run_queries
from dsacli.engines.options import Options
from dsacli.engines.results import Answer, AskResult
from dsacli.engines.wording import answer_key, single_line
from dsacli.errors import DsacliError
from dsacli.reader.loading import ReaderModel
from dsacli.reader.spans import SpanDistribution

# On dev documents nine of ten right answers reach it, and one in seven of those to questions that a document does not answer.
MIN_CONFIDENCE = 0.35


def ask(
    model: ReaderModel, context: EncodedContext, questions: Sequence[str], options: Options = Options()
) -> Iterator[AskResult]:
    """Answer each question with up to `answers` answers (one), none of them below `min_confidence`; one that the reader
    can't take gets its error in its place.

    Raises DsacliError where `compare_dense` would take minutes.
    """
    count = options.answers or 1
    least = MIN_CONFIDENCE if options.min_confidence is None else options.min_confidence
    asked = [_question(model, context, question) for question in questions]
    results = run_queries(model, context, [each for each in asked if isinstance(each, Question)], options.index_topk)
    for question, each in zip(questions, asked):
        if isinstance(each, DsacliError):
            yield AskResult(question, (), "confidence", None, error=str(each))
            continue
        result = next(results)
        savings = result.savings
        if options.compare_dense:
            savings = replace(savings, dense_run=run_dense(model, context, [each]))
        answers = quoted_answers(context, result.spans, count)
        yield AskResult(question, tuple(a for a in answers if a.score >= least)[:count], "confidence", savings)


def _question(model: ReaderModel, context: EncodedContext, text: str) -> Question | DsacliError:
    try:
        return read_question(model, context, text)
    except DsacliError as failure:
        return failure


def quoted_answers(context: EncodedContext, spans: SpanDistribution, count: int) -> list[Answer]:
    """`count` answers or more where there are so many, best first."""
    merged: dict[str, Answer] = {}
    for first, last, confidence in spans.best(4 * count):
        evidence = context.evidence(first, last)
        wording = evidence.wording
        key = answer_key(wording)
        if not key:
            continue  # punctuation answers nothing
        known = merged.get(key)
        if known is None:
            merged[key] = Answer(single_line(wording), confidence, (evidence,))
        else:
            merged[key] = Answer(known.answer, min(1.0, known.score + confidence), (*known.evidence, evidence))
    return sorted(merged.values(), key=lambda answer: -answer.score)
