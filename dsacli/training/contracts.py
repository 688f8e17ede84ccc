"""Contracts whose clauses are marked: what a reader learns to find in them, and to miss where it is absent.

`contracts.jsonl.gz` (CUAD) says of every contract where each of 41 kinds of clause stands, and which kinds it lacks. Two
things are asked about them: the clause itself, whole sentences, and for some kinds a value in it (a date, a period, a
place), which is looked for in the marked clause by the annotators' normal form. The wordings of the questions are in
`templates/contracts/`, those that are measured apart from those that are trained on.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from dsacli.documents import Document
from dsacli.engines.extractive.encode import cut_passages
from dsacli.extraction.values import find_values, normalise
from dsacli.reader.loading import ids_of
from dsacli.reader.network import PATH_TOKENS
from dsacli.training.data import Corpus, Passage, Question, read_jsonl, token_span
from dsacli.training.facts import pick, read

Span = tuple[int, int]
CLAUSE, VALUE = "clause", "value"
# The type of what a kind's value is, and how the annotators' normal form is read.
VALUE_TYPES = {
    "Document Name": "text",
    "Parties": "text",
    "Agreement Date": "date",
    "Effective Date": "date",
    "Expiration Date": "date",
    "Renewal Term": "duration",
    "Notice Period To Terminate Renewal": "duration",
    "Governing Law": "text",
    "Warranty Duration": "duration",
}
# Names that are shorter stand for a party inside the contract ("MA", "Owner"), and are nobody's answer.
SHORTEST_PARTY = 7
ROLE = re.compile('["“]([A-Z][A-Za-z -]{3,30})["”]')
PLACE_WORDS = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z]+)*")


@dataclass(frozen=True)
class Clause:
    """Where a kind of clause stands, as characters, and its value as the annotators wrote it ("" where there is none)."""

    spans: tuple[Span, ...]
    answer: str

    @property
    def absent(self) -> bool:
        """Whether the contract has none: a clause without a value has spans all the same."""
        return not self.spans and self.answer in ("", "No")


@dataclass(frozen=True)
class Contract:
    """A contract and its clauses by kind."""

    id: str
    title: str
    text: str
    clauses: dict[str, Clause]

    @cached_property
    def document(self) -> Document:
        """As a document without pages."""
        return Document(self.title, "text", self.text)

    def texts(self, kind: str) -> list[str]:
        """The wordings of a kind of clause."""
        return [self.text[low:high] for low, high in self.clauses[kind].spans]

    def roles(self) -> list[tuple[str, Span]]:
        """What the contract calls each party ("Supplier"), and where that party's name stands in the marked clauses."""
        clause, found = self.clauses["Parties"], list[tuple[str, Span]]()
        for party in clause.answer.split(";"):
            name, _, rest = party.partition("(")
            name = name.strip(" ,.").lower()
            places = [(low, high) for low, high in clause.spans if self.text[low:high].strip(" ,.").lower() == name]
            for role in ROLE.findall(rest) if places else ():
                if not set(role.lower().split()) & set(name.replace(",", " ").split()):
                    found.append((role, places[0]))
        return found

    def values(self, kind: str) -> list[Span]:
        """Where the value of a kind stands in its clauses, as characters of the contract."""
        clause = self.clauses[kind]
        return [
            (low + first, low + last)
            for low, high in clause.spans
            for first, last in values_in(self.text[low:high], kind, clause.answer)
        ]


def values_in(text: str, kind: str, answer: str) -> list[Span]:
    """Where a clause's wording says the annotators' value: characters of `text`.

    >>> values_in("governed by the laws of the State of New York.", "Governing Law", "New York")
    [(37, 45)]
    """
    if kind == "Document Name":
        return [(0, len(text))]
    if kind == "Parties":
        return [(0, len(text))] if len(text) >= SHORTEST_PARTY and text.lower() in answer.lower() else []
    if kind == "Governing Law":
        place = PLACE_WORDS.search(answer)
        at = text.lower().find(place[0].lower()) if place else -1
        return [(at, at + len(place[0]))] if place and at >= 0 else []
    if kind == "Expiration Date":
        return _expiration(text, answer)
    wanted, found = normalise(answer, VALUE_TYPES[kind]), find_values(text, VALUE_TYPES[kind])
    if kind == "Warranty Duration" and len(found) == 1:  # the annotators only say whether there is one
        wanted = found[0].normalised
    return [(value.start, value.end) for value in found if wanted and value.normalised == wanted][:1]


