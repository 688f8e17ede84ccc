"""What a library is to be made of: files, folders, patterns and the addresses that fsspec knows, each document with what tells
whether it changed."""

import glob
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dsacli.documents import Reading, Source
from dsacli.documents.sources import LARGEST, STDIN, checked, expand, name_of, read_source
from dsacli.errors import DsacliError, UsageFailure

LOCAL = "file://"


@dataclass(frozen=True)
class Found:
    """A document that was not read yet: its name, what it was found through, its state (another where it changed), and how to read it.

    `read` raises DsacliError.
    """

    name: str
    source: str
    state: str
    read: Callable[[], Source]


def find(sources: Sequence[str], reading: Reading) -> Iterator[Found]:
    """Every document of some sources, each once. Raises DsacliError for a source that is not there, UsageFailure for stdin."""
    seen = set[str]()
    for source in sources:
        if source == STDIN:
            raise UsageFailure("stdin has no name to be indexed by; give files or folders")
        remote = "://" in source and not source.startswith(LOCAL)
        for each in _addressed(source, reading) if remote else _local(source.removeprefix(LOCAL), reading):
            if each.name not in seen:
                seen.add(each.name)
                yield each


def _local(source: str, reading: Reading) -> Iterator[Found]:
    place = os.path.abspath(source)
    paths = [place]
    if glob.has_magic(source) and not os.path.exists(source):
        paths = sorted(glob.glob(place, recursive=True))
        if not paths:
            raise DsacliError(f"{source}: no file is called so")
    for path, _ in expand(paths):
        name, status = name_of(path), os.stat(path)
        state = _digest(status.st_size, status.st_mtime_ns, reading)
        yield Found(name, place, state, lambda path=path, name=name: Source(name, read_source(path), reading))  # type: ignore[misc]


def _addressed(source: str, reading: Reading) -> Iterator[Found]:
    import fsspec

    try:
        system, path = fsspec.core.url_to_fs(source)
        listed = system.glob(path, detail=True) if glob.has_magic(path) else system.find(path, detail=True)
    except Exception as failure:  # whatever the package of an address raises
        raise DsacliError(f"{source}: {failure or type(failure).__name__}") from None
    files = {path: facts for path, facts in sorted(listed.items()) if facts.get("type") == "file"}
    if not files:
        raise DsacliError(f"{source}: nothing there")
    for path, facts in files.items():
        if any(part.startswith(".") for part in path.split("/")):
            continue
        name = system.unstrip_protocol(path)
        state = _digest(sorted((key, str(value)) for key, value in facts.items()), reading)
        yield Found(name, source, state, lambda path=path, name=name: _fetched(system, path, name, reading))  # type: ignore[misc]


def _fetched(system: Any, path: str, name: str, reading: Reading) -> Source:
    try:
        with system.open(path, "rb") as file:
            data = file.read(LARGEST + 1)
    except Exception as failure:
        raise DsacliError(f"{name} cannot be read: {failure or type(failure).__name__}") from None
    return Source(name, checked(name, data), reading)


def _digest(*facts: object) -> str:
    return hashlib.sha256(repr(facts).encode("utf-8", "surrogateescape")).hexdigest()[:32]
