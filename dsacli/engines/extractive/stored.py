"""Encoded documents in the cache on disk: under what key, as which tensors."""

import hashlib
import json

import numpy as np
import torch

from dsacli.documents import Document, Source
from dsacli.engines.disk_cache import DiskCache
from dsacli.engines.extractive.encode import EncodedDocument
from dsacli.reader.loading import ReaderModel

# Raise it when documents are parsed or cut differently, so that old cache entries are not met again.
ENCODING = "3"
_ARRAYS = ("token_ids", "starts", "ends", "passages", "sentences")


def cache_key(source: Source, model: ReaderModel) -> str:
    """What an entry is stored under: content, name (its ending decides how it is parsed), how it is read, model, dtype and encoding."""
    digest = hashlib.sha256()
    for part in (
        source.data,
        source.name.encode(),
        (source.reading.password or "").encode("utf-8", "surrogateescape"),
        repr((source.reading.pages, source.reading.ocr)).encode(),
        model.fingerprint.encode(),
        # Keys that were computed in half the digits are not those of a run in float32.
        f"{next(model.reader.parameters()).dtype}".encode(),
        ENCODING.encode(),
    ):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:32]


def store(cache: DiskCache, key: str, encoded: EncodedDocument) -> None:
    """Write an encoded document to the cache. Raises OSError when the disk won't take it."""
    document = json.dumps(encoded.document.to_json(), ensure_ascii=False).encode("utf-8")
    tensors = {
        "document": torch.from_numpy(np.frombuffer(document, np.uint8).copy()),
        "index_keys": encoded.index_keys,
        "cost": torch.tensor([encoded.flops, encoded.seconds], dtype=torch.float64),
        **{name: torch.from_numpy(getattr(encoded, name)) for name in _ARRAYS},
    }
    cache.save(key, tensors, encoded.document.name, len(encoded))


def stored(cache: DiskCache, key: str) -> EncodedDocument | None:
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