def _expiration(text: str, answer: str) -> list[Span]:
    """The date, else the only term in the clause, else, where there is no end, the clause that says so."""
    wanted = normalise(answer, "date")
    dates = [(v.start, v.end) for v in find_values(text, "date") if wanted and v.normalised == wanted]
    if dates:
        return dates[:1]
    if answer.lower() == "perpetual":
        return [(0, len(text))]
    terms = find_values(text, "duration")
    return [(v.start, v.end) for v in terms] if wanted and len(terms) == 1 else []


def load_contracts(data: Path, split: str) -> list[Contract]:
    """The contracts of a split. Raises DsacliError when the file is not there."""
    return [
        Contract(
            raw["id"],
            raw["title"],
            raw["text"],
            {
                kind: Clause(tuple((low, high) for low, high in clause["spans"]), clause["answer"] or "")
                for kind, clause in raw["clauses"].items()
            },
        )
        for raw in read_jsonl(data / "contracts.jsonl.gz")
        if raw["split"] == split
    ]


def load_wordings(name: str) -> dict[str, dict[str, list[str]]]:
    """Questions by kind and by what they want (`CLAUSE` or `VALUE`), from a file of `templates/contracts`.

    >>> sorted(load_wordings("training")["Governing Law"])
    ['clause', 'value']
    """
    found: dict[str, dict[str, list[str]]] = {}
    for entry in read("contracts", f"{name}.txt").strip().split("\n\n"):
        kind, *lines = entry.split("\n")
        for line in lines:
            wanted, _, wording = line.strip().partition(": ")
            found.setdefault(kind, {}).setdefault(wanted, []).append(wording)
    return found


class TokenizedContract:
    """A contract's tokens, int32 [tokens] with `offsets` into its text, the first of every sentence and of every passage, and
    the end of each; `path` is its title, as a heading path."""

    def __init__(self, contract: Contract, tokenizer: Tokenizer, passage_tokens: int):
        encoded = tokenizer.encode(contract.text, add_special_tokens=False)
        self.contract = contract
        self.tokens, self.offsets = np.array(encoded.ids, np.int32), np.array(encoded.offsets, np.int32)
        starts = np.array([start for start, _ in contract.document.sentences()])
        self.sentences = np.unique(np.append(np.searchsorted(self.offsets[:, 0], starts), len(self.tokens)))
        self.passages = cut_passages(self.sentences[:-1], len(self.tokens), passage_tokens)
        self.path = ids_of(tokenizer, contract.title)[:PATH_TOKENS]

    def span(self, characters: Span) -> tuple[int, int] | None:
        """First and last token."""
        return token_span(self.offsets, *characters)


def contract_corpus(data: Path, tokenizer: Tokenizer, rng: np.random.Generator, split: str) -> Corpus:
    """Every contract of a split as passages, with a question for each clause that it has, and one without answers, of its
    first passage, for each that it has not."""
    wordings = load_wordings("training" if split == "train" else split)
    passages, questions = list[Passage](), list[Question]()
    for contract in load_contracts(data, split):
        text, first = TokenizedContract(contract, tokenizer, 256), len(passages)
        for number, (low, high) in enumerate(pairwise(text.passages.tolist())):
            start, end = int(text.offsets[low, 0]), int(text.offsets[high - 1, 1])
            offsets = text.offsets[low:high] - start
            passages.append(
                Passage(
                    contract.id,
                    "contracts",
                    number,
                    contract.text[start:end],
                    text.tokens[low:high],
                    offsets,
                    text.path,
                )
            )
        for kind, known in wordings.items():
            wording = pick(rng, known.get(CLAUSE) or known[VALUE])
            ids = ids_of(tokenizer, wording)
            if contract.clauses[kind].absent:
                questions.append(Question(kind, "contracts", wording, ids, first, (), ()))
            for low, high in filter(None, map(text.span, contract.clauses[kind].spans[:1])):
                place = int(np.searchsorted(text.passages, low, side="right")) - 1
                answers, shift = tuple(contract.texts(kind)), int(text.passages[place])
                spans = ((low - shift, high - shift),)
                questions.append(Question(kind, "contracts", wording, ids, first + place, answers, spans))
    return Corpus(passages, questions)
