"""Where something was read: the sentences that the attention went to while it was written, or its own wording."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsacli.engines.context import Context
from dsacli.engines.evidence import Evidence, evidence_at

# Tokens of a quotation at the most.
LONGEST_QUOTE = 80
# Words of a wording that are looked for, and what may stand between two of them.
MOST_WORDS, BETWEEN = 100, r"\W{1,8}"
_WORD = re.compile(r"\d[\d.,'’]*\d|\w+")


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
    """Where the words of a wording stand in the documents, as `any_form` has it; of several places one `among` these, or else the one
    that got most attention. None if nowhere."""
    pattern = any_form(wording)
    if pattern is None:
        return None
    for each in among:
        match = pattern.search(each.quote)
        if match:
            encoded, low = context.named(each.document), each.start - each.quote_start
            return evidence_at(encoded.document, encoded.sentences, low + match.start(), low + match.end())
    best, found = -1.0, None
    for number, encoded in enumerate(context.documents):
        low = int(context.edges[number])
        for match in pattern.finditer(encoded.document.text):
            first = int(np.searchsorted(encoded.ends, match.start(), side="right"))
            last = int(np.searchsorted(encoded.starts, match.end(), side="left"))
            weight = float(attention_mass[low + first : low + last].sum())
            if weight > best:
                best, found = weight, evidence_at(encoded.document, encoded.sentences, *match.span())
    return found


def any_form(wording: str) -> re.Pattern[str] | None:
    """What matches a wording in capitals or not, and whatever stands between its words; figures are as they are. None without words.

    >>> bool(any_form("Low Quays, Inc.").search("LOW QUAYS INC, of Hull")), bool(any_form("£1,000").search("£1.000"))
    (True, False)
    """
    words = list(_WORD.finditer(wording))[:MOST_WORDS]
    if not words:
        return None
    before, after = (re.escape(each) for each in (wording[: words[0].start()], wording[words[-1].end() :]))
    inside = BETWEEN.join(re.escape(each[0]) for each in words)
    return re.compile(rf"(?<!\w)(?:{before})?{inside}(?!\w)(?:{after})?", re.IGNORECASE)
