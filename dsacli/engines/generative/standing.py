"""Where the value that a model wrote for a field stands: a place that says the same and has to do with the field."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsacli.engines.evidence import Evidence, evidence_at
from dsacli.engines.generative.bearing import Look, bearing
from dsacli.engines.generative.sentences import Sentences
from dsacli.engines.wording import single_line
from dsacli.extraction.fields import Field
from dsacli.extraction.values import Value, find_values

# Characters.
LONGEST_VALUE = 60
_THOUSANDS = re.compile(r"(?<=\d)[.,'’ \xa0](?=\d{3}(?!\d))")


@dataclass(frozen=True)
class Standing:
    """A value as a document has it, its wording there, and the place; `readings` as in `Extracted`."""

    value: Any
    text: str
    evidence: Evidence
    readings: tuple[Any, ...] = ()


@dataclass(frozen=True)
class _Place:
    """A place of a value: the sentence's number, and what stands there."""

    sentence: int
    found: Standing


def standing(
    sentences: Sentences, field: Field, question: str, text: str, attention_mass: NDArray[np.float32], look: Look
) -> Standing | None:
    """The place of what was written for a field, of several the one that got most attention; None where it stands nowhere, or
    nowhere that is about the field.

    question: the field's; attention_mass: float32 [tokens of the context]; look: where the built-in reader would look for it
    """
    places = list((_wordings if field.type == "text" else _values)(sentences, field, text))
    if not places and field.type == "text":
        held = bearing(sentences, question, text, attention_mass, 1, look)
        return Standing(text, text, held.evidence[0]) if held.bears_out else None
    for about in _tests(sentences, field, question, look):
        here = [place for place in places if about(place)]
        if here:
            return max(here, key=lambda place: _attention(sentences, place, attention_mass)).found
    return None


def _tests(sentences: Sentences, field: Field, question: str, look: Look) -> Iterator[Callable[[_Place], bool]]:
    """What tells that a place is about a field, the surer first; the reader is asked where words don't tell."""
    yield lambda place: any(sentences.concern(asked, place.sentence) for asked in (field.name, question))
    likely = look()
    yield lambda place: any(sentences.holds(place.sentence, each) for each in likely)


def _attention(sentences: Sentences, place: _Place, attention_mass: NDArray[np.float32]) -> float:
    low, high = sentences.edges[place.sentence : place.sentence + 2].tolist()
    return float(attention_mass[low:high].sum())


def _wordings(sentences: Sentences, field: Field, text: str) -> Iterator[_Place]:
    """Where the words stand, however the lines are broken."""
    for number in range(len(sentences)):
        for low, high in _found(text, sentences.text(number)):
            evidence = _evidence(sentences, number, low, high)
            yield _Place(number, Standing(single_line(evidence.wording), single_line(evidence.wording), evidence))


def _values(sentences: Sentences, field: Field, text: str) -> Iterator[_Place]:
    """Where a value of the type stands that is the written one, or that the written words are of; nowhere for several values."""
    values = find_values(text, field.type)
    written = set[str]().union(*map(_meanings, values))
    if any(not _meanings(one) & _meanings(other) for one, other in pairwise(values)):
        return
    figures = _figures(text)
    for number in range(len(sentences)):
        encoded, start, end = sentences.characters(number)
        # "Fr. 350" goes on behind what looks like the end of a sentence.
        line = encoded.document.text[end : end + LONGEST_VALUE].partition("\n")[0]
        wording = encoded.document.text[start:end] + line
        places = list(_found(text, wording))
        for value in find_values(wording, field.type, encoded.document.text, start):
            said = wording[value.start : value.end]
            if value.start < end - start and (
                written & _meanings(value)
                or (figures and figures == _figures(said))
                or any(low < value.end and value.start < high for low, high in places)
            ):
                evidence = _evidence(sentences, number, value.start, value.end)
                yield _Place(number, Standing(value.normalised, single_line(said), evidence, value.readings))


def _figures(wording: str) -> list[str]:
    return re.findall(r"\d+", _THOUSANDS.sub("", wording))


def _found(text: str, wording: str) -> Iterator[tuple[int, int]]:
    words = r"\s+".join(map(re.escape, text.split()))
    for match in re.finditer(rf"(?<!\w){words}(?!\w)", wording, re.IGNORECASE):
        yield match.span()


def _meanings(value: Value) -> set[str]:
    return {repr(each) for each in (value.normalised, *value.readings)}


def _evidence(sentences: Sentences, number: int, low: int, high: int) -> Evidence:
    encoded, start, _ = sentences.characters(number)
    return evidence_at(encoded.document, encoded.sentences, start + low, start + high)
