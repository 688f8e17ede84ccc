"""Typed values in English text: where they stand and what they mean.

`find_values` gives every value of a type with exact offsets, `normalise` the one value a
text holds, or None: a text with two different values, or none, is never guessed at.
Every pattern here is bounded and anchored, so the time is linear in the text.

Rules that are choices:
* What can be read in two ways has both, the likelier first: 03/04/2025, "1.234", where nothing in the document (`conventions`) says
  which is meant. Then the month comes first, and of money three digits behind a mark are thousands.
* With dots the day comes first. "$" is USD, "¥" JPY, "Fr." CHF, bare "pounds" GBP; "kr" is the krone of the country that its own
  sentence names, else of none.
* A range ("5-10%", "$10 to 15 million") is not one value, so its ends are not reported.
* "(£4.2m)" is negative in a cell, after a label, or after a word such as "loss"; elsewhere brackets are an aside.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from dsacli.extraction.conventions import Setting
from dsacli.extraction.values.addresses import find_emails, find_phones, find_urls
from dsacli.extraction.values.dates import find_dates
from dsacli.extraction.values.durations import find_durations
from dsacli.extraction.values.money import find_money
from dsacli.extraction.values.numbers import find_numbers
from dsacli.extraction.values.percents import find_percents
from dsacli.extraction.values.value import Value, leftmost_longest, settled, unique_value

__all__ = ["Value", "find_values", "normalise"]


def find_values(text: str, type: str, whole: str | None = None, at: int = 0) -> list[Value]:
    """All values of `type` in `text`, in order and not overlapping.

    `whole` is the document that `text` is a part of, from its character `at` on; it says how figures are to be read.

    >>> find_values("Fee: EUR 1.2 million.", "money")
    [Value(start=5, end=20, normalised={'amount': 1200000, 'currency': 'EUR'}, readings=())]
    """
    return settled(leftmost_longest(_FINDERS[type](text, Setting(text if whole is None else whole, at))))


def normalise(text: str, type: str) -> Any:
    """The one value `text` holds, or None. The same value twice ("ten percent (10%)") is one."""
    return unique_value(find_values(text, type))


def _alone(finder: Callable[[str], Iterable[Value]]) -> Callable[[str, Setting], Iterable[Value]]:
    """A finder that the rest of the document tells nothing."""
    return lambda text, setting: finder(text)


def find_text(text: str) -> Iterator[Value]:
    """The whole text as one value, on one line."""
    stripped = text.strip()
    if stripped:
        start = text.index(stripped[0])
        yield Value(start, start + len(stripped), " ".join(stripped.split()))


_FINDERS: dict[str, Callable[[str, Setting], Iterable[Value]]] = {
    "text": _alone(find_text),
    "date": lambda text, setting: find_dates(text, setting.conventions),
    "money": find_money,
    "number": lambda text, setting: find_numbers(text, setting.conventions.decimal),
    "percent": lambda text, setting: find_percents(text, setting.conventions.decimal),
    "email": _alone(find_emails),
    "phone": _alone(find_phones),
    "url": _alone(find_urls),
    "duration": lambda text, setting: find_durations(text, setting.conventions.decimal),
}
