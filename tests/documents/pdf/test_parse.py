import io
import time
import zlib

import pytest
from pypdf import PdfWriter
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from dsacli.documents import parse
from dsacli.documents.pdf.ocr import advice
from dsacli.errors import DsacliError

from ..making import column, content_pdf, draw_pdf, encrypt, raw_pdf

PROSE = [
    "The committee met in the long and difficult spring of that year and",
    "agreed, after much debate, that the remaining funds were to be spent",
    "on the northern harbour and on nothing else that anybody had named.",
]


def test_lines_of_a_paragraph_become_one_and_paragraphs_stay_apart():
    document = parse("a.pdf", draw_pdf([column(PROSE) + column(PROSE, top=640)]))
    paragraph = " ".join(PROSE)
    assert document.kind == "pdf"
    assert document.text == f"{paragraph}\n\n{paragraph}"
    assert document.line_at(0) is None


def test_an_indent_begins_a_paragraph():
    indented = (90, 664, "The second one begins with an indent and goes on to the very margin")
    lines = [*column(PROSE), indented, *column(PROSE[1:], top=652)]
    assert parse("a.pdf", draw_pdf([lines])).text.count("\n\n") == 1


def test_divided_words_are_joined_and_real_hyphens_kept():
    lines = [
        "It is a long-term plan to which the parties came by mutual agree-",
        "ment of the kind that is made for the long-",
        "term good of all the people who live in the Anglo-",
        "Saxon world.",
    ]
    text = parse("a.pdf", draw_pdf([column(lines)])).text
    assert "agreement" in text
    assert "the long-term good" in text
    assert "Anglo-Saxon" in text
    assert "\n" not in text


def test_ligatures_and_odd_spaces_are_spelled_out():
    content = b"BT /F1 12 Tf 72 700 Td (of\xdece\xa0hours) Tj ET"
    font = b"/BaseFont /Helvetica"
    data = content_pdf(content).replace(font, font + b" /Encoding << /Differences [222 /fi] >>")
    assert parse("a.pdf", data).text == "office hours"


NUMBERS = ["one", "two", "three", "four"]


@pytest.fixture
def running() -> bytes:
    """Four pages with a head, a page number and a foot, and sentences that run over the page breaks."""
    pages = []
    for number, word in enumerate(NUMBERS, 1):
        lines = [
            f"on page {word} the story goes on and on about the harbour and all its people",
            f"and the {word} ships that came and went while nobody was looking out for them",
            f"until the page is full and what {word} of them said is carried over, you see,",
        ]
        head = [(72, 750, "Annual Report of the Harbour Board")]
        foot = [(300, 30, f"Page {number} of 4"), (72, 40, f"HB/2024 - {number + 16}")]
        pages.append(head + column(lines) + foot)
    return draw_pdf(pages)


def test_heads_and_feet_are_said_once_and_sentences_read_on_over_pages(running):
    document = parse("a.pdf", running)
    head, foot, rest = document.text.split("\n\n")
    assert (head, foot) == ("Annual Report of the Harbour Board", "HB/2024 - 17")
    assert "Page" not in document.text
    assert "carried over, you see, on page two the story" in rest
    assert "\n" not in rest


def test_each_part_of_a_sentence_over_a_page_break_keeps_its_page(running):
    document = parse("a.pdf", running)
    assert [page.number for page in document.pages] == [1, 2, 3, 4]
    for number, word in enumerate(NUMBERS, 1):
        assert document.page_at(document.text.index(f"on page {word}")) == number
    before = document.text.index("carried over, you see, on page two")
    assert document.page_at(before) == 1
    assert document.text[document.pages[1].start :].startswith("on page two")
    first = document.text[document.pages[0].start : document.pages[0].end]
    assert first.startswith("Annual Report") and first.endswith("carried over, you see,")


def test_a_word_divided_over_a_page_break():
    first = [*PROSE[:2], "on the northern harbour and on nothing else that was in the agree-"]
    data = draw_pdf([column(first), column(["ment of both the parties to it."])])
    document = parse("a.pdf", data)
    assert "agreement of both" in document.text
    at = document.text.index("agreement")
    assert (document.page_at(at), document.page_at(at + len("agree"))) == (1, 2)


