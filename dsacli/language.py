"""Which language a text is in, by its commonest small words."""

import re
from collections import Counter
from collections.abc import Iterable

# None of them is a common word of another of these languages, so that an English lease with a Spanish name stays English.
_SMALL_WORDS = {
    "en": "the and of to is for with this shall by from which was be are that",
    "de": "der die das und von mit für ist auf wird nicht zum zur dem ein eine bis den sich er sie hat in nach",
    "fr": "le les du des et est pour dans sur par au aux une ce cette",
    "es": "el los las y del por una es para con se al su",
    "it": "il di della dei e è per gli che con nel alla sono una",
    "nl": "het een van voor op en zijn bij wordt aan met niet is",
    "pt": "o os do da dos das e em não uma ao pela com para",
    "no": "og av til er ikke som på den det for skal ved",
    "sv": "och av till är inte som på den det för ska vid ett",
    "da": "og af til er ikke som på den det for skal ved et",
    "pl": "nie na się że jest jak od za przez oraz tym przy jego być dla lub która który także do dnia ze we zwaną zwanym każda",
    "cs": "že pro jako nebo který která jsou při podle být také není jeho může však aby",
    "fi": "ja ei että joka tai sekä ovat kuin mutta myös vain tämä hän sen niin kun voi",
    "hu": "az és hogy nem egy vagy mint csak meg volt szerint által amely van ezt azt",
    "ro": "și în să sau pentru este sunt din care prin până că fost acest această",
    "vi": "và của có được trong cho không các một với người này những là",
    "tr": "bir ve bu için ile olarak daha çok olan gibi sonra kadar ancak ise olduğu",
}
_LANGUAGES: dict[str, list[str]] = {}
for _language, _words in _SMALL_WORDS.items():
    for _word in _words.split():
        _LANGUAGES.setdefault(_word, []).append(_language)
_SAMPLE = 20_000
# Small words that must be met, and by how much those of one language must outnumber those of the next.
_ENOUGH, _CLEARLY = 2, 1.3


def language_of(text: str) -> str | None:
    """The ISO 639 code of one of seventeen languages; None for another, or too few words to tell.

    >>> language_of("The fee is due on the first day of the month."), language_of("Die Miete ist zum 1. fällig."), language_of("Total: 5,000")
    ('en', 'de', None)
    """
    counts, _ = small_words(re.findall(r"[^\W\d_]+", text[:_SAMPLE].lower()))
    (best, most), (_, next_most) = (*counts.most_common(2), ("", 0), ("", 0))[:2]
    return best if most >= max(_ENOUGH, _CLEARLY * next_most) else None


def small_words(words: Iterable[str]) -> tuple[Counter[str], Counter[str]]:
    """How many of some words, in lower case, are small ones of each language, and how many different ones."""
    met = Counter(word for word in words if word in _LANGUAGES)
    every, different = Counter[str](), Counter[str]()
    for word, count in met.items():
        for language in _LANGUAGES[word]:
            every[language] += count
            different[language] += 1
    return every, different
