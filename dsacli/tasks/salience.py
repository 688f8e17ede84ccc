"""How much a document attends to each of its sentences, by index scores.

With a focus, a sentence's salience is the sum over the focus's tokens of its best index score: late
interaction, as the indexer was trained. Without one, the query tokens are taken from evenly spaced
passages of the document itself (probes), those of most term weight: frequent in the document, rare among
its sentences. What their index scores agree on, the document keeps coming back to.
"""

import numpy as np
import torch

from dsacli.models.loading import ReaderModel
from dsacli.models.reading import index_queries
from dsacli.tasks.context import Context

PROBES = 48
PROBE_TOKENS = 24
CHUNK_TOKENS = 4096
LENGTH_TAKEN_OFF = 0.5
TERM_LENGTH_POWER = 0.7


def sentence_tokens(context: Context) -> np.ndarray:
    """[first, last) tokens of every sentence of the context that holds a token: int64 [sentences, 2]."""
    found = []
    for document, shift in zip(context.documents, context.edges.tolist()):
        first = np.searchsorted(document.starts, document.sentences[:, 0])
        last = np.searchsorted(document.ends, document.sentences[:, 1], side="right")
        found.append(np.stack([first, last], axis=1) + shift)
    return np.concatenate(found)


def term_weights(model: ReaderModel, context: Context, sentences: np.ndarray) -> np.ndarray:
    """log(1 + uses) · log(sentences / sentences with it) of every token of the context, 0 for those without
    a letter, so that tables of figures do not speak for the document: float64 [tokens]."""
    ids = np.concatenate([document.token_ids for document in context.documents])
    sizes = np.diff(sentences, axis=1).ravel()
    places = np.concatenate([np.arange(first, last) for first, last in sentences])
    pairs = np.unique(np.stack([ids[places], np.repeat(np.arange(len(sizes)), sizes)]), axis=1)
    uses = np.bincount(ids)
    holding = np.bincount(pairs[0], minlength=len(uses))
    used = np.flatnonzero(uses)
    lettered = np.zeros(len(uses))
    lettered[used] = [any(map(str.isalpha, model.tokenizer.id_to_token(number))) for number in used.tolist()]
    return (lettered * np.log1p(uses) * np.log(len(sizes) / np.maximum(holding, 1)))[ids]


def probe_queries(
    model: ReaderModel, context: Context, terms: np.ndarray
) -> tuple[torch.Tensor, torch.Tensor, np.ndarray]:
    """Index queries of the tokens of most term weight in evenly spaced passages.

    terms: `term_weights` of the context
    returns: queries [n, heads, dim], weights [n, heads] scaled by the term weight, and each one's passage
    as [first, last): [n, 2]
    """
    passages = context.passages()
    chosen = sorted({int(i) for i in np.linspace(0, len(passages) - 1, min(PROBES, len(passages)))})
    probes = [passages[number] for number in chosen]
    queries, weights = index_queries(model.reader, [context.run(*probe).tokens for probe in probes])
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
def best_index_scores(
    model: ReaderModel, context: Context, queries: torch.Tensor, weights: torch.Tensor, sentences: np.ndarray
) -> np.ndarray:
    """max over a sentence's tokens of I(t, s): float32 [queries, sentences], the keys read once in chunks."""
    best = np.full((len(queries), len(sentences)), -np.inf, np.float32)
    low = 0
    while low < len(sentences):
        first = int(sentences[low, 0])
        high = max(low + 1, int(np.searchsorted(sentences[:, 1], first + CHUNK_TOKENS, side="right")))
        keys = context.index_keys[first : int(sentences[high - 1, 1])]
        scores = model.reader.indexer.scores(queries, weights, keys).numpy()
        best[:, low:high] = np.maximum.reduceat(scores, sentences[low:high, 0] - first, axis=1)
        low = high
    return best


def focused_salience(best: np.ndarray) -> np.ndarray:
    """One number per sentence, float64 [sentences], of `best_index_scores` of a focus."""
    return best.sum(0, dtype=np.float64)


def salience(best: np.ndarray, owners: np.ndarray, sentences: np.ndarray, terms: np.ndarray) -> np.ndarray:
    """One number per sentence, float64 [sentences]: its index scores and its terms' weight, standardised.

    best, owners: `best_index_scores` of the probes, and the passage each is from, which has no say about
    its own sentences. Both parts grow with a sentence's length; LENGTH_TAKEN_OFF and TERM_LENGTH_POWER
    leave longer sentences an advantage, for those are what a summary is made of.
    """
    scores = best.astype(np.float64)
    own = (sentences[None, :, 0] >= owners[:, :1]) & (sentences[None, :, 0] < owners[:, 1:])
    scores[own & ~own.all(axis=0)] = np.nan
    total = np.nanmean(scores, axis=0)
    sizes = np.maximum(sentences[:, 1] - sentences[:, 0], 1)
    lengths = np.log1p(sizes)
    slope = np.cov(lengths, total)[0, 1] / max(lengths.var(), 1e-9) if len(lengths) > 2 else 0.0
    sums = np.concatenate([[0.0], np.cumsum(terms)])
    weight = (sums[sentences[:, 1]] - sums[sentences[:, 0]]) / sizes**TERM_LENGTH_POWER
    return standardised(total - LENGTH_TAKEN_OFF * slope * lengths) + standardised(weight)


def standardised(values: np.ndarray) -> np.ndarray:
    """Values around 0 with a deviation of 1, or all 0."""
    return (values - values.mean()) / max(values.std(), 1e-9)
