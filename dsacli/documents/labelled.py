"""Rows that name their columns themselves, as tables of formats with markup come out: "| Order: A1002 | Amount: 87.00 |"."""

import re

from dsacli.documents.document import Document
from dsacli.documents.tables import Row, Span

_CELL = re.compile(r"(?<=\| )(?P<label>[^|\n]{1,80}?):(?: (?P<value>[^|\n]*?))?(?= \|)")
_KEY = re.compile(r"(?=\S*\d)\w(?:[^\s?!,;:\"“”()]*\w)?")


def labelled_row(document: Document, offset: int) -> Row | None:
    """The row that a place stands in, if each of its cells has a label; None anywhere else. A value may be empty."""
    text = document.text
    low, end = text.rfind("\n", 0, offset) + 1, text.find("\n", offset)
    high = end if end >= 0 else len(text)
    if not text.startswith("| ", low):
        return None
    found = [
        match.span(
            "label",
        )
        + (match.span("value") if match["value"] else (match.end("label") + 1,) * 2)
        for match in _CELL.finditer(text, low, high)
    ]
    if len(found) != text.count("|", low, high) - 1:
        return None
    return Row(tuple(each[2:] for each in found), tuple(each[:2] for each in found))


def codes_in(question: str) -> list[str]:
    """The numbers and codes in a question, as they are written: what may tell a row from others.

    >>> codes_in("What was the amount of order A-1002 (in 2024)?")
    ['A-1002', '2024']
    """
    return list(dict.fromkeys(_KEY.findall(question)))


def row_of_key(document: Document, row: Row, question: str) -> Row | None:
    """The only row whose cell in the first column of `row` is a number or code that stands in the question; None where there is none.

    >>> text = "| Order: A1 | Paid: no |\\n| Order: A2 | Paid: yes |"
    >>> document = Document("x", "csv", text)
    >>> found = row_of_key(document, labelled_row(document, 2), "Is order A2 paid?")
    >>> [text[low:high] for low, high in found.cells]
    ['A2', 'yes']
    """
    text = document.text
    label = text[slice(*row.headings[0])]
    rows: list[Span] = []
    for key in codes_in(question):
        wanted = f"| {label}: {key} |"
        first = text.find(wanted)
        if first >= 0 and text.find(wanted, first + 1) < 0:
            rows.append((first, first + len(wanted)))
    return labelled_row(document, rows[0][0]) if len(rows) == 1 else None
