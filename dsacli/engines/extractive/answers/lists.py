"""Answers that are lists: every item a quotation with its own place, none twice under two names."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from dsacli.documents import Document
from dsacli.documents.prose import is_contents
from dsacli.engines.evidence import sentence_bounds
from dsacli.engines.extractive.answers.parties import Place, asks_for_parties, of_parties, signed
from dsacli.engines.extractive.encode import EncodedContext
from dsacli.engines.results import Answer
from dsacli.engines.wording import answer_key, content_words, single_line
from dsacli.extraction.enumeration import items_from, items_in
from dsacli.extraction.parties import is_party
from dsacli.reader.spans import SpanDistribution

LONGEST_LIST = 20
# Of the probability of the likeliest item, and of all items, what another one must have.
SHARE, LEAST = 0.12, 0.02
# The same of an item of so many tokens.
SENTENCE, SENTENCE_SHARE = 16, 0.4
ITEM_WORDS = 40
# How likely an answer must stand in a section for the titles of its parts to be the list.
IN_SECTION = 0.2
# What begins an item of a list of lines.
MARK = re.compile(r"(?:[-*+•‣▪–—◦]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+")


def listed(context: EncodedContext, question: str, spans: SpanDistribution) -> Answer | None:
    """One answer whose items are what was asked for, in the order of the document; None where nothing was read."""
    best = spans.apart(LONGEST_LIST)
    if not best:
        return None
    asks_parties = asks_for_parties(question)
    places = of_parties(context, spans) if asks_parties else []
    if not places:
        places = of_section(context, question, spans)
    if not places:
        best = [place for place in best if not in_contents(context, place)]
        places = without_aliases(context, [item for span in likely(best) for item in divided(context, span)])
        if asks_parties:
            places = [place for place in places if is_party(item(context, place).answer)] + signed(context)
    places = distinct(context, places)
    if not places:
        return None
    # One softmax was shared by all of them: an item is as sure as its list.
    score = min(1.0, sum(probability for _, _, probability in places))
    items = [replace(item(context, place), score=score) for place in sorted(places)]
    return Answer(
        "; ".join(each.answer for each in items), score, tuple(each.evidence[0] for each in items), tuple(items)
    )


def item(context: EncodedContext, place: Place) -> Answer:
    """One item with its place."""
    evidence = context.evidence(*place[:2])
    return Answer(single_line(evidence.wording), min(1.0, place[2]), (evidence,))


def likely(best: Sequence[Place]) -> list[Place]:
    """Those that are likely enough beside the likeliest; a whole sentence is an item less often than a few words."""
    most = best[0][2] if best else 0.0
    return [
        place
        for place in best
        if place[2] >= max(LEAST, (SHARE if place[1] - place[0] < SENTENCE else SENTENCE_SHARE) * most)
    ]


def in_contents(context: EncodedContext, place: Place) -> bool:
    """Whether a place stands in a table of contents, which only says where something is."""
    encoded, start, _ = context.characters(*place[:2])
    return is_contents(encoded.document, encoded.document.paragraph_at(start))


def of_section(context: EncodedContext, question: str, spans: SpanDistribution) -> list[Place]:
    """The titles of the parts of a section whose own title names all that is asked for ("What are the principal risks?"), where an
    answer was read in it."""
    asked = content_words(question)
    for shift, encoded in zip(context.edges.tolist(), context.documents):
        sections = encoded.document.sections
        for number, section in enumerate(sections):
            if not asked or not asked <= set(answer_key(section.title).split()):
                continue
            inside = [each for each in sections[number + 1 :] if each.start < section.end]
            parts = [each for each in inside if each.level == inside[0].level]
            first, last = context.tokens(shift, section.start, section.end)
            mass = spans.mass(first, last)
            if 2 <= len(parts) <= LONGEST_LIST and mass >= IN_SECTION:
                places = (context.tokens(shift, each.start, each.start + len(each.title)) for each in parts)
                return [(low, high, mass / len(parts)) for low, high in places if low <= high]
    return []


def divided(context: EncodedContext, span: Place) -> list[Place]:
    """A span as the items that it holds or begins: "dunlin, redshank and knot" are three, and so they are where only the first
    was read as the answer; items of a list of lines are the lines."""
    first, last, probability = span
    encoded, start, end = context.characters(first, last)
    document = encoded.document
    if sentence_bounds(encoded.sentences, start, end) == (start, end):
        return [span]  # it says one thing, however many verbs it has
    _, high = document.paragraphs[document.paragraph_at(start)]
    found = items_in(document.text, start, min(end, max(high, start)))
    if len(found) < 2:
        found = items_from(document.text, start, end, high)
    if len(found) < 2:
        found = lines_around(document, start, end)
    if len(found) < 2:
        return [span]
    tokens = [context.tokens(first, *each) for each in found]
    return [(low, high, probability / len(found)) for low, high in tokens if low <= high]


def lines_around(document: Document, start: int, end: int) -> list[tuple[int, int]]:
    """The items of the list of lines that [start, end) is one of, without their marks."""
    number = document.paragraph_at(start)
    if not is_item(document, number):
        return [(start, end)]
    low = high = number
    while low > 0 and is_item(document, low - 1):
        low -= 1
    while high + 1 < len(document.paragraphs) and is_item(document, high + 1):
        high += 1
    if not 1 < high - low + 1 <= LONGEST_LIST:
        return [(start, end)]
    found = []
    for first, last in document.paragraphs[low : high + 1]:
        mark = MARK.match(document.text, first, last)
        found.append((mark.end() if mark else first, last))
    return found


def is_item(document: Document, number: int) -> bool:
    """Whether a paragraph is a short item of a list of lines."""
    low, high = document.paragraphs[number]
    return bool(MARK.match(document.text, low, high)) and len(document.text[low:high].split()) <= ITEM_WORDS


def without_aliases(context: EncodedContext, places: list[Place]) -> list[Place]:
    """Places but for those that only say once more, in brackets behind it, what the one before is called."""
    kept = []
    for place in places:
        encoded, start, end = context.characters(*place[:2])
        before, after = encoded.document.text[max(0, start - 40) : start], encoded.document.text[end : end + 4]
        if not (re.search(r"\([^()]{0,36}[\"“”'‘]\s*$", before) and re.match(r"\s*[.,]?\s*[\"”'’)]", after)):
            kept.append(place)
    return kept or places


def distinct(context: EncodedContext, places: Iterable[Place]) -> list[Place]:
    """The likeliest place of each wording; a name that is the beginning of a longer one is the same."""
    kept: list[tuple[list[str], Place]] = []
    for place in sorted(places, key=lambda each: (-round(each[2], 3), each[0])):
        encoded, start, end = context.characters(*place[:2])
        words = answer_key(encoded.document.text[start:end]).split()
        if not words or any(same(words, known) or overlap(place, other) for known, other in kept):
            continue
        kept.append((words, place))
    return [place for _, place in kept][:LONGEST_LIST]


def same(one: list[str], other: list[str]) -> bool:
    """Whether one wording is the other, or its beginning.

    >>> same(["snap"], ["snap", "technologies", "inc"])
    True
    """
    short, long = sorted((one, other), key=len)
    return long[: len(short)] == short


def overlap(one: Place, other: Place) -> bool:
    """Whether two places share a token."""
    return one[0] <= other[1] and other[0] <= one[1]
