"""Runs the reader: passages to index keys, a question to a selection, runs to a distribution over spans.

Knows tokens and tensors; which document they come from is the tasks' business.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch

from dsacli.dsa.dtype import fastest_dtype
from dsacli.dsa.selection import Selection, merge_runs, select_topk
from dsacli.reader.network import Reader, ReaderConfig, together
from dsacli.reader.rows import pad_rows, passage_row, question_row

# On a CPU the widest states of a batch stay in a last-level cache; a GPU takes as many as a share of its free memory holds.
BATCH_TOKENS, GPU_BATCH_TOKENS = 2048, 131_072
STATE_BYTES, MEMORY_SHARE = 32_768, 0.25
ANSWER_TOKENS = 40
RUN_OVERLAP = 64
SHORTEST_RUN = 32
LONGEST_SENTENCE = 128
# Logits that a span loses when it ends in another sentence than it began in: start and end are trained
# apart, and two good answers in neighbouring sentences would be read as one long one.
CROSSING = 4.0
FAR_BELOW = -1e9


@dataclass(frozen=True)
class Run:
    """A stretch of the context that is read in one piece: `first` is its place, `tokens` its ids.

    `index_score` is its best token's S(s) per question token; runs that the indexer ranks higher are
    likelier to hold the answer. `sentences` numbers the sentence of each token, where that is known.
    """

    first: int
    tokens: np.ndarray
    index_score: float = 0.0
    sentences: np.ndarray | None = None


@dataclass(frozen=True)
class RunLogits:
    """What the reading pass says of one run: start and end logits [tokens, 2], and its no-answer logit."""

    run: Run
    logits: np.ndarray
    no_answer: float


@dataclass(frozen=True)
class RunSpans:
    """Probabilities of the spans of one run: `band[i, n]` is that of tokens first+i .. first+i+n."""

    first: int
    band: np.ndarray

    def overlapping(self, first: int, last: int) -> float:
        """Probability of all spans of this run that share a token with [first, last]."""
        low, high = first - self.first, last - self.first
        starts = np.arange(self.band.shape[0])[:, None]
        ends = starts + np.arange(self.band.shape[1])[None, :]
        return float(self.band[(starts <= high) & (ends >= low)].sum())


@dataclass(frozen=True)
class SpanDistribution:
    """One softmax over every span of every run and the no-answer; `no_answer` is its probability."""

    runs: list[RunSpans]
    no_answer: float

    def mass(self, first: int, last: int) -> float:
        """Probability that the answer overlaps the tokens [first, last] of the context."""
        near = (r for r in self.runs if r.first <= last and r.first + len(r.band) > first)
        return sum(run.overlapping(first, last) for run in near)

    def best(self, count: int) -> list[tuple[int, int, float]]:
        """Up to `count` spans (first, last, probability of an overlapping answer), best first, none overlapping."""
        candidates = []
        for run in self.runs:
            flat = run.band.ravel()
            top = np.argpartition(flat, -min(8 * count, len(flat)))[-8 * count :]
            width = run.band.shape[1]
            candidates += [(flat[i], run.first + i // width, run.first + i // width + i % width) for i in top]
        found: list[tuple[int, int, float]] = []
        for probability, first, last in sorted(candidates, reverse=True):
            if len(found) == count or probability <= 0:
                break
            if all(last < f or first > l for f, l, _ in found):
                found.append((int(first), int(last), self.mass(first, last)))
        return sorted(found, key=lambda span: -span[2])


def encode_passages(
    reader: Reader,
    passages: Sequence[np.ndarray],
    type_id: int = 1,
    on_tokens: Callable[[int], None] | None = None,
) -> torch.Tensor:
    """Index keys of passages, one after the other: [tokens, index_head_dim], bfloat16, on the CPU.

    `on_tokens` is called with the number of tokens of each batch that is done.
    """

    def project(hidden: torch.Tensor) -> tuple[torch.Tensor]:
        return (reader.indexer.keys(hidden).to(torch.bfloat16),)

    return _lower_pass(reader, passages, type_id, project, on_tokens)[0]


def index_queries(
    reader: Reader, passages: Sequence[np.ndarray], type_id: int = 0
) -> tuple[torch.Tensor, torch.Tensor]:
    """Index queries and weights of a question's tokens (type 0), or of passages' (type 1).

    returns: [tokens, index_n_heads, index_head_dim] and [tokens, index_n_heads], in the dtype that the
    CPU, which scans the keys, is fastest with
    """
    queries, weights = _lower_pass(reader, passages, type_id, reader.indexer.queries)
    return queries.to(fastest_dtype("cpu")), weights.to(fastest_dtype("cpu"))


@torch.inference_mode()
def _lower_pass(reader, passages, type_id, project, on_tokens=None) -> list[torch.Tensor]:
    device = next(reader.parameters()).device
    order = sorted(range(len(passages)), key=lambda number: len(passages[number]))
    edges = np.cumsum([0, *map(len, passages)]).tolist()
    # One tensor from the start: kept batches among those given back leave holes that no later, larger one fits.
    found: list[torch.Tensor] = []
    for batch in length_batches(order, [len(p) + 2 for p in passages], batch_tokens(device)):
        rows = pad_rows([passage_row(passages[number], type_id) for number in batch]).to(device)
        outputs = project(reader.lower_states(rows.token_ids, rows.types, rows.padding))
        outputs = [output.cpu() for output in outputs]
        found = found or [output.new_empty(edges[-1], *output.shape[2:]) for output in outputs]
        for whole, output in zip(found, outputs):
            for row, number in zip(output, batch):
                whole[edges[number] : edges[number + 1]] = row[1 : len(passages[number]) + 1]
        if on_tokens:
            on_tokens(sum(len(passages[number]) for number in batch))
    return found


def batch_tokens(device: torch.device) -> int:
    """Tokens to compute at once on a device, by the memory that is free there."""
    if device.type == "cuda":
        return int(
            min(GPU_BATCH_TOKENS, max(BATCH_TOKENS, MEMORY_SHARE * torch.cuda.mem_get_info(device)[0] / STATE_BYTES))
        )
    return BATCH_TOKENS if device.type == "cpu" else GPU_BATCH_TOKENS // 8


def length_batches(order: Sequence[int], lengths: Sequence[int], tokens: int) -> list[list[int]]:
    """Numbers in `order`, ascending by length, as batches of about so many tokens and little padding."""
    batches: list[list[int]] = []
    for number in order:
        fits = batches and (len(batches[-1]) + 1) * lengths[number] <= tokens
        if fits and lengths[number] <= 1.25 * lengths[batches[-1][0]] + 8:
            batches[-1].append(number)
        else:
            batches.append([number])
    return batches


@torch.inference_mode()
def select(
    reader: Reader, asked: Sequence[tuple[torch.Tensor, torch.Tensor]], keys: torch.Tensor, index_topk: int
) -> list[Selection]:
    """The tokens that each question keeps, of those the best `index_topk` by S(s); in one pass over the keys.

    asked: what `index_queries` gives for each question
    """
    return select_topk(reader.indexer.scores, asked, keys, index_topk, reader.config.index_radius)


def whole_runs(selected: np.ndarray, edges: np.ndarray) -> list[tuple[int, int]]:
    """Selected tokens as runs that can be read: of whole sentences, none of a few words only.

    selected: token indices, ascending; edges: the first token of every sentence, and the end. A sentence
    is kept when half of it was selected, so that about as many tokens are read as were selected.
    """
    sentence, lengths = np.searchsorted(edges, selected, side="right") - 1, np.diff(edges)
    kept = 2 * np.bincount(sentence, minlength=len(lengths)) >= np.maximum(lengths, 1)
    pieces = [np.arange(edges[number], edges[number + 1]) for number in np.flatnonzero(kept)]
    pieces.append(selected[~kept[sentence] & (lengths[sentence] > LONGEST_SENTENCE)])
    runs = merge_runs(np.sort(np.concatenate(pieces)))
    return [(first, last) for first, last in runs if last - first >= SHORTEST_RUN] or runs or merge_runs(selected)


def split_runs(runs: Sequence[tuple[int, int]], edges: Sequence[int], limit: int) -> list[tuple[int, int]]:
    """Cut runs at `edges` (starts of documents), and those longer than `limit` tokens into overlapping
    windows of even length, so that no answer is cut in two."""
    pieces = []
    for low, high in runs:
        cuts = [low, *(edge for edge in edges if low < edge < high), high]
        for first, last in zip(cuts, cuts[1:]):
            length = last - first
            count = 1 if length <= limit else -(-(length - RUN_OVERLAP) // (limit - RUN_OVERLAP))
            step = (length - RUN_OVERLAP) / count
            pieces += [
                (first + round(n * step), min(last, first + round((n + 1) * step) + RUN_OVERLAP)) for n in range(count)
            ]
    return pieces


def within(selection: Selection, runs: Sequence[tuple[int, int]], index_topk: int) -> list[tuple[int, int]]:
    """The runs of best index score that hold `index_topk` tokens at most; the very best one always."""
    scores = best_index_scores(selection, runs, 1)
    kept: list[tuple[int, int]] = []
    left = index_topk
    for _, run in sorted(zip(scores, runs), reverse=True):
        if run[1] - run[0] <= left or not kept:
            kept.append(run)
            left -= run[1] - run[0]
    return sorted(kept)


def best_index_scores(selection: Selection, runs: Sequence[tuple[int, int]], question_tokens: int) -> list[float]:
    """The best S(s) among the selected tokens of each run, per question token."""
    tokens, scores = selection.tokens.numpy(), selection.scores.numpy()
    bounds = [np.searchsorted(tokens, run) for run in runs]
    return [float(scores[low:high].max(initial=scores.min())) / question_tokens for low, high in bounds]


@dataclass(frozen=True)
class SelectedRuns:
    """What a query reads: runs [first, last) of at most `run_tokens`, overlapping where a longer one was cut,
    their index scores, and how many tokens of the context they are."""

    runs: list[tuple[int, int]]
    scores: list[float]
    tokens: int


def select_runs(
    reader: Reader,
    question: np.ndarray,
    selection: Selection,
    sentence_edges: np.ndarray,
    document_edges: Sequence[int],
    index_topk: int,
) -> SelectedRuns:
    """Runs of whole sentences around the tokens that a question selects.

    The edges are the first tokens of all sentences and of all documents, and the end.
    """
    whole = within(selection, whole_runs(selection.tokens.numpy(), sentence_edges), index_topk)
    runs = split_runs(whole, document_edges, reader.config.run_tokens)
    scores = best_index_scores(selection, runs, len(question))
    return SelectedRuns(runs, scores, sum(last - first for first, last in whole))


def read_runs(reader: Reader, question: np.ndarray, runs: Sequence[Run]) -> list[RunLogits]:
    """Read runs with the question, as one sequence where the reader has joint layers, else apart."""
    return (read_together if reader.config.joint_layers else read_apart)(reader, question, runs)


@torch.inference_mode()
def read_apart(reader: Reader, question: np.ndarray, runs: Sequence[Run]) -> list[RunLogits]:
    """Read each run with the question on its own, in batches of similar length."""
    device = next(reader.parameters()).device
    head = len(question) + 2
    read = []
    order = sorted(range(len(runs)), key=lambda number: len(runs[number].tokens))
    for batch in length_batches(order, [head + len(run.tokens) + 1 for run in runs], batch_tokens(device)):
        rows = pad_rows([question_row(question, runs[number].tokens) for number in batch]).to(device)
        logits = reader.reading_pass(rows.token_ids, rows.positions, rows.types, rows.padding).cpu().numpy()
        for place, number in enumerate(batch):
            spans = logits[place, head : head + len(runs[number].tokens)]
            read.append(RunLogits(runs[number], spans, float(logits[place, 0].sum())))
    return read


@torch.inference_mode()
def read_together(reader: Reader, question: np.ndarray, runs: Sequence[Run]) -> list[RunLogits]:
    """Read the runs with the question, each by itself in the local layers and all as one sequence above them."""
    device = next(reader.parameters()).device
    head = len(question) + 2
    lengths = [head + len(run.tokens) + 1 for run in runs]
    states: list[torch.Tensor] = [torch.empty(0)] * len(runs)
    for batch in length_batches(sorted(range(len(runs)), key=lengths.__getitem__), lengths, batch_tokens(device)):
        rows = pad_rows([question_row(question, runs[number].tokens) for number in batch]).to(device)
        hidden = reader.local_states(rows.token_ids, rows.types, rows.padding)
        for place, number in enumerate(batch):
            states[number] = hidden[place, : lengths[number]]
    edges = np.cumsum([0, *lengths]).tolist()
    nowhere = torch.zeros(1, edges[-1], dtype=torch.bool, device=device)
    logits = reader.joint_pass(torch.cat(states)[None], together(edges, nowhere)).cpu().numpy()[0]
    return [
        RunLogits(run, logits[low + head : low + head + len(run.tokens)], float(logits[low].sum()))
        for run, low in zip(runs, edges)
    ]


@torch.inference_mode()
def read_sequence(reader: Reader, question: np.ndarray, runs: Sequence[Run]) -> list[RunLogits]:
    """Read question and all runs as ONE sequence, positions restarting in every run.

    With every token of the document in `runs` this is dense attention, k = L.
    """
    device = next(reader.parameters()).device
    rows = pad_rows([question_row(question, *(run.tokens for run in runs))]).to(device)
    logits = reader.reading_pass(rows.token_ids, rows.positions, rows.types, rows.padding).cpu().numpy()[0]
    place, read = len(question) + 2, []
    for run in runs:
        read.append(RunLogits(run, logits[place : place + len(run.tokens)], float(logits[0].sum())))
        place += len(run.tokens) + 1
    return read


def weigh_spans(config: ReaderConfig, read: Sequence[RunLogits]) -> SpanDistribution:
    """One softmax over every span of every run and the no-answer.

    A run's index score enters as a prior (`index_prior`); the no-answer is that of the run with the best
    span, whose "not here" is at stake; `temperature` and `no_answer_bias` make the result a probability
    that can be trusted (fitted by `dsacli.training calibrate`).
    """
    bands = []
    highest_score = max(each.run.index_score for each in read)
    for each in read:
        ends = np.pad(each.logits[:, 1], (0, ANSWER_TOKENS), constant_values=FAR_BELOW)
        windows = np.lib.stride_tricks.sliding_window_view(ends, ANSWER_TOKENS)[: len(each.logits)]
        prior = config.index_prior * (each.run.index_score - highest_score)
        bands.append((each.logits[:, :1] + windows + prior - CROSSING * crossing(each.run)) / config.temperature)
    for here, following in _overlapping(read):
        first, second = read[here].run.first, read[following].run.first
        middle = (second + first + len(bands[here])) // 2
        bands[here][middle - first :] = FAR_BELOW
        bands[following][: middle - second] = FAR_BELOW
    best_run = max(range(len(bands)), key=lambda number: bands[number].max())
    no_answer = (read[best_run].no_answer + config.no_answer_bias) / config.temperature
    highest = max(no_answer, float(bands[best_run].max()))
    weights = [np.exp(band - highest) for band in bands]
    total = np.exp(no_answer - highest) + sum(float(w.sum()) for w in weights)
    return SpanDistribution(
        [RunSpans(each.run.first, weight / total) for each, weight in zip(read, weights)],
        float(np.exp(no_answer - highest) / total),
    )


def sentence_numbers(edges: np.ndarray, first: int, last: int) -> np.ndarray:
    """The number of the sentence of each token in [first, last), given the first token of every sentence."""
    return np.searchsorted(edges, np.arange(first, last), side="right")


def crossing(run: Run) -> np.ndarray | float:
    """True where span i, n of a run goes on into another sentence: [tokens, ANSWER_TOKENS]; 0 if unknown."""
    if run.sentences is None:
        return 0.0
    numbers = np.pad(run.sentences, (0, ANSWER_TOKENS), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(numbers, ANSWER_TOKENS)[: len(run.sentences)]
    return windows != run.sentences[:, None]


def _overlapping(read: Sequence[RunLogits]) -> Iterator[tuple[int, int]]:
    """Neighbouring windows that share tokens; each of these tokens must start spans in one of them only."""
    order = sorted(range(len(read)), key=lambda number: read[number].run.first)
    for here, following in pairwise(order):
        if read[following].run.first < read[here].run.first + len(read[here].logits):
            yield here, following
