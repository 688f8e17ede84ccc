"""Encoded documents as one file of tensors, and the documents of such a file: what is not asked for is not read."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dsacli.documents import Document
from dsacli.dsa.tiles import tile_means
from dsacli.engines.disk_cache import DiskCache
from dsacli.engines.extractive.encode import EncodedDocument
from dsacli.engines.extractive.stored import ENCODING
from dsacli.reader.lexical import Pieces, Words, words_in_passages
from dsacli.reader.loading import ReaderModel

# Raise it when a shard holds other things, or the words of its passages are numbered otherwise.
FORMAT = "2"
# What is kept of documents, one behind the other; where each begins is kept for these, tokens by their keys.
_ARRAYS, _BEGUN = ("token_ids", "starts", "ends", "passages", "sentences"), ("passages", "sentences", "text")


def kept_by(model: ReaderModel) -> str:
    """What tells the reader, and the version, that shards are of: another would find other things in the same documents."""
    return f"{model.fingerprint} {ENCODING} {FORMAT}"


def shard_store(folder: Path) -> DiskCache:
    """The files of a library's shards: written whole or not at all, and not trusted where their checksums don't hold."""
    return DiskCache(folder / "shards", sys.maxsize)


def packed(documents: Sequence[EncodedDocument], pieces: Pieces) -> dict[str, torch.Tensor]:
    """The tensors of a shard; `pieces` are those of the reader's tokenizer, for its words."""
    texts = [np.frombuffer(json.dumps(d.document.to_json(), ensure_ascii=False).encode(), np.uint8) for d in documents]
    arrays: dict[str, list[NDArray[Any]]] = {name: [getattr(d, name) for d in documents] for name in _ARRAYS}
    arrays["text"] = texts
    edges = {name: np.cumsum([0, *map(len, arrays[name])]) for name in _BEGUN}
    edges["index_keys"] = np.cumsum([0, *map(len, documents)])
    firsts = [d.passages[:-1] + low for d, low in zip(documents, edges["index_keys"])]
    words = words_in_passages(
        np.concatenate(arrays["token_ids"]), np.append(np.concatenate(firsts), edges["index_keys"][-1]), pieces
    )
    keys = torch.cat([d.index_keys for d in documents])
    return {
        "index_keys": keys,
        "tile_means": tile_means(keys),
        **{name: torch.from_numpy(np.concatenate(parts)) for name, parts in arrays.items()},
        **{f"{name}_edges": torch.from_numpy(each.astype(np.int64)) for name, each in edges.items()},
        "words": torch.from_numpy(words.words.view(np.int64)),
        "word_passages": torch.from_numpy(words.passages.astype(np.int32)),
        "word_lengths": words.lengths,
        "word_edges": words.edges,
    }


class ShardView:
    """The documents of a shard's tensors. Raises ValueError for tensors that are none of a shard."""

    def __init__(self, tensors: dict[str, torch.Tensor]):
        try:
            self.edges = {name: tensors[f"{name}_edges"].tolist() for name in ("index_keys", *_BEGUN)}
            self.index_keys, self.tile_means, self._tensors = tensors["index_keys"], tensors["tile_means"], tensors
        except (KeyError, AttributeError) as failure:
            raise ValueError(f"no shard: {failure}") from None

    @property
    def words(self) -> Words:
        """Those of its passages."""
        of = self._tensors
        return Words(
            of["words"].numpy().view(np.uint64), of["word_passages"].numpy(), of["word_lengths"], of["word_edges"]
        )

    def document(self, place: int) -> EncodedDocument:
        """The document of a number."""

        def of(name: str, by: str) -> torch.Tensor:
            low, high = self.edges[by][place : place + 2]
            return self._tensors[name][low:high]

        text = of("text", "text").numpy().tobytes().decode("utf-8")
        return EncodedDocument(
            Document.from_json(json.loads(text)),
            of("token_ids", "index_keys").numpy(),
            of("starts", "index_keys").numpy(),
            of("ends", "index_keys").numpy(),
            sentences=of("sentences", "sentences").numpy(),
            passages=of("passages", "passages").numpy(),
            index_keys=of("index_keys", "index_keys"),
            cached=True,
        )
