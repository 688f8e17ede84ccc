"""Encoded documents on disk: a few tensors and a little text under one key, written whole or not at all.

One safetensors file per entry, memory-mapped when read. A file that was cut short, changed or made by
another version is removed and reported as absent, never trusted; one that nobody has written to since it was saved, or its checksums held, is not
summed once more, which for a model's weights takes a second. What was used least recently goes when all of them are too large.
"""

import json
import os
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
from safetensors import SafetensorError, safe_open

from dsacli.errors import UsageFailure

if TYPE_CHECKING:  # listing and clearing need no tensor
    import torch

FORMAT = "1"
SUFFIX = ".safetensors"
# A file's own note, where a file system keeps such: its size and time of change when its checksums held.
CHECKED = "user.dsacli.checked"
ABANDONED_SECONDS = 600
# Bytes, many times those of an entry's.
LARGEST_HEADER = 1 << 20
# Bytes of all entries together, unless DSACLI_CACHE_LIMIT says how many gigabytes.
LIMIT = 10 * 10**9


@dataclass(frozen=True)
class CacheEntry:
    """One entry as `dsacli cache list` shows it; `modified` is when it was last used."""

    key: str
    name: str
    tokens: int
    size_bytes: int
    modified: float


class DiskCache:
    """A folder of entries, for nothing else, of `limit` bytes at most. `load` and `save` take the same key; saving replaces
    atomically."""

    def __init__(self, folder: Path, limit: int = LIMIT):
        self.folder, self.limit = folder, limit

    def path(self, key: str) -> Path:
        """The file of an entry."""
        return self.folder / f"{key}{SUFFIX}"

    def load(self, key: str) -> "dict[str, torch.Tensor] | None":
        """The tensors saved under `key`, None when there are none or they can't be trusted."""
        path = self.path(key)
        known = is_as_checked(path)
        try:
            with safe_open(path, "pt") as file:
                metadata = file.metadata() or {}
                if metadata.get("format") != FORMAT:
                    raise ValueError(path)
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            if not known and json.loads(metadata["checksums"]) != checksums(tensors):
                raise ValueError(path)
        except FileNotFoundError:
            return None
        except (SafetensorError, ValueError, KeyError, OSError):
            with suppress(OSError):
                path.unlink()
            return None
        with suppress(OSError):  # a folder that can only be read
            os.utime(path)
            note_checked(path)
        return tensors

    def save(self, key: str, tensors: dict[str, "torch.Tensor"], name: str, tokens: int) -> None:
        """Write an entry and remove those that were used least recently, as many as are too many; `name` and `tokens` are for
        `entries`. Raises OSError when the disk won't take it."""
        from safetensors.torch import save_file

        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.remove_abandoned()
        partial = self.folder / f"{key}.{os.getpid()}.partial"
        metadata = {
            "format": FORMAT,
            "name": name,
            "tokens": str(tokens),
            "checksums": json.dumps(checksums(tensors)),
        }
        try:
            os.close(os.open(partial, os.O_CREAT | os.O_WRONLY, 0o600))
            try:
                save_file(tensors, partial, metadata)
            except SafetensorError as failure:
                raise OSError(str(failure)) from failure
            with partial.open("r+b") as file:  # Windows flushes no file that is open for reading only
                os.fsync(file.fileno())
            os.replace(partial, self.path(key))
            note_checked(self.path(key))
        finally:
            partial.unlink(missing_ok=True)
        self._evict(key)

    def entries(self) -> list[CacheEntry]:
        """All entries, newest first; files that are not entries are passed over."""
        found = []
        for path in self.folder.glob(f"*{SUFFIX}"):
            # Another process may remove it at any moment.
            with suppress(ValueError, KeyError, TypeError, OSError):
                about, status = metadata_of(path), path.stat()
                found.append(
                    CacheEntry(path.stem, about["name"], int(about["tokens"]), status.st_size, status.st_mtime)
                )
        return sorted(found, key=lambda entry: -entry.modified)

    def clear(self) -> tuple[int, int]:
        """Remove every entry and what interrupted writes left; returns (files, bytes) removed."""
        return _remove([*self.folder.glob(f"*{SUFFIX}"), *self._partial()])

    def remove(self, document: str) -> tuple[int, int]:
        """Remove the entries of a document, by the name it was given or the file that this is; returns (files, bytes) removed."""
        place = os.path.realpath(document)
        found = [each.key for each in self.entries() if document == each.name or place == os.path.realpath(each.name)]
        return _remove([self.path(key) for key in found])

    def _evict(self, kept: str) -> None:
        """Remove the entries that were used least recently until all fit the limit, but never `kept`."""
        size = 0
        for entry in sorted(self.entries(), key=lambda entry: (entry.key != kept, -entry.modified)):
            size += entry.size_bytes
            if size > self.limit and entry.key != kept:
                _remove([self.path(entry.key)])

    def _partial(self) -> list[Path]:
        # safetensors writes to a ".tmp…" file of its own beside the one it is told to write.
        return [*self.folder.glob("*.partial"), *self.folder.glob(".tmp*")]

    def remove_abandoned(self) -> None:
        """Remove what a killed process left behind, once it is too old to be still in writing."""
        for path in self._partial():
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > ABANDONED_SECONDS:
                    path.unlink()


