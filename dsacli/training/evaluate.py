"""The figures of a reader on the dev split: answers on the gold paragraph, and finding it among all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from dsacli.documents import Document
from dsacli.models.reader import Reader
from dsacli.models.reading import (
    Run,
    RunLogits,
    encode_passages,
    index_queries,
    read_apart,
    select_runs,
    sentence_numbers,
    split_runs,
    weigh_spans,
)
from dsacli.training.bm25 import BM25
from dsacli.training.data import Corpus, Passage, Question, load_corpus, pack_passages
from dsacli.training.metrics import exact, f1

TRANSCRIPTS = {"meetings", "calls"}
SOURCES = ("new_wiki", "reddit", "amazon_reviews", "fairytales", "sentences")
RECALL = {"R@1": 1, "R@5": 5, "R@16": 16}


@dataclass(frozen=True)
class Figures:
    """One source: answers on the gold paragraph (0-100); over the haystack the recall of the index and of
    BM25 (0-1), the share of answers that stand in the runs read, and the answers' F1 end to end. None is
    what was not asked for."""

    questions: int
    f1: float | None = None
    exact: float | None = None
    recall: dict[str, float] | None = None
    bm25: dict[str, float] | None = None
    selected: float | None = None
    end_to_end_f1: float | None = None


def answer_text(passage: Passage, first: int, last: int) -> str:
    """The passage's own wording of a token span."""
    return passage.text[passage.offsets[first, 0] : passage.offsets[last, 1]]


def gold_answer(reader: Reader, corpus: Corpus, question: Question) -> str:
    """The best span in the question's own passage, "not found" not being a choice."""
    passage = corpus.passages[question.passage]
    tokens, starts = passage.tokens, sentence_starts(passage)
    cut = split_runs([(0, len(tokens))], [], reader.config.run_tokens)
    runs = [Run(low, tokens[low:high], sentences=sentence_numbers(starts, low, high)) for low, high in cut]
    best = weigh_spans(reader.config, read_apart(reader, question.tokens, runs)).best(1)
    return answer_text(passage, *best[0][:2]) if best else ""


