"""Runs `pdf_worker` in a process of its own and watches it: a PDF is hostile until proven otherwise."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from dsacli.errors import DsacliError

_WORKER = Path(__file__).with_name("pdf_worker.py")


@dataclass(frozen=True)
class Limits:
    """What one PDF may cost. Seconds, bytes, pages, characters."""

    page_seconds: float = 60.0
    seconds: int = 3600
    memory: int = 4 << 30
    pages: int = 20_000
    page_characters: int = 1_000_000
    characters: int = 100_000_000


def pdf_messages(
    name: str, data: bytes, *, password: str | None = None, limits: Limits = Limits()
) -> Iterator[dict[str, Any]]:
    """What the worker reports about the PDF `data`, message by message (see `pdf_worker`).

    Raises DsacliError, naming `name`, when the PDF cannot be read or breaks a limit. The worker is
    dead when this generator ends, however it ends.
    """
    job = {**asdict(limits), "password": password, "path": [os.path.abspath(each) for each in sys.path if each]}
    # -I keeps the current folder and PYTHON* variables out; sys.path comes with the job.
    worker = subprocess.Popen(
        [sys.executable, "-I", str(_WORKER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    threads = (
        threading.Thread(target=_feed, args=(worker.stdin, json.dumps(job).encode() + b"\n", data), daemon=True),
        threading.Thread(target=_collect, args=(worker.stdout, lines), daemon=True),
    )
    try:
        for thread in threads:
            thread.start()
        yield from _watch(name, lines, limits)
    finally:
        worker.kill()
        worker.wait()
        for thread in threads:
            thread.join()
        worker.stdout.close()


def _watch(name: str, lines: queue.SimpleQueue[bytes | None], limits: Limits) -> Iterator[dict[str, Any]]:
    deadline = time.monotonic() + limits.seconds
    while True:
        try:
            line = lines.get(timeout=max(0.0, min(limits.page_seconds, deadline - time.monotonic())))
        except queue.Empty:
            raise DsacliError(f"{name} takes too long to read (a damaged or hostile PDF?)") from None
        message = json.loads(line) if line else {"error": "died"}
        if "error" in message:
            raise DsacliError(f"{name} {_explain(message, limits)}")
        if "done" in message:
            return
        yield message


def _explain(message: dict[str, Any], limits: Limits) -> str:
    return {
        "encrypted": "is encrypted; pass --password",
        "password": "is encrypted and the password is wrong; pass another --password",
        "cipher": "is encrypted with AES; install the cryptography package to read it",
        "damaged": "is not a readable PDF (damaged or cut short)",
        "limit": "is not a readable PDF (it is built to exhaust its reader)",
        "memory": f"needs more than {limits.memory >> 20} MB of memory to read (a damaged or hostile PDF?)",
        "pages": f"has {message.get('pages', 0):,} pages; at most {limits.pages:,} can be read",
        "empty": "has no pages",
        "long": f"holds more than {limits.characters:,} characters of text",
    }.get(message["error"], "is not a readable PDF (its reader crashed)")


def _feed(stdin: IO[bytes], header: bytes, data: bytes) -> None:
    try:
        stdin.write(header)
        stdin.write(data)
    except OSError:
        pass  # the worker has ended early; its last message says why
    finally:
        _close(stdin)


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except OSError:
        pass


def _collect(stdout: IO[bytes], lines: queue.SimpleQueue[bytes | None]) -> None:
    for line in stdout:
        lines.put(line)
    lines.put(None)


PageProgress = Callable[[str, int, int], None]
"""Called with (document name, pages read, pages in all) whenever a page is done."""