def _remove(paths: list[Path]) -> tuple[int, int]:
    removed = size = 0
    for path in paths:
        with suppress(OSError):  # another process was first
            bytes_here = path.stat().st_size
            path.unlink()
            size += bytes_here
            removed += 1
    return removed, size


def metadata_of(path: Path) -> dict[str, str]:
    """What `save` wrote beside the tensors, read from the file's header alone: to open it takes numpy's import.

    Raises ValueError, KeyError, TypeError or OSError for a file that is no entry.
    """
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        if size > LARGEST_HEADER:
            raise ValueError(path)
        metadata: dict[str, str] = json.loads(file.read(size))["__metadata__"]
        return metadata


def is_as_checked(path: Path) -> bool:
    """Whether nothing was written to a file since `note_checked`; False too where there are no such notes."""
    try:
        return os.getxattr(path, CHECKED) == _state(path)
    except (OSError, AttributeError):  # Linux alone has them
        return False


def note_checked(path: Path) -> None:
    """Note beside a file that its checksums hold as it now is."""
    with suppress(OSError, AttributeError):
        os.setxattr(path, CHECKED, _state(path))


def _state(path: Path) -> bytes:
    status = path.stat()
    return f"{status.st_size} {status.st_mtime_ns}".encode()


def checksums(tensors: dict[str, "torch.Tensor"]) -> dict[str, int]:
    """That of each tensor, by name; on all cores, since a model's weights are gigabytes."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(tensors, pool.map(checksum, tensors.values())))


def checksum(tensor: "torch.Tensor") -> int:
    """CRC-32 of a tensor's bytes."""
    import torch

    shape = zlib.crc32(f"{tensor.dtype} {list(tensor.shape)}".encode())
    return zlib.crc32(tensor.contiguous().view(torch.uint8).numpy().data, shape)


def open_cache() -> DiskCache:
    """The user's cache of encoded documents, a folder of its own; DSACLI_CACHE says in which other one, DSACLI_CACHE_LIMIT how
    many gigabytes it may hold. Raises UsageFailure where that is no number."""
    chosen, limit = os.environ.get("DSACLI_CACHE"), os.environ.get("DSACLI_CACHE_LIMIT")
    folder = Path(chosen, "dsacli") if chosen else Path(platformdirs.user_cache_dir("dsacli", appauthor=False))
    try:
        size = int(float(limit) * 10**9) if limit else LIMIT
    except (ValueError, OverflowError):
        size = -1
    if size < 0:
        raise UsageFailure(f"DSACLI_CACHE_LIMIT={limit}: give a number of gigabytes")
    return DiskCache(folder, size)
