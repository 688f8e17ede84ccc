#!/usr/bin/env python3
"""Typeset annual-report.md as annual-report.pdf (needs reportlab; the same input gives the same bytes).

usage: make_annual_report.py [source.md [output.pdf]]

The source uses a small part of Markdown: #, ## and ### headings, paragraphs and pipe tables
(a row in **bold** is a total).  Text is justified; the long words listed in BREAKS carry soft
hyphens, so that some of them are divided over the ends of lines, as in a printed report.
"""

import re
import sys
from pathlib import Path

from reportlab.lib import colors
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)
from reportlab.platypus.tableofcontents import TableOfContents

HERE = Path(__file__).resolve().parent
COMPANY = "Corrandale Tidal plc"
TITLE = "Annual Report and Accounts 2025"
AUTHOR = "dsacli sample documents (fiction)"
NAVY, SEA = colors.HexColor("#12304a"), colors.HexColor("#2f7f8f")
NEW_PAGE = {
    "Letter to shareholders",
    "Business review",
    "Principal risks",
    "Corporate governance",
    "Financial statements",
    "Shareholder information",
}

BREAKS = """
    ac-count-ant ac-cording-ly ad-just-ed ad-min-is-tra-tive agree-ment amor-ti-sa-tion ap-pren-tices
    ap-proach-es ar-range-ment as-sem-bled avail-abil-ity bar-na-cles bearing-s can-did ca-pac-ity
    chart-ered co-op-er-a-tive com-mis-sion-ers com-mit-tee com-mu-nity com-pa-ny com-par-ison
    com-plet-ed com-ple-tion com-pos-ite con-di-tions con-sid-ered con-sol-i-da-tion con-struc-tion
    con-tract con-tracts cov-enants cus-tomer cus-tomers de-com-mis-sion-ing de-liv-ered de-liv-ery
    de-pre-ci-a-tion de-vel-op-ment di-rec-tors div-i-dend dredg-er elec-tric-ity em-ploy-ees
    en-gi-neer en-gi-neers en-gi-neer-ing equip-ment es-ti-mate es-ti-mates ex-cep-tion-al
    ex-clu-sion ex-ec-u-tive ex-ec-u-tives ex-pe-ri-ence fi-nan-cial foun-da-tion foun-da-tions
    foundr-ies gen-er-a-tion gov-er-nance har-bour hydro-phone in-de-pen-dent in-dex-a-tion
    in-for-ma-tion in-spect-ed in-stal-la-tion in-sur-ance in-ter-est in-ter-rup-tion ma-chine
    ma-chines main-te-nance man-age-ment mar-gin mea-sured mega-watt mega-watts meet-ing
    mem-bers non-ex-ec-u-tive ob-jec-tives op-er-a-tion op-er-at-ing par-tic-u-lar per-for-mance
    per-sonal plan-ning pow-er pro-duc-tion proj-ect proj-ects pro-posed pro-to-type pro-vi-sion
    pur-chase rec-om-mend rec-om-mend-ed rec-og-nised re-mu-ner-a-tion re-place-ment res-i-dents
    re-spon-si-ble seg-ment seg-ments share-hold-ers sub-con-trac-tor sub-sta-tion tech-ni-cians
    tur-bine tur-bines uni-ver-sity ves-sel ves-sels war-ranty work-shops
"""
SOFT = {b.replace("-", ""): b.replace("-", "\u00ad") for b in BREAKS.split() if b != "bearing-s"}
WORD = re.compile(r"(?<![\w@./-])[A-Za-z]{6,}(?![\w@/-]|\.\w)")


def soften(text):
    def one(match):
        word = match.group()
        broken = SOFT.get(word.lower())
        return word[0] + broken[1:] if broken else word

    return WORD.sub(one, text)


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def style(name, **over):
    base = dict(fontName="Times-Roman", fontSize=10.5, leading=14.6, textColor=colors.black)
    return ParagraphStyle(name, **{**base, **over})