class Haystack:
    """Passages as one context with index keys: a document, or all dev passages, about a million tokens."""

    def __init__(self, reader: Reader, passages: list[Passage]):
        self.reader, self.passages = reader, passages
        self.number = {id(passage): number for number, passage in enumerate(passages)}
        self.edges = np.cumsum([0, *(len(p.tokens) for p in passages)])
        self.tokens = np.concatenate([p.tokens for p in passages])
        limit = reader.config.passage_tokens
        pieces = [piece for p in passages for piece in np.array_split(p.tokens, -(-len(p.tokens) // limit))]
        self.keys = encode_passages(reader, pieces)
        firsts = [sentence_starts(p) + low for p, low in zip(passages, self.edges)]
        self.sentence_edges = np.unique(np.concatenate([*firsts, self.edges]))

    def rank(self, question: Question, gold: Passage, chunk: int = 4096) -> int:
        """The rank of the gold passage by Σ_t max_s I(t, s), 0 the best."""
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
        return rank(best.sum(0), self.number[id(gold)])

    def read(self, question: Question) -> list[RunLogits]:
        """Select, cut into runs and read them, as a query does."""
        edges, topk = self.sentence_edges, self.reader.config.index_topk
        selected = select_runs(self.reader, question.tokens, self.keys, edges, self.edges.tolist(), topk)
        pieces = [
            Run(low, self.tokens[low:high], score, sentence_numbers(edges, low, high))
            for (low, high), score in zip(selected.runs, selected.scores)
        ]
        return read_apart(self.reader, question.tokens, pieces)

    def holds(self, read: list[RunLogits], question: Question, gold: Passage) -> bool:
        """Whether a gold answer stands in the runs that were read."""
        shift = int(self.edges[self.number[id(gold)]])
        runs = [(each.run.first, each.run.first + len(each.logits)) for each in read]
        return any(low <= shift + a and shift + b < high for a, b in question.spans for low, high in runs)

    def text(self, first: int, last: int) -> str:
        """The wording of a token span; a packed transcript has none to give."""
        index = int(np.searchsorted(self.edges, first, side="right")) - 1
        passage, low = self.passages[index], int(self.edges[index])
        if not len(passage.offsets):
            return "(in a transcript)"
        return answer_text(passage, first - low, min(last - low, len(passage.tokens) - 1))

    def answer(self, read: list[RunLogits]) -> tuple[str, float]:
        """The best answer and its confidence."""
        best = weigh_spans(self.reader.config, read).best(1)
        return (self.text(*best[0][:2]), best[0][2]) if best else ("", 0.0)


TABLE = (
    f"{'':<15} {'':>5} | gold paragraph | {'index over all':^17} | {'BM25 over all':^17} | answers over all\n"
    f"{'source':<15} {'n':>5} | {'F1':>7} {'EM':>6} | {'R@1':>5} {'R@5':>5} {'R@16':>5} | "
    f"{'R@1':>5} {'R@5':>5} {'R@16':>5} | {'selected':>8} {'F1':>5}"
)


def table_line(source: str, row: Figures) -> str:
    """One source's figures under `TABLE`, "-" for what was not asked for."""

    def shown(value: float | None, width: int, digits: int) -> str:
        return f"{'-' if value is None else f'{value:.{digits}f}':>{width}}"

    ours, theirs = (" ".join(shown((side or {}).get(k), 5, 3) for k in RECALL) for side in (row.recall, row.bm25))
    return (
        f"{source:<15} {row.questions:>5} | {shown(row.f1, 7, 1)} {shown(row.exact, 6, 1)} | {ours} | {theirs} | "
        f"{shown(row.selected, 8, 3)} {shown(row.end_to_end_f1, 5, 1)}"
    )


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
    return {name: float(np.mean([r < k for r in ranks])) for name, k in RECALL.items()}


def evaluate(
    reader: Reader, tokenizer: Tokenizer, data: Path, questions: int, haystack: bool = True, answers: bool = True
) -> Iterator[tuple[str, Figures]]:
    """Yield (source, Figures) over the dev split, `questions` a source (evenly spaced, 0 = all).

    Without `haystack` only on the gold paragraphs, without `answers` only how well these are found.
    """
    corpus = load_corpus(data, "dev", tokenizer)
    if haystack:
        transcripts = pack_passages(load_corpus(data, "dev", tokenizer, TRANSCRIPTS))
        whole = Haystack(reader, [*corpus.passages, *transcripts.passages])
        bm25 = BM25([passage.text for passage in whole.passages])
    for source in SOURCES:
        asked = [q for q in corpus.questions if q.source == source and q.spans]
        if not asked:
            continue
        if questions and len(asked) > questions:
            asked = [asked[i] for i in np.linspace(0, len(asked) - 1, questions).astype(int)]
        passages = [corpus.passages[q.passage] for q in asked]
        figures = Figures(len(asked))
        if answers:
            gold = [gold_answer(reader, corpus, q) for q in asked]
            figures = replace(figures, f1=mean(f1, gold, asked), exact=mean(exact, gold, asked))
        if haystack:
            figures = replace(
                figures,
                recall=recalls([whole.rank(q, p) for q, p in zip(asked, passages)]),
                bm25=recalls([rank(bm25.scores(q.text), q.passage) for q in asked]),
            )
        if haystack and answers:
            reads = [whole.read(q) for q in asked]
            figures = replace(
                figures,
                selected=float(np.mean([whole.holds(*each) for each in zip(reads, asked, passages)])),
                end_to_end_f1=mean(f1, [whole.answer(read)[0] for read in reads], asked),
            )
        yield source, figures


def mean(metric: Callable[[str, tuple[str, ...]], float], answers: list[str], asked: list[Question]) -> float:
    """A metric's mean over questions, in percent."""
    return 100 * float(np.mean([metric(answer, q.answers) for answer, q in zip(answers, asked)]))
