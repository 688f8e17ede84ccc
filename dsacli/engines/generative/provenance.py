"""Where something was read: the sentences that the attention went to while it was written, or its own wording."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsacli.engines.context import Context
from dsacli.engines.evidence import Evidence, evidence_at

# Tokens of a quotation at the most.
LONGEST_QUOTE = 80


def sentence_mass(context: Context[Any], attention_mass: NDArray[np.float32]) -> NDArray[np.float32]:
    """The attention that each sentence got, float32 [sentences]."""
    if not len(attention_mass):
        return np.empty(0, np.float32)
    return np.add.reduceat(without_first(attention_mass), context.sentence_edges[:-1])


def without_first(attention_mass: NDArray[np.float32]) -> NDArray[np.float32]:
    """Attention less that to the first tokens of a context, where it goes when nothing else is wanted."""
    weighed = attention_mass.copy()
    weighed[:4] = 0
    return weighed


def sentence_evidence(context: Context[Any], attention_mass: NDArray[np.float32], first: int, last: int) -> Evidence:
    """Evidence for the tokens [first, last) of one sentence; of a very long one, for those around the most attended."""
    if last - first > LONGEST_QUOTE:
        first = max(
            first, min(first + int(attention_mass[first:last].argmax()) - LONGEST_QUOTE // 2, last - LONGEST_QUOTE)
        )
        last = first + LONGEST_QUOTE
    encoded, start, end = context.characters(first, last - 1)
    wording = encoded.document.text[start:end]
    start, end = start + len(wording) - len(wording.lstrip()), end - len(wording) + len(wording.rstrip())
    return replace(
        evidence_at(encoded.document, encoded.sentences, start, end),
        quote=encoded.document.text[start:end],
        quote_start=0,
        quote_end=end - start,
    )


def located(
    context: Context[Any], wording: str, attention_mass: NDArray[np.float32], among: Sequence[Evidence] = ()
) -> Evidence | None:
    """Where the wording stands in the documents; of several places one `among` these, or else the one that got most attention.
    None if nowhere."""
    for each in among:
        at = each.quote.find(wording)
        if at >= 0:
            encoded, low = context.named(each.document), each.start - each.quote_start + at
            return evidence_at(encoded.document, encoded.sentences, low, low + len(wording))
    best, found = -1.0, None
    for number, encoded in enumerate(context.documents):
        text, low = encoded.document.text, int(context.edges[number])
        place = text.find(wording) if wording else -1
        while place >= 0:
            end = place + len(wording)
            first = int(np.searchsorted(encoded.ends, place, side="right"))
            last = int(np.searchsorted(encoded.starts, end, side="left"))
            weight = float(attention_mass[low + first : low + last].sum())
            if weight > best:
                best, found = weight, evidence_at(encoded.document, encoded.sentences, place, end)
            place = text.find(wording, end)
    return found
