"""Documents with the summaries that somebody wrote of them, or of what answers a question."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dsacli.documents import Document
from dsacli.training.data import read_jsonl
from dsacli.training.rouge import tokens

SOURCES = ("papers", "stories", "meetings", "calls")
# An abstract, and the share of its pairs of words that a sentence of a document has of it when it is a copy.
ABSTRACT_SENTENCES, COPIED = 25, 0.7


@dataclass(frozen=True)
class Summary:
    """What answers `focus`, in somebody's words; it rests on the characters `places`, or anywhere without any."""

    reference: str
    focus: str
    places: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Summarised:
    """A document as text, the general summaries of it, and those that answer a focus."""

    source: str
    document: Document
    general: tuple[str, ...]
    focused: tuple[Summary, ...]


def summarised(data: Path, split: str, source: str, documents: int) -> list[Summarised]:
    """Documents of a split that have a general summary, evenly spaced; `documents` of 0 takes all."""
    passages = {
        d["id"]: d["passages"]
        for d in read_jsonl(data / "documents.jsonl.gz")
        if d["split"] == split and d["source"] == source
    }
    general: dict[str, list[str]] = {}
    focused: dict[str, list[Summary]] = {}
    for row in read_jsonl(data / "focus.jsonl.gz"):
        name, query = row["document"], row["query"]
        if name not in passages:
            continue
        # A meeting's general summary has a query ("Summarize the meeting"), a story's question has no turns.
        if not row["turns"] and (not query or source != "stories"):
            general.setdefault(name, []).append(row["answer"])
            continue
        starts = np.cumsum([0, *(len(text) + 1 for text in passages[name])]).tolist()
        places = tuple((starts[first], starts[last + 1]) for first, last in row["turns"] if last < len(passages[name]))
        focused.setdefault(name, []).append(Summary(row["answer"], query, places))
    ids = sorted(general)
    if documents and len(ids) > documents:
        ids = [ids[i] for i in np.linspace(0, len(ids) - 1, documents).astype(int)]
    return [
        Summarised(
            source,
            Document(name, "text", "\n".join(passages[name])),
            tuple(general[name]),
            tuple(focused.get(name, ())),
        )
        for name in ids
    ]


def without_abstract(item: Summarised) -> Summarised | None:
    """A paper from behind its abstract, which its summary then has to be made without; None for one that has none.

    The abstract ends with the last of the first sentences that the summary copies.
    """
    (reference, *_), document = item.general, item.document
    wanted = tokens(reference)
    pairs, end = set(zip(wanted, wanted[1:])), 0
    for low, high in document.sentences()[:ABSTRACT_SENTENCES]:
        words = tokens(document.text[low:high])
        own = list(zip(words, words[1:]))
        if len(own) > 3 and sum(pair in pairs for pair in own) > COPIED * len(own):
            end = high
    if not end:
        return None
    return replace(item, source="bodies", document=replace(document, text=document.text[end:].lstrip()), focused=())
