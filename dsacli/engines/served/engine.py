"""The served engine: the built-in reader selects, a model on a server writes, and what it writes is looked for in what was sent."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from dsacli.documents import Source
from dsacli.engines.context import Context
from dsacli.engines.disk_cache import DiskCache
from dsacli.engines.engine import Progress
from dsacli.engines.extractive.encode import EncodedContext, EncodedDocument
from dsacli.engines.extractive.engine import ExtractiveEngine
from dsacli.engines.generative.fitting import FittedContext, Room, sampling_of
from dsacli.engines.generative.summarize import summarize, tokens_for
from dsacli.engines.generative.tasks import MIN_FIELD_PROBABILITY, ask, keys_of, or_quoted, value_of
from dsacli.engines.options import Options
from dsacli.engines.results import AskResult, ExtractResult, InspectResult, SummarizeResult
from dsacli.engines.served.client import Server
from dsacli.engines.served.conversation import Served, ServedConversation
from dsacli.engines.wording import single_line
from dsacli.errors import DsacliError
from dsacli.extraction.fields import Field
from dsacli.models.deepseek_config import parse_config
from dsacli.models.io.folder import read_json
from dsacli.reader.loading import ReaderModel
from dsacli.weights import BUILT_IN

# Of a server that does not say how long a context may be.
CONTEXT = 4096
# What other tokenizers make of as many of the reader's tokens, at the most, where text is English.
TOKENS = 1.35
# Tokens of a longer document that are sent, where nobody says otherwise: as many as the reader puts in order for a question.
SELECTED = 4096
Result = TypeVar("Result", AskResult, SummarizeResult, ExtractResult)
JSON = (
    "Extract from the document above, as one JSON object with exactly these keys: {keys}. Values are strings, worded as in the document, "
    "or null where it does not say. Write the object and nothing else."
)


class ServedEngine:
    """An `Engine` on a server's address. Documents are encoded by the built-in reader, and kept in `cache`, unless that is None.

    model_config: the `config.json` of a DeepSeek-V3.2, by which the savings are computed
    """

    def __init__(
        self, address: str, device: str, cache: DiskCache | None, progress: Progress, model_config: Path | None = None
    ):
        self.progress = progress
        # What broke an answer off, to be said once what came of it is shown.
        self.failure: DsacliError | None = None
        cost = index_topk = None
        if model_config:
            try:
                config = parse_config(read_json(model_config))
            except (ValueError, TypeError, KeyError) as failure:
                raise DsacliError(f"{model_config}: {failure}") from None
            cost, index_topk = config.cost(2), config.index_topk
        server = Server(address)
        self.reading = ExtractiveEngine(BUILT_IN, device, cache, progress)
        name, context = server.model()
        if context is None:
            progress.warn(
                f"{server.base} does not say how many tokens {name} reads; {CONTEXT:,} are taken for it (--budget)"
            )
        self.model = Served(server, name, context or CONTEXT, cost, index_topk, self.reading.model.tokenizer)
        progress.note(f"{name} at {server.base}, {self.model.context:,} tokens")

    def open(self, source: Source) -> EncodedDocument:
        """As the built-in reader has it."""
        return self.reading.open(source)

    def ask(self, context: Context[Any], questions: Sequence[str], options: Options) -> Iterator[AskResult]:
        """One answer a question, in the model's words."""
        for question in questions:
            near = context.near(self.reader, question) if isinstance(context, EncodedContext) else context
            fitted = self._fitted(near, options)
            conversation: Any = fitted.about(question)
            asked = self._shown(ask(conversation, question, options, fitted.looking))
            yield or_quoted(asked, fitted.looking, self.progress.warn)

    def summarize(self, context: Context[Any], options: Options) -> SummarizeResult:
        """Sentences in the model's words, each with the place that says it."""
        options = replace(options, max_tokens=options.max_tokens or tokens_for(options, self.model.context // 4))
        return self._shown(summarize(self._fitted(context, options), options))

    def extract(self, context: Context[Any], fields: Sequence[Field], options: Options) -> ExtractResult:
        """One JSON object that the model writes; each value is looked for in what was sent."""
        fitted = self._fitted(context, options)
        conversation: Any = fitted.about(", ".join(field.name for field in fields))
        with conversation.query(JSON.format(keys=keys_of(fields))) as query:
            written = query.write()
            savings = query.savings()
        least = MIN_FIELD_PROBABILITY if options.min_probability is None else options.min_probability
        values = values_in(written.text)
        found = [value_of(conversation, f, values.get(f.name, ""), written, least, fitted.looking) for f in fields]
        return self._shown(ExtractResult(context.name, tuple(found), "probability", savings, written.interrupted))

    def inspect(self, context: Context[Any], options: Options) -> InspectResult:
        """What the built-in reader says of it."""
        return self.reading.inspect(context, options)

    @property
    def reader(self) -> ReaderModel:
        """The built-in reader."""
        return self.reading.model

    def _fitted(self, context: Context[Any], options: Options) -> FittedContext:
        sampling, encoded = sampling_of(options), EncodedContext(context.documents)
        limit = int((self.model.context - sampling.max_new_tokens) / TOKENS) + sampling.max_new_tokens

        def start(part: Context[Any], name: str, is_whole: bool) -> Any:
            return ServedConversation(self.model, part, sampling, self.progress.writing, self._fail)

        room = Room(limit, options.budget or limit, options.budget or SELECTED)
        return FittedContext(encoded, room, sampling, start, self.progress.warn, lambda: (self.reader, encoded))

    def _fail(self, reason: str) -> None:
        self.failure = DsacliError(f"{reason}; what was written before is shown")

    def _shown(self, result: Result) -> Result:
        """The result, once nothing of it stands on the terminal any more; without probabilities where the server tells none."""
        self.progress.written()
        return result if self.model.server.tells_probabilities else unscored(result)


def values_in(text: str) -> dict[str, str]:
    """The values of the first JSON object in a text; none where there is no whole one.

    >>> values_in('Here it is: {"fee": 12, "end": null} and so on')
    {'fee': '12'}
    """
    try:
        found, _ = json.JSONDecoder().raw_decode(text[max(0, text.find("{")) :])
    except (ValueError, RecursionError):
        return {}
    items = found.items() if isinstance(found, dict) else ()
    return {name: single_line(str(value)) for name, value in items if isinstance(value, (str, int, float))}


def unscored(result: Any) -> Any:
    """A result without probabilities."""
    if isinstance(result, AskResult):
        plain = [replace(a, score=None, items=tuple(replace(i, score=None) for i in a.items)) for a in result.answers]
        return replace(result, answers=tuple(plain))
    if isinstance(result, ExtractResult):
        return replace(result, fields=tuple(replace(each, score=None) for each in result.fields))
    parts = [replace(part, sentences=tuple(replace(s, score=None) for s in part.sentences)) for part in result.parts]
    return replace(result, parts=tuple(parts))
