"""Word, PowerPoint, Excel, OpenDocument and RTF."""

import datetime
import io
import time

import openpyxl
import pptx
from odf.opendocument import OpenDocumentSpreadsheet, OpenDocumentText
from odf.table import Table, TableCell, TableRow
from odf.text import H, Note, NoteBody, NoteCitation, P
from openpyxl.comments import Comment
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from dsacli.documents import parse

from .files import TABLE, agreement, place, saved


def test_a_word_document_with_everything_in_it():
    document = parse("a.docx", agreement())
    assert document.kind == "docx"
    assert [(each.title, each.level) for each in document.sections] == [("Services Agreement", 1), ("Term", 2)]
    for words, where in (
        ("five years from signing.", "paragraph 3"),
        ("Comment by Tom Reeve: Ask Ines.", "comment 1"),
        ("due in 30 days of invoice.", "paragraph 4"),
        ("Invoices go to Leith.", "footnote 1"),
        ("The helpline", "text box 1"),
        ("reference is QX-77.", "paragraph 5"),
        ("| Item: Clay | Unit: tonne | Price: €140 |", "table 1, row 3"),
        ("| Kind: Red | Weight: 25 kg |", "table 2, row 2"),
        ("1. Delivery", "paragraph 6"),
        ("2. Payment", "paragraph 7"),
        ("Contract No. 4471", "header"),
    ):
        assert place(document, words) == where, words
    assert "60 days" not in document.text and "Page 1" not in document.text
    assert document.warnings == ("text that was deleted with track changes is left out",)


def test_slides_with_notes_tables_and_charts():
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text, slide.placeholders[1].text = "Plan", "Hire two\nBuy a kiln"
    slide.notes_slide.notes_text_frame.text = "The board agreed on 3 May."
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.shapes.title.text = "Costs"
    table = slide.shapes.add_table(3, 3, 0, 0, Inches(4), Inches(2)).table
    for number, cells in enumerate(TABLE):
        for column, text in enumerate(cells):
            table.cell(number, column).text = text
    slide.shapes.add_group_shape().shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "In a group"
    data = CategoryChartData()
    data.categories = ["East", "West"]
    data.add_series("Sales", (19.2, 21.4))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Inches(3), Inches(3), data)
    document = parse("a.pptx", saved(show.save))
    assert document.kind == "pptx" and [each.title for each in document.sections] == ["Plan", "Costs"]
    assert place(document, "- Buy a kiln") == "slide 1"
    assert place(document, "The board agreed") == "slide 1, notes"
    for words in ("| Item: Kiln | Unit: piece | Price: €6,200 |", "In a group", "| West | Sales: 21.4 |"):
        assert place(document, words) == "slide 2"


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Orders"
    for row in (
        ["Orders of 2024"],
        [],
        ["Order", "Date", "Amount", "Share"],
        ["A1", datetime.date(2024, 1, 3), 87.0, 0.125],
        ["A2", datetime.datetime(2024, 1, 4, 10, 30), 1200.5, 0.5],
        ["Sum", None, "=SUM(C4:C5)"],
    ):
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    sheet["C4"].number_format, sheet["D4"].number_format = '"£"#,##0.00', "0.0%"
    sheet["C4"].comment = Comment("Paid late", "Ines")
    hidden = book.create_sheet("Secret")
    hidden.sheet_state = "hidden"
    for row in (["Landlord", "Mrs Holt"], ["Tenant", "Mr Loam"]):
        hidden.append(row)
    merged = book.create_sheet("Merged")
    for row in (["Region", "Year", "Value"], ["North", 2022, 1], [None, 2023, 2]):
        merged.append(row)
    merged.merge_cells("A2:A3")
    return saved(book.save)


def test_a_form_in_a_workbook_is_labels_and_values():
    book = openpyxl.Workbook()
    for row in (
        ["Manager", "Ida Holm", "Site", "The Forge"],
        ["As at", "2024-09-30", "Fee", "£258.00"],
        ["Let", "87.5%", "Due", "3 May 2024"],
    ):
        book.active.append(row)
    text = parse("a.xlsx", saved(book.save)).text
    assert (
        "| Manager: Ida Holm | Site: The Forge |\n| As at: 2024-09-30 | Fee: £258.00 |\n| Let: 87.5% | Due: 3 May 2024 |"
        in text
    )


