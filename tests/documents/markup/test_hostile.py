"""Files that mean harm, or are no more what they were: one line of error, in little time."""

import io
import random
import time
import zipfile

import openpyxl
import pytest

from dsacli.documents import parse
from dsacli.errors import DsacliError

from .files import agreement, book, patched, saved, zipped

SUFFIXES = (
    ".docx .pptx .xlsx .odt .ods .rtf .epub .html .eml .mbox .srt .vtt .json .csv .tsv .tex .ipynb .txt .md".split()
)
TYPES = b'<Types><Override ContentType="application/x-wordprocessingml.main"/></Types>'
SHEET = "xl/worksheets/sheet1.xml"


def word(markup: bytes) -> bytes:
    return zipped({"[Content_Types].xml": TYPES, "word/document.xml": markup})


def body(inner: bytes) -> bytes:
    return word(b'<w:document xmlns:w="w"><w:body>' + inner + b"</w:body></w:document>")


def sheet(change) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.active.append(["a", "b"])
    return patched(saved(workbook.save), SHEET, change)


def outcome(name: str, data: bytes) -> str | None:
    """The line of the error, None where the file is read."""
    begin = time.process_time()
    try:
        parse(name, data)
    except DsacliError as error:
        message = str(error)
        assert message.startswith(name) and "\n" not in message and len(message) < 200
        return message
    finally:
        assert time.process_time() - begin < 20
    return None


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_random_bytes_under_every_name(suffix):
    chance = random.Random(suffix)
    for size in (1, 10, 1000, 20_000):
        outcome(f"a{suffix}", chance.randbytes(size))
        outcome(f"a{suffix}", bytes(chance.choices(b"abc {}[]<>\"'\\|,;:\n\t$%&", k=size)))


@pytest.mark.parametrize("name, whole", [("a.docx", agreement()), ("a.epub", book()), ("a.xlsx", sheet(bytes))])
def test_damaged_archives(name, whole):
    chance, archive = random.Random(name), zipfile.ZipFile(io.BytesIO(whole))
    for _ in range(10):
        flipped = bytearray(whole)
        for _ in range(20):
            flipped[chance.randrange(len(flipped))] = chance.randrange(256)
        outcome(name, bytes(flipped))
        outcome(name, whole[: chance.randrange(len(whole))])
        lost = chance.choice(archive.namelist())
        outcome(name, zipped({each: archive.read(each) for each in archive.namelist() if each != lost}))


def test_archives_that_expand():
    assert outcome("a.docx", word(b" " * (200 << 20))) == "a.docx expands to more than 128 MB"
    assert (
        outcome("a.docx", zipped({f"{number}": b"" for number in range(20_001)})) == "a.docx has more than 20,000 parts"
    )


def test_entities_are_not_expanded_nor_fetched(tmp_path):
    (tmp_path / "secret.txt").write_text("the secret")
    levels = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 10))
    for entities in (
        b'<!ENTITY e0 "ha">' + levels,
        b'<!ENTITY e9 SYSTEM "%s">' % (tmp_path / "secret.txt").as_uri().encode(),
    ):
        markup = (
            b"<!DOCTYPE d [" + entities + b']><w:document xmlns:w="w"><w:body><w:p><w:r><w:t>hi &e9;</w:t></w:r></w:p>'
        )
        data = word(markup + b"</w:body></w:document>")
        if outcome("a.docx", data) is None:
            assert parse("a.docx", data).text == "hi"
        outcome("a.xlsx", sheet(lambda xml, e=entities: b"<!DOCTYPE d [" + e + b"]>" + xml.replace(b">a<", b">&e9;<")))


@pytest.mark.parametrize(
    "name, data",
    [
        ("deep.docx", body(b"<w:sdt>" * 200 + b"<w:p/>" + b"</w:sdt>" * 200)),
        ("deep.json", b"[" * 100_000),
        ("deep.json", b'{"a":' * 900 + b"1" + b"}" * 900),
        ("deep.html", b"<div>" * 100_000 + b"x"),
        ("tables.html", b"<table><tr><td>" * 20_000 + b"x"),
        ("spans.html", b"<table><tr>" + b"<td rowspan=9999>a" * 900 + b"<tr>" * 20_000 + b"</table>"),
        ("deep.eml", b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(1000)) + b"\nx"),
        ("mails.eml", b"Content-Type: message/rfc822\n\n" * 1000 + b"\nx"),
        ("subject.eml", b"Subject: " + b"=?utf-8?q?a?= " * 50_000 + b"\n\nx"),
        ("deep.rtf", b"{\\rtf1 " + b"{" * 200_000 + b"x"),
        ("bin.rtf", b"{\\rtf1 x\\bin9999999999 abc"),
        ("open.tex", b"\\section{" * 20_000),
        ("math.tex", b"\\(" * 100_000),
        ("quotes.csv", b'a,b\nx,"y' * 50_000),
        ("voices.srt", b"1\n00:00:01,000 --> 00:00:02,000\n" + b"<v " * 50_000),
        ("far.xlsx", sheet(lambda xml: xml.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>5</v></c></row></sheetData>'))),
        ("farther.xlsx", sheet(lambda xml: xml.replace(b"</sheetData>", b'<row r="99999999999"><c><v>5</v></c></row></sheetData>'))),
        ("merges.xlsx", sheet(lambda xml: xml.replace(b"</sheetData>", b"</sheetData>" + b'<mergeCell ref="A1:J900"/>' * 10_000))),
    ],
)  # fmt: skip
def test_depth_and_repetition(name, data):
    outcome(name, data)


@pytest.mark.parametrize(
    "data, what",
    [
        (
            b"\xd0\xcf\x11\xe0" + "WordDocument".encode("utf-16-le"),
            "is an old Word document (.doc); save it as .docx or PDF first",
        ),
        (
            b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
            "is encrypted; save it without a password first",
        ),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "is an old office document; save it in a newer format or as PDF first"),
        (zipped({"a.txt": b"x"}), "is a zip archive, which is not read; unpack it first"),
        (
            zipped({"Index/Document.iwa": b"x"}),
            "is a Pages, Numbers or Keynote document; export it as PDF or an Office format first",
        ),
        (b"\x89PNG\r\n\x1a\n", "is an image, which is not read"),
        (b"\xff\xd8\xff\xe0", "is an image, which is not read"),
        (b"\0\0\0\x18ftypmp42", "is a video, which is not read"),
        (b"just words", "is no .docx document, whatever its name says"),
    ],
)
def test_what_is_not_read_is_refused_by_name(data, what):
    assert outcome("a.docx", data) == f"a.docx {what}"


def test_a_locked_book():
    locked = b'<e><CipherReference URI="in/c%200.xhtml"/></e>'
    archive = zipfile.ZipFile(io.BytesIO(book()))
    members = {each: archive.read(each) for each in archive.namelist()}
    assert (
        outcome("a.epub", zipped(members | {"META-INF/encryption.xml": locked}))
        == "a.epub is locked by its seller (DRM)"
    )
