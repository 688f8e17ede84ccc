"""Answers about the document itself: its title, authors, date and length, and what it is about."""

import re
from collections.abc import Callable
from dataclasses import replace

from dsacli.documents.front import FRONT, may_be_title, title_of
from dsacli.engines.evidence import evidence_at, quoting
from dsacli.engines.extractive.answers.lists import listed
from dsacli.engines.extractive.answers.spans import quoted_answers
from dsacli.engines.extractive.encode import EncodedContext, EncodedDocument
from dsacli.engines.extractive.query import QueryResult
from dsacli.engines.extractive.summarize import summarize
from dsacli.engines.options import Options
from dsacli.engines.results import Answer
from dsacli.engines.wording import single_line
from dsacli.extraction.values import find_values
from dsacli.reader.loading import ReaderModel
from dsacli.reader.spans import SpanDistribution

SENTENCES = 3
# How often a title that is read off the top of a document is right, on dev papers.
TITLE = 0.95
# Lines from the top among which one that looks like a title is it, if it has no more characters than that.
TOP, LINE = 6, 160
# From here on a title is where it was read, and not a line further below that looks like one.
SURE = 0.5
# Of the likeliest answer's probability, what one in the front must have to be preferred.
FRONT_SHARE = 0.3
# Characters on top in which a document says its date, and how likely the only date there is to be that.
DATED, ONLY = 1000, 0.6
_LENGTH = re.compile(
    r"\bhow (?:many (?:pages?|words?)|long)\b|\b(?:number of|count(?: of)?|total) (?:the )?(?:pages?|words?)\b|\b(?:page|word) count\b|\blength\b",
    re.IGNORECASE,
)
_AUTHORS = re.compile(
    r"\bauthors?(?:ed)?\b|\bwho (?:actually )?(?:wrote|made|prepared|drafted|compiled|produced|published|issued|created|is (?:this|it) (?:by|from))\b|\bwritten by\b|\bwriters?\b|\bby whom\b|\bbyline\b",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"\btitles?d?\b|\bheading\b|\bwhat(?: is|['’]?s) (?:this|it|th(?:e|is) \w+) called\b|\bname of (?:this|the) (?:document|paper|report|article|contract|agreement|story|text|file|book)\b"
    r"|\b(?:kind|type|sort) of (?:a )?(?:document|text|contract|agreement|paper|file|thing|report)\b|\bwhat (?:document|contract|agreement) is this\b",
    re.IGNORECASE,
)
_DATE = re.compile(r"\bwhen\b|\bdated?\b|\b(?:what|which) (?:year|day|month)\b|\bhow (?:old|recent)\b", re.IGNORECASE)
_GIST = re.compile(
    r"\babout\b|\bgist\b|\bsumm\w+|\btl;?dr\b|\boverview\b|\bnutshell\b|\b(?:topics?|subjects?|theme|purpose)\b"
    r"|\bin (?:one|a|two|three|a few) (?:sentences?|words?|lines?)\b|\bmain (?:idea|points?|message)\b",
    re.IGNORECASE,
)
# What a document says about something is not what it is about; and who or where is told by a few words of it.
_SAYS = re.compile(r"\b(?:says?|said|states?|provides?)\b.*\b(?:about|on|regarding|concerning|of)\s+\w", re.IGNORECASE)
_WORDS = re.compile(r"\b(?:who|whom|whose|where|which)\b", re.IGNORECASE)
# "What is the diagnosis?", "What type of application is it?": things that a document speaks of, unless they are words for itself.
_THING = re.compile(
    r"\W*what(?:\s(?:is|was|are|were)|['’]s)\s(?:the|its|his|her|their)\s(?P<is>[^?]+)|\W*what\s(?:type|kind|sort)s?\sof\s(?:an?\s)?(?P<of>\w+)",
    re.IGNORECASE,
)
_ITSELF = re.compile(
    r"\b(?:this|it|here|document|paper|report|article|text|file|letter|contract|agreement|story|book|content|thing|message|point|idea)s?\b",
    re.IGNORECASE,
)
Read = Callable[[], QueryResult]


def asks_of_document(question: str) -> bool:
    """Whether what a question says can be meant of a document itself, and not of something that it speaks of."""
    thing = _THING.match(question)
    if thing and not any(each.search(question) for each in (_LENGTH, _TITLE, _AUTHORS, _DATE, _GIST)):
        return bool(_ITSELF.search(thing["is"] or thing["of"]))
    return not _SAYS.search(question)


