"""GGUF files (ggml's gguf.md, versions 2 and 3): what the head says, checked, and where each tensor's bytes are.

    magic, version, counts ── keys and values ── names, shapes, types, offsets of tensors ── their bytes, aligned

Nothing in a file is believed: every length is compared with what is left of it before anything is read or made. Only
the standard library is needed, so that a file can be asked for its architecture without a tensor.
"""

import math
import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dsacli.errors import DsacliError

MAGIC, VERSIONS = b"GGUF", (2, 3)
# Numbers of a type in the head, as `struct` names them; text and lists are none.
NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
TEXT, LIST = 8, 9
ALIGNMENT = "general.alignment"
ARCHITECTURE = "general.architecture"
CONTEXT = "context_length"
# More than any model has; a file may be as long as its zeros are cheap.
HEAD_BYTES, KEYS, TENSORS, DIMENSIONS, ENTRIES, NAME_LENGTH = 1 << 27, 1 << 16, 1 << 17, 4, 1 << 23, 256


@dataclass(frozen=True)
class Kind:
    """How tensors of a type are stored: in `block_bytes` for every `block` numbers of a row."""

    name: str
    block: int
    block_bytes: int


KINDS = {
    0: Kind("F32", 1, 4),
    1: Kind("F16", 1, 2),
    2: Kind("Q4_0", 32, 18),
    3: Kind("Q4_1", 32, 20),
    6: Kind("Q5_0", 32, 22),
    7: Kind("Q5_1", 32, 24),
    8: Kind("Q8_0", 32, 34),
    12: Kind("Q4_K", 256, 144),
    13: Kind("Q5_K", 256, 176),
    14: Kind("Q6_K", 256, 210),
    30: Kind("BF16", 1, 2),
}


@dataclass(frozen=True)
class Entry:
    """A tensor in the file: its shape (rows first, as torch has it), its type, and where its bytes are."""

    shape: tuple[int, ...]
    kind: Kind
    offset: int

    @property
    def row_bytes(self) -> int:
        """Bytes of a row: of its last dimension."""
        return self.shape[-1] // self.kind.block * self.kind.block_bytes

    @property
    def size(self) -> int:
        """Bytes of all of it."""
        return math.prod(self.shape[:-1]) * self.row_bytes


class Gguf:
    """An open file: `metadata` by key, in plain Python values, and `tensors` by the names that the file has for them.

    Raises DsacliError that names the file where it is missing, cut short, or no GGUF file that can be read.
    """

    def __init__(self, path: Path):
        self.path, self.bytes = path, mapped(path)
        try:
            head = Head(self.bytes)
            self.metadata = dict(head.metadata())
            self.tensors = head.tensors(self.metadata)
        except ValueError as failure:
            raise DsacliError(f"{path}: not a GGUF file, damaged or cut short ({failure})") from None

    def stored(self, name: str) -> memoryview:
        """The bytes of a tensor, unread."""
        entry = self.tensors[name]
        return memoryview(self.bytes)[entry.offset : entry.offset + entry.size]


def architecture_of(path: Path) -> str:
    """What a file says it holds, with no more of it read than that takes. Raises DsacliError as `Gguf` does."""
    try:
        found = next((value for key, value in Head(mapped(path)).metadata() if key == ARCHITECTURE), None)
    except ValueError as failure:
        raise DsacliError(f"{path}: not a GGUF file, damaged or cut short ({failure})") from None
    if not isinstance(found, str):
        raise DsacliError(f"{path}: {ARCHITECTURE} is {found!r:.60}, not a name")
    return found


def summary_of(path: Path) -> tuple[object, object]:
    """The architecture and the tokens of context that a file states, None for what it does not; its vocabulary, which mostly stands
    behind them, is not read. Raises DsacliError as `Gguf` does."""
    architecture, lengths = None, dict[str, object]()
    try:
        for key, value in Head(mapped(path)).metadata():
            owner, _, name = key.rpartition(".")
            if key == ARCHITECTURE:
                architecture = value
            if name == CONTEXT:
                lengths[owner] = value
            if architecture in lengths:
                break
    except ValueError as failure:
        raise DsacliError(f"{path}: not a GGUF file, damaged or cut short ({failure})") from None
    return architecture, lengths.get(str(architecture))


def is_gguf(path: Path) -> bool:
    """Whether a path is that of a GGUF file, by its name or by how it begins: Ollama's have no such name."""
    if path.suffix.lower() == ".gguf":
        return not path.is_dir()
    if not path.is_file():  # what is no file, as a pipe, could keep us waiting
        return False
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def mapped(path: Path) -> mmap.mmap:
    """A file in memory; what is written there never reaches it."""
    if not path.is_file():  # what is no file, as a pipe, could keep us waiting
        raise DsacliError(f"{path}: no such file")
    try:
        with path.open("rb") as file:
            # A private copy, because torch warns of memory that can't be written.
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    except (OSError, ValueError) as failure:
        raise DsacliError(f"{path}: {failure}") from None


