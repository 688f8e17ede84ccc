"""The child process that opens a PDF: bytes and requests on stdin, one JSON line per page on stdout.

Run as a script by `process`: it must work with nothing but the standard library and pypdf. stdin holds
one line of JSON (the job: path, password, limits, bytes), then the PDF, then requests, a line each:

    {"read": [0, 4]}      those pages
    {"outline": true}

Messages:

    {"pages": 12}                                       once, when the file is open
    {"page": 0, "lines": [[text, x, y, size, bold, end, gaps], …]}   or   {"page": 0, "failed": "why"}
    {"outline": [[title, depth, page, top], …]}
    {"error": "encrypted" | "password" | "cipher" | "damaged" | "limit" | "pages" | "empty" | "memory", …}
"""

from __future__ import annotations

import io
import json
import logging
import math
import os
import sys
import threading
import warnings
from typing import Any, BinaryIO

# Average advance of a character in units of the font size, good enough to see a gap between columns.
_NARROW = frozenset("iljtfrI.,;:'!|()[] ")
_WIDE = frozenset("mwMWABCDEFGHKNOPQRSTUVXYZ@%")
_BOLD = ("bold", "black", "heavy", "cmbx", "sfbx")
_FIXED = ("cour", "mono", "monl", "cmtt", "sftt", "consol", "typewriter")

# Points; no page is larger and no type smaller, whatever a hostile matrix says.
_FARTHEST = 1e6
_SMALLEST = 0.5

# No table of contents has more entries, and no heading more characters.
_MOST_BOOKMARKS = 5000
_LONGEST_TITLE = 300


class Refused(Exception):
    """The document cannot be read: the fields of an "error" message."""

    def __init__(self, reason: str, **details: Any):
        super().__init__(reason)
        self.message = {"error": reason, **details}


class LineCollector:
    """pypdf's text fragments into lines with a place and a size; give `add` as visitor_text.

    A line is [text, x, y, size, bold, end, gaps]: baseline and estimated right end in points as the
    reader of the page sees them (rotated text is turned), the size most of it is set in, and how many
    gaps in it are wide enough to part columns.
    """

    def __init__(self, most_characters: int):
        self.lines: list[list[Any]] = []
        self._room = most_characters
        self._fragments: list[tuple[str, float, float, float, str]] = []

    def add(self, text: str, cm: Any, tm: Any, font: Any, size: Any) -> None:
        """Take one fragment, as pypdf hands it over."""
        if not text:
            return
        self._room -= len(text)
        if self._room < 0:
            raise ValueError("more text on one page than any page holds")
        x, y, scale = _place(cm, tm)
        size = min(max(abs(float(size)) * scale, _SMALLEST), _FARTHEST)
        face = str((font or {}).get("/BaseFont", "")).lower()
        *full, rest = text.split("\n")
        for part in full:
            self._fragments.append((part, x, y, size, face))
            self.close()
        if rest:
            self._fragments.append((rest, x, y, size, face))

    def close(self) -> None:
        """End the line that is being gathered."""
        fragments, self._fragments = self._fragments, []
        solid = [fragment for fragment in fragments if fragment[0].strip()]
        if not solid:
            return
        _, x, y, _, _ = solid[0]
        sizes: dict[float, int] = {}
        end, last_x, gaps = x, x, 0
        for text, at, _, size, face in solid:
            sizes[size] = sizes.get(size, 0) + len(text)
            # pypdf gives runs that follow each other without a move the place of the first.
            if at != last_x:
                # The longer the run before, the less is known about where it ends.
                gaps += at - end > 1.2 * size + 0.06 * (end - last_x)
                end = last_x = at
            end += _width(text, size, fixed=_has(face, _FIXED))
        size = max(sizes, key=lambda each: sizes[each])
        bold = all(_has(fragment[4], _BOLD) for fragment in solid)
        text = "".join(fragment[0] for fragment in fragments)
        self.lines.append([text, round(x, 2), round(y, 2), round(size, 2), bold, round(end, 2), gaps])


def _has(face: str, names: tuple[str, ...]) -> bool:
    return any(name in face for name in names)


def _width(text: str, size: float, *, fixed: bool) -> float:
    if fixed:
        return 0.6 * size * len(text)
    narrow = sum(map(_NARROW.__contains__, text))
    wide = sum(map(_WIDE.__contains__, text))
    return size * (0.28 * narrow + 0.7 * wide + 0.52 * (len(text) - narrow - wide))


