"""Trains the reading pass: spans and no-answer, one softmax over all runs of a question."""

import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, Subset

from dsacli.reader.loading import load_reader
from dsacli.reader.network import Reader, ReadingNetwork
from dsacli.reader.rows import NO_SPAN, PaddedRows, pad_rows
from dsacli.training.attention import mixed_precision, use_training_attention
from dsacli.training.checkpoint import load_checkpoint, save_checkpoint
from dsacli.training.group import Group, load_groups
from dsacli.training.log import Log

POOL_GROUPS = 4000
LOG_EVERY = 25


@dataclass(frozen=True)
class ReadTraining:
    """What a run is made of: files of groups, an epoch each, and the model directory to go on from.

    `batch_tokens` counts padding. The embeddings and the `frozen_layers` lowest layers of the reading network stay as they
    are. `workers` processes make the batches.
    """

    groups: tuple[Path, ...]
    out: Path
    start: Path
    frozen_layers: int = 0
    batch_tokens: int = 6000
    learning_rate: float = 1e-4
    dropout: float = 0.0
    warmup: float = 0.05
    weight_decay: float = 0.01
    seed: int = 1
    checkpoint_every: int = 200
    workers: int = 1
    device: str = "cpu"
    max_steps: int | None = None


@dataclass(frozen=True)
class Batch:
    """Groups as one input. `slots` [groups, most runs] says which row is a group's n-th run, -1 for none; `wanted` [groups, 2]
    is the place of start and end among all tokens of a group's runs, one behind the no-answer at 0."""

    rows: PaddedRows
    slots: torch.Tensor
    wanted: torch.Tensor
    tokens: int


def batches(groups: Iterable[Group], batch_tokens: int, seed: int) -> Iterator[list[Group]]:
    """Groups of as many runs and of similar length together: within sorted pools, batches in random order."""
    rng = np.random.default_rng(seed)
    pool: list[Group] = []

    def flush() -> Iterator[list[Group]]:
        ready: list[list[Group]] = []
        batch: list[Group] = []
        width = rows = 0
        for group in sorted(pool, key=lambda group: (len(group.runs), group.width)):
            new_width, new_rows = max(width, group.width), rows + len(group.runs)
            if batch and new_width * new_rows > batch_tokens:
                ready.append(batch)
                batch, new_width, new_rows = [], group.width, len(group.runs)
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


class Batches(Dataset[Batch]):
    """The batches of all epochs."""

    def __init__(self, plan: ReadTraining):
        epochs = (
            batches(load_groups(path), plan.batch_tokens, plan.seed + epoch) for epoch, path in enumerate(plan.groups)
        )
        self.groups = list(chain.from_iterable(epochs))

    def __len__(self) -> int:
        return len(self.groups)

    def __getitem__(self, number: int) -> Batch:
        return batch_of(self.groups[number])


def batch_of(groups: list[Group]) -> Batch:
    """The input that groups make together."""
    rows = [group.row(number) for group in groups for number in range(len(group.runs))]
    counts = [len(group.runs) for group in groups]
    slots = torch.full((len(groups), max(counts)), -1)
    for number, (first, count) in enumerate(zip(np.cumsum([0, *counts]).tolist(), counts)):
        slots[number, :count] = torch.arange(first, first + count)
    wanted = torch.zeros(len(groups), 2, dtype=torch.long)
    for number, group in enumerate(groups):
        if group.answer is not None:  # in the first run, and behind the no-answer
            run = rows[int(slots[number, 0])].in_run.argmax()
            wanted[number] = torch.tensor(group.answer) + 1 + int(run)
    return Batch(pad_rows(rows), slots, wanted, sum(len(row.token_ids) for row in rows))


def group_loss(reader: Reader, batch: Batch, device: str) -> torch.Tensor:
    """Mean over groups of the cross-entropy of start and end, each over all runs and the no-answer."""
    rows, slots = batch.rows.to(device), batch.slots.to(device)
    empty = (slots < 0)[..., None, None]
    with mixed_precision(device):
        logits = reader.reading(rows.token_ids, rows.positions, rows.padding)[slots]
    no_answer = logits[:, :, 0].masked_fill(empty[..., 0], -NO_SPAN).min(dim=1, keepdim=True).values
    spans = logits.masked_fill(~rows.in_run[slots][..., None] | empty, NO_SPAN)
    scores = torch.cat([no_answer, spans.flatten(1, 2)], dim=1)
    return torch.nn.functional.cross_entropy(scores, batch.wanted.to(device))


def use_dropout(network: ReadingNetwork, share: float) -> None:
    """Drop a share of what attention and feed-forward add, from outside: the network that answers has no such thing."""
    for layer in network.layers:
        for part in (layer.attention.out, layer.down):
            part.register_forward_hook(lambda module, inputs, output: nn.functional.dropout(output, share))


def schedule(step: int, steps: int, warmup: float) -> float:
    """Linear up over the first `warmup` share, then linear down to zero."""
    rise = max(1, math.ceil(steps * warmup))
    return (step + 1) / rise if step < rise else max(0.0, (steps - step) / max(1, steps - rise))


def train_reader(plan: ReadTraining) -> Reader:
    """Run or resume the training; leaves `read.safetensors` and `read.log` in `plan.out`."""
    plan.out.mkdir(parents=True, exist_ok=True)
    log = Log(plan.out / "read.log")
    log(f"{plan}")
    reader = load_reader(plan.start, plan.device, torch.float32)
    trained_part = nn.ModuleDict({"reading": reader.reading})
    reader.reading.span_head.requires_grad_(True)
    reader.reading.layers[plan.frozen_layers :].requires_grad_(True)
    use_training_attention(reader.reading)
    if plan.dropout:
        use_dropout(reader.reading, plan.dropout)
    trained = [p for p in reader.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=plan.learning_rate, weight_decay=plan.weight_decay, fused=True)
    checkpoint = plan.out / "read.safetensors"
    done = load_checkpoint(checkpoint, trained_part, optimizer) if checkpoint.exists() else 0
    order = Batches(plan)
    steps = min(len(order), plan.max_steps or len(order))
    log(f"{steps} of {len(order)} steps, starting at {done}")
    began, losses, tokens, step = time.monotonic(), list[torch.Tensor](), 0, done - 1
    loader = DataLoader(Subset(order, range(done, steps)), batch_size=None, num_workers=plan.workers)
    for step, batch in enumerate(loader, done):
        torch.manual_seed(plan.seed + step)  # of the dropout, so that a stopped run goes on to the same weights
        for group in optimizer.param_groups:
            group["lr"] = plan.learning_rate * schedule(step, steps, plan.warmup)
        loss = group_loss(reader, batch, plan.device)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        losses.append(loss.detach())
        tokens += batch.tokens
        if (step + 1) % LOG_EVERY == 0:
            mean, losses = torch.stack(losses).mean().item(), []
            seconds = time.monotonic() - began
            left = seconds / (step + 1 - done) * (steps - step - 1)
            log(f"step {step + 1} loss {mean:.3f} {tokens / seconds:.0f} tokens/s {left / 60:.0f} min left")
        if (step + 1) % plan.checkpoint_every == 0:
            save_checkpoint(checkpoint, trained_part, optimizer, step + 1)
    save_checkpoint(checkpoint, trained_part, optimizer, step + 1)
    return reader
