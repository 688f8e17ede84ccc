import json
import os
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest

from dsacli.documents.pdf import worker
from dsacli.documents.pdf.parse import parse_pdf
from dsacli.documents.pdf.process import Limits, pdf_messages
from dsacli.errors import DsacliError

from ..making import column, content_pdf, draw_pdf, raw_pdf

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and RLIMIT_AS")


def refuse(data: bytes, message: str, **limits) -> None:
    begin = time.monotonic()
    with pytest.raises(DsacliError, match=message) as caught:
        parse_pdf("x.pdf", data, limits=Limits(**limits))
    assert time.monotonic() - begin < 10
    assert str(caught.value).startswith("x.pdf ")


def children() -> list[str]:
    """The command lines of the workers that this process has."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
            arguments = (process / "cmdline").read_text()
        except OSError:  # it has ended meanwhile
            continue
        if int(parent) == os.getpid() and "pdf/worker" in arguments:
            found.append(arguments)
    return found


@linux
def test_a_slow_page_ends_the_reading(letter):
    refuse(letter, "takes too long", page_seconds=0.01)
    assert not children()


def test_the_whole_takes_no_longer_than_its_limit(letter):
    refuse(letter, "takes too long", seconds=0)


@linux
def test_memory_is_bounded(letter):
    refuse(letter + b"\n%" + bytes(100 << 20), "needs more than 80 MB of memory", memory=80 << 20)


def test_pages_are_bounded():
    refuse(draw_pdf([column(["a"])] * 5), "has 5 pages; at most 4 can be read", pages=4)


def test_text_is_bounded():
    page = column(["The same words on and on."] * 20)
    refuse(draw_pdf([page] * 5), "holds more than 1,000 characters", characters=1000)
    refuse(draw_pdf([page]), "none of its 1 pages can be read", page_characters=100)


@pytest.mark.parametrize(
    "pages",
    [
        b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 1000000 >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Pages /Kids [" + b"4 0 R " * 120_000 + b"] /Count 120000 >>",
    ],
    ids=["own child", "circle", "too many"],
)
def test_a_hostile_page_tree_is_refused(pages):
    circle = b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R] /Count 1 >>"
    leaf = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
    refuse(
        raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", pages, circle, leaf),
        "is not a readable PDF|has no pages|at most 20,000",
    )


@linux
def test_the_worker_dies_with_the_reading(letter):
    def interrupt(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        parse_pdf("x.pdf", letter, on_page=interrupt)
    assert not children()


@linux
def test_the_worker_dies_when_nobody_listens(letter):
    messages = pdf_messages("x.pdf", letter)
    assert next(messages) == {"pages": 1}
    messages.close()
    assert not children()


@linux
def test_the_password_is_not_in_the_arguments(letter):
    messages = pdf_messages("x.pdf", letter, password="sesame")
    next(messages)
    seen = children()
    messages.close()
    assert seen
    assert not any("sesame" in line for line in seen)


def test_the_current_folder_is_not_imported_from(letter, tmp_path, monkeypatch):
    (tmp_path / "pypdf.py").write_text("raise SystemExit")
    (tmp_path / "json.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert parse_pdf("x.pdf", letter).text.startswith("The tenant")


@pytest.fixture(scope="module")
def volume() -> bytes:
    return draw_pdf([column([f"Page {n} of the volume, and {n * n} lines."] * 5) for n in range(130)])


@linux
def test_pages_come_in_order_whatever_the_number_of_processes(volume):
    alone = list(pdf_messages("x.pdf", volume, limits=Limits(processes=1)))
    assert [message.get("page") for message in alone] == [None, *range(130), None]
    messages, together, most = pdf_messages("x.pdf", volume, limits=Limits(processes=3)), [], 0
    for message in messages:
        together.append(message)
        most = max(most, len(children()))
    assert together == alone and most == 3 and not children()


@linux
def test_all_processes_die_with_the_reading(volume):
    messages = pdf_messages("x.pdf", volume, limits=Limits(processes=3))
    assert [next(messages), next(messages)][0] == {"pages": 130} and len(children()) == 3
    messages.close()
    assert not children()


def test_a_page_that_hangs_one_of_the_processes_ends_the_reading(volume):
    refuse(volume, "takes too long", page_seconds=0.005, processes=3)


@pytest.fixture
def no_resource(tmp_path, monkeypatch) -> list[str]:
    """The `resource` module is missing, as on Windows, in workers too; gives the path that they search."""
    (tmp_path / "resource.py").write_text("raise ImportError")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "resource", raising=False)
    return sys.path


def test_without_resource_a_pdf_is_read_and_time_and_size_are_bounded(no_resource, letter, volume):
    assert parse_pdf("x.pdf", letter).text.startswith("The tenant")
    refuse(volume, "takes too long", page_seconds=0.005, processes=3)
    bomb = zlib.compress(b"BT (a) Tj ET\n" * 10_000_000, 9)
    refuse(content_pdf(bomb, b"/Filter /FlateDecode"), "none of its 1 pages can be read")


def test_without_resource_a_worker_that_nobody_ends_ends_itself(no_resource):
    process = subprocess.Popen([sys.executable, "-I", worker.__file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    job = {"path": no_resource, "memory": 1 << 30, "seconds": 1, "bytes": 1, "password": None, "pages": 1}
    process.stdin.write(json.dumps(job).encode() + b"\n")
    process.stdin.flush()  # and the PDF never comes
    try:
        assert process.wait(timeout=30) == 1
    finally:
        process.kill()
        process.communicate()
