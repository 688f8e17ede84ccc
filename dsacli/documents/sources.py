"""Paths and stdin into bytes, and bytes into documents."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from dsacli.documents.document import Document
from dsacli.documents.language import foreign_warnings
from dsacli.documents.pages import PageRange, of_pages
from dsacli.documents.pdf.parse import parse_pdf
from dsacli.documents.pdf.process import PageProgress
from dsacli.documents.text.decode import looks_like_text
from dsacli.documents.text.parse import parse_text
from dsacli.errors import DsacliError
from dsacli.plain import printable

LARGEST = 512 << 20
"""Bytes; a larger file is refused."""

STDIN = "-"
"""The path that means standard input; its document is named "stdin"."""

_READABLE = frozenset({".pdf", ".txt", ".md", ".markdown", ".text", ".rst", ".log", ".csv"})
_MARKDOWN = (".md", ".markdown")
_HEAD = 8192

_log = logging.getLogger("dsacli")

Opened = TypeVar("Opened")


def read_source(path: str | Path) -> bytes:
    """The bytes of a file, or of standard input for "-".

    Raises DsacliError when it cannot be read, is empty, or is larger than `LARGEST`.
    """
    name = _name(path)
    try:
        if str(path) == STDIN:
            if sys.stdin is None:
                raise DsacliError("stdin is closed")
            data = sys.stdin.buffer.read(LARGEST + 1)
        elif os.path.isdir(path):
            raise IsADirectoryError  # Windows' own open would speak of permission
        else:
            if os.path.getsize(path) > LARGEST:
                raise DsacliError(_too_large(name))
            with open(path, "rb") as file:
                data = file.read(LARGEST + 1)
    except OSError as error:
        raise DsacliError(_os_message(name, error)) from error
    if len(data) > LARGEST:
        raise DsacliError(_too_large(name))
    if not data:
        raise DsacliError(f"{name} is empty")
    return data


def parse(name: str, data: bytes, password: str | None = None, on_page: PageProgress | None = None) -> Document:
    """The document in `data`: a PDF by its first bytes, Markdown by its name, else text.

    Text in another language than the reader knows is one of its warnings. Raises DsacliError, naming `name`, when it cannot be read.
    """
    document = _parse(name, data, password, on_page)
    return replace(document, warnings=(*document.warnings, *foreign_warnings(document.text)))


def _parse(name: str, data: bytes, password: str | None, on_page: PageProgress | None) -> Document:
    suffix = os.path.splitext(name)[1].lower()
    head = data[:1024]
    if head.lstrip().startswith(b"%PDF-") or (suffix == ".pdf" and b"%PDF-" in head):
        return parse_pdf(name, data, password=password, on_page=on_page)
    if suffix == ".pdf":
        raise DsacliError(f"{name} is not a PDF, whatever its name says")
    return parse_text(name, data, markdown=suffix in _MARKDOWN)


@dataclass(frozen=True)
class Reading:
    """How documents are to be read: the password that opens them, and which of their pages (all)."""

    password: str | None = None
    pages: tuple[PageRange, ...] = ()


@dataclass(frozen=True)
class Source:
    """A document's bytes, its name as the user gave it, and how it is to be read."""

    name: str
    data: bytes
    reading: Reading = Reading()

    def parse(self, on_page: PageProgress | None = None) -> Document:
        """The document in these bytes; `on_page` is told of every page of a PDF. Raises DsacliError as `parse` does."""
        document = parse(self.name, self.data, self.reading.password, on_page)
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
    for path, folder in list(_expand(paths)):
        try:
            document = read(Source(_name(path), read_source(path), reading))
        except DsacliError as error:
            if folder is None:
                raise
            _log.warning("%s; skipped", error)
            continue
        count += 1
        yield document
    if not count:
        raise DsacliError(f"{', '.join(map(str, paths))}: nothing readable in it")


def _name(path: str | Path) -> str:
    return "stdin" if str(path) == STDIN else printable(os.fsencode(path).decode("utf-8", "replace"))


def _expand(paths: Sequence[str]) -> Iterator[tuple[str | Path, str | None]]:
    """(path, the folder it was found in or None when it was named itself), without duplicates."""
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


def _walk(folder: str) -> list[Path]:
    failures: list[OSError] = []
    found = []
    for parent, folders, files in os.walk(folder, onerror=failures.append):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for file in sorted(files):
            path = Path(parent, file)
            if not file.startswith(".") and path.is_file() and _looks_readable(path):
                found.append(path)
    if not found:
        if failures:
            raise DsacliError(_os_message(folder, failures[0]))
        raise DsacliError(f"{folder}: nothing readable in this folder")
    for failure in failures:
        _log.warning("%s; skipped", _os_message(str(failure.filename), failure))
    return found


def _looks_readable(path: Path) -> bool:
    if path.suffix.lower() in _READABLE:
        return True
    try:
        with open(path, "rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return False
    return bool(head) and (head.startswith(b"%PDF-") or looks_like_text(head))


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
