"""The extractive engine: the built-in reader, whose every answer, fact and sentence is a quotation with its page."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dsacli.documents import Source
from dsacli.engines.context import Context
from dsacli.engines.disk_cache import DiskCache
from dsacli.engines.engine import Progress
from dsacli.engines.extractive.ask import ask
from dsacli.engines.extractive.encode import EncodedContext, EncodedDocument, encode_document
from dsacli.engines.extractive.extract import extract
from dsacli.engines.extractive.inspect import inspect
from dsacli.engines.extractive.stored import cache_key, store, stored
from dsacli.engines.extractive.summarize import summarize
from dsacli.engines.options import Options
from dsacli.engines.results import AskResult, ExtractResult, InspectResult, SummarizeResult
from dsacli.errors import DsacliError
from dsacli.extraction.fields import Field
from dsacli.reader.loading import ReaderModel, load_model


class ExtractiveEngine:
    """An `Engine` on a reader's directory; encoded documents are kept in `cache`, unless that is None."""

    def __init__(self, folder: Path, device: str, cache: DiskCache | None, progress: Progress):
        self.model, self.cache, self.progress = load_model(folder, device), cache, progress

    @property
    def reader(self) -> ReaderModel:
        """As `Engine.reader`."""
        return self.model

    def open(self, source: Source) -> EncodedDocument:
        """From the cache, or by a document pass. Raises DsacliError for a document without words."""
        key, name = cache_key(source, self.model), source.name
        encoded = stored(self.cache, key) if self.cache else None
        if encoded is None:
            encoded = self._encode(source)
            if self.cache:
                try:
                    store(self.cache, key, encoded)
                except OSError as failure:
                    self.progress.warn(f"{name} is not cached: {failure.strerror or failure}")
        origin = "from the cache" if encoded.cached else f"encoded in {encoded.seconds:.1f} s"
        self.progress.note(f"{name}: {len(encoded):,} tokens, {origin}")
        return encoded

    def _encode(self, source: Source) -> EncodedDocument:
        document = source.parse(self.progress.page)
        encoded = encode_document(
            document, self.model, lambda done, total: self.progress.tokens(source.name, done, total)
        )
        if not len(encoded):
            raise DsacliError(f"{source.name} holds no words")
        return encoded

    def ask(self, context: Context[Any], questions: Sequence[str], options: Options) -> Iterator[AskResult]:
        """Quotations, best first."""
        whole = context if isinstance(context, EncodedContext) else EncodedContext(context.documents)
        return ask(self.model, whole, questions, options)

    def summarize(self, context: Context[Any], options: Options) -> SummarizeResult:
        """The sentences that matter most, in the document's order."""
        return summarize(self.model, EncodedContext(context.documents), options)

    def extract(self, context: Context[Any], fields: Sequence[Field], options: Options) -> ExtractResult:
        """Values that stand in the documents, held to their types."""
        return extract(
            self.model,
            EncodedContext(context.documents),
            fields,
            options,
            lambda done: self.progress.fields(context.name, done, len(fields)),
        )

    def inspect(self, context: Context[Any], options: Options) -> InspectResult:
        """Pages, tokens, passages, sections, and what a question will cost."""
        return inspect(self.model, EncodedContext(context.documents), options)
