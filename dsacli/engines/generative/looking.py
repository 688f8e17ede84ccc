"""Where the built-in reader would look for what a model is asked: what it is to read, and a second opinion on the places behind an answer."""

from collections.abc import Callable
from functools import cached_property

import numpy as np

from dsacli.engines.evidence import Evidence
from dsacli.engines.extractive.ask import MIN_CONFIDENCE, Answering
from dsacli.engines.extractive.encode import EncodedContext
from dsacli.engines.extractive.query import Queries, read_question
from dsacli.engines.results import Answer
from dsacli.errors import DsacliError
from dsacli.reader.loading import ReaderModel
from dsacli.reader.wants import Want

# How sure the reader has to be that an answer stands there; right ones seldom have less, other amounts seldom more.
LIKELY = 0.25
# And to answer in a model's place: more likely right than not.
SURE = 0.5
PLACES = 3


class Looking:
    """The reader over a context, opened when something asks for it; it reads `index_topk` tokens for a question, once, and as many as it would by
    itself for an answer of its own, whose confidence is of these.

    opened: the reader, and the context as that has it
    """

    def __init__(self, opened: Callable[[], tuple[ReaderModel, EncodedContext]], index_topk: int | None = None):
        self.opened, self.index_topk = opened, index_topk
        self.last: tuple[tuple[str, int | None], Answering] | None = None

    @cached_property
    def reader(self) -> tuple[ReaderModel, EncodedContext]:
        """The reader, and the context as that has it."""
        return self.opened()

    def places(self, question: str) -> list[Evidence]:
        """Where an answer to a question may stand."""
        return self._found(question, PLACES, LIKELY)

    def clause(self, question: str) -> Evidence | None:
        """The clause that decides a question, quoted whole; None where the reader is not sure of it."""
        found = self._found(question, 1, MIN_CONFIDENCE, "clause")
        return found[0] if found else None

    def answer(self, question: str, want: Want | None = None) -> tuple[Want, Answer] | None:
        """What the reader itself answers, in the form that the question wants, unless somebody knows better; None where it is not sure."""
        try:
            form, answers = self._answering(question, None).found(PLACES, SURE, want)
        except DsacliError:
            return None
        return (form, answers[0]) if answers and answers[0].likelihood >= SURE else None

    def sentences(self, question: str) -> list[tuple[int, int]]:
        """The sentences that are read for a question, tokens [first, last), by how likely an answer begins in each, the likeliest first.
        Raises DsacliError as `read_question`."""
        answering, edges = self._answering(question, self.index_topk), self.reader[1].sentence_edges
        # Its own words tell one of many rows that are alike, and hide what explains behind titles and references that hold them.
        shares = np.sum([answering.read(words).spans.beginning(edges) for words in (False, True)], axis=0)
        order = np.argsort(-shares, kind="stable").tolist()
        return [(int(edges[number]), int(edges[number + 1])) for number in order if shares[number] > 0]

    def _found(self, question: str, count: int, least: float, want: Want | None = None) -> list[Evidence]:
        try:
            _, answers = self._answering(question, self.index_topk).found(count, least, want)
        except DsacliError:  # a question that a language model can take and the reader can't
            return []
        sure = [each for each in answers if each.score is None or each.score >= least][:count]
        return [place for each in sure for one in (each, *each.items) for place in one.evidence]

    def _answering(self, question: str, index_topk: int | None) -> Answering:
        if self.last is None or self.last[0] != (question, index_topk):
            queries = Queries(*self.reader, [read_question(*self.reader, question)], index_topk)
            self.last = (question, index_topk), Answering(*self.reader, question, queries, 0)
        return self.last[1]
