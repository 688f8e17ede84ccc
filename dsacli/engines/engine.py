"""What a command needs of an engine, and an engine of whoever watches it."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from dsacli.documents import Source
from dsacli.engines.context import Context, TokenizedDocument
from dsacli.engines.options import Options
from dsacli.engines.results import AskResult, ExtractResult, InspectResult, SummarizeResult
from dsacli.extraction.fields import Field
from dsacli.reader.loading import ReaderModel


class Progress(Protocol):
    """What long work reports to: the command line's bars, or nothing."""

    def page(self, name: str, done: int, total: int) -> None: ...

    def tokens(self, name: str, done: int, total: int) -> None: ...

    def fields(self, name: str, done: int, total: int) -> None: ...

    def documents(self, name: str, done: int, total: int) -> None: ...

    def prefill(self, name: str, done: int, total: int) -> None: ...

    def writing(self, text: str) -> None: ...

    def written(self) -> None: ...

    def note(self, message: str) -> None: ...

    def warn(self, message: str) -> None: ...


class Engine(Protocol):
    """Runs the tasks on a model. Every method raises DsacliError for what one line explains.

    Options that it does not understand (`engines.options` says which) were refused before it was opened.
    """

    @property
    def reader(self) -> ReaderModel:
        """The built-in reader, or the one that the engine is: what libraries are encoded and scanned by."""

    def open(self, source: Source) -> TokenizedDocument:
        """A document's text as the model's tokens, from the cache where the engine keeps one."""

    def ask(self, context: Context[Any], questions: Sequence[str], options: Options) -> Iterator[AskResult]:
        """Answer each question; a result is computed when it is asked for."""

    def summarize(self, context: Context[Any], options: Options) -> SummarizeResult:
        """What the documents say, shorter."""

    def extract(self, context: Context[Any], fields: Sequence[Field], options: Options) -> ExtractResult:
        """A value of every field, or null."""

    def inspect(self, context: Context[Any], options: Options) -> InspectResult:
        """What the documents hold and what a question to them costs, computed without running anything."""
