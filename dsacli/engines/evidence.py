"""From a span of characters to what a person can look up: page, line, section and quotation."""

import re
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dsacli.documents import Document
from dsacli.extraction.values.spaced import spaced_figures

_PART = r"(?:\d{2,4}|(?=[A-Z]*\d)[A-Z0-9]{2,4})"
# What is one thing although there are spaces in it: half of it is no answer.
_WHOLE = re.compile(
    r"\bEngland\s+and\s+Wales\b"
    # CH93 0079 0016 2385 2957, GB 991 2233 44, QQ 12 34 56 C; of two parts, one may be another number
    rf"|(?<![\w-])(?:[A-Z]{{2}}|(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z0-9]{{2,5}})(?: {_PART}(?: {_PART}){{1,6}}(?: [A-Z]{{1,3}})?| {_PART} [A-Z]{{1,3}})(?![\w-])"
)
# Characters of an IBAN, the longest of them.
_LONGEST_PART = 42


@dataclass(frozen=True)
class Evidence:
    """Where a result stands. `text[start:end]` of the document is the result's exact wording.

    `page` is None for inputs without pages, `line` (of the file, 1-based) for those whose lines do not count; `page_label` is what
    the page is called where that is not its number, and `place` says where it stands in inputs with neither pages nor lines.
    `quote` is the sentence around it, in which the result is `quote[quote_start:quote_end]`.
    """

    document: str
    page: int | None
    line: int | None
    section: str | None
    start: int
    end: int
    quote: str
    quote_start: int
    quote_end: int
    page_label: str | None = None
    place: str | None = None

    @property
    def wording(self) -> str:
        """The result as it stands in the quotation."""
        return self.quote[self.quote_start : self.quote_end]


def quoting(evidence: Evidence, document: Document, low: int, high: int) -> Evidence:
    """The same evidence with the characters [low, high) of its document, which hold it, as its quotation."""
    start, end = evidence.start, evidence.end
    return replace(evidence, quote=document.text[low:high], quote_start=start - low, quote_end=end - low)


def whole(evidence: Evidence) -> Evidence:
    """The same, and what belongs to its wording: "England and Wales" is one jurisdiction, "1 240,90" one figure, an IBAN one number."""
    low, high = evidence.quote_start, evidence.quote_end
    if high - low > _LONGEST_PART:
        return evidence
    for first, after in spaced_figures(evidence.quote) + [match.span() for match in _WHOLE.finditer(evidence.quote)]:
        begin, end = min(low, first), max(high, after)
        if first < high and low < after and (begin, end) != (low, high):
            start, last = evidence.start - low + begin, evidence.end - high + end
            return replace(evidence, start=start, end=last, quote_start=begin, quote_end=end)
    return evidence


def evidence_at(document: Document, sentences: NDArray[np.int32], start: int, end: int) -> Evidence:
    """The evidence for the characters [start, end) of a document with these sentences, int32 [sentences, 2]."""
    low, high = sentence_bounds(sentences, start, end)
    return Evidence(
        document.name,
        document.page_at(start),
        document.line_at(start),
        document.section_at(start),
        start,
        end,
        document.text[low:high],
        start - low,
        end - low,
        document.label_at(start),
        document.place_at(start),
    )


def sentence_bounds(sentences: NDArray[np.int32], start: int, end: int) -> tuple[int, int]:
    """The characters of the sentences (int32 [sentences, 2]) that [start, end) touches."""
    first = int(np.searchsorted(sentences[:, 1], start, side="right"))
    last = int(np.searchsorted(sentences[:, 0], end, side="left")) - 1
    low = int(sentences[first, 0]) if first < len(sentences) else start
    high = int(sentences[last, 1]) if last >= 0 else end
    return min(low, start), max(high, end)
