"""What a later amendment, deed or clause puts in the place of an earlier value."""

import re
from dataclasses import replace

from dsacli.documents import Document
from dsacli.engines.extractive.encode import EncodedContext
from dsacli.engines.results import Answer
from dsacli.engines.wording import answer_key, content_words

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
    if amends(document, best, question):
        before = [answer for answer in earlier if not amends(document, answer, question)][:1]
        if _BEFORE.search(question):
            return [*(replace(each, score=best.score) for each in before), *(a for a in answers if a not in before)]
        return [replace(best, replaces=before[0]), *answers[1:]] if before and not _PAST.search(question) else answers
    if _PAST.search(question) or _BEFORE.search(question):
        return answers
    share = FIGURES if re.search(r"\d", best.answer) else WORDS
    for answer in later:
        if answer.likelihood >= share * best.likelihood and amends(document, answer, question):
            rest = [each for each in answers if each not in (best, answer)]
            return [replace(answer, score=best.score, replaces=best), best, *rest]
    return answers


def _is_like(one: Answer, other: Answer) -> bool:
    """Whether two answers may be values of one thing: they stand in one document, and have the same signs."""
    return one.evidence[0].document == other.evidence[0].document and _kind(one.answer) == _kind(other.answer)


def amends(document: Document, answer: Answer, question: str) -> bool:
    """Whether an answer stands in a paragraph that replaces another, or below a heading that calls itself an amendment, and what
    the question is about stands there too."""
    offset = answer.evidence[0].start
    low, high = document.paragraphs[document.paragraph_at(offset)]
    low, high = max(low, offset - REACH), min(high, offset + REACH)
    around, asked = set(answer_key(document.text[low:high]).split()), content_words(question)
    if len(asked & around) < ABOUT * len(asked):
        return False
    titles = document.heading_path(offset)[-2:]
    return bool(_REPLACES.search(document.text, low, high)) or any(map(_AMENDMENT.search, titles))


def _kind(wording: str) -> str:
    """Values of one kind have the same signs: figures, currency, or words only."""
    sign = re.search(r"[£$€%]|\b[A-Z]{3}\b(?= ?\d)", wording)
    figures = bool(re.search(r"\d", answer_key(wording)))
    return f"{sign[0] if sign else ''}{figures}"
