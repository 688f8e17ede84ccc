"""Heads and feet of pages: said once, and whatever differs stays."""

from dsacli.documents import parse
from dsacli.documents.document import Document

from ..making import Placed, column, draw_pdf

WORDS = "one two three four five six".split()


def body(word: str) -> list[Placed]:
    return column(
        [f"Sheet {word} is about the harbour and all its people,", f"who on day {word} came to see the ships."]
    )


def read(*pages: list[Placed]) -> Document:
    return parse("a.pdf", draw_pdf(pages))


def test_the_first_head_of_a_short_document_stays_and_the_others_go():
    pages = [[(72, 760, "Account holder: Rosalind Achterberg"), *body(word)] for word in WORDS[:2]]
    document = read(*pages)
    assert document.text.count("Rosalind Achterberg") == 1
    assert document.page_at(document.text.index("Rosalind")) == 1


def test_a_head_that_says_something_else_stays():
    names = ["Risk factors", "Risk factors", "Legal proceedings", "Legal proceedings", "Properties", "Properties"]
    text = read(*([(72, 760, name), *body(word)] for name, word in zip(names, WORDS))).text
    assert [text.count(name) for name in names[::2]] == [1, 1, 1]


def test_dates_and_amounts_at_the_edges_of_pages_stay():
    months, amounts = ["January", "February", "March"], ["2,104.11", "2,098.73", "2,187.50"]
    text = read(
        *([(72, 760, f"Pay slip of {month} 2024"), *body(word), (72, 60, f"Net pay {amount}")]
          for month, amount, word in zip(months, amounts, WORDS))
    ).text  # fmt: skip
    assert all(month in text for month in months)
    assert all(amount in text for amount in amounts)


def test_heads_that_differ_in_a_figure_are_each_said_once():
    heads = [(72, 760, "Rate 4.5"), (72, 740, "Rate 6.0")]
    text = read(*([*heads, *body(word)] for word in WORDS)).text
    assert [text.count("Rate 4.5"), text.count("Rate 6.0")] == [1, 1]


def test_the_head_of_a_table_is_dropped_only_where_the_table_goes_on():
    head = ["Plant", "Height", "Age"]

    def row(y: float, cells: list[str]) -> list[Placed]:
        return [(72 + 120 * at, y, cell) for at, cell in enumerate(cells)]

    def table(first: int) -> list[Placed]:
        rows = [row(714 - 14 * at, [f"{WORDS[at]} trees", f"{first + at}0", f"{first}1"]) for at in range(1, 5)]
        return [*row(714, head), *(cell for each in rows for cell in each)]

    assert read(table(1), table(7)).text.count("| Plant | Height | Age |") == 1
    pages = [
        [*table(at), (72, 500, f"So much for garden {word} and all of its trees.")] for at, word in enumerate(WORDS[:2])
    ]
    assert read(*pages).text.count("| Plant | Height | Age |") == 2


def test_the_number_printed_on_a_page_is_its_label():
    pages = [[*body(word), (300, 30, str(128 + at))] for at, word in enumerate(WORDS)]
    document = read(*pages)
    assert [page.label for page in document.pages] == ["128", "129", "130", "131", "132", "133"]
    assert "129" not in document.text


def test_a_page_whose_label_is_its_number_has_none():
    pages = [[*body(word), (300, 30, f"Page {at} of 6")] for at, word in enumerate(WORDS, 1)]
    assert {page.label for page in read(*pages).pages} == {None}
