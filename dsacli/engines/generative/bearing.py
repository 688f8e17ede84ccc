"""Whether the places behind what a model wrote bear it out, and which these are: by its words, and by where its attention went."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsacli.engines.evidence import Evidence
from dsacli.engines.generative.conditions import reason
from dsacli.engines.generative.provenance import sentence_evidence, sentence_mass
from dsacli.engines.generative.sentences import Sentences, held_in
from dsacli.extraction.values import Value, find_values

# Of the weight of its words, those of the question counting half, what must stand in the places behind an answer.
BORNE_OUT = 0.5
OF_QUESTION = 0.5
# What the most attended sentence is worth beside one that holds all the words.
OF_ATTENTION = 0.25
# Words of an answer that is a whole sentence.
SENTENCE = 5
# What asks for the law of an agreement, and a sentence that tells it.
_OF_LAW = re.compile(r"\b(?:which|what)\b[^?]*\blaw\b(?! (?:firm|school|enforcement))", re.IGNORECASE)
_GOVERNS = re.compile(
    r"\b(?:govern|constru|interpret|choice of law|applicable|subject to)\w*[^.]*?\b(?:laws?|courts?|code)\b|\blaws?\b[^.]*?\b(?:govern|appl[iy]|control)",
    re.IGNORECASE,
)
# Where the built-in reader would look for an answer.
Look = Callable[[], Sequence[Evidence]]


@dataclass(frozen=True)
class Bearing:
    """The places behind an answer, the strongest first, and whether they bear it out."""

    evidence: tuple[Evidence, ...]
    bears_out: bool


def bearing(
    sentences: Sentences, question: str, answer: str, attention_mass: NDArray[np.float32], count: int, look: Look
) -> Bearing:
    """What stands behind an answer: up to `count` sentences that hold its words and got attention while it was written. They bear it
    out if they are about what is asked too: by their words, or because the reader would `look` there.

    attention_mass: float32 [tokens of the context]
    """
    own = sentences.weighed(reason(answer), 1.0)
    wanted = {**sentences.weighed(question, OF_QUESTION), **own}
    total = sum(wanted.values())
    if not total or not len(sentences):
        return Bearing((), False)
    mass = sentence_mass(sentences.context, attention_mass)
    attended = OF_ATTENTION * total * mass / max(float(mass.max()), 1e-9)
    of_law = laws(sentences, question, own, total)
    chosen, held = list[int](), set[str]()
    while len(chosen) < count:
        # A further place is one for words of the answer that no other holds.
        missing = (own if chosen else wanted).keys() - held
        inside = (
            sentences.stems
            if chosen
            else [here | above & wanted.keys() - own.keys() for here, above in zip(sentences.stems, sentences.about)]
        )
        gains = [sum(wanted[each] for each in missing & stems) for stems in inside]
        best = int(np.argmax(np.array(gains) + (0 if chosen else attended + of_law)))
        if chosen and (not missing or gains[best] < BORNE_OUT * sum(wanted[each] for each in missing)):
            break
        chosen.append(best)
        held |= held_in(inside[best], wanted.keys())
    figures = {each for each in own if each[0].isdigit()}
    bears_out = figures <= held and all(
        sum(wanted[each] for each in held & some) >= BORNE_OUT * sum(wanted[each] for each in some)
        for some in (wanted.keys(), own.keys() - figures)
    )
    bears_out = bears_out and dates_stand(answer, [sentences.text(number) for number in chosen])
    # A whole sentence says itself what it is about: one word of the question is enough.
    told = len(own) >= SENTENCE and sentences.weighed(question, 1.0).keys() & own.keys() & held
    if _OF_LAW.search(question):
        bears_out = bears_out and bool(_GOVERNS.search(sentences.text(chosen[0])))
    else:
        bears_out = bears_out and (bool(told) or concerned(sentences, question, chosen, look))
    bears_out = bears_out and figures_belong(sentences, question, own, chosen, look)
    bounds = [(int(sentences.edges[number]), int(sentences.edges[number + 1])) for number in chosen]
    return Bearing(tuple(sentence_evidence(sentences.context, attention_mass, *each) for each in bounds), bears_out)


def laws(sentences: Sentences, question: str, own: Mapping[str, float], total: float) -> NDArray[np.float64]:
    """What each sentence is worth because it tells the law that is asked for, in the words of an answer, `own` its stems by their weight: more
    than all else, `total`, or nothing: a party is founded under a law, and follows some, that are not the agreement's."""
    found = np.zeros(len(sentences))
    if _OF_LAW.search(question):
        for number, stems in enumerate(sentences.stems):
            holds = sum(own[each] for each in own.keys() & stems) >= BORNE_OUT * sum(own.values())
            if holds and _GOVERNS.search(sentences.text(number)):
                found[number] = 2 * total
    return found


def figures_belong(
    sentences: Sentences, question: str, own: Mapping[str, float], numbers: Sequence[int], look: Look
) -> bool:
    """Whether each figure of an answer, `own` its stems by their weight, stands in a sentence that holds half of its other words too,
    or is about what is asked: a fee that is told in one place is not the amount that stands in another."""
    words = {each: weight for each, weight in own.items() if not each[0].isdigit()}
    least = BORNE_OUT * sum(words.values())

    def belongs(number: int) -> bool:
        held = sum(words[each] for each in words.keys() & sentences.stems[number])
        return bool(words and held >= least) or concerned(sentences, question, [number], look)

    return all(
        any(figure in sentences.stems[number] and belongs(number) for number in numbers)
        for figure in own.keys() - words.keys()
    )


def dates_stand(answer: str, wordings: Sequence[str]) -> bool:
    """Whether every date of an answer is one in these wordings, or a part of one: day, month and year may each stand there for
    another date.

    >>> dates_stand("It ends on 22 July 2022.", ["It ends on 22 July 2016.", "Signed in May 2022."])
    False
    """
    there = [str(one) for each in wordings for date in find_values(each, "date") for one in meanings(date)]
    return all(
        any(one.startswith(str(said)) for one in there for said in meanings(date))
        for date in find_values(answer, "date")
    )


def meanings(value: Value) -> tuple[Any, ...]:
    """All that a value can mean."""
    return (value.normalised, *value.readings)


def concerned(sentences: Sentences, question: str, numbers: Sequence[int], look: Look) -> bool:
    """Whether one of these sentences is about what is asked: by its words, else because the reader would look there."""
    if any(sentences.concern(question, number) for number in numbers):
        return True
    return any(sentences.holds(number, place) for place in look() for number in numbers)
