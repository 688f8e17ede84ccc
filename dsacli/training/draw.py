"""Draws what the reading pass is trained on, an epoch in a file: questions with their runs, and what stands near and does
not answer, as the index ranks it.

Apart from the training, because the two want different machines: this one ranks passages on a CPU, for ten minutes an epoch
on two cores.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from dsacli.reader.loading import load_reader, load_tokenizer
from dsacli.training.clauses import Clauses
from dsacli.training.contracts import load_contracts, load_wordings
from dsacli.training.data import load_corpus
from dsacli.training.group import Group, save_groups
from dsacli.training.groups import Negatives, Swap, epoch_groups, form_groups, mixed
from dsacli.training.noise import Noise, Typing


@dataclass(frozen=True)
class Drawing:
    """What an epoch is made of; the index of the model directory `start` ranks.

    `distractors[n]` is the share of questions with n distractor runs, `sentences` of the single-sentence questions that
    are asked, `forms` of made documents, `contracts` of questions about contracts.
    """

    data: Path
    start: Path
    distractors: tuple[float, ...]
    sentences: float
    forms: float
    contracts: float
    seed: int


def drawn(plan: Drawing) -> Iterator[Group]:
    """One epoch's groups, with clauses of contracts and made documents among them; all get the noise of documents and of
    people who type."""
    reader, tokenizer = load_reader(plan.start, dtype=torch.float32), load_tokenizer(plan.start)
    corpus = load_corpus(plan.data, "train", tokenizer)
    negatives = Negatives(corpus, reader)
    groups = epoch_groups(corpus, negatives, Swap(corpus, tokenizer), plan.distractors, plan.sentences, plan.seed)
    if plan.contracts:
        clauses = Clauses(load_contracts(plan.data, "train"), load_wordings("training"), tokenizer, negatives.reader)
        rng = np.random.default_rng((plan.seed, 4))
        groups = mixed(groups, clauses.endless(plan.distractors, plan.seed), plan.contracts, rng)
    if plan.forms:
        rng = np.random.default_rng((plan.seed, 5))
        groups = mixed(groups, form_groups(corpus, tokenizer, plan.seed), plan.forms, rng)
    noise, typing, rng = Noise(tokenizer), Typing(tokenizer), np.random.default_rng((plan.seed, 2))
    for group in groups:
        yield typing(noise(group, rng), rng)


def draw_epoch(plan: Drawing, out: Path, limit: int | None = None) -> int:
    """Write an epoch, or the first `limit` groups of it; returns how many."""
    out.parent.mkdir(parents=True, exist_ok=True)
    groups = drawn(plan)
    return save_groups(out, groups if limit is None else (next(groups) for _ in range(limit)))
