"""Jupyter notebooks: Markdown, code, and what it printed, at their cells."""

from __future__ import annotations

import json
import re
from typing import Any

from dsacli.documents.document import Document
from dsacli.documents.markup.draft import Draft
from dsacli.documents.markup.html import write_html
from dsacli.documents.markup.structured import load
from dsacli.documents.text.decode import decode
from dsacli.documents.text.headings import markdown_headings

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def parse_notebook(name: str, data: bytes) -> Document | None:
    """The document in a notebook, its places "cell 4" and "cell 4, output"; None where the file is no notebook.

    Raises DsacliError, naming `name`, when the bytes are no text; RecursionError where it is nested too deeply.
    """
    try:
        book = load(decode(name, data))
    except json.JSONDecodeError:
        return None
    cells = book.get("cells") if isinstance(book, dict) else None
    if cells is None and isinstance(book, dict):  # before version 4
        sheets = [each for each in _list(book.get("worksheets")) if isinstance(each, dict)]
        cells = [cell for sheet in sheets for cell in _list(sheet.get("cells"))]
    draft = Draft(name)
    for number, cell in enumerate(_list(cells), 1):
        if isinstance(cell, dict):
            _write_cell(draft, cell, f"cell {number}")
    return draft.document("notebook") if draft.length else None


def _write_cell(draft: Draft, cell: dict[str, Any], place: str) -> None:
    text = _joined(cell.get("source", cell.get("input")))
    draft.place(place)
    if cell.get("cell_type") == "markdown":
        write_markdown(draft, text)
    elif cell.get("cell_type") == "heading":
        draft.heading(text, int(level) if (level := str(cell.get("level"))).isdigit() else 1)
    else:
        draft.lines(text)
    for output in _list(cell.get("outputs")):
        if isinstance(output, dict):
            draft.place(f"{place}, output")
            _write_output(draft, output)


def write_markdown(draft: Draft, text: str) -> None:
    """Write Markdown into a draft: its headings, and everything else as it is."""
    lines, last = text.split("\n"), 0
    for index, title, level in markdown_headings(lines):
        draft.lines("\n".join(lines[last:index]))
        draft.heading(title, level)
        underlined = not lines[index].lstrip().startswith("#")
        last = index + 1 + underlined
    draft.lines("\n".join(lines[last:]))


def _write_output(draft: Draft, output: dict[str, Any]) -> None:
    data = output.get("data", output)
    shown = data if isinstance(data, dict) else {}
    page = _joined(shown.get("text/html", shown.get("html")))
    plain = _joined(output.get("text") or shown.get("text/plain"))
    if "<table" in page:
        write_html(draft, page, title=False)
    elif plain.strip():
        draft.lines(_COLOURS.sub("", plain))
    elif page:
        write_html(draft, page, title=False)
    if any(str(key).startswith("image/") or key in ("png", "jpeg", "svg") for key in shown):
        draft.warn("pictures are not read")
    if output.get("output_type") in ("error", "pyerr"):
        draft.paragraph(f"{output.get('ename', '')}: {output.get('evalue', '')}")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _joined(value: Any) -> str:
    """A text, or the lines of one."""
    return "".join(map(str, value)) if isinstance(value, list) else str(value or "")
