"""A context that fits a generative model: all of it, or what the built-in reader selects for a query."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from dsacli.engines.context import Context
from dsacli.engines.extractive.encode import EncodedContext, encode_document
from dsacli.engines.extractive.salience import salience
from dsacli.engines.extractive.sentences import read_sentences
from dsacli.engines.generative.conversation import Conversation
from dsacli.engines.generative.looking import Looking
from dsacli.engines.generative.parts import Span, kept_of, parts_of
from dsacli.engines.options import Options
from dsacli.errors import DsacliError
from dsacli.models.generate import Sampling
from dsacli.reader.loading import ReaderModel, load_model
from dsacli.reader.runs import BEGINNING, BEGINNING_SHARE

# Room for the template, the question and what it asks for.
PROMPT_TOKENS = 256
# Tokens that the built-in reader reads to say which of them a model is to read. On dev contracts the clause that ends an agreement is
# among the first 1,024 of these for seven questions of seven, where it is among the 1,024 of best index score for one.
READ = 4096
# Tokens that a question needs most: what answers it is among so many as often as among twice as many.
CLOSER = 512


@dataclass(frozen=True)
class Room:
    """How much a model takes: `tokens` of prompt and answer together, of which documents may have `budget`, and what is cut from a longer one
    `cut`."""

    tokens: int
    budget: int
    cut: int


class FittedContext:
    """A context in a model: prefilled once where it fits, else as far as a query needs it, or part by part.

    start: makes the conversation about a context that goes by a name; its prefill is kept for other runs where the last argument
        says so
    say: is told what is not read
    encoded: gives the built-in reader, and the whole context as that has it; it is made from the documents where nobody has it
    """

    def __init__(
        self,
        context: Context[Any],
        room: Room,
        sampling: Sampling,
        start: Callable[[Context[Any], str, bool], Conversation],
        say: Callable[[str], None],
        encoded: Callable[[], tuple[ReaderModel, EncodedContext]] | None = None,
    ):
        self.context, self.start, self.say = context, start, say
        self.encoded = encoded or self._encode
        self.limit = room.tokens
        free = self.limit - sampling.max_new_tokens - PROMPT_TOKENS
        self.whole = start(context, context.name, True) if len(context) <= min(free, room.budget) else None
        self.room = min(free, room.budget if self.whole else room.cut)

    def about(self, query: str | None) -> Conversation:
        """The conversation to put a query to. Raises DsacliError for a model without room for any document."""
        if self.whole:
            return self.whole
        self.check_room()
        return self.selected(query, self.room)

    def closer(self, question: str) -> Conversation | None:
        """The conversation about no more than a question needs most; None where `about` has no more, or the reader can't tell."""
        room = min(CLOSER, self.room - 1)
        if room < 1 or len(self.context) <= room:
            return None
        try:
            return self.selected(question, room)
        except DsacliError:
            return None

    def selected(self, query: str | None, room: int) -> Conversation:
        """The conversation about the `room` tokens that a query needs most. Raises DsacliError for one that the reader can't take."""
        order = ranked(query, room, self.looking)
        return self.start(kept_of(self.context, order, room), self.context.name, False)

    def parts(self) -> list[Context[Any]]:
        """All of it, or what matters most, as contexts that fit one by one. Raises DsacliError as `about` does."""
        self.check_room()
        return parts_of(self.context, self.room, lambda: ranked(None, self.room, self.looking), self.say)

    def check_room(self) -> None:
        """Raise DsacliError for a model without room for any document."""
        if self.room < 1:
            raise DsacliError(f"a context of {self.limit:,} tokens has no room for a document")

    @cached_property
    def looking(self) -> Looking:
        """The built-in reader over the whole context."""
        return Looking(self.encoded, None if self.whole else max(READ, self.room))

    def _encode(self) -> tuple[ReaderModel, EncodedContext]:
        reader = load_model()
        return reader, EncodedContext([encode_document(each.document, reader) for each in self.context.documents])


def sampling_of(options: Options) -> Sampling:
    """How a model writes, as far as somebody said, and else as ever."""
    usual = Sampling()
    return Sampling(
        usual.max_new_tokens if options.max_tokens is None else options.max_tokens,
        usual.temperature if options.temperature is None else options.temperature,
        usual.top_p if options.top_p is None else options.top_p,
        options.seed,
    )


def ranked(query: str | None, room: int, looking: Looking) -> list[Span]:
    """Where the context of a reader that is `looking` says what matters, the most first, for a model with `room` tokens to read.

    For a `query` the sentences among those that its indexer selects, by how likely an answer begins in each, before them the beginning
    of each document that they stand in: parties, date and title are told there. Without one the sentences by their salience.
    """
    reader, encoded = looking.reader
    if query:
        order = looking.sentences(query)
    else:
        sentences = read_sentences(reader, encoded)
        bounds = sentences.bounds[np.argsort(-salience(sentences))]
        order = [(int(first), int(last)) for first, last in bounds]
    found, beginning = list[Span](), max(1, min(BEGINNING, room // BEGINNING_SHARE))
    for first, last in order:
        each, start, end = encoded.characters(first, last - 1)
        if query and not any(document is each.document for document, _, _ in found):
            found.append((each.document, 0, int(each.ends[:beginning][-1])))
        found.append((each.document, start, end))
    return found
