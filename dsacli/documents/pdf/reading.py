"""One PDF as the worker reads it: its pages by PDFium, and what PDFium cannot open or read by pypdf."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dsacli.documents.pdf.by_pypdf import Pypdf
from dsacli.documents.pdf.forms import fields_of, filled_in, notes_of
from dsacli.documents.pdf.garbled import is_garbled
from dsacli.documents.pdf.layout import page_lines
from dsacli.documents.pdf.mend import Mended, mend
from dsacli.documents.pdf.refused import Refused, Unreadable
from dsacli.documents.pdf.runs import Run
from dsacli.documents.pdf.xfa import xfa_lines

if TYPE_CHECKING:
    from dsacli.documents.pdf.pdfium import Pdfium


def open_pdf(job: dict[str, Any], data: bytes) -> Reading:
    """The PDF, or what is left of one that is damaged or cut short. Raises Refused when it cannot be opened."""
    try:
        return Reading(job, data)
    except Refused as refusal:
        if refusal.message["error"] in ("damaged", "empty") and (mended := mend(data)):
            with suppress(Refused):
                return Reading(job, mended.data, mended)
        raise


class Reading:
    """A PDF that is open. Raises Refused when it cannot be opened."""

    def __init__(self, job: dict[str, Any], data: bytes, mended: Mended | None = None):
        self._job, self._data, self.mended = job, data, mended
        self._pdfium = None if job.get("plain") else self._opened()
        if self._pdfium and self._pdfium.pages < 1:
            self._pdfium = None
        self.pages = self._pdfium.pages if self._pdfium else self._pypdf.pages
        if self.pages > job["pages"]:
            raise Refused("pages", pages=self.pages)
        if self.pages < 1:
            raise Refused("empty")

    def page(self, index: int, *, plain: bool) -> dict[str, Any]:
        """The message of a page; `plain` asks for pypdf's text."""
        most = self._job["page_characters"]
        message: dict[str, Any] = {"page": index}
        try:
            runs, annotated, unmapped, unread = list[Run](), True, 0.0, True
            if self._pdfium is not None and not plain:
                with suppress(Unreadable):
                    page = self._pdfium.page(index, most)
                    runs, annotated, unmapped, unread = page.runs, page.annotated, page.unmapped, page.unread
                    message["pictured"] = page.pictured
                    message["label"] = self._pdfium.label(index)
            if unread:
                runs = self._pypdf.runs(index, most)
            if annotated:
                runs, message["notes"] = self._with_annotations(index, runs)
            lines = page_lines(index, runs)
        except MemoryError:
            raise
        except Exception as error:
            return {"page": index, "failed": f"{type(error).__name__}: {error}"[:200]}
        message["garbled"] = is_garbled([line.text for line in lines], unmapped)
        message["lines"] = [
            [line.text, line.x, line.y, line.size, line.bold, line.end, line.bottom, line.row] for line in lines
        ]
        return message

    def outline(self) -> list[list[Any]]:
        """The bookmarks as [title, depth, page, top], in order; none where pypdf cannot open the document."""
        if self._pdfium and not self._pdfium.has_outline():
            return []
        with suppress(Refused):
            return self._pypdf.outline()
        return []

    def data(self) -> list[str] | None:
        """What an XFA form holds, a line each; None where there is no such form."""
        if self._pdfium and not self._pdfium.is_form():
            return None
        with suppress(Refused):
            return xfa_lines(self._pypdf.reader)
        return None

    @cached_property
    def _pypdf(self) -> Pypdf:
        return Pypdf(self._job, self._data)

    def _opened(self) -> Pdfium | None:
        """The PDF opened by PDFium; None when pypdf has to say what is wrong with it, or to mend it."""
        # Native code is not loaded where it is not to be used.
        from dsacli.documents.pdf.pdfium import Pdfium

        password = self._job["password"]
        for each in [password, None] if password else [None]:
            try:
                return Pdfium(self._data, each)
            except Unreadable:
                continue
        return None

    def _with_annotations(self, index: int, runs: list[Run]) -> tuple[list[Run], list[str]]:
        """The runs of a page with the values of its form, and its notes; without them where they are damaged."""
        try:
            page, pdfium = self._pypdf.reader.pages[index], self._pdfium
            notes = notes_of(page, lambda places: pdfium.text_in(index, places) if pdfium else "")
            return filled_in(runs, list(fields_of(page))), notes
        except MemoryError:
            raise
        except Exception:
            return runs, []
