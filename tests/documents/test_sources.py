import io
import logging
import os
import sys

import pytest

from dsacli.documents import Document, Reading, Source, load_documents, sources
from dsacli.documents.sources import read_source
from dsacli.errors import DsacliError

from .making import encrypt


def load(paths: list[str]) -> list[Document]:
    return list(load_documents(paths, Source.parse))


def names(documents: list[Document]) -> list[str]:
    return [os.path.basename(document.name) for document in documents]


@pytest.fixture
def stdin(monkeypatch):
    def feed(data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    return feed


@pytest.fixture
def folder(write, letter, tmp_path) -> str:
    write("docs/b.txt", b"text b")
    write("docs/a.pdf", letter)
    write("docs/sub/notes", b"text without a suffix")
    write("docs/sub/c.md", b"# C")
    write("docs/.hidden.txt", b"hidden")
    write("docs/.git/config.txt", b"hidden")
    write("docs/picture.png", b"\x89PNG\r\n\x1a\n\0\0")
    write("docs/program", b"\x7fELF\0\0\0")
    return str(tmp_path / "docs")


def test_a_named_file_keeps_its_name(write):
    path = write("a.txt", b"words")
    (document,) = load([path])
    assert (document.name, document.text) == (path, "words")
    assert read_source(path) == b"words"


def test_a_folder_is_walked_in_order_past_what_is_hidden_or_unreadable(folder):
    assert names(load([folder])) == ["a.pdf", "b.txt", "c.md", "notes"]


def test_duplicates_are_read_once(folder, write):
    path = os.path.join(folder, "b.txt")
    link = os.path.join(folder, "..", "link.txt")
    os.symlink(path, link)
    assert names(load([folder, path, path, link])) == ["a.pdf", "c.md", "notes", "b.txt"]


def test_what_fails_in_a_folder_is_skipped_with_a_warning(folder, write, letter, caplog):
    write("docs/locked.pdf", encrypt(letter, "x", "RC4-128"))
    write("docs/empty.txt", b"")
    caplog.set_level(logging.WARNING, "dsacli")
    assert names(load([folder])) == ["a.pdf", "b.txt", "c.md", "notes"]
    assert "locked.pdf is encrypted; pass --password; skipped" in caplog.text
    assert "empty.txt is empty; skipped" in caplog.text


def test_what_a_folder_holds_that_is_not_read_is_named(folder, write, tmp_path, caplog):
    for number in range(5):
        write(f"docs/photos/{number}.jpg", b"\xff\xd8\xff\xe0")
    write("docs/old.doc", b"\xd0\xcf\x11\xe0" + "WordDocument".encode("utf-16-le"))
    os.symlink("nowhere", tmp_path / "docs" / "dead")
    os.symlink("..", tmp_path / "docs" / "up")
    os.mkfifo(tmp_path / "docs" / "pipe")
    caplog.set_level(logging.WARNING, "dsacli")
    assert names(load([folder])) == ["a.pdf", "b.txt", "c.md", "notes"]
    for line in (
        "picture.png is an image; skipped",
        "program is a program; skipped",
        "photos: 5 images skipped (0.jpg, …)",
        "old.doc is an old Word document (.doc); save it as .docx or PDF first; skipped",
        "dead is a dead link; skipped",
        "up is a link to a folder; skipped",
        "pipe is a pipe; skipped",
    ):
        assert line in caplog.text
    assert "hidden" not in caplog.text


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_is_read_if_somebody_writes_to_it(tmp_path):
    path = str(tmp_path / "pipe")
    os.mkfifo(path)
    with pytest.raises(DsacliError, match="pipe is a pipe that nothing writes to$"):
        load([path])
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # so that the writer need not wait for one
    writer = os.open(path, os.O_WRONLY)
    os.write(writer, b"words through a pipe")
    os.close(writer)
    assert read_source(path) == b"words through a pipe"
    os.close(reader)


def test_what_fails_and_was_named_is_an_error(folder, write):
    empty = write("docs/empty.txt", b"")
    with pytest.raises(DsacliError, match="empty.txt is empty$"):
        load([folder, empty])


def test_a_folder_with_nothing_readable(write, tmp_path):
    write("bare/picture.png", b"\x89PNG\0")
    with pytest.raises(DsacliError, match="bare: nothing readable in this folder$"):
        load([str(tmp_path / "bare")])
    write("bad/a.txt", b"")
    with pytest.raises(DsacliError, match="bad: nothing readable in it$"):
        load([str(tmp_path / "bad")])


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="root reads everything, and Windows has no modes")
def test_no_permission(write, tmp_path):
    path = write("a.txt", b"x")
    os.chmod(path, 0)
    with pytest.raises(DsacliError, match="a.txt: permission denied$"):
        load([path])
    write("shut/a.txt", b"x")
    os.chmod(tmp_path / "shut", 0)
    with pytest.raises(DsacliError, match="shut: permission denied$"):
        load([str(tmp_path / "shut")])
    os.chmod(tmp_path / "shut", 0o700)


def test_missing_files(tmp_path):
    missing = str(tmp_path / "no.pdf")
    with pytest.raises(DsacliError, match=r"no\.pdf: no such file or folder$"):
        load([missing])
    with pytest.raises(DsacliError, match=r"no\.pdf: no such file or folder$"):
        read_source(missing)
    with pytest.raises(DsacliError, match="is a folder$"):
        read_source(str(tmp_path))
    with pytest.raises(DsacliError, match="^no document given$"):
        load([])


def test_files_that_are_too_large(tmp_path, stdin, monkeypatch):
    path = tmp_path / "big.txt"
    with open(path, "wb") as file:
        file.truncate(sources.LARGEST + 1)
    with pytest.raises(DsacliError, match=r"big\.txt is larger than 512 MB$"):
        load([str(path)])
    monkeypatch.setattr(sources, "LARGEST", 1 << 20)
    stdin(b"x" * ((1 << 20) + 1))
    with pytest.raises(DsacliError, match="^stdin is larger than 1 MB$"):
        load(["-"])
    if os.path.exists("/dev/zero"):  # a file that says it is empty and never ends
        with pytest.raises(DsacliError, match="^/dev/zero is larger than 1 MB$"):
            read_source("/dev/zero")


def test_stdin_may_be_text_or_pdf_and_is_read_once(stdin, letter):
    stdin(b"words from a pipe")
    (document,) = load(["-", "-"])
    assert (document.name, document.kind, document.text) == ("stdin", "text", "words from a pipe")
    stdin(letter)
    (document,) = load(["-"])
    assert (document.name, document.kind) == ("stdin", "pdf")
    stdin(b"")
    with pytest.raises(DsacliError, match="^stdin is empty$"):
        load(["-"])


def test_progress_and_password_reach_the_parser(write, letter):
    path = write("locked.pdf", encrypt(letter, "sesame", "AES-256"))
    calls = []
    list(load_documents([path], lambda source: source.parse(lambda *call: calls.append(call)), Reading("sesame")))
    assert calls == [(path, 1, 1)]


def test_a_parser_of_the_callers_own_takes_the_place_of_parse(write):
    seen = []

    def cached(source):
        seen.append(source)
        return source.parse()

    path = write("a.txt", b"words")
    assert [document.text for document in load_documents([path], cached, Reading("sesame"))] == ["words"]
    assert seen == [Source(path, b"words", Reading("sesame"))]
