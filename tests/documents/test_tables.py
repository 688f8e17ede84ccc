"""Rows of tables in text."""

from dsacli.documents import Document
from dsacli.documents.tables import rows_at

BARS = """Before it a line.

| Station | 2022 | 2023 |
|---------|-----:|-----:|
| Alder   | 120  | 131  |
| Birch   |      | 298  |

After it | a line.
"""
TABS = "name\tprice\nrye\t4.10\nspelt\t\n"


def cells(text: str, place: str) -> tuple[list[str], list[str]] | None:
    at = text.index(place)
    found = (row for row in rows_at(Document("x", "text", text), at) if row.cells[0][0] <= at <= row.cells[-1][1])
    row = next(found, None)
    return row and ([text[a:b] for a, b in row.cells], [text[a:b] for a, b in row.headings])


def test_a_cell_knows_its_row_and_the_headings():
    assert cells(BARS, "131") == (["Alder", "120", "131"], ["Station", "2022", "2023"])


def test_an_empty_cell_moves_none_of_the_others():
    assert cells(BARS, "298") == (["Birch", "", "298"], ["Station", "2022", "2023"])


def test_tabs_part_cells_too():
    assert cells(TABS, "4.10") == (["rye", "4.10"], ["name", "price"])
    assert cells(TABS, "spelt") == (["spelt", ""], ["name", "price"])


def test_headings_and_running_text_are_no_row():
    assert cells(BARS, "2022") is None
    assert cells(BARS, "Before") is None
    assert cells(BARS, "After") is None


def test_all_rows_of_a_table_from_any_place_in_it():
    for place in ("120", "298"):
        rows = rows_at(Document("x", "text", BARS), BARS.index(place))
        assert [[BARS[a:b] for a, b in row.cells] for row in rows] == [["Alder", "120", "131"], ["Birch", "", "298"]]
    assert rows_at(Document("x", "text", BARS), BARS.index("Before")) == []
