"""What every finder of values shares."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple


class Value(NamedTuple):
    """One value: `text[start:end]`, and the JSON value it stands for."""

    start: int
    end: int
    normalised: Any


def leftmost_longest(values: Iterable[Value]) -> list[Value]:
    """The leftmost, then longest, of overlapping values, in order. A value None blocks what it covers."""
    kept: list[Value] = []
    for value in sorted(values, key=lambda value: (value.start, -value.end)):
        if not kept or value.start >= kept[-1].end:
            kept.append(value)
    return [value for value in kept if value.normalised is not None]


def unique_value(values: list[Value]) -> Any:
    """What all of the values mean, None when they differ or there are none."""
    same = values and all(value.normalised == values[0].normalised for value in values)
    return values[0].normalised if same else None


def any_of(words: Iterable[str]) -> str:
    """An alternation, longest word first, so that no word hides a longer one."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"
