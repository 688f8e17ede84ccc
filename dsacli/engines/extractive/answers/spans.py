"""Answers of a few words: quotations, the same wording in several places as one."""

from dataclasses import replace

from dsacli.engines.extractive.answers.cells import under_heading
from dsacli.engines.extractive.answers.lists import role_of
from dsacli.engines.extractive.answers.replaced import latest_first
from dsacli.engines.extractive.encode import EncodedContext
from dsacli.engines.results import Answer
from dsacli.engines.wording import answer_key, single_line
from dsacli.reader.spans import SpanDistribution

# Of the best answer's probability, what a party of the role that was asked for must have at least to come first.
ROLE_SHARE = 0.02


def quoted_answers(context: EncodedContext, question: str, spans: SpanDistribution, count: int) -> list[Answer]:
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
            merged[key] = replace(
                known, score=min(1.0, known.likelihood + confidence), evidence=(*known.evidence, evidence)
            )
    answers = sorted(merged.values(), key=lambda answer: -answer.likelihood)
    answers = [under_heading(context, question, answer) for answer in answers[:1]] + answers[1:]
    return latest_first(context, question, of_role(context, question, spans, answers))


def of_role(context: EncodedContext, question: str, spans: SpanDistribution, answers: list[Answer]) -> list[Answer]:
    """With the party first that the agreement calls what is asked for, where an answer holds it: alone, without the others."""
    for party, shift in role_of(context, question) if answers else ():
        first, last = context.tokens(shift, party.start, party.end)
        mass = spans.mass(first, last)
        if first <= last and mass >= ROLE_SHARE * answers[0].likelihood:
            evidence = context.evidence(first, last)
            own = Answer(single_line(evidence.wording), min(1.0, max(mass, answers[0].likelihood)), (evidence,))
            others = [answer for answer in answers if not _overlaps(answer, own)]
            return [own, *others]
    return answers


def _overlaps(one: Answer, other: Answer) -> bool:
    a, b = one.evidence[0], other.evidence[0]
    return a.document == b.document and a.start < b.end and b.start < a.end
