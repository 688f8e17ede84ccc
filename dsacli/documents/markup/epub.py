"""EPUB books: the pages of the spine in order, each read as HTML."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from dsacli.documents.document import Document
from dsacli.documents.markup.archive import Archive, local
from dsacli.documents.markup.draft import Draft, flat
from dsacli.documents.markup.html import decode_html, write_html
from dsacli.errors import DsacliError

if TYPE_CHECKING:
    from lxml.etree import _Element

_AUTHORS = 20
_PAGE = re.compile(r"\.x?html?$", re.IGNORECASE)


def parse_epub(name: str, data: bytes) -> Document:
    """The document in a book; its places are the chapters as the table of contents calls them, else "part 3".

    Raises DsacliError, also for a book that is locked, and whatever damage makes lxml raise.
    """
    archive, draft = Archive(name, data), Draft(name)
    package = next(
        (each.get("full-path", "") for each in archive.xml("META-INF/container.xml").iter("{*}rootfile")),
        next((path for path in archive.paths if path.endswith(".opf")), ""),
    )
    folder, root = posixpath.dirname(package), archive.xml(package)
    items = {each.get("id", ""): each for each in root.iter("{*}item")}
    paths = {key: _inside(folder, each.get("href", "")) for key, each in items.items()}
    spine = [paths[each.get("idref", "")] for each in root.iter("{*}itemref") if each.get("idref", "") in paths]
    navigation = {paths[key] for key, each in items.items() if "nav" in each.get("properties", "").split()}
    locked = _locked(archive)
    titles = _contents(
        archive, [paths[key] for key, each in items.items() if "ncx" in each.get("media-type", "")], navigation
    )
    title = next((each.text or "" for each in root.iter("{http://purl.org/dc/elements/1.1/}title")), "")
    draft.heading(title, 0)
    authors = [flat(each.text or "") for each in root.iter("{http://purl.org/dc/elements/1.1/}creator")]
    if any(authors):
        draft.paragraph(f"By {', '.join(filter(None, authors[:_AUTHORS]))}")
    for number, path in enumerate(dict.fromkeys(spine), 1):
        if path in locked:
            raise DsacliError(f"{name} is locked by its seller (DRM)")
        if path not in archive:
            draft.warn(f"{posixpath.basename(path)} is missing from the file")
        elif path not in navigation:
            draft.place(titles.get(path) or f"part {number}")
            write_html(draft, decode_html(name, archive.read(path)), title=False)
    return draft.document("epub")


def _inside(folder: str, link: str) -> str:
    """The path that a link in a folder of the book leads to."""
    return posixpath.normpath(posixpath.join("/", folder, unquote(link.partition("#")[0]))).lstrip("/")


def _locked(archive: Archive) -> frozenset[str]:
    """The pages that are encrypted; fonts often are, and are not needed."""
    if "META-INF/encryption.xml" not in archive:
        return frozenset()
    found = (unquote(each.get("URI", "")) for each in archive.xml("META-INF/encryption.xml").iter("{*}CipherReference"))
    return frozenset(path for path in found if _PAGE.search(path))


def _contents(archive: Archive, tables: list[str], navigation: set[str]) -> dict[str, str]:
    """What the table of contents calls each page: the first entry that leads to it."""
    titles: dict[str, str] = {}
    for path in (*sorted(navigation), *tables):
        if path not in archive:
            continue
        folder = posixpath.dirname(path)
        for target, title in _entries(archive.xml(path)):
            titles.setdefault(_inside(folder, target), title[:80])
    return titles


def _entries(root: _Element) -> list[tuple[str, str]]:
    """(target, title) of what a table of contents lists, as a page of links or as an older book's own format."""
    found = []
    for each in root.iter("{*}a", "{*}navPoint"):
        if local(each) == "a":
            found.append((each.get("href", ""), flat("".join(map(str, each.itertext())))))
        else:
            target, label = each.find("{*}content"), each.find("{*}navLabel")
            if target is not None and label is not None:
                found.append((target.get("src", ""), flat("".join(map(str, label.itertext())))))
    return [(target, title) for target, title in found if target and title]
