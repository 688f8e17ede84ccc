"""PDF bytes into a document: pages from the worker, furniture out, lines into text, headings into sections."""

from __future__ import annotations

import re
from bisect import bisect_left
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from dsacli.documents.clean import normalise
from dsacli.documents.document import Document, Page, Section, nest_sections
from dsacli.documents.hyphens import hyphenated_words
from dsacli.documents.numbers import page_list
from dsacli.documents.pdf.asides import with_footnotes
from dsacli.documents.pdf.furniture import without_furniture
from dsacli.documents.pdf.lines import Line
from dsacli.documents.pdf.ocr import advice, recognised
from dsacli.documents.pdf.paragraphs import Setting, set_text
from dsacli.documents.pdf.process import Limits, PageProgress, pdf_messages
from dsacli.documents.pdf.typography import body_size
from dsacli.errors import DsacliError

# A whole PDF says so within this many bytes of its end.
_TAIL = 2048
# What an XFA form shows to whoever cannot read it.
_ASKS_TO_WAIT = re.compile(r"please wait|adobe reader|viewer may not be able", re.IGNORECASE)


@dataclass
class _Read:
    """What the workers say of a PDF: the lines of every page, labels by page index, which pages (1-based) failed, are no language, or
    hardly more than a picture, the outline and form, and whether only a part of the file was left, or not all of its fonts."""

    pages: list[list[Line]] = field(default_factory=list)
    labels: dict[int, str] = field(default_factory=dict)
    failed: list[int] = field(default_factory=list)
    garbled: list[int] = field(default_factory=list)
    pictured: list[int] = field(default_factory=list)
    said_of_all: dict[str, Any] = field(default_factory=dict)
    mended: bool = False
    fonts_lost: bool = False

    @property
    def blank(self) -> list[int]:
        """Pages without text."""
        return [number for number, page in enumerate(self.pages, 1) if not page and number not in self.failed]


def parse_pdf(
    name: str,
    data: bytes,
    *,
    password: str | None = None,
    ocr: bool = False,
    on_page: PageProgress | None = None,
    limits: Limits = Limits(),
) -> Document:
    """The document in the bytes of a PDF, read in a process of its own within `limits`; with `ocr`, pages that have no text, hardly any, or
    none that is a language, are read by ocrmypdf.

    What cannot be read is left out and said in its `warnings`. Raises DsacliError when the PDF is
    damaged, locked, too large, or holds no text.
    """
    read = _read(name, data, password, on_page, limits)
    unread = sorted({*read.blank, *read.garbled, *read.pictured})
    if ocr and unread:
        read = _read(name, recognised(name, data, unread), password, on_page, limits)
        read.pictured.clear()  # what was found on them may be little, and is all
    pages, form = read.pages, read.said_of_all["data"]
    if form:
        pages[0] = _filled(pages[0], form)
    warnings = _check(name, read, "ocrmypdf found none" if ocr else advice())
    if form == [] and any(_ASKS_TO_WAIT.search(line.text) for line in pages[0]):
        warnings.append("is an XFA form, whose data was not found; print it to a PDF with Adobe Reader")
    if read.mended or b"%%EOF" not in data[-_TAIL:]:
        warnings.append("looks cut short; what is left of it is read")
    if read.fonts_lost:
        warnings.append("fonts are lost; letters may be missing or others than it shows")
    body = body_size([line for page in pages for line in page])
    kept, printed = without_furniture(pages, body)
    lines = [line for page in kept for line in with_footnotes(page, body)]
    setting = set_text(lines, hyphenated_words("\n".join(line.text for line in lines)))
    return Document(
        name=name,
        kind="pdf",
        text=setting.text,
        pages=_pages(len(pages), setting, read.labels or printed),
        sections=_outlined(read.said_of_all["outline"], setting) or _headed(setting),
        warnings=tuple(warnings),
    )


def _read(name: str, data: bytes, password: str | None, on_page: PageProgress | None, limits: Limits) -> _Read:
    read, total = _Read(), 0
    # Closed by hand: an exception from on_page keeps the generator, and with it the worker, alive.
    with closing(pdf_messages(name, data, password=password, limits=limits)) as messages:
        for message in messages:
            if "pages" in message:
                total, read.mended = message["pages"], "fonts_lost" in message
                read.fonts_lost = message.get("fonts_lost", False)
            elif "outline" in message:
                read.said_of_all = message
            else:
                read.pages.append(_lines(message))
                if "failed" in message:
                    read.failed.append(len(read.pages))
                if message.get("garbled"):
                    read.garbled.append(len(read.pages))
                if message.get("pictured") and read.pages[-1]:
                    read.pictured.append(len(read.pages))
                if message.get("label"):
                    read.labels[message["page"]] = message["label"]
                if on_page is not None:
                    on_page(name, len(read.pages), total)
    return read


