"""Answers from tables: the cell in the row and under the heading that the question names."""

from dataclasses import replace

from dsacli.documents.document import Document
from dsacli.documents.tables import Span, rows_at
from dsacli.engines.evidence import evidence_at
from dsacli.engines.extractive.encode import EncodedContext
from dsacli.engines.results import Answer
from dsacli.engines.wording import answer_key, content_words, single_line

_MONTHS = "january february march april may june july august september october november december".split()
_SHORT = {**{month: month[:3] for month in _MONTHS}, "sept": "sep"}


def under_heading(context: EncodedContext, question: str, answer: Answer) -> Answer:
    """The answer, or where it is a cell of a table and the question names the heading of another column alone, the cell there.

    Its row is the one that the question names, else the one that was found. Where that cell is empty, the table does
    not say it: the cell beside it is no answer, and keeps no score.
    """
    encoded = next(each for each in context.documents if each.document.name == answer.evidence[0].document)
    document, place = encoded.document, answer.evidence[0]
    rows = rows_at(document, place.start)
    if not rows:
        return answer
    asked = _alike(content_words(question))
    column = _named(document, rows[0].headings, asked)
    if column is None:
        return answer
    found = next((number for number, row in enumerate(rows) if place.start <= row.cells[-1][1]), 0)
    row = _named(document, [row.cells[0] for row in rows], asked)
    low, high = rows[found if row is None else row].cells[column]
    if low <= place.start and place.end <= high:
        return answer
    if low == high:
        return replace(answer, score=0.0)
    evidence = evidence_at(document, encoded.sentences, low, high)
    return replace(answer, answer=single_line(evidence.wording), evidence=(evidence,))


def _named(document: Document, heads: "list[Span] | tuple[Span, ...]", asked: set[str]) -> int | None:
    """The number of the only head whose words all stand in the question; None where there are several, or none."""
    named = [
        number
        for number, (low, high) in enumerate(heads)
        if (words := _alike(answer_key(document.text[low:high]).split())) and words <= asked
    ]
    return named[0] if len(named) == 1 else None


def _alike(words: "set[str] | list[str]") -> set[str]:
    """Words, with months as they are written in a narrow column."""
    return {_SHORT.get(word, word) for word in words}
