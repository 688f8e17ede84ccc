"""Summarize in a model's own words: a document that fits at once, a longer one part by part, and the parts' summaries once more.

Behind each sentence stands the place in the document that it was read from, by its words and by where the attention went while it was
written; of a summary of summaries, by where it went while those were.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

import numpy as np

from dsacli.documents import Document
from dsacli.engines.context import Context
from dsacli.engines.generative.bearing import bearing
from dsacli.engines.generative.conversation import Conversation, Generated
from dsacli.engines.generative.fitting import FittedContext
from dsacli.engines.generative.parts import joined
from dsacli.engines.generative.provenance import sentence_mass, without_first
from dsacli.engines.generative.sentences import Sentences, stem, words_of
from dsacli.engines.options import Options
from dsacli.engines.results import SummarizeResult, SummaryPart, SummarySentence
from dsacli.engines.savings import Savings, in_turn
from dsacli.engines.tokenise import tokenise_document
from dsacli.engines.wording import answer_key, sentence_ends, single_line
from dsacli.models.generate import Sampling

SENTENCES = 6
# Tokens that a word, and a sentence, of a summary take at the most.
WORD_TOKENS, SENTENCE_TOKENS = 2, 40
# What can be said of a part at the least. Parts' summaries that are together twice as long as what is asked for made merged ones no
# better: small models copy the first of them.
PART_SENTENCES, PART_WORDS = 3, 60
# A sentence that shares so much of its words with an earlier one says it again, as all that follow will: small models turn in circles.
REPEATED = 0.8
_MARK = re.compile(r"(?:[-*•#>]+\s+|\d{1,2}[.)]\s+)+")


@dataclass(frozen=True)
class Length:
    """How long a summary is to be: at most so many sentences, and words, where they are not None."""

    sentences: int | None
    words: int | None

    def of_each(self, parts: int) -> "Length":
        """How long the summaries of so many parts are to be: together this long, if that leaves each a few sentences."""
        sentences = None if self.sentences is None else max(PART_SENTENCES, ceil(self.sentences / parts))
        return Length(sentences, None if self.words is None else max(PART_WORDS, ceil(self.words / parts)))

    def holds(self, sentences: Sequence[str]) -> bool:
        """Whether sentences are no longer than this."""
        few = self.sentences is None or len(sentences) <= self.sentences
        return few and (self.words is None or sum(len(each.split()) for each in sentences) <= self.words)

    def __str__(self) -> str:
        return f"at most {self.sentences} sentences" if self.sentences else f"about {self.words} words"


def length_of(options: Options) -> Length:
    """The length that was asked for."""
    return Length(options.sentences or (None if options.words else SENTENCES), options.words)


def tokens_for(options: Options, most: int) -> int:
    """Tokens that a summary of the length asked for may take, where that is more than the usual number, up to `most`."""
    length = length_of(options)
    wanted = max(SENTENCE_TOKENS * (length.sentences or 0), WORD_TOKENS * (length.words or 0))
    return max(Sampling().max_new_tokens, min(most, wanted))


@dataclass(frozen=True)
class Draft:
    """Sentences that a model wrote, each with the attention of its own, what they cost, and whether somebody broke them off."""

    sentences: list[Generated]
    savings: Savings
    interrupted: bool


def summarize(fitted: FittedContext, options: Options) -> SummarizeResult:
    """A summary of the length asked for, each sentence with the place that it was read from; Ctrl-C leaves what was written so far.

    What bears on a `focus` is read at once, since it stands in few places; without one all of a longer document is, in parts.
    """
    length = length_of(options)
    if options.focus or fitted.whole:
        conversation = fitted.about(options.focus)
        draft, read = write(conversation, instruction(length, options.focus), length), conversation.sentences
    else:
        draft, read = by_parts(fitted, length)
    placed = [each for written in draft.sentences if (each := sentence_of(read, written))]
    part = SummaryPart(None, tuple(placed))
    return SummarizeResult(fitted.context.name, options.focus, (part,), "probability", draft.savings, draft.interrupted)


def instruction(length: Length, focus: str | None = None) -> str:
    """What the model is told."""
    return f"Summarize the document above in {length}{f', for somebody who asks about: {focus}' if focus else ''}."


def by_parts(fitted: FittedContext, length: Length) -> tuple[Draft, Sentences]:
    """The summary of the summaries of a document's parts, with its attention to all that was read, which comes with it.

    It is the parts' summaries themselves where these are no longer than that, or where somebody does not wait for the rest.
    """
    parts = fitted.parts()
    read, each = joined(parts), length.of_each(len(parts))
    costs, notes, interrupted = list[Savings](), list[Generated](), False
    try:
        for number, part in enumerate(parts):
            conversation = fitted.start(part, f"part {number + 1} of {len(parts)}", False)
            draft = write(conversation, instruction(each), each, fitted.room // (len(parts) + 1))
            costs.append(draft.savings)
            notes += [among(read, parts, number, written) for written in draft.sentences]
            if draft.interrupted:
                return Draft(notes, in_turn(costs), True), Sentences(read)
        if notes and not length.holds([note.text for note in notes]):
            conversation = fitted.start(noted(conversation, notes), "the parts' summaries", False)
            draft = write(conversation, instruction(length), length)
            costs.append(draft.savings)
            notes = [passed_on(conversation.context, written, notes) for written in draft.sentences] or notes
            interrupted = draft.interrupted
    except KeyboardInterrupt:
        if not notes:
            raise
        interrupted = True
    return Draft(notes, in_turn(costs), interrupted), Sentences(read)


def among(read: Context[Any], parts: Sequence[Context[Any]], number: int, written: Generated) -> Generated:
    """What was written about one of the parts, with its attention to all of them."""
    mass, first = np.zeros(len(read), np.float32), sum(map(len, parts[:number]))
    mass[first : first + len(parts[number])] = without_first(written.attention_mass)
    return replace(written, attention_mass=mass)


def noted(conversation: Conversation, notes: Sequence[Generated]) -> Context[Any]:
    """Notes as a document of the conversation's model, each a sentence of it."""
    edges = np.cumsum([0, *(len(note.text) + 1 for note in notes)])
    bounds = np.stack([edges[:-1], edges[1:] - 1], axis=1).astype(np.int32)
    document = Document("notes", "text", "\n".join(note.text for note in notes))
    return Context([tokenise_document(document, conversation.model.tokenizer, bounds)])


