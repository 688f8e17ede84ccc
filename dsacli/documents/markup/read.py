"""From a format to its reader, each in a file of its own that is imported when it is needed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module

from dsacli.documents.document import Document
from dsacli.documents.text.parse import parse_text
from dsacli.errors import DsacliError

ReadPart = Callable[[str, bytes], Document]
"""Reads what is attached to a document, under a name of its own."""

# The module in this folder and its function: (name, data) to a document, or to None where the file is plain text after all.
_READERS = {
    "html": ("html", "parse_html"),
    "epub": ("epub", "parse_epub"),
    "docx": ("docx", "parse_docx"),
    "pptx": ("pptx", "parse_pptx"),
    "xlsx": ("xlsx", "parse_xlsx"),
    "odt": ("odf", "parse_odf"),
    "ods": ("odf", "parse_odf"),
    "odp": ("odf", "parse_odf"),
    "rtf": ("rtf", "parse_rtf"),
    "subtitles": ("subtitles", "parse_subtitles"),
    "json": ("structured", "parse_json"),
    "notebook": ("notebook", "parse_notebook"),
    "csv": ("delimited", "parse_delimited"),
    "latex": ("latex", "parse_latex"),
}
_WITH_PARTS = {"mail": ("mail", "parse_mail"), "mbox": ("mail", "parse_mbox")}

_log = logging.getLogger("dsacli")


def read_markup(kind: str, name: str, data: bytes, read_part: ReadPart) -> Document:
    """The document in a file of one of these formats. `read_part` reads what is attached to a mail.

    Raises DsacliError, naming `name`, whatever the file holds.
    """
    module, function = (_READERS | _WITH_PARTS)[kind]
    read = getattr(import_module(f"dsacli.documents.markup.{module}"), function)
    try:
        document = read(name, data, read_part) if kind in _WITH_PARTS else read(name, data)
    except DsacliError:
        raise
    except MemoryError as error:
        raise DsacliError(f"{name} takes more memory than there is") from error
    except RecursionError as error:
        raise DsacliError(f"{name} is nested too deeply") from error
    except Exception as error:
        # Damaged files make the libraries that read them raise anything.
        _log.debug("%s", name, exc_info=True)
        raise DsacliError(f"{name} is damaged: it cannot be read as {_CALLED.get(kind, kind)}") from error
    if document is None:
        document = parse_text(name, data, markdown=False)
        if kind in _STRICT:
            document = replace(document, warnings=("it is no valid JSON, and is read as plain text",))
    return document


_STRICT = frozenset(["json", "notebook"])
_CALLED = {"docx": "a Word document", "pptx": "a presentation", "xlsx": "a workbook", "epub": "an EPUB", "html": "HTML"}
