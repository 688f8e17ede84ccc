"""Extraction on documents made from templates that were never trained on (`held_out`): exact values, and nulls.

A document is a few of the facts between sentences of the dev split; it is asked for some of them and for as many that it
does not hold.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dsacli.documents import Document
from dsacli.engines.extractive.encode import EncodedContext, encode_document
from dsacli.engines.extractive.extract import extract
from dsacli.engines.results import Extracted
from dsacli.extraction.fields import Field
from dsacli.extraction.values import normalise
from dsacli.reader.loading import ReaderModel
from dsacli.training.data import load_corpus
from dsacli.training.facts import fill, pick
from dsacli.training.held_out import FACTS, MAKERS
from dsacli.training.metrics import exact

HELD, ASKED = 8, 4
PROSE_SENTENCES = 40
# Below it `dsacli extract` says null.


@dataclass(frozen=True)
class ExtractionFigures:
    """Shares from 0 to 1: fields that stand in the document and came out exact, in all, where the document says the words
    of the field's name, and where it says the same in other words; absent ones that came out null."""

    documents: int
    exact: float
    named: float
    paraphrased: float
    null: float


@dataclass(frozen=True)
class MadeDocument:
    """A text and the fields to ask of it, each with the wording of its value, None where it has none, and whether the
    words of its name stand beside it."""

    text: str
    fields: list[tuple[Field, str | None, bool]]


def make_document(rng: np.random.Generator, prose: list[str]) -> MadeDocument:
    """HELD facts between sentences of prose, in random places; ASKED of them and as many others are asked for."""
    order = rng.permutation(len(FACTS))
    held, absent = order[:HELD], order[HELD : HELD + ASKED]
    pieces, fields = list(prose), list[tuple[Field, str | None, bool]]()
    for turn, number in enumerate(held):
        wordings, known = FACTS[number]
        wording = pick(rng, wordings)
        values = fill(rng, wording, MAKERS)
        text = wording.format(**values)
        pieces.insert(int(rng.integers(len(pieces) + 1)), text)
        if turn < ASKED:
            fields += [(Field(name, kind), values[slot], says(text, name)) for name, kind, slot in known]
    fields += [(Field(name, kind), None, False) for number in absent for name, kind, _ in FACTS[number][1]]
    return MadeDocument("\n\n".join(pieces), fields)


def says(text: str, name: str) -> bool:
    """Whether the last word of a field's name, or the beginning of it, stands in a text.

    >>> says("Security deposits are returned.", "security deposit"), says("the sum held against damage", "deposit")
    (True, False)
    """
    return name.lower().split()[-1][:6] in text.lower()


def is_right(found: Extracted, wanted: str) -> bool:
    """Whether a value is the wanted one after normalisation: words for text, the type's own for the others."""
    if found.value is None:
        return False
    if found.field.type == "text":
        return exact(found.value, (wanted,))
    return bool(found.value == normalise(wanted, found.field.type))


def extraction_figures(model: ReaderModel, data: Path, documents: int = 40, seed: int = 0) -> ExtractionFigures:
    """Make `documents` documents, extract from each, and count."""
    rng = np.random.default_rng(seed)
    passages = load_corpus(data, "dev", model.tokenizer).passages
    present: dict[bool, list[bool]] = {True: [], False: []}
    absent: list[bool] = []
    for _ in range(documents):
        start = int(rng.integers(len(passages)))
        prose = [s for p in passages[start : start + 20] for s in re.split(r"(?<=[.?!]) ", p.text)][:PROSE_SENTENCES]
        made = make_document(rng, prose)
        context = EncodedContext([encode_document(Document("made", "text", made.text), model)])
        found = extract(model, context, [field for field, *_ in made.fields])
        for each, (_, wanted, named) in zip(found.fields, made.fields):
            if wanted is None:
                absent.append(each.value is None)
            else:
                present[named].append(is_right(each, wanted))
    shares = (present[True] + present[False], present[True], present[False], absent)
    return ExtractionFigures(documents, *(float(np.mean(each)) if each else 0.0 for each in shares))
