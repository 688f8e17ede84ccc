"""Everyday questions to contracts, asked as the command line does it: is the answer right, whatever its form, and are the parties told?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dsacli.documents import Source
from dsacli.engines.context import Context
from dsacli.engines.engine import Engine, Progress
from dsacli.engines.options import Options
from dsacli.engines.results import AskResult
from dsacli.engines.wording import answer_key, single_line
from dsacli.reader.runs import merged
from dsacli.training.clauses import NEAR
from dsacli.training.contracts import Contract, load_contracts
from dsacli.training.facts import pick, read
from dsacli.training.metrics import f1

RIGHT = 0.5
# An answer that holds the gold one may be so many times longer.
LONGER = 3
# Words of a quotation that is a part of the gold one, at least.
SENTENCE = 10
PARTIES = "Parties"
# Words that do not tell a company from another.
_LEGAL = re.compile(r"\b(?:inc|incorporated|llc|ltd|limited|corp|corporation|co|company|plc|l ?p|the|s a|n v|b v)\b")
_NO_CAP = re.compile(
    r"\A\W*no\b|\bnot (?:capped|limited)\b(?! to)|\bno (?:cap|limit|limitation)\b|\bunlimited\b", re.IGNORECASE
)
_CONSENT = re.compile(r"\b(?:consent|approval|permission|agree\w*|unless|except\w*|only|provided)\b", re.IGNORECASE)
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


class Unwatched(Progress):
    """Nobody watches: the lines come soon enough."""

    def page(self, name: str, done: int, total: int) -> None:
        pass

    tokens = fields = documents = prefill = page

    def writing(self, text: str) -> None:
        pass

    def note(self, message: str) -> None:
        pass

    warn = note

    def written(self) -> None:
        pass


def everyday_wordings() -> dict[str, list[str]]:
    """Questions by kind of clause."""
    entries = [entry.split("\n") for entry in read("asked", "everyday.txt").strip().split("\n\n")]
    return {kind: [line.strip() for line in lines] for kind, *lines in entries}


def everyday_figures(engine: Engine, data: Path, contracts: slice, options: Options, seed: int = 0) -> Iterator[str]:
    """Lines: every question to some `contracts` of dev with what an engine answered, to be read by a person too, then the figures."""
    tally, rng = Everyday(), np.random.default_rng(seed)
    for contract in load_contracts(data, "dev")[contracts]:
        opened = engine.open(Source(f"{contract.id}.txt", contract.text.encode()))
        context = Context([opened])
        yield f"{contract.title}, {len(opened):,} tokens"
        asked = everyday_questions(contract, rng)
        for kind, result in zip(asked, engine.ask(context, list(asked.values()), options)):
            right = count_everyday(contract, kind, result, tally)
            said = [single_line(each.answer) for one in result.answers for each in (one.items or (one,))]
            doubt = " (not borne out)" if any(one.borne_out is False for one in result.answers) else ""
            yield f"  {'right' if right else 'wrong'}  {result.question}  {'; '.join(said) or 'not found'}{doubt}"
            yield f"         {kind}: {' | '.join(map(single_line, gold_spans(contract, kind)))}"
    yield from tally.lines()


def everyday_questions(contract: Contract, rng: np.random.Generator) -> dict[str, str]:
    """A question of each kind that a contract has an answer to, drawn from its wordings."""
    return {kind: pick(rng, texts) for kind, texts in everyday_wordings().items() if contract.clauses[kind].spans}


def count_everyday(contract: Contract, kind: str, result: AskResult, tally: Everyday) -> bool:
    """Whether the answer to a question of a kind is right; one that says of itself that nothing bears it out is not."""
    if kind == PARTIES:
        right = count_companies(contract, result, tally)
    else:
        golds = gold_spans(contract, kind)
        right = result.found and result.answers[0].borne_out is not False and is_right(result, golds)
        right = right and not says_otherwise(kind, result.answers[0].answer)
        count_candidates(result, golds, tally)
    tally.right.setdefault(kind, []).append(right)
    return right


def says_otherwise(kind: str, answer: str) -> bool:
    """Whether an answer, whatever it quotes, says the opposite of what the annotators marked: that there is no limit where they marked
    one, or a bare yes where consent is needed.

    >>> [says_otherwise("Cap On Liability", each) for each in ("Liability is not capped.", "It shall not exceed the fees.")]
    [True, False]
    """
    if kind == "Cap On Liability":
        return bool(_NO_CAP.search(answer))
    if kind == "Anti-Assignment":
        return answer.lower().startswith("yes") and not _CONSENT.search(answer)
    return False


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
    """The same, of an answer's wording and its quotation; annotators marked whole clauses, a sentence of which is right too.

    >>> answers("x", "A party's liability shall not exceed the amounts paid in a year.", ["No profits are due. In no event shall any"
    ... " loss be paid for, whatever the cause; and a party's liability shall not exceed the amounts paid in a year. This holds always."])
    True
    """
    for text in (wording, quotation):
        words = answer_key(text)
        for gold in golds:
            right = answer_key(gold)
            inside = words in right and len(words.split()) >= SENTENCE
            if inside or f1(text, (gold,)) >= RIGHT or (right in words and len(words) <= LONGER * len(right)):
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
