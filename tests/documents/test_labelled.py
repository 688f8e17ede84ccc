"""Rows that name their columns."""

from dsacli.documents import Document
from dsacli.documents.labelled import labelled_row, row_of_key

TEXT = """Orders of May

| Order: A1 | Customer: Tidewater Books | Paid: | Note: due 9: 30 |
| Order: A2 | Customer: Pell | Paid: yes |
| Order: A2 | Customer: Pell | Paid: no |

| Station | 2022 |
"""
DOCUMENT = Document("x", "csv", TEXT)


def row_at(words: str) -> dict[str, str] | None:
    row = labelled_row(DOCUMENT, TEXT.index(words))
    return row and {TEXT[a:b]: TEXT[c:d] for (a, b), (c, d) in zip(row.headings, row.cells)}


def test_cells_are_read_with_their_labels():
    assert row_at("Tidewater") == {"Order": "A1", "Customer": "Tidewater Books", "Paid": "", "Note": "due 9: 30"}


def test_other_tables_and_running_text_are_no_such_rows():
    assert row_at("2022") is None and row_at("of May") is None


def test_the_row_of_a_code_is_found_where_there_is_only_one():
    row = labelled_row(DOCUMENT, TEXT.index("Pell"))
    found = row_of_key(DOCUMENT, row, "Who is the customer of order A1?")
    assert found is not None and TEXT[slice(*found.cells[1])] == "Tidewater Books"
    assert row_of_key(DOCUMENT, row, "Who is the customer of order A2?") is None
    assert row_of_key(DOCUMENT, row, "Who pays?") is None
