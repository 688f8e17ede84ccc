"""Trains what finds: the index network, the lightning indexer over it, and the weights of the lexical term.

Contrastive late interaction: a question's tokens must find its passage among those of a batch,

    score(question, passage) = Σ_t max_{s in passage} I(t, s) + Σ_words weight · BM25(word, passage)

by a softmax over the passages: those of its own group, which `draw` chose as the likeliest mistakes, and those of all other
groups, unless both questions are common ones. Nothing of the reading network is moved.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.utils.data import DataLoader, Dataset, Subset

from dsacli.reader.lexical import PAIR, Pieces, Words, asked_of, bm25, inverse_frequency, pieces_of, words_in_passages
from dsacli.reader.loading import load_reader, load_tokenizer
from dsacli.reader.network import Reader
from dsacli.reader.rows import NO_SPAN, PaddedRows, pad_rows, passage_row
from dsacli.training.attention import mixed_precision, use_training_attention
from dsacli.training.checkpoint import load_checkpoint, save_checkpoint
from dsacli.training.group import Group, load_groups
from dsacli.training.log import Log

LOG_EVERY = 25
PASSAGE_TOKENS = 256
# The collection that says how rare a word is: the first runs of so many groups.
COLLECTION_GROUPS = 20_000


@dataclass(frozen=True)
class IndexTraining:
    """What a run is made of: files of groups, and the model directory to go on from; `questions` a step,
    which `workers` processes make."""

    groups: tuple[Path, ...]
    out: Path
    start: Path
    questions: int = 24
    learning_rate: float = 1e-4
    indexer_rate: float = 4e-4
    warmup: int = 100
    seed: int = 1
    checkpoint_every: int = 200
    workers: int = 1
    device: str = "cpu"
    max_steps: int | None = None


@dataclass(frozen=True)
class Step:
    """Questions and passages as inputs; `lexical` [questions, passages, 2] is BM25 by single words and by pairs, `allowed`
    [questions, passages] which passages a question chooses from, `wanted` [questions] the right one."""

    questions: PaddedRows
    passages: PaddedRows
    lexical: torch.Tensor
    allowed: torch.Tensor
    wanted: torch.Tensor


def finding(reader: Reader) -> nn.ModuleDict:
    """The parts of a reader that are trained here."""
    return nn.ModuleDict({"index": reader.index, "indexer": reader.indexer, "lexical": reader.lexical})


def passage_scores(reader: Reader, questions: PaddedRows, passages: PaddedRows) -> torch.Tensor:
    """Late-interaction scores: float32 [questions, passages]."""
    device = questions.token_ids.device.type
    with mixed_precision(device):
        queries, weights = reader.indexer.queries(reader.index(questions.token_ids, questions.types, questions.padding))
        keys = reader.indexer.keys(reader.index(passages.token_ids, passages.types, passages.padding))
    queries, weights = queries[questions.in_run], weights[questions.in_run]
    scores = reader.indexer.scores(queries, weights, keys.flatten(0, 1).to(queries.dtype))
    best = scores.unflatten(-1, passages.in_run.shape).masked_fill(~passages.in_run, NO_SPAN).amax(-1)
    owner = questions.in_run.nonzero()[:, 0]
    return torch.zeros(len(questions.in_run), best.shape[1], device=best.device).index_add(0, owner, best)


class Steps(Dataset[Step]):
    """Steps from groups that have an answer, in their order."""

    def __init__(self, plan: IndexTraining, pieces: Pieces):
        self.plan, self.pieces = plan, pieces
        self.groups = [group for path in plan.groups for group in load_groups(path) if group.answer]
        runs = [group.runs[0] for group in self.groups[:COLLECTION_GROUPS]]
        self.collection = words_in_passages(np.concatenate(runs), np.cumsum([0, *map(len, runs)]), pieces)
        self.known: dict[np.uint64, float] = {}

    def __len__(self) -> int:
        return len(self.groups) // self.plan.questions

    def __getitem__(self, number: int) -> Step:
        size, rng = self.plan.questions, np.random.default_rng((self.plan.seed, number))
        groups = self.groups[number * size : (number + 1) * size]
        firsts = np.cumsum([0, *(len(group.runs) for group in groups)])
        runs = [run for group in groups for run in runs_of(group, rng)]
        paths = [group.path(n) for group in groups for n in range(len(group.runs))]
        return Step(
            pad_rows([passage_row(group.question, 0) for group in groups]),
            pad_rows([passage_row(run, 1, path) for run, path in zip(runs, paths)]),
            self.lexical(groups, runs),
            allowed(groups, runs, firsts),
            torch.from_numpy(firsts[:-1]),
        )

    def lexical(self, groups: list[Group], runs: list[NDArray[np.int32]]) -> torch.Tensor:
        """BM25 of the runs as passages of the collection."""
        words = words_in_passages(np.concatenate(runs), np.cumsum([0, *map(len, runs)]), self.pieces)
        return torch.stack([self.of(asked_of(group.question, self.pieces), words) for group in groups])

    def of(self, asked: NDArray[np.uint64], words: Words) -> torch.Tensor:
        """Of one question: [passages, 2]."""
        for word in asked:
            if word not in self.known:
                frequency = self.collection.frequency(np.array([word]))
                self.known[word] = inverse_frequency(frequency, len(self.collection.lengths)).item()
        idf = torch.tensor([self.known[word] for word in asked])
        scores = bm25(words.counts(asked), words.lengths, idf, self.collection.lengths.mean())
        return torch.stack([scores[asked < PAIR].sum(0), scores[asked >= PAIR].sum(0)], dim=1)


def runs_of(group: Group, rng: np.random.Generator) -> Iterator[NDArray[np.int32]]:
    """The runs of a group as passages: those that are longer are cut, the first around its answer."""
    for number, run in enumerate(group.runs):
        first, last = group.answer if number == 0 and group.answer else (0, 0)
        low = 0
        if len(run) > PASSAGE_TOKENS:
            high = min(first, len(run) - PASSAGE_TOKENS)
            low = int(rng.integers(min(high, max(0, last + 1 - PASSAGE_TOKENS)), high + 1))
        yield run[low : low + PASSAGE_TOKENS]


def allowed(groups: list[Group], runs: list[NDArray[np.int32]], firsts: NDArray[np.int64]) -> torch.Tensor:
    """What each question chooses from: its own runs, and of the others those that do not hold its answer."""
    texts, common = [run.tobytes() for run in runs], np.array([group.common for group in groups])
    owner = np.repeat(np.arange(len(groups)), np.diff(firsts))
    found = ~(common[:, None] & common[owner][None, :])
    for number, group in enumerate(groups):
        first, last = group.answer or (0, 0)
        answer = group.runs[0][first : last + 1].tobytes()
        found[number] &= [answer not in text for text in texts]
        found[number, firsts[number] : firsts[number + 1]] = True
    return torch.from_numpy(found)


def train_indexer(plan: IndexTraining) -> Reader:
    """Run or resume the training; leaves `index.safetensors` and `index.log` in `plan.out`."""
    plan.out.mkdir(parents=True, exist_ok=True)
    log = Log(plan.out / "index.log")
    log(f"{plan}")
    reader = load_reader(plan.start, plan.device, torch.float32)
    drawn = Steps(plan, pieces_of(load_tokenizer(plan.start)))
    trained = finding(reader)
    trained.requires_grad_(True)
    reader.index.embeddings.requires_grad_(False)
    use_training_attention(reader.index)
    rates = [(reader.index.layers.parameters(), plan.learning_rate)]
    rates += [(part.parameters(), plan.indexer_rate) for part in (reader.indexer, reader.lexical)]
    optimizer = torch.optim.AdamW(
        [{"params": list(parameters), "rate": rate} for parameters, rate in rates], weight_decay=0.01, fused=True
    )
    checkpoint = plan.out / "index.safetensors"
    done = load_checkpoint(checkpoint, trained, optimizer) if checkpoint.exists() else 0
    steps = min(len(drawn), plan.max_steps or len(drawn))
    log(f"{len(drawn.groups)} questions; {steps} steps, starting at {done}")
    losses, began = list[torch.Tensor](), time.monotonic()
    loader = DataLoader(Subset(drawn, range(done, steps)), batch_size=None, num_workers=plan.workers)
    for step, made in enumerate(loader, done):
        scores = passage_scores(reader, made.questions.to(plan.device), made.passages.to(plan.device))
        scores = scores + made.lexical.to(plan.device) @ reader.lexical.weight
        scores = scores.masked_fill(~made.allowed.to(plan.device), NO_SPAN)
        loss = nn.functional.cross_entropy(scores, made.wanted.to(plan.device))
        for group in optimizer.param_groups:
            group["lr"] = group["rate"] * min(1.0, (step + 1) / plan.warmup) * (1 - step / steps)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(trained.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.detach())
        if (step + 1) % LOG_EVERY == 0:
            mean, losses = torch.stack(losses).mean().item(), []
            words, pairs = reader.lexical.weight.tolist()
            spent = time.monotonic() - began
            log(f"step {step + 1} loss {mean:.3f} weights of words {words:.3f}, of pairs {pairs:.3f}, {spent:.0f} s")
        if (step + 1) % plan.checkpoint_every == 0 or step + 1 == steps:
            save_checkpoint(checkpoint, trained, optimizer, step + 1)
    return reader
