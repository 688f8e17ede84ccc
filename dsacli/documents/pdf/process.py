"""Runs `worker.py` in processes of its own and watches them: a PDF is hostile until proven otherwise."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from dsacli.errors import DsacliError

_WORKER = Path(__file__).with_name("worker.py")
_ROOT = str(Path(__file__).parents[3])
# Pages that a worker is given at a time, and for how many pages another worker is worth starting.
_SHARE, _PAGES_EACH = 4, 40
# A document on which workers crash more often is hostile.
_MOST_CRASHES = 5

Message = dict[str, Any]
"""One JSON object from a worker, as `worker.py` describes them."""

PageProgress = Callable[[str, int, int], None]
"""Called with (document name, pages read, pages in all) whenever a page is done."""


@dataclass(frozen=True)
class Limits:
    """What one PDF may cost. Seconds, bytes (of each process), pages, characters, processes.

    Time, pages and characters are bounded on every system, a single stream by PDFium and pypdf; `memory` where the
    system lets a process bound its own (not on Windows or macOS).
    """

    page_seconds: float = 60.0
    seconds: int = 3600
    memory: int = 4 << 30
    pages: int = 20_000
    page_characters: int = 1_000_000
    characters: int = 100_000_000
    processes: int = min(8, os.cpu_count() or 1)


def pdf_messages(
    name: str, data: bytes, *, password: str | None = None, limits: Limits = Limits()
) -> Generator[Message, None, None]:
    """What the workers report about the PDF `data`: the number of pages, every page in order, and the outline.

    Raises DsacliError, naming `name`, when the PDF cannot be read or breaks a limit. The workers are
    dead when this generator ends, however it ends.
    """
    path = [_ROOT, *(os.path.abspath(each) for each in sys.path if each)]
    job = {**asdict(limits), "password": password, "path": path, "bytes": len(data)}
    pool = _Pool(name, limits, lambda replies, plain: _Worker({**job, "plain": plain}, data, replies))
    try:
        yield from pool.messages()
    finally:
        for worker in pool.workers:
            worker.end()


class _Worker:
    """A process that has the PDF open and reads the pages that are requested; its replies go into a queue."""

    def __init__(self, job: Message, data: bytes, replies: _Replies):
        # -I keeps the current folder and PYTHON* variables out; sys.path comes with the job.
        self.process = subprocess.Popen(
            [sys.executable, "-I", str(_WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.requests: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.requests.put(json.dumps(job).encode() + b"\n")
        self.requests.put(data)
        self.replies, self.last_reply, self.pending = replies, time.monotonic(), 1
        self.plain, self.pages, self.again = bool(job["plain"]), deque[int](), set[int]()
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None and stdout is not None
        self.stdout = stdout
        # Pipes are read and written by threads: select() knows no pipes on Windows.
        self.threads = [
            threading.Thread(target=self._send, args=(stdin,), daemon=True),
            threading.Thread(target=self._receive, args=(stdout,), daemon=True),
        ]
        for thread in self.threads:
            thread.start()

    def request(self, message: Message, replies: int) -> None:
        """Ask for something that is answered by so many replies."""
        if not self.pending:
            self.last_reply = time.monotonic()
        self.pending += replies
        self.requests.put(json.dumps(message).encode() + b"\n")

    def read(self, low: int, high: int, *, plain: bool = False) -> None:
        """Ask for the pages from `low` up to `high`, `plain` by pypdf."""
        self.pages += range(low, high)
        self.request({"read": [low, high], "plain": plain}, high - low)

    def end(self) -> None:
        """Kill it, whatever it does."""
        self.process.kill()
        self.process.wait()
        self.requests.put(None)
        for thread in self.threads:
            thread.join()
        self.stdout.close()

    def _send(self, stdin: IO[bytes]) -> None:
        # An OSError says that the worker has ended early; its last message says why.
        with suppress(OSError):
            for request in iter(self.requests.get, None):
                stdin.write(request)
                stdin.flush()
        with suppress(OSError):
            stdin.close()

    def _receive(self, stdout: IO[bytes]) -> None:
        for line in stdout:
            self.replies.put((self, line))
        self.replies.put((self, None))


_Replies = queue.SimpleQueue[tuple[_Worker, bytes | None]]
"""Who replied, and the line, or None when there will be no more."""


class _Pool:
    """Hands out pages to workers and puts their replies in order.

    A worker that crashes is replaced: the page on which it did is read by pypdf, and left out when that crashes, too.
    """

    def __init__(self, name: str, limits: Limits, start: Callable[[_Replies, bool], _Worker]):
        self.name, self.limits, self.start = name, limits, start
        self.replies: _Replies = queue.SimpleQueue()
        self.deadline = time.monotonic() + limits.seconds
        self.workers = [start(self.replies, False)]
        self.requested = self.total = self.crashes = 0
        self.early: dict[int, Message] = {}

    def messages(self) -> Iterator[Message]:
        """The number of pages, the pages, and what is said of the whole document."""
        opened = None
        while opened is None:
            worker, opened = self.next()
        self.total = opened["pages"]
        yield opened
        count = min(self.limits.processes, -(-self.total // _PAGES_EACH))
        self.workers += [self.start(self.replies, worker.plain) for _ in range(count - 1)]
        self.request_pages(worker)
        page = characters = 0
        while page < self.total:
            if page in self.early:
                message = self.early.pop(page)
                characters += sum(len(line[0]) for line in message.get("lines", ()))
                if characters > self.limits.characters:
                    self.refuse({"error": "long"})
                yield message
                page += 1
                continue
            worker, reply = self.next()
            if reply and "page" in reply:
                self.early[worker.pages.popleft()] = reply
            # Asked before it has nothing to do: on a busy machine each answer takes a while to be heard.
            if worker.pending < _SHARE and worker in self.workers:
                self.request_pages(worker)
        yield self.said_of_all()

    def said_of_all(self) -> Message:
        """The outline, and what stands in the document beside its pages; nothing where a worker crashes on them."""
        worker = next(each for each in self.workers if not each.pages)
        worker.request({"outline": True}, 1)
        crashes, reply = self.crashes, None
        while not (reply and "outline" in reply):
            _, reply = self.next()
            if self.crashes > crashes:
                return {"outline": [], "data": None}
        return reply

    def request_pages(self, worker: _Worker) -> None:
        """The next pages from a worker that has few left to read."""
        low, self.requested = self.requested, min(self.requested + _SHARE, self.total)
        if low < self.requested:
            worker.read(low, self.requested)

    def next(self) -> tuple[_Worker, Message | None]:
        """The next reply, and whose it is; None when that worker crashed.

        Raises DsacliError when a worker is silent for too long, or says that the document cannot be read.
        """
        last = min((w.last_reply for w in self.workers if w.pending), default=time.monotonic())
        patience = min(last + self.limits.page_seconds, self.deadline) - time.monotonic()
        try:
            worker, line = self.replies.get(timeout=max(0.0, patience))
        except queue.Empty:
            raise DsacliError(f"{self.name} takes too long to read (a damaged or hostile PDF?)") from None
        if line is None:
            self.replace(worker)
            return worker, None
        message = json.loads(line)
        if "error" in message:
            self.refuse(message)
        worker.last_reply, worker.pending = time.monotonic(), worker.pending - 1
        return worker, message

    def replace(self, crashed: _Worker) -> None:
        """Start another worker in place of one that crashed, for the pages that it leaves but the first, on which it did."""
        self.crashes += 1
        opened = bool(self.total)
        if self.crashes > _MOST_CRASHES or (crashed.plain and not opened):
            self.refuse({"error": "died"})
        crashed.end()
        self.workers.remove(crashed)
        replacement = self.start(self.replies, not opened or crashed.plain)
        self.workers.append(replacement)
        if not crashed.pages:
            return
        page = crashed.pages.popleft()
        if page in crashed.again or crashed.plain:
            self.early[page] = {"page": page, "failed": "its reader crashed"}
        else:
            replacement.again.add(page)
            replacement.read(page, page + 1, plain=True)
        for page in crashed.pages:
            replacement.read(page, page + 1)

    def refuse(self, message: Message) -> None:
        """Raise DsacliError for an "error" message."""
        raise DsacliError(f"{self.name} {_explain(message, self.limits)}")


def _explain(message: Message, limits: Limits) -> str:
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
