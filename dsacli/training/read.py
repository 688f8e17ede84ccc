"""Trains the reading pass: spans and no-answer, one softmax over all runs of a question."""

import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn

from dsacli.reader.loading import load_reader, load_tokenizer
from dsacli.reader.network import Reader
from dsacli.reader.rows import NO_SPAN, pad_rows
from dsacli.training.attention import mixed_precision, use_training_attention
from dsacli.training.checkpoint import load_checkpoint, save_checkpoint
from dsacli.training.clauses import Clauses
from dsacli.training.contracts import load_contracts, load_wordings
from dsacli.training.data import Corpus, load_corpus
from dsacli.training.groups import Group, Negatives, Swap, epoch_groups, form_groups, mixed
from dsacli.training.log import Log
from dsacli.training.noise import Noise, Typing

POOL_GROUPS = 4000


@dataclass(frozen=True)
class ReadTraining:
    """What a run is made of. `batch_tokens` counts padding; `start` is the model directory to go on from. The embeddings and the `frozen_layers` lowest layers of the reading network stay as they are."""

    data: Path
    out: Path
    start: Path
    distractors: tuple[float, ...] = (0.45, 0.55)
    sentences: float = 0.5
    forms: float = 0.0
    contracts: float = 0.0
    frozen_layers: int = 3
    epochs: int = 1
    batch_tokens: int = 6000
    learning_rate: float = 1.5e-4
    warmup: float = 0.05
    weight_decay: float = 0.01
    seed: int = 1
    checkpoint_every: int = 200
    device: str = "cpu"
    max_steps: int | None = None


def batches(groups: Iterator[Group], batch_tokens: int, seed: int) -> Iterator[list[Group]]:
    """Groups of as many runs and of similar length together: within sorted pools, batches in random order."""
    rng = np.random.default_rng(seed)
    pool: list[Group] = []

    def flush() -> Iterator[list[Group]]:
        ready: list[list[Group]] = []
        batch: list[Group] = []
        width = rows = 0
        for group in sorted(pool, key=lambda group: (len(group.runs), row_width(group))):
            new_width, new_rows = max(width, row_width(group)), rows + len(group.runs)
            if batch and new_width * new_rows > batch_tokens:
                ready.append(batch)
                batch, new_width, new_rows = [], row_width(group), len(group.runs)
            batch.append(group)
            width, rows = new_width, new_rows
        if batch:
            ready.append(batch)
        for index in rng.permutation(len(ready)):
            yield ready[index]

    for group in groups:
        pool.append(group)
        if len(pool) == POOL_GROUPS:
            yield from flush()
            pool = []
    yield from flush()


def row_width(group: Group) -> int:
    """Tokens of the longest row of a group: question, heading path, run and special tokens."""
    return len(group.question) + max(len(run) + len(group.path(n)) for n, run in enumerate(group.runs)) + 4


def group_loss(reader: Reader, batch: list[Group], device: str) -> torch.Tensor:
    """Mean over groups of the cross-entropy of start and end, each over all runs and the no-answer."""
    rows = [group.row(number) for group in batch for number in range(len(group.runs))]
    padded = pad_rows(rows).to(device)
    counts = [len(group.runs) for group in batch]
    slots = torch.full((len(batch), max(counts)), -1)
    for number, (first, count) in enumerate(zip(np.cumsum([0, *counts]).tolist(), counts)):
        slots[number, :count] = torch.arange(first, first + count)
    slots = slots.to(device)
    empty = (slots < 0)[..., None, None]
    with mixed_precision(device):
        logits = reader.reading(padded.token_ids, padded.positions, padded.padding)[slots]
    no_answer = logits[:, :, 0].masked_fill(empty[..., 0], -NO_SPAN).min(dim=1, keepdim=True).values
    spans = logits.masked_fill(~padded.in_run[slots][..., None] | empty, NO_SPAN)
    scores = torch.cat([no_answer, spans.flatten(1, 2)], dim=1)
    wanted = torch.zeros(len(batch), 2, dtype=torch.long)
    for number, group in enumerate(batch):
        if group.answer is not None:  # in the first run, and behind the no-answer
            run = rows[int(slots[number, 0])].in_run.argmax()
            wanted[number] = torch.tensor(group.answer) + 1 + int(run)
    return torch.nn.functional.cross_entropy(scores, wanted.to(device))


