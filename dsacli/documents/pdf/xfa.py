"""What was filled in an XFA form: its pages only ask to wait, its data stands in a packet of XML beside them."""

from __future__ import annotations

import re
from typing import Any
from xml.parsers import expat

# Bytes of a packet, elements around an element, lines, and characters of a value.
_LARGEST, _DEEPEST, _MOST, _LONGEST = 16 << 20, 100, 5000, 2000
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_\s.-]+")


def xfa_lines(reader: Any) -> list[str] | None:
    """What a form's data says, "label: value" a line; None when the document holds no XFA form.

    Labels are the captions of the form's fields, else their names. Packets that are too large, too deep or declare
    entities say nothing.
    """
    try:
        packets = reader.trailer["/Root"]["/AcroForm"]["/XFA"].get_object()
    except (KeyError, AttributeError, TypeError):
        return None
    try:
        named = _packets(packets)
        captions = _read(named.get("template", b""), _Captions())
        return _read(named.get("datasets", named.get("", b"")), _Values(captions.found)).found
    except MemoryError:
        raise
    except Exception:
        return []


def _packets(packets: Any) -> dict[str, bytes]:
    if not isinstance(packets, list):
        return {"": packets.get_data(), "template": packets.get_data()}
    return {str(name): stream.get_object().get_data() for name, stream in zip(packets[::2], packets[1::2])}


class _Captions:
    """The captions of a template's fields by their names."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self._fields: list[str] = []

    def start(self, path: list[str], attributes: dict[str, str]) -> None:
        if path[-1] == "field":
            self._fields.append(attributes.get("name", ""))

    def end(self, path: list[str], text: str) -> None:
        if path[-1] == "field":
            self._fields.pop()
        elif self._fields and "caption" in path and text and self._fields[-1] not in self.found:
            self.found[self._fields[-1]] = text.rstrip(" :")


class _Values:
    """The filled elements of the data as lines."""

    def __init__(self, captions: dict[str, str]) -> None:
        self.found: list[str] = []
        self._captions = captions

    def start(self, path: list[str], attributes: dict[str, str]) -> None:
        pass

    def end(self, path: list[str], text: str) -> None:
        if text and "data" in path[:-1] and len(self.found) < _MOST:
            words = " ".join(_HUMP.split(path[-1])).strip()
            label = self._captions.get(path[-1]) or (words[:1].upper() + words[1:].lower())
            self.found.append(f"{label}: {text}")


def _read(packet: bytes, taker: Any) -> Any:
    """`taker`, after it was told of every element of `packet`: its path, and the text that stands in it alone."""
    if not packet or len(packet) > _LARGEST:
        return taker
    parser = expat.ParserCreate()
    path: list[str] = []
    texts: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        path.append(name.rpartition(":")[2])
        texts.append("")
        if len(path) > _DEEPEST:
            raise ValueError("nested too deep")
        taker.start(path, attributes)

    def end(_: str) -> None:
        taker.end(path, " ".join(texts.pop().split()))
        path.pop()

    def characters(data: str) -> None:
        if texts and len(texts[-1]) < _LONGEST:
            texts[-1] += data

    def refuse(*_: Any) -> None:
        raise ValueError("declares a document type")

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, characters
    # Entities that stand for entities, files or addresses are all declared there.
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.Parse(packet, True)
    return taker
