"""Answers of a few words: quotations, the same wording in several places as one."""

from dataclasses import replace

from dsacli.engines.evidence import whole_name
from dsacli.engines.extractive.answers.cells import under_heading
from dsacli.engines.extractive.answers.parties import of_role
from dsacli.engines.extractive.answers.replaced import latest_first
from dsacli.engines.extractive.encode import EncodedContext
from dsacli.engines.results import Answer
from dsacli.engines.wording import answer_key, single_line
from dsacli.reader.spans import SpanDistribution

# Of an answer's probability, what another place of the same wording must have to be named as one too.
TOO = 0.05


def quoted_answers(context: EncodedContext, question: str, spans: SpanDistribution, count: int) -> list[Answer]:
    """`count` answers or more where there are so many, best first."""
    merged: dict[str, Answer] = {}
    for first, last, confidence in spans.best(4 * count):
        evidence = whole_name(context.evidence(first, last))
        wording = evidence.wording
        key = answer_key(wording)
        if not key:
            continue  # punctuation answers nothing
        known = merged.get(key)
        if known is None:
            merged[key] = Answer(single_line(wording), confidence, (evidence,))
        else:
            more = (evidence,) if confidence >= TOO * known.likelihood else ()
            score = min(1.0, known.likelihood + confidence)
            merged[key] = replace(known, score=score, evidence=(*known.evidence, *more))
    answers = sorted(merged.values(), key=lambda answer: -answer.likelihood)
    answers = under_heading(context, question, answers)
    return latest_first(context, question, of_role(context, question, spans, answers))