def schedule(step: int, steps: int, warmup: float) -> float:
    """Linear up over the first `warmup` share, then linear down to zero."""
    rise = max(1, math.ceil(steps * warmup))
    return (step + 1) / rise if step < rise else max(0.0, (steps - step) / max(1, steps - rise))


def epoch_of(
    plan: ReadTraining, corpus: Corpus, negatives: Negatives, tokenizer: Tokenizer, epoch: int
) -> Iterator[Group]:
    """One epoch's groups, with clauses of contracts and made documents among them; all get the noise of documents and of
    people who type."""
    seed = plan.seed + epoch
    groups = epoch_groups(corpus, negatives, Swap(corpus, tokenizer), plan.distractors, plan.sentences, seed)
    if plan.contracts:
        clauses = Clauses(load_contracts(plan.data, "train"), load_wordings("training"), tokenizer, negatives.reader)
        groups = mixed(
            groups, clauses.endless(plan.distractors, seed), plan.contracts, np.random.default_rng((seed, 4))
        )
    if plan.forms:
        groups = mixed(groups, form_groups(corpus, tokenizer, seed), plan.forms, np.random.default_rng((seed, 5)))
    noise, typing, rng = Noise(tokenizer), Typing(tokenizer), np.random.default_rng((seed, 2))
    return (typing(noise(group, rng), rng) for group in groups)


def train_reader(plan: ReadTraining) -> Reader:
    """Run or resume the training; leaves `read.safetensors` and `read.log` in `plan.out`."""
    plan.out.mkdir(parents=True, exist_ok=True)
    log = Log(plan.out / "read.log")
    reader, tokenizer = load_reader(plan.start, plan.device, torch.float32), load_tokenizer(plan.start)
    corpus = load_corpus(plan.data, "train", tokenizer)
    negatives = Negatives(corpus, reader)
    log(f"{plan}")
    log(f"{len(corpus.passages)} passages, {len(corpus.questions)} questions")
    trained_part = nn.ModuleDict({"reading": reader.reading})
    reader.reading.span_head.requires_grad_(True)
    reader.reading.layers[plan.frozen_layers :].requires_grad_(True)
    use_training_attention(reader.reading)
    trained = [p for p in reader.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=plan.learning_rate, weight_decay=plan.weight_decay, fused=True)
    checkpoint = plan.out / "read.safetensors"
    done = load_checkpoint(checkpoint, trained_part, optimizer) if checkpoint.exists() else 0
    epochs = (
        batches(epoch_of(plan, corpus, negatives, tokenizer, epoch), plan.batch_tokens, plan.seed + epoch)
        for epoch in range(plan.epochs)
    )
    # Drawn as they are needed where their number is known: ranking the distractors of an epoch takes ten minutes.
    order: Iterable[list[Group]] = chain.from_iterable(epochs)
    steps = plan.max_steps
    if steps is None:
        order = list(order)
        steps = len(order)
    log(f"{steps} steps, starting at {done}")
    began, losses, tokens, step = time.monotonic(), [], 0, done - 1
    for step, batch in enumerate(islice(order, done, steps), done):
        for group in optimizer.param_groups:
            group["lr"] = plan.learning_rate * schedule(step, steps, plan.warmup)
        loss = group_loss(reader, batch, plan.device)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        losses.append(loss.item())
        tokens += sum(len(group.question) + len(run) + 3 for group in batch for run in group.runs)
        if (step + 1) % 25 == 0:
            seconds = time.monotonic() - began
            left = seconds / (step + 1 - done) * (steps - step - 1)
            log(
                f"step {step + 1} loss {np.mean(losses[-25:]):.3f} {tokens / seconds:.0f} tokens/s {left / 60:.0f} min left"
            )
        if (step + 1) % plan.checkpoint_every == 0:
            save_checkpoint(checkpoint, trained_part, optimizer, step + 1)
    save_checkpoint(checkpoint, trained_part, optimizer, step + 1)
    return reader
