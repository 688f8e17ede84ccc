"""Whether the text of a page is a language at all: fonts that do not say what their letters mean give others."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

# Fewer letters tell nothing.
_FEWEST = 60
_LOOKED_AT = 5000
# Letters whose font has no map, as a share of all, from which on the text itself is looked at.
_UNMAPPED = 0.5
_WORD = re.compile(r"\S+")
_VOWELS = frozenset("aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýœ")
# Controls, characters of private use, and what stands for none.
_NO_CHARACTERS = frozenset({"Cc", "Co", "Cn"})


def is_garbled(texts: Sequence[str], unmapped: float) -> bool:
    """Whether the lines of a page are no language; `unmapped` is the share of its letters whose font does not say what they are.

    Without a font at fault nothing is garbled, however odd: tables, code and other languages are not.

    >>> is_garbled(["7KHZLQGPLOODW6D[EZDVERXJKWEWKHFRXQWLQIRUHOHYHQ WKRXVDQGSRXQGV,WZDVUHVWRUHGEWKHPLOOZULJKW"], 1.0)
    True
    >>> is_garbled(["The windmill at Saxby was bought by the county for eleven thousand pounds in 1974."], 1.0)
    False
    """
    text = "\n".join(texts)[:_LOOKED_AT]
    solid = [character for character in text if not character.isspace()]
    if len(solid) < _FEWEST:
        return False
    strange = sum(unicodedata.category(character) in _NO_CHARACTERS or character == "\ufffd" for character in solid)
    if strange > 0.3 * len(solid):
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
