"""Files of each format, made on the spot by the libraries that write them, and looking into what was read of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from docx import Document as Word
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from dsacli.documents import Document

TABLE = [["Item", "Unit", "Price"], ["Kiln", "piece", "€6,200"], ["Clay", "tonne", "€140"]]
_W = nsdecls("w")


def saved(save: Callable[[io.BytesIO], object]) -> bytes:
    buffer = io.BytesIO()
    save(buffer)
    return buffer.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in members.items():
            archive.writestr(path, data)
    return buffer.getvalue()


def patched(data: bytes, path: str, change: Callable[[bytes], bytes]) -> bytes:
    """A zip archive with one member changed."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    return zipped(
        {each: change(archive.read(each)) if each == path else archive.read(each) for each in archive.namelist()}
    )


def place(document: Document, words: str) -> str | None:
    return document.place_at(document.text.index(words))


def agreement() -> bytes:
    """A Word document with what people put into one."""
    word = Word()
    word.add_heading("Services Agreement", 0)
    word.add_heading("Term", 1)
    paragraph = word.add_paragraph("The term is five years")
    word.add_comment(paragraph.add_run(" from signing."), text="Ask Ines.", author="Tom Reeve", initials="TR")
    paragraph = word.add_paragraph("Fees are due in ")
    for part in (
        f'<w:ins {_W} w:id="5" w:author="A"><w:r><w:t>30 days</w:t></w:r></w:ins>',
        f'<w:del {_W} w:id="6" w:author="A"><w:r><w:delText>60 days</w:delText></w:r></w:del>',
        f'<w:r {_W}><w:t xml:space="preserve"> of invoice.</w:t></w:r>',
        f'<w:r {_W}><w:footnoteReference w:id="2"/></w:r>',
    ):
        paragraph._p.append(parse_xml(part))
    box = f"<w:txbxContent {_W}><w:p><w:r><w:t>The helpline is 555-0199.</w:t></w:r></w:p></w:txbxContent>"
    word.add_paragraph().add_run()._r.append(parse_xml(f"<w:pict {_W}>{box}</w:pict>"))
    control = "<w:p><w:r><w:t>The reference is QX-77.</w:t></w:r></w:p>"
    word.element.body.insert(4, parse_xml(f"<w:sdt {_W}><w:sdtContent>{control}</w:sdtContent></w:sdt>"))
    table = word.add_table(rows=3, cols=3)
    for row, cells in zip(table.rows, TABLE):
        for cell, text in zip(row.cells, cells):
            cell.text = text
    inner = table.cell(2, 1).add_table(2, 2)
    for cell, text in zip((cell for row in inner.rows for cell in row.cells), ("Kind", "Weight", "Red", "25 kg")):
        cell.text = text
    for text in ("Delivery", "Payment"):
        word.add_paragraph(text, style="List Number")
    word.sections[0].header.paragraphs[0].text = "Contract No. 4471"
    word.sections[0].footer.paragraphs[0].text = "Page 1 of 3"
    note = f'<w:footnotes {_W}><w:footnote w:id="2"><w:p><w:r><w:t>Invoices go to Leith.</w:t></w:r></w:p></w:footnote></w:footnotes>'
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    relation = f'<Relationship Id="rId99" Type="{kind}" Target="footnotes.xml"/></Relationships>'
    whole = patched(
        saved(word.save),
        "word/_rels/document.xml.rels",
        lambda rels: rels.replace(b"</Relationships>", relation.encode()),
    )
    archive = zipfile.ZipFile(io.BytesIO(whole))
    return zipped({each: archive.read(each) for each in archive.namelist()} | {"word/footnotes.xml": note.encode()})


def book() -> bytes:
    """An EPUB of three chapters."""
    page = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body><h1>{0}</h1><p>{1}</p></body></html>'
    chapters = {"Salt": "Elias Thorn left Droitwich.", "Rain": "It rained&#160;on.", "Home": "He was home by May."}
    items = "".join(f'<item id="c{n}" href="c%20{n}.xhtml" media-type="application/xhtml+xml"/>' for n in range(3))
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(3))
    points = "".join(
        f'<navPoint><navLabel><text>Chapter {n + 1}: {title}</text></navLabel><content src="c%20{n}.xhtml"/></navPoint>'
        for n, title in enumerate(list(chapters)[:2])
    )
    ncx = '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    return zipped(
        {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": b'<container><rootfiles><rootfile full-path="in/b.opf"/></rootfiles></container>',
            "in/b.opf": f'<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>The Road</dc:title><dc:creator>Ann Low</dc:creator></metadata>'
            f"<manifest>{items}{ncx}</manifest><spine>{spine}</spine></package>".encode(),
            "in/toc.ncx": f"<ncx><navMap>{points}</navMap></ncx>".encode(),
            **{f"in/c {n}.xhtml": page.format(*each).encode() for n, each in enumerate(chapters.items())},
        }
    )
