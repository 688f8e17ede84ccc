"""Why a document is not read."""

from typing import Any


class Refused(Exception):
    """The document cannot be read: the fields of an "error" message of the worker."""

    def __init__(self, reason: str, **details: Any):
        super().__init__(reason)
        self.message = {"error": reason, **details}
