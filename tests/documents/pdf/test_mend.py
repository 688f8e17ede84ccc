"""PDFs whose end is missing are read as far as they go, with a warning."""

import io
import time
import zlib
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from dsacli.documents import Document, parse
from dsacli.documents.pdf.mend import mend
from dsacli.errors import DsacliError

from ..making import column, draw_pdf, encrypt, raw_pdf

ROOT = Path(__file__).parents[3]
CUT_SHORT = "looks cut short; what is left of it is read"
DAMAGED = r"^cut\.pdf is not a readable PDF \(damaged or cut short\)$"


def cut(data: bytes, share: float) -> bytes:
    return data[: int(len(data) * share)]


def page_texts(document: Document) -> list[str]:
    return [document.text[page.start : page.end] for page in document.pages]


def volume(pages: int = 20) -> bytes:
    """Pages that have nothing in common, each of many lines."""
    return draw_pdf(
        [column([f"The {n * n} boats of day {n} and line {line}." for line in range(40)]) for n in range(pages)]
    )


def rewritten(data: bytes) -> bytes:
    """The PDF as pypdf writes it: the tree of pages first, each page before what is drawn on it."""
    writer, buffer = PdfWriter(clone_from=PdfReader(io.BytesIO(data))), io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def drawn(text: bytes) -> bytes:
    content = zlib.compress(b"BT /F1 12 Tf 72 700 Td (%s) Tj ET" % text)
    return b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(content), content)


FONT = b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"


def packed(objects: dict[int, bytes], table: bytes = b"") -> bytes:
    """The objects in an object stream that is object 90."""
    table = table or b" ".join(
        b"%d %d" % (number, sum(len(each) + 1 for each in list(objects.values())[:index]))
        for index, number in enumerate(objects)
    )
    body = zlib.compress(table + b"\n" + b"\n".join(objects.values()))
    return b"90 0 obj\n<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>stream\n%s\nendstream\nendobj\n" % (
        len(objects),
        len(table) + 1,
        len(body),
        body,
    )


def loose(objects: dict[int, bytes]) -> bytes:
    return b"%PDF-1.7\n" + b"".join(b"%d 0 obj\n%s\nendobj\n" % each for each in objects.items())


@pytest.mark.parametrize("share", [0.5, 0.7, 0.9, 0.99])
@pytest.mark.parametrize("write", [bytes, rewritten], ids=["reportlab", "pypdf"])
def test_pages_that_are_left_are_read_and_no_others(write, share):
    whole = write(volume())
    expected, document = page_texts(parse("whole.pdf", whole)), parse("cut.pdf", cut(whole, share))
    found = page_texts(document)
    assert document.warnings == (CUT_SHORT,)
    assert 20 * share - 3 <= len(found) <= 20
    assert found[:-1] == expected[: len(found) - 1]
    assert expected[len(found) - 1].startswith(found[-1])


@pytest.mark.parametrize("share", [0.5, 0.7, 0.9, 0.99])
def test_a_report_cut_short_begins_as_it_does(share):
    whole = (ROOT / "sample_docs" / "annual-report.pdf").read_bytes()
    document = parse("cut.pdf", cut(whole, share))
    assert CUT_SHORT in document.warnings
    assert document.text[:100] == parse("whole.pdf", whole).text[:100]


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7, 0.9, 0.99])
@pytest.mark.parametrize("path", sorted((ROOT / "tests" / "cases").glob("*.pdf")), ids=lambda path: path.stem)
def test_any_pdf_cut_short_is_read_with_a_warning_or_refused_in_a_line(path, share):
    try:
        document = parse("cut.pdf", cut(path.read_bytes(), share))
    except DsacliError as error:
        assert str(error).startswith("cut.pdf ") and "\n" not in str(error)
    else:
        assert CUT_SHORT in document.warnings


def test_the_warning_is_kept_where_documents_are(letter):
    document = parse("cut.pdf", cut(letter, 0.95))
    assert Document.from_json(document.to_json()) == document
    assert document.warnings == (CUT_SHORT,)


def test_what_lacks_no_object_is_whole_but_for_its_table(letter):
    document = parse("cut.pdf", letter[: letter.index(b"xref\n0")])
    assert document.text == parse("whole.pdf", letter).text


