"""A document becomes tokens, passages and index keys, once; afterwards it is read from the cache."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import torch
from tokenizers import Tokenizer

from dsacli.documents import Document
from dsacli.dsa.cost import CostMeter
from dsacli.engines.disk_cache import TensorCache
from dsacli.reader.loading import ReaderModel
from dsacli.reader.reading import encode_passages

TOKENIZER_PIECE = 20_000
# Raise it when documents are parsed or cut differently, so that old cache entries are not met again.
ENCODING = "1"


class Progress(Protocol):
    """What a long document pass reports to: the command line's bars, or nothing."""

    def page(self, name: str, done: int, total: int) -> None: ...

    def tokens(self, name: str, done: int, total: int) -> None: ...

    def warn(self, message: str) -> None: ...


@dataclass(frozen=True)
class EncodedDocument:
    """A document with what the model keeps of it.

    token_ids: int32 [tokens]; starts, ends: int32 [tokens], characters of `document.text`
    passages:  int32 [passages + 1], the first token of each, and the end
    sentences: int32 [sentences, 2], characters
    index_keys: bfloat16 [tokens, index_head_dim]
    flops, seconds: of the document pass, which an earlier run did when `cached`
    """

    document: Document
    token_ids: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    passages: np.ndarray
    sentences: np.ndarray
    index_keys: torch.Tensor
    flops: int = 0
    seconds: float = 0.0
    cached: bool = False

    def __len__(self) -> int:
        return len(self.token_ids)

    def part(self, kept: np.ndarray) -> "EncodedDocument":
        """The document with only the tokens `kept`, bool [tokens]; text and places stay, passages and index keys go."""
        return replace(
            self,
            token_ids=self.token_ids[kept],
            starts=self.starts[kept],
            ends=self.ends[kept],
            passages=np.array([0, kept.sum()], np.int32),
            index_keys=self.index_keys[:0],
        )


def tokenise(text: str, sentences: np.ndarray, tokenizer: Tokenizer) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Token ids and the characters each stands for: three int32 arrays [tokens].

    The text is cut before sentences into pieces that the tokenizer works on in parallel; words never
    cross such a cut, so the tokens are those of the whole text.
    """
    cuts, last = [0], 0
    for start in sentences[:, 0].tolist():
        if start - last >= TOKENIZER_PIECE:
            cuts.append(start)
            last = start
    cuts.append(len(text))
    pieces = [text[low:high] for low, high in zip(cuts, cuts[1:])]
    ids, offsets = [], []
    for low, encoding in zip(cuts, tokenizer.encode_batch(pieces, add_special_tokens=False)):
        ids.append(np.array(encoding.ids, np.int32))
        offsets.append(np.array(encoding.offsets, np.int32).reshape(-1, 2) + low)
    places = np.concatenate(offsets)
    return np.concatenate(ids), places[:, 0].copy(), places[:, 1].copy()


def cut_passages(sentence_tokens: np.ndarray, total: int, limit: int) -> np.ndarray:
    """The first token of each passage, and `total`: int32 [passages + 1].

    sentence_tokens: the first token of every sentence, ascending. A passage is as many whole sentences
    as fit `limit` tokens; a longer sentence is cut.
    """
    edges = [0]
    bounds = [*np.unique(sentence_tokens).tolist(), total]
    for here, following in zip(bounds, bounds[1:]):
        if following - edges[-1] > limit and here > edges[-1]:
            edges.append(here)
        while following - edges[-1] > limit:
            edges.append(edges[-1] + limit)
    return np.array([*edges, total], np.int32)


def encode_document(
    document: Document, model: ReaderModel, on_tokens: Callable[[int, int], None] = lambda done, total: None
) -> EncodedDocument:
    """The document pass: tokens, passages and index keys; `on_tokens` hears (done, total)."""
    began = time.monotonic()
    sentences = np.array(document.sentences(), np.int32).reshape(-1, 2)
    ids, starts, ends = tokenise(document.text, sentences, model.tokenizer)
    first_tokens = np.searchsorted(starts, sentences[:, 0]).astype(np.int32)
    passages = cut_passages(first_tokens, len(ids), model.reader.config.passage_tokens)
    meter, done = CostMeter(), 0

    def advance(tokens: int) -> None:
        nonlocal done
        done += tokens
        on_tokens(done, len(ids))

    with meter.watch(model.reader):
        texts = [ids[low:high] for low, high in zip(passages, passages[1:])]
        keys = encode_passages(model.reader, texts, on_tokens=advance)
    seconds = time.monotonic() - began
    return EncodedDocument(document, ids, starts, ends, passages, sentences, keys, meter.total, seconds)


def tokenise_document(document: Document, tokenizer: Tokenizer) -> EncodedDocument:
    """A document for a generative model, which has its index keys with the latents: tokens, and no document pass."""
    sentences = np.array(document.sentences(), np.int32).reshape(-1, 2)
    # What a document says is text, also where it looks like a special token of the model.
    tokenizer.encode_special_tokens = True
    try:
        ids, starts, ends = tokenise(document.text, sentences, tokenizer)
    finally:
        tokenizer.encode_special_tokens = False
    return EncodedDocument(document, ids, starts, ends, np.array([0, len(ids)], np.int32), sentences, torch.empty(0))


def cache_key(data: bytes, name: str, password: str | None, model: ReaderModel) -> str:
    """What an entry is stored under: content, name (its ending decides how it is parsed), model, dtype and encoding."""
    digest = hashlib.sha256()
    for part in (
        data,
        name.encode(),
        (password or "").encode("utf-8", "surrogateescape"),
        model.fingerprint.encode(),
        # Keys that were computed in half the digits are not those of a run in float32.
        f"{next(model.reader.parameters()).dtype}".encode(),
        ENCODING.encode(),
    ):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:32]


def store(cache: TensorCache, key: str, encoded: EncodedDocument) -> None:
    """Write an encoded document to the cache. Raises OSError when the disk won't take it."""
    plain = json.dumps(encoded.document.to_json(), ensure_ascii=False).encode("utf-8")
    tensors = {
        "document": torch.from_numpy(np.frombuffer(plain, np.uint8).copy()),
        "index_keys": encoded.index_keys,
        "cost": torch.tensor([encoded.flops, encoded.seconds], dtype=torch.float64),
        **{name: torch.from_numpy(getattr(encoded, name)) for name in _ARRAYS},
    }
    cache.save(key, tensors, encoded.document.name, len(encoded))


def stored(cache: TensorCache, key: str) -> EncodedDocument | None:
    """The encoded document under `key`, None when there is none that can be trusted."""
    tensors = cache.load(key)
    if tensors is None:
        return None
    try:
        document = Document.from_json(json.loads(tensors["document"].numpy().tobytes().decode("utf-8")))
        arrays = {name: tensors[name].numpy() for name in _ARRAYS}
        flops, seconds = tensors["cost"].tolist()
        keys = tensors["index_keys"]
    except (KeyError, ValueError, TypeError):
        return None  # of another version, whatever its checksums say
    return EncodedDocument(document, **arrays, index_keys=keys, flops=int(flops), seconds=seconds, cached=True)


_ARRAYS = ("token_ids", "starts", "ends", "passages", "sentences")
