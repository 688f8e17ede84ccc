"""Training and dev data: passages and questions as tokens, with every answer as a token span.

Reads `documents.jsonl.gz` and `questions.jsonl.gz` from a folder given by path. Splits are by whole
document; nothing here ever mixes them.
"""

import gzip
import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from dsacli.errors import DsacliError
from dsacli.reader.loading import ids_of
from dsacli.reader.network import PATH_TOKENS
from dsacli.reader.rows import NO_TOKENS

QUESTION_TOKENS = 48


@dataclass(frozen=True)
class Passage:
    """One passage of a document. `tokens` int32 [tokens], `offsets` int32 [tokens, 2] into `text`; `path` int32 [tokens] is
    the document's title, as a heading path."""

    document: str
    source: str
    number: int
    text: str
    tokens: np.ndarray
    offsets: np.ndarray
    path: np.ndarray = field(default_factory=lambda: NO_TOKENS)


@dataclass(frozen=True)
class Question:
    """A question, the index of its passage in `Corpus.passages`, and its answers.

    `spans` are token spans [first, last] in the passage, one per annotator whose answer fits tokens.
    """

    id: str
    source: str
    text: str
    tokens: np.ndarray
    passage: int
    answers: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Corpus:
    """One split: all passages of its documents, and the questions asked of them."""

    passages: list[Passage]
    questions: list[Question]

    def of_document(self) -> dict[str, list[int]]:
        """Passage indices by document id."""
        found: dict[str, list[int]] = {}
        for index, passage in enumerate(self.passages):
            found.setdefault(passage.document, []).append(index)
        return found


def read_jsonl(path: Path) -> list[dict]:
    """All lines of a gzipped JSON-lines file. Raises DsacliError when it is not there."""
    if not path.exists():
        raise DsacliError(f"{path}: no such file; --data names the folder of the training data")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def load_corpus(
    data: Path, split: str, tokenizer: Tokenizer, sources: set[str] | None = None, every: int = 1
) -> Corpus:
    """Load a split ("train" or "dev"); `sources` limits which documents are tokenised, `every` thins them.

    By default the documents that questions are asked of, and not the transcripts, which are 20
    times as long and have none.
    """
    documents = [d for d in read_jsonl(data / "documents.jsonl.gz") if d["split"] == split]
    asked = read_jsonl(data / "questions.jsonl.gz")
    with_questions = {q["document"] for q in asked}
    documents = [
        d for d in documents if (d["source"] in sources if sources is not None else d["id"] in with_questions)
    ][::every]
    texts = [text for d in documents for text in d["passages"]]
    encoded = tokenizer.encode_batch(texts, add_special_tokens=False)
    paths = {d["id"]: ids_of(tokenizer, d["title"]) for d in documents}
    where: dict[tuple[str, int], int] = {}
    passages: list[Passage] = []
    rows = ((d, number) for d in documents for number in range(len(d["passages"])))
    for (document, number), text, tokens in zip(rows, texts, encoded):
        where[document["id"], number] = len(passages)
        offsets = np.array(tokens.offsets, dtype=np.int32).reshape(-1, 2)
        ids, path = np.array(tokens.ids, np.int32), paths[document["id"]][:PATH_TOKENS]
        passages.append(Passage(document["id"], document["source"], number, text, ids, offsets, path))
    kept = [q for q in asked if (q["document"], q["passage"]) in where]
    asked_tokens = tokenizer.encode_batch([q["question"] for q in kept], add_special_tokens=False)
    questions = []
    for raw, tokens in zip(kept, asked_tokens):
        index = where[raw["document"], raw["passage"]]
        passage = passages[index]
        spans = [token_span(passage.offsets, a["start"], a["start"] + len(a["text"])) for a in raw["answers"]]
        questions.append(
            Question(
                raw["id"],
                passage.source,
                raw["question"],
                np.array(tokens.ids[:QUESTION_TOKENS], np.int32),
                index,
                tuple(a["text"] for a in raw["answers"]),
                tuple(span for span in spans if span is not None),
            )
        )
    return Corpus(passages, questions)


def pack_passages(corpus: Corpus, limit: int = 256) -> Corpus:
    """Turns and sentences that follow each other, packed into passages of up to `limit` tokens, as the
    document pass cuts a document. Questions are dropped: the sources that need this have none."""
    packed: list[list[Passage]] = []
    for passage in corpus.passages:
        last = packed[-1] if packed else []
        fits = sum(len(p.tokens) for p in last) + len(passage.tokens) <= limit
        if last and last[0].document == passage.document and fits:
            last.append(passage)
            continue
        packed.append([passage])
    return Corpus([_joined(parts, limit) for parts in packed], [])


def _joined(parts: list[Passage], limit: int) -> Passage:
    tokens = np.concatenate([p.tokens for p in parts])[:limit]
    return replace(parts[0], text="\n".join(p.text for p in parts), tokens=tokens, offsets=np.empty((0, 2), np.int32))


def token_span(offsets: np.ndarray, start: int, end: int) -> tuple[int, int] | None:
    """First and last token that overlap the characters [start, end), None when none does."""
    first = int(np.searchsorted(offsets[:, 1], start, side="right"))
    last = int(np.searchsorted(offsets[:, 0], end, side="left")) - 1
    return (first, last) if first <= last else None
