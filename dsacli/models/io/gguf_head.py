"""The first keys of a GGUF file (ggml's gguf.md, versions 2 and 3): as much as a list of models needs, in no time.

Nothing in a file is believed: every length is compared with a bound or with what is left of the file.
"""

import os
import struct
from pathlib import Path
from typing import BinaryIO

from dsacli.models.io.tolerant import is_file

# Bytes of a number of each type; and the types of text and lists.
NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
TEXT, LIST = 8, 9
KEYS, LONGEST_KEY, LONGEST, ENTRIES = 1 << 16, 1 << 8, 1 << 20, 1 << 22
ARCHITECTURE, CONTEXT = "general.architecture", "context_length"


def gguf_values(path: Path) -> tuple[object, object]:
    """The architecture and the context length that a file states; None for one that it does not.

    Raises ValueError for what is no GGUF file or is cut short, OSError for what can't be read.
    """
    if not is_file(path):  # a pipe could keep us waiting
        raise ValueError("no file")
    with path.open("rb") as file:
        if file.read(4) != b"GGUF" or number(file, "I") not in (2, 3):
            raise ValueError("no GGUF file of a version that is known")
        number(file, "Q")
        count, architecture, lengths = number(file, "Q"), None, dict[str, object]()
        for _ in range(min(count, KEYS)):
            key = text(file, LONGEST_KEY)
            found = value(file, number(file, "I"))
            if key == ARCHITECTURE:
                architecture = found
            owner, _, name = key.rpartition(".")
            if name == CONTEXT:
                lengths[owner] = found
            if architecture in lengths:
                break  # what follows is the vocabulary, which is long
        return architecture, lengths.get(str(architecture))


def number(file: BinaryIO, code: str) -> int:
    """The next number."""
    size = struct.calcsize(f"<{code}")
    data = file.read(size)
    if len(data) < size:
        raise ValueError("cut short")
    return int(struct.unpack(f"<{code}", data)[0]) if code not in "fd" else 0


def text(file: BinaryIO, longest: int = LONGEST) -> str:
    """The next text."""
    size = number(file, "Q")
    data = file.read(size) if size <= longest else b""
    if len(data) < size:
        raise ValueError("cut short")
    return data.decode("utf-8", "replace")


def value(file: BinaryIO, kind: int) -> object:
    """The next value; a list is passed over."""
    if kind == TEXT:
        return text(file)
    if kind in NUMBERS:
        return number(file, NUMBERS[kind])
    if kind != LIST:
        raise ValueError(f"a value of type {kind}")
    kind, count = number(file, "I"), number(file, "Q")
    if count > ENTRIES or kind not in (TEXT, *NUMBERS):
        raise ValueError(f"a list of {count} values of type {kind}")
    if kind == TEXT:
        for _ in range(count):
            text(file)
    else:
        file.seek(count * struct.calcsize(f"<{NUMBERS[kind]}"), os.SEEK_CUR)
    return None