def test_chapter_titles_on_top_of_pages_are_no_furniture():
    pages = [
        column([f"Chapter {number * number}", "", f"The {NUMBERS[number - 2]} of us went on", *PROSE[number % 3 :]])
        for number in range(2, 6)
    ]
    document = parse("a.pdf", draw_pdf(pages))
    assert [section.title for section in document.sections] == ["Chapter 4", "Chapter 9", "Chapter 16", "Chapter 25"]


def test_a_page_without_text_is_empty_and_moves_nothing():
    document = parse("a.pdf", draw_pdf([column(PROSE), [], column(["Third page."])]))
    assert [page.number for page in document.pages] == [1, 2, 3]
    assert document.pages[1].start == document.pages[1].end
    assert document.page_at(document.text.index("Third")) == 3
    assert document.page_at(10**9) == 3


def test_rows_of_a_table_keep_a_line_each(tmp_path):
    style = getSampleStyleSheet()
    wrapped = Paragraph("A long note that is wrapped into several lines in its cell", style["BodyText"])
    rows = [["Region", "2022", "2023"], ["North of the river", "1,204", "1,377"], ["South", "88", "91"]]
    story = [
        Paragraph("The sales of the year are given in the table that follows here.", style["BodyText"]),
        Table(rows),
        Paragraph("So much for the sales.", style["BodyText"]),
        Table([["Due date", wrapped, "5 May"], ["Total", "no note", "6 May"]], colWidths=[80, 120, 80]),
    ]
    path = tmp_path / "table.pdf"
    SimpleDocTemplate(str(path)).build(story)
    text = parse("table.pdf", path.read_bytes()).text
    rows = "| Region | 2022 | 2023 |\n| North of the river | 1,204 | 1,377 |\n| South | 88 | 91 |"
    assert f"here.\n\n{rows}\n\nSo much" in text
    wrapped = "A long note that is wrapped into several lines in its cell"
    assert f"| Due date | {wrapped} | 5 May |\n| Total | no note | 6 May |" in text


def test_rows_drawn_as_one_string_are_rows_by_their_numbers():
    rows = ["Revenue from sales 1,204 1,377", "Cost of sales (804) (912)", "Profit for the year 400 465"]
    assert parse("a.pdf", draw_pdf([column(rows)])).text.split("\n") == rows


def test_headings_by_size_weight_and_number(tmp_path):
    style = getSampleStyleSheet()
    body = Paragraph(" ".join(PROSE * 3), style["BodyText"])
    story = []
    for title, name in [("Introduction", "Heading1"), ("Scope", "Heading2"), ("Findings", "Heading1")]:
        story += [Paragraph(title, style[name]), body]
    path = tmp_path / "headed.pdf"
    SimpleDocTemplate(str(path)).build(story)
    document = parse("headed.pdf", path.read_bytes())
    assert [(section.title, section.level) for section in document.sections] == [
        ("Introduction", 1),
        ("Scope", 2),
        ("Findings", 1),
    ]
    assert document.section_at(document.text.rindex("committee")) == "Findings"
    assert "\n\nScope\n\nThe committee" in document.text


def test_headings_by_number_where_all_type_is_alike():
    scope = [*column(["1. Scope"]), *column(PROSE, top=670)]
    rent = [*column(["2. Payment of rent"], top=610), *column(PROSE, top=580)]
    document = parse("a.pdf", draw_pdf([scope + rent]))
    assert [section.title for section in document.sections] == ["1. Scope", "2. Payment of rent"]


def test_bookmarks_give_the_sections(tmp_path):
    from reportlab.pdfgen.canvas import Canvas

    path = tmp_path / "marked.pdf"
    canvas = Canvas(str(path))
    for number, title in enumerate(["Opening", "Matters arising", "Close"]):
        canvas.bookmarkPage(title)
        canvas.addOutlineEntry(title, title, level=number % 2)
        for x, y, text in [*column([title]), *column(PROSE, top=660)]:
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    document = parse("marked.pdf", path.read_bytes())
    assert [(section.title, section.level) for section in document.sections] == [
        ("Opening", 1),
        ("Matters arising", 2),
        ("Close", 1),
    ]
    assert all(document.text[section.start :].startswith(section.title) for section in document.sections)