def test_objects_in_object_streams_are_found():
    inside = {1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[3 0 R]/Count 1/Resources 5 0 R>>"}
    inside |= {3: b"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>", 5: FONT}
    whole = loose({4: drawn(b"Packed away")}) + packed(inside)
    assert parse("cut.pdf", whole).text == "Packed away"
    assert parse("cut.pdf", whole[: whole.rindex(b"endstream")]).text == "Packed away"


def test_an_object_stream_that_is_cut_gives_what_it_has():
    page = b"<</Type/Page/Contents 4 0 R/Resources " + FONT + b">>"
    rest = bytes(range(33, 256)).replace(b">", b"") * 40
    whole = loose({4: drawn(b"Just in time")}) + packed({3: page, 7: b"(" + rest + b")"})
    assert parse("cut.pdf", whole[:-80]).text == "Just in time"


def test_what_pages_inherit_is_theirs_and_a_page_without_a_size_has_one():
    objects = {4: drawn(b"One"), 5: drawn(b"Two")}
    objects |= {2: b"<< /Type /Pages /Parent 9 0 R /Kids [3 0 R 6 0 R] /Count 2 /Resources " + FONT + b" >>"}
    objects |= {
        6: b"<< /Type /Page /Parent 2 0 R /Contents 5 0 R >>",
        3: b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>",
    }
    document = parse("cut.pdf", loose(objects))
    assert page_texts(document) == ["One", "Two"]
    assert document.warnings == (CUT_SHORT,)


def test_of_two_objects_of_a_number_the_latter_counts():
    page = b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources " + FONT + b" >>"
    assert parse("cut.pdf", loose({3: page, 4: drawn(b"Old")}) + loose({4: drawn(b"New")})).text == "New"


def test_a_page_that_is_lost_between_others_keeps_its_number():
    tree = {1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b"<< /Type /Pages /Kids [3 0 R 4 0 R 5 0 R 6 0 R] /Count 4 >>"}
    page = b"<< /Type /Page /Parent 2 0 R /Contents %d 0 R /Resources " + FONT + b" >>"
    document = parse("cut.pdf", loose({**tree, 3: page % 7, 5: page % 8, 7: drawn(b"Early"), 8: drawn(b"Late")}))
    assert page_texts(document) == ["Early", "", "Late"]


def test_what_is_added_takes_no_number_that_is_lost():
    tree = {1: b"<< /Type /Catalog /Pages 9 0 R >>", 4: drawn(b"Here")}
    page = b"<< /Type /Page /Parent 6 0 R /Contents 4 0 R /Resources " + FONT + b" >>"
    assert parse("cut.pdf", loose({**tree, 3: page})).text == "Here"
    nodes = {2: b"<< /Type /Pages /Kids [5 0 R 6 0 R 7 0 R] >>", 1: b"<< /Type /Catalog /Pages 2 0 R >>"}
    assert page_texts(parse("cut.pdf", loose({**tree, **nodes, 3: page}))) == ["", "Here"]


def test_a_stream_may_hold_what_looks_like_objects():
    fake = b"5 0 obj << /Type /Page /Contents 4 0 R >> endobj "
    page = b"<< /Type /Page /Contents 4 0 R /Resources " + FONT + b" >>"
    decoy = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(fake), fake)
    assert len(parse("cut.pdf", loose({3: page, 4: drawn(b"Real"), 7: decoy})).pages) == 1


def test_a_font_that_is_lost_is_said_to_be():
    page = b"<< /Type /Page /Contents 4 0 R /Resources << /Font << /F1 8 0 R >> >> >>"
    document = parse("cut.pdf", loose({3: page, 4: drawn(b"Some words")}))
    assert document.warnings == (CUT_SHORT, "fonts are lost; letters may be missing or others than it shows")


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
@pytest.mark.parametrize("share", [0.6, 0.8, 0.95])
def test_what_was_locked_stays_so(algorithm, share):
    with pytest.raises(DsacliError, match=DAMAGED):
        parse("cut.pdf", cut(encrypt(volume(3), "", algorithm), share), password="")


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 o",
        b"%PDF-1.7\n" + bytes(range(256)) * 40,
        loose({1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"}),
        loose({3: b"<< /Type /Page /Contents 4 0 R >>"}),
    ],
    ids=["header", "garbage", "no page", "no contents"],
)
def test_nothing_left_is_refused_as_ever(data):
    with pytest.raises(DsacliError, match=DAMAGED):
        parse("cut.pdf", data)


HOSTILE = {
    "objects": b"1 0 obj " * 625_000,
    "spaces": (b"1" + b" " * 4999) * 1000,
    "streams": b"1 0 obj<<" + b">>stream\n" * 550_000,
    "objects with streams": b"1 0 obj<<>>stream\n" * 270_000,
    "kids": b"1 0 obj<</Type/Pages" + b"/Kids [1 " * 550_000 + b">>endobj",
    "own child": b"1 0 obj<</Type/Pages/Kids ["
    + b"1 0 R " * 800_000
    + b"]>>endobj 2 0 obj<</Type/Page/Parent 1 0 R>>endobj",
    "chain": b"".join(b"%d 0 obj<</Type/Pages/Parent %d 0 R>>endobj\n" % (n, n + 1) for n in range(1, 90_000)),
    "fonts": b"1 0 obj<<" + b"/Font<</F 1 0 R" * 330_000 + b">>endobj",
    "bombs": packed({1: b" " * 100_000_000}) * 10,
    "same place": packed({3: b" " * 1_000_000}, b"3 0 4 999999 " * 50_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_are_looked_through_in_linear_time(name):
    began = time.process_time()
    mended = mend(b"%PDF-1.7\n" + HOSTILE[name])
    assert time.process_time() - began < 5
    assert mended is None or len(mended.data) < 10 * len(HOSTILE[name]) + (1 << 20)


def test_a_hostile_file_is_refused_in_time():
    began = time.monotonic()
    with pytest.raises(DsacliError, match=DAMAGED):
        parse("cut.pdf", b"%PDF-1.7\n" + HOSTILE["objects"])
    assert time.monotonic() - began < 15


def test_a_tree_of_pages_that_is_whole_is_left_as_it_is():
    data = raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", b"<< /Type /Page >>"
    )
    mended = mend(data)
    assert mended and b"/Root 1 0 R" in mended.data[-100:] and not mended.fonts_lost
