"""Trains the two heads of summaries on written ones: which sentences would a summary be made of?

The label of a sentence is what it adds, greedily, to the unigram F1 against the written summary (extractive oracle, as in
Nallapati et al. 2017, SummaRuNNer), for a focus among the sentences that its summary rests on; the loss a cross-entropy over all
sentences of a document. Everything below the heads stays: the index keys are those that a query reads.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from dsacli.documents import Document
from dsacli.engines.extractive.encode import EncodedContext, encode_document
from dsacli.engines.extractive.salience import focus_features, sentence_features, sentence_tokens
from dsacli.engines.extractive.summarize import quotable, wording
from dsacli.reader.encoding import index_queries
from dsacli.reader.layers import SalienceHead
from dsacli.reader.loading import ReaderModel, load_model
from dsacli.training.checkpoint import save_checkpoint
from dsacli.training.data import read_jsonl
from dsacli.training.rouge import oracle

TRANSCRIPTS = ("meetings", "calls")


@dataclass(frozen=True)
class Summary:
    """A summary that somebody wrote of a document, or of what answers `focus`; it rests on the characters `places`."""

    reference: str
    focus: str | None = None
    places: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Summarised:
    """A transcript as text, its general summary, and those that answer a focus."""

    source: str
    document: Document
    general: Summary
    focused: tuple[Summary, ...]


@dataclass(frozen=True)
class SalienceTraining:
    """What a run is made of: `documents` a source at the most, `model` the model directory that is trained on."""

    data: Path
    out: Path
    model: Path
    documents: int = 400
    sources: tuple[str, ...] = TRANSCRIPTS
    epochs: int = 40
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    dropout: float = 0.2
    seed: int = 1


def summarised(data: Path, split: str, source: str, documents: int) -> list[Summarised]:
    """Transcripts of a split with their summaries, evenly spaced; `documents` of 0 takes all."""
    passages = {
        d["id"]: d["passages"]
        for d in read_jsonl(data / "documents.jsonl.gz")
        if d["split"] == split and d["source"] == source
    }
    general: dict[str, Summary] = {}
    focused: dict[str, list[Summary]] = {}
    for row in read_jsonl(data / "focus.jsonl.gz"):
        name = row["document"]
        if name not in passages:
            continue
        if not row["turns"]:
            general[name] = Summary(row["answer"])
            continue
        starts = np.cumsum([0, *(len(text) + 1 for text in passages[name])]).tolist()
        places = tuple((starts[first], starts[last + 1]) for first, last in row["turns"] if last < len(passages[name]))
        focused.setdefault(name, []).append(Summary(row["answer"], row["query"], places))
    ids = sorted(general)
    if documents and len(ids) > documents:
        ids = [ids[i] for i in np.linspace(0, len(ids) - 1, documents).astype(int)]
    return [
        Summarised(
            source, Document(name, "text", "\n".join(passages[name])), general[name], tuple(focused.get(name, ()))
        )
        for name in ids
    ]


class Sentences:
    """The sentences of a transcript that can be quoted, with all that the heads and the labels are made from."""

    def __init__(self, model: ReaderModel, item: Summarised):
        self.model = model
        self.context = EncodedContext([encode_document(item.document, model)])
        self.bounds = sentence_tokens(self.context)
        self.texts = [wording(self.context, bound) for bound in self.bounds]
        self.kept = [number for number, text in enumerate(self.texts) if quotable(text)]
        self.features = sentence_features(model, self.context, self.bounds)

    def labels(self, summary: Summary) -> torch.Tensor:
        """The share of each kept sentence in the oracle, adding up to 1, or all 0."""
        starts = self.context.documents[0].starts[self.bounds[:, 0]]
        inside = np.zeros(len(starts), bool) | (summary.focus is None)
        for low, high in summary.places:
            inside |= (starts >= low) & (starts < high)
        texts = [self.texts[number] if inside[number] else "" for number in self.kept]
        gains = torch.from_numpy(oracle(texts, summary.reference, len(summary.reference.split()))).float()
        return gains / gains.sum().clamp(min=1e-9)

    def focused(self, focus: str) -> torch.Tensor:
        """Features of the kept sentences for the focus head."""
        queries = index_queries(self.model.reader, [self.model.encode(focus)])
        return focus_features(self.model, self.context, *queries, self.bounds, self.features)[self.kept]


def train_salience(plan: SalienceTraining, log: Callable[[str], None]) -> None:
    """Train both heads; leaves `salience.safetensors` in `plan.out`."""
    log(f"{plan}")
    model = load_model(plan.model)
    began, transcripts, examples = time.monotonic(), [], []
    for source in plan.sources:
        for item in summarised(plan.data, "train", source, plan.documents):
            sentences = Sentences(model, item)
            examples.append((sentences.features[sentences.kept], sentences.labels(item.general)))
            if item.focused:
                transcripts.append((sentences, item))
        log(f"{len(examples)} documents up to {source}, {time.monotonic() - began:.0f} s")
    train_head(model.reader.salience, examples, plan, log)
    asked = [(s.focused(one.focus or ""), s.labels(one)) for s, item in transcripts for one in item.focused]
    log(f"{len(asked)} focused summaries, {time.monotonic() - began:.0f} s")
    train_head(model.reader.focus, asked, plan, log)
    heads = nn.ModuleDict({"salience": model.reader.salience, "focus": model.reader.focus})
    save_checkpoint(plan.out / "salience.safetensors", heads, None, plan.epochs)


def train_head(
    head: SalienceHead,
    examples: list[tuple[torch.Tensor, torch.Tensor]],
    plan: SalienceTraining,
    log: Callable[[str], None],
) -> None:
    """Train a head from new weights on (features [sentences, n], labels [sentences]), and put them in its place."""
    examples = [each for each in examples if each[1].sum() > 0]
    if not examples:
        return
    torch.manual_seed(plan.seed)
    fresh = SalienceHead(head.up.in_features)
    optimizer = torch.optim.AdamW(fresh.parameters(), lr=plan.learning_rate, weight_decay=plan.weight_decay)
    rng = np.random.default_rng(plan.seed)
    for epoch in range(plan.epochs):
        for group in optimizer.param_groups:
            group["lr"] = plan.learning_rate * (1 - epoch / plan.epochs)
        losses = []
        order = rng.permutation(len(examples))
        for low in range(0, len(order), 8):
            loss = torch.zeros(())
            for number in order[low : low + 8]:
                features, shares = examples[number]
                noisy = torch.nn.functional.dropout(features, plan.dropout)
                loss = loss - (shares * torch.log_softmax(fresh(noisy), 0)).sum()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            losses.append(loss.item() / len(order[low : low + 8]))
        if epoch % 5 == 4:
            log(f"epoch {epoch + 1} loss {np.mean(losses):.3f}")
    head.load_state_dict(fresh.state_dict())
