"""Why a document, or a page of it, is not read."""

from typing import Any


class Refused(Exception):
    """The document cannot be read: the fields of an "error" message of the worker."""

    def __init__(self, reason: str, **details: Any):
        super().__init__(reason)
        self.message = {"error": reason, **details}


class Unreadable(Exception):
    """PDFium cannot open the document, or a page of it; pypdf may."""
