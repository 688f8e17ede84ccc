"""Forms and notes: what somebody filled in or wrote on a page."""

import io
import time

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText, Highlight, Text
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, StreamObject, TextStringObject
from reportlab.pdfgen.canvas import Canvas

from dsacli.documents import parse
from dsacli.documents.pdf.forms import Field, filled_in
from dsacli.documents.pdf.runs import Run

from ..making import column, draw_pdf


@pytest.fixture(scope="module")
def filled() -> list[str]:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(612, 792))
    form = canvas.acroForm
    canvas.drawString(60, 720, "Full name")
    form.textfield(name="fullname", value="Perpetua Vane", x=180, y=712, width=200, height=20)
    canvas.drawString(60, 690, "Address:")
    form.textfield(name="address", value="4 Kiln Lane", x=60, y=660, width=300, height=22)
    form.checkbox(name="pets", x=60, y=620, checked=True, size=14)
    canvas.drawString(80, 623, "I keep pets")
    form.checkbox(name="smoke", x=200, y=620, checked=False, size=14)
    canvas.drawString(220, 623, "I smoke")
    for at, label in enumerate(("Parking space", "Cellar")):
        canvas.drawString(60 + 130 * at, 593, label)
        form.checkbox(name=f"box{at}", x=160 + 130 * at, y=590, checked=bool(at), size=14)
    canvas.drawString(60, 533, "Flat:")
    for at, label in enumerate(("Attic", "Garden", "Mews")):
        form.radio(name="flat", value=label, selected=label == "Garden", x=120 + 80 * at, y=530, size=14)
        canvas.drawString(138 + 80 * at, 533, label)
    canvas.drawString(60, 560, "Move-in date")
    for at, value in enumerate(("14", "09", "2024")):
        form.textfield(name=f"d{at}", value=value, x=260 + 50 * at, y=554, width=40, height=18)
    form.textfield(name="EmergencyContact", tooltip="Emergency contact", value="Rufus Vane", x=60, y=470)
    canvas.showPage()
    canvas.save()
    return parse("form.pdf", buffer.getvalue()).text.split("\n")


@pytest.mark.parametrize(
    "line",
    ["Full name: Perpetua Vane", "Address: 4 Kiln Lane", "I keep pets: checked", "I smoke: unchecked",
     "Flat: Garden", "[Not chosen: Attic; Mews]", "Parking space: unchecked", "Cellar: checked", "Move-in date: 14 09 2024", "Emergency contact: Rufus Vane"],
)  # fmt: skip
def test_a_value_stands_beside_its_label(filled, line):
    assert line in filled


def test_what_somebody_typed_is_a_value_whatever_it_says():
    label = Run("Status", 60, 700, 100, 10, False)
    for value in ("chosen", "checked", "unchecked"):
        (run,) = filled_in([label], [Field((120, 695, 200, 712), value, "status", False)])
        assert run.text == f"Status: {value}"


def test_notes_are_read_and_said_to_be():
    writer = PdfWriter(io.BytesIO(draw_pdf([column(["The price is 410 pounds a tonne."])])))
    note = Text(text="Should be 395.", rect=(300, 690, 320, 710))
    note[NameObject("/T")] = TextStringObject("Hester Lamb")
    mark = Highlight(
        rect=(72, 695, 120, 712),
        quad_points=ArrayObject(FloatObject(each) for each in (72, 712, 115, 712, 72, 696, 115, 696)),
    )
    for each in (note, FreeText(text="Draft", rect=(300, 600, 400, 620)), mark):
        writer.add_annotation(0, each)
    data = io.BytesIO()
    writer.write(data)
    text = parse("a.pdf", data.getvalue()).text
    assert "[Note by Hester Lamb] Should be 395." in text
    assert "[Note] Draft" in text
    assert "[Highlight] “The price" in text


TEMPLATE = b"""<template xmlns="http://www.xfa.org/schema/xfa-template/3.0/"><subform name="form1"><field name="TenantName">
<caption><value><text>Name of tenant:</text></value></caption></field></subform></template>"""
DATA = b"""<xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><xfa:data><form1><TenantName>Ottoline Marsh
</TenantName><MonthlyRent>725</MonthlyRent><Empty/></form1></xfa:data></xfa:datasets>"""
BOMB = b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + b"".join(
    b"<!ENTITY %c '%s'>" % (98 + at, b"&%c;" % (97 + at) * 10) for at in range(9)
) + b"]><xfa:datasets xmlns:xfa='x'><xfa:data><f><A>&j;</A></f></xfa:data></xfa:datasets>"  # fmt: skip


def xfa(datasets: bytes) -> bytes:
    writer = PdfWriter(
        PdfReader(io.BytesIO(draw_pdf([column(["Please wait...", "Your viewer may not be able to show it."])])))
    )
    packets = ArrayObject()
    for name, content in (("template", TEMPLATE), ("datasets", datasets)):
        stream = StreamObject()
        stream.set_data(content)
        packets += [TextStringObject(name), writer._add_object(stream)]
    form = DictionaryObject({NameObject("/XFA"): packets, NameObject("/Fields"): ArrayObject()})
    writer._root_object[NameObject("/AcroForm")] = form
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def test_an_xfa_form_says_what_was_filled_in():
    document = parse("a.pdf", xfa(DATA))
    assert document.text.split("\n") == ["Name of tenant: Ottoline Marsh", "Monthly rent: 725"]
    assert document.warnings == ()


@pytest.mark.parametrize("datasets", [BOMB, b"<a>" * 100_000, b"<a", b"\xff\xfe\x00", b""])
def test_hostile_xml_gives_nothing_and_that_is_said(datasets):
    began = time.monotonic()
    document = parse("a.pdf", xfa(datasets))
    assert time.monotonic() - began < 10
    assert document.text.startswith("Please wait")
    assert any("XFA form" in warning for warning in document.warnings)
