"""Everyday questions to contracts, asked as the command line does it: is the answer right, whatever its form, and are the parties told?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from dsacli.engines.extractive.ask import ask
from dsacli.engines.extractive.encode import EncodedContext
from dsacli.engines.results import AskResult
from dsacli.engines.wording import answer_key
from dsacli.reader.loading import ReaderModel
from dsacli.reader.runs import merged
from dsacli.training.clauses import NEAR
from dsacli.training.contracts import Contract
from dsacli.training.facts import pick, read
from dsacli.training.metrics import f1

RIGHT = 0.5
# An answer that holds the gold one may be so many times longer.
LONGER = 3
PARTIES = "Parties"
# Words that do not tell a company from another.
_LEGAL = re.compile(r"\b(?:inc|incorporated|llc|ltd|limited|corp|corporation|co|company|plc|l ?p|the|s a|n v|b v)\b")
# Of the words of two names, what they must share of the shorter and of the longer one to be the same company's.
SHORTER, WHOLE = 0.6, 0.4


@dataclass
class Everyday:
    """What was right of the everyday questions; of the companies listed and of those to be listed; and of what was said to be not
    found although it stands there, whether it is among the candidates."""

    right: dict[str, list[bool]] = field(default_factory=dict)
    listed: list[bool] = field(default_factory=list)
    told: list[bool] = field(default_factory=list)
    candidates: list[bool] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """A line for each kind and figure."""
        for kind, found in self.right.items():
            yield f"{'everyday: ' + kind:<36} {np.mean(found):.3f} of {len(found):>4}"
        every = [each for found in self.right.values() for each in found]
        yield f"{'everyday questions':<36} {np.mean(every):.3f} of {len(every):>4}"
        yield f"{'companies: precision, recall':<36} {np.mean(self.listed):.3f} {np.mean(self.told):.3f} of {len(self.told):>4}"
        if self.candidates:
            yield f"{'not found, but among the candidates':<36} {np.mean(self.candidates):.3f} of {len(self.candidates):>4}"


def everyday_wordings() -> dict[str, list[str]]:
    """Questions by kind of clause."""
    entries = [entry.split("\n") for entry in read("asked", "everyday.txt").strip().split("\n\n")]
    return {kind: [line.strip() for line in lines] for kind, *lines in entries}


def ask_everyday(
    model: ReaderModel, context: EncodedContext, contract: Contract, rng: np.random.Generator, tally: Everyday
) -> None:
    """Ask a contract one question of each kind that it has an answer to."""
    asked = {kind: pick(rng, texts) for kind, texts in everyday_wordings().items() if contract.clauses[kind].spans}
    for kind, result in zip(asked, ask(model, context, list(asked.values()))):
        if kind == PARTIES:
            right = count_companies(contract, result, tally)
        else:
            right = result.found and is_right(result, gold_spans(contract, kind))
            count_candidates(result, gold_spans(contract, kind), tally)
        tally.right.setdefault(kind, []).append(right)


def count_candidates(result: AskResult, golds: tuple[str, ...], tally: Everyday) -> None:
    """Of a question whose answer stands there and was not found: is one of the candidates right?"""
    if not result.found and golds:
        tally.candidates.append(any(answers(one.answer, one.evidence[0].quote, golds) for one in result.candidates))


def gold_spans(contract: Contract, kind: str) -> tuple[str, ...]:
    """The marked wordings of a kind of clause."""
    return tuple(contract.text[low:high] for low, high in merged(contract.clauses[kind].spans, NEAR))


def is_right(result: AskResult, golds: tuple[str, ...]) -> bool:
    """Whether the best answer or its quotation is one of the gold wordings, or holds it and is not much longer."""
    best = result.answers[0]
    return answers(best.answer, best.evidence[0].quote, golds)


def answers(wording: str, quotation: str, golds: tuple[str, ...]) -> bool:
    """The same, of an answer's wording and its quotation."""
    for text in (wording, quotation):
        words = answer_key(text)
        for gold in golds:
            right = answer_key(gold)
            if f1(text, (gold,)) >= RIGHT or (right in words and len(words) <= LONGER * len(right)):
                return True
    return False


def count_companies(contract: Contract, result: AskResult, tally: Everyday) -> bool:
    """Count the companies that were listed; returns whether every one of the contract's is among them."""
    found = [item.answer for one in result.answers for item in (one.items or (one,))]
    golds = companies(contract)
    told = [any(same_company(name, gold) for name in found) for gold in golds]
    tally.told += told
    tally.listed += [any(same_company(name, gold) for gold in golds) for name in found]
    return all(told)


def companies(contract: Contract) -> list[str]:
    """The names of a contract's parties, by the annotators' normal form; groups of parties that were named already ("Lender and
    Endorser") are none.

    """
    parts = contract.clauses[PARTIES].answer.split(";")
    aliases = {answer_key(alias) for part in parts for alias in re.findall(r'["“]([^"“”]+)["”]', part)}
    found = []
    for part in parts:
        name = re.split(r'[(“"]', part)[0].strip(" ,.")
        members = [answer_key(each) for each in re.split(r",| and |/", name) if answer_key(each)]
        group = len(members) > 1 and all(any(one in alias or alias in one for alias in aliases) for one in members)
        if len(name) > 3 and not group and re.search("[A-Z]", name) and not re.match("each|part(?:y|ies)", name, re.I):
            found.append(name)
    return found


def same_company(one: str, other: str) -> bool:
    """Whether two names are the same company's: the words that tell one from another are mostly the same.

    >>> same_company("Tamar Glass, Ltd.", "TAMAR GLASS LIMITED")
    True
    """
    first, second = (set(_LEGAL.sub(" ", answer_key(name)).split()) for name in (one, other))
    shared, (short, long) = len(first & second), sorted((len(first), len(second)))
    return shared > 0 and shared >= SHORTER * short and shared >= WHOLE * long
