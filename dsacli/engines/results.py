"""What an engine gives back: one class of results for all of them."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from dsacli.documents import Section
from dsacli.engines.context import TokenizedDocument
from dsacli.engines.evidence import Evidence
from dsacli.engines.savings import Cost, DocumentPass, Savings
from dsacli.extraction.fields import Field
from dsacli.reader.wants import Want

# What a result's `score` is. confidence: the probability that the answer stands where the evidence says; probability: the
# geometric mean of the probabilities of the tokens written; salience: compares sentences within one summary only.
Measure = Literal["confidence", "probability", "salience"]
# Tokens of a question of 12 words, which is what `inspect` estimates.
TYPICAL_QUESTION = 14
# How sure a value can be at most whose wording can mean two things.
AMBIGUOUS = 0.6


@dataclass(frozen=True)
class Answer:
    """An answer and where it stands; the same wording in several places is one answer.

    Of a list `items` are its answers, each with its own place; `replaces` is the earlier answer that this one has replaced. The
    evidence of a clause or an explanation quotes it whole, and marks the words that decide. What was put together and not read
    has no `score`. `borne_out`: whether the evidence holds what was written in a model's own words; None for a quotation.
    """

    answer: str
    score: float | None
    evidence: tuple[Evidence, ...]
    items: tuple["Answer", ...] = ()
    replaces: "Answer | None" = None
    borne_out: bool | None = None

    @property
    def likelihood(self) -> float:
        """Its score, 0 without one."""
        return self.score or 0.0


@dataclass(frozen=True)
class AskResult:
    """The answers to one question, best first; no answer reached the least score when `found` is false, and `candidates` are
    the nearest to it. `want` is the form of answer that was taken to be wanted, None where an engine knows of none; `error`
    says why a question could not be asked, which then cost nothing; `document` is the one that was asked, where each was asked for
    itself."""

    question: str
    answers: tuple[Answer, ...]
    measure: Measure
    savings: Savings | None
    interrupted: bool = False
    error: str | None = None
    want: Want | None = None
    candidates: tuple[Answer, ...] = ()
    document: str | None = None

    @property
    def found(self) -> bool:
        return bool(self.answers)


@dataclass(frozen=True)
class SummarySentence:
    """A sentence of a summary, and the place that it is, or was read from; no score where a server tells no probabilities.

    `borne_out`: whether each figure of a model's own sentence stands in what it read of the documents; None for a quotation.
    """

    text: str
    score: float | None
    evidence: Evidence
    borne_out: bool | None = None


@dataclass(frozen=True)
class SummaryPart:
    """The sentences of one section, or of everything (`title` None)."""

    title: str | None
    sentences: tuple[SummarySentence, ...]


@dataclass(frozen=True)
class SummarizeResult:
    """A summary; there is nothing to say of the document when `found` is false."""

    document: str
    focus: str | None
    parts: tuple[SummaryPart, ...]
    measure: Measure
    savings: Savings
    interrupted: bool = False

    @property
    def found(self) -> bool:
        return any(part.sentences for part in self.parts)


@dataclass(frozen=True)
class Extracted:
    """One field's value: normalised (`value`), in the document's wording (`text`); None when absent.

    `score` of an absent one: that of the best value that was not good enough, None where there was none. A value that is
    `computed` stands nowhere: it follows from the places in `evidence`, whose wordings `text` joins. `readings` are all that an
    ambiguous wording can mean, the likelier first, which is `value`; empty where it can mean one thing only.
    """

    field: Field
    value: Any
    text: str | None
    score: float | None
    evidence: tuple[Evidence, ...] = ()
    computed: bool = False
    readings: tuple[Any, ...] = ()


@dataclass(frozen=True)
class ExtractResult:
    """All fields, in the order asked; none has a value when `found` is false."""

    document: str
    fields: tuple[Extracted, ...]
    measure: Measure
    savings: Savings
    interrupted: bool = False

    @property
    def found(self) -> bool:
        return any(field.value is not None for field in self.fields)


@dataclass(frozen=True)
class DocumentFacts:
    """One document: `pages` is None for inputs without pages; sizes in characters, tokens and bytes.

    warnings: what was not read of it
    page_labels: what is printed on each page or said of it, None where that is its number; empty where it is on every page
    passages, index_bytes: of the index keys that an extractive engine keeps; None for a generative one
    """

    document: str
    kind: str
    pages: int | None
    characters: int
    tokens: int
    sentences: int
    sections: tuple[Section, ...]
    warnings: tuple[str, ...] = ()
    page_labels: tuple[str | None, ...] = ()
    passages: int | None = None
    index_bytes: int | None = None


def facts_of(
    tokenized: TokenizedDocument, passages: int | None = None, index_bytes: int | None = None
) -> DocumentFacts:
    """Counts of one document."""
    document = tokenized.document
    labels = tuple(page.label for page in document.pages)
    return DocumentFacts(
        document.name,
        document.kind,
        len(document.pages) or None,
        len(document.text),
        len(tokenized),
        len(tokenized.sentences),
        document.sections,
        document.warnings,
        labels if any(labels) else (),
        passages,
        index_bytes,
    )


@dataclass(frozen=True)
class Tokenwise:
    """What a generative model pays, dense attention and DSA: FLOPs of prefilling all documents, FLOPs of one token decoded
    after them, and bytes of the cache that a token takes (kept by both, read whole by dense only)."""

    prefill_flops: Cost
    decode_flops: Cost
    cache_bytes: Cost


@dataclass(frozen=True)
class InspectResult:
    """The documents, and the cost of a question of 12 words to all of them, dense and DSA (an estimate).

    For a generative model that question is answered with 32 tokens, and the memory is what the last of them reads.
    """

    documents: tuple[DocumentFacts, ...]
    index_topk: int
    flops: Cost
    memory: Cost
    document_pass: DocumentPass
    tokenwise: Tokenwise | None = None
    found: ClassVar[bool] = True
    interrupted: ClassVar[bool] = False


Result = AskResult | SummarizeResult | ExtractResult | InspectResult
