"""Typed values in English text: where they stand and what they mean.

`find_values` gives every value of a type with exact offsets, `normalise` the one value a
text holds, or None: a text with two different values, or none, is never guessed at.
Every pattern here is bounded and anchored, so the time is linear in the text.

Rules that are choices:
* 01/03/2025 - a part above 12 is the day; otherwise the text's other dates decide if they
  all agree, and failing that the month comes first (US). With dots the day comes first.
* "$" is USD, "¥" JPY, bare "pounds" GBP. Two-digit years and comma decimals are not read.
* A range ("5-10%", "$10 to 15 million") is not one value, so its ends are not reported.
* "(£4.2m)" is negative when it is the whole text or follows a word such as "loss";
  elsewhere a parenthesis is an aside.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from dsacli.extraction.values.addresses import find_emails, find_phones, find_urls
from dsacli.extraction.values.dates import day_first, find_dates
from dsacli.extraction.values.durations import find_durations
from dsacli.extraction.values.money import find_money
from dsacli.extraction.values.numbers import find_numbers, find_percents
from dsacli.extraction.values.value import Value, leftmost_longest, unique_value

__all__ = ["Value", "find_values", "normalise"]


def find_values(text: str, type: str, whole: str | None = None) -> list[Value]:
    """All values of `type` in `text`, in order and not overlapping.

    `whole` is the document that `text` is a part of; its other dates say whether the day comes first.

    >>> find_values("Fee: EUR 1.2 million.", "money")
    [Value(start=5, end=20, normalised={'amount': 1200000, 'currency': 'EUR'})]
    """
    return leftmost_longest(_FINDERS[type](text, whole or text))


def normalise(text: str, type: str) -> Any:
    """The one value `text` holds, or None. The same value twice ("ten percent (10%)") is one."""
    return unique_value(find_values(text, type))


def _dates(text: str, whole: str) -> Iterator[Value]:
    return find_dates(text, day_first(whole))


def _alone(finder: Callable[[str], Iterable[Value]]) -> Callable[[str, str], Iterable[Value]]:
    """A finder that the rest of the document tells nothing."""
    return lambda text, whole: finder(text)


def find_text(text: str) -> Iterator[Value]:
    """The whole text as one value, on one line."""
    stripped = text.strip()
    if stripped:
        start = text.index(stripped[0])
        yield Value(start, start + len(stripped), " ".join(stripped.split()))


_FINDERS: dict[str, Callable[[str, str], Iterable[Value]]] = {
    "text": _alone(find_text),
    "date": _dates,
    "money": _alone(find_money),
    "number": _alone(find_numbers),
    "percent": _alone(find_percents),
    "email": _alone(find_emails),
    "phone": _alone(find_phones),
    "url": _alone(find_urls),
    "duration": _alone(find_durations),
}
