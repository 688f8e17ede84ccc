"""Forms that are set as tables: labels beside their values, where a table has headings above them."""

import re
from collections.abc import Sequence

# Kinds of values: tables hold few of them in one column, forms many.
_KINDS = {
    "share": re.compile(r".*%"),
    "money": re.compile(r".*[$€£¥]"),
    "date": re.compile(r"\d{1,4}([-./])\d{1,2}\1\d{1,4}$|\d{1,2}\.? [A-Za-z]{3,9}\.? \d{2,4}$"),
    "measure": re.compile(r"[-+−]?\d[\d.,']* ?[^\d\W]\S*$"),
    "number": re.compile(r"[-+−]?\d[\d.,' ]*$"),
    "code": re.compile(r"(?=.*\d)\S+$"),
    "words": re.compile(r""),
}
_FORM_KINDS = 3
_FIGURE = re.compile(r"\d")


def are_pairs(rows: Sequence[Sequence[str]]) -> bool:
    """Whether each of these rows is a label with its value, or two of them beside each other, as in a form: labels without figures, none
    twice, before values of many kinds.

    >>> are_pairs([["Manager", "Ida Holm"], ["As at", "2024-09-30"], ["Occupancy", "87.5%"], ["Rent", "€4,890.50"]])
    True
    >>> are_pairs([["Item", "Price"], ["Ale", "4.50"], ["Bread", "3.20"], ["Eel", "on request"]])
    False
    >>> are_pairs([["Drug", "Dose", "How often", "Until"], ["Apixaban", "5 mg", "daily", "1/2/2025"], ["Iron", "2 mg", "weekly", "June"]])
    False
    """
    width = max(map(len, rows), default=0)
    if len(rows) < 3 or width not in (2, 4):
        return False
    labels = [row[column] for row in rows for column in range(0, len(row), 2) if row[column]]
    kinds = [[_kind(row[column]) for row in rows if len(row) > column and row[column]] for column in range(1, width, 2)]
    return (
        len(set(labels)) == len(labels)
        and not any(map(_FIGURE.search, labels))
        and all(len(set(each[1:])) > 1 for each in kinds)
        and len(set().union(*kinds)) >= _FORM_KINDS
    )


def _kind(value: str) -> str:
    return next(kind for kind, pattern in _KINDS.items() if pattern.match(value))


def paired(cells: Sequence[str]) -> list[str]:
    """The cells of such a row, each value behind its label."""
    return [
        f"{label.rstrip(' :')}: {value}".rstrip() if label else value
        for label, value in zip(cells[::2], [*cells[1::2], ""])
        if label or value
    ]
