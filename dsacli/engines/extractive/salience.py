"""How much a sentence matters to its whole document: a weighted sum of a few things that hold for any kind of document.

No network has a say in it: what its index keys know of a sentence added nothing that its words do not tell, but of the kinds of
document it had met. The weights are `weights/salience.json`; `dsacli.training.salience` finds them.
"""

import json
import re
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsacli.engines.extractive.chapters import chapters_of
from dsacli.engines.extractive.openings import speaking_for_all
from dsacli.engines.extractive.sentences import Sentences
from dsacli.engines.extractive.terms import centrality
from dsacli.weights import BUILT_IN

WEIGHTS = BUILT_IN / "salience.json"
FEATURES = ("central", "long", "short", "talk", "spoken figures", "opening", "abstract")
# Words: a longer sentence takes the room of others, a shorter one is often a fragment, or an aside.
LONG, SHORT = 18, 12
# The opening fades to a half after 3 sentences, and later in a long document.
FADES, FADES_BY_LENGTH = 3, 0.02
# What the opening of a chapter counts of that of a document.
CHAPTER = 0.3
# Below this share of words of talk a document reports; above the other one people talk, and the opening is small talk.
WRITTEN, SPOKEN = 0.03, 0.07
_TALK = re.compile(r"\b(?:i|you|we|me|my|your|our|us|yeah|okay|ok|oh|uh|um)\b", re.IGNORECASE)


@cache
def weights() -> dict[str, dict[str, float]]:
    """{"salience" or "focus": {feature: weight}} of the package."""
    return json.loads(WEIGHTS.read_text(encoding="utf-8"))


def salience(sentences: Sentences) -> NDArray[np.float64]:
    """One number per sentence, float64 [sentences]; it compares sentences of one context."""
    return weighed(salience_features(sentences), weights()["salience"])


def weighed(features: dict[str, NDArray[Any]], by: dict[str, float]) -> NDArray[np.float64]:
    """The weighted sum of features, float64 [sentences]."""
    return np.asarray(sum(by[name] * values for name, values in features.items()), np.float64)


def salience_features(sentences: Sentences) -> dict[str, NDArray[np.float64]]:
    """What is known of each sentence, by the names in FEATURES, float64 [sentences] each.

    central: the cosine with the document, standardised; long, short: log words beyond LONG and below SHORT; talk: the share of words
    like "I", "you" and "okay", spoken figures: that of words with a digit, both as far as the document is talk; opening: 1 at
    the first sentence and less behind it, CHAPTER at that of a chapter, as far as it is none; abstract: 1 where an abstract or a summary is
    """
    words = np.maximum(sentences.words, 1)
    among = sentences.quotable if sentences.quotable.any() else np.ones(len(sentences), bool)
    talk = np.array([len(_TALK.findall(text)) for text in sentences.texts]) / words
    digits = np.array([sum(any(map(str.isdigit, word)) for word in text.split()) for text in sentences.texts]) / words
    written = np.clip((SPOKEN - sentences.means(talk)) / (SPOKEN - WRITTEN), 0, 1)
    length = np.bincount(sentences.documents)[sentences.documents]
    edges = np.flatnonzero(np.diff(sentences.documents, prepend=-1, append=len(sentences)))
    abstract = [
        speaking_for_all(sentences.texts[low:high], sentences.quotable[low:high]) for low, high in zip(edges, edges[1:])
    ]
    _, chapters = chapters_of(sentences)
    inside = np.arange(len(sentences)) - np.searchsorted(chapters, chapters)
    opening = np.maximum(
        1 / (1 + sentences.places / (FADES_BY_LENGTH * length + FADES)), CHAPTER / (1 + inside / FADES)
    )
    return {
        "central": standardised(centrality(sentences.terms, among), among),
        "long": np.maximum(0, np.log(words / LONG)),
        "short": np.maximum(0, np.log(SHORT / words)),
        "talk": talk * (1 - written),
        "spoken figures": digits * (1 - written),
        "opening": written * opening,
        "abstract": np.concatenate(abstract).astype(np.float64),
    }


def standardised(values: NDArray[Any], among: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Values less the mean of those `among` them, their deviation being 1, or all 0."""
    return (values - values[among].mean()) / max(values[among].std(), 1e-9)
