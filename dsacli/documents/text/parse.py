"""Text and Markdown files into documents, with the line numbers of the file as it is on disk."""

import re

from dsacli.documents.clean import normalise
from dsacli.documents.document import Document, Page, nest_sections
from dsacli.documents.hyphens import hyphenated_words, rejoin
from dsacli.documents.text.decode import decode
from dsacli.documents.text.headings import markdown_headings, text_headings
from dsacli.errors import DsacliError

_DIVIDED = re.compile(r"[^\W\d_][-\u2010]\n")


def parse_text(name: str, data: bytes, *, markdown: bool) -> Document:
    """The document in the bytes of a text file; form feeds end pages, as printers take them.

    Plain text has words that are divided at line ends joined; Markdown stays as it is.
    Raises DsacliError when the bytes are not text, or nothing but white space.
    """
    raw = normalise(decode(name, data).replace("\r\n", "\n").replace("\r", "\n"))
    if not raw.strip():
        raise DsacliError(f"{name} is empty")
    lines, page_breaks = _take_form_feeds(raw.split("\n"))
    join = not markdown and _DIVIDED.search(raw) is not None
    text, line_starts = _join_lines(lines, hyphenated_words(raw) if join else None)
    find = markdown_headings if markdown else text_headings
    headings = [
        (title, rank, line_starts[index] + len(lines[index]) - len(lines[index].lstrip()))
        for index, title, rank in find(lines)
    ]
    return Document(
        name=name,
        kind="markdown" if markdown else "text",
        text=text,
        pages=_pages(text, [line_starts[line] + column for line, column in page_breaks]),
        sections=nest_sections(headings, len(text)),
        line_starts=tuple(line_starts),
    )


def _take_form_feeds(lines: list[str]) -> tuple[list[str], list[tuple[int, int]]]:
    """The lines without form feeds, and (line, column) of each place where a page ended."""
    breaks = []
    for index, line in enumerate(lines):
        if "\f" not in line:
            continue
        parts = line.split("\f")
        kept = parts[0]
        for part in parts[1:]:
            # Words on both sides of a bare form feed must not run into one.
            if kept and part and not kept[-1].isspace():
                kept += " "
            breaks.append((index, len(kept)))
            kept += part
        lines[index] = kept
    return lines, breaks


def _join_lines(lines: list[str], hyphenated: frozenset[str] | None) -> tuple[str, list[int]]:
    """The text, and the offset at which each line begins in it; `hyphenated` None leaves words divided.

    A line that completes a word of the line before loses its indentation, in `lines` too.
    """
    pieces: list[str] = []
    starts: list[int] = []
    position = 0
    last = len(lines) - 1
    for index in range(len(lines)):
        starts.append(position)
        line, end = lines[index], "\n" if index < last else ""
        if hyphenated is not None and end and line.endswith(("-", "\u2010")):
            following = lines[index + 1].lstrip()
            joined = rejoin(line, following, hyphenated)
            if joined:
                line, end = joined
                lines[index + 1] = following
        pieces += (line, end)
        position += len(line) + len(end)
    return "".join(pieces), starts


def _pages(text: str, breaks: list[int]) -> tuple[Page, ...]:
    if not breaks:
        return ()
    starts = [0, *breaks]
    if not text[starts[-1] :].strip():
        starts.pop()  # the form feed after the last page begins no new one
    ends = [*starts[1:], len(text)]
    return tuple(Page(number, start, end) for number, (start, end) in enumerate(zip(starts, ends), 1))
