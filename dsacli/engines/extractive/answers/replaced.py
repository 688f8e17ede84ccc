"""What a later amendment, deed or clause puts in the place of an earlier value."""

import re
from dataclasses import replace

from dsacli.documents import Document
from dsacli.engines.evidence import Evidence, evidence_at
from dsacli.engines.extractive.encode import EncodedContext, EncodedDocument
from dsacli.engines.results import Answer
from dsacli.engines.wording import answer_key, content_words, single_line

_VERBS = "(?:replaced|amended|deleted|superseded|substituted|revised|varied|changed|increased|reduced|extended|restated|modified)"
# Words by which a text replaces what stood before it; "may be amended" replaces nothing.
_REPLACES = re.compile(
    rf"\b(?:is|are|was|were|has been|have been)\s+(?:hereby\s+)?{_VERBS}\b|\bhereby\s+{_VERBS}\b|\bshall\s+(?:now\s+)?be\s+{_VERBS}\s+(?:by|with|to)\b"
    r"|\b(?:replaces|supersedes|in (?:place|lieu|substitution) of|with effect from)\b",
    re.IGNORECASE,
)
_AMENDMENT = re.compile(
    r"\b(?:amendment|addendum|deed of variation|supplemental|variation agreement|side letter|rider)\b", re.IGNORECASE
)
_NEW = r"\s+(?:the\s+(?:words?|figures?|dates?|amounts?)\s+)?[\"“‘«]([^\"”»\n]{1,200}?)[\"”’»](?!\w)"
# What stands before the words that are taken out, and what follows them.
_TAKES_OUT = re.compile(
    r"\b(?:replac|delet|strik|substitut|remov)ing(?:\s+the)?(?:\s+(?:words?|figures?|dates?|amounts?|phrase))?\s*\Z",
    re.IGNORECASE,
)
_INSTEAD = re.compile(rf"[^.;\n]{{0,80}}?\b(?:with|by|inserting|substituting|adding){_NEW}", re.IGNORECASE)
_IS_REPLACED = re.compile(
    rf"[^.;\n]{{0,60}}?\b(?:is|are|shall\s+be)\s+(?:hereby\s+)?{_VERBS}[^.;\n]{{0,60}}?\b(?:with|by|to){_NEW}",
    re.IGNORECASE,
)
# A question for what was, and one for what was before something else.
_PAST = re.compile(r"\b(?:was|were|did|had|first|until)\b", re.IGNORECASE)
_BEFORE = re.compile(
    r"\b(?:original(?:ly)?|initial(?:ly)?|before|previous(?:ly)?|former(?:ly)?|used to|old|earlier)\b", re.IGNORECASE
)
# Of the best answer's probability, what a later one must have to be one: figures, and words.
FIGURES, WORDS = 0.005, 0.1
REACH = 400
# Of the words that say what a question is about, those that must stand where it is replaced.
ABOUT = 0.5


def latest_first(context: EncodedContext, question: str, answers: list[Answer]) -> list[Answer]:
    """With the answer first that replaces the best one later in its document, and says so, for a question in the present; it has
    that one as `replaces`. A question for what was before gets the earlier one first."""
    if not answers:
        return answers
    best, earlier, later = answers[0], list[Answer](), list[Answer]()
    documents = {each.document.name: each.document for each in context.documents}
    place = best.evidence[0]
    document = documents[place.document]
    for answer in answers[1:]:
        if _is_like(answer, best):
            (earlier if answer.evidence[0].end < place.start else later).append(answer)
    if not asks_of_the_past(question) and (new := put_in_place(context.named(place.document), place)):
        answer = replace(best, answer=single_line(new.wording), evidence=(new,), replaces=best)
        return [answer, best, *(each for each in answers[1:] if each.evidence[0].start != new.start)]
    if amends(document, place, question):
        before = [answer for answer in earlier if not amends(document, answer.evidence[0], question)][:1]
        if _BEFORE.search(question):
            return [*(replace(each, score=best.score) for each in before), *(a for a in answers if a not in before)]
        return [replace(best, replaces=before[0]), *answers[1:]] if before and not _PAST.search(question) else answers
    if asks_of_the_past(question):
        return answers
    for answer in later:
        if replaces(document, answer.evidence[0], place, question, answer.likelihood, best.likelihood):
            rest = [each for each in answers if each not in (best, answer)]
            return [replace(answer, score=best.score, replaces=best), best, *rest]
    return answers


def _is_like(one: Answer, other: Answer) -> bool:
    """Whether two answers may be values of one thing: they stand in one document, and have the same signs."""
    return one.evidence[0].document == other.evidence[0].document and _kind(one.answer) == _kind(other.answer)


def asks_of_the_past(question: str) -> bool:
    """Whether a question, or the name of a field, is for what was."""
    return bool(_PAST.search(question) or _BEFORE.search(question))


def asks_before(question: str) -> bool:
    """Whether it is for what was before something else."""
    return bool(_BEFORE.search(question))


def replaces(
    document: Document, later: Evidence, earlier: Evidence, question: str, likelihood: float, before: float
) -> bool:
    """Whether what stands later is put in the place of what stands earlier, with these probabilities."""
    least = FIGURES if re.search(r"\d", earlier.wording) else WORDS
    return likelihood >= least * before and amends(document, later, question)


def amends(document: Document, place: Evidence, question: str) -> bool:
    """Whether an answer stands in a paragraph that replaces another, or below a heading that calls itself an amendment, and what
    the question is about stands there too."""
    low, high = document.paragraphs[document.paragraph_at(place.start)]
    low, high = max(low, place.start - REACH), min(high, place.start + REACH)
    around, asked = set(answer_key(document.text[low:high]).split()), content_words(question)
    if len(asked & around) < ABOUT * len(asked):
        return False
    titles = document.heading_path(place.start)[-2:]
    return bool(_REPLACES.search(document.text, low, high)) or any(map(_AMENDMENT.search, titles))


def put_in_place(encoded: EncodedDocument, place: Evidence) -> Evidence | None:
    """The words that a document puts, from there on, in the place of just these; None where it does not.

    `"two months" in clause 4 is replaced by "six weeks"`, `by deleting "two months" and inserting "six weeks"`
    """
    document, found, first = encoded.document, None, max(0, place.start - 1)
    for quoted in re.finditer(rf"[\"“‘«]{re.escape(place.wording)}[\"”’»]", document.text[first:]):
        low, high = (first + each for each in quoted.span())
        taken_out = _TAKES_OUT.search(document.text, max(0, low - REACH), low)
        new = (_INSTEAD if taken_out else _IS_REPLACED).match(document.text, high)
        found = evidence_at(document, encoded.sentences, *new.span(1)) if new else found
    return found


def _kind(wording: str) -> str:
    """Values of one kind have the same signs: figures, currency, or words only."""
    sign = re.search(r"[£$€%]|\b[A-Z]{3}\b(?= ?\d)", wording)
    figures = bool(re.search(r"\d", answer_key(wording)))
    return f"{sign[0] if sign else ''}{figures}"
