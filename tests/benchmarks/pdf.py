"""How long a PDF of a thousand pages takes to read, by the number of processes, beside pypdf's text and PDFium's alone.

python tests/benchmarks/pdf.py [--pages 1000]
"""

import argparse
import io
import os
import time
from pathlib import Path

import pypdfium2
from pypdf import PdfReader, PdfWriter

from dsacli.documents.pdf.parse import parse_pdf
from dsacli.documents.pdf.process import Limits, pdf_messages

REPORT = Path(__file__).parent.parent.parent / "sample_docs" / "annual-report.pdf"


def volume(pages: int) -> bytes:
    """The annual report, so often that it has `pages` pages."""
    writer, report = PdfWriter(), PdfReader(REPORT)
    while len(writer.pages) < pages:
        for page in report.pages[: pages - len(writer.pages)]:
            writer.add_page(page)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pages", type=int, default=1000)
    pages = options.parse_args().pages
    data, alone = volume(pages), None
    print(f"{pages:,} pages, {len(data) / 1e6:.1f} MB{'':<14} seconds   pages/s  against pypdf")
    began = time.perf_counter()
    for page in PdfReader(io.BytesIO(data)).pages:
        page.extract_text()
    baseline = time.perf_counter() - began

    def report(what: str, seconds: float) -> None:
        print(f"{what:<26} {seconds:>9.1f} {pages / seconds:>9.0f} {baseline / seconds:>12.1f}x")

    report("pypdf, text alone", baseline)
    for processes in sorted({1, 2, os.cpu_count() or 1}):
        began = time.perf_counter()
        for _ in pdf_messages("volume.pdf", data, limits=Limits(processes=processes)):
            pass
        report(f"dsacli, {processes} process{'es' if processes > 1 else ''}", time.perf_counter() - began)
        began = time.perf_counter()
        text = parse_pdf("volume.pdf", data, limits=Limits(processes=processes)).text
        report("  and made into a document", time.perf_counter() - began)
        assert alone in (None, text)
        alone = text
    began = time.perf_counter()
    for page in pypdfium2.PdfDocument(data):
        page.get_textpage().get_text_range()
    report("PDFium, text alone", time.perf_counter() - began)


if __name__ == "__main__":
    main()
