"""How much a sentence matters: to a focus, by index scores; to the whole document, by what was learned from summaries.

With a focus, the reader's focus head weighs the sum over the focus's tokens of a sentence's best index score (late
interaction, as the indexer was trained), that of its neighbours, and its salience without one. That is what the salience head
makes of all that is known of a sentence: its
index keys, the weight of its terms, where it stands, and its index scores for query tokens taken from evenly spaced
passages of the document itself (probes), those of most term weight: frequent in the document, rare among
its sentences. What their index scores agree on, the document keeps coming back to.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dsacli.engines.extractive.encode import EncodedContext
from dsacli.reader.encoding import index_queries
from dsacli.reader.layers import SalienceHead
from dsacli.reader.loading import ReaderModel

PROBES = 48
PROBE_TOKENS = 24
CHUNK_TOKENS = 4096
LENGTH_TAKEN_OFF = 0.5
TERM_LENGTH_POWER = 0.7
# Sentences after which the beginning of a document, and before which its end, has faded to a third.
EDGE_SENTENCES = 10
# Neighbours that speak of the same matter: in one's next sentences, in the whole turn of a conversation.
NEAR, FAR = 3, 15
# Columns of the features behind the mean index key.
LENGTH, FIGURES = 2, 6


def sentence_tokens(context: EncodedContext) -> NDArray[Any]:
    """[first, last) tokens of every sentence of the context that holds a token: int64 [sentences, 2]."""
    found = []
    for document, shift in zip(context.documents, context.edges.tolist()):
        first = np.searchsorted(document.starts, document.sentences[:, 0])
        last = np.searchsorted(document.ends, document.sentences[:, 1], side="right")
        found.append(np.stack([first, last], axis=1)[first < last] + shift)
    return np.concatenate(found)


def term_weights(model: ReaderModel, context: EncodedContext, sentences: NDArray[Any]) -> NDArray[Any]:
    """log(1 + uses) · log(sentences / sentences with it) of every token of the context, 0 for those without
    a letter, so that tables of figures do not speak for the document: float64 [tokens]."""
    ids = np.concatenate([document.token_ids for document in context.documents])
    sizes = np.diff(sentences, axis=1).ravel()
    places = np.concatenate([np.arange(first, last) for first, last in sentences])
    uses = np.bincount(ids)
    pairs = np.unique(np.repeat(np.arange(len(sizes)), sizes) * len(uses) + ids[places])
    holding = np.bincount(pairs % len(uses), minlength=len(uses))
    used = np.flatnonzero(uses)
    lettered = np.zeros(len(uses))
    lettered[used] = [any(map(str.isalpha, model.tokenizer.id_to_token(number) or "")) for number in used.tolist()]
    return (lettered * np.log1p(uses) * np.log(len(sizes) / np.maximum(holding, 1)))[ids]


def probe_queries(
    model: ReaderModel, context: EncodedContext, terms: NDArray[Any]
) -> tuple[torch.Tensor, torch.Tensor, NDArray[Any]]:
    """Index queries of the tokens of most term weight in evenly spaced passages.

    terms: `term_weights` of the context
    returns: queries [n, heads, dim], weights [n, heads] scaled by the term weight, and each one's passage
    as [first, last): [n, 2]
    """
    passages = context.passages()
    chosen = sorted({int(i) for i in np.linspace(0, len(passages) - 1, min(PROBES, len(passages)))})
    probes = [passages[number] for number in chosen]
    queries, weights = index_queries(model.reader, [context.token_ids[low:high] for low, high in probes])
    rows, scale, owners, place = [], [], [], 0
    for low, high in probes:
        heaviest = np.argsort(-terms[low:high], kind="stable")[:PROBE_TOKENS]
        rows.append(place + heaviest)
        scale.append(terms[low + heaviest])
        owners += [(low, high)] * len(heaviest)
        place += high - low
    kept = torch.from_numpy(np.concatenate(rows))
    scales = torch.from_numpy(np.concatenate(scale)).to(weights.dtype)
    return queries[kept], weights[kept] * scales[:, None], np.array(owners)


@torch.inference_mode()
def best_by_sentence(
    model: ReaderModel, context: EncodedContext, queries: torch.Tensor, weights: torch.Tensor, sentences: NDArray[Any]
) -> Iterator[tuple[slice, NDArray[Any]]]:
    """max over a sentence's tokens of I(t, s), a stretch of sentences at a time, the keys read once.

    Yields which sentences, and float64 [queries, sentences of the stretch].
    """
    for here in _stretches(sentences):
        first = int(sentences[here.start, 0])
        keys = context.index_keys[first : int(sentences[here.stop - 1, 1])]
        scores = model.reader.indexer.scores(queries, weights, keys).numpy()
        yield here, np.maximum.reduceat(scores, sentences[here, 0] - first, axis=1).astype(np.float64)


def _stretches(sentences: NDArray[Any]) -> Iterator[slice]:
    """Which sentences to work on at a time: about CHUNK_TOKENS tokens of them."""
    low = 0
    while low < len(sentences):
        limit = sentences[low, 0] + CHUNK_TOKENS
        high = max(low + 1, int(np.searchsorted(sentences[:, 1], limit, side="right")))
        yield slice(low, high)
        low = high


@torch.inference_mode()
def focused_salience(
    model: ReaderModel, context: EncodedContext, queries: torch.Tensor, weights: torch.Tensor, sentences: NDArray[Any]
) -> NDArray[Any]:
    """What each sentence is to a focus, float64 [sentences]: what the focus head makes of its features."""
    features = focus_features(model, context, queries, weights, sentences, sentence_features(model, context, sentences))
    return _weighed(model.reader.focus, features)


def focus_features(
    model: ReaderModel,
    context: EncodedContext,
    queries: torch.Tensor,
    weights: torch.Tensor,
    sentences: NDArray[Any],
    features: torch.Tensor,
) -> torch.Tensor:
    """What the focus head reads: float32 [sentences, FOCUS_FEATURES].

    Σ_t max_s I(t, s) of a sentence and its mean over NEAR and FAR sentences to either side, salience, all standardised;
    length and share of figures. features: `sentence_features`
    """
    total = np.concatenate([b.sum(0) for _, b in best_by_sentence(model, context, queries, weights, sentences)])
    scores = [total, around(total, NEAR), around(total, FAR), _weighed(model.reader.salience, features)]
    own = features[:, model.reader.config.index_head_dim :]
    columns = [torch.from_numpy(standardised(score)).float() for score in scores]
    return torch.stack([*columns, own[:, LENGTH], own[:, FIGURES]], dim=1)


def around(values: NDArray[Any], reach: int) -> NDArray[Any]:
    """The mean over up to `reach` neighbours on either side and the value itself."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    places = np.arange(len(values))
    low, high = np.maximum(places - reach, 0), np.minimum(places + reach + 1, len(values))
    return (sums[high] - sums[low]) / (high - low)


