"""What stands where on a page: columns, tables, margins, raised letters, as their boxes tell."""

import io
from collections.abc import Callable

import pytest
from reportlab.pdfgen.canvas import Canvas

from dsacli.documents import parse

from ..making import column, draw_pdf, raw_pdf

LEFT = [
    "The reservoir was surveyed in the spring by",
    "a team of the regional board, which found that",
    "the eastern embankment had settled since the",
    "last inspection, and that the drains were all",
    "blocked by roots and stones of many years.",
]
RIGHT = [
    "Work began in the following April, and the",
    "contractor drilled thirty-one wells in nine",
    "weeks, and handed the site back in July to",
    "the owner without any accident that anybody",
    "would have had to report to the ministry.",
]


def text_of(draw: Callable[[Canvas], None]) -> str:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(612, 792))
    canvas.setFont("Helvetica", 10)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return parse("a.pdf", buffer.getvalue()).text


def test_columns_drawn_row_by_row_are_read_one_after_the_other():
    rows = [each for pair in zip(column(LEFT), column(RIGHT, x=320)) for each in pair]
    assert parse("a.pdf", draw_pdf([rows])).text == f"{' '.join(LEFT)}\n\n{' '.join(RIGHT)}"


def test_what_is_drawn_last_but_stands_on_top_is_read_first():
    rows = [*column(LEFT, top=600), (72, 700, "Report on the dam")]
    assert parse("a.pdf", draw_pdf([rows])).text.startswith("Report on the dam")


@pytest.mark.parametrize("first", [True, False])
def test_numbers_of_lines_are_no_part_of_a_pleading(first):
    lines = column(LEFT + RIGHT, x=90, leading=24)
    numbers = [(60 if n > 9 else 65, 700 - 24 * (n - 1), str(n)) for n in range(1, 15)]
    text = parse("a.pdf", draw_pdf([numbers + lines if first else lines + numbers])).text
    assert " ".join(text.split()) == " ".join(LEFT + RIGHT)


def test_numbers_of_a_list_and_of_rows_stay():
    items = [
        f"{n} {word}" for n, word in enumerate(["Apples", "Pears", "Plums", "Quinces", "Medlars", "Figs", "Dates"], 1)
    ]
    assert parse("a.pdf", draw_pdf([column(items)])).text.split() == " ".join(items).split()


ROWS = [("Depot", "Jan", "Feb", "Mar"), ("Ashby", "12", "14", "9"), ("Corley", "7", "", "18"), ("Denham", "", "5", "6")]
TABLE = "| Depot | Jan | Feb | Mar |\n| Ashby | 12 | 14 | 9 |\n| Corley | 7 |  | 18 |\n| Denham |  | 5 | 6 |"


@pytest.mark.parametrize("by_column", [False, True], ids=["row by row", "column by column"])
def test_cells_stand_under_their_heads_where_others_are_empty(by_column):
    cells = [(72 + 90 * x, 700 - 16 * y, cell) for y, row in enumerate(ROWS) for x, cell in enumerate(row) if cell]
    if by_column:
        cells.sort()
        cells = [each for x in (72, 162, 252, 342) for each in cells[::-1] if each[0] == x]
    assert parse("a.pdf", draw_pdf([cells])).text == TABLE


def test_a_head_of_two_lines_is_one_and_a_title_stays_in_its_table():
    rows = [
        ("", "Year ended", "Year ended"),
        ("Office", "2022", "2023"),
        ("Lisbon", "41", "44"),
        ("Abroad", "", ""),
        ("Total", "71", "84"),
    ]
    cells = [(72 + 120 * x, 700 - 14 * y, cell) for y, row in enumerate(rows) for x, cell in enumerate(row) if cell]
    assert parse("a.pdf", draw_pdf([cells])).text.split("\n") == [
        "| Office | Year ended 2022 | Year ended 2023 |",
        "| Lisbon | 41 | 44 |",
        "| Abroad |  |  |",
        "| Total | 71 | 84 |",
    ]


@pytest.mark.parametrize(
    ("rows", "read"),
    [
        (
            [
                ("", "", "2024", "", "2023"),
                ("Net sales", "$", "412", "$", "398"),
                ("Costs", "", "288", "", "285"),
                ("Net loss", "$", "(36)", "$", "(17)"),
            ],
            [
                "|  | 2024 | 2023 |",
                "| Net sales | $412 | $398 |",
                "| Costs | 288 | 285 |",
                "| Net loss | $(36) | $(17) |",
            ],
        ),
        (
            [
                ("", "Visitors", "", "Takings", ""),
                ("Museum", "2022", "2023", "2022", "2023"),
                ("Ropewalk", "18,204", "21,990", "61", "84"),
                ("Tin Mine", "", "7,412", "", "39"),
            ],
            [
                "| Museum | Visitors 2022 | Visitors 2023 | Takings 2022 | Takings 2023 |",
                "| Ropewalk | 18,204 | 21,990 | 61 | 84 |",
                "| Tin Mine |  | 7,412 |  | 39 |",
            ],
        ),
        (
            [
                ("Patient", "Hyacinth Reed", "Weight", "71.4 kg"),
                ("Born on", "12/09/1958", "Consultant", "Dr Szabados"),
                ("Ward", "Larch", "Discharged", "04/08/2024"),
            ],
            [
                "| Patient: Hyacinth Reed | Weight: 71.4 kg |",
                "| Born on: 12/09/1958 | Consultant: Dr Szabados |",
                "| Ward: Larch | Discharged: 04/08/2024 |",
            ],
        ),
        (
            [
                ("Medicine", "Dose", "How often", "Until"),
                ("Apixaban", "5 mg", "twice a day", "long term"),
                ("Iron", "40 mg", "each morning", "11/08/2024"),
            ],
            [
                "| Medicine | Dose | How often | Until |",
                "| Apixaban | 5 mg | twice a day | long term |",
                "| Iron | 40 mg | each morning | 11/08/2024 |",
            ],
        ),
    ],
    ids=["signs of money", "a head of groups", "a form", "a table"],
)
def test_what_a_column_is(rows, read):
    cells = [(72 + 110 * x, 700 - 14 * y, cell) for y, row in enumerate(rows) for x, cell in enumerate(row) if cell]
    assert parse("a.pdf", draw_pdf([cells])).text.split("\n") == read


