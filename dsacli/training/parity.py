"""DSA against dense attention: the same network and the same questions with k from a few tokens to all of them.

With k = L the selection leaves nothing out: every token of the document is read, run by run. Documents are whole articles, reviews and stories of 4,000 to 8,000 tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dsacli.dsa.cost import CostMeter
from dsacli.reader.loading import ReaderModel
from dsacli.training.data import load_corpus
from dsacli.training.evaluate import SOURCES, spaced
from dsacli.training.haystack import Haystack
from dsacli.training.metrics import f1

DOCUMENT_TOKENS = range(4000, 8001)
TOPKS = (256, 512, 1024, 2048, 4096)


@dataclass(frozen=True)
class Point:
    """What one k gives: answer F1 (0-100), and FLOPs a question; `index_topk` None is k = L."""

    index_topk: int | None
    f1: float
    attention_flops: float
    flops: float


def parity(model: ReaderModel, data: Path, questions: int, topks: Sequence[int | None] = (*TOPKS, None)) -> list[Point]:
    """Ask `questions` a source of dev documents of the right length with every k."""
    corpus = load_corpus(data, "dev", model.tokenizer)
    stacks = {
        document: Haystack(model, [corpus.passages[i] for i in members])
        for document, members in corpus.of_document().items()
        if sum(len(corpus.passages[i].tokens) for i in members) in DOCUMENT_TOKENS
    }
    asked = []
    for source in SOURCES:
        fitting = [q for q in corpus.questions if q.source == source and q.spans]
        asked += spaced([q for q in fitting if corpus.passages[q.passage].document in stacks], questions)
    points = []
    for topk in topks if asked else ():
        meter, scores = CostMeter(), []
        with meter.watch(model.reader):
            for question in asked:
                stack = stacks[corpus.passages[question.passage].document]
                read = stack.read(question, topk or len(stack.tokens))
                scores.append(f1(stack.answer(read)[0], question.answers))
        share = 1 / len(asked)
        points.append(Point(topk, 100 * float(np.mean(scores)), meter.flops["attention"] * share, meter.total * share))
    return points
