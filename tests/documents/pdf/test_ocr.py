"""Pages that are pictures, read by the real ocrmypdf where there is one."""

import shutil
from pathlib import Path

import pytest

from dsacli.documents import parse
from dsacli.documents.pdf.ocr import advice
from dsacli.errors import DsacliError

CASES = Path(__file__).resolve().parents[2] / "cases"
installed = pytest.mark.skipif(not shutil.which("ocrmypdf"), reason="ocrmypdf is not installed")


@installed
@pytest.mark.parametrize(
    ("file", "words"), [("mixed.pdf", "The chair was Ilse Brandreth."), ("notounicode2.pdf", "The windmill at Saxby")]
)
def test_pages_without_text_or_without_a_language_are_recognised(file, words):
    data = (CASES / file).read_bytes()
    before, after = parse(file, data), parse(file, data, ocr=True)
    assert words not in before.text and before.warnings
    assert words in after.text and after.warnings == ()


def test_without_the_program_it_is_said_what_is_missing(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert "installed" in advice()
    with pytest.raises(DsacliError, match="^--ocr needs ocrmypdf, which is not installed$"):
        parse("mixed.pdf", (CASES / "mixed.pdf").read_bytes(), ocr=True)


def test_what_it_cannot_read_is_one_line(monkeypatch, tmp_path):
    program = tmp_path / "ocrmypdf"
    program.write_text("#!/bin/sh\necho first >&2\necho it broke >&2\nexit 2\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(DsacliError, match="^mixed.pdf: ocrmypdf cannot read it: it broke$"):
        parse("mixed.pdf", (CASES / "mixed.pdf").read_bytes(), ocr=True)
