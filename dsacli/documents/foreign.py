"""What of a text is in another language than the built-in reader knows, which is English."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from dsacli.language import small_words

ENGLISH = "en"
_NAMES = {"de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "nl": "Dutch", "pt": "Portuguese", "no": "Danish or Norwegian",
          "sv": "Swedish", "da": "Danish or Norwegian", "pl": "Polish", "tr": "Turkish",
          "cs": "Czech", "fi": "Finnish", "hu": "Hungarian", "ro": "Romanian", "vi": "Vietnamese"}  # fmt: skip
_WRITTEN_IN = {"CJK": "Chinese or Japanese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean"}
# Words looked at together, and fewer than which tell nothing.
_TOGETHER, _FEWEST = 200, 25
# Of a long text so many parts, evenly spaced, are looked at.
_PARTS = 200
# Of the words, how many are small ones of a language that a text is in; how many different ones; and how many times those of English.
_LEAST, _DIFFERENT, _MORE = 0.1, 4, 2.0
# Letters; as many of another script are a text in it.
_LETTERS = 25
# Of a text, how much in another language is worth saying.
_WORTH_SAYING, _NEARLY_ALL = 0.2, 0.9
_WORD = re.compile(r"[^\W\d_]+")


def foreign_warnings(text: str) -> list[str]:
    """What there is to say of it to somebody who asks in English."""
    return [
        f"{'it' if share > _NEARLY_ALL else f'about {share:.0%} of it'} seems to be in {name}; the built-in reader knows English"
        for name, share in foreign_parts(text).items()
    ]


def foreign_parts(text: str) -> dict[str, float]:
    """Languages and scripts other than English that more than a fifth of a text is in, each with its share.

    >>> foreign_parts("Der Vertrag wird auf unbestimmte Zeit geschlossen und kann von jeder der Parteien mit einer Frist von drei "
    ...     "Monaten zum Ende eines Jahres gekündigt werden, wenn nicht im Folgenden etwas anderes für die Kündigung vereinbart ist.")
    {'German': 1.0}
    """
    weights: Counter[str] = Counter()
    for part in _parts(text):
        weights[_named(part)] += len(part)
    least = _WORTH_SAYING * weights.total()
    return {name: w / weights.total() for name, w in weights.most_common() if name != ENGLISH and w >= least}


def _parts(text: str) -> Iterator[list[str]]:
    """The words of a text, some hundred together."""
    # A word has about eight characters with the space behind it, and little depends on it.
    size = 8 * _TOGETHER
    step = max(size, len(text) // _PARTS)
    for low in range(0, len(text), step):
        words = _WORD.findall(text[low : low + size])
        if words:
            yield words


def _named(words: list[str]) -> str:
    """The name of the language, or the script, that words are in; `ENGLISH` where nothing else can be told."""
    script = _script(words)
    if script or len(words) < _FEWEST:
        return script or ENGLISH
    every, different = small_words(map(str.lower, words))
    best = max(_NAMES, key=every.__getitem__)
    enough = every[best] >= _LEAST * len(words) and different[best] >= _DIFFERENT
    return _NAMES[best] if enough and every[best] >= _MORE * every[ENGLISH] else ENGLISH


def _script(words: list[str]) -> str | None:
    """The script that most letters are of, where it is not Latin: "the Cyrillic script"; the language where few are written in it."""
    scripts = Counter(unicodedata.name(letter, "LATIN").split()[0] for word in words for letter in word[:3])
    (script, count), *_ = scripts.most_common(1)
    if script == "LATIN" or count < _LETTERS:
        return None
    return _WRITTEN_IN.get(script, f"the {script.capitalize()} script")
