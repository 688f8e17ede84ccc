"""Answers from tables: the cell in the row and under the heading that the question names."""

import re
from dataclasses import replace

from dsacli.documents.document import Document
from dsacli.documents.tables import Row, Span, rows_at
from dsacli.engines.evidence import Evidence, evidence_at
from dsacli.engines.extractive.encode import EncodedContext, EncodedDocument
from dsacli.engines.results import Answer
from dsacli.engines.wording import answer_key, content_words, single_line
from dsacli.extraction.values.months import ENGLISH

# What a heading says in brackets of its column: "Takings (£000)".
_UNIT = re.compile(r"\([^()]{0,40}\)")
_NAME = {"name"}
_BALANCES = frozenset("balance saldo solde kontostand".split())
_BALANCE = re.compile(rf"\b(?:{'|'.join(_BALANCES)})\b", re.IGNORECASE)
_AMOUNT = re.compile(r"[-−+(]?[^\d\W]{0,3}[€£$]?\s?\d[\d.,'’ \xa0]*[.,]\d{2}\)?\s?[€£$]?")
_SHORT = {**{month: month[:3] for month in ENGLISH.split()}, "sept": "sep"}


def under_heading(context: EncodedContext, question: str, answers: list[Answer]) -> list[Answer]:
    """The answers, the first as the cell that the question names where it is another cell of a table.

    The question has to name one column alone; the row is the one that it names, else the one that was found. Where that cell is
    empty, the table does not say it: what stands beside it is no answer, and keeps no score.
    """
    if not answers:
        return answers
    first, *others = answers
    place = first.evidence[0]
    encoded = context.named(place.document)
    document = encoded.document
    rows = rows_at(document, place.start)
    asked = _alike(content_words(question))
    column = _named(document, rows[0].headings, asked) if rows else None
    if column is None:
        return [_no_balance(encoded, rows, first, asked), *others] if rows else answers
    found = next((number for number, row in enumerate(rows) if place.start <= row.cells[-1][1]), 0)
    named = _named(document, [row.cells[0] for row in rows], asked)
    row = rows[found if named is None else named]
    low, high = row.cells[column]
    if low == high:
        kept = [replace(each, score=0.0) if _stands_in(each, document, row) else each for each in answers]
        return sorted(kept, key=lambda each: -each.likelihood)
    if low <= place.start and place.end <= high:
        return answers
    evidence = evidence_at(document, encoded.sentences, low, high)
    return [replace(first, answer=single_line(evidence.wording), evidence=(evidence,)), *others]


def in_named_column(encoded: EncodedDocument, evidence: Evidence, name: str) -> Evidence:
    """The evidence, or where it stands in a row of a table under another heading than the one that `name` says, the cell under that one."""
    document = encoded.document
    rows = rows_at(document, evidence.start)
    column = _named(document, rows[0].headings, _alike(content_words(name))) if rows else None
    if column is None:
        return evidence
    row = _row_of(rows, evidence.start)
    low, high = row.cells[column]
    within = low <= evidence.start and evidence.end <= high
    return evidence if within or low == high else evidence_at(document, encoded.sentences, low, high)


def _no_balance(encoded: EncodedDocument, rows: list[Row], answer: Answer, asked: set[str]) -> Answer:
    """The answer, or where it is what an account came to, and not asked for, the only other amount of its row: what was paid."""
    document, place = encoded.document, answer.evidence[0]
    row = _row_of(rows, place.start)
    amounts = [
        (cell, bool(_BALANCE.search(document.text, *heading)))
        for cell, heading in zip(row.cells, row.headings)
        if _AMOUNT.fullmatch(document.text, *cell)
    ]
    paid = [cell for cell, is_balance in amounts if not is_balance]
    if len(paid) != 1 or asked & _BALANCES or not any(cell[0] <= place.start < cell[1] for cell, own in amounts if own):
        return answer
    evidence = evidence_at(document, encoded.sentences, *paid[0])
    return replace(answer, answer=single_line(evidence.wording), evidence=(evidence,))


def _row_of(rows: list[Row], place: int) -> Row:
    """The row that a place of a table stands in."""
    return next((row for row in rows if place <= row.cells[-1][1]), rows[-1])


def _stands_in(answer: Answer, document: Document, row: Row) -> bool:
    """Whether an answer was read in a row."""
    place = answer.evidence[0]
    return place.document == document.name and row.cells[0][0] <= place.start <= row.cells[-1][1]


def _named(document: Document, heads: "list[Span] | tuple[Span, ...]", asked: set[str]) -> int | None:
    """The number of the only head whose words all stand in the question; None where there are several, or none."""
    named = [
        number
        for number, (low, high) in enumerate(heads)
        if (words := _alike(heading_words(document.text[low:high]))) and words <= asked
    ]
    return named[0] if len(named) == 1 else None


def heading_words(heading: str) -> set[str]:
    """The words by which a question names a column: "Takings (£000)" is the takings, "Employee name" says who the employee is.

    >>> sorted(heading_words("Takings (£000) 2023")), heading_words("Employee name"), heading_words("Name")
    (['2023', 'takings'], {'employee'}, {'name'})
    """
    words = set(answer_key(_UNIT.sub(" ", heading)).split())
    return words - _NAME or words


def _alike(words: "set[str] | list[str]") -> set[str]:
    """Words, with months as they are written in a narrow column."""
    return {_SHORT.get(word, word) for word in words}
