"""Fits what turns logits into probabilities: index prior, temperature and no-answer bias, on dev.

Dev questions are asked of whole documents, as a query does it: those that have an answer there, those whose annotators found
none, and every third of a document of its source in which no gold answer stands. The prior is chosen by answer F1;
temperature and bias by the log-likelihood of "this answer is right" (F1 above a half). One source is kept apart: what
`evaluate` says of it was not fitted to it.
"""

import dataclasses
import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dsacli.reader.loading import ReaderModel
from dsacli.reader.network import ReaderConfig
from dsacli.reader.reading import RunLogits
from dsacli.reader.spans import weigh_spans
from dsacli.training.contracts import contract_corpus
from dsacli.training.data import load_corpus
from dsacli.training.groups import joined_corpus
from dsacli.training.haystack import Haystack
from dsacli.training.metrics import f1

SOURCES = ("new_wiki", "reddit", "amazon_reviews", "fairytales", "clapnq", "tables", "contracts")
HELD_OUT = ("friends",)
PRIORS = (0.0, 4.0, 8.0, 12.0, 16.0, 24.0, 32.0)
TEMPERATURES = (1.0, 1.5, 1.75, 2.0, 2.25, 2.5, 3.0)
BIASES = (-2.0, 0.0, 2.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0)
SHORTEST_DOCUMENT = 2500
RIGHT = 0.5


@dataclasses.dataclass(frozen=True)
class Asked:
    """A question as it was read over a document; `golds` is empty when the document does not answer it."""

    haystack: Haystack
    read: list[RunLogits]
    golds: tuple[str, ...]
    source: str


@dataclasses.dataclass(frozen=True)
class Fit:
    """A setting and what it gives: F1 (0-100), AUROC of answerable, calibration error, log-likelihood."""

    index_prior: float
    temperature: float
    no_answer_bias: float
    f1: float
    auroc: float
    calibration_error: float
    log_likelihood: float


def ask_dev(
    model: ReaderModel, data: Path, questions: int, sources: Sequence[str] = SOURCES, seed: int = 0
) -> list[Asked]:
    """Read `questions` dev questions a source over whole documents, every third over a wrong one unless enough of them have no
    answer anyway."""
    rng = np.random.default_rng(seed)
    corpus = joined_corpus(
        load_corpus(data, "dev", model.tokenizer), contract_corpus(data, model.tokenizer, rng, "dev")
    )
    documents = corpus.of_document()
    stacks: dict[str, Haystack] = {}
    asked = []
    for source in sources:
        pool = [q for q in corpus.questions if q.source == source]
        unanswered = sum(not q.spans for q in pool) > len(pool) // 5
        own = sorted({corpus.passages[q.passage].document for q in pool})
        long_enough = [d for d in own if sum(len(corpus.passages[i].tokens) for i in documents[d]) > SHORTEST_DOCUMENT]
        for turn, number in enumerate(rng.permutation(len(pool))[:questions]):
            question = pool[number]
            document, golds = corpus.passages[question.passage].document, question.answers
            if turn % 3 == 2 and golds and not unanswered:
                others = [d for d in long_enough or own if d != document]
                document, golds = str(rng.choice(others)), ()
            if document not in stacks:
                stacks[document] = Haystack(model, [corpus.passages[i] for i in documents[document]])
            stack = stacks[document]
            if not golds and any(a.lower() in p.text.lower() for a in question.answers for p in stack.passages):
                continue
            asked.append(Asked(stack, stack.read(question), golds, source))
    return asked


def fit(asked: list[Asked], config: ReaderConfig) -> Fit:
    """The best setting: first the prior, then temperature and bias together."""
    prior = max(PRIORS, key=lambda p: measure(asked, config, p, 1.5, 3.0).f1)
    settings = itertools.product(TEMPERATURES, BIASES)
    return max((measure(asked, config, prior, t, b) for t, b in settings), key=lambda fit: fit.log_likelihood)


def measure(asked: list[Asked], config: ReaderConfig, prior: float, temperature: float, bias: float) -> Fit:
    """What a setting gives on questions that were read."""
    config = dataclasses.replace(config, index_prior=prior, temperature=temperature, no_answer_bias=bias)
    scores, confidences = [], []
    for each in asked:
        first, last, probability = weigh_spans(config, each.read).best(1)[0]
        scores.append(f1(each.haystack.text(first, last), each.golds) if each.golds else np.nan)
        confidences.append(min(probability, 1.0))
    score, confidence = np.array(scores), np.array(confidences)
    right = np.nan_to_num(score) > RIGHT
    chance = np.clip(confidence, 1e-4, 1 - 1e-4)
    return Fit(
        prior,
        temperature,
        bias,
        100 * float(np.nanmean(score)),
        auroc(confidence, ~np.isnan(score)),
        calibration_error(confidence, right),
        float(np.mean(np.where(right, np.log(chance), np.log(1 - chance)))),
    )


def auroc(confidence: np.ndarray, positive: np.ndarray) -> float:
    """How often a positive has the higher confidence of a random pair."""
    above = confidence[positive][:, None] - confidence[~positive][None, :]
    return float(np.mean((above > 0) + 0.5 * (above == 0)))


def calibration_error(confidence: np.ndarray, right: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error: |confidence - share right| over equal bins, weighted by their size."""
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    members = [bin_of == number for number in range(bins)]
    return float(sum(abs(confidence[m].mean() - right[m].mean()) * m.mean() for m in members if m.any()))
