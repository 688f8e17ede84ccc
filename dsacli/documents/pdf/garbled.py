"""Whether the text of a page is a language at all: fonts that do not say what their letters mean give others."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Fewer letters tell nothing.
_FEWEST = 60
_LOOKED_AT = 5000
# Letters whose font has no map, as a share of all, from which on the text itself is looked at.
_UNMAPPED = 0.5
_WORD = re.compile(r"\S+")
_VOWELS = frozenset("aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýœ")
# Controls, characters of private use, and what stands for none.
_NO_CHARACTER = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd]")


def is_garbled(texts: Sequence[str], unmapped: float) -> bool:
    """Whether the lines of a page are no language; `unmapped` is the share of its letters whose font does not say what they are.

    Without a font at fault nothing is garbled, however odd: tables, code and other languages are not.

    >>> is_garbled(["7KHZLQGPLOODW6D[EZDVERXJKWEWKHFRXQWLQIRUHOHYHQ WKRXVDQGSRXQGV,WZDVUHVWRUHGEWKHPLOOZULJKW"], 1.0)
    True
    >>> is_garbled(["The windmill at Saxby was bought by the county for eleven thousand pounds in 1974."], 1.0)
    False
    """
    text = "\n".join(texts)[:_LOOKED_AT]
    if len(text) < _FEWEST:
        return False
    if len(_NO_CHARACTER.findall(text)) > 0.3 * len(text):
        return True
    return unmapped > _UNMAPPED and not _is_language(text)


def _is_language(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    if len(letters) < _FEWEST:
        return True  # a table of figures
    if sum(ord(letter) > 0x24F for letter in letters) > 0.5 * len(letters):
        return True  # no Latin letters, which is what a font without a map gives
    vowels = sum(letter.lower() in _VOWELS for letter in letters) / len(letters)
    words = _WORD.findall(text)
    plain = sum(
        bool(re.fullmatch(r"[\"'(“‘]*(?:[^\W\d_]?[^\W\d_A-Z]*|[A-Z]+|[\d.,:/%$£€-]+)[\"')”’.,;:!?-]*", word))
        for word in words
    )
    return 0.25 < vowels < 0.65 and plain > 0.6 * len(words)
