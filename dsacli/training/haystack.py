"""Passages as one context with index keys, asked as a query asks a document."""

import numpy as np
import torch

from dsacli.documents import Document
from dsacli.reader.encoding import encode_passages, index_queries
from dsacli.reader.lexical import asked_of, words_in_passages
from dsacli.reader.loading import ReaderModel
from dsacli.reader.reading import RunLogits, read_runs
from dsacli.reader.runs import Run, select, select_runs, sentence_numbers, with_exact
from dsacli.reader.spans import weigh_spans
from dsacli.training.data import Passage, Question


def answer_text(passage: Passage, first: int, last: int) -> str:
    """The passage's own wording of a token span."""
    return passage.text[passage.offsets[first, 0] : passage.offsets[last, 1]]


class Haystack:
    """Passages as one context with index keys: a document, or all dev passages, about a million tokens."""

    def __init__(self, model: ReaderModel, passages: list[Passage]):
        self.model, self.reader, self.passages = model, model.reader, passages
        self.number = {id(passage): number for number, passage in enumerate(passages)}
        self.edges = np.cumsum([0, *(len(p.tokens) for p in passages)])
        first = [not n or p.document != passages[n - 1].document for n, p in enumerate(passages)]
        self.documents = [*self.edges[:-1][first].tolist(), int(self.edges[-1])]
        self.tokens = np.concatenate([p.tokens for p in passages])
        limit = self.reader.config.passage_tokens
        pieces = [(piece, p.path) for p in passages for piece in np.array_split(p.tokens, -(-len(p.tokens) // limit))]
        self.keys = encode_passages(self.reader, *zip(*pieces))
        bounds = np.cumsum([0, *(len(piece) for piece, _ in pieces)])
        self.words = words_in_passages(self.tokens, bounds, model.pieces)
        firsts = [sentence_starts(p) + low for p, low in zip(passages, self.edges)]
        self.sentence_edges = np.unique(np.concatenate([*firsts, self.edges]))

    def rank(self, question: Question, gold: Passage, chunk: int = 4096) -> int:
        """The rank of the gold passage by Σ_t max_s I(t, s) and the lexical term, 0 the best."""
        queries, weights = index_queries(self.reader, [question.tokens])
        best = np.full((len(queries), len(self.passages)), -np.inf, np.float32)
        with torch.inference_mode():
            for low in range(0, len(self.keys), chunk):
                scores = self.reader.indexer.scores(queries, weights, self.keys[low : low + chunk]).numpy()
                first = int(np.searchsorted(self.edges, low, side="right")) - 1
                last = int(np.searchsorted(self.edges, low + scores.shape[1], side="left"))
                starts = np.maximum(self.edges[first:last] - low, 0)
                here = np.maximum.reduceat(scores, starts, axis=1)
                best[:, first:last] = np.maximum(best[:, first:last], here)
        asked = asked_of(question.tokens, self.model.pieces)
        with torch.inference_mode():
            lexical = self.reader.lexical(asked, self.words.counts(asked), self.words.lengths).numpy()
        pieces = np.searchsorted(self.words.edges.numpy(), self.edges[:-1])
        return rank(best.sum(0) + np.maximum.reduceat(lexical, pieces), self.number[id(gold)])

    def read(self, question: Question, index_topk: int | None = None) -> list[RunLogits]:
        """Select, cut into runs and read them, as a query does; with an `index_topk` of all tokens that is dense."""
        edges, topk = self.sentence_edges, index_topk or self.reader.config.index_topk
        queries, asked = index_queries(self.reader, [question.tokens]), asked_of(question.tokens, self.model.pieces)
        (selection,) = select(self.reader, [queries], [asked], self.keys, self.words, topk)
        selected = select_runs(self.reader, question.tokens, selection, edges, self.documents, topk)
        pieces = [
            Run(low, self.tokens[low:high], score, sentence_numbers(edges, low, high), self.path(low))
            for (low, high), score in zip(selected.runs, selected.scores)
        ]
        return read_runs(
            self.reader, question.tokens, with_exact(pieces, question.tokens, self.words, self.model.pieces)
        )

    def holds(self, read: list[RunLogits], question: Question, gold: Passage) -> bool:
        """Whether a gold answer stands in the runs that were read."""
        shift = int(self.edges[self.number[id(gold)]])
        runs = [(each.run.first, each.run.first + len(each.logits)) for each in read]
        return any(low <= shift + a and shift + b < high for a, b in question.spans for low, high in runs)

    def passage(self, token: int) -> int:
        """The number of the passage that a token stands in."""
        return int(np.searchsorted(self.edges, token, side="right")) - 1

    def path(self, first: int) -> np.ndarray:
        """The heading path above a token."""
        return self.passages[self.passage(first)].path

    def text(self, first: int, last: int) -> str:
        """The wording of a token span, which may go over several passages; a packed transcript has none to give."""
        parts = []
        for number in range(self.passage(first), self.passage(last) + 1):
            passage, low = self.passages[number], int(self.edges[number])
            if not len(passage.offsets):
                return "(in a transcript)"
            parts.append(answer_text(passage, max(first - low, 0), min(last - low, len(passage.tokens) - 1)))
        return " ".join(parts)

    def answer(self, read: list[RunLogits]) -> tuple[str, float]:
        """The best answer and its confidence."""
        best = weigh_spans(self.reader.config, read).best(1)
        return (self.text(*best[0][:2]), best[0][2]) if best else ("", 0.0)


def sentence_starts(passage: Passage) -> np.ndarray:
    """The first token of every sentence of a passage; packed transcripts have no offsets and stay whole."""
    if not len(passage.offsets):
        return np.zeros(1, np.int64)
    starts = [start for start, _ in Document("passage", "text", passage.text).sentences()]
    return np.searchsorted(passage.offsets[:, 0], starts)


def rank(scores: np.ndarray, gold: int) -> int:
    """How many passages score higher than the gold one."""
    return int((scores > scores[gold]).sum())
