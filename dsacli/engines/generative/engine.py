"""The generative engine: a decoder of the user's own, which answers in its own words and shows where it read them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from dsacli.documents import Source
from dsacli.dsa.dtype import fastest_dtype, forced_dtype
from dsacli.engines.context import Context, TokenizedDocument
from dsacli.engines.disk_cache import DiskCache
from dsacli.engines.engine import Progress
from dsacli.engines.extractive.encode import EncodedContext
from dsacli.engines.generative.conversation import Conversation
from dsacli.engines.generative.fitting import FittedContext, Room, sampling_of
from dsacli.engines.generative.inspect import inspect
from dsacli.engines.generative.kept import KeptPrefills, KeptWeights
from dsacli.engines.generative.listing import wants_list
from dsacli.engines.generative.summarize import summarize, tokens_for
from dsacli.engines.generative.tasks import ask, bears_out, best_of, extract, or_quoted
from dsacli.engines.options import Options
from dsacli.engines.results import AskResult, ExtractResult, InspectResult, SummarizeResult
from dsacli.engines.tokenise import tokenise_document
from dsacli.errors import DsacliError
from dsacli.extraction.fields import Field
from dsacli.models.io.model import open_decoder
from dsacli.reader.loading import ReaderModel, load_model

Result = TypeVar("Result")


class GenerativeEngine:
    """An `Engine` on a decoder's directory; `module` is the one in `models` that knows its type.

    A context is prefilled once for all questions of a call; that of a whole document is kept in `cache`, unless that is None.
    adapter: a file of trained indexers, None where the model's own keys are to do
    """

    def __init__(
        self,
        folder: Path,
        module: str,
        device: str,
        cache: DiskCache | None,
        progress: Progress,
        adapter: Path | None = None,
    ):
        self.cache, self.progress = cache, progress
        # Who says what to compute in gets that, and nothing of fewer bits.
        packs, self.store = forced_dtype() is None, KeptWeights(cache, folder, progress.warn) if cache else None
        self.model = open_decoder(folder, module, device, fastest_dtype(device), packs, self.store, adapter)
        self.last: tuple[Context[Any], Options, FittedContext] | None = None
        if adapter:
            progress.note(f"tokens are selected by {adapter}")
        if not self.model.has_tokenizer:
            progress.warn(f"{folder} has no tokenizer.json; tokens are counted as the built-in model's")

    def open(self, source: Source) -> TokenizedDocument:
        """Its tokens: index keys come with the prefill. Raises DsacliError for a document without words."""
        tokens = tokenise_document(source.parse(self.progress.page), self.model.tokenizer)
        if not len(tokens):
            raise DsacliError(f"{source.name} holds no words")
        self.progress.note(f"{source.name}: {len(tokens):,} tokens, to be prefilled")
        return tokens

    def ask(self, context: Context[Any], questions: Sequence[str], options: Options) -> Iterator[AskResult]:
        """One answer a question, in the model's words."""
        for question in questions:
            fitted = self._fitted(options, *self._near(context, question))
            asked = self._shown(self._answer(fitted, question, options))
            yield or_quoted(asked, fitted.looking, self.progress.warn)

    def _near(self, context: Context[Any], question: str) -> tuple[Context[Any], EncodedContext | None]:
        """What a question is put to: of a library the documents that the built-in reader selects something of, which it has encoded."""
        if not isinstance(context, EncodedContext):
            return context, None
        near = context.near(self.reader, question)
        tokenizer = self.model.tokenizer
        return Context([tokenise_document(each.document, tokenizer) for each in near.documents]), near

    @cached_property
    def reader(self) -> ReaderModel:
        """The built-in reader, where a library needs it."""
        return load_model()

    def _answer(self, fitted: FittedContext, question: str, options: Options) -> AskResult:
        """The first answer that is borne out: about all that is read, and about what the question needs most, of which small models
        make more. That comes first where the other is not there yet; it holds no long lists."""
        ways: list[Callable[[str], Conversation | None]] = [fitted.about]
        if not wants_list(question):
            ways.insert(len(ways) if fitted.whole else 0, fitted.closer)
        asked = list[AskResult]()
        for way in ways:
            conversation = way(question)
            if conversation:
                asked.append(ask(conversation, question, options, fitted.looking))
                if asked[-1].interrupted or bears_out(asked[-1]):
                    break
        return best_of(asked)

    def summarize(self, context: Context[Any], options: Options) -> SummarizeResult:
        """Sentences in the model's words, each with the place it was read from."""
        most = self.model.config.max_position_embeddings // 4
        options = replace(options, max_tokens=options.max_tokens or tokens_for(options, most))
        return self._shown(summarize(self._fitted(options, context), options))

    def extract(self, context: Context[Any], fields: Sequence[Field], options: Options) -> ExtractResult:
        """A JSON object whose keys we write and whose values the model does."""
        fitted, query = self._fitted(options, context), ", ".join(field.name for field in fields)
        return self._shown(extract(fitted.about(query), fields, options, fitted.looking))

    def inspect(self, context: Context[Any], options: Options) -> InspectResult:
        """Pages, tokens, sections, and what prefill, questions and written tokens will cost."""
        return inspect(self.model, context, options)

    def _fitted(self, options: Options, context: Context[Any], encoded: EncodedContext | None = None) -> FittedContext:
        """The context in the model: the last one again where it is the same, as from line to line of a chat."""
        if self.last is None or self.last[0] is not context or self.last[1] != options:
            self.last = context, options, self._fit(options, context, encoded)
        return self.last[2]

    def _fit(self, options: Options, context: Context[Any], encoded: EncodedContext | None) -> FittedContext:
        sampling = sampling_of(options)

        def start(part: Context[Any], name: str, is_whole: bool) -> Conversation:
            self.progress.written()
            return Conversation(
                self.model,
                part,
                sampling,
                options.index_topk,
                lambda done, total: self.progress.prefill(name, done, total),
                self.progress.writing,
                KeptPrefills(self.cache, self.progress.warn) if self.cache and is_whole else None,
                bool(options.compare_dense),
            )

        config = self.model.config
        budget = options.budget or config.budget
        room = Room(config.max_position_embeddings, budget, budget)
        opened = None if encoded is None else lambda: (self.reader, encoded)
        return FittedContext(context, room, sampling, start, self.progress.warn, opened)

    def _shown(self, result: Result) -> Result:
        """The result, once nothing of it stands on the terminal any more."""
        self.progress.written()
        if self.store:
            self.store.tell()
        return result
