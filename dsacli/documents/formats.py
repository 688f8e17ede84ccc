"""Which format a file is in: by its content first, then by its name's ending; what is not read is refused by its name."""

from __future__ import annotations

import os
import re

from dsacli.documents.markup.archive import Archive
from dsacli.documents.text.decode import MARKS, looks_like_text
from dsacli.errors import DsacliError

HEAD = 8192
"""Bytes of a file that tell what it is, as far as it is no archive."""

_SUFFIXES = {
    "text": ".txt .text .rst .log",
    "markdown": ".md .markdown",
    "html": ".html .htm .xhtml",
    "mail": ".eml",
    "mbox": ".mbox .mbx",
    "subtitles": ".vtt .srt",
    "json": ".json .jsonl .ndjson",
    "csv": ".csv .tsv",
    "latex": ".tex .latex",
    "notebook": ".ipynb",
}
_TEXTS = {suffix: kind for kind, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
_BINARIES = frozenset(".pdf .docx .docm .dotx .pptx .pptm .ppsx .xlsx .xlsm .odt .ods .odp .rtf .epub".split())

_ZIPPED = {  # by what stands in an archive's "mimetype", or in its "[Content_Types].xml"
    b"application/epub+zip": "epub",
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
_OFFICE = {"word/document.xml": "docx", "ppt/presentation.xml": "pptx", "xl/workbook.xml": "xlsx"}
_OFFICE_TYPES = ((b"wordprocessingml", "docx"), (b"presentationml", "pptx"), (b"spreadsheetml", "xlsx"))

# What begins like this is not read: (where, what stands there, what it is).
_REFUSED: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG", "an image"),
    (0, b"\xff\xd8\xff", "an image"),
    (0, b"GIF8", "an image"),
    (0, b"II*\0", "an image"),
    (0, b"MM\0*", "an image"),
    (8, b"WEBP", "an image"),
    (4, b"ftypheic", "an image"),
    (4, b"ftypavif", "an image"),
    (4, b"ftypM4A", "a sound"),
    (4, b"ftyp", "a video"),
    (0, b"\x1aE\xdf\xa3", "a video"),
    (8, b"AVI ", "a video"),
    (8, b"WAVE", "a sound"),
    (0, b"ID3", "a sound"),
    (0, b"OggS", "a sound"),
    (0, b"fLaC", "a sound"),
    (0, b"\x1f\x8b", "a compressed file"),
    (0, b"BZh", "a compressed file"),
    (0, b"\xfd7zXZ", "a compressed file"),
    (0, b"7z\xbc\xaf", "a compressed file"),
    (0, b"Rar!\x1a", "a compressed file"),
    (0, b"\x28\xb5\x2f\xfd", "a compressed file"),
    (257, b"ustar", "an archive"),
    (60, b"BOOKMOBI", "a Kindle book"),
    (0, b"AT&TFORM", "a DjVu scan"),
    (0, b"%!PS", "a PostScript file"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ\x90\0", "a program"),
    (0, b"\xca\xfe\xba\xbe", "a program"),
    (0, b"\xcf\xfa\xed\xfe", "a program"),
    (0, b"\0asm", "a program"),
    (0, b"SQLite format 3", "a database"),
    (0, b"wOFF", "a font"),
    (0, b"\0\1\0\0\0", "a font"),
)
_OLE = b"\xd0\xcf\x11\xe0"
_OLD = (  # by the names of the streams in what Office wrote before 2007
    ("EncryptedPackage", "is encrypted; save it without a password first"),
    ("WordDocument", "is an old Word document (.doc); save it as .docx or PDF first"),
    ("Workbook", "is an old Excel workbook (.xls); save it as .xlsx first"),
    ("PowerPoint Document", "is an old PowerPoint presentation (.ppt); save it as .pptx or PDF first"),
    ("__properties_version1.0", "is an Outlook message (.msg); save it as .eml first"),
)
_HTML = re.compile(rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,1000}?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S)
_TAG = re.compile(rb"<[a-z!/?]", re.IGNORECASE)


def format_of(name: str, data: bytes) -> str:
    """The format of a file, by which `parse` finds its reader. Raises DsacliError, naming the file and what it is, for what is not
    read; plain text is "text", whatever it holds."""
    suffix, head = os.path.splitext(name)[1].lower(), data[:HEAD]
    if head[:1024].lstrip().startswith(b"%PDF-") or (suffix == ".pdf" and b"%PDF-" in head[:1024]):
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(name, data)
    if data.startswith(_OLE):
        raise DsacliError(f"{name} {_old(data)}")
    refused = what_is_refused(head)
    if refused:
        raise DsacliError(f"{name} is {refused}, which is not read")
    if head.lstrip().startswith(b"{\\rtf"):
        return "rtf"
    kind = _text_format(suffix, head)
    if suffix == ".pdf":
        raise DsacliError(f"{name} is not a PDF, whatever its name says")
    if suffix in _BINARIES and kind == "text":
        raise DsacliError(f"{name} is no {suffix} document, whatever its name says")
    return kind


def what_is_refused(head: bytes) -> str | None:
    """What a file that begins with these bytes is, where no format of its kind is read: "an image"."""
    if head.startswith(tuple(mark for mark, _ in MARKS)):
        return None
    for place, magic, what in _REFUSED:
        if head[place : place + len(magic)] == magic:
            return what
    if head.startswith((_OLE, b"PK\x03\x04", b"PK\x05\x06", b"%PDF-", b"{\\rtf")):
        return None
    return None if not head or looks_like_text(head) or b"%PDF-" in head[:1024] else "binary data"


def _text_format(suffix: str, head: bytes) -> str:
    if head.startswith((b"WEBVTT", b"\xef\xbb\xbfWEBVTT")):
        return "subtitles"
    if _HTML.match(head.removeprefix(b"\xef\xbb\xbf")):
        return "html" if _TEXTS.get(suffix) != "mail" else "mail"
    if re.match(rb"\s*\\documentclass\b", head):
        return "latex"
    kind = _TEXTS.get(suffix, "text")
    if kind == "text" and suffix == "" and head.lstrip()[:1] in (b"{", b"["):
        return "json"  # read as text where it is none
    if kind == "html" and not _TAG.search(head) and not head.startswith(tuple(mark for mark, _ in MARKS)):
        return "text"
    return kind


def _zipped(name: str, data: bytes) -> str:
    archive = Archive(name, data)
    paths = frozenset(archive.paths)
    if "mimetype" in archive:
        mimetype = archive.read("mimetype", HEAD).strip()
        for prefix, kind in _ZIPPED.items():
            if mimetype == prefix or mimetype == prefix + b"-template":
                return kind
    if "META-INF/container.xml" in paths:
        return "epub"
    if any(path.endswith(".iwa") for path in paths) or "Index.zip" in paths:
        raise DsacliError(f"{name} is a Pages, Numbers or Keynote document; export it as PDF or an Office format first")
    if "xl/workbook.bin" in paths:
        raise DsacliError(f"{name} is a binary Excel workbook (.xlsb); save it as .xlsx first")
    if "[Content_Types].xml" in paths:
        for path, kind in _OFFICE.items():
            if path in paths:
                return kind
        types = archive.read("[Content_Types].xml", 1 << 20)
        for mark, kind in _OFFICE_TYPES:
            if mark in types:
                return kind
    raise DsacliError(f"{name} is a zip archive, which is not read; unpack it first")


def _old(data: bytes) -> str:
    # The directory may stand anywhere in the file; names in it are UTF-16.
    for stream, message in _OLD:
        if stream.encode("utf-16-le") in data:
            return message
    return "is an old office document; save it in a newer format or as PDF first"