def test_list_items_keep_a_line_each():
    lines = [
        "The parties agree on all of the following points that are named below:",
        "• the price",
        "• the date of delivery",
        "(a) at the port",
        "(b) in the yard",
    ]
    assert parse("a.pdf", draw_pdf([column(lines)])).text.split("\n")[1:] == lines[1:]


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_an_encrypted_pdf_needs_its_password(letter, algorithm):
    locked = encrypt(letter, "sesame", algorithm)
    with pytest.raises(DsacliError, match=r"^report\.pdf is encrypted; pass --password$"):
        parse("report.pdf", locked)
    with pytest.raises(DsacliError, match=r"^report\.pdf is encrypted and the password is wrong"):
        parse("report.pdf", locked, password="simsim")
    assert parse("report.pdf", locked, password="sesame").text == parse("report.pdf", letter).text


def test_a_pdf_locked_with_no_password_just_opens(letter):
    locked = encrypt(letter, "", "AES-256")
    assert parse("a.pdf", locked).text.startswith("The tenant")
    assert parse("a.pdf", locked, password="for another file").text.startswith("The tenant")
    assert parse("a.pdf", letter, password="not needed").text.startswith("The tenant")


def test_a_scan_is_told_by_its_want_of_text():
    data = content_pdf(b"0.5 g 72 72 400 600 re f")
    with pytest.raises(DsacliError) as caught:
        parse("scan.pdf", data)
    assert str(caught.value) == f"scan.pdf has no text layer (a scan?); {advice()}"


def test_text_in_a_font_that_is_missing_is_read_as_it_is_written():
    data = content_pdf(b"BT /F9 12 Tf 72 700 Td (Who knows) Tj ET")
    assert parse("a.pdf", data).text == "Who knows"


def without_map(text: str) -> bytes:
    """A PDF in a font that gives glyphs by their number, as a subset without a map does: "A" is glyph 36."""
    lines = [text[at : at + 60] for at in range(0, len(text), 60)]
    glyphs = [b"<%s> Tj 0 -14 Td" % "".join(f"{ord(each) - 29:04x}" for each in line).encode() for line in lines]
    content = b"BT /F1 12 Tf 72 700 Td %s ET" % b" ".join(glyphs)
    return raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /ABCDEF+Some /Encoding /Identity-H /DescendantFonts [6 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /ABCDEF+Some /FontDescriptor 7 0 R /CIDSystemInfo"
        b" << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
        b"<< /Type /FontDescriptor /FontName /ABCDEF+Some /Flags 4 /FontBBox [0 0 1000 1000] /Ascent 800 /Descent -200"
        b" /ItalicAngle 0 /CapHeight 700 /StemV 80 >>",
    )


def test_text_that_is_no_language_is_said_to_be_none():
    document = parse("a.pdf", without_map(" ".join(PROSE)))
    assert document.warnings == (f"page 1: its text is no language (a font without a map? {advice()})",)


@pytest.mark.parametrize(
    "lines",
    [
        ["XK-4471 PQZ RTG 0093 BBN", "ZZT-1203 WRT KLM 8812 CVB", "QPR-0071 TTX LKJ 6620 ZXC"] * 4,
        ['for (i = 0; i < n; i++) { fprintf(stderr, "%d\\n", a[i]); }', "static const char *xs[] = { 0 };"] * 4,
        ["Szczebrzeszyn krzywo brzmi w trzcinie, gdzie chrzaszcz brzeczy."] * 4,
    ],
    ids=["codes", "program", "Polish"],
)
def test_codes_programs_and_other_languages_are_read_without_a_word(lines):
    assert parse("a.pdf", draw_pdf([column(lines)])).warnings == ()


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.95])
def test_a_pdf_cut_short_is_refused_or_read_with_a_warning(letter, share):
    try:
        document = parse("cut.pdf", letter[: int(len(letter) * share)])
    except DsacliError as error:
        assert str(error).startswith("cut.pdf ")
        assert "\n" not in str(error)
    else:
        assert any("looks cut short" in warning for warning in document.warnings)


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7\n", b"%PDF-1.7\n" + bytes(range(256)) * 40, b"%PDF-1.4\ntrailer\n<<>>\n%%EOF"]
)
def test_a_damaged_pdf_is_refused(data):
    with pytest.raises(DsacliError, match=r"^bad\.pdf is not a readable PDF \(damaged or cut short\)$"):
        parse("bad.pdf", data)


