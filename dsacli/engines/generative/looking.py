"""Where the built-in reader would look for what a model was asked: a second opinion on the places behind an answer."""

from collections.abc import Callable

from dsacli.engines.evidence import Evidence
from dsacli.engines.extractive.ask import MIN_CONFIDENCE, ask
from dsacli.engines.extractive.encode import EncodedContext
from dsacli.engines.options import Options
from dsacli.reader.loading import ReaderModel

# How sure the reader has to be that an answer stands there; right ones seldom have less, other amounts seldom more.
LIKELY = 0.25
PLACES = 3


class Looking:
    """The reader, opened when something asks for it."""

    def __init__(self, opened: Callable[[], tuple[ReaderModel, EncodedContext]]):
        self.opened = opened

    def places(self, question: str) -> list[Evidence]:
        """Where an answer to a question may stand."""
        return self._found(question, Options(answers=PLACES, min_confidence=LIKELY))

    def clause(self, question: str) -> Evidence | None:
        """The clause that decides a question, quoted whole; None where the reader is not sure of it."""
        found = self._found(question, Options(want="clause", min_confidence=MIN_CONFIDENCE))
        return found[0] if found else None

    def _found(self, question: str, options: Options) -> list[Evidence]:
        (result,) = ask(*self.opened(), [question], options)
        return [place for each in result.answers for one in (each, *each.items) for place in one.evidence]