def test_a_panel_drawn_after_the_one_beside_it_is_read_after_it():
    left = [("Base salary", "3 480,00"), ("Travel", "164,50"), ("Thirteenth month", "290,00")]
    right = [("Wage tax", "812,40"), ("Pension fund", "201,15"), ("Health levy", "77,00"), ("Union", "18,20")]
    cells = [
        (x + 110 * at, 700 - 14 * y, cell)
        for x, panel in ((72, left), (330, right))
        for y, row in enumerate(panel)
        for at, cell in enumerate(row)
    ]
    lines = [f"{name} {amount}" for name, amount in left + right]
    assert [line for line in parse("a.pdf", draw_pdf([cells])).text.split("\n") if line] == lines


def test_labels_with_values_beside_each_other_are_a_line_each():
    cells = [
        (72, 700, "Employee: Imogen Sedley"),
        (330, 700, "Payroll no: 00417"),
        (72, 685, "Tax code: 1257L"),
        (330, 685, "Period: May"),
    ]
    assert parse("a.pdf", draw_pdf([cells])).text.split("\n") == [
        "Employee: Imogen Sedley", "Payroll no: 00417", "Tax code: 1257L", "Period: May",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "raised", "after", "right"),
    [
        (
            "The crew numbered 42",
            "12",
            ", of whom nine were divers.",
            "The crew numbered 42, of whom nine were divers.",
        ),
        ("It cost £1,250", "3", " and took a day.", "It cost £1,250 and took a day."),
        ("The hall measures 42 m", "2", " and more.", "The hall measures 42 m² and more."),
        ("It holds 3 × 10", "6", " litres.", "It holds 3 × 10⁶ litres."),
        ("On the 1", "st", " of May it was open.", "On the 1st of May it was open."),
        ("The word of the author", "4", " was enough.", "The word of the author was enough."),
        ("The words of the author", "4,5", " were enough.", "The words of the author were enough."),
        ("Please call ", "617-387-7625", " (Everett).", "Please call 617-387-7625 (Everett)."),
        ("Since ", "2011", " it is closed.", "Since 2011 it is closed."),
    ],
)
def test_raised_numbers_spoil_no_figure(before, raised, after, right):
    def draw(canvas: Canvas) -> None:
        line = canvas.beginText(72, 700)
        line.setFont("Helvetica", 10)
        line.textOut(before)
        line.setFont("Helvetica", 6)
        line.setRise(4)
        line.textOut(raised)
        line.setFont("Helvetica", 10)
        line.setRise(0)
        line.textOut(after)
        canvas.drawText(line)

    assert text_of(draw) == right


def test_the_letters_of_formulas_are_letters_and_their_exponents_stay():
    names = b"beginbfchar <61> <D835DC4E> <62> <D835DC4F> endbfchar"
    cmap = b"begincmap 1 begincodespacerange <00> <FF> endcodespacerange 2 %s endcmap" % names
    content = b"BT /F1 10 Tf 72 700 Td (a) Tj 6 Ts /F2 6 Tf (2) Tj 0 Ts /F2 10 Tf ( + ) Tj /F1 10 Tf (b) Tj ET"
    data = raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R /F2 7 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(cmap), cmap),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    assert parse("a.pdf", data).text == "a² + b"


def test_letters_drawn_one_by_one_are_words():
    def draw(canvas: Canvas) -> None:
        x = 72.0
        for letter in "The bridge was opened on 9 June 1931 by the Countess.":
            if letter != " ":
                canvas.drawString(x, 700, letter)
            x += canvas.stringWidth(letter, "Helvetica", 10)

    assert text_of(draw) == "The bridge was opened on 9 June 1931 by the Countess."


def test_a_large_first_letter_is_the_first_of_its_word():
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 30)
        canvas.drawString(72, 688, "O")
        canvas.setFont("Helvetica", 10)
        canvas.drawString(98, 700, "nce upon a time the harbour of this town was full of")
        canvas.drawString(98, 688, "ships that came from everywhere.")

    assert text_of(draw).startswith("Once upon a time the harbour of this town was full of ships")


def test_a_footnote_interrupts_no_sentence():
    lines = [
        "The society met for the first time in May.",
        "After that, and for as long as the hall stood, it came together every",
    ]

    def draw(canvas: Canvas) -> None:
        for x, y, line in [*column(lines[:1]), *column(lines[1:], top=670)]:
            canvas.drawString(x, y, line)
        canvas.setFont("Helvetica", 7)
        canvas.drawString(72, 60, "1 A guinea was twenty-one shillings.")
        canvas.showPage()
        canvas.setFont("Helvetica", 10)
        canvas.drawString(72, 700, "second Tuesday, and dined there. Later it met in the library of the school.")

    first, note, rest = text_of(draw).split("\n\n")
    assert (first, note) == (lines[0], "1 A guinea was twenty-one shillings.")
    assert rest.startswith(f"{lines[1]} second Tuesday")
