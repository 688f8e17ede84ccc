"""Trains the salience head on written summaries: which sentences would a summary be made of?

The label of a sentence is what it adds, greedily, to the unigram F1 against the written summary (extractive oracle, as in
Nallapati et al. 2017, SummaRuNNer); the loss a cross-entropy over all sentences of a document. Everything below the head
stays: the index keys are those that a query reads.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from dsacli.documents import Document
from dsacli.models.loading import ReaderModel, load_model, save_reader
from dsacli.models.reader import SalienceHead
from dsacli.tasks.context import Context
from dsacli.tasks.encode import encode_document
from dsacli.tasks.salience import sentence_features, sentence_tokens
from dsacli.tasks.summarize import quotable, wording
from dsacli.training.data import read_jsonl
from dsacli.training.log import Log
from dsacli.training.rouge import oracle

TRANSCRIPTS = ("meetings", "calls")


@dataclass(frozen=True)
class Summarised:
    """A transcript as text, and the summary that somebody wrote of it."""

    source: str
    document: Document
    reference: str


@dataclass(frozen=True)
class SalienceTraining:
    """What a run is made of: `documents` a source at the most, `model` a model directory, whose head is replaced."""

    data: Path
    model: Path
    documents: int = 400
    epochs: int = 40
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    dropout: float = 0.2
    seed: int = 1


def summarised(data: Path, split: str, source: str, documents: int) -> list[Summarised]:
    """Transcripts of a split with their general summary, evenly spaced; `documents` of 0 takes all."""
    texts = {
        d["id"]: "\n".join(d["passages"])
        for d in read_jsonl(data / "documents.jsonl.gz")
        if d["split"] == split and d["source"] == source
    }
    general = {f["document"]: f["answer"] for f in read_jsonl(data / "focus.jsonl.gz") if not f["turns"]}
    ids = sorted(texts.keys() & general.keys())
    if documents and len(ids) > documents:
        ids = [ids[i] for i in np.linspace(0, len(ids) - 1, documents).astype(int)]
    return [Summarised(source, Document(name, "text", texts[name]), general[name]) for name in ids]


def features_and_labels(model: ReaderModel, item: Summarised) -> tuple[torch.Tensor, torch.Tensor]:
    """Features of the sentences that can be quoted, and their share of the oracle: [sentences, n], [sentences]."""
    context = Context([encode_document(item.document, model)])
    bounds = sentence_tokens(context)
    texts = [wording(context, bound) for bound in bounds]
    kept = [number for number, text in enumerate(texts) if quotable(text)]
    gains = oracle([texts[number] for number in kept], item.reference, len(item.reference.split()))
    return sentence_features(model, context, bounds)[kept], torch.from_numpy(gains).float()


def train_salience(plan: SalienceTraining, log: Log) -> SalienceHead:
    """Train the head and write it into the model directory."""
    log(f"{plan}")
    model = load_model(plan.model)
    began, examples = time.monotonic(), []
    for source in TRANSCRIPTS:
        for item in summarised(plan.data, "train", source, plan.documents):
            features, gains = features_and_labels(model, item)
            if gains.sum() > 0:
                examples.append((features, gains / gains.sum()))
        log(f"{len(examples)} documents up to {source}, {time.monotonic() - began:.0f} s")
    torch.manual_seed(plan.seed)
    head = SalienceHead(model.reader.config)
    optimizer = torch.optim.AdamW(head.parameters(), lr=plan.learning_rate, weight_decay=plan.weight_decay)
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
                loss = loss - (shares * torch.log_softmax(head(noisy), 0)).sum()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            losses.append(loss.item() / len(order[low : low + 8]))
        if epoch % 5 == 4:
            log(f"epoch {epoch + 1} loss {np.mean(losses):.3f}")
    model.reader.salience.load_state_dict(head.state_dict())
    save_reader(model.reader, model.tokenizer, plan.model)
    return head
