"""Answers from rows that name their columns: the value that was meant, without the label in front of it."""

from dataclasses import replace

from dsacli.documents.labelled import codes_in, labelled_row, row_of_key
from dsacli.documents.tables import Row
from dsacli.engines.evidence import evidence_at
from dsacli.engines.extractive.answers.cells import heading_words, under_heading
from dsacli.engines.extractive.encode import EncodedContext
from dsacli.engines.results import Answer
from dsacli.engines.wording import answer_key, content_words, single_line

# Characters of a value that is an answer as a whole, where the reader has found a part of it.
_WHOLE = 60


def from_tables(context: EncodedContext, question: str, answers: list[Answer]) -> list[Answer]:
    """Answers, best first, of which the first is what a table says, if it comes from one.

    Others that the question's own words lead to the same cell are not read apart: that the answer stands in this table is
    what the reader said with all of them, and their scores are the cell's.
    """
    if answers and _labelled(context, answers[0]) is None:
        answers = under_heading(context, question, answers)
    first = [from_table(context, question, answer) for answer in answers[:1]]
    others = list[Answer]()
    for answer in answers[1:]:
        cell = from_table(context, question, answer)
        if cell is not answer and first[0].likelihood and cell.evidence[0] == first[0].evidence[0]:
            first = [replace(first[0], score=min(1.0, first[0].likelihood + answer.likelihood))]
        else:
            others.append(answer)
    return first + others


def from_table(context: EncodedContext, question: str, answer: Answer) -> Answer:
    """The answer, or where it stands in a row of a table, what is in the column that the question names.

    The row is the one whose first cell the question names by its number or code, else the one that was found. A column whose
    value the question names tells the row; it is not what is asked. An empty cell answers nothing, and keeps no score; nor
    does a cell of "order A1002" where A1003 is asked for.
    """
    row = _labelled(context, answer)
    if row is None:
        return under_heading(context, question, [answer])[0]
    encoded = context.named(answer.evidence[0].document)
    document, place = encoded.document, answer.evidence[0]
    row = row_of_key(document, row, question) or row
    asked = content_words(question)

    def named(span: tuple[int, int]) -> bool:
        words = set(answer_key(document.text[slice(*span)]).split())
        return bool(words) and words <= asked

    low, high = row.headings[0][0], row.cells[-1][1]
    codes = codes_in(question)
    if codes and named(row.headings[0]) and not any(code in document.text[low:high] for code in codes):
        return replace(answer, score=0.0)
    columns = [
        cell
        for cell, heading in zip(row.cells, row.headings)
        if (words := heading_words(document.text[slice(*heading)])) and words <= asked and not named(cell)
    ]
    if len(columns) == 1:
        low, high = columns[0]
        if low == high:
            return replace(answer, score=0.0)
        if high - low > _WHOLE and low <= place.start and place.end <= high:
            return answer
    else:
        # The label is no part of an answer that was found with it.
        low, high = next((cell for cell in row.cells if place.start < cell[0] < place.end), (place.start, place.end))
        high = min(high, place.end)
    if (low, high) == (place.start, place.end):
        return answer
    evidence = evidence_at(document, encoded.sentences, low, high)
    return replace(answer, answer=single_line(evidence.wording), evidence=(evidence,))


def _labelled(context: EncodedContext, answer: Answer) -> Row | None:
    place = answer.evidence[0]
    return labelled_row(context.named(place.document).document, place.start)
