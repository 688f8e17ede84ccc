"""Answers of a few words: quotations, the same wording in several places as one."""

from dataclasses import replace

from dsacli.engines.evidence import whole
from dsacli.engines.extractive.answers.labels import from_tables
from dsacli.engines.extractive.answers.narrowed import narrowed
from dsacli.engines.extractive.answers.parties import of_role
from dsacli.engines.extractive.answers.replaced import latest_first
from dsacli.engines.extractive.encode import EncodedContext
from dsacli.engines.results import Answer
from dsacli.engines.wording import answer_key, single_line
from dsacli.extraction.labels import label_at, labels_in, name_words
from dsacli.reader.spans import SpanDistribution

# Of an answer's probability, what another place of the same wording must have to be named as one too.
TOO = 0.05


def quoted_answers(context: EncodedContext, question: str, spans: SpanDistribution, count: int) -> list[Answer]:
    """`count` answers or more where there are so many, best first."""
    merged: dict[str, Answer] = {}
    for first, last, confidence in spans.best(4 * count):
        evidence = whole(context.evidence(first, last))
        wording = evidence.wording
        key = answer_key(wording)
        if not key:
            continue  # punctuation answers nothing
        known = merged.get(key)
        if known is None:
            merged[key] = Answer(single_line(wording), confidence, (evidence,))
        else:
            again = evidence in known.evidence or confidence < TOO * known.likelihood
            score = min(1.0, known.likelihood + confidence)
            merged[key] = replace(known, score=score, evidence=known.evidence if again else (*known.evidence, evidence))
    answers = [surer_beside_label(context, question, answer) for answer in merged.values()]
    answers = sorted(answers, key=lambda answer: -answer.likelihood)
    answers = from_tables(context, question, answers)
    answers = latest_first(context, question, of_role(context, question, spans, answers))
    return [narrowed(context, question, answer) for answer in answers]


def surer_beside_label(context: EncodedContext, question: str, answer: Answer) -> Answer:
    """The answer with half of its doubt where it stands alone beside the only label of its words, and the question holds them all: a
    form says "Surname: Winterbourne", and no sentence around it tells a reader so."""
    place = answer.evidence[0]
    text = context.named(place.document).document.text
    label = label_at(text, place.start)
    if label is None or label.row or not label.words or not label.words <= name_words(question):
        return answer
    alone = answer_key(text[label.start : label.end]) == answer_key(place.wording)
    only = sum(other.words == label.words for other in labels_in(text)) == 1
    return replace(answer, score=1 - (1 - answer.likelihood) / 2) if alone and only else answer
