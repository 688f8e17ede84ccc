"""Heads of tables that take two rows: groups of columns above the columns' own names."""

from collections.abc import Sequence


def joined_head(first: Sequence[str], second: Sequence[str]) -> list[str] | None:
    """One head out of two rows where every group has columns of the same names; None where they are no such head.

    >>> joined_head(["", "2023", "", "2024", ""], ["Item", "H1", "H2", "H1", "H2"])
    ['Item', '2023 H1', '2023 H2', '2024 H1', '2024 H2']
    >>> joined_head(["", "2023", "2024"], ["Item", "12", "14"])
    """
    groups, names = [each for each in dict.fromkeys(first[1:]) if each], list(second[1:])
    width = len(names) // len(groups) if len(groups) > 1 else 0
    pattern = names[:width]
    if width < 2 or names != pattern * len(groups) or not all(names) or len(set(pattern)) < width:
        return None
    return [
        f"{first[0]} {second[0]}".strip(),
        *(f"{groups[number // width]} {name}" for number, name in enumerate(names)),
    ]