def about(model: ReaderModel, context: EncodedContext, question: str, read: Read, count: int) -> list[Answer]:
    """What a question about the document wants, for every document of the context; `read` reads the question's selection, which
    only some of them need."""
    if _LENGTH.search(question):
        return [length(encoded) for encoded in context.documents]
    if _TITLE.search(question):
        return titles(context, question, read, count)
    if _AUTHORS.search(question):
        return authors(context, question, read().spans)
    if not _GIST.search(question) and _DATE.search(question):
        return dates(context, question, read, count)
    if not _GIST.search(question) and _WORDS.search(question):
        return quoted(context, question, read, count)
    return [gist(model, encoded) for encoded in context.documents]


def quoted(context: EncodedContext, question: str, read: Read, count: int) -> list[Answer]:
    """A few words, those of the front first where they are likely enough beside the best of all."""
    spans = read().spans
    everywhere = quoted_answers(context, question, spans, count)
    front = quoted_answers(context, question, in_front(context, spans), count)
    nearly = front and front[0].likelihood >= FRONT_SHARE * everywhere[0].likelihood
    return front if nearly else everywhere


def authors(context: EncodedContext, question: str, spans: SpanDistribution) -> list[Answer]:
    """Who wrote it, by the front if that says so."""
    found = listed(context, question, in_front(context, spans))
    if not found or found.likelihood < FRONT_SHARE:
        found = listed(context, question, spans)
    return [found] if found else []


def dates(context: EncodedContext, question: str, read: Read, count: int) -> list[Answer]:
    """The date that stands on top of each document; of several there the one that was read as the answer most."""
    spans, found = read().spans, list[Answer]()
    for shift, encoded in zip(context.edges.tolist(), context.documents):
        text = encoded.document.text
        places = [(value.start, value.end) for value in find_values(text[:DATED], "date", text)]
        ranked = sorted(((spans.mass(*context.tokens(shift, *place)), place) for place in places), reverse=True)
        for mass, place in ranked[:1]:
            score = max(mass, ONLY if len({text[low:high] for low, high in places}) == 1 else 0.0)
            evidence = evidence_at(encoded.document, encoded.sentences, *place)
            found.append(Answer(single_line(evidence.wording), min(1.0, score), (evidence,)))
    return sorted(found, key=lambda each: -each.likelihood) or quoted(context, question, read, count)


def in_front(context: EncodedContext, spans: SpanDistribution) -> SpanDistribution:
    """The same, of the runs on top of the documents only."""
    return replace(spans, runs=[run for run in spans.runs if context.characters(run.first, run.first)[1] < FRONT])


def length(encoded: EncodedDocument) -> Answer:
    """Its pages, where it has any, and words, counted."""
    document = encoded.document
    words = f"{len(document.text.split()):,} words"
    pages = f"{len(document.pages):,} page{'s' if len(document.pages) > 1 else ''}, " if document.pages else ""
    last = document.sentences()[-1]
    return Answer(pages + words, 1.0, (evidence_at(document, encoded.sentences, *last),))


def titles(context: EncodedContext, question: str, read: Read, count: int) -> list[Answer]:
    """The title of every document: a line near its top that has the looks of one, else what was read as it, else such a line further
    below."""
    found = list[Answer]()
    for encoded in context.documents:
        document, place = encoded.document, title_of(encoded.document)
        near = place and document.text[: place[0]].count("\n") < TOP and place[1] - place[0] <= LINE
        marked = [] if near else quoted(context, question, read, count)
        read_as = [each for each in marked if each.evidence[0].document == document.name and may_be_title(each.answer)]
        if place and not (read_as and read_as[0].likelihood >= SURE):
            evidence = evidence_at(document, encoded.sentences, *place)
            found.append(Answer(single_line(document.text[slice(*place)]), TITLE if near else SURE, (evidence,)))
        else:
            found += read_as[:1]
    return found


def gist(model: ReaderModel, encoded: EncodedDocument) -> Answer:
    """Its title and its summary in a few sentences; there is no probability to give of that."""
    document, found = encoded.document, summarize(model, EncodedContext([encoded]), Options(sentences=SENTENCES))
    sentences = [sentence for part in found.parts for sentence in part.sentences]
    texts, evidence = [each.text for each in sentences], [each.evidence for each in sentences]
    place = title_of(document)
    if place and not any(place[0] < each.end and each.start < place[1] for each in evidence):
        texts.insert(0, single_line(document.text[slice(*place)]))
        evidence.insert(0, quoting(evidence_at(document, encoded.sentences, *place), document, *place))
    return Answer(" ".join(texts), None, tuple(evidence))
