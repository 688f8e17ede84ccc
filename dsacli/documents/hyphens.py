"""Words divided at a line's end: joined again, unless the hyphen belongs to the word."""

from itertools import pairwise

_DASHES = "-\u2010"

# "self-" and "well-" are hardly ever the first syllables of a word that someone divided.
_OWN_HYPHEN_BEFORE = frozenset({"self", "well", "vice", "ex", "quasi"})
# Second halves of compounds that are not themselves last syllables.
_OWN_HYPHEN_AFTER = frozenset(
    "term based level party driven oriented year scale standing specific making related sized friendly".split()
)
# …unless what stands before them is a prefix, as in "dis-oriented".
_PREFIXES = frozenset("un dis inter mis over under out pre non mid sub cor".split())
# "fifty-" and "five": one word without its hyphen is no number that anybody reads.
_TENS = frozenset("twenty thirty forty fifty sixty seventy eighty ninety".split())
_ONES = frozenset(
    "one two three four five six seven eight nine first second third fourth fifth sixth seventh eighth ninth".split()
)
_FRACTIONS = frozenset(
    "half halves third thirds quarter quarters fourth fourths fifth fifths eighth eighths tenth tenths".split()
)
_COUNTED = _ONES | frozenset({"half"})
# "pre- and post-war": the hyphen stands for the missing half.
_SUSPENDED = frozenset({"and", "or", "to", "und", "oder", "et", "ou"})


def hyphenated_words(text: str) -> frozenset[str]:
    """The words of `text` that carry a hyphen inside a line, in lower case."""
    found = set()
    for before, after in pairwise(text.replace("\u2010", "-").split("-")):
        left, right = _last_word(before[-40:]), _first_word(after[:40])
        if left and right:
            found.add(f"{left}-{right}".lower())
    return frozenset(found)


def rejoin(line: str, following: str, hyphenated: frozenset[str]) -> tuple[str, str] | None:
    """How `line` reads on into `following` when it ends in a hyphen, else None.

    Gives `line` as it should end and what to put before `following`: ("agree", ""), ("long-", "")
    or, for a hyphen that stands for a missing half, ("pre-", " ").
    """
    if len(line) < 2 or line[-1] not in _DASHES or not line[-2].isalnum() or not following:
        return None
    if line[-2].isdigit() or following[0].isdigit():
        return line, ""
    first, second = _last_word(line[:-1][-40:]), _first_word(following[:40])
    if not second:
        return None
    if second in _SUSPENDED:
        return line, " "
    return (line, "") if _keeps_hyphen(line, first, second, hyphenated) else (line[:-1], "")


def _keeps_hyphen(line: str, first: str, second: str, hyphenated: frozenset[str]) -> bool:
    low, tail = first.lower(), second.lower()
    if not second[0].islower() or first[-1].isupper():
        return True
    if line[: -len(first) - 1].endswith(tuple(_DASHES)):
        return True
    if f"{low}-{tail}" in hyphenated or low in _OWN_HYPHEN_BEFORE:
        return True
    if (low in _TENS and tail in _ONES) or (low in _COUNTED and tail in _FRACTIONS):
        return True
    return tail in _OWN_HYPHEN_AFTER and len(low) > 2 and low not in _PREFIXES


def _last_word(text: str) -> str:
    end = len(text)
    while end and text[end - 1].isalpha():
        end -= 1
    return text[end:]


def _first_word(text: str) -> str:
    end = 0
    while end < len(text) and text[end].isalpha():
        end += 1
    return text[:end]
