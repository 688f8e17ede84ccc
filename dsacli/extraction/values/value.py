"""What every finder of values shares."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

# Characters between two wordings of one value at most.
_BESIDE = 12


class Value(NamedTuple):
    """One value: `text[start:end]`, and the JSON value it stands for.

    readings: all that it can mean, the likelier first; empty where it can mean one thing only
    """

    start: int
    end: int
    normalised: Any
    readings: tuple[Any, ...] = ()


def read_in(start: int, end: int, readings: Sequence[Any]) -> Value:
    """The value with these readings, the likelier first; None where there are none, which blocks what it covers.

    >>> read_in(0, 10, ["2025-03-04", "2025-04-03"]).readings
    ('2025-03-04', '2025-04-03')
    """
    return Value(start, end, readings[0] if readings else None, tuple(readings) if len(readings) > 1 else ())


def leftmost_longest(values: Iterable[Value]) -> list[Value]:
    """The leftmost, then longest, of overlapping values, in order. A value None blocks what it covers."""
    kept: list[Value] = []
    for value in sorted(values, key=lambda value: (value.start, -value.end)):
        if not kept or value.start >= kept[-1].end:
            kept.append(value)
    return [value for value in kept if value.normalised is not None]


def settled(values: list[Value]) -> list[Value]:
    """The same, without the readings of those that a neighbour repeats in a form that has one only: "03/04/2025 (3 April 2025)"."""
    found = []
    for number, value in enumerate(values):
        near = [
            other for other in values[max(0, number - 1) : number + 2] if other.readings == () and _beside(value, other)
        ]
        said = next((other.normalised for other in near if other.normalised in value.readings), None)
        found.append(value._replace(normalised=said, readings=()) if said is not None else value)
    return found


def _beside(one: Value, other: Value) -> bool:
    return max(one.start, other.start) - min(one.end, other.end) <= _BESIDE


def unique_value(values: list[Value]) -> Any:
    """What all of the values mean, None when they differ or there are none."""
    same = values and all(value.normalised == values[0].normalised for value in values)
    return values[0].normalised if same else None


def any_of(words: Iterable[str]) -> str:
    """An alternation, longest word first, so that no word hides a longer one."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"
