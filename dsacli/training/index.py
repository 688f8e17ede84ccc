"""Trains the lightning indexer on frozen hidden states, in the report's two stages and by a third objective.

Dense warm-up: KL to the reader's attention over all tokens of several runs (`teacher`). Sparse stage: the same over the
tokens selected, and contrastive late interaction, by which a question's tokens must find its passage:
score(question, passage) = Σ_t max_{s in passage} I(t, s), softmax over the passages of a batch.
The indexer's input is detached: nothing here moves the reader, which learns from what was selected (`read`).
"""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from dsacli.reader.loading import load_tokenizer
from dsacli.reader.network import Reader, ReaderConfig
from dsacli.reader.rows import pad_rows, passage_row
from dsacli.training.attention import mixed_precision
from dsacli.training.checkpoint import load_checkpoint, save_checkpoint
from dsacli.training.data import Corpus, load_corpus, pack_passages
from dsacli.training.groups import Negatives
from dsacli.training.log import Log
from dsacli.training.teacher import imitation_loss, question_attention

# A step's questions, the indexer's own mistakes for each, and stretches of transcript.
QUESTIONS, HARD, TRANSCRIPTS = 24, 2, 8
# The reader's attention is computed anew for each question: a few a step, over the gold passage and these others.
IMITATED, IMITATED_OTHERS = 6, 3
# Of the 500 to 900 tokens of these passages, as 2,048 of a document.
IMITATED_TOPK = 256
RANK_ANEW_EVERY = 500
# Single sentences are half of all questions and the least like a document.
SENTENCES = 0.3
CHECKPOINT_EVERY, LOG_EVERY = 250, 50
PASSAGE_TOKENS = 256


@dataclass(frozen=True)
class IndexTraining:
    """What a run is made of. `out` holds the reader's checkpoint, and gets the indexer's.

    The first `warmup_steps` of `steps` are the dense warm-up; after them `imitation` and `contrast` weigh the KL on
    the selected tokens and the contrastive loss; the KL is to the attention of the last `taught_layers`. Not `fresh`: go on from the indexer that the reader has.
    """

    data: Path
    out: Path
    index_layers: int
    taught_layers: int = 2
    warmup_steps: int = 0
    steps: int = 1500
    imitation: float = 0.0
    contrast: float = 1.0
    fresh: bool = True
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


def imitation(
    reader: Reader,
    corpus: Corpus,
    numbers: list[int],
    states: tuple[States, States],
    negatives: Negatives,
    rng,
    topk,
    layers,
) -> torch.Tensor:
    """The KL of a few questions, over the gold passage and others: over their `topk` best tokens, or all (None); the attention
    is that of the last `layers` layers."""
    passages, questions = states
    device = next(reader.parameters()).device
    losses = []
    for number in numbers:
        question = corpus.questions[number]
        places = [question.passage, *negatives.several(question, IMITATED_OTHERS, rng)]
        runs = [corpus.passages[place].tokens[:PASSAGE_TOKENS] for place in places]
        attention = question_attention(reader, question.tokens, runs, layers).clone()
        keys = reader.indexer.keys(torch.cat([passages.states[place] for place in places]).float().to(device))
        scores = reader.indexer.scores(*reader.indexer.queries(questions.states[number].float().to(device)), keys)
        best = scores.detach().sum(0).topk(min(topk, scores.shape[1])).indices if topk else None
        losses.append(imitation_loss(attention, scores, best))
    return torch.stack(losses).mean()


def contrast(reader: Reader, numbers: list[int], asked: list[int], states: tuple[States, States]) -> torch.Tensor:
    """Cross-entropy of each question's passage, in the order of the questions, among all of `numbers`."""
    passages, questions = states
    device = next(reader.parameters()).device
    question, question_mask = (t.to(device) for t in questions.padded(asked))
    passage, passage_mask = (t.to(device) for t in passages.padded(numbers))
    scores = passage_scores(reader, question, question_mask, passage, passage_mask)
    return torch.nn.functional.cross_entropy(scores, torch.arange(len(asked), device=device))


