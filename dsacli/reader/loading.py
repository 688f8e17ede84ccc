"""A reader from and to a directory in the Hugging Face layout: config.json, model.safetensors, tokenizer.json."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer

from dsacli.errors import DsacliError
from dsacli.models.deepseek_config import MODEL_TYPES
from dsacli.models.io.folder import read_json, read_tokenizer
from dsacli.models.io.safetensors import load_tensors
from dsacli.reader.network import Reader, ReaderConfig
from dsacli.weights import BUILT_IN

MODEL_TYPE = "dsa_reader"
# The indexer's modules under the names that files of readers have for them.
STORED = {"wq_b": "query", "weights_proj": "weight", "wk": "key", "k_norm": "key_norm"}


@dataclass(frozen=True)
class ReaderModel:
    """A reader with its tokenizer; `fingerprint` changes when any of its files does."""

    reader: Reader
    tokenizer: Tokenizer
    fingerprint: str


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
    state = load_tensors(folder, wanted, dtype or fastest_dtype(device))
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
    found = values.get("model_type")
    if found != MODEL_TYPE:
        raise DsacliError(f"{path}: model_type is {found!r}; known are {', '.join((MODEL_TYPE, *MODEL_TYPES))}")
    names = {field.name for field in dataclasses.fields(ReaderConfig)}
    try:
        return ReaderConfig(**{name: value for name, value in values.items() if name in names})
    except ValueError as failure:
        raise DsacliError(f"{path}: {failure}") from None


def update_config(folder: Path, **values: float) -> None:
    """Change settings in a model directory's `config.json`."""
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8")) | values
    path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def load_tokenizer(folder: Path = BUILT_IN) -> Tokenizer:
    """The directory's `tokenizer.json`; DsacliError when it can't be read."""
    return read_tokenizer(folder)


def save_reader(reader: Reader, tokenizer: Tokenizer, folder: Path) -> None:
    """Write a directory that `load_reader` and `load_tokenizer` read; weights in bfloat16."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {stored_name(name): value.to(torch.bfloat16).contiguous() for name, value in reader.state_dict().items()}
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    config = {
        "architectures": ["Reader"],
        "model_type": MODEL_TYPE,
        "torch_dtype": "bfloat16",
        **dataclasses.asdict(reader.config),
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    tokenizer.save(str(folder / "tokenizer.json"))


def fingerprint(folder: Path = BUILT_IN) -> str:
    """A short hash of everything the index keys follow from, part of a cache entry's key."""
    digest = hashlib.sha256()
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        digest.update(hashlib.sha256((folder / name).read_bytes()).digest())
    return digest.hexdigest()[:16]


def fastest_dtype(device: str) -> torch.dtype:
    """bfloat16 where the hardware multiplies it, else float32."""
    if device == "cpu":
        # Not public, and named differently from release to release.
        known = (getattr(torch.cpu, name, None) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))
        return torch.bfloat16 if any(ask() for ask in known if ask) else torch.float32
    return torch.bfloat16 if device.startswith("cuda") and torch.cuda.is_bf16_supported() else torch.float32