BODY = style("Body", alignment=TA_JUSTIFY, spaceAfter=6.5, allowWidows=0, allowOrphans=0)
LEAD = ParagraphStyle("Lead", parent=BODY, keepWithNext=1)
HEADS = [
    style(
        "H1",
        fontName="Helvetica-Bold",
        fontSize=20,
        leading=25,
        spaceBefore=20,
        spaceAfter=12,
        textColor=NAVY,
        keepWithNext=1,
    ),
    style(
        "H2",
        fontName="Helvetica-Bold",
        fontSize=13,
        leading=17,
        spaceBefore=10,
        spaceAfter=5,
        textColor=SEA,
        keepWithNext=1,
    ),
    style("H3", fontName="Times-BoldItalic", fontSize=11, leading=14.5, spaceBefore=4, spaceAfter=2, keepWithNext=1),
]


class RowCanvas(Canvas):
    """Ends no line after a string, so that readers of the text find a table's row on one line."""

    def drawString(self, x, y, text, **options):
        line = self.beginText(x, y)
        line.textOut(text)
        self.drawText(line)

    def drawRightString(self, x, y, text, **options):
        self.drawString(x - self.stringWidth(text, self._fontname, self._fontsize), y, text)


class Report(BaseDocTemplate):
    def __init__(self, path):
        super().__init__(
            str(path),
            pagesize=A4,
            invariant=1,
            title=f"{COMPANY}: {TITLE}",
            author=AUTHOR,
            subject="Sample document",
            lang="en-GB",
            leftMargin=27 * mm,
            rightMargin=27 * mm,
            topMargin=27 * mm,
            bottomMargin=25 * mm,
        )
        frame = Frame(
            self.leftMargin,
            self.bottomMargin,
            self.width,
            self.height,
            id="text",
            leftPadding=0,
            rightPadding=0,
            topPadding=0,
            bottomPadding=0,
        )
        self.addPageTemplates(
            [
                PageTemplate("cover", [frame], onPage=cover),
                PageTemplate("inside", [frame], onPage=header, onPageEnd=footer),
            ]
        )
        self.marks = 0

    def beforeDocument(self):
        self.marks = 0

    def afterFlowable(self, flowable):
        name = getattr(getattr(flowable, "style", None), "name", "")
        if name not in ("H1", "H2"):
            return
        self.marks += 1
        key, level, text = f"section-{self.marks}", int(name[1]) - 1, flowable.getPlainText()
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(text, key, level=level, closed=level == 0)
        if not text[0].isdigit():  # the numbered notes would make the contents too long
            self.notify("TOCEntry", (level, escape(text), self.page, key))


def cover(canvas, doc):
    width, height = A4
    canvas.saveState()
    canvas.setFillColor(NAVY)
    canvas.rect(0, 0, width, height, stroke=0, fill=1)
    canvas.setStrokeColor(SEA)
    for row in range(9):  # a tide, drawn as shallow arcs
        canvas.setLineWidth(0.6 + row * 0.35)
        for column in range(-1, 6):
            x, y = column * 120 + row * 17, 90 + row * 21
            canvas.bezier(x, y, x + 40, y + 26, x + 80, y - 26, x + 120, y)
    canvas.setFillColor(colors.white)
    canvas.setFont("Helvetica-Bold", 34)
    canvas.drawString(27 * mm, height - 95 * mm, COMPANY)
    canvas.setFont("Helvetica", 19)
    canvas.drawString(27 * mm, height - 109 * mm, TITLE)
    canvas.setFont("Helvetica", 11)
    canvas.drawString(27 * mm, height - 121 * mm, "Year ended 30 June 2025")
    canvas.restoreState()


def header(canvas, doc):
    width, height = A4
    canvas.saveState()
    canvas.setFont("Helvetica", 8)
    canvas.setFillColor(NAVY)
    canvas.drawString(doc.leftMargin, height - 16 * mm, COMPANY)
    canvas.drawRightString(width - doc.rightMargin, height - 16 * mm, TITLE)
    canvas.setStrokeColor(SEA)
    canvas.setLineWidth(0.5)
    canvas.line(doc.leftMargin, height - 18 * mm, width - doc.rightMargin, height - 18 * mm)
    canvas.restoreState()


