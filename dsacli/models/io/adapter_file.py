"""What is in an index adapter: a safetensors file of a `KeyIndexer` for every layer that selects. Layers without one attend to all
earlier tokens. Beside it a card of what it was trained on and measured with.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from dsacli.dsa.key_indexer import KeyIndexer
from dsacli.errors import DsacliError
from dsacli.models.io.adapters import card_of

KIND = "dsacli index adapter 1"
# Bytes of a file: ten times those of a model of 70 B.
LARGEST = 2**30
_TENSOR = re.compile(r"layers\.(\d{1,4})\.((?:wq|wk|weights_proj)\.(?:weight|bias))")


@dataclass(frozen=True)
class Adapter:
    """Indexers by the number of their layer, and a digest of the file they are from."""

    indexers: dict[int, KeyIndexer]
    digest: str


def read_adapter(path: Path) -> Adapter:
    """The indexers of a file, in float32. Raises DsacliError for one that holds something else, or is damaged."""
    try:
        if path.stat().st_size > LARGEST:
            raise DsacliError(f"{path}: too large for an index adapter")
        with safe_open(path, "pt") as file:
            if (file.metadata() or {}).get("kind") != KIND:
                raise DsacliError(f"{path}: no index adapter of this version")
            names = file.keys()
            tensors = {name: file.get_tensor(name) for name in names}
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except (OSError, SafetensorError) as failure:
        raise DsacliError(f"{path}: can't be read as an index adapter ({failure})") from None
    states: dict[int, dict[str, torch.Tensor]] = {}
    for name, tensor in tensors.items():
        if not (found := _TENSOR.fullmatch(name)):
            raise DsacliError(f"{path}: tensor {name} is none of an index adapter")
        states.setdefault(int(found[1]), {})[found[2]] = tensor.float()
    try:
        return Adapter({number: _indexer(state) for number, state in states.items()}, digest)
    except (KeyError, ValueError, RuntimeError, ZeroDivisionError) as failure:
        raise DsacliError(f"{path}: tensors of an index adapter that do not fit together ({failure!r})") from None


def write_adapter(path: Path, indexers: dict[int, KeyIndexer], card: str) -> None:
    """Keep indexers, and a card beside them, whole or not at all. Raises OSError."""
    tensors = {
        f"layers.{number}.{name}": tensor.detach().cpu().float().contiguous()
        for number, indexer in indexers.items()
        for name, tensor in indexer.state_dict().items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    for place, content in ((path, save(tensors, {"kind": KIND})), (card_of(path), card.encode())):
        part = place.with_name(f"{place.name}.part")
        part.write_bytes(content)
        part.replace(place)


def _indexer(state: dict[str, torch.Tensor]) -> KeyIndexer:
    heads, query_size = state["weights_proj.weight"].shape
    dim, key_size = state["wk.weight"].shape
    indexer = KeyIndexer(query_size, key_size, heads, dim)
    indexer.load_state_dict(state)
    return indexer.requires_grad_(False)
