"""How long a PDF of a thousand pages takes to read, by the number of processes; pypdfium2 beside it where it is installed.

python tests/benchmarks/pdf.py [--pages 1000]
"""

import argparse
import io
import os
import time
from pathlib import Path

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
    print(f"{pages:,} pages, {len(data) / 1e6:.1f} MB{'':<14} seconds   pages/s")
    for processes in sorted({1, 2, os.cpu_count() or 1}):
        began = time.perf_counter()
        for _ in pdf_messages("volume.pdf", data, limits=Limits(processes=processes)):
            pass
        seconds = time.perf_counter() - began
        print(
            f"dsacli, {processes} process{'es' if processes > 1 else '':<17} {seconds:>10.1f} {pages / seconds:>9.0f}"
        )
        began = time.perf_counter()
        text = parse_pdf("volume.pdf", data, limits=Limits(processes=processes)).text
        seconds = time.perf_counter() - began
        print(f"{'  and made into a document':<26} {seconds:>9.1f} {pages / seconds:>9.0f}")
        assert alone in (None, text)
        alone = text
    try:
        import pypdfium2
    except ImportError:
        return
    began = time.perf_counter()
    for page in pypdfium2.PdfDocument(data):
        page.get_textpage().get_text_range()
    seconds = time.perf_counter() - began
    print(f"{'pypdfium2, text alone':<26} {seconds:>9.1f} {pages / seconds:>9.0f}")


if __name__ == "__main__":
    main()
