"""How long a PDF of a thousand pages takes to read, by the number of processes, beside pypdf's text and PDFium's alone.

python tests/benchmarks/pdf.py [--pages 1000]
"""

import argparse
import io
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdfium2 import PdfDocument

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
    print(f"{pages:,} pages, {len(data) / 1e6:.1f} MB{'':<14} seconds   of processors   pypdf's : its")
    baseline = measured(lambda: [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages])

    def report(what: str, seconds: tuple[float, float]) -> None:
        print(f"{what:<26} {seconds[0]:>9.1f} {seconds[1]:>15.1f} {baseline[1] / seconds[1]:>14.1f}x", flush=True)

    report("pypdf, text alone", baseline)
    report("PDFium, text alone", measured(lambda: [p.get_textpage().get_text_range() for p in PdfDocument(data)]))
    for processes in sorted({1, 2, os.cpu_count() or 1}):
        limits, texts = Limits(processes=processes), set[str]()
        name = f"dsacli, {processes} process{'es' if processes > 1 else ''}"
        report(name, measured(lambda limits=limits: list(pdf_messages("volume.pdf", data, limits=limits))))
        document = partial(parse_pdf, "volume.pdf", data, limits=limits)
        report(
            "  and made into a document", measured(lambda document=document, texts=texts: texts.add(document().text))
        )
        assert alone in (None, *texts)
        (alone,) = texts


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds that `work` takes, and seconds of processors, those of its child processes too: a busy machine stretches only the first."""
    began, before = time.perf_counter(), sum(os.times()[:4])
    work()
    return time.perf_counter() - began, sum(os.times()[:4]) - before


if __name__ == "__main__":
    main()
