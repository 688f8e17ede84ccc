"""The figures of a reader on the dev split: answers on the gold paragraph, and finding it among all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dsacli.reader.loading import ReaderModel
from dsacli.reader.network import Reader
from dsacli.reader.reading import read_runs
from dsacli.reader.runs import Run, sentence_numbers, split_runs
from dsacli.reader.spans import weigh_spans
from dsacli.training.bm25 import BM25
from dsacli.training.data import Corpus, Question, load_corpus, pack_passages
from dsacli.training.haystack import Haystack, answer_text, rank, sentence_starts
from dsacli.training.metrics import exact, f1

TRANSCRIPTS = {"meetings", "calls"}
SOURCES = ("new_wiki", "reddit", "amazon_reviews", "fairytales", "sentences", "tables", "friends")
RECALL = {"R@1": 1, "R@5": 5, "R@16": 16}


@dataclass(frozen=True)
class Figures:
    """One source: answers on the gold paragraph (0-100); over the haystack the recall of the index and of
    BM25 (0-1), the share of answers that stand in the runs read, and the answers' F1 end to end. None is what was not
    asked for."""

    questions: int
    f1: float | None = None
    exact: float | None = None
    recall: dict[str, float] | None = None
    bm25: dict[str, float] | None = None
    selected: float | None = None
    end_to_end_f1: float | None = None


def gold_answer(reader: Reader, corpus: Corpus, question: Question) -> str:
    """The best span in the question's own passage, "not found" not being a choice."""
    passage = corpus.passages[question.passage]
    tokens, starts = passage.tokens, sentence_starts(passage)
    cut = split_runs([(0, len(tokens))], [], reader.config.run_tokens)
    runs = [
        Run(low, tokens[low:high], sentences=sentence_numbers(starts, low, high), path=passage.path)
        for low, high in cut
    ]
    best = weigh_spans(reader.config, read_runs(reader, question.tokens, runs)).best(1)
    return answer_text(passage, *best[0][:2]) if best else ""


TABLE = (
    f"{'':<15} {'':>5} | gold paragraph | {'index over all':^17} | {'BM25 over all':^17} | {'answers over all':^14}\n"
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


def recalls(ranks: list[int]) -> dict[str, float]:
    """Share of ranks within the first 1, 5 and 16."""
    return {name: float(np.mean([r < k for r in ranks])) for name, k in RECALL.items()}


def evaluate(
    model: ReaderModel, data: Path, questions: int, haystack: bool = True, answers: bool = True
) -> Iterator[tuple[str, Figures]]:
    """Yield (source, Figures) over the dev split, `questions` a source (evenly spaced, 0 = all).

    Without `haystack` only on the gold paragraphs, without `answers` only how well these are found.
    """
    reader, corpus = model.reader, load_corpus(data, "dev", model.tokenizer)
    if haystack:
        transcripts = pack_passages(load_corpus(data, "dev", model.tokenizer, TRANSCRIPTS))
        whole = Haystack(model, [*corpus.passages, *transcripts.passages])
        bm25 = BM25([passage.text for passage in whole.passages])
    for source in SOURCES:
        asked = spaced([q for q in corpus.questions if q.source == source and q.spans], questions)
        if not asked:
            continue
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


def spaced(asked: list[Question], count: int) -> list[Question]:
    """`count` of them, evenly spaced; all when there are no more, or for 0."""
    if not count or len(asked) <= count:
        return asked
    return [asked[i] for i in np.linspace(0, len(asked) - 1, count).astype(int)]


def mean(metric: Callable[[str, tuple[str, ...]], float], answers: list[str], asked: list[Question]) -> float:
    """A metric's mean over questions, in percent."""
    return 100 * float(np.mean([metric(answer, q.answers) for answer, q in zip(answers, asked)]))
