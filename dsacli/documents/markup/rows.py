"""Rows of tables as lines that answer for themselves: "| Order: A1002 | Customer: Tidewater Books |".

A row far below its headings, in a passage of its own, would otherwise be figures without a meaning.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

Labels = tuple[str, ...]
"""The heading of each column, "" where it has none."""

_LONGEST_LABEL = 80
_NUMBER = re.compile(r"[^\w]{0,3}\d[\d.,:/\s-]*[^\w]{0,3}")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")


def row_line(cells: Sequence[str], labels: Labels | None) -> str:
    """The line of a row; a row without a filled cell is "", and one whose cells are mostly empty holds the others only.

    >>> row_line(["A1002", "", "87.00"], ("Order", "City", "Amount"))
    '| Order: A1002 | City: | Amount: 87.00 |'
    >>> row_line(["A1002", "", "87.00"], None)
    '| A1002 |  | 87.00 |'
    """
    cells = [cell.replace("|", "/") for cell in cells]
    if not any(cells):
        return ""
    if labels is not None:
        sparse = 2 * sum(map(bool, cells)) < len(cells)
        named = [*labels, *[""] * (len(cells) - len(labels))]
        cells = [labelled(cell, label) for cell, label in zip(cells, named) if cell or (label and not sparse)]
    if len(cells) == 1:
        return cells[0]
    return f"| {' | '.join(cells)} |"


def labelled(cell: str, label: str) -> str:
    """A cell behind its label; one that repeats it (a heading merged over columns) stands once."""
    return f"{label}: {cell}".rstrip() if label and label != cell else cell


def as_labels(cells: Sequence[str]) -> Labels:
    """The cells of a row of headings as labels: short, without what parts cells and labels."""
    return tuple(
        " ".join(cell.replace("|", "/").replace(": ", " ").split())[:_LONGEST_LABEL].rstrip(" :") for cell in cells
    )


def find_labels(rows: Sequence[Sequence[str]], *, pairs: bool = True) -> Labels | None:
    """The first of these rows as labels where it looks like headings, else None.

    Headings are filled (but for the first), none twice, and no figures unless all of them are years; of a table of two columns,
    where a first row is as often the first of several `pairs`, only when the column below differs in kind.
    """
    if len(rows) < 2 or len(rows[0]) < 2:
        return None
    first = [cell.strip() for cell in rows[0]]
    filled = [cell for cell in first if cell]
    if (
        len(filled) < max(1, len(first) - 1)
        or (len(first) > 1 and not all(first[1:]))
        or len(set(filled)) < len(filled)
    ):
        return None
    if any(len(cell) > _LONGEST_LABEL for cell in filled) or first[0].endswith(":"):
        return None
    figures = [cell for cell in filled if _NUMBER.fullmatch(cell)]
    if any(not _YEAR.fullmatch(cell) for cell in figures) or (first[0] and len(figures) == len(filled)):
        return None
    if pairs and len(first) == 2 and not any(_NUMBER.match(row[1].strip()) for row in rows[1:] if len(row) > 1):
        return None
    return as_labels(first)
