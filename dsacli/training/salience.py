"""Finds the weights of `weights/salience.json`: those whose summaries come closest to written ones.

A search along one weight at a time, up and down, by the ROUGE of whole summaries and not by labels of sentences: what a sentence
is worth depends on those beside it. It starts from weights that need no training (`START`) and pays for leaving them, so that it
goes where several kinds of document want to go. Calls are measured and never trained on: their corpus is under GPL-3.0.
"""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsacli.engines.context import Context
from dsacli.engines.extractive.chapters import chapters_of
from dsacli.engines.extractive.encode import EncodedContext, encode_document
from dsacli.engines.extractive.focus import focus_features
from dsacli.engines.extractive.pick import pick
from dsacli.engines.extractive.query import read_question
from dsacli.engines.extractive.salience import salience_features, weighed
from dsacli.engines.extractive.sentences import read_sentences
from dsacli.engines.tokenise import tokenise_document
from dsacli.reader.loading import ReaderModel, load_model
from dsacli.training.rouge import rouge, tokens
from dsacli.training.summarised import Summarised, summarised, without_abstract

Weights = dict[str, float]
START: Weights = {
    "central": 1.0,
    "long": -1.0,
    "short": -1.0,
    "talk": -10.0,
    "spoken figures": 12.0,
    "opening": 4.5,
    "abstract": 2.0,
}
FOCUS_START: Weights = {"index": 1.0, "near": 0.5, "far": 0.5, "salience": 0.3, "length": 0.2, "named": 1.0}
TRAINED = ("papers", "stories", "meetings")
# Papers count half, once as they are and once from behind their abstracts.
SHARES = {"papers": 0.5}
FIRST_STEP, ROUNDS, DEPARTURE = 0.4, 4, 0.2


@dataclass(frozen=True)
class SalienceTraining:
    """What a run is made of: `documents` and `focused` documents a source, for a focus with `questions` of each."""

    data: Path
    out: Path
    model: Path
    documents: int = 100
    focused: int = 20
    questions: int = 3
    sources: tuple[str, ...] = TRAINED


@dataclass(frozen=True)
class Example:
    """A document with its features, and a function from salience and a number of words to a summary's `tokens`."""

    source: str
    features: dict[str, NDArray[Any]]
    summary: Callable[[NDArray[Any], int], list[str]]
    references: tuple[str, ...]

    def score(self, by: Weights) -> float:
        """ROUGE-1 and ROUGE-L of the summaries that weights choose, added up; the mean over the references."""
        salience = weighed(self.features, by)
        found = [rouge(self.summary(salience, len(text.split())), tokens(text)) for text in self.references]
        return float(np.mean(np.sum(found, axis=1)))


def general_example(model: ReaderModel, item: Summarised) -> Example:
    """A document and the first general summary of it, or all."""
    context = Context([tokenise_document(item.document, model.tokenizer)])
    sentences = read_sentences(model, context)
    return Example(item.source, salience_features(sentences), chooser(sentences), item.general)


def focused_examples(model: ReaderModel, item: Summarised, questions: int, general: Weights) -> Iterable[Example]:
    """A document and its summaries for a focus, one an example; `general` are the weights without one."""
    context = EncodedContext([encode_document(item.document, model)])
    sentences = read_sentences(model, context)
    choose, matters = chooser(sentences), weighed(salience_features(sentences), general)
    for asked in item.focused[:questions]:
        features = focus_features(model, context, sentences, matters, read_question(model, context, asked.focus))
        yield Example(item.source, features, choose, (asked.reference,))


def chooser(sentences: Any) -> Callable[[NDArray[Any], int], list[str]]:
    """What `summarize` would quote, as `tokens`."""
    pool = np.flatnonzero(sentences.quotable).tolist()
    _, chapters = chapters_of(sentences)
    said = cache(lambda number: tokens(sentences.texts[number]))

    def choose(salience: NDArray[Any], words: int) -> list[str]:
        chosen = pick(sentences, salience, chapters, pool, len(pool), words)
        return [word for number in sorted(chosen) for word in said(number)]

    return choose


def train_salience(plan: SalienceTraining, log: Callable[[str], None]) -> dict[str, Weights]:
    """Search both sets of weights; leaves `salience.json` in `plan.out`."""
    log(f"{plan}")
    model, began = load_model(plan.model), time.monotonic()
    general: list[Example] = []
    asked: list[Summarised] = []
    for source in plan.sources:
        items = summarised(plan.data, "train", source, plan.documents)
        bodies = [body for item in items if source == "papers" and (body := without_abstract(item))]
        general += [general_example(model, item) for item in (*items, *bodies)]
        about = [item for item in items if item.focused]
        asked += about[:: max(1, len(about) // plan.focused)]
        log(f"{len(general)} documents up to {source}, {time.monotonic() - began:.0f} s")
    found = {"salience": search(general, START, log)}
    questions = [each for item in asked for each in focused_examples(model, item, plan.questions, found["salience"])]
    log(f"{len(questions)} questions, {time.monotonic() - began:.0f} s")
    found["focus"] = search(questions, FOCUS_START, log)
    plan.out.mkdir(parents=True, exist_ok=True)
    (plan.out / "salience.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return found


def objective(examples: Sequence[Example], by: Weights, start: Weights) -> float:
    """The mean over sources, less what it costs to leave `start`."""
    scores: dict[str, list[float]] = {}
    for example in examples:
        scores.setdefault(example.source, []).append(example.score(by))
    shares = {source: SHARES.get(source, 1.0) for source in scores}
    mean = sum(shares[source] * float(np.mean(each)) for source, each in scores.items()) / sum(shares.values())
    return mean - DEPARTURE * sum(((by[name] - start[name]) / start[name]) ** 2 for name in by)


def search(examples: Sequence[Example], start: Weights, log: Callable[[str], None]) -> Weights:
    """Weights of a better `objective` than those it starts from, or these."""
    if not examples:
        return start
    by, steps = dict(start), dict.fromkeys(start, FIRST_STEP)
    best = objective(examples, by, start)
    log(f"ROUGE-1 + ROUGE-L {best:.2f} with {by}")
    for _ in range(ROUNDS):
        for name in start:
            for step in (steps[name], -steps[name]):
                tried = by | {name: round(by[name] + step * abs(start[name]), 3)}
                value = objective(examples, tried, start)
                if value > best:
                    best, by = value, tried
                    break
            else:
                steps[name] /= 2
        log(f"ROUGE-1 + ROUGE-L {best:.2f} with {by}")
    return by