def _place(cm: Any, tm: Any) -> tuple[float, float, float]:
    """x, y and scale of a text matrix on the page, turned so that the text runs to the right."""
    a = tm[0] * cm[0] + tm[1] * cm[2]
    b = tm[0] * cm[1] + tm[1] * cm[3]
    c = tm[2] * cm[0] + tm[3] * cm[2]
    d = tm[2] * cm[1] + tm[3] * cm[3]
    x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
    y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
    scale = math.hypot(c, d)
    if not max(map(abs, (x, y, scale))) < _FARTHEST:  # NaN included
        return 0.0, 0.0, 1.0
    if abs(a) >= abs(b):
        return (x, y, scale) if a >= 0 else (-x, -y, scale)
    return (y, -x, scale) if b > 0 else (-y, x, scale)


def serve(job: dict[str, Any], data: bytes, requests: BinaryIO, out: BinaryIO) -> None:
    """Reply to requests for pages of the PDF `data`; raises Refused when there is nothing in it."""
    reader, total = _open(job, data)
    send(out, {"pages": total})
    for request in map(json.loads, requests):
        for index in range(*request.get("read", (0, 0))):
            send(out, _read_page(reader, index, job["page_characters"]))
        if "outline" in request:
            send(out, {"outline": _outline(reader)})


def _open(job: dict[str, Any], data: bytes) -> tuple[Any, int]:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, LimitReachedError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            password = job["password"]
            # One password may be meant for another of several documents.
            if not (reader.decrypt(password or "") or reader.decrypt("")):
                raise Refused("encrypted" if password is None else "password")
        total = len(reader.pages)
    except (Refused, MemoryError):
        raise
    except DependencyError as error:
        raise Refused("cipher", detail=str(error)) from error
    except LimitReachedError as error:
        raise Refused("limit", detail=str(error)) from error
    except Exception as error:
        raise Refused("damaged", detail=str(error)) from error
    if total > job["pages"]:
        raise Refused("pages", pages=total)
    if not total:
        raise Refused("empty")
    return reader, total


def _read_page(reader: Any, index: int, most_characters: int) -> dict[str, Any]:
    collector = LineCollector(most_characters)
    try:
        reader.pages[index].extract_text(visitor_text=collector.add)
        collector.close()
    except MemoryError:
        raise
    except Exception as error:
        return {"page": index, "failed": f"{type(error).__name__}: {error}"[:200]}
    return {"page": index, "lines": collector.lines}


def _outline(reader: Any) -> list[list[Any]]:
    """The bookmarks as [title, depth, page, top], in order; none when they are damaged."""
    entries: list[list[Any]] = []

    def walk(items: list[Any], depth: int) -> None:
        for item in items:
            if isinstance(item, list):
                walk(item, depth + 1)
                continue
            page = reader.get_destination_page_number(item)
            if page is not None and page >= 0 and item.title and len(entries) < _MOST_BOOKMARKS:
                top, title = item.top, str(item.title)[:_LONGEST_TITLE]
                entries.append([title, depth, page, float(top) if isinstance(top, (int, float)) else None])

    try:
        walk(reader.outline, 1)
    except MemoryError:
        raise
    except Exception:
        return []
    return entries


def send(out: BinaryIO, message: dict[str, Any]) -> None:
    """Write one message and hand it over at once."""
    out.write(json.dumps(message).encode("ascii") + b"\n")
    out.flush()


def set_limits(memory: int, seconds: int) -> None:
    """Bound this process's address space (bytes) and processor time, should nobody be left to kill it.

    Where the system has no such limits, a timer ends the process, and pypdf bounds what one stream unpacks to.
    """
    try:
        import resource
    except ImportError:  # Windows
        timer = threading.Timer(seconds, os._exit, (1,))
        timer.daemon = True
        timer.start()
        return
    for limit, value in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(limit, (value, value))
        except (ValueError, OSError):  # a lower limit is in force, or macOS, which has no RLIMIT_AS
            continue


def main() -> None:
    """Read the job and the PDF from stdin and report on stdout."""
    # Nothing that a library prints may land among the messages.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    job = json.loads(sys.stdin.buffer.readline())
    sys.path[:] = job["path"]
    set_limits(job["memory"], job["seconds"])
    try:
        serve(job, sys.stdin.buffer.read(job["bytes"]), sys.stdin.buffer, out)
    except Refused as refusal:
        send(out, refusal.message)
    except MemoryError:
        send(out, {"error": "memory"})


if __name__ == "__main__":
    main()