def footer(canvas, doc):
    canvas.saveState()
    canvas.setFont("Helvetica", 8)
    canvas.setFillColor(NAVY)
    canvas.drawCentredString(A4[0] / 2, 13 * mm, f"Page {doc.page}")
    canvas.restoreState()


def table(lines, width):
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    del rows[1]  # the dashes under the head
    columns = len(rows[0])
    numeric = [
        c > 0 and all(re.fullmatch(r"[(£*]*[\d–][\d.,]*(%|p|m| GWh)?[)*]*|", row[c]) for row in rows[1:])
        for c in range(columns)
    ]
    if rows[0][1:2] == ["Note"]:
        shares = [0.58, 0.10, 0.16, 0.16]
    else:
        first = (0.26 if columns > 4 else 0.52) if any(numeric) else 0.65
        shares = [first] + [(1 - first) / (columns - 1)] * (columns - 1)
    widths = [share * width for share in shares]
    cells, rules = [], [("FONT", (0, 0), (-1, -1), "Times-Roman", 9, 11.2)]
    for number, row in enumerate(rows):
        total = number == 0 or row[0].startswith("**")
        font = "Times-Bold" if total else "Times-Roman"
        cells.append(["\n".join(simpleSplit(text.strip("*"), font, 9, widths[c] - 6)) for c, text in enumerate(row)])
        if total:
            rules.append(("FONT", (0, number), (-1, number), font, 9, 11.2))
        if total and number:
            rules.append(("LINEABOVE", (1, number), (-1, number), 0.4, colors.grey))
    rules += [("ALIGN", (c, 0), (c, -1), "RIGHT") for c in range(columns) if numeric[c]]
    made = Table(cells, colWidths=widths, repeatRows=1, splitByRow=0, spaceBefore=4, spaceAfter=6)
    made.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, NAVY),
                ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
                ("LINEBELOW", (0, -1), (-1, -1), 0.8, NAVY),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
                ("LEFTPADDING", (0, 0), (-1, -1), 2),
                ("RIGHTPADDING", (0, 0), (-1, -1), 4),
            ]
            + rules
        )
    )
    return made


def story(source, width):
    contents = TableOfContents(dotsMinLevel=-1)
    contents.levelStyles = [
        style("C1", fontName="Times-Bold", fontSize=10, leading=12.5, spaceBefore=3.5),
        style("C2", fontSize=9, leading=10.8, leftIndent=14),
    ]
    heading = ParagraphStyle("Contents", parent=HEADS[0])
    parts = [NextPageTemplate("inside"), PageBreak(), Paragraph("Contents", heading), contents, PageBreak()]
    first = True
    blocks = re.split(r"\n\s*\n", source.strip())
    for block, after in zip(blocks, blocks[1:] + [""]):
        marks = re.match(r"#+ ", block)
        if marks:
            level, text = len(marks.group()) - 2, block[marks.end() :]
            if level == 0 and not first and text in NEW_PAGE:
                parts.append(PageBreak())
            first = False
            parts.append(Paragraph(escape(text), HEADS[level]))
        elif block.startswith("|"):
            parts += [table(block.splitlines(), width), Spacer(1, 6)]
        else:
            before_table = after.startswith("|") and len(block) < 60
            parts.append(Paragraph(soften(escape(" ".join(block.split()))), LEAD if before_table else BODY))
    return parts


def main(argv):
    source = Path(argv[1]) if len(argv) > 1 else HERE / "annual-report.md"
    output = Path(argv[2]) if len(argv) > 2 else HERE / "annual-report.pdf"
    document = Report(output)
    document.multiBuild(story(source.read_text(encoding="utf-8"), document.width), canvasmaker=RowCanvas)
    print(f"{output}: {document.page} pages, {output.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv)
