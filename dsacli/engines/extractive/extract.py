"""Extract facts: each field is asked as a question, its answer held to its type, or null."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from dsacli.engines.evidence import Evidence, whole
from dsacli.engines.extractive.answers.cells import in_named_column
from dsacli.engines.extractive.answers.labelled import beside_its_label, beside_labels
from dsacli.engines.extractive.answers.replaced import amends, asks_before, asks_of_the_past, put_in_place, replaces
from dsacli.engines.extractive.candidate import Candidate
from dsacli.engines.extractive.encode import EncodedContext, EncodedDocument
from dsacli.engines.extractive.query import Queries, QueryResult, read_question, run_dense
from dsacli.engines.options import Options
from dsacli.engines.results import AMBIGUOUS, Extracted, ExtractResult
from dsacli.engines.savings import added
from dsacli.engines.wording import answer_key, single_line
from dsacli.extraction.fields import Field
from dsacli.extraction.questions import field_questions
from dsacli.extraction.terms import PERPETUAL, after, asks_for_end, has_no_end
from dsacli.extraction.values import find_values
from dsacli.reader.loading import ReaderModel
from dsacli.reader.runs import merged

# Below this a value is null; lower than for answers, since a value must have its type. On 34 dev contracts 0.2 gives 0.84 exact and 0.93 of
# the absent null, 0.25 gives 0.80 and 0.98, and 0.3 gives 0.76 and 0.98.
MIN_CONFIDENCE = 0.25
TEXT_CANDIDATES = 4
# From here on another wording of the question is not read: it could hardly change the value.
SURE = 0.9
# What reads like an answer and has no value of the type is half a rival to those that have one.
UNTYPED = 0.5
# What a term is counted from, the likelier first.
STARTS = (Field("effective date", "date"), Field("agreement date", "date"))
# Characters before and after a candidate in which an acronym of the field's name must stand.
ACRONYM_REACH = 300
SAYS_FAX = re.compile(r"\bfax\b\W{0,3}(?:\w+\W{1,3}){0,2}\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Term:
    """A value of a field that asks for an end: how long it is until then, by ISO 8601."""

    period: str


def extract(
    model: ReaderModel,
    context: EncodedContext,
    fields: Sequence[Field],
    options: Options = Options(),
    on_field: Callable[[int], None] = lambda done: None,
) -> ExtractResult:
    """Look for every field; a value below `min_confidence` is null, never a guess."""
    found, costs = [], []
    least = MIN_CONFIDENCE if options.min_confidence is None else options.min_confidence
    asked = [*fields, *(start for start in STARTS if any(map(is_end, fields)))]
    phrasings = [field_questions(field) for field in asked]
    every = [read_question(model, context, question) for each in phrasings for question in each]
    queries, numbers = Queries(model, context, every, options.index_topk), iter(range(len(every)))
    for done, (field, questions) in enumerate(zip(asked, phrasings)):
        answers, labelled = list[list[Candidate]](), beside_labels(context, field)
        for number in islice(numbers, len(questions)):
            if answers and (best_value(field, answers, least).score or 0.0) >= SURE:
                costs.append(queries.unread(number))
                continue
            result = queries.read(number, words=False)
            costs.append(result.savings)
            typed_as = of_type(field, list(candidates(context, field, result)), result.spans.no_answer)
            answers.append(labelled.weigh(typed_as))
        found.append(latest(context, best_value(field, answers, least), chain.from_iterable(answers)))
        on_field(min(done + 1, len(fields)))
    starts = found[len(fields) :]
    found = [ended(each, starts) for each in found[: len(fields)]]
    savings = added(costs)
    if options.compare_dense:
        savings = replace(savings, dense_run=run_dense(model, context, every))
    return ExtractResult(context.name, tuple(found), "confidence", savings)


def best_value(field: Field, answers: Sequence[Iterable[Candidate]], min_confidence: float) -> Extracted:
    """The value most probable over all phrasings of a field's question, each phrasing counting alike."""
    total: dict[str, float] = {}
    shown: dict[str, Candidate] = {}
    for phrasing in answers:
        found: dict[str, float] = {}
        for candidate in phrasing:
            key = answer_key(candidate.value) if field.type == "text" else repr(candidate.value)
            found[key] = found.get(key, 0.0) + candidate.confidence
            clearer = key in shown and bool(shown[key].readings) - bool(candidate.readings)
            if key not in shown or clearer > 0 or (not clearer and candidate.confidence > shown[key].confidence):
                shown[key] = candidate
        for key, confidence in found.items():
            total[key] = total.get(key, 0.0) + min(1.0, confidence) / len(answers)
    best = max(total, key=total.__getitem__, default=None)
    if best is None:
        return Extracted(field, None, None, 0.0)
    here = shown[best]
    score = min(total[best], AMBIGUOUS) if here.readings else total[best]
    if score < min_confidence:
        return Extracted(field, None, None, score)
    wording = single_line(here.evidence.wording)
    return Extracted(field, here.value, wording, score, (here.evidence,), readings=here.readings)


