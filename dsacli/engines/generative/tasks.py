"""Ask, summarize and extract with a generative model: free-form text, with the places it was read from.

The results are those of the built-in reader's tasks; `confidence` is the geometric mean of the probabilities of the
tokens written.
"""

import json
from collections.abc import Sequence
from functools import cached_property
from typing import Protocol, TypeVar

import numpy as np

from dsacli.engines.context import Context
from dsacli.engines.extractive.ask import Answer, AskResult, plain, single_line
from dsacli.engines.extractive.encode import encode_document
from dsacli.engines.extractive.extract import Extracted, ExtractResult
from dsacli.engines.extractive.inspect import TYPICAL_QUESTION, InspectResult, Tokenwise, facts
from dsacli.engines.extractive.query import question_tokens
from dsacli.engines.extractive.salience import salience, sentence_tokens
from dsacli.engines.extractive.summarize import SummarizeResult, SummaryPart, SummarySentence
from dsacli.engines.generative.conversation import Conversation, Generated, best_evidence, located
from dsacli.engines.savings import Cost, DocumentPass
from dsacli.errors import DsacliError
from dsacli.extraction.fields import Field
from dsacli.extraction.values import find_values
from dsacli.models.generate import Sampling
from dsacli.models.io.model import DecoderModel
from dsacli.reader.loading import ReaderModel, load_model
from dsacli.reader.reading import index_queries, select, select_runs

EVIDENCE = 3
NOT_FOUND = "not found"
ANSWER = f"Answer from the document above, as briefly as possible. If it does not say, answer {NOT_FOUND}."
VALUE_TOKENS = 64
# Room for the template, the question and what it asks for.
PROMPT_TOKENS = 256
TYPICAL_ANSWER = 32

Result = TypeVar("Result")


class Progress(Protocol):
    """What a prefill and what is written are shown by: the command line's bars, or nothing."""

    def prefill(self, name: str, done: int, total: int) -> None: ...

    def writing(self, text: str) -> None: ...

    def written(self) -> None: ...


def ask_generated(work: Conversation, question: str, min_confidence: float) -> AskResult:
    """Answer in the model's own words; "not found", or a confidence below the minimum, is no answer."""
    with work.query(ANSWER, question) as query:
        written = query.write()
        savings = query.savings()
    text = single_line(written.text)
    answers = ()
    if plain(text) not in ("", NOT_FOUND) and (written.confidence >= min_confidence or written.interrupted):
        place = located(work.context, text, written.received)
        evidence = (place,) if place else best_evidence(work.context, written.received, EVIDENCE)
        answers = (Answer(text, written.confidence, evidence),)
    return AskResult(question, answers, min_confidence, savings, written.interrupted)


def summarize_generated(
    work: Conversation, *, sentences: int | None, words: int | None, focus: str | None
) -> SummarizeResult:
    """Summarise in the model's own words, each sentence with the place that it was read from."""
    length = f"at most {words} words" if words and not sentences else f"at most {sentences or 6} sentences"
    about = f", for somebody who asks about: {focus}" if focus else ""
    found: list[SummarySentence] = []
    with work.query(f"Summarize the document above in {length}{about}.") as query:
        writing = True
        while writing and len(found) < (sentences or 1000):
            written = query.write(until=sentence_ends)
            writing = sentence_ends(written.text) and not written.interrupted
            text = single_line(written.text)
            if plain(text):
                evidence = best_evidence(work.context, written.received, 1)
                if evidence:
                    found.append(SummarySentence(text, written.confidence, evidence[0]))
            writing = writing and query.room() > 0
            if writing:
                query.resume()
        savings = query.savings()
    part = SummaryPart(None, tuple(found))
    return SummarizeResult(work.context.name, focus, (part,), savings, written.interrupted)


def sentence_ends(text: str) -> bool:
    """Whether what was written so far ends as a sentence does: the last word has more than a letter or two before its stop."""
    tail = text.rstrip().rstrip("\"'”’)»")
    return tail.endswith((".", "!", "?")) and len(tail.split()[-1:][0]) > 3 if tail else False


def extract_generated(work: Conversation, fields: Sequence[Field], min_confidence: float) -> ExtractResult:
    """Have the model fill in a JSON object whose keys are the fields; it writes only the values: null, or one string.

    Raises DsacliError for a model whose vocabulary has no quotation mark.
    """
    quote, null = work.tokens('"'), work.tokens("null")
    if work.model.tokenizer.decode(quote).strip() != '"' or work.model.tokenizer.decode(null).strip() != "null":
        raise DsacliError("this model's tokens can't write JSON; extract needs another model, or the built-in one")
    wanted = ", ".join(f"{json.dumps(field.name)} ({field.type})" for field in fields)
    found, interrupted = [], False
    with work.query(
        f"Extract from the document above, as a JSON object with exactly these keys: {wanted}. "
        "Values are strings, worded as in the document, or null where it does not say."
    ) as query:
        query.feed(work.tokens("{"))
        for number, field in enumerate(fields):
            query.feed(work.tokens(f"{', ' if number else ''}{json.dumps(field.name, ensure_ascii=False)}: "))
            if interrupted or query.prefers(null[0], quote[0]):
                query.feed(null)
                found.append(Extracted(field, None, None, 0.0, None))
                continue
            query.feed(quote)
            written = query.write(until=lambda text: '"' in text or "\n" in text, limit=VALUE_TOKENS)
            interrupted = written.interrupted
            text = single_line(written.text.split('"')[0])
            query.rewrite(f'{text}"')
            found.append(value_of(work.context, field, text, written, min_confidence))
        savings = query.savings()
    return ExtractResult(work.context.name, tuple(found), savings, interrupted)


