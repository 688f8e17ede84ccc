"""Answers that are passages: the clause that decides, and the paragraph or two that explain, the deciding words marked in them."""

from collections import defaultdict

import numpy as np

from dsacli.documents import Document
from dsacli.documents.prose import explains, is_heading
from dsacli.engines.evidence import quoting, sentence_bounds
from dsacli.engines.extractive.encode import EncodedContext, EncodedDocument
from dsacli.engines.results import Answer
from dsacli.engines.wording import answer_key, content_words, single_line
from dsacli.reader.spans import SpanDistribution

# Characters. A paragraph up to so many is one clause; of a longer one the sentences that were read as the answer are.
CLAUSE, EXPLANATION = 700, 1500
# Of the probability of the paragraph that explains best, what a second one must have: a neighbour, and one further away.
SECOND, AS_GOOD = 0.3, 0.7
NEAR = 2
# Words that a paragraph which explains by itself has at least; behind a shorter one the next is shown too.
SHORT = 30
# Items that belong to a paragraph ending in a colon.
ITEMS = 8


def clauses(context: EncodedContext, question: str, spans: SpanDistribution, count: int) -> list[Answer]:
    """Up to `count` clauses, best first; where the heading of a short section says what is asked for, that section."""
    found: dict[tuple[int, int], Answer] = {}
    for first, last, _ in spans.best(4 * count):
        encoded, start, end = context.characters(first, last)
        if not answer_key(encoded.document.text[start:end]):
            continue
        low, high = section_about(encoded.document, start, question) or clause_around(encoded, start, end)
        tokens = context.tokens(first, low, high)
        if tokens not in found:
            evidence = quoting(context.evidence(first, last), encoded.document, low, high)
            text = single_line(encoded.document.text[low:high])
            found[tokens] = Answer(text, min(1.0, spans.mass(*tokens)), (evidence,))
    return sorted(found.values(), key=lambda answer: -answer.likelihood)[:count]


def section_about(document: Document, offset: int, question: str) -> tuple[int, int] | None:
    """The characters of the innermost section around a place, where it is short and its title names what is asked for."""
    section = document.innermost(offset)
    if not section or section.end - section.start > CLAUSE or section.start >= offset:
        return None
    asked = content_words(question)
    if not asked or not asked <= set(answer_key(section.title).split()):
        return None
    return section.start, section.start + len(document.text[section.start : section.end].rstrip())


def clause_around(encoded: EncodedDocument, start: int, end: int) -> tuple[int, int]:
    """The characters of the clause that [start, end) stands in: its paragraph with the items that follow a colon, or the
    sentences of a long one."""
    document = encoded.document
    number, last = document.paragraph_at(start), document.paragraph_at(max(start, end - 1))
    low, high = document.paragraphs[number][0], with_items(document, last)
    if high - low <= CLAUSE:
        return min(low, start), max(high, end)
    return sentence_bounds(encoded.sentences, start, end)


def with_items(document: Document, number: int) -> int:
    """Where a paragraph ends, or, if it ends in a colon, the items behind it."""
    end = document.paragraphs[number][1]
    if document.text[end - 1] != ":":
        return end
    for item in range(number + 1, min(number + 1 + ITEMS, len(document.paragraphs))):
        if is_heading(document, item):
            break
        end = document.paragraphs[item][1]
        if document.text[end - 1] == ".":
            break
    return end


def explanations(context: EncodedContext, spans: SpanDistribution, count: int) -> list[Answer]:
    """Up to `count` explanations of a paragraph or two, best first."""
    shares = by_paragraph(context, spans)
    answers, used = list[Answer](), set[tuple[int, int]]()
    for place in sorted(shares, key=lambda place: -shares[place]):
        if len(answers) == count or shares[place] <= 0:
            break
        if place not in used:
            chosen = together(context, shares, place, used)
            used |= set(chosen)
            answers.append(explanation(context, spans, chosen, sum(shares[each] for each in chosen)))
    return sorted(answers, key=lambda answer: -answer.likelihood)


