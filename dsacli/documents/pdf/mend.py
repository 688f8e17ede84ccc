"""A PDF whose end is missing, with the table of its objects made anew from what is left of them.

Its bytes are hostile until proven otherwise: nothing recurses, and patterns have no unbounded spaces.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import NamedTuple

from dsacli.documents.pdf.objects import is_encoded, objects, unpacked

_KIND = re.compile(rb"/Type[\s\0]{0,9}/(Page|Pages|Catalog)(?![A-Za-z])")
_KIDS = re.compile(rb"/Kids[\s\0]{0,9}\[([\d\s\0R]*)")
_CONTENTS = re.compile(rb"/Contents[\s\0]{0,9}\[?([\d\s\0R]*)")
_PARENT = re.compile(rb"/Parent[\s\0]{1,9}(\d{1,7})[\s\0]")
_PAGES = re.compile(rb"/Pages[\s\0]{1,9}(\d{1,7})[\s\0]{1,9}\d{1,5}[\s\0]{1,9}R")
_REFERENCE = re.compile(rb"(?<!\d)(\d{1,7})[\s\0]{1,9}\d{1,5}[\s\0]{1,9}R")
# What says which letters are meant.
_FONTS = re.compile(
    rb"/Font[\s\0]{0,9}<<([^<>]*)"
    rb"|/(?:Resources|Font|Encoding|ToUnicode|DescendantFonts)[\s\0\[]{0,9}(\d{1,7}[\s\0]{1,9}\d{1,5}[\s\0]{1,9}R)"
)
_LOCK = re.compile(rb"/Filter[\s\0]{0,9}/(?:Standard|Adobe\.PubSec)(?![A-Za-z])")

# PDFium knows few higher numbers. Then bytes and objects that object streams may unpack to, all of them together.
_HIGHEST, _ROOM, _MOST_UNPACKED = 4_000_000, 100 << 20, 1_000_000


class Mended(NamedTuple):
    """A PDF that can be opened, and whether a font is lost that it uses."""

    data: bytes
    fonts_lost: bool


def mend(data: bytes) -> Mended | None:
    """The PDF with a table of its objects, and a catalog and a tree of pages where those are lost; None when it was locked, or no page
    of it is left.

    A stream that is cut ends where the file does. Of the pages at the end of which nothing is left, none is kept.
    """
    rest = _Rest(data[max(0, data.find(b"%PDF-")) :])
    pages, whole = rest.pages()
    if not pages or rest.is_locked():
        return None
    fonts_lost, catalog = not rest.fonts <= rest.places.keys(), rest.catalog
    if not whole:
        for page in pages:
            if page not in rest.places:
                rest.write(page, b"<< /Type /Page /MediaBox [0 0 612 792] >>")
        # The number to which the pages point as their parent, if there is nothing under it any more.
        root = next((each for page in pages if (each := rest.parent(page)) and each not in rest.places), rest.unused())
        kids = b" ".join(b"%d %d R" % (page, rest.places[page][1]) for page in pages)
        rest.write(root, b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), kids))
        old, link = rest.texts.get(catalog, b""), b"/Pages %d 0 R" % root
        catalog = rest.unused()
        rest.write(catalog, _PAGES.sub(link, old, count=1) if _PAGES.search(old) else b"<< /Type /Catalog %s >>" % link)
    return Mended(rest.closed(catalog), fonts_lost)


class _Rest:
    """The objects that are left, the latest of each number: where they stand (and their generation), the texts of those that make up
    the tree of pages, and the numbers of what pages and fonts need for their letters."""

    def __init__(self, data: bytes):
        self.places: dict[int, tuple[int, int]] = {}
        self.texts: dict[int, bytes] = {}
        self.fonts: set[int] = set()
        self.catalog = 0
        self._kinds: dict[int, bytes] = {}
        # Ends the object in which the file may end.
        self._data, self._added = data, bytearray(b"\nendstream\nendobj\n")
        self._lock, encoded = False, list[bool]()
        room, left = _ROOM, _MOST_UNPACKED
        for each in objects(data):
            if 0 < each.number < _HIGHEST:
                self._add(each.number, each.generation, each.start, each.text)
            found, size = unpacked(data, each, room)
            for number, text in found[:left]:
                if 0 < number < _HIGHEST:
                    self.write(number, text)
            room, left = room - size, max(0, left - len(found))
            if (sound := is_encoded(data, each)) is not None:
                encoded.append(sound)
        self._lock = self._lock or 2 * sum(encoded) < len(encoded)

    def write(self, number: int, text: bytes) -> None:
        """Append an object."""
        self._add(number, 0, len(self._data) + len(self._added), text)
        self._added += b"%d 0 obj\n%s\nendobj\n" % (number, text)

    def unused(self) -> int:
        """A number that no object has."""
        return max(self.places) + 1

    def parent(self, number: int) -> int:
        """The node to which a page or a node points, 0 where it does not."""
        found = _PARENT.search(self.texts.get(number, b""))
        return int(found[1]) if found else 0

    def is_locked(self) -> bool:
        """Whether the file looks encrypted: it says so, or what should be encoded is not."""
        return self._lock

    def pages(self) -> tuple[list[int], bool]:
        """The pages in order, but for those lost at the end, and whether the tree of the catalog is just that."""
        below, seen, order = defaultdict[int, list[int]](list), set[int](), list[int]()
        for number in self.texts:
            below[self.parent(number)].append(number)

        def walk(number: int) -> None:
            nodes = [number]
            while nodes:
                node = nodes.pop()
                if node in seen:
                    continue
                seen.add(node)
                kids = _KIDS.search(self.texts.get(node, b""))
                if self._kinds.get(node) == b"Page" or (node not in self.places and not below[node]):
                    order.append(node)
                elif kids:
                    nodes += reversed([int(kid) for kid in _REFERENCE.findall(kids[1])])
                else:
                    nodes += reversed(below[node])

        link = _PAGES.search(self.texts.get(self.catalog, b""))
        top = int(link[1]) if link else 0
        if top in self.places or below[top]:
            walk(top)
        whole = top in self.places and all(page in self.places for page in order)
        for number in [] if whole and order else [each for each, kind in self._kinds.items() if kind == b"Page"]:
            if number not in seen and self.parent(number):
                walk(self.parent(number))
            walk(number)
        count = len(order)
        while order and self._is_lost(order[-1]):
            order.pop()
        return order, whole and len(order) == count

    def closed(self, catalog: int) -> bytes:
        """The whole file, with its table."""
        table = bytearray(b"xref\n0 1\n0000000000 65535 f \n")
        for number in sorted(self.places):
            table += b"%d 1\n%010d %05d n \n" % (number, *self.places[number])
        trailer = b"trailer\n<< /Size %d /Root %d 0 R >>\n" % (max(self.places) + 1, catalog)
        start = len(self._data) + len(self._added)
        return b"%s%s%s%sstartxref\n%d\n%%%%EOF\n" % (self._data, self._added, table, trailer, start)

    def _add(self, number: int, generation: int, start: int, text: bytes) -> None:
        self.places[number] = start, generation
        self._lock = self._lock or bool(_LOCK.search(text))
        for fonts, other in _FONTS.findall(text):
            self.fonts.update(map(int, _REFERENCE.findall(fonts or other)))
        if kind := _KIND.search(text):
            self.texts[number], self._kinds[number] = text, kind[1]
            self.catalog = number if kind[1] == b"Catalog" else self.catalog
        else:
            self.texts.pop(number, None)
            self._kinds.pop(number, None)

    def _is_lost(self, page: int) -> bool:
        """Whether nothing is left of a page, or of all that is drawn on it."""
        contents = _CONTENTS.search(self.texts.get(page, b""))
        drawn = _REFERENCE.findall(contents[1]) if contents else []
        return page not in self.places or (bool(drawn) and not any(int(each) in self.places for each in drawn))
