"""What a document holds and what a question to it will cost, before one is asked."""

from dataclasses import dataclass

from dsacli.documents import Section
from dsacli.engines.context import Context
from dsacli.engines.extractive.encode import EncodedDocument
from dsacli.engines.savings import Cost, DocumentPass, document_pass, element_bytes, shape_of
from dsacli.reader.loading import ReaderModel

TYPICAL_QUESTION = 14
TYPICAL_RUN = 256


@dataclass(frozen=True)
class DocumentFacts:
    """One document: `pages` is None for inputs without pages; sizes in characters, tokens and bytes."""

    document: str
    kind: str
    pages: int | None
    characters: int
    tokens: int
    passages: int
    sentences: int
    sections: tuple[Section, ...]
    index_bytes: int


@dataclass(frozen=True)
class Tokenwise:
    """What a generative model pays, dense MLA and DSA: FLOPs of prefilling all documents, FLOPs of one token decoded
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


def inspect(model: ReaderModel, context: Context, index_topk: int | None = None) -> InspectResult:
    """Describe a context. The figures are computed from shapes; nothing is run."""
    shape, size = shape_of(model.reader), element_bytes(model.reader)
    selected = min(index_topk or model.reader.config.index_topk, len(context))
    runs = -(-selected // TYPICAL_RUN)
    read = selected + runs * (TYPICAL_QUESTION + 1)
    return InspectResult(
        tuple(facts(document) for document in context.documents),
        selected,
        Cost(
            shape.dense_flops(TYPICAL_QUESTION, len(context)),
            shape.query_flops(TYPICAL_QUESTION, len(context), selected, runs),
        ),
        Cost(
            shape.dense_memory(TYPICAL_QUESTION + len(context), size),
            shape.sparse_memory(len(context), read, size),
        ),
        document_pass(context),
    )


def facts(encoded: EncodedDocument) -> DocumentFacts:
    """Counts of one document."""
    document = encoded.document
    return DocumentFacts(
        document.name,
        document.kind,
        len(document.pages) or None,
        len(document.text),
        len(encoded),
        len(encoded.passages) - 1,
        len(encoded.sentences),
        document.sections,
        encoded.index_keys.numel() * encoded.index_keys.element_size(),
    )
