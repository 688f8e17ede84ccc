"""Runs `pdf_worker` in processes of its own and watches them: a PDF is hostile until proven otherwise."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from dsacli.errors import DsacliError

_WORKER = Path(__file__).with_name("worker.py")
# Pages that a worker is given at a time, and for how many pages another worker is worth starting.
_SHARE, _PAGES_EACH = 4, 40


@dataclass(frozen=True)
class Limits:
    """What one PDF may cost. Seconds, bytes (of each process), pages, characters, processes."""

    page_seconds: float = 60.0
    seconds: int = 3600
    memory: int = 4 << 30
    pages: int = 20_000
    page_characters: int = 1_000_000
    characters: int = 100_000_000
    processes: int = min(8, os.cpu_count() or 1)


class _Worker:
    """A process that has the PDF open and reads the pages it is told to; what it says goes into `heard`."""

    def __init__(self, header: bytes, data: bytes, heard: queue.SimpleQueue[tuple[_Worker, bytes | None]]):
        # -I keeps the current folder and PYTHON* variables out; sys.path comes with the job.
        self.process = subprocess.Popen(
            [sys.executable, "-I", str(_WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.orders: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.orders.put(header)
        self.orders.put(data)
        self.heard, self.last_heard, self.awaited = heard, time.monotonic(), 1
        self.threads = [threading.Thread(target=work, daemon=True) for work in (self._feed, self._collect)]
        for thread in self.threads:
            thread.start()

    def order(self, what: dict[str, Any], messages: int) -> None:
        """Have something done that is answered by so many messages."""
        self.last_heard, self.awaited = time.monotonic(), messages
        self.orders.put(json.dumps(what).encode() + b"\n")

    def end(self) -> None:
        """Kill it, whatever it does."""
        self.process.kill()
        self.process.wait()
        self.orders.put(None)
        for thread in self.threads:
            thread.join()
        self.process.stdout.close()

    def _feed(self) -> None:
        stdin: IO[bytes] = self.process.stdin
        try:
            for order in iter(self.orders.get, None):
                stdin.write(order)
                stdin.flush()
        except OSError:
            pass  # the worker has ended early; its last message says why
        finally:
            with suppress(OSError):
                stdin.close()

    def _collect(self) -> None:
        for line in self.process.stdout:
            self.heard.put((self, line))
        self.heard.put((self, None))


def pdf_messages(
    name: str, data: bytes, *, password: str | None = None, limits: Limits = Limits()
) -> Iterator[dict[str, Any]]:
    """What the workers report about the PDF `data`, message by message (see `pdf_worker`), in the order of the pages,
    however many workers there are.

    Raises DsacliError, naming `name`, when the PDF cannot be read or breaks a limit. The workers are
    dead when this generator ends, however it ends.
    """
    path = [os.path.abspath(each) for each in sys.path if each]
    job = {**asdict(limits), "password": password, "path": path, "bytes": len(data)}
    header = json.dumps(job).encode() + b"\n"
    reading = _Reading(name, limits, lambda heard: _Worker(header, data, heard))
    try:
        yield from reading.messages()
    finally:
        for worker in reading.workers:
            worker.end()


class _Reading:
    """Hands out pages to workers and puts what they say in order."""

    def __init__(self, name: str, limits: Limits, start: Callable[[queue.SimpleQueue], _Worker]):
        self.name, self.limits, self.start = name, limits, start
        self.heard: queue.SimpleQueue[tuple[_Worker, bytes | None]] = queue.SimpleQueue()
        self.deadline = time.monotonic() + limits.seconds
        self.workers = [start(self.heard)]
        self.given = self.total = 0

    def messages(self) -> Iterator[dict[str, Any]]:
        """The number of pages, the pages, and the outline."""
        worker, opened = self.next()
        self.total = opened["pages"]
        yield opened
        count = min(self.limits.processes, -(-self.total // _PAGES_EACH))
        self.workers += [self.start(self.heard) for _ in range(count - 1)]
        self.give(worker)
        waiting: dict[int, dict[str, Any]] = {}
        page = characters = 0
        while page < self.total:
            worker, message = self.next()
            if "page" in message:
                waiting[message["page"]] = message
            if not worker.awaited:
                self.give(worker)
            while page in waiting:
                message = waiting.pop(page)
                characters += sum(len(line[0]) for line in message.get("lines", ()))
                if characters > self.limits.characters:
                    self.refuse({"error": "long"})
                yield message
                page += 1
        worker.order({"outline": True}, 1)
        yield next(message for _, message in iter(self.next, None) if "outline" in message)

    def give(self, worker: _Worker) -> None:
        """The next pages to a worker that has none."""
        low, self.given = self.given, min(self.given + _SHARE, self.total)
        if low < self.given:
            worker.order({"read": [low, self.given]}, self.given - low)

    def next(self) -> tuple[_Worker, dict[str, Any]]:
        """What is said next, and by whom. Raises DsacliError when a worker says nothing for too long, or has failed."""
        last = min((w.last_heard for w in self.workers if w.awaited), default=time.monotonic())
        patience = min(last + self.limits.page_seconds, self.deadline) - time.monotonic()
        try:
            worker, line = self.heard.get(timeout=max(0.0, patience))
        except queue.Empty:
            raise DsacliError(f"{self.name} takes too long to read (a damaged or hostile PDF?)") from None
        message = json.loads(line) if line else {"error": "died"}
        if "error" in message:
            self.refuse(message)
        worker.last_heard, worker.awaited = time.monotonic(), worker.awaited - 1
        return worker, message

    def refuse(self, message: dict[str, Any]) -> None:
        raise DsacliError(f"{self.name} {_explain(message, self.limits)}")


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


PageProgress = Callable[[str, int, int], None]
"""Called with (document name, pages read, pages in all) whenever a page is done."""