def latest(context: EncodedContext, found: Extracted, candidates: Iterable[Candidate]) -> Extracted:
    """The value that a later amendment puts in the place of the one that was found, as likely as something that can be read in two ways,
    or the one before it, for a field that asks for that; else what was found."""
    if not found.evidence:
        return found
    name, place, score = found.field.name, found.evidence[0], found.score or 0.0
    encoded = context.named(place.document)
    others = [each for each in candidates if each.evidence.document == place.document and each.value != found.value]
    new = None if asks_of_the_past(name) else put_in_place(encoded, place)
    if new:
        others = values_of(found.field, encoded, new)
    elif amends(encoded.document, place, name):
        others = [each for each in others if asks_before(name) and not amends(encoded.document, each.evidence, name)]
    elif asks_of_the_past(name):
        return found
    else:
        others = [each for each in others if place.end <= each.evidence.start]
        others = [
            each for each in others if replaces(encoded.document, each.evidence, place, name, each.confidence, score)
        ]
    best = max(others, key=lambda candidate: candidate.confidence, default=None)
    if best is None:
        return found
    wording = single_line(best.evidence.wording)
    return Extracted(found.field, best.value, wording, min(score, AMBIGUOUS), (best.evidence,), readings=best.readings)


def values_of(field: Field, encoded: EncodedDocument, place: Evidence) -> list[Candidate]:
    """What a place holds as a value of a field: the first of its type, or the whole of a text."""
    if field.type == "text":
        return [Candidate(single_line(place.wording), 1.0, place)]
    values = find_values(place.wording, field.type, encoded.document.text, place.start)[:1]
    return [Candidate(each.normalised, 1.0, place, each.readings) for each in values]


def is_end(field: Field) -> bool:
    """Whether a field asks for the day that an agreement ends on, which may follow from its term."""
    return field.type == "date" and asks_for_end(field.name)


def ended(found: Extracted, starts: Sequence[Extracted]) -> Extracted:
    """A field whose value is a term, with the day that the term ends on: counted from the first start that is known, or
    null."""
    if not isinstance(found.value, Term):
        return found
    for start in starts:
        day = start.value and after(start.value, found.value.period)
        if day:
            score = min(found.score or 0.0, start.score or 0.0)
            text = f"{found.text} · {start.text}"
            return Extracted(found.field, day, text, score, (*found.evidence, *start.evidence), computed=True)
    return Extracted(found.field, None, None, found.score)


def of_type(field: Field, found: list[Candidate], no_answer: float) -> list[Candidate]:
    """Candidates of a typed field with the probability left to them when an answer must have the type."""
    if field.type == "text":
        return found
    typed = sum(candidate.confidence for candidate in found)
    share = typed + no_answer + UNTYPED * max(0.0, 1 - typed - no_answer)
    return [replace(candidate, confidence=candidate.confidence / max(share, 1e-9)) for candidate in found]


def candidates(context: EncodedContext, field: Field, result: QueryResult) -> Iterable[Candidate]:
    """Spans of a text field, or every value of the field's type in the runs that were read."""
    if field.type == "text":
        for first, last, confidence in result.spans.best(TEXT_CANDIDATES):
            evidence = whole(context.evidence(first, last))
            evidence = in_named_column(context.named(evidence.document), evidence, field.name)
            evidence = beside_its_label(context.named(evidence.document), evidence, field.name)
            if not near_acronyms(field.name, *context.characters(first, last)):
                continue
            yield Candidate(single_line(evidence.wording), confidence, evidence)
        return
    yield from typed(context, field, field.type, result)
    if is_end(field):
        for candidate in typed(context, field, "duration", result):
            yield replace(candidate, value=Term(candidate.value), readings=tuple(map(Term, candidate.readings)))
        for first, last, confidence in result.spans.best(TEXT_CANDIDATES):
            evidence = context.evidence(first, last)
            dated = find_values(evidence.quote, "date") or find_values(evidence.quote, "duration")
            if has_no_end(evidence.quote) and not dated:
                yield Candidate(PERPETUAL, confidence, evidence)


def typed(context: EncodedContext, field: Field, kind: str, result: QueryResult) -> Iterable[Candidate]:
    """Every value of a type in the runs that were read."""
    # As one, so that no value is cut in two.
    for low, high in merged(result.runs, edges=context.edges.tolist()):
        encoded, start, end = context.characters(low, high - 1)
        text = encoded.document.text[start:end]
        for value in find_values(text, kind, encoded.document.text, start):
            if kind == "phone" and is_fax(text[: value.start]) != ("fax" in field.name.lower()):
                continue
            first, last = context.tokens(low, start + value.start, start + value.end)
            if first <= last and near_acronyms(field.name, encoded, start + value.start, start + value.end):
                evidence = context.evidence(first, last)
                yield Candidate(value.normalised, result.spans.mass(first, last), evidence, value.readings)


def near_acronyms(name: str, encoded: EncodedDocument, start: int, end: int) -> bool:
    """Whether the acronyms of a field's name ("VAT number"), or their words, stand around a candidate.

    Nobody paraphrases them, and a reader that never met one takes any number for it.
    """
    around = encoded.document.text[max(0, start - ACRONYM_REACH) : end + ACRONYM_REACH]
    return all(
        re.search(rf"\b{acronym}\b", around)
        or re.search(r"\b" + r"\w+(?:\W+(?:of|and|the))?\W+".join(acronym) + r"\w", around, re.IGNORECASE)
        for acronym in re.findall(r"\b[A-Z]{2,6}\b", name)
    )


def is_fax(before: str) -> bool:
    """Whether the words before a number call it a fax number: no reader tells it from a telephone's."""
    return bool(SAYS_FAX.search(before[-40:]))