def test_a_pdf_by_name_only_is_refused():
    with pytest.raises(DsacliError, match=r"^page\.pdf is not a PDF, whatever its name says$"):
        parse("page.pdf", b"<html>404</html>")


def test_a_pdf_without_pages_is_refused():
    data = raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>")
    with pytest.raises(DsacliError, match="has no pages"):
        parse("none.pdf", data)


def test_pages_that_fail_are_left_out_with_a_warning(letter):
    deep = b"BT " + b"[" * 50_000 + b" TJ ET"
    good = b"BT /F1 12 Tf 72 700 Td (Good page.) Tj ET"
    data = raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R /Resources 7 0 R >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 6 0 R /Resources 7 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(deep), deep),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(good), good),
        b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>",
    )
    document = parse("half.pdf", data)
    assert document.text == "Good page."
    assert document.page_at(0) == 2
    assert document.warnings == ("page 1 left out: not readable",)


def test_progress_is_told_page_by_page(running):
    calls = []
    parse("a.pdf", running, on_page=lambda *call: calls.append(call))
    assert calls == [("a.pdf", number, 4) for number in range(1, 5)]


def test_nothing_reaches_the_terminal(letter, capfd):
    parse("a.pdf", letter.replace(b"startxref\n", b"startxref\n9"))
    assert capfd.readouterr() == ("", "")


def test_rotated_text_reads_like_any_other():
    operators = [
        b"BT /F1 12 Tf 0 1 -1 0 %d 72 Tm (%s) Tj ET\n" % (300 + 14 * index, line.encode())
        for index, line in enumerate(PROSE)
    ]
    assert parse("a.pdf", content_pdf(b"".join(operators))).text == " ".join(PROSE)


@pytest.mark.parametrize("size", [b"0", b"-12", b"99999999999999999999"])
@pytest.mark.parametrize("matrix", [b"1 0 0 1 72 700", b"0 0 0 0 0 0", b"9999999999 0 0 9999999999 9999999999 1"])
def test_type_of_any_size_is_read(size, matrix):
    content = b"BT /F1 %s Tf %s Tm (One line) Tj 0 -14 Td (and another) Tj ET" % (size, matrix)
    text = parse("a.pdf", content_pdf(content)).text
    assert "One line" in text
    assert "and another" in text


def test_a_compressed_bomb_stays_in_bounds():
    bomb = zlib.compress(b"BT (a) Tj ET\n" * 10_000_000, 9)
    with pytest.raises(DsacliError, match="none of its 1 pages can be read"):
        parse("bomb.pdf", content_pdf(bomb, b"/Filter /FlateDecode"))


def test_a_page_of_cells_that_climb_is_read_in_linear_time():
    """Each cell begins where a cell of the row before it could: one row without end, for whoever joins them."""
    cells = b" ".join(b"BT /F1 1 Tf 1 0 0 1 %.2f %.2f Tm (c%d) Tj ET" % (i * 0.09, i * 0.11, i) for i in range(6000))
    began = time.process_time()
    document = parse("stairs.pdf", content_pdf(cells))
    assert time.process_time() - began < 5
    assert document.text.count("c") == 6000


def test_many_bookmarks_to_a_long_page_are_read_in_linear_time():
    lines = [(72.0, 780 - index * 0.4, f"line {index} of the page") for index in range(1800)]
    writer = PdfWriter(io.BytesIO(draw_pdf([lines, []], size=0.5)))
    for index in range(1600):
        writer.add_outline_item(title=f"nowhere {index} " + "x" * 1000, page_number=0)
    data = io.BytesIO()
    writer.write(data)
    began = time.process_time()
    document = parse("marks.pdf", data.getvalue())
    assert time.process_time() - began < 8
    assert document.sections and max(len(section.title) for section in document.sections) <= 300


def test_a_picture_with_a_stamp_on_it_is_said_to_be_one():
    picture = b"q 612 0 0 792 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q "
    stamp = b"BT /F1 10 Tf 500 20 Td (BATES004411) Tj ET"
    assert parse("a.pdf", content_pdf(stamp)).warnings == ()
    (warning,) = parse("a.pdf", content_pdf(picture + stamp)).warnings
    assert warning.startswith("page 1: hardly more than a picture (a scan?")