def value_of(context: Context, field: Field, text: str, written: Generated, min_confidence: float) -> Extracted:
    """A field's value as it was written: of its type, and with the place that says so; else null."""
    if written.confidence < min_confidence or not plain(text):
        return Extracted(field, None, None, written.confidence, None)
    values = (
        [text]
        if field.type == "text"
        else [v.normalised for v in find_values(text, field.type, context.documents[0].document.text)]
    )
    place = located(context, text, written.received)
    evidence = place or next(iter(best_evidence(context, written.received, 1)), None)
    if not values or evidence is None:
        return Extracted(field, None, None, written.confidence, None)
    return Extracted(field, values[0], text, written.confidence, evidence)


class Writer:
    """A generative model at work on a context: prefilled once where it fits the model, else as far as a query needs it."""

    def __init__(
        self,
        model: DecoderModel,
        context: Context,
        sampling: Sampling,
        index_topk: int | None,
        progress: Progress,
    ):
        self.model, self.context, self.sampling, self.progress = model, context, sampling, progress
        self.room = model.config.max_position_embeddings - sampling.max_new_tokens - PROMPT_TOKENS
        self.start = lambda part: Conversation(
            model,
            part,
            sampling,
            index_topk,
            lambda done, total: progress.prefill(context.name, done, total),
            progress.writing,
        )
        self.whole = self.start(context) if len(context) <= self.room else None

    def about(self, query: str | None) -> Conversation:
        """The conversation to put a query to. Raises DsacliError for a model without room for any document."""
        if self.whole:
            return self.whole
        if self.room < 1:
            raise DsacliError(
                f"a context of {self.model.config.max_position_embeddings:,} tokens has no room for a document"
            )
        return self.start(selected_parts(self.context, self.room, query, *self.read))

    @cached_property
    def read(self) -> tuple[ReaderModel, Context]:
        """The built-in reader, and the whole context as that has it: once, however many queries need it."""
        reader = load_model()
        return reader, Context([encode_document(each.document, reader) for each in self.context.documents])

    def ask(self, question: str, min_confidence: float) -> AskResult:
        """As `ask_generated`."""
        return self.shown(ask_generated(self.about(question), question, min_confidence))

    def summarize(self, sentences: int | None, words: int | None, focus: str | None) -> SummarizeResult:
        """As `summarize_generated`."""
        return self.shown(summarize_generated(self.about(focus), sentences=sentences, words=words, focus=focus))

    def extract(self, fields: Sequence[Field], min_confidence: float) -> ExtractResult:
        """As `extract_generated`."""
        query = ", ".join(field.name for field in fields)
        return self.shown(extract_generated(self.about(query), fields, min_confidence))

    def shown(self, result: Result) -> Result:
        """The result, once nothing of it stands on the terminal any more."""
        self.progress.written()
        return result


def selected_parts(context: Context, room: int, query: str | None, reader: ReaderModel, known: Context) -> Context:
    """The parts of a context that the built-in reader selects, no more than `room` tokens; `known` is the same context as
    the reader has it.

    For a `query` the runs that its indexer scores highest, without one the sentences of most salience.
    """
    if query:
        edges = known.edges.tolist()
        ids = question_tokens(reader, query)
        (selection,) = select(reader.reader, [index_queries(reader.reader, [ids])], known.index_keys, room)
        selected = select_runs(reader.reader, ids, selection, known.sentence_edges, edges, room)
        order = [selected.runs[i] for i in np.argsort(-np.array(selected.scores))]
    else:
        bounds = sentence_tokens(known)
        order = [tuple(bounds[i]) for i in np.argsort(-salience(reader, known, bounds))]
    kept = [np.zeros(len(each), bool) for each in context.documents]
    numbers = {id(each): number for number, each in enumerate(known.documents)}
    for first, last in order:
        encoded, start, end = known.characters(int(first), int(last) - 1)
        number = numbers[id(encoded)]
        inside = (context.documents[number].starts >= start) & (context.documents[number].ends <= end)
        if sum(map(np.sum, kept)) + inside.sum() > room:
            break
        kept[number] |= inside
    return Context([each.part(mask) for each, mask in zip(context.documents, kept) if mask.any()])


def inspect_generated(model: DecoderModel, context: Context, index_topk: int | None) -> InspectResult:
    """Describe a context, and what a question to it costs, dense MLA and DSA: computed from shapes, no weights loaded."""
    shape, topk = model.config.cost(model.dtype.itemsize), index_topk or model.config.index_topk
    first, last = len(context), len(context) + TYPICAL_QUESTION + TYPICAL_ANSWER
    written = shape.output * TYPICAL_ANSWER
    token = len(context) - 1
    return InspectResult(
        tuple(facts(document) for document in context.documents),
        min(topk, len(context)),
        Cost(shape.prefill_flops(first, last, None) + written, shape.prefill_flops(first, last, topk) + written),
        Cost(shape.read_bytes(token, None), shape.read_bytes(token, topk)),
        DocumentPass(len(context), 0, shape.prefill_flops(0, len(context), topk), 0.0),
        Tokenwise(
            Cost(shape.prefill_flops(0, first, None), shape.prefill_flops(0, first, topk)),
            Cost(shape.token_flops(token, None) + shape.output, shape.token_flops(token, topk) + shape.output),
            Cost(shape.entry_bytes, shape.entry_bytes + shape.key_bytes),
        ),
    )
