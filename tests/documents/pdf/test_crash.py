"""PDFium is native code: what happens when it crashes on a page, or on the whole file."""

import pytest

from dsacli.documents.pdf.parse import parse_pdf
from dsacli.documents.pdf.process import Limits
from dsacli.errors import DsacliError

from ..making import column, draw_pdf

CRASHING = """
import os
from pypdfium2_raw.bindings import *
load_page = FPDF_LoadPage
def FPDF_LoadPage(document, index):
    return os.abort() if index in {pages} else load_page(document, index)
if {opening}:
    os.abort()
"""
PYPDF = """
import os
class PdfReader:
    def __init__(self, stream):
        os.abort()
"""


@pytest.fixture(scope="module")
def volume() -> bytes:
    return draw_pdf([column([f"Page {n} of the book tells of the year {1900 + n * n}."]) for n in range(7)])


@pytest.fixture
def crashing(tmp_path, monkeypatch):
    """Gives a function that makes PDFium crash: on some pages, or as soon as it is there."""

    def make(*pages: int, opening: bool = False) -> None:
        (tmp_path / "pypdfium2").mkdir()
        (tmp_path / "pypdfium2" / "__init__.py").touch()
        (tmp_path / "pypdfium2" / "raw.py").write_text(CRASHING.format(pages=pages, opening=opening))
        monkeypatch.syspath_prepend(str(tmp_path))

    return make


@pytest.mark.parametrize("processes", [1, 2])
def test_a_page_on_which_it_crashes_is_read_all_the_same(volume, crashing, processes):
    whole = parse_pdf("x.pdf", volume)
    crashing(2, 3)
    assert parse_pdf("x.pdf", volume, limits=Limits(processes=processes)) == whole


def test_a_file_on_which_it_crashes_is_read_all_the_same(volume, crashing):
    whole = parse_pdf("x.pdf", volume)
    crashing(opening=True)
    assert parse_pdf("x.pdf", volume) == whole


def test_a_page_on_which_both_readers_crash_is_left_out(volume, crashing, tmp_path):
    crashing(2)
    (tmp_path / "pypdf.py").write_text(PYPDF)
    document = parse_pdf("x.pdf", volume)
    assert document.warnings == ("page 3 left out: not readable",)
    assert "year 1904" not in document.text and "year 1909" in document.text


def test_a_file_on_which_everything_crashes_is_refused_in_a_line(volume, crashing, tmp_path):
    crashing(*range(7))
    (tmp_path / "pypdf.py").write_text(PYPDF)
    with pytest.raises(DsacliError, match=r"^x\.pdf is not a readable PDF \(its reader crashed\)$"):
        parse_pdf("x.pdf", volume)
