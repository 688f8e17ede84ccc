"""A question that hangs on the one before ("And in 2022?", "When was she born?") as one that stands alone."""

import re

_FRAGMENT = re.compile(r"(?:and|but|or|what about|how about)\b[\s,]*(?P<rest>.*?)\W*$", re.IGNORECASE)
_ASKS = re.compile(
    r"(?:wh(?:o|om|ose|at|en|ere|ich|y)|how|is|are|was|were|do|does|did|can|could|must|may|has|have)\b", re.IGNORECASE
)
_PREPOSITION = re.compile(
    r"(?:in|on|at|by|for|from|to|of|with|after|before|during|since|until|under|per)\b", re.IGNORECASE
)
_PERSON = re.compile(r"\b(?:he|she|they|him|them|his|her|their)\b", re.IGNORECASE)
_POSSESSIVE = re.compile(r"(?:his|her|their|its)$", re.IGNORECASE)
_THING = re.compile(r"\b(?:it|its)\b", re.IGNORECASE)
_NAME = re.compile(r"[A-ZÀ-Þ][\w.'’-]*(?:\s+(?:(?:of|and|the|de|van|von)\s+)?[A-ZÀ-Þ][\w.'’-]*)*")
_ONE_WORD = re.compile(r"(?:why|when|where|how|since when|until when)\W*$", re.IGNORECASE)
_FIGURE = re.compile(r"\b\d[\w./-]*")
# Words; a longer answer is no name that a pronoun would stand for.
_LONGEST_NAME = 6
_SUBJECT = re.compile(
    r"\b(?:the|this|that|our|my)\s+(?:[a-z][\w-]*\s+){0,2}?[a-z][\w-]*(?=\s+(?:of|in|for|to|be|is|was|cost|end|start|run|say|last)\b|\W*$)",
    re.IGNORECASE,
)


def standing_alone(question: str, earlier: str, answer: str | None) -> str:
    """`question` with what it takes from the `earlier` question and its answer put in; as it is where it takes nothing that can be
    told.

    >>> standing_alone("And in 2022?", "What did Ashby produce in 2023?", "1,455")
    'What did Ashby produce in 2022?'
    >>> standing_alone("What about Corley?", "What did Ashby produce in 2023?", "1,455")
    'What did Corley produce in 2023?'
    >>> standing_alone("And when was she born?", "Who chairs the board?", "Anna Blum")
    'When was Anna Blum born?'
    >>> standing_alone("Can it be extended?", "How long is the lease?", "five years")
    'Can the lease be extended?'
    >>> standing_alone("And why?", "When did the works stop?", "in May")
    'Why did the works stop?'
    >>> standing_alone("Who is the tenant?", "How long is the lease?", "five years")
    'Who is the tenant?'
    """
    fragment = _FRAGMENT.match(question.strip())
    rest = fragment["rest"] if fragment else question.strip()
    if fragment and rest and not _ASKS.match(rest):
        return _with_part(earlier, rest)
    if _ONE_WORD.match(rest) and _ASKS.match(earlier):
        return f"{rest.rstrip('? ').capitalize()} {earlier.split(None, 1)[-1]}"
    if fragment and rest:
        question = f"{rest[0].upper()}{rest[1:]}?"
    if answer and _is_name(answer) and _PERSON.search(question):
        return _in_place_of(_PERSON, answer, question)
    subject = next(reversed(list(_SUBJECT.finditer(earlier))), None)
    if subject and _THING.search(question):
        return _in_place_of(_THING, subject[0], question)
    return question


def _with_part(earlier: str, part: str) -> str:
    """The earlier question with `part` in the place of what is like it: of the same preposition, a name, a figure."""
    body = earlier.strip().rstrip("? ")
    if _PREPOSITION.match(part):
        word = re.escape(part.split()[0])
        found = list(re.finditer(rf"\b{word}\s+(?:{_NAME.pattern}|{_FIGURE.pattern}|.*)", body))
        return f"{body[: found[-1].start()]}{part}{body[found[-1].end() :]}?" if found else f"{body} {part}?"
    for kind in (_FIGURE, _NAME, _SUBJECT):
        if kind.match(part):
            # The first word of a question has a capital for another reason.
            found = [each for each in kind.finditer(body) if each.start()]
            if found:
                like = found[0 if kind is _SUBJECT else -1]
                return f"{body[: like.start()]}{part}{body[like.end() :]}?"
    return f"{body}: {part}?"


def _is_name(answer: str) -> bool:
    return len(answer.split()) <= _LONGEST_NAME and _NAME.match(answer) is not None


def _in_place_of(pronouns: re.Pattern[str], name: str, question: str) -> str:
    def put(found: re.Match[str]) -> str:
        # "her" before a word is hers, at the end of a clause is she.
        follows = re.match(r"\s+\w", question[found.end() :])
        return f"{name}'s" if _POSSESSIVE.match(found[0]) and follows else name

    return pronouns.sub(put, question, count=1)
