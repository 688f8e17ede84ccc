"""A question of yes or no, answered rule first: small models say yes before they have read on, and then stand by it."""

import re
from dataclasses import replace

from dsacli.engines.generative.conditions import contradicts
from dsacli.engines.generative.conversation import Generated, Query
from dsacli.engines.wording import sentence_ends, single_line

RULE = "Answer from the document above in one sentence, with every condition that it states. If it does not say, answer not found."
LEAD, VERDICT = "The document says that", "\nSo, in a word, yes or no:"
_WORDS = (("Yes", "yes"), ("No", "no"))
# How much likelier one of yes and no has to be to be said.
DECIDED = 3.0
_SILENT = re.compile(
    r"\W*(?:not found\b|(?:it|this|the document|the agreement) (?:does|did) not (?:say|state|mention|specify|address|provide)"
    r"|(?:there is )?no (?:mention|information|provision)\b|nothing (?:about|on|regarding|is (?:said|stated|mentioned|specified))\b|nothing\W*\Z)",
    re.IGNORECASE,
)


def is_silent(text: str) -> bool:
    """Whether what was written says that the document does not say.

    >>> [is_silent(each) for each in ("Not found in it.", "The document does not specify it.", "Nothing.", "Nothing herein is void.")]
    [True, True, True, False]
    """
    return not text or bool(_SILENT.match(text))


def write_ruling(query: Query, question: str) -> Generated:
    """What the document says on a question, in one sentence, behind the yes or no that the model makes
    of it, if it makes one; no text where the document does not say."""
    conversation = query.conversation
    query.feed(conversation.tokens(LEAD))
    written = query.write(until=sentence_ends)
    rule = single_line(written.text)
    if is_silent(rule):
        return replace(written, text="")
    rule = rule[0].upper() + rule[1:]
    if written.interrupted:
        return replace(written, text=rule)
    query.resume()
    query.feed(conversation.tokens(VERDICT))
    yes, no = (query.likelihood(*(conversation.tokens(f" {word}")[0] for word in words)) for words in _WORDS)
    verdict = "Yes" if yes > DECIDED * no else "No" if no > DECIDED * yes else ""
    if verdict and not contradicts(question, f"{verdict}: {rule}", rule):
        rule = f"{verdict}: {rule}"
    return replace(written, text=rule)
