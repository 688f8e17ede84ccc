"""Groups of contracts: a clause or a value is asked for, and stands in a run or, where the contract has none, in none."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import torch
from tokenizers import Tokenizer

from dsacli.reader.encoding import encode_passages, index_queries
from dsacli.reader.loading import ids_of
from dsacli.reader.network import Reader
from dsacli.reader.runs import merged
from dsacli.reader.spans import ANSWER_TOKENS
from dsacli.training.attention import mixed_precision
from dsacli.training.contracts import VALUE, Contract, TokenizedContract
from dsacli.training.facts import pick
from dsacli.training.group import Group
from dsacli.training.groups import RUN_TOKENS, TITLED

# Of the clauses that a contract has and of those that it lacks, those that are asked for in an epoch; of absent
# values, which are made up most easily, more.
PRESENT, ABSENT, ABSENT_VALUE = 0.8, 0.12, 0.5
# Marked stretches with no more characters between them are one.
NEAR = 3
HARDEST = 6
ROLES = [
    "Who is the {role}?",
    "What is the name of the {role}?",
    "{role}",
    "name of the {role}",
    "Which company is the {role}?",
    "Who acts as the {role} here?",
]
Wordings = dict[str, dict[str, list[str]]]


class Tokenized(TokenizedContract):
    """A contract's tokens with their index keys."""

    def __init__(self, contract: Contract, tokenizer: Tokenizer, reader: Reader):
        super().__init__(contract, tokenizer, reader.config.passage_tokens)
        self.reader = reader
        with mixed_precision("cpu"):
            self.keys = encode_passages(reader, [self.tokens[low:high] for low, high in pairwise(self.passages)])

    @torch.inference_mode()
    def ranked(self, question: np.ndarray) -> list[tuple[int, int]]:
        """All passages, that of highest Σ_t max_s I(t, s) first."""
        queries, weights = index_queries(self.reader, [question])
        scores = self.reader.indexer.scores(queries.float(), weights.float(), self.keys.float()).numpy()
        best = np.maximum.reduceat(scores, self.passages[:-1], axis=1).sum(0)
        return [(int(self.passages[i]), int(self.passages[i + 1])) for i in np.argsort(-best)]

    def window(self, first: int, last: int, rng: np.random.Generator) -> tuple[int, int]:
        """A run of sentences around the tokens [first, last], as long as the draw allows."""
        length = (
            int(rng.integers(max(96, last - first + 1), RUN_TOKENS + 1)) if last - first < RUN_TOKENS else RUN_TOKENS
        )
        low = int(rng.integers(max(0, last + 1 - length), first + 1))
        high = min(len(self.tokens), low + length)
        starts = self.sentences[(self.sentences >= low) & (self.sentences <= first)]
        ends = self.sentences[(self.sentences > last) & (self.sentences <= high)]
        return int(starts[0]) if len(starts) else low, int(ends[-1]) if len(ends) else high


class Clauses:
    """What is asked of contracts; each is tokenised when it is first asked of."""

    def __init__(self, contracts: list[Contract], wordings: Wordings, tokenizer: Tokenizer, reader: Reader):
        self.contracts, self.wordings, self.tokenizer, self.reader = contracts, wordings, tokenizer, reader
        self.tokenized: dict[str, Tokenized] = {}

    def endless(self, distractors: tuple[float, ...], seed: int) -> Iterator[Group]:
        """Epoch after epoch, in random order."""
        epoch = 0
        while True:
            rng = np.random.default_rng((seed, 3, epoch))
            yield from self.epoch(distractors, rng)
            epoch += 1

    def epoch(self, distractors: tuple[float, ...], rng: np.random.Generator) -> Iterator[Group]:
        """One question of each kind that is drawn, of each contract; contracts are mixed."""
        asked = [(c, kind, wanted) for c in self.contracts for kind in self.wordings for wanted in self.wordings[kind]]
        for number in rng.permutation(len(asked)):
            contract, kind, wanted = asked[number]
            clause = contract.clauses[kind]
            missing = ABSENT_VALUE if wanted == VALUE else ABSENT
            if rng.random() < (missing if clause.absent else PRESENT):
                yield from self.group(contract, kind, wanted, distractors, rng)
            if kind == "Parties":
                yield from self.role(contract, rng)

    def role(self, contract: Contract, rng: np.random.Generator) -> Iterator[Group]:
        """A question for one of the contract's parties by what it is called there."""
        text, roles = self.of(contract), contract.roles()
        for role, characters in [roles[int(rng.integers(len(roles)))]] if roles else []:
            span = text.span(characters)
            if span:
                wording = pick(rng, ROLES).format(role=role.lower() if rng.random() < 0.5 else role)
                question = ids_of(self.tokenizer, wording)
                low, high = text.window(*span, rng)
                other = [p for p in text.ranked(question) if p[1] <= low or p[0] >= high][: int(rng.integers(0, 3))]
                runs = [text.tokens[first:last] for first, last in [(low, high), *other]]
                yield Group(question, runs, (span[0] - low, span[1] - low), common=True)

    def group(
        self, contract: Contract, kind: str, wanted: str, distractors: tuple[float, ...], rng: np.random.Generator
    ) -> Iterator[Group]:
        """A question about a clause, or none where what it asks for has no span that could be an answer."""
        text = self.of(contract)
        question = ids_of(self.tokenizer, pick(rng, self.wordings[kind][wanted]))
        found = contract.values(kind) if wanted == VALUE else merged(contract.clauses[kind].spans, NEAR)
        spans = [span for span in map(text.span, found) if span and span[1] - span[0] < ANSWER_TOKENS]
        absent = contract.clauses[kind].absent
        if not spans and not absent:
            return
        marked = [span for span in map(text.span, contract.clauses[kind].spans) if span]
        wrong = [p for p in text.ranked(question) if not any(a < p[1] and p[0] <= b for a, b in marked)][:HARDEST]
        count = int(rng.choice(len(distractors), p=distractors)) + absent
        runs = [wrong[i] for i in rng.permutation(len(wrong))[:count]]
        answer = None
        if spans:
            first, last = spans[int(rng.integers(len(spans)))] if kind != "Document Name" else spans[0]
            low, high = text.window(first, last, rng)
            runs, answer = [(low, high), *runs], (first - low, last - low)
        if runs:
            paths = [text.path] * len(runs) if rng.random() < TITLED and kind != "Document Name" else None
            yield Group(question, [text.tokens[low:high] for low, high in runs], answer, paths, common=True)

    def of(self, contract: Contract) -> Tokenized:
        """The contract's tokens, made once."""
        if contract.id not in self.tokenized:
            self.tokenized[contract.id] = Tokenized(contract, self.tokenizer, self.reader)
        return self.tokenized[contract.id]
