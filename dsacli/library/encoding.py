"""Documents that were found, encoded one after the other: what a library is built from."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from dsacli.documents.pdf.process import PageProgress
from dsacli.engines.engine import Progress
from dsacli.engines.extractive.encode import EncodedDocument, encode_document
from dsacli.engines.extractive.stored import cache_key
from dsacli.errors import DsacliError
from dsacli.library.found import Found
from dsacli.reader.loading import ReaderModel


@dataclass(frozen=True)
class Encoding:
    """A document after its document pass; `content` is what it was encoded from and how, as `cache_key` says it."""

    content: str
    document: EncodedDocument


# Encodes documents; gives each with its encoding, or with what kept it from being read.
Encode: TypeAlias = Callable[[Sequence[Found]], Iterator[tuple[Found, "Encoding | DsacliError"]]]


def encoded(found: Found, model: ReaderModel, on_page: PageProgress | None = None) -> Encoding:
    """Read and encode a document. Raises DsacliError for one that cannot be read, or holds no words."""
    source = found.read()
    document = encode_document(source.parse(on_page), model)
    if not len(document):
        raise DsacliError(f"{found.name} holds no words")
    return Encoding(cache_key(source, model), document)


def encode_here(model: ReaderModel, progress: Progress) -> Encode:
    """Encoding by this process."""

    def encode(every: Sequence[Found]) -> Iterator[tuple[Found, Encoding | DsacliError]]:
        for found in every:
            try:
                yield found, encoded(found, model, progress.page)
            except DsacliError as failure:
                yield found, failure

    return encode
