"""Figures on the dev contracts, through the engine as the command line does it: six everyday fields, clauses by
kind, and everyday questions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dsacli.engines.extractive.ask import ask
from dsacli.engines.extractive.encode import EncodedContext, encode_document
from dsacli.engines.extractive.extract import extract
from dsacli.engines.results import Extracted
from dsacli.engines.wording import answer_key
from dsacli.extraction.fields import Field
from dsacli.extraction.terms import PERPETUAL
from dsacli.extraction.values import normalise
from dsacli.reader.loading import ReaderModel
from dsacli.training.contracts import CLAUSE, Clause, Contract, load_contracts, load_wordings
from dsacli.training.everyday import Everyday, count_candidates, count_everyday, everyday_questions, gold_spans
from dsacli.training.metrics import f1

# The annotators' kind of each field.
FIELDS = {
    Field("agreement date", "date"): "Agreement Date",
    Field("effective date", "date"): "Effective Date",
    Field("expiration date", "date"): "Expiration Date",
    Field("governing law"): "Governing Law",
    Field("notice period to terminate renewal", "duration"): "Notice Period To Terminate Renewal",
    Field("document title"): "Document Name",
}
# Words of a jurisdiction that do not tell it from another.
LEGAL = re.compile(r"\b(?:laws?|state|commonwealth|province|republic|of|the)\b", re.IGNORECASE)
FOUND = 0.5


@dataclass
class Tally:
    """How often a value or a clause was there and found, and was not there and not found."""

    present: list[bool]
    absent: list[bool]

    def line(self, name: str) -> str:
        """Both as shares of so many."""
        shares = [f"{np.mean(each) if each else 0:.3f} of {len(each):>4}" for each in (self.present, self.absent)]
        return f"{name:<36} {shares[0]:>15} {shares[1]:>15}"


def wanted_value(field: Field, clause: Clause) -> str | None:
    """What a field should be: normalised, "" where the contract has none; None where that cannot be told."""
    if clause.absent:
        return ""
    if not clause.answer:
        return None
    if field.type == "date" and clause.answer.lower() == PERPETUAL:
        return PERPETUAL
    return clause.answer if field.type == "text" else normalise(clause.answer, field.type)


def is_right(found: Extracted, wanted: str) -> bool:
    """Whether a value is the wanted one; of a jurisdiction its name, with or without the country behind it."""
    if found.value is None or not wanted:
        return found.value is None and not wanted
    if found.field.type != "text":
        return bool(found.value == wanted)
    if found.field.name == "governing law":
        names = {answer_key(LEGAL.sub(" ", name)) for name in (wanted, wanted.split(",")[0])}
        return answer_key(LEGAL.sub(" ", found.value)) in names
    return answer_key(found.value) == answer_key(wanted)


def agreement_figures(
    model: ReaderModel, data: Path, contracts: int = 0, kinds: int = 12, seed: int = 0
) -> Iterator[str]:
    """Lines: each field and all of them, then clauses of `kinds` kinds of each contract, drawn at random; of the first
    `contracts`, 0 for all. After every tenth contract the totals so far: all of them take an hour."""
    wordings, rng = load_wordings("dev"), np.random.default_rng(seed)
    fields, clauses, everyday = {field: Tally([], []) for field in FIELDS}, Tally([], []), Everyday()
    chosen = load_contracts(data, "dev")[: contracts or None]
    yield f"{'contracts':<36} {'found':>15} {'null if absent':>15}"
    for read, contract in enumerate(chosen, start=1):
        context = EncodedContext([encode_document(contract.document, model)])
        for found in extract(model, context, list(FIELDS)).fields:
            clause = contract.clauses[FIELDS[found.field]]
            wanted = wanted_value(found.field, clause)
            if wanted is not None:
                tally = fields[found.field]
                (tally.present if wanted else tally.absent).append(is_right(found, wanted))
        asked = rng.permutation([kind for kind in wordings if CLAUSE in wordings[kind]])[:kinds].tolist()
        questions = [wordings[kind][CLAUSE][int(rng.integers(len(wordings[kind][CLAUSE])))] for kind in asked]
        for kind, result in zip(asked, ask(model, context, questions)):
            best = result.answers[0].answer if result.found else None
            count(clauses, contract, kind, best)
            count_candidates(result, gold_spans(contract, kind), everyday)
        daily = everyday_questions(contract, rng)
        for kind, result in zip(daily, ask(model, context, list(daily.values()))):
            count_everyday(contract, kind, result, everyday)
        if read % 10 == 0 and read < len(chosen):
            yield f"after {read} of {len(chosen)}:"
            yield total(fields).line("six fields")
            yield clauses.line("clauses of all kinds")
            yield from everyday.lines()
    yield f"{len(chosen)} contracts:"
    for field, tally in fields.items():
        yield tally.line(field.name)
    yield total(fields).line("six fields")
    yield clauses.line("clauses of all kinds")
    yield from everyday.lines()


def total(fields: dict[Field, Tally]) -> Tally:
    """All fields as one."""
    return Tally(*([each for tally in fields.values() for each in getattr(tally, p)] for p in ("present", "absent")))


def count(tally: Tally, contract: Contract, kind: str, best: str | None) -> None:
    """An answer to a question for a clause: right with a token F1 of a half against the best of the gold ones."""
    clause = contract.clauses[kind]
    if clause.absent:
        tally.absent.append(best is None)
    elif clause.spans:
        tally.present.append(best is not None and f1(best, gold_spans(contract, kind)) >= FOUND)
