"""How much a document attends to each of its sentences, by index scores.

Query tokens are those of a focus, or of passages taken evenly from the document (probes). A sentence's
salience is the sum over query tokens of its best index score, minus what a sentence of its length would
get anyway: the indexer that finds what a question needs finds what the document keeps coming back to.
"""

import numpy as np
import torch

from dsacli.models.loading import ReaderModel
from dsacli.models.reading import index_queries
from dsacli.tasks.context import Context

PROBES = 48
PROBE_TOKENS = 24
CHUNK_TOKENS = 4096


def sentence_tokens(context: Context) -> np.ndarray:
    """[first, last) tokens of every sentence of the context that holds a token: int64 [sentences, 2]."""
    found = []
    for document, shift in zip(context.documents, context.edges.tolist()):
        first = np.searchsorted(document.starts, document.sentences[:, 0])
        last = np.searchsorted(document.ends, document.sentences[:, 1], side="right")
        found.append(np.stack([first, last], axis=1) + shift)
    return np.concatenate(found)


def probe_queries(model: ReaderModel, context: Context) -> tuple[torch.Tensor, torch.Tensor, np.ndarray]:
    """Index queries of the weightiest tokens of evenly spaced passages.

    returns: queries [n, heads, dim], weights [n, heads], and each one's passage as [first, last): [n, 2]
    """
    passages = context.passages()
    chosen = sorted({int(i) for i in np.linspace(0, len(passages) - 1, min(PROBES, len(passages)))})
    probes = [passages[number] for number in chosen]
    queries, weights = index_queries(model.reader, [context.run(*probe).tokens for probe in probes])
    kept, owners, place = [], [], 0
    for low, high in probes:
        heaviest = weights[place : place + high - low].sum(-1).topk(min(PROBE_TOKENS, high - low)).indices
        kept.append(heaviest + place)
        owners += [(low, high)] * len(heaviest)
        place += high - low
    rows = torch.cat(kept)
    return queries[rows], weights[rows], np.array(owners)


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


def salience(best: np.ndarray, sentences: np.ndarray, owners: np.ndarray | None = None) -> np.ndarray:
    """One number per sentence: float64 [sentences].

    best: as `best_index_scores` returns it; owners: the passage each query token is from, which has no
    say about its own sentences.
    """
    scores = best.astype(np.float64)
    if owners is not None:
        own = (sentences[None, :, 0] >= owners[:, :1]) & (sentences[None, :, 0] < owners[:, 1:])
        scores[own & ~own.all(axis=0)] = np.nan
    total = np.nan_to_num(np.nanmean(scores, axis=0)) if owners is not None else scores.mean(0)
    lengths = np.log1p(sentences[:, 1] - sentences[:, 0])
    slope = np.cov(lengths, total)[0, 1] / max(lengths.var(), 1e-9) if len(lengths) > 2 else 0.0
    return total - slope * (lengths - lengths.mean())
