"""Trains the lightning indexer on frozen hidden states: a question's tokens must find its passage.

Contrastive late interaction: score(question, passage) = Σ_t max_{s in passage} I(t, s), softmax over
the passages of a batch. The indexer's input is detached: nothing here moves the reader.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from dsacli.models.batches import pad_rows, passage_row
from dsacli.models.loading import load_tokenizer
from dsacli.models.reader import Reader, ReaderConfig
from dsacli.training.attention import mixed_precision
from dsacli.training.checkpoint import load_checkpoint, save_checkpoint
from dsacli.training.data import Corpus, load_corpus, pack_passages
from dsacli.training.groups import Negatives
from dsacli.training.log import Log

QUESTIONS, HARD, TRANSCRIPTS = 24, 16, 8
# Single sentences are half of all questions and the least like a document.
SENTENCES = 0.3
CHECKPOINT_EVERY = 250


@dataclass(frozen=True)
class IndexTraining:
    """What a run is made of. `out` holds the reader's checkpoint, and gets the indexer's."""

    data: Path
    out: Path
    index_layers: int
    steps: int = 1500
    learning_rate: float = 1e-3
    seed: int = 1
    device: str = "cpu"


class States:
    """Hidden states under the indexer for many short texts, computed once, kept in bfloat16."""

    def __init__(self, reader: Reader, texts: list[np.ndarray], type_id: int):
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        self.states: list[torch.Tensor] = [torch.empty(0)] * len(texts)
        device = next(reader.parameters()).device
        with torch.inference_mode(), mixed_precision(device.type):
            for low in range(0, len(order), 48):
                batch = order[low : low + 48]
                rows = pad_rows([passage_row(texts[number], type_id) for number in batch]).to(device)
                hidden = reader.lower_states(rows.token_ids, rows.types, rows.padding).to("cpu", torch.bfloat16)
                for place, number in enumerate(batch):
                    self.states[number] = hidden[place, 1 : len(texts[number]) + 1].clone()

    def padded(self, numbers: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
        """States [texts, tokens, hidden], float32, and a mask [texts, tokens], True on tokens."""
        chosen = [self.states[number].float() for number in numbers]
        stacked = torch.nn.utils.rnn.pad_sequence(chosen, batch_first=True)
        lengths = torch.tensor([len(state) for state in chosen])
        return stacked, torch.arange(stacked.shape[1])[None, :] < lengths[:, None]


def passage_scores(reader: Reader, question, question_mask, passage, passage_mask) -> torch.Tensor:
    """Late-interaction scores [questions, passages] of padded states."""
    indexer = reader.indexer
    with mixed_precision(question.device.type):
        queries, weights = indexer.queries(question)
        keys = indexer.keys(passage)
    queries, weights = queries[question_mask], weights[question_mask]
    index_scores = indexer.scores(queries, weights, keys.flatten(0, 1).to(queries.dtype))
    index_scores = index_scores.unflatten(-1, passage_mask.shape).masked_fill(~passage_mask, -1e9)
    best = index_scores.amax(-1)
    owner = question_mask.nonzero()[:, 0]
    return torch.zeros(len(question_mask), best.shape[1], device=best.device).index_add(0, owner, best)


def train_indexer(plan: IndexTraining) -> Reader:
    """Train the indexer over `index_layers` frozen layers; leaves `index-N.safetensors` in `plan.out`."""
    log = Log(plan.out / "index.log")
    log(f"{plan}")
    tokenizer = load_tokenizer()
    corpus = load_corpus(plan.data, "train", tokenizer)
    transcripts = pack_passages(load_corpus(plan.data, "train", tokenizer, {"meetings", "calls"}, every=8))
    reader = trained_reader(plan.out, plan.index_layers, plan.seed).to(plan.device)
    began = time.monotonic()
    texts = [p.tokens[:256] for p in corpus.passages] + [p.tokens for p in transcripts.passages]
    passages = States(reader, texts, 1)
    questions = States(reader, [q.tokens for q in corpus.questions], 0)
    log(f"states of {len(texts)} passages and {len(corpus.questions)} questions: {time.monotonic() - began:.0f} s")
    optimizer = torch.optim.AdamW(reader.indexer.parameters(), lr=plan.learning_rate, weight_decay=0.01)
    checkpoint = plan.out / f"index-{plan.index_layers}.safetensors"
    done = load_checkpoint(checkpoint, reader, optimizer) if checkpoint.exists() else 0
    log(f"{plan.steps} steps, starting at {done}")
    negatives = Negatives(corpus)
    chances = np.array([(SENTENCES if q.source == "sentences" else 1.0) * bool(q.spans) for q in corpus.questions])
    chances /= chances.sum()
    losses, began = [], time.monotonic()
    for step in range(done, plan.steps):
        rng = np.random.default_rng((plan.seed, step))
        numbers, asked = draw(corpus, negatives, len(transcripts.passages), chances, rng)
        question, question_mask = (t.to(plan.device) for t in questions.padded(asked))
        passage, passage_mask = (t.to(plan.device) for t in passages.padded(numbers))
        scores = passage_scores(reader, question, question_mask, passage, passage_mask)
        loss = torch.nn.functional.cross_entropy(scores, torch.arange(len(asked), device=plan.device))
        for group in optimizer.param_groups:
            group["lr"] = plan.learning_rate * min(1.0, (step + 1) / 50) * (1 - step / plan.steps)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if (step + 1) % 100 == 0:
            log(f"step {step + 1} loss {np.mean(losses[-100:]):.3f} {time.monotonic() - began:.0f} s")
        if (step + 1) % CHECKPOINT_EVERY == 0 or step + 1 == plan.steps:
            save_checkpoint(checkpoint, reader, optimizer, step + 1)
    return reader


def draw(
    corpus: Corpus, negatives: Negatives, transcripts: int, chances: np.ndarray, rng: np.random.Generator
) -> tuple[list[int], list[int]]:
    """Passage numbers, the gold ones first in the order of the questions, and question numbers."""
    asked: list[int] = []
    gold: list[int] = []
    while len(asked) < QUESTIONS:
        number = int(rng.choice(len(chances), p=chances))
        if corpus.questions[number].passage not in gold:
            asked.append(number)
            gold.append(corpus.questions[number].passage)
    hard = {negatives.draw(corpus.questions[number], rng) for number in asked[:HARD]} - {None, *gold}
    other = len(corpus.passages) + rng.integers(0, transcripts, TRANSCRIPTS)
    return [*gold, *hard, *other.tolist()], asked


def trained_reader(out: Path, index_layers: int, seed: int) -> Reader:
    """The reader of `read.safetensors` with a fresh indexer over its first `index_layers` layers."""
    torch.manual_seed(seed)
    reader = Reader(ReaderConfig(index_layers=index_layers))
    fresh = {name: value.clone() for name, value in reader.indexer.state_dict().items()}
    load_checkpoint(out / "read.safetensors", reader)
    reader.indexer.load_state_dict(fresh)
    reader.requires_grad_(False)
    reader.indexer.requires_grad_(True)
    return reader