class Head:
    """The head of a file, read from its start to its end; ValueError for what can't be."""

    def __init__(self, data: mmap.mmap):
        self.data, self.at, self.end = data, 0, min(len(data), HEAD_BYTES)
        self.entries = 0
        if data[: len(MAGIC)] != MAGIC:
            raise ValueError("it does not start with GGUF")
        self.at = len(MAGIC)
        version = self.number("I")
        if version not in VERSIONS:
            raise ValueError(f"version {version}; known are {' and '.join(map(str, VERSIONS))}")
        self.tensor_count, self.key_count = self.number("Q"), self.number("Q")
        if self.key_count > KEYS or self.tensor_count > TENSORS:
            raise ValueError(f"{self.key_count} keys and {self.tensor_count} tensors")

    def take(self, size: int) -> int:
        """Where the next `size` bytes start, which are then behind us."""
        start = self.at
        if size > self.end - start:
            raise ValueError(f"{size} bytes at {start}, where {self.end - start} are left")
        self.at = start + size
        return start

    def number(self, code: str) -> Any:
        """The next number."""
        return struct.unpack_from(f"<{code}", self.data, self.take(struct.calcsize(f"<{code}")))[0]

    def text(self) -> str:
        """The next text: its length and UTF-8."""
        size = self.number("Q")
        start = self.take(size)
        return self.data[start : start + size].decode("utf-8")

    def texts(self, count: int) -> list[str]:
        """So many texts: a vocabulary and its merges are hundreds of thousands, too many for a call or three each."""
        data, at, last, size_at = self.data, self.at, self.end, struct.Struct("<Q").unpack_from
        found = list[str]()
        while len(found) < count:
            start = at + 8
            end = start + size_at(data, at)[0] if start <= last else start
            if end > last:
                self.at = at
                self.text()  # says what is wrong
            found.append(data[start:end].decode("utf-8"))
            at = end
        self.at = at
        return found

    def name(self) -> str:
        """The next text that is a name, which can stand in a message."""
        found = self.text()
        if not found or len(found) > NAME_LENGTH or not found.isprintable():
            raise ValueError(f"{found[:40]!r} is no name")
        return found

    def value(self) -> Any:
        """The next value: its type, and a number, a text or a list of either."""
        kind = self.number("I")
        if kind == TEXT:
            return self.text()
        if kind != LIST:
            return self.number(code_of(kind))
        kind, count = self.number("I"), self.number("Q")
        self.entries += count
        if self.entries > ENTRIES:
            raise ValueError(f"a list of {count} at {self.at}")
        if kind == TEXT:
            return self.texts(count)
        code = code_of(kind)
        start = self.take(count * struct.calcsize(f"<{code}"))
        return list(struct.unpack_from(f"<{count}{code}", self.data, start))

    def metadata(self) -> Iterator[tuple[str, Any]]:
        """Keys and values, each key once."""
        seen = set()
        for _ in range(self.key_count):
            key = self.name()
            if key in seen:
                raise ValueError(f"{key} is there twice")
            seen.add(key)
            yield key, self.value()

    def tensors(self, metadata: dict[str, Any]) -> dict[str, Entry]:
        """The tensors, whose descriptions follow the metadata."""
        alignment = metadata.get(ALIGNMENT, 32)
        # As the format demands; less, and the numbers in a tensor could straddle what a processor reads at once.
        if not isinstance(alignment, int) or alignment < 8 or alignment & alignment - 1:
            raise ValueError(f"{ALIGNMENT} is {alignment!r:.60}, not a power of two from 8")
        listed = [self.entry() for _ in range(self.tensor_count)]
        start = -(-self.at // alignment) * alignment
        found: dict[str, Entry] = {}
        for name, shape, kind, offset in listed:
            if name in found:
                raise ValueError(f"tensor {name} is there twice")
            entry = found[name] = Entry(shape, kind, start + offset)
            if offset % alignment or entry.offset + entry.size > len(self.data):
                raise ValueError(
                    f"tensor {name}: {entry.size} bytes at {entry.offset}, in a file of {len(self.data)} bytes"
                )
        refuse_overlaps(found)
        return found

    def entry(self) -> tuple[str, tuple[int, ...], Kind, int]:
        """The next tensor's name, shape, type, and offset from the first tensor's bytes."""
        name, dimensions = self.name(), self.number("I")
        if not 0 < dimensions <= DIMENSIONS:
            raise ValueError(f"tensor {name} has {dimensions} dimensions")
        # ggml's first dimension is the one that runs fastest.
        shape = tuple(self.number("Q") for _ in range(dimensions))[::-1]
        number, offset = self.number("I"), self.number("Q")
        kind = KINDS.get(number)
        if kind is None:
            raise ValueError(f"tensor {name} is of type {type_name(number)}; known are {known_types()}")
        if not all(shape) or shape[-1] % kind.block:
            raise ValueError(f"tensor {name} of type {kind.name} is {list(shape)}")
        return name, shape, kind, offset


def code_of(kind: int) -> str:
    """A type of number in the head, as `struct` names it."""
    if kind not in NUMBERS:
        raise ValueError(f"a value of type {kind}")
    return NUMBERS[kind]


def type_name(number: int) -> str:
    """ggml's name of a type of tensor, where it is known."""
    from gguf.constants import GGMLQuantizationType

    try:
        return GGMLQuantizationType(number).name
    except ValueError:
        return str(number)


def known_types() -> str:
    """The types of tensors that can be read."""
    return ", ".join(kind.name for kind in KINDS.values())


def refuse_overlaps(tensors: dict[str, Entry]) -> None:
    """Raise ValueError where a tensor starts before another one ends: small files could claim to hold large models."""
    end, last = 0, ""
    for name, entry in sorted(tensors.items(), key=lambda item: item[1].offset):
        if entry.offset < end:
            raise ValueError(f"tensors {last} and {name} overlap")
        end, last = entry.offset + entry.size, name
