"""The child process that opens a PDF: bytes and requests on stdin, one JSON line per page on stdout.

Run as a script by `process`. stdin holds one line of JSON (the job: path, password, limits, bytes), then the PDF, then
requests, a line each:

    {"read": [0, 4]}                    those pages
    {"read": [0, 4], "plain": true}     those pages, by pypdf alone: PDFium is native code, and has crashed on one of them
    {"outline": true}

Messages:

    {"pages": 12}                                       once, when the file is open
    {"pages": 7, "fonts_lost": false}                   the same of a file of which not all is left
    {"page": 0, "lines": [[text, x, y, size, bold, end, bottom, row], …], "label": "iv", "notes": ["[Note by …] …"],
     "garbled": false}
    {"page": 0, "failed": "why"}
    {"outline": [[title, depth, page, top], …], "data": ["label: value", …]}
    {"error": "encrypted" | "password" | "cipher" | "damaged" | "limit" | "pages" | "empty" | "memory", …}
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import warnings
from typing import Any, BinaryIO


def serve(job: dict[str, Any], data: bytes, requests: BinaryIO, out: BinaryIO) -> None:
    """Reply to requests for pages of the PDF `data`; raises Refused when there is nothing in it."""
    from dsacli.documents.pdf.reading import open_pdf

    reading = open_pdf(job, data)
    mended = {"fonts_lost": reading.mended.fonts_lost} if reading.mended else {}
    send(out, {"pages": reading.pages, **mended})
    for request in map(json.loads, requests):
        for index in range(*request.get("read", (0, 0))):
            send(out, reading.page(index, plain=request.get("plain", False)))
        if "outline" in request:
            send(out, {"outline": reading.outline(), "data": reading.data()})


def send(out: BinaryIO, message: dict[str, Any]) -> None:
    """Write one message and hand it over at once."""
    out.write(json.dumps(message).encode("ascii") + b"\n")
    out.flush()


def set_limits(memory: int, seconds: int) -> None:
    """Bound this process's address space (bytes) and processor time, should nobody be left to kill it.

    Where the system has no such limits, a timer ends the process; PDFium and pypdf bound what one stream unpacks to.
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
        data = sys.stdin.buffer.read(job["bytes"])
        from dsacli.documents.pdf.refused import Refused

        try:
            serve(job, data, sys.stdin.buffer, out)
        except Refused as refusal:
            send(out, refusal.message)
    except MemoryError:
        send(out, {"error": "memory"})


if __name__ == "__main__":
    main()
