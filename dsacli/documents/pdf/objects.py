"""The objects of a PDF as they stand in its bytes, where no table says where they are.

The bytes are hostile until proven otherwise: each is looked at a fixed number of times.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import NamedTuple

# Where an object begins (number, generation), where its stream does, where it ends. Patterns have no unbounded spaces:
# "1" before a megabyte of them would be tried at each.
_MARK = re.compile(rb"(?<!\d)(\d{1,7})[\s\0]{1,9}(\d{1,5})[\s\0]{1,9}obj(?![a-z])|>>[\s\0]{0,9}stream\r?\n?|endobj")
_LENGTH = re.compile(rb"/Length[\s\0]{1,9}(\d{1,10})")
_FIRST = re.compile(rb"/First[\s\0]{1,9}(\d{1,7})")
_PACK = re.compile(rb"/Type[\s\0]{0,9}/ObjStm(?![A-Za-z])")
_CODING = re.compile(rb"/Filter[\s\0]{0,9}\[?[\s\0]{0,9}/(Flate|ASCII)")
# Of the table with which an object stream begins, in bytes.
_LONGEST_TABLE = 1 << 20


class Object(NamedTuple):
    """An object that stands at `start`: what it says (of a stream its dictionary), and where its stream is."""

    number: int
    generation: int
    start: int
    text: bytes
    stream: tuple[int, int] | None


def objects(data: bytes) -> Iterator[Object]:
    """The objects in turn; one that has no end is left out unless it has a stream, which then ends with the file."""
    at, begun, text = 0, None, b""
    stream: tuple[int, int] | None = None
    while mark := _MARK.search(data, at):
        at = mark.end()
        if mark[1]:
            begun, stream = mark, None
        elif begun and mark[0] == b"endobj":
            text = text if stream else data[begun.end() : mark.start()]
            yield Object(int(begun[1]), int(begun[2]), begun.start(), text, stream)
            begun = None
        elif begun and not stream:
            text = data[begun.end() : mark.start() + 2]
            stream = at, _end(data, at, text)
            at = stream[1]
    if begun and stream:
        yield Object(int(begun[1]), int(begun[2]), begun.start(), text, stream)


def is_encoded(data: bytes, each: Object) -> bool | None:
    """Whether a stream begins as one does that is encoded as this says it is (None where it does not): an encrypted one hardly ever."""
    coding = _CODING.search(each.text)
    if not each.stream or not coding or each.stream[1] - each.stream[0] < 2:
        return None
    start = data[each.stream[0] : min(each.stream[1], each.stream[0] + 16)]
    if coding[1] == b"ASCII":
        return start.isascii()
    return start[0] & 15 == 8 and int.from_bytes(start[:2], "big") % 31 == 0


def unpacked(data: bytes, pack: Object, room: int) -> tuple[list[tuple[int, bytes]], int]:
    """The objects (number, text) of an object stream, as far as it goes and in no more than `room` bytes, and how many those were;
    none of any other."""
    first = _FIRST.search(pack.text)
    if not pack.stream or not first or not _PACK.search(pack.text) or b"/Predictor" in pack.text or room < 1:
        return [], 0
    body, ended = data[slice(*pack.stream)], True
    if b"/Filter" in pack.text:
        stream = zlib.decompressobj()
        try:
            body = stream.decompress(body, room)
        except zlib.error:
            return [], 0
        ended = stream.eof
    numbers = list(map(int, re.findall(rb"\d{1,9}", body[: min(int(first[1]), _LONGEST_TABLE)])))
    # By their places, so that no two share any text.
    inside = sorted((int(first[1]) + at, number) for number, at in zip(numbers[::2], numbers[1::2]))
    ends = [at for at, _ in inside[1:]] + [len(body) if ended else len(body) + 1]
    spans = zip(inside, ends)
    return [(number, body[at:until]) for (at, number), until in spans if at < until <= len(body)], len(body)


def _end(data: bytes, start: int, text: bytes) -> int:
    """Where a stream ends: as long as it says it is if it ends there, else at the first word that says so, or with the file."""
    length = _LENGTH.search(text)
    said = start + int(length[1]) if length else len(data)
    end = data.find(b"endstream", said, said + 20)
    end = data.find(b"endstream", start) if end < 0 else end
    return len(data) if end < 0 else end
