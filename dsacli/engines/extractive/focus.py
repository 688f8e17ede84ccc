"""How much a sentence matters to a focus: by its index scores and its neighbours', by the words that it shares, and by its salience without
one."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dsacli.engines.extractive.encode import EncodedContext
from dsacli.engines.extractive.query import Question
from dsacli.engines.extractive.salience import salience, standardised, weighed, weights
from dsacli.engines.extractive.sentences import Sentences
from dsacli.reader.lexical import exactly
from dsacli.reader.loading import ReaderModel

CHUNK_TOKENS = 4096
FOCUS_FEATURES = ("index", "near", "far", "salience", "length", "named")
# Neighbours that speak of the same matter: in one's next sentences, in the whole turn of a conversation.
NEAR, FAR = 3, 15


def focused_salience(
    model: ReaderModel, context: EncodedContext, sentences: Sentences, focus: Question
) -> NDArray[np.float64]:
    """What each sentence is to a focus, float64 [sentences]."""
    features = focus_features(model, context, sentences, salience(sentences), focus)
    return weighed(features, weights()["focus"])


def focus_features(
    model: ReaderModel,
    context: EncodedContext,
    sentences: Sentences,
    general: NDArray[np.float64],
    focus: Question,
) -> dict[str, NDArray[np.float64]]:
    """By the names in FOCUS_FEATURES, float64 [sentences] each, standardised but for the last.

    index: Σ_t max_s I(t, s) of a sentence (late interaction, as the indexer was trained), near and far: its mean over NEAR and
    FAR sentences to either side; salience: `general`, that without a focus; length: log words; named: how much of the focus's own words
    a sentence holds, by their rarity, from 0 to 1
    """
    queries, by = focus.queries(model.reader)
    among = sentences.quotable if sentences.quotable.any() else np.ones(len(sentences), bool)
    total = np.concatenate([best.sum(0) for best in best_by_sentence(model, context, queries, by, sentences.bounds)])
    values = (
        total,
        around(total, NEAR),
        around(total, FAR),
        general,
        np.log(np.maximum(sentences.words, 1)),
    )
    found = {name: standardised(each, among) for name, each in zip(FOCUS_FEATURES, values)}
    return {**found, "named": named(model, context, sentences, focus.tokens)}


def named(
    model: ReaderModel, context: EncodedContext, sentences: Sentences, focus: NDArray[np.int32]
) -> NDArray[np.float64]:
    """How much of the words of a focus stands in each sentence, by their rarity: float64 [sentences], 0 to 1."""
    exact = exactly(focus, context.words(model), model.pieces)
    edges = sentences.bounds[:, 0]
    numbers = np.searchsorted(edges, np.arange(edges[0], len(context)), side="right") - 1
    shares = exact.shares(context.token_ids[edges[0] :], numbers, model.pieces)
    return np.maximum.reduceat(shares, edges - edges[0]).astype(np.float64)


@torch.inference_mode()
def best_by_sentence(
    model: ReaderModel, context: EncodedContext, queries: torch.Tensor, by: torch.Tensor, bounds: NDArray[Any]
) -> Iterator[NDArray[np.float64]]:
    """max over a sentence's tokens of I(t, s), a stretch of sentences at a time, the keys read once.

    bounds: int64 [sentences, 2]; yields float64 [queries, sentences of the stretch].
    """
    low = 0
    while low < len(bounds):
        limit = bounds[low, 0] + CHUNK_TOKENS
        high = max(low + 1, int(np.searchsorted(bounds[:, 1], limit, side="right")))
        first = int(bounds[low, 0])
        keys = context.index_keys[first : int(bounds[high - 1, 1])]
        scores = model.reader.indexer.scores(queries, by, keys).numpy()
        yield np.maximum.reduceat(scores, bounds[low:high, 0] - first, axis=1).astype(np.float64)
        low = high


def around(values: NDArray[Any], reach: int) -> NDArray[np.float64]:
    """The mean over up to `reach` neighbours on either side and the value itself."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    places = np.arange(len(values))
    low, high = np.maximum(places - reach, 0), np.minimum(places + reach + 1, len(values))
    return (sums[high] - sums[low]) / (high - low)
