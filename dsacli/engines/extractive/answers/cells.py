"""Answers from tables: the cell of the row that was found, under the heading that the question names."""

from dataclasses import replace

from dsacli.documents.tables import row_at
from dsacli.engines.evidence import evidence_at
from dsacli.engines.extractive.encode import EncodedContext
from dsacli.engines.results import Answer
from dsacli.engines.wording import answer_key, content_words, single_line


def under_heading(context: EncodedContext, question: str, answer: Answer) -> Answer:
    """The answer, or where it is a cell of a row and the question names the heading of another column alone, the cell there."""
    encoded = next(each for each in context.documents if each.document.name == answer.evidence[0].document)
    document, place = encoded.document, answer.evidence[0]
    row = row_at(document, place.start)
    if not row:
        return answer
    asked = content_words(question)
    named = [
        number
        for number, (low, high) in enumerate(row.headings)
        if (words := set(answer_key(document.text[low:high]).split())) and words <= asked
    ]
    if len(named) != 1:
        return answer
    low, high = row.cells[named[0]]
    if low == high or (low <= place.start and place.end <= high):
        return answer
    evidence = evidence_at(document, encoded.sentences, low, high)
    return replace(answer, answer=single_line(evidence.wording), evidence=(evidence,))