def _lines(message: dict[str, Any]) -> list[Line]:
    """The lines of a page from the worker's message, its notes below them."""
    page = message["page"]
    lines = [Line(text, page, *rest) for text, *rest in message.get("lines", ())]
    return lines + [_aside(page, text) for text in message.get("notes", ())]


def _aside(page: int, text: str) -> Line:
    return Line(normalise(text), page, 0.0, 0.0, 10.0, False, 0.0, 0.0, True, "bottom")


def _filled(page: list[Line], form: list[str]) -> list[Line]:
    """The first page of an XFA form with what the form holds, in place of the words that ask to wait."""
    waits = any(_ASKS_TO_WAIT.search(line.text) for line in page)
    return ([] if waits else page) + [_aside(0, text)._replace(aside="", y=-20.0 * at) for at, text in enumerate(form)]


def _check(name: str, read: _Read, hint: str) -> list[str]:
    """What was not read, with a `hint` for what has no text. Raises DsacliError when that is everything."""
    total, blank, failed, garbled = len(read.pages), read.blank, read.failed, read.garbled
    if len(failed) == total:
        raise DsacliError(f"{name} is not a readable PDF (none of its {total} pages can be read)")
    if len(blank) + len(failed) == total:
        raise DsacliError(f"{name} has no text layer (a scan?); {hint}")
    warnings = []
    if failed:
        warnings.append(f"{page_list(failed, total)} left out: not readable")
    if blank:
        warnings.append(f"{page_list(blank, total)} without text (a scan? {hint})")
    if garbled:
        text = "their text is" if len(garbled) > 1 else "its text is"
        warnings.append(f"{page_list(garbled, total)}: {text} no language (a font without a map? {hint})")
    if read.pictured:
        warnings.append(f"{page_list(read.pictured, total)}: hardly more than a picture (a scan? {hint})")
    return warnings


def _pages(count: int, setting: Setting, labels: dict[int, str]) -> tuple[Page, ...]:
    """Every page's span of the text; a page that gave none is empty and stands where the next begins."""
    spans: dict[int, tuple[int, int]] = {}
    for line, start, end in zip(setting.lines, setting.starts, setting.ends):
        spans[line.page] = (spans.get(line.page, (start, end))[0], end)
    pages = []
    following = len(setting.text)
    for index in reversed(range(count)):
        start, end = spans.get(index, (following, following))
        label = labels.get(index)
        pages.append(Page(index + 1, start, end, label if label != str(index + 1) else None))
        following = start
    return tuple(reversed(pages))


def _headed(setting: Setting) -> tuple[Section, ...]:
    headings = [(title, rank, setting.starts[index]) for index, title, rank in setting.headings]
    return nest_sections(headings, len(setting.text))


def _outlined(outline: list[list[Any]], setting: Setting) -> tuple[Section, ...]:
    """Sections by the PDF's own bookmarks; none when it has fewer than two, which is no outline."""
    if len(outline) < 2:
        return ()
    lines = setting.lines
    first_lines = [line.page for line in lines]
    letters = [_letters(line.text) for line in lines]
    headings = []
    for title, depth, page, top in outline:
        begin, end = bisect_left(first_lines, page), bisect_left(first_lines, page + 1)
        if begin == len(lines):
            continue
        title = " ".join(normalise(title).split())
        index = _find_title(title, top, lines, letters, range(begin, end))
        headings.append((title, depth, setting.starts[begin if index is None else index]))
    headings.sort(key=lambda heading: heading[2])
    return nest_sections(headings, len(setting.text))


def _find_title(title: str, top: float | None, lines: list[Line], letters: list[str], candidates: range) -> int | None:
    """The line that a bookmark means: the one that says its title, else the first below its place."""
    wanted = _letters(title)
    for index in candidates:
        line = letters[index]
        if wanted and (line == wanted or line.endswith(wanted) or (len(line) > 5 and wanted.startswith(line))):
            return index
    if top is None:
        return None
    return next((index for index in candidates if lines[index].y <= top), None)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()