def train_indexer(plan: IndexTraining) -> Reader:
    """Train the indexer over `index_layers` frozen layers; leaves `index-N.safetensors` in `plan.out`."""
    log = Log(plan.out / "index.log")
    log(f"{plan}")
    tokenizer = load_tokenizer()
    corpus = load_corpus(plan.data, "train", tokenizer)
    transcripts = pack_passages(load_corpus(plan.data, "train", tokenizer, {"meetings", "calls"}, every=8))
    reader = trained_reader(plan).to(plan.device)
    began = time.monotonic()
    texts = [p.tokens[:PASSAGE_TOKENS] for p in corpus.passages] + [p.tokens for p in transcripts.passages]
    states = States(reader, texts, 1), States(reader, [q.tokens for q in corpus.questions], 0)
    log(f"states of {len(texts)} passages and {len(corpus.questions)} questions: {time.monotonic() - began:.0f} s")
    optimizer = torch.optim.AdamW(reader.indexer.parameters(), lr=plan.learning_rate, weight_decay=0.01)
    checkpoint = plan.out / f"index-{plan.index_layers}.safetensors"
    done = load_checkpoint(checkpoint, reader, optimizer) if checkpoint.exists() else 0
    log(f"{plan.steps} steps, starting at {done}")
    negatives = Negatives(corpus, reader)
    chances = np.array([(SENTENCES if q.source == "sentences" else 1.0) * bool(q.spans) for q in corpus.questions])
    chances /= chances.sum()
    losses, began = [], time.monotonic()
    for step in range(done, plan.steps):
        if step > done and step % RANK_ANEW_EVERY == 0:
            negatives.encode()
        rng = np.random.default_rng((plan.seed, step))
        numbers, asked = draw(corpus, negatives, len(transcripts.passages), chances, rng)
        dense = step < plan.warmup_steps
        parts = []
        if dense or plan.imitation:
            topk = None if dense else IMITATED_TOPK
            loss = imitation(reader, corpus, asked[:IMITATED], states, negatives, rng, topk, plan.taught_layers)
            parts.append(loss if dense else plan.imitation * loss)
        if plan.contrast and not dense:
            parts.append(plan.contrast * contrast(reader, numbers, asked, states))
        for group in optimizer.param_groups:
            group["lr"] = plan.learning_rate * min(1.0, (step + 1) / 50) * (1 - step / plan.steps)
        optimizer.zero_grad(set_to_none=True)
        torch.stack(parts).sum().backward()
        optimizer.step()
        losses.append([part.item() for part in parts])
        if (step + 1) % LOG_EVERY == 0:
            shown = " + ".join(f"{value:.3f}" for value in np.mean(losses[-LOG_EVERY:], axis=0))
            log(f"step {step + 1} loss {shown} {time.monotonic() - began:.0f} s")
        if step + 1 == plan.warmup_steps:
            losses = []
            save_checkpoint(plan.out / f"warmup-{plan.index_layers}.safetensors", reader, optimizer, step + 1)
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
    found = (negatives.several(corpus.questions[number], HARD, rng) for number in asked)
    hard = {number for each in found for number in each} - {*gold}
    other = len(corpus.passages) + rng.integers(0, transcripts, TRANSCRIPTS)
    return [*gold, *hard, *other.tolist()], asked


def trained_reader(plan: IndexTraining) -> Reader:
    """The reader of `read.safetensors`, only its indexer to be trained: a fresh one unless the plan goes on."""
    torch.manual_seed(plan.seed)
    reader = Reader(ReaderConfig(index_layers=plan.index_layers))
    fresh = {name: value.clone() for name, value in reader.indexer.state_dict().items()}
    load_checkpoint(plan.out / "read.safetensors", reader)
    if plan.fresh:
        reader.indexer.load_state_dict(fresh)
    reader.requires_grad_(False)
    reader.indexer.requires_grad_(True)
    return reader