def by_paragraph(context: EncodedContext, spans: SpanDistribution) -> dict[tuple[int, int], float]:
    """The probability that an answer begins in each paragraph that may explain something: by (document, paragraph).

    What begins in a heading counts for the paragraph below it.
    """
    shares: dict[tuple[int, int], float] = defaultdict(float)
    firsts = [np.array([first for first, _ in each.document.paragraphs]) for each in context.documents]
    for run in spans.runs:
        number = int(np.searchsorted(context.edges, run.first, side="right")) - 1
        encoded, low = context.place(run.first)
        starting, document = run.band.sum(1), encoded.document
        owners = np.searchsorted(firsts[number], encoded.starts[low : low + len(starting)], side="right") - 1
        for owner in np.unique(owners).tolist():
            explaining = owner
            while explaining + 1 < len(firsts[number]) and is_heading(document, explaining):
                explaining += 1
            if explains(document, explaining):
                shares[number, explaining] += float(starting[owners == owner].sum())
    return shares


def together(
    context: EncodedContext, shares: dict[tuple[int, int], float], best: tuple[int, int], used: set[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The paragraph that explains best and a second one, not `used` so far: a neighbour that is nearly as likely, else one anywhere
    that is as good, else what follows a short one; in their order."""
    number, place = best
    document = context.documents[number].document
    others = sorted((each for each in shares if each != best and each not in used), key=lambda each: -shares[each])
    for other in others:
        near = other[0] == number and abs(other[1] - place) <= NEAR
        if shares[other] >= (SECOND if near else AS_GOOD) * shares[best]:
            return sorted([best, other])
    low, high = document.paragraphs[place]
    following = place + 1
    if (
        len(document.text[low:high].split()) < SHORT
        and following < len(document.paragraphs)
        and not is_heading(document, following)
        and explains(document, following)
    ):
        return [best, (number, following)]
    return [best]


def explanation(
    context: EncodedContext, spans: SpanDistribution, chosen: list[tuple[int, int]], score: float
) -> Answer:
    """The chosen paragraphs as one answer, each with its place and the likeliest words in it."""
    evidence, texts = [], []
    for number, place in chosen:
        encoded = context.documents[number]
        low, high = encoded.document.paragraphs[place][0], with_items(encoded.document, place)
        shift = int(context.edges[number])
        first, last = best_within(spans, *context.tokens(shift, low, high))
        _, start, end = context.characters(first, last)
        if high - low > EXPLANATION:
            low, high = sentences_around(encoded, low, high, start, end)
        evidence.append(quoting(context.evidence(first, last), encoded.document, min(low, start), max(high, end)))
        texts.append(single_line(encoded.document.text[low:high]))
    return Answer(" ".join(texts), min(1.0, score), tuple(evidence))


def best_within(spans: SpanDistribution, low: int, high: int) -> tuple[int, int]:
    """The likeliest span among the tokens low to high, both included; all of them where none was read."""
    best, found = 0.0, (low, high)
    for run in spans.runs:
        first, last = max(0, low - run.first), min(len(run.band), high + 1 - run.first)
        for row in range(first, last):
            inside = run.band[row, : high + 1 - run.first - row]
            if len(inside) and inside.max() > best:
                best, found = float(inside.max()), (run.first + row, run.first + row + int(inside.argmax()))
    return found


def sentences_around(encoded: EncodedDocument, low: int, high: int, start: int, end: int) -> tuple[int, int]:
    """Whole sentences of a long paragraph [low, high) around [start, end), up to `EXPLANATION` characters."""
    first, last = sentence_bounds(encoded.sentences, start, end)
    inside = [(a, b) for a, b in encoded.sentences.tolist() if low <= a and b <= high]
    for a, _ in reversed([each for each in inside if each[1] <= first]):
        if last - a > EXPLANATION // 2:
            break
        first = a
    for _, b in [each for each in inside if each[0] >= last]:
        if b - first > EXPLANATION:
            break
        last = b
    return first, last