def passed_on(context: Context[Any], written: Generated, notes: Sequence[Generated]) -> Generated:
    """What was written about notes, which are the sentences of `context`, with its attention to what the notes are about: that of
    each note, as far as the note itself got attention."""
    mass = np.zeros_like(notes[0].attention_mass)
    for share, note in zip(sentence_mass(context, written.attention_mass), notes):
        mass += share * note.attention_mass / max(float(note.attention_mass.sum()), 1e-9)
    return replace(written, attention_mass=mass)


def write(conversation: Conversation, told: str, length: Length, limit: int | None = None) -> Draft:
    """Have the model write sentences, as far as `length` and `limit` tokens, or all that may be written, allow.

    A sentence that was broken off is none, unless somebody did so or it is the only one.
    """
    found: list[Generated] = []
    with conversation.query(told) as query:
        last = False
        while not last and (length.sentences is None or len(found) < length.sentences):
            room = query.room() if limit is None else min(query.room(), limit - query.written)
            written = query.write(until=line_ends, limit=room)
            text, ended = sentence_in(written.text), line_ends(written.text)
            whole = ended or len(query.last) < room or written.interrupted or not found
            fits = not found or length.holds([*(each.text for each in found), text])
            repeats = any(shared(text, each.text) >= REPEATED for each in found)
            if answer_key(text) and whole and fits and not repeats:
                found.append(replace(written, text=text))
            last = not ended or not fits or repeats or len(query.last) == room or written.interrupted
            if not last:
                query.resume()
        savings = query.savings()
    return Draft(found, savings, written.interrupted)


def sentence_in(text: str) -> str:
    """What was written as one line, without what marks it in a list; empty for a line that only announces others."""
    line = _MARK.sub("", single_line(text).replace("**", ""), count=1)
    return "" if line.endswith(":") else line


def line_ends(text: str) -> bool:
    """Whether a sentence, or a line, ends where what was written so far does."""
    return bool(text.strip()) and (sentence_ends(text) or text.endswith("\n"))


def shared(text: str, earlier: str) -> float:
    """How much of the words of a text stand in an earlier one, 0 to 1."""
    own = {stem(word) for word in words_of(text)}
    return len(own & {stem(word) for word in words_of(earlier)}) / len(own) if own else 0.0


def sentence_of(read: Sentences, written: Generated) -> SummarySentence | None:
    """What was written with the sentence behind it; None without any."""
    found = bearing(read, "", written.text, written.attention_mass, 1, lambda: ())
    if not found.evidence:
        return None
    return SummarySentence(written.text, written.probability, found.evidence[0], read.hold_figures(written.text))