@torch.inference_mode()
def salience(model: ReaderModel, context: EncodedContext, sentences: NDArray[Any]) -> NDArray[Any]:
    """One number per sentence, float64 [sentences]: what the salience head makes of its features."""
    return _weighed(model.reader.salience, sentence_features(model, context, sentences))


def _weighed(head: SalienceHead, features: torch.Tensor) -> NDArray[Any]:
    return head(features.to(next(head.parameters()))).float().cpu().numpy().astype(np.float64)


def sentence_features(model: ReaderModel, context: EncodedContext, sentences: NDArray[Any]) -> torch.Tensor:
    """What the salience head reads: float32 [sentences, index_head_dim + SALIENCE_FEATURES].

    The mean index key of a sentence less that of the document; its index scores for probes and its terms' weight,
    standardised; its length; where it stands; its share of figures. Index scores and terms' weight grow with a sentence's
    length; LENGTH_TAKEN_OFF and TERM_LENGTH_POWER leave longer sentences an advantage.
    """
    terms = term_weights(model, context, sentences)
    queries, weights, owners = probe_queries(model, context, terms)
    stretches = best_by_sentence(model, context, queries, weights, sentences)
    total = np.concatenate([mean_of_others(best, owners, sentences[here, 0]) for here, best in stretches])
    sizes = sentences[:, 1] - sentences[:, 0]
    lengths = np.log1p(sizes)
    slope = np.cov(lengths, total)[0, 1] / max(lengths.var(), 1e-9) if len(lengths) > 2 else 0.0
    sums = np.concatenate([[0.0], np.cumsum(terms)])
    weight = (sums[sentences[:, 1]] - sums[sentences[:, 0]]) / sizes**TERM_LENGTH_POWER
    owner = np.searchsorted(context.edges, sentences[:, 0], side="right") - 1
    counts = np.bincount(owner)
    before = np.arange(len(sentences)) - np.concatenate([[0], np.cumsum(counts)])[owner]
    after = counts[owner] - 1 - before
    scalars = [
        standardised(total - LENGTH_TAKEN_OFF * slope * lengths),
        standardised(weight),
        lengths - 3,
        before / np.maximum(before + after, 1) - 0.5,
        np.exp(-before / EDGE_SENTENCES),
        np.exp(-after / EDGE_SENTENCES),
        figures(model, context, sentences),
    ]
    means = mean_keys(context, sentences)
    return torch.cat([means - means.mean(0), torch.from_numpy(np.stack(scalars, axis=1)).float()], dim=1)


def mean_keys(context: EncodedContext, sentences: NDArray[Any]) -> torch.Tensor:
    """The mean index key of each sentence: float32 [sentences, index_head_dim]."""
    means = []
    for here in _stretches(sentences):
        first = int(sentences[here.start, 0])
        sums = context.index_keys[first : int(sentences[here.stop - 1, 1])].float().cumsum(0)
        sums = torch.cat([sums.new_zeros(1, sums.shape[1]), sums])
        low, high = torch.from_numpy(sentences[here] - first).T
        means.append((sums[high] - sums[low]) / (high - low)[:, None])
    return torch.cat(means)


def figures(model: ReaderModel, context: EncodedContext, sentences: NDArray[Any]) -> NDArray[Any]:
    """The share of each sentence's tokens that hold a digit: float64 [sentences]."""
    ids = np.concatenate([document.token_ids for document in context.documents])
    used = np.unique(ids)
    digits = np.zeros(int(used[-1]) + 1)
    digits[used] = [any(map(str.isdigit, model.tokenizer.id_to_token(number) or "")) for number in used.tolist()]
    sums = np.concatenate([[0.0], np.cumsum(digits[ids])])
    return (sums[sentences[:, 1]] - sums[sentences[:, 0]]) / (sentences[:, 1] - sentences[:, 0])


def mean_of_others(best: NDArray[Any], owners: NDArray[Any], firsts: NDArray[Any]) -> NDArray[Any]:
    """Mean over probes from other passages, float64 [sentences]; over all where there are no others.

    best: [probes, sentences], owners: each probe's passage [probes, 2], firsts: first tokens [sentences]
    """
    counted = (firsts < owners[:, :1]) | (firsts >= owners[:, 1:])
    counted |= ~counted.any(axis=0)
    return (best * counted).sum(0) / counted.sum(0)


def standardised(values: NDArray[Any]) -> NDArray[Any]:
    """Values around 0 with a deviation of 1, or all 0."""
    return (values - values.mean()) / max(values.std(), 1e-9)
