"""A reader from a directory in the Hugging Face layout: config.json, model.safetensors, tokenizer.json."""

import dataclasses
import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from dsacli.dsa.dtype import fastest_dtype
from dsacli.errors import DsacliError
from dsacli.models.io.folder import read_json, read_tokenizer
from dsacli.models.io.safetensors import Shards
from dsacli.reader.lexical import Pieces, pieces_of
from dsacli.reader.network import Reader, ReaderConfig
from dsacli.reader.packing import load_packed
from dsacli.weights import BUILT_IN

MODEL_TYPE = "dsa_reader"
# Heads of summaries that files of earlier readers hold, and that nothing reads any more.
RETIRED = re.compile(r"(?:salience|focus)\.(?:up|down)\.(?:weight|bias)(?:\.scale)?$")
# The indexer's modules under the names that files of readers have for them.
STORED = {"wq_b": "query", "weights_proj": "weight", "wk": "key", "k_norm": "key_norm"}


@dataclass(frozen=True)
class ReaderModel:
    """A reader with its tokenizer; `fingerprint` changes when any of its files does."""

    reader: Reader
    tokenizer: Tokenizer
    fingerprint: str

    @cached_property
    def pieces(self) -> Pieces:
        """What the tokenizer's pieces are to a word."""
        return pieces_of(self.tokenizer)

    def encode(self, text: str) -> NDArray[np.int32]:
        """Token ids of a text, without special tokens."""
        return ids_of(self.tokenizer, text)


def ids_of(tokenizer: Tokenizer, text: str) -> NDArray[np.int32]:
    """Token ids of a text, without special tokens: int32 [tokens]."""
    return np.array(tokenizer.encode(text, add_special_tokens=False).ids, np.int32)


def load_model(folder: Path = BUILT_IN, device: str = "cpu") -> ReaderModel:
    """Everything a task needs of a model directory. Raises DsacliError as `load_reader` does."""
    return ReaderModel(load_reader(folder, device), load_tokenizer(folder), fingerprint(folder))


def load_reader(folder: Path = BUILT_IN, device: str = "cpu", dtype: torch.dtype | None = None) -> Reader:
    """Load a reader for inference, in `dtype` (default: the fastest that the device has).

    Raises DsacliError that names the file, and the tensor where one is missing or misshapen.
    """
    config = read_config(folder)
    with torch.device("meta"):
        reader = Reader(config)
    wanted = {stored_name(name): value for name, value in reader.state_dict().items()}
    state = load_packed(Shards(folder), wanted, dtype or fastest_dtype(device), RETIRED)
    reader.load_state_dict({name: state[stored_name(name)] for name in reader.state_dict()}, assign=True)
    return reader.to(device).eval().requires_grad_(False)


def stored_name(name: str) -> str:
    """What a reader's tensor is called in files."""
    module, *rest = name.split(".")
    return ".".join([module, STORED[rest[0]], *rest[1:]]) if module == "indexer" else name


def read_config(folder: Path) -> ReaderConfig:
    """The shapes in `config.json`; DsacliError when it is absent, broken or of another model type."""
    path = folder / "config.json"
    values = read_json(path)
    if values.get("model_type") != MODEL_TYPE:
        raise DsacliError(f"{path}: model_type is {values.get('model_type')!r}, not {MODEL_TYPE!r}")
    names = {field.name for field in dataclasses.fields(ReaderConfig)}
    try:
        return ReaderConfig(**{name: value for name, value in values.items() if name in names})
    except ValueError as failure:
        raise DsacliError(f"{path}: {failure}") from None


def load_tokenizer(folder: Path = BUILT_IN) -> Tokenizer:
    """The directory's `tokenizer.json`; DsacliError when it can't be read."""
    return read_tokenizer(folder)


def fingerprint(folder: Path = BUILT_IN) -> str:
    """A short hash of everything the index keys follow from, part of a cache entry's key."""
    digest = hashlib.sha256()
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        digest.update(hashlib.sha256((folder / name).read_bytes()).digest())
    return digest.hexdigest()[:16]
