"""The sentences of a context by the stems of their words, and what each is about."""

import math
import re
from collections import Counter
from collections.abc import Set
from functools import cached_property
from typing import Any

from dsacli.documents.tables import row_at
from dsacli.engines.context import Context, TokenizedDocument
from dsacli.engines.evidence import Evidence
from dsacli.extraction.values.words import SMALL
from dsacli.reader.asking import ASKING

# Of the weight of what a question is about, what must stand in or above a sentence that is about it too.
CONCERNED = 0.6
# Words that a number before a sentence may be: "12.1 (a)", or its heading.
NUMBERED = 4
# Characters. A longer line above a sentence is no label or heading.
LONGEST_LABEL = 60
_WORD = re.compile(r"\d[\d.,'’]*\d|\d|\w\w+")
# "Order placed: 28 December" says nothing of the line below it, nor does a whole sentence.
_LABEL = re.compile(r"[^:]*[^:.;,]:?")
# What the sentence before it names.
_POINTS_BACK = re.compile(r"\W*(?:it|its|they|their|this|that|these|those|he|she|his|her)\b", re.IGNORECASE)
# Words of a question that say what kind of thing is asked for: that a value is of that kind it says itself.
_KINDS = frozenset(
    "email mail date day amount sum number figure percent percentage phone telephone website url name period duration".split()
)


class Sentences:
    """The sentences of a context; `edges` are their first tokens, and the end."""

    def __init__(self, context: Context[Any]):
        self.context, self.edges = context, context.sentence_edges

    def __len__(self) -> int:
        return len(self.edges) - 1

    @cached_property
    def stems(self) -> list[frozenset[str]]:
        """Of the words of every sentence."""
        return [frozenset(map(stem, words_of(self.text(number)))) for number in range(len(self))]

    @cached_property
    def about(self) -> list[frozenset[str]]:
        """Of every sentence, and of what stands above it: its section's title, a label, the headings of its table, the sentence that
        its first word points to."""
        return [own | frozenset(map(stem, words_of(self._above(number)))) for number, own in enumerate(self.stems)]

    @cached_property
    def rarity(self) -> dict[str, float]:
        """Of every stem: the fewer sentences have it, the more it says."""
        counts = Counter(each for stems in self.stems for each in stems)
        return {each: math.log(1 + len(self) / count) for each, count in counts.items()}

    def characters(self, number: int) -> tuple[TokenizedDocument, int, int]:
        """The document of a sentence, and its characters."""
        return self.context.characters(int(self.edges[number]), int(self.edges[number + 1]) - 1)

    def text(self, number: int) -> str:
        """The wording of a sentence."""
        encoded, start, end = self.characters(number)
        return encoded.document.text[start:end]

    def hold_figures(self, wording: str) -> bool:
        """Whether each figure of a wording stands in one of them, in figures or, a small one, in words."""
        figures = {word for word in words_of(wording) if word[0].isdigit()}
        return all(each in self.rarity or _IN_WORDS.get(each) in self.rarity for each in figures)

    def quote(self, wording: str) -> bool:
        """Whether a wording is one of them, without the number that it may begin with."""
        words = words_of(wording)
        return bool(words) and any(
            own[-len(words) :] == words and len(own) <= len(words) + NUMBERED
            for own in (words_of(self.text(number)) for number in range(len(self)))
        )

    def holds(self, number: int, place: Evidence) -> bool:
        """Whether a place, or the passage that is quoted around it, touches a sentence."""
        encoded, start, end = self.characters(number)
        low = place.start - place.quote_start
        return encoded.document.name == place.document and low < end and start < low + len(place.quote)

    def concern(self, question: str, number: int) -> bool:
        """Whether a sentence is about what a question, or the name of a field, is about, as far as words tell."""
        asked = {stem(word) for word in words_of(question) if word not in ASKING and word not in _KINDS}
        weights = {each: self.weight(each) for each in asked}
        return sum(weights[each] for each in held_in(self.about[number], asked)) >= CONCERNED * sum(weights.values())

    def weight(self, each: str) -> float:
        """How much a stem says; one that stands nowhere is the rarest."""
        return self.rarity.get(each, math.log(1 + len(self)))

    def weighed(self, wording: str, share: float) -> dict[str, float]:
        """The stems of what a wording is about, with that share of their weight."""
        return {stem(word): share * self.weight(stem(word)) for word in words_of(wording) if word not in ASKING}

    def _above(self, number: int) -> str:
        encoded, start, end = self.characters(number)
        document = encoded.document
        text, row = document.text, row_at(document, end - 1)
        headings = [text[low:high] for low, high in row.headings] if row else []
        above = text[:start].rstrip().rpartition("\n")[2].strip()
        section = document.innermost(start)
        label = [above] if len(above) <= LONGEST_LABEL and _LABEL.fullmatch(above) else []
        named = [self.text(number - 1)] if number and _POINTS_BACK.match(text, start) else []
        return " ".join([*headings, *label, *named, *([section.title] if section else [])])


def words_of(wording: str) -> list[str]:
    """Its words in lower case, figures whole.

    >>> words_of("The fee: 2,850.50 pounds.")
    ['the', 'fee', '2,850.50', 'pounds']
    """
    return _WORD.findall(wording.lower())


def stem(word: str) -> str:
    """What a word has in common with its other forms, roughly: its first five letters; figures whole.

    >>> [stem(word) for word in ("governing", "governed", "laws", "2850")]
    ['gover', 'gover', 'law', '2850']
    """
    return word if word[0].isdigit() else word[:5] if len(word) > 5 else word.removesuffix("s")


# What people ask about is over or runs out; what is written has a term, expires or is terminated.
_OVER = frozenset(map(stem, "over end expire run last".split()))
_ENDING = _OVER | frozenset(map(stem, "terminate term duration until perpetual".split()))
_PAPER = frozenset(map(stem, "contract agreement deal".split()))
# What people hand or pass on to somebody else is assigned or transferred.
_HAND = frozenset(map(stem, "hand pass somebody someone anybody anyone else".split()))
_ASSIGNING = _HAND | frozenset(map(stem, "assign transfer".split()))
# The stems that people ask with, and those that it may be written with instead.
_ALIKE = ((_OVER, _ENDING), (_PAPER, _PAPER), (_HAND, _ASSIGNING))
# The stems of numbers in words, by their figures.
_IN_WORDS = {str(value): stem(word) for word, value in SMALL.items()}


def held_in(there: Set[str], asked: Set[str]) -> set[str]:
    """The stems of some that stand in a place, or are said there as what is written says them.

    >>> sorted(held_in({"agree", "termi", "may"}, {"contr", "run", "fee"}))
    ['contr', 'run']
    """
    return {each for each in asked if each in there or any(each in some and there & alike for some, alike in _ALIKE)}
