"""Zip archives and the XML in them, as hostile as they may be: bounded in members and size, no entities, no network."""

from __future__ import annotations

import io
import lzma
import posixpath
import zipfile
import zlib
from typing import TYPE_CHECKING

from dsacli.errors import DsacliError

if TYPE_CHECKING:
    from lxml.etree import _Element

MEMBERS = 20_000
MEMBER, XML_MEMBER, ALL_MEMBERS = 512 << 20, 128 << 20, 1 << 30
"""Bytes that one member, one that is parsed into a tree, and all that are read may expand to."""

_ENCRYPTED = 0x1


class Archive:
    """The members of a zip archive by their paths. Raises DsacliError, naming the file, where one breaks a limit."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self._left = ALL_MEMBERS
        self._relations: dict[str, dict[str, tuple[str, str]]] = {}
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise DsacliError(f"{name} is a damaged zip archive or office document") from error
        self._members = {member.filename.lstrip("/"): member for member in self._zip.infolist()}
        if len(self._members) > MEMBERS:
            raise DsacliError(f"{name} has more than {MEMBERS:,} parts")

    def __contains__(self, path: str) -> bool:
        return path in self._members

    @property
    def paths(self) -> tuple[str, ...]:
        """Of all members."""
        return tuple(self._members)

    def read(self, path: str, most: int = MEMBER) -> bytes:
        """The bytes of a member. Raises KeyError when there is none, and DsacliError."""
        member = self._members[path]
        if member.flag_bits & _ENCRYPTED:
            raise DsacliError(f"{self.name} is encrypted; save it without a password first")
        # zipfile never gives more than the size that a member states, so this bounds what a bomb can expand to.
        if member.file_size > min(most, self._left):
            raise DsacliError(f"{self.name} expands to more than {min(most, ALL_MEMBERS) >> 20} MB")
        self._left -= member.file_size
        try:
            return self._zip.read(member)
        except (
            zipfile.BadZipFile,
            zlib.error,
            lzma.LZMAError,
            NotImplementedError,
            EOFError,
            OSError,
            ValueError,
        ) as error:
            raise DsacliError(f"{self.name} is damaged: {path} in it cannot be unpacked") from error

    def xml(self, path: str) -> _Element:
        """The root of a member that is XML. Raises KeyError when there is none, lxml's errors when it is damaged."""
        return parse_xml(self.read(path, XML_MEMBER))

    def relations(self, path: str) -> dict[str, tuple[str, str]]:
        """What an office part refers to: its relations' ids, with (the last part of the type, the path) of each inside the file."""
        if path in self._relations:
            return self._relations[path]
        folder, file = posixpath.split(path)
        rels = posixpath.join(folder, "_rels", f"{file}.rels")
        if rels not in self:
            return {}
        found = {}
        for each in self.xml(rels).iter("{*}Relationship"):
            if each.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, each.get("Target", "")))
                found[each.get("Id", "")] = (each.get("Type", "").rsplit("/", 1)[-1], target.lstrip("/"))
        self._relations[path] = found
        return found

    def related(self, path: str, kind: str) -> list[str]:
        """The paths of what a part refers to by relations of one type, as far as they are there."""
        return [target for each, target in self.relations(path).values() if each == kind and target in self]


def parse_xml(data: bytes) -> _Element:
    """The root of an XML document; entities stay unexpanded, and lxml bounds depth and the length of a text."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True)
    return etree.fromstring(data, parser)


def local(element: _Element) -> str:
    """The name of an element without its namespace; "" for comments and entities."""
    tag = element.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def attribute(element: _Element, name: str) -> str | None:
    """An attribute by its name without its namespace."""
    if (plain := element.get(name)) is not None:
        return plain
    return next((str(value) for key, value in element.attrib.items() if str(key).endswith("}" + name)), None)
