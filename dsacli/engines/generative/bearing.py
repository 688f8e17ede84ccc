"""Whether the places behind what a model wrote bear it out, and which these are: by its words, and by where its attention went."""

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsacli.engines.context import Context
from dsacli.engines.evidence import Evidence
from dsacli.engines.generative.provenance import sentence_evidence, sentence_mass
from dsacli.extraction.values.words import SMALL
from dsacli.reader.asking import ASKING

# Of the weight of its words, those of the question counting half, what must stand in the places behind an answer.
BORNE_OUT = 0.5
OF_QUESTION = 0.5
# What the most attended sentence is worth beside one that holds all the words.
OF_ATTENTION = 0.25
_WORD = re.compile(r"\d[\d.,'’]*\d|\d|\w\w+")
_BARE = re.compile(r"(?:yes|no)\b[.,]?\s*", re.IGNORECASE)
# A bare yes or no is not borne out by a clause that says under what condition.
_CONDITION = re.compile(
    r"\b(?:unless|without|except|provided|subject to|only (?:if|with|after)|consent|approval|may not|shall not|no\b|not\b|neither)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Bearing:
    """The places behind an answer, the strongest first, and whether they bear it out."""

    evidence: tuple[Evidence, ...]
    bears_out: bool


class Sentences:
    """The sentences of a context, by the stems of their words."""

    def __init__(self, context: Context[Any]):
        self.context, self.edges = context, context.sentence_edges

    @cached_property
    def stems(self) -> list[frozenset[str]]:
        """Of every sentence."""
        return [frozenset(map(stem, words_of(self.text(number)))) for number in range(len(self.edges) - 1)]

    @cached_property
    def rarity(self) -> dict[str, float]:
        """Of every stem: the fewer sentences have it, the more it says."""
        counts = Counter(each for stems in self.stems for each in stems)
        return {each: math.log(1 + len(self.stems) / count) for each, count in counts.items()}

    def text(self, number: int) -> str:
        """The wording of a sentence."""
        encoded, start, end = self.context.characters(int(self.edges[number]), int(self.edges[number + 1]) - 1)
        return encoded.document.text[start:end]

    def hold_figures(self, wording: str) -> bool:
        """Whether each figure of a wording stands in one of them, in figures or, a small one, in words."""
        figures = {word for word in words_of(wording) if word[0].isdigit()}
        return all(each in self.rarity or _IN_WORDS.get(each) in self.rarity for each in figures)

    def bearing(self, question: str, answer: str, attention_mass: NDArray[np.float32], count: int) -> Bearing:
        """What stands behind an answer: up to `count` sentences that hold its words and got attention while it was written.

        attention_mass: float32 [tokens of the context]
        """
        bare = _BARE.match(answer)
        own = _weighed(_BARE.sub("", answer) if bare else answer, 1.0, self)
        wanted = {**_weighed(question, OF_QUESTION, self), **own}
        total = sum(wanted.values())
        if not total or not len(self.stems):
            return Bearing((), False)
        mass = sentence_mass(self.context, attention_mass)
        attended = OF_ATTENTION * total * mass / max(float(mass.max()), 1e-9)
        chosen, held = list[int](), set[str]()
        while len(chosen) < count:
            # A further place is one for words of the answer that no other holds.
            missing = (own if chosen else wanted).keys() - held
            gains = [sum(wanted[each] for each in missing & stems) for stems in self.stems]
            best = int(np.argmax(np.array(gains) + (0 if chosen else attended)))
            if chosen and (not missing or gains[best] < BORNE_OUT * sum(wanted[each] for each in missing)):
                break
            chosen.append(best)
            held |= wanted.keys() & self.stems[best]
        figures = {each for each in own if each[0].isdigit()}
        bears_out = figures <= held and all(
            sum(wanted[each] for each in held & some) >= BORNE_OUT * sum(wanted[each] for each in some)
            for some in (wanted.keys(), own.keys() - figures)
        )
        if bare and any(_CONDITION.search(self.text(number)) for number in chosen):
            bears_out = bears_out and bool(_CONDITION.search(answer[bare.end() :]))
        bounds = [(int(self.edges[number]), int(self.edges[number + 1])) for number in chosen]
        return Bearing(tuple(sentence_evidence(self.context, attention_mass, *each) for each in bounds), bears_out)


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


def _weighed(wording: str, share: float, sentences: Sentences) -> dict[str, float]:
    """The stems of what a wording is about, with that share of their rarity; those that stand nowhere are the rarest."""
    rarest = math.log(1 + len(sentences.stems))
    return {
        stem(word): share * sentences.rarity.get(stem(word), rarest) for word in words_of(wording) if word not in ASKING
    }


# The stems of numbers in words, by their figures.
_IN_WORDS = {str(value): stem(word) for word, value in SMALL.items()}
