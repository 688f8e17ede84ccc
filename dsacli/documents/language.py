"""Which language a text is in, as far as its commonest words and its letters tell: the built-in reader knows English."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

# Words that hold a language together, and that no other of these has as often.
_COMMON = {
    "English": "the of and to is that for was with are be this by have from not which but they were has their been had its would shall",
    "German": "der die und das den von zu mit sich des auf für ist im dem nicht ein eine als auch es werden aus er hat dass sie nach wird bei",
    "French": "le les et des du est une dans qui pour que sur par plus pas au avec ce sont aux cette ont mais ou ses leur été nous vous",
    "Spanish": "el los las y del que por con una para es se lo como más fue su sus este entre cuando muy sin sobre también hasta hay donde",
    "Italian": "il di che è della per una sono con del nel alla dei le gli non si anche più dal delle questo ha come degli nella dalla",
    "Portuguese": "os uma em do da dos das não para com são por ao mais foi pela pelo seu sua nos ou quando muito já também",
    "Dutch": "het een van en dat te zijn voor met niet aan er om ook als bij maar uit worden wordt werd deze naar nog geen hij",
    "Swedish": "och att det som en på är av för med den till inte har ett om hade de han var kan från så",
    "Danish or Norwegian": "og at det som en på er af av for med den til ikke har et om hun de han var kan fra så eller",
    "Polish": "nie na się że jest jak po od za ale przez oraz tym przy jego być dla lub która który także",
    "Turkish": "bir ve bu için ile olarak da de daha çok olan gibi sonra kadar ancak ise olduğu",
}  # fmt: skip
_LANGUAGES = {
    word: [n for n, words in _COMMON.items() if word in words.split()] for w in _COMMON.values() for word in w.split()
}
ENGLISH = "English"
# Words looked at together, and fewer than which tell nothing.
_TOGETHER, _FEWEST = 200, 25
# Of a long text so many parts, evenly spaced, are looked at.
_PARTS = 200
# Of the words, how many are common ones of a language that a text is in; and how many times those of English.
_LEAST, _MORE = 0.1, 2.0
# Different ones that have to be among them.
_DIFFERENT = 4
# Letters; as many of another script are a text in it.
_LETTERS = 25
# Of a text, how much in another language is worth saying.
_WORTH_SAYING, _NEARLY_ALL = 0.2, 0.9
_WORD = re.compile(r"[^\W\d_]+")


def foreign_parts(text: str) -> dict[str, float]:
    """Languages and scripts other than English that more than a fifth of a text is in, each with its share.

    >>> foreign_parts("Der Vertrag wird auf unbestimmte Zeit geschlossen und kann von jeder der Parteien mit einer Frist von drei "
    ...     "Monaten zum Ende eines Jahres gekündigt werden, wenn nicht im Folgenden etwas anderes für die Kündigung vereinbart ist.")
    {'German': 1.0}
    """
    weights: Counter[str] = Counter()
    for part in _parts(text):
        weights[language_of(part) or ENGLISH] += len(part)
    least = _WORTH_SAYING * weights.total()
    return {name: w / weights.total() for name, w in weights.most_common() if name != ENGLISH and w >= least}


def foreign_warnings(text: str) -> list[str]:
    """What there is to say of it to somebody who asks in English."""
    return [
        f"{'it' if share > _NEARLY_ALL else f'about {share:.0%} of it'} seems to be in {name}; the built-in reader knows English"
        for name, share in foreign_parts(text).items()
    ]


def _parts(text: str) -> Iterator[list[str]]:
    """The words of a text, some hundred together."""
    # A word has about eight characters with the space behind it, and little depends on it.
    size = 8 * _TOGETHER
    step = max(size, len(text) // _PARTS)
    for low in range(0, len(text), step):
        words = _WORD.findall(text[low : low + size])
        if words:
            yield words


def language_of(words: list[str]) -> str | None:
    """The language, or the script, that words are in; None where that cannot be told."""
    script = _script(words)
    if script:
        return script
    if len(words) < _FEWEST:
        return None
    common = Counter(word for word in map(str.lower, words) if word in _LANGUAGES)
    found = Counter({name: sum(common[word] for word in common if name in _LANGUAGES[word]) for name in _COMMON})
    (best, count), *_ = found.most_common(1)
    several = sum(best in _LANGUAGES[word] for word in common) >= _DIFFERENT
    enough = several and count >= _LEAST * len(words)
    return best if enough and (best == ENGLISH or count >= _MORE * found[ENGLISH]) else None


def _script(words: list[str]) -> str | None:
    """The script that most letters are of, where it is not Latin: "Cyrillic", "Greek", "Cjk"."""
    scripts = Counter(unicodedata.name(letter, "LATIN").split()[0] for word in words for letter in word[:3])
    if not scripts:
        return None
    (script, count), *_ = scripts.most_common(1)
    return None if script == "LATIN" or count < _LETTERS else f"the {script.capitalize()} script"
