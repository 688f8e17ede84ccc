"""Trains what finds: the index network, the lightning indexer over it, and the weight of the lexical term.

Contrastive late interaction: a question's tokens must find its passage among those of a batch,

    score(question, passage) = Σ_t max_{s in passage} I(t, s) + weight · BM25(question, passage)

by a softmax over the passages. Nothing of the reading network is moved, which learns from what was selected (`read`).
"""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from dsacli.reader.lexical import bm25, pieces_of, words_in_passages, words_of
from dsacli.reader.loading import load_reader, load_tokenizer
from dsacli.reader.network import Reader
from dsacli.reader.rows import NO_TOKENS, PaddedRows, pad_rows, passage_row
from dsacli.training.attention import mixed_precision, use_training_attention
from dsacli.training.checkpoint import load_checkpoint, save_checkpoint
from dsacli.training.contracts import contract_corpus
from dsacli.training.data import Corpus, load_corpus, pack_passages
from dsacli.training.groups import TITLED, Negatives, joined_corpus
from dsacli.training.log import Log

# A step's questions, the indexer's own mistakes for each, and stretches of transcript.
QUESTIONS, HARD, TRANSCRIPTS = 24, 2, 8
RANK_ANEW_EVERY = 500
# Single sentences are half of all questions and the least like a document.
SENTENCES = 0.3
CHECKPOINT_EVERY, LOG_EVERY = 250, 25
PASSAGE_TOKENS = 256


@dataclass(frozen=True)
class IndexTraining:
    """What a run is made of: it goes on from the model directory `start`; every `contracts`-th contract is asked of."""

    data: Path
    out: Path
    start: Path
    steps: int = 1200
    contracts: int = 3
    learning_rate: float = 1e-4
    indexer_rate: float = 4e-4
    seed: int = 1
    device: str = "cpu"


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
    best = scores.unflatten(-1, passages.in_run.shape).masked_fill(~passages.in_run, -1e9).amax(-1)
    owner = questions.in_run.nonzero()[:, 0]
    return torch.zeros(len(questions.in_run), best.shape[1], device=best.device).index_add(0, owner, best)


def train_indexer(plan: IndexTraining) -> Reader:
    """Run or resume the training; leaves `index.safetensors` and `index.log` in `plan.out`."""
    log = Log(plan.out / "index.log")
    log(f"{plan}")
    tokenizer = load_tokenizer(plan.start)
    reader = load_reader(plan.start, plan.device, torch.float32)
    rng = np.random.default_rng(plan.seed)
    corpus = joined_corpus(
        load_corpus(plan.data, "train", tokenizer), contract_corpus(plan.data, tokenizer, rng, every=plan.contracts)
    )
    transcripts = pack_passages(load_corpus(plan.data, "train", tokenizer, {"meetings", "calls"}, every=8)).passages
    pieces, passages = pieces_of(tokenizer), [*corpus.passages, *transcripts]
    lengths = [len(p.tokens) for p in passages]
    words = words_in_passages(np.concatenate([p.tokens for p in passages]), np.cumsum([0, *lengths]), pieces)
    negatives = Negatives(corpus, reader)
    trained = finding(reader)
    trained.requires_grad_(True)
    reader.index.embeddings.requires_grad_(False)
    use_training_attention(reader.index)
    rates = [(reader.index.layers.parameters(), plan.learning_rate)]
    rates += [(part.parameters(), plan.indexer_rate) for part in (reader.indexer, reader.lexical)]
    groups = [{"params": list(parameters), "rate": rate} for parameters, rate in rates]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    checkpoint = plan.out / "index.safetensors"
    done = load_checkpoint(checkpoint, trained, optimizer) if checkpoint.exists() else 0
    log(f"{len(corpus.passages)} passages, {len(corpus.questions)} questions; {plan.steps} steps, starting at {done}")
    chances = np.array([(SENTENCES if q.source == "sentences" else 1.0) * bool(q.spans) for q in corpus.questions])
    chances /= chances.sum()

    def drawn(step: int) -> tuple[list[int], list[int], torch.Tensor]:
        """Of a step: passages, questions, and BM25 [questions, passages]."""
        numbers, asked = draw(corpus, negatives, len(transcripts), chances, np.random.default_rng((plan.seed, step)))
        counts = (words.counts(words_of(corpus.questions[n].tokens, pieces)[0]) for n in asked)
        return numbers, asked, torch.stack([bm25(each, words.lengths)[numbers] for each in counts])

    losses, began = [], time.monotonic()
    pool = ThreadPoolExecutor(1)
    upcoming = pool.submit(drawn, done)
    for step in range(done, plan.steps):
        rng = np.random.default_rng((plan.seed, step, 1))
        numbers, asked, lexical = upcoming.result()
        if step > done and step % RANK_ANEW_EVERY == 0:
            negatives.encode()
        if step + 1 < plan.steps:
            upcoming = pool.submit(drawn, step + 1)
        titled = rng.random(len(numbers)) < TITLED
        rows = [
            passage_row(passages[n].tokens[:PASSAGE_TOKENS], 1, passages[n].path if above else NO_TOKENS)
            for n, above in zip(numbers, titled)
        ]
        questions = pad_rows([passage_row(corpus.questions[n].tokens, 0) for n in asked]).to(plan.device)
        scores = passage_scores(reader, questions, pad_rows(rows).to(plan.device))
        scores = scores + reader.lexical.weight * lexical.to(scores.device)
        loss = nn.functional.cross_entropy(scores, torch.arange(len(asked), device=scores.device))
        for group in optimizer.param_groups:
            group["lr"] = group["rate"] * min(1.0, (step + 1) / 50) * (1 - step / plan.steps)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(trained.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
        if (step + 1) % LOG_EVERY == 0:
            weight = reader.lexical.weight.item()
            spent = time.monotonic() - began
            log(f"step {step + 1} loss {np.mean(losses[-LOG_EVERY:]):.3f} lexical weight {weight:.3f} {spent:.0f} s")
        if (step + 1) % CHECKPOINT_EVERY == 0 or step + 1 == plan.steps:
            save_checkpoint(checkpoint, trained, optimizer, step + 1)
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
