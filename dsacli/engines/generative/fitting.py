"""A context that fits a generative model: all of it, or what the built-in reader selects for a query."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from dsacli.engines.context import Context
from dsacli.engines.extractive.encode import EncodedContext, encode_document
from dsacli.engines.extractive.query import read_question
from dsacli.engines.extractive.salience import salience
from dsacli.engines.extractive.sentences import read_sentences
from dsacli.engines.generative.conversation import Conversation
from dsacli.errors import DsacliError
from dsacli.models.generate import Sampling
from dsacli.models.io.model import DecoderModel
from dsacli.reader.loading import ReaderModel, load_model
from dsacli.reader.runs import BEGINNING, BEGINNING_SHARE, select, select_runs

# Room for the template, the question and what it asks for.
PROMPT_TOKENS = 256


class FittedContext:
    """A context in a model: prefilled once where it fits, else as far as a query needs it.

    start: makes the conversation about a context, whose prefill is kept for other runs where the second argument says so
    budget: tokens of documents at the most, None for the model's own number
    """

    def __init__(
        self,
        model: DecoderModel,
        context: Context[Any],
        sampling: Sampling,
        start: Callable[[Context[Any], bool], Conversation],
        budget: int | None = None,
    ):
        self.context, self.start = context, start
        self.limit = model.config.max_position_embeddings
        self.room = min(self.limit - sampling.max_new_tokens - PROMPT_TOKENS, budget or model.config.budget)
        self.whole = start(context, True) if len(context) <= self.room else None

    def about(self, query: str | None) -> Conversation:
        """The conversation to put a query to. Raises DsacliError for a model without room for any document."""
        if self.whole:
            return self.whole
        if self.room < 1:
            raise DsacliError(f"a context of {self.limit:,} tokens has no room for a document")
        return self.start(selected_parts(self.context, self.room, query, *self.encoded), False)

    @cached_property
    def encoded(self) -> tuple[ReaderModel, EncodedContext]:
        """The built-in reader, and the whole context as that has it: once, however many queries need it."""
        reader = load_model()
        return reader, EncodedContext([encode_document(each.document, reader) for each in self.context.documents])


def selected_parts(
    context: Context[Any], room: int, query: str | None, reader: ReaderModel, encoded: EncodedContext
) -> Context[Any]:
    """The parts of a context that the built-in reader selects, no more than `room` tokens; `encoded` is the same context
    as the reader has it.

    For a `query` the runs that its indexer scores highest, after the beginning of each document that they stand in: parties,
    date and title are told there. Without one the sentences of most salience.
    """
    if query:
        edges = encoded.edges.tolist()
        asked, words = read_question(reader, encoded, query), encoded.words(reader)
        queries = asked.queries(reader.reader)
        (selection,) = select(reader.reader, [queries], [asked.words], encoded.index_keys, words, room)
        selected = select_runs(reader.reader, asked.tokens, selection, encoded.sentence_edges, edges, room)
        order = [selected.runs[i] for i in np.argsort(-np.array(selected.scores))]
    else:
        sentences = read_sentences(reader, encoded)
        order = [tuple(sentences.bounds[i]) for i in np.argsort(-salience(sentences))]
    kept = [np.zeros(len(each), bool) for each in context.documents]
    numbers = {id(each): number for number, each in enumerate(encoded.documents)}
    for first, last in order:
        document, start, end = encoded.characters(int(first), int(last) - 1)
        number = numbers[id(document)]
        inside = (context.documents[number].starts >= start) & (context.documents[number].ends <= end)
        if query and not kept[number].any():
            inside[: min(BEGINNING, room // BEGINNING_SHARE)] = True
        if sum(map(np.sum, kept)) + inside.sum() > room:
            if any(map(np.any, kept)):
                break
            inside &= np.cumsum(inside) <= room
        kept[number] |= inside
    return Context(
        [
            replace(each, token_ids=each.token_ids[mask], starts=each.starts[mask], ends=each.ends[mask])
            for each, mask in zip(context.documents, kept)
            if mask.any()
        ]
    )
