"""Values beside the label that says their field's name: "Unit price: € 45,90" says what the unit price is, to no reader's credit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dsacli.documents import Document
from dsacli.documents.tables import Row, row_at
from dsacli.engines.evidence import Evidence, evidence_at
from dsacli.engines.extractive.candidate import Candidate
from dsacli.engines.extractive.encode import EncodedContext, EncodedDocument
from dsacli.extraction.fields import Field
from dsacli.extraction.labels import Labelled, beside_label, label_at, name_words, repeats_type
from dsacli.extraction.values import Value, find_values

# How sure the value beside a label is that of the field it names.
LABELLED = 0.9
# Of several such lines, the part that each has whatever the reader makes of it.
_EACH = 0.05
# Characters of a value beside a label, and what parts several.
_FEW, _PARTS = 60, re.compile(r"[,;:|()\n]|[.!?] ")
_YEAR = re.compile(r"(?<![\d.,])(?:19|20)[0-9]{2}(?![\d.,])")
# Characters above a row in which the years of its columns are looked for.
_HEADING_REACH = 4000


@dataclass(frozen=True)
class BesideLabels:
    """What stands beside the labels of a field; `named` where one says its name whole, with or without a value of the type."""

    candidates: list[Candidate]
    named: bool
    documents: dict[str, Document]

    def weigh(self, found: Sequence[Candidate]) -> list[Candidate]:
        """What a reader found, by the labels: the value beside the field's own label is the likeliest, and none that stands beside
        another's is taken."""
        if not self.candidates and not self.named:
            return list(found)
        own = {place_of(each) for each in self.candidates}
        read = {place_of(each): each.confidence for each in found}
        shares = [_EACH + read.get(place_of(each), 0.0) for each in self.candidates]
        labelled = [
            replace(each, confidence=LABELLED * share / sum(shares)) for each, share in zip(self.candidates, shares)
        ]
        left = 1 - LABELLED if labelled else 1.0
        others = [each for each in found if place_of(each) not in own and not self.beside_any(each)]
        return labelled + [replace(each, confidence=left * each.confidence) for each in others]

    def beside_any(self, candidate: Candidate) -> bool:
        """Whether a candidate stands beside a label."""
        name, start = place_of(candidate)
        return label_at(self.documents[name].text, start) is not None


def place_of(candidate: Candidate) -> tuple[str, int]:
    """Its document and where it begins there."""
    return candidate.evidence.document, candidate.evidence.start


def beside_labels(context: EncodedContext, field: Field) -> BesideLabels:
    """What stands beside the labels of a typed field, in every document of the context."""
    found, named = list[Candidate](), False
    documents = {each.document.name: each.document for each in context.documents}
    for encoded in context.documents if field.type != "text" else ():
        document = encoded.document
        labels, whole = beside_label(document.text, field)
        named = named or whole
        for label in labels:
            value = _value_beside(document, label, field)
            if value:
                evidence = evidence_at(document, encoded.sentences, value.start, value.end)
                found.append(Candidate(value.normalised, 0.0, evidence, value.readings))
    return BesideLabels(found, named, documents)


def beside_its_label(encoded: EncodedDocument, evidence: Evidence, name: str) -> Evidence:
    """The evidence, or where it is a part of the few words beside the label that says the name of a text field, all of these:
    "Registration: KX19 OUV"."""
    document = encoded.document
    label = label_at(document.text, evidence.start)
    if label is None or label.row or label.words != name_words(name) or evidence.end > label.end:
        return evidence
    value = document.text[label.start : label.end]
    if len(value) > _FEW or _PARTS.search(value.strip(" .")):
        return evidence
    low = label.start + len(value) - len(value.lstrip(" *_"))
    high = label.end - len(value) + len(value.rstrip(" .*_"))
    return evidence_at(document, encoded.sentences, low, high) if low <= evidence.start else evidence


def _value_beside(document: Document, label: Labelled, field: Field) -> Value | None:
    """The first value of the field's type beside a label, with its place in the document; of a row the one in the column that the
    rest of the field's name names, else that of the latest year."""
    low = document.text.rfind("\n", 0, label.start) + 1
    found = find_values(document.text[low : label.end], field.type, document.text, low)
    values = [
        each._replace(start=low + each.start, end=low + each.end) for each in found if low + each.start >= label.start
    ]
    if not label.row:
        return values[0] if values else None
    headings = headings_above(document, [value.start for value in values])
    asked = name_words(field.name) - label.words
    below = next((value for value, heading in zip(values, headings) if asked and asked <= heading), None)
    if below or not repeats_type(asked, field):
        return below
    years = [max((int(word) for word in heading if _YEAR.fullmatch(word)), default=0) for heading in headings]
    return max(zip(values, years), key=lambda pair: pair[1])[0] if values else None


def headings_above(document: Document, cells: Sequence[int]) -> list[frozenset[str]]:
    """The words of the heading above each of these places of one row, in order; of columns that only spaces part, their years."""
    rows = [row_at(document, place) for place in cells]
    if any(rows):
        return [_heading(document, row, place) if row else frozenset() for row, place in zip(rows, cells)]
    above = document.text[max(0, cells[0] - _HEADING_REACH) : cells[0]].splitlines() if cells else []
    years = next((found for line in reversed(above) if len(found := _YEAR.findall(line)) == len(cells)), [])
    return [frozenset([year]) for year in years] or [frozenset()] * len(cells)


def _heading(document: Document, row: Row, place: int) -> frozenset[str]:
    spans = [heading for cell, heading in zip(row.cells, row.headings) if cell[0] <= place < cell[1]]
    return name_words(document.text[slice(*spans[0])]) if spans else frozenset()
