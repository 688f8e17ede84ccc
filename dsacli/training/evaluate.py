"""The figures of a reader on the dev split: answers on the gold paragraph, and finding it among all."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from dsacli.documents import Document
from dsacli.models.reader import Reader
from dsacli.models.reading import (
    Run,
    encode_passages,
    index_queries,
    read_apart,
    select,
    split_runs,
    whole_runs,
)
from dsacli.training.bm25 import BM25
from dsacli.training.data import Corpus, Passage, Question, load_corpus, pack_passages
from dsacli.training.metrics import exact, f1

TRANSCRIPTS = {"meetings", "calls"}
SOURCES = ("new_wiki", "reddit", "amazon_reviews", "fairytales", "sentences")


@dataclass(frozen=True)
class Figures:
    """Per source: answers on the gold paragraph (0-100), recall over the haystack (0-1), both end to end."""

    questions: int
    f1: float
    exact: float
    recall: dict[str, float]
    bm25: dict[str, float]
    selected: float
    end_to_end_f1: float


def answer_text(passage: Passage, first: int, last: int) -> str:
    """The passage's own wording of a token span."""
    return passage.text[passage.offsets[first, 0] : passage.offsets[last, 1]]


def gold_answer(reader: Reader, corpus: Corpus, question: Question) -> str:
    """The best span in the question's own passage, "not found" not being a choice."""
    tokens = corpus.passages[question.passage].tokens
    runs = [Run(low, tokens[low:high]) for low, high in split_runs([(0, len(tokens))], [], reader.config.run_tokens)]
    best = read_apart(reader, question.tokens, runs).best(1)
    return answer_text(corpus.passages[question.passage], *best[0][:2]) if best else ""


