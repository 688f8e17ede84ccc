"""Trains the head that tells what a question wants: a span, a list, a clause, an explanation, or the document itself.

From wordings of each kind (`templates/wants`, with slots), those of the clauses and values of contracts, and the corpora's own
questions, which want a span but for those that ask how or why. Everything below the head stays.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from dsacli.reader.layers import WantHead
from dsacli.reader.loading import load_model
from dsacli.reader.wanting import question_states
from dsacli.reader.wants import WANTS, Want
from dsacli.training.checkpoint import save_checkpoint
from dsacli.training.contracts import CLAUSE, load_wordings
from dsacli.training.data import read_jsonl
from dsacli.training.facts import read
from dsacli.training.noise import mistyped

SLOTS = ("topic", "thing", "event", "person", "company")
# How often a wording with slots is filled, and how many of the corpora's questions are taken of each source.
FILLED, OF_SOURCE = 6, 300
LOWERED, MISTYPED = 0.3, 0.12
# Values of contracts that are no span.
VALUES: dict[str, Want] = {"Parties": "list", "Document Name": "document"}
HOW_OR_WHY = re.compile(
    r"\W*(?:why|how)\b(?! (?:many|much|long|old|far|often|tall|big|large|high|deep|few|soon|fast|late|early|wide|heavy))",
    re.IGNORECASE,
)
SPAN = re.compile(r"\W*(?:who|where|when|in (?:what|which) year|how (?:many|much|long|old)|which)\b", re.IGNORECASE)
Asked = tuple[str, Want]


@dataclass(frozen=True)
class WantTraining:
    """What a run is made of; `model` is the model directory that is trained on."""

    data: Path
    out: Path
    model: Path
    epochs: int = 40
    learning_rate: float = 1e-3
    weight_decay: float = 0.1
    dropout: float = 0.4
    seed: int = 1


def wordings(rng: np.random.Generator) -> Iterator[Asked]:
    """Those of the templates, their slots filled by different words."""
    words = {slot: read("wants", f"slot_{slot}.txt").split("\n")[:-1] for slot in SLOTS}
    for want in WANTS:
        for line in read("wants", f"{want}.txt").split("\n")[:-1]:
            for _ in range(FILLED if "{" in line else 3):
                yield filled(line, words, rng), want
    for kind, known in load_wordings("training").items():
        for wanted, texts in known.items():
            yield from ((text, "clause" if wanted == CLAUSE else VALUES.get(kind, "span")) for text in texts)


def filled(line: str, words: dict[str, list[str]], rng: np.random.Generator) -> str:
    """A wording with its slots filled, no word twice."""
    for slot in SLOTS:
        for word in rng.permutation(words[slot])[: line.count(f"{{{slot}}}")].tolist():
            line = line.replace(f"{{{slot}}}", word, 1)
    return line


def corpus_questions(data: Path, rng: np.random.Generator) -> Iterator[Asked]:
    """The train split's own, where how they begin says what they want."""
    train = {row["id"]: row["source"] for row in read_jsonl(data / "documents.jsonl.gz") if row["split"] == "train"}
    found: dict[tuple[str, Want], list[str]] = {}
    for row in read_jsonl(data / "questions.jsonl.gz"):
        text, source = row["question"].strip(), train.get(row["document"])
        if source and HOW_OR_WHY.match(text):
            found.setdefault((source, "explanation"), []).append(text)
        elif source and SPAN.match(text):
            found.setdefault((source, "span"), []).append(text)
    for (_, want), texts in sorted(found.items()):
        yield from ((texts[i], want) for i in rng.permutation(len(texts))[:OF_SOURCE])


def as_typed(text: str, rng: np.random.Generator) -> str:
    """Sometimes in lower case without a question mark, sometimes with an error."""
    if rng.random() < LOWERED:
        text = text.lower().rstrip("?. ")
    return mistyped(text, rng) if rng.random() < MISTYPED else text


def train_wants(plan: WantTraining, log: Callable[[str], None]) -> None:
    """Train the head from new weights; leaves `want.safetensors` in `plan.out`."""
    log(f"{plan}")
    rng, model = np.random.default_rng(plan.seed), load_model(plan.model)
    asked = [(as_typed(text, rng), want) for text, want in (*wordings(rng), *corpus_questions(plan.data, rng))]
    states = question_states(model.reader, [model.encode(text) for text, _ in asked])
    labels = torch.tensor([WANTS.index(want) for _, want in asked])
    log(", ".join(f"{want} {int((labels == number).sum())}" for number, want in enumerate(WANTS)))
    head = fitted_head(states, labels, plan, log)
    save_checkpoint(plan.out / "want.safetensors", nn.ModuleDict({"want": head}), None, plan.epochs)


def fitted_head(states: torch.Tensor, labels: torch.Tensor, plan: WantTraining, log: Callable[[str], None]) -> WantHead:
    """A head from new weights that tells the `labels` [questions] from `states` [questions, features]."""
    torch.manual_seed(plan.seed)
    head = WantHead(states.shape[1], len(WANTS))
    optimizer = torch.optim.AdamW(head.parameters(), lr=plan.learning_rate, weight_decay=plan.weight_decay)
    # Each kind counts alike, however many wordings it has.
    weight = len(labels) / (len(WANTS) * torch.bincount(labels, minlength=len(WANTS)).clamp(min=1).float())
    for epoch in range(plan.epochs):
        for group in optimizer.param_groups:
            group["lr"] = plan.learning_rate * (1 - epoch / plan.epochs)
        losses = []
        for batch in torch.randperm(len(labels)).split(256):
            noisy = nn.functional.dropout(states[batch], plan.dropout)
            loss = nn.functional.cross_entropy(head(noisy), labels[batch], weight, label_smoothing=0.05)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        if epoch % 10 == 9:
            log(f"epoch {epoch + 1} loss {np.mean(losses):.3f}")
    return head