def test_workbooks_sheet_by_sheet():
    document = parse("a.xlsx", workbook())
    assert [each.title for each in document.sections] == ["Orders", "Secret", "Merged"]
    for words, where in (
        ("Orders of 2024", "sheet Orders, row 1"),
        ("| Order: A1 | Date: 2024-01-03 | Amount: £87.00 | Share: 12.5% |", "sheet Orders, row 4"),
        ("Date: 2024-01-04 10:30", "sheet Orders, row 5"),
        ("Comment: Paid late", "sheet Orders, cell C4"),
        ("Tenant: Mr Loam", "sheet Secret, row 2"),
        ("| Region: North | Year: 2023 | Value: 2 |", "sheet Merged, row 3"),
    ):
        assert place(document, words) == where, words
    assert document.warnings == (
        "sheet Orders: formulas that no program has computed have no value",
        "sheet Secret is hidden, and is read",
    )


def test_a_workbook_of_many_rows():
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Big")
    sheet.append(["id", "customer", "amount"])
    for number in range(10_000):
        sheet.append([number, f"Customer {number}", number + 0.5])
    data, begin = saved(book.save), time.process_time()
    document = parse("big.xlsx", data)
    assert time.process_time() - begin < 10
    assert place(document, "| id: 9999 | customer: Customer 9999 | amount: 9999.5 |") == "sheet Big, row 10001"


def odf_table(name: str) -> Table:
    table = Table(name=name)
    for cells in TABLE:
        row = TableRow()
        for text in cells:
            cell = TableCell()
            cell.addElement(P(text=text))
            row.addElement(cell)
        table.addElement(row)
    return table


def test_open_document_texts_and_sheets():
    text = OpenDocumentText()
    text.text.addElement(H(outlinelevel=1, text="Lease"))
    paragraph, note, body = P(text="The rent is 210 pounds."), Note(noteclass="footnote"), NoteBody()
    body.addElement(P(text="Paid in Leith."))
    note.addElement(NoteCitation(text="1"))
    note.addElement(body)
    paragraph.addElement(note)
    text.text.addElement(paragraph)
    text.text.addElement(odf_table("T"))
    document = parse("a.odt", saved(text.save))
    assert document.kind == "odt" and document.sections[0].title == "Lease"
    assert place(document, "The rent is 210 pounds.\n") == "paragraph 2"
    assert place(document, "Paid in Leith.") == "footnote 1"
    assert place(document, "| Item: Clay | Unit: tonne | Price: €140 |") == "table 1, row 3"
    sheets = OpenDocumentSpreadsheet()
    table, filler = odf_table("Orders"), TableRow(numberrowsrepeated=1_048_570)
    filler.addElement(TableCell(numbercolumnsrepeated=16_384))
    table.addElement(filler)
    sheets.spreadsheet.addElement(table)
    document = parse("a.ods", saved(sheets.save))
    assert place(document, "| Item: Kiln | Unit: piece | Price: €6,200 |") == "sheet Orders, row 2"


RTF = rb"""{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Cyr;}}{\stylesheet{\s0 Normal;}{\s1 heading 1;}}
{\info{\title Secret}}{\header Contract 4471\par}\pard\s1 Tenancy\par
\pard\s0 The rent is \'a3210 a month, Ren\u233?e says.{\footnote\pard Paid in Leith.\par} It is {\b due}.\par {\f1\'cf\'f0\'e8}\par
\trowd\pard\intbl Item\cell Price\cell\row\trowd\pard\intbl Kiln\cell 6,200\cell\row\pard After
{\field{\*\fldinst{HYPERLINK "http://x"}}{\fldrslt  the link}}\par{\*\unknown hidden}{\pict\bin5 {{{{{}The end\par}"""


def test_rich_text():
    document = parse("a.rtf", RTF)
    assert document.kind == "rtf" and document.sections[0].title == "Tenancy"
    for words, where in (
        ("The rent is £210 a month, Renée says. It is due.", "paragraph 2"),
        ("Paid in Leith.", "footnote 1"),
        ("При", "paragraph 3"),
        ("| Item: Kiln | Price: 6,200 |", "table 1, row 2"),
        ("After the link", "paragraph 4"),
        ("The end", "paragraph 5"),
        ("Contract 4471", "header"),
    ):
        assert place(document, words) == where, words
    assert "Secret" not in document.text and "hidden" not in document.text


def test_office_files_are_known_by_their_content():
    assert parse("stdin", agreement()).kind == "docx"
    assert parse("a.txt", io.BytesIO(workbook()).getvalue()).kind == "xlsx"