class Haystack:
    """All dev passages of all sources as one context, about a million tokens, with index keys."""

    def __init__(self, reader: Reader, corpus: Corpus, transcripts: Corpus):
        self.passages = [*corpus.passages, *transcripts.passages]
        self.edges = np.cumsum([0, *(len(p.tokens) for p in self.passages)])
        self.tokens = np.concatenate([p.tokens for p in self.passages])
        limit = reader.config.passage_tokens
        pieces = [piece for p in self.passages for piece in np.array_split(p.tokens, -(-len(p.tokens) // limit))]
        self.keys = encode_passages(reader, pieces)
        self.bm25 = BM25([p.text for p in self.passages])
        firsts = [sentence_starts(p) + low for p, low in zip(self.passages, self.edges)]
        self.sentence_edges = np.unique(np.concatenate([*firsts, self.edges]))

    def passage_ranks(self, reader: Reader, question: Question, chunk: int = 4096) -> int:
        """The rank of the gold passage by Σ_t max_s I(t, s), 0 the best."""
        queries, weights = index_queries(reader, [question.tokens])
        best = np.full((len(queries), len(self.passages)), -np.inf, np.float32)
        with torch.inference_mode():
            for low in range(0, len(self.keys), chunk):
                scores = reader.indexer.scores(queries, weights, self.keys[low : low + chunk]).numpy()
                first = int(np.searchsorted(self.edges, low, side="right")) - 1
                last = int(np.searchsorted(self.edges, low + scores.shape[1], side="left"))
                starts = np.maximum(self.edges[first:last] - low, 0)
                here = np.maximum.reduceat(scores, starts, axis=1)
                best[:, first:last] = np.maximum(best[:, first:last], here)
        return rank(best.sum(0), question.passage)

    def answer(self, reader: Reader, question: Question) -> tuple[str, bool]:
        """Answer over the whole haystack, and whether a gold answer stands in the runs that were read."""
        queries, weights = index_queries(reader, [question.tokens])
        selection = select(reader, queries, weights, self.keys, reader.config.index_topk)
        whole = whole_runs(selection.tokens.numpy(), self.sentence_edges)
        runs = split_runs(whole, self.edges.tolist(), reader.config.run_tokens)
        read = read_apart(reader, question.tokens, [Run(low, self.tokens[low:high]) for low, high in runs])
        shift = int(self.edges[question.passage])
        kept = any(low <= shift + a and shift + b < high for a, b in question.spans for low, high in runs)
        best = read.best(1)
        if not best:
            return "", kept
        first, last, _ = best[0]
        index = int(np.searchsorted(self.edges, first, side="right")) - 1
        passage, low = self.passages[index], int(self.edges[index])
        if not len(passage.offsets):
            return "(in a transcript)", kept
        return answer_text(passage, first - low, min(last - low, len(passage.tokens) - 1)), kept


def table_head(haystack: bool) -> str:
    """The head of the table that `table_line` fills."""
    head = f"{'source':<15} {'n':>5} {'F1':>5} {'EM':>5}"
    if haystack:
        head += f" | {'index R@1':>9} {'R@5':>5} {'R@16':>5} | {'BM25 R@1':>8} {'R@5':>5} {'R@16':>5} | {'selected':>8} {'F1 over all':>11}"
    return head


def table_line(source: str, row: Figures) -> str:
    """One source's figures."""
    line = f"{source:<15} {row.questions:>5} {row.f1:>5.1f} {row.exact:>5.1f}"
    if row.recall:
        ours, theirs = ([f"{side[name]:.3f}" for name in side] for side in (row.recall, row.bm25))
        line += f" | {ours[0]:>9} {ours[1]:>5} {ours[2]:>5} | {theirs[0]:>8} {theirs[1]:>5} {theirs[2]:>5}"
        line += f" | {row.selected:>8.3f} {row.end_to_end_f1:>11.1f}"
    return line


def sentence_starts(passage: Passage) -> np.ndarray:
    """The first token of every sentence of a passage; packed transcripts have no offsets and stay whole."""
    if not len(passage.offsets):
        return np.zeros(1, np.int64)
    starts = [start for start, _ in Document("passage", "text", passage.text).sentences()]
    return np.searchsorted(passage.offsets[:, 0], starts)


def rank(scores: np.ndarray, gold: int) -> int:
    """How many passages score higher than the gold one."""
    return int((scores > scores[gold]).sum())


def recalls(ranks: list[int]) -> dict[str, float]:
    """Share of ranks within the first 1, 5 and 16."""
    return {f"R@{k}": float(np.mean([r < k for r in ranks])) for k in (1, 5, 16)}


def evaluate(reader: Reader, tokenizer: Tokenizer, data: Path, questions: int, haystack: bool = True):
    """Yield (source, Figures) over the dev split, `questions` a source (evenly spaced, 0 = all)."""
    corpus = load_corpus(data, "dev", tokenizer)
    whole = None
    if haystack:
        whole = Haystack(reader, corpus, pack_passages(load_corpus(data, "dev", tokenizer, TRANSCRIPTS)))
    for source in SOURCES:
        asked = [q for q in corpus.questions if q.source == source and q.spans]
        if questions and len(asked) > questions:
            asked = [asked[i] for i in np.linspace(0, len(asked) - 1, questions).astype(int)]
        gold = [gold_answer(reader, corpus, q) for q in asked]
        ranks, bm25, found = [], [], []
        if whole is not None:
            ranks = [whole.passage_ranks(reader, q) for q in asked]
            bm25 = [rank(whole.bm25.scores(q.text), q.passage) for q in asked]
            found = [whole.answer(reader, q) for q in asked]
        yield source, Figures(
            len(asked),
            100 * float(np.mean([f1(a, q.answers) for a, q in zip(gold, asked)])),
            100 * float(np.mean([exact(a, q.answers) for a, q in zip(gold, asked)])),
            recalls(ranks) if ranks else {},
            recalls(bm25) if bm25 else {},
            float(np.mean([kept for _, kept in found])) if found else float("nan"),
            100 * float(np.mean([f1(a, q.answers) for (a, _), q in zip(found, asked)])) if found else float("nan"),
        )
