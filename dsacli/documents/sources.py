"""Paths and stdin into bytes, and bytes into documents."""

from __future__ import annotations

import io
import logging
import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from dsacli.documents.document import Document
from dsacli.documents.foreign import foreign_warnings
from dsacli.documents.formats import HEAD, format_of, what_is_refused
from dsacli.documents.markup.read import read_markup
from dsacli.documents.pages import PageRange, of_pages
from dsacli.documents.pdf.parse import parse_pdf
from dsacli.documents.pdf.process import PageProgress
from dsacli.documents.text.parse import parse_text
from dsacli.errors import DsacliError
from dsacli.plain import printable

LARGEST = 512 << 20
"""Bytes; a larger file is refused."""

STDIN = "-"
"""The path that means standard input; its document is named "stdin"."""

# So many files of a folder that are skipped for one reason are named one by one.
_NAMED = 3
_SPECIAL = (
    (stat.S_ISDIR, "a link to a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)

_log = logging.getLogger("dsacli")

Opened = TypeVar("Opened")


def read_source(path: str | Path) -> bytes:
    """The bytes of a file, or of standard input for "-".

    Raises DsacliError when it cannot be read, is empty, or is larger than `LARGEST`.
    """
    name = name_of(path)
    try:
        if str(path) == STDIN:
            if sys.stdin is None:
                raise DsacliError("stdin is closed")
            data = sys.stdin.buffer.read(LARGEST + 1)
        elif os.path.isdir(path):
            raise IsADirectoryError  # Windows' own open would speak of permission
        elif stat.S_ISFIFO(os.stat(path).st_mode):
            data = _read_pipe(path, name)
        else:
            if os.path.getsize(path) > LARGEST:
                raise DsacliError(_too_large(name))
            with open(path, "rb") as file:
                data = file.read(LARGEST + 1)
    except OSError as error:
        raise DsacliError(_os_message(name, error)) from error
    return checked(name, data)


def checked(name: str, data: bytes) -> bytes:
    """The bytes of a document. Raises DsacliError where there are none, or more than `LARGEST`."""
    if len(data) > LARGEST:
        raise DsacliError(_too_large(name))
    if not data:
        raise DsacliError(f"{name} is empty")
    return data


def parse(
    name: str, data: bytes, password: str | None = None, on_page: PageProgress | None = None, ocr: bool = False
) -> Document:
    """The document in `data`, in the format that its content shows, or else its name.

    Text in another language than the reader knows is one of its warnings. Raises DsacliError, naming `name`, when it cannot be read,
    or is in a format that is not.
    """
    document = _parse(name, data, password, on_page, ocr)
    return replace(document, warnings=(*document.warnings, *foreign_warnings(document.text)))


def _parse(
    name: str, data: bytes, password: str | None, on_page: PageProgress | None = None, ocr: bool = False
) -> Document:
    kind = format_of(name, data)
    if kind == "pdf":
        return parse_pdf(name, data, password=password, ocr=ocr, on_page=on_page)
    if kind in ("text", "markdown"):
        return parse_text(name, data, markdown=kind == "markdown")
    return read_markup(kind, name, data, lambda part, content: _parse(part, content, password, ocr=ocr))


@dataclass(frozen=True)
class Reading:
    """How documents are to be read: the password that opens them, which of their pages (all), and whether ocrmypdf reads those that have
    no text."""

    password: str | None = None
    pages: tuple[PageRange, ...] = ()
    ocr: bool = False


@dataclass(frozen=True)
class Source:
    """A document's bytes, its name as the user gave it, and how it is to be read."""

    name: str
    data: bytes
    reading: Reading = Reading()

    def parse(self, on_page: PageProgress | None = None) -> Document:
        """The document in these bytes; `on_page` is told of every page of a PDF. Raises DsacliError as `parse` does."""
        document = parse(self.name, self.data, self.reading.password, on_page, self.reading.ocr)
        return of_pages(document, self.reading.pages) if self.reading.pages else document


def load_documents(
    paths: Sequence[str], read: Callable[[Source], Opened], reading: Reading = Reading()
) -> Iterator[Opened]:
    """Yield what `read` makes of every document that `paths` name: files, folders and "-", each once, in order.

    `read` is `Source.parse`, or looks into a cache first. All documents have the same `reading`.
    Raises DsacliError for anything that was named and cannot be read; what a folder holds besides
    is left out with a warning, unless nothing in it can be read.
    """
    count = 0
    for path, folder in list(expand(paths)):
        try:
            document = read(Source(name_of(path), read_source(path), reading))
        except DsacliError as error:
            if folder is None:
                raise
            _log.warning("%s; skipped", error)
            continue
        count += 1
        yield document
    if not count:
        raise DsacliError(f"{', '.join(map(str, paths))}: nothing readable in it")


def name_of(path: str | Path) -> str:
    """What a document of a path is called."""
    return "stdin" if str(path) == STDIN else printable(os.fsencode(path).decode("utf-8", "replace"))


def expand(paths: Sequence[str]) -> Iterator[tuple[str | Path, str | None]]:
    """(path, the folder it was found in or None when it was named itself) of every file that may be a document, without duplicates.

    Raises DsacliError for a path that is not there; what a folder holds besides is named in warnings.
    """
    if not paths:
        raise DsacliError("no document given")
    named = {_identity(path) for path in paths}
    seen: set[str] = set()
    for path in paths:
        folder = path if path != STDIN and os.path.isdir(path) else None
        files: list[str | Path]
        if folder is not None:
            # A file that is also named itself keeps its own place and its errors.
            files = [file for file in _walk(folder) if _identity(file) not in named]
        elif path == STDIN:
            files = [path]
        else:
            _check_exists(path)
            files = [Path(path)]
        for file in files:
            identity = _identity(file)
            if identity not in seen:
                seen.add(identity)
                yield file, folder


def _check_exists(path: str) -> None:
    try:
        os.stat(path)
    except OSError as error:
        raise DsacliError(_os_message(path, error)) from error


def _identity(path: str | Path) -> str:
    return STDIN if str(path) == STDIN else os.path.realpath(path)


def _read_pipe(path: str | Path, name: str) -> bytes:
    """The bytes of a named pipe. Raises DsacliError when nothing writes to it: to open it the ordinary way would wait for ever."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with open(descriptor, "rb", buffering=0) as pipe:
        first = pipe.read(HEAD)  # None where there is a writer, who has written nothing yet
        if first == b"":
            raise DsacliError(f"{name} is a pipe that nothing writes to")
        os.set_blocking(descriptor, True)
        with io.BufferedReader(pipe) as rest:
            return (first or b"") + rest.read(LARGEST + 1)


def _walk(folder: str) -> list[Path]:
    """The files below a folder that may be documents; what is not, but for hidden files, is named in warnings."""
    failures: list[OSError] = []
    found: list[Path] = []
    others: dict[tuple[str, str], list[str]] = {}
    for parent, folders, files in os.walk(folder, onerror=failures.append):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        links = [each for each in folders if os.path.islink(os.path.join(parent, each))]
        for file in sorted([*files, *links]):
            path = Path(parent, file)
            if file.startswith("."):
                continue
            try:
                what = _no_document(path)
            except OSError as error:
                failures.append(error)
                continue
            if what is None:
                found.append(path)
            else:
                others.setdefault((parent, what), []).append(file)
    for failure in failures if found else failures[1:]:
        _log.warning("%s; skipped", _os_message(name_of(failure.filename), failure))
    for (parent, what), names in others.items():
        _warn_of_skipped(parent, what, names)
    if not found:
        if failures:
            raise DsacliError(_os_message(name_of(failures[0].filename or folder), failures[0]))
        raise DsacliError(f"{folder}: nothing readable in this folder")
    return found


def _no_document(path: Path) -> str | None:
    """What a path is if it can be no document: "an image", "a pipe"; None where only reading it tells. Raises OSError."""
    if not path.exists():
        os.lstat(path)
        return "a dead link"
    mode = path.stat().st_mode
    for is_kind, what in _SPECIAL:
        if is_kind(mode):
            return what
    with open(path, "rb") as file:
        return what_is_refused(file.read(HEAD))


def _warn_of_skipped(parent: str, what: str, names: list[str]) -> None:
    if len(names) <= _NAMED:
        for name in names:
            _log.warning("%s is %s; skipped", name_of(os.path.join(parent, name)), what)
    else:
        kind = "files of binary data" if what == "binary data" else f"{what.split(' ', 1)[1]}s"
        _log.warning("%s: %d %s skipped (%s, …)", name_of(parent), len(names), kind, name_of(names[0]))


def _too_large(name: str) -> str:
    return f"{name} is larger than {LARGEST >> 20} MB"


def _os_message(name: str, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{name}: no such file or folder"
    if isinstance(error, PermissionError):
        return f"{name}: permission denied"
    if isinstance(error, IsADirectoryError):
        return f"{name} is a folder"
    return f"{name} cannot be read: {error.strerror or error}"
