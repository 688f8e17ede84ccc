"""What is in an index adapter: a safetensors file of a `KeyIndexer` for every layer that selects, and of updates of attention's weights,
where these were trained too. Beside it a card of what it was trained on and measured with.
"""

import hashlib
import re
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from dsacli.dsa.key_indexer import KeyIndexer
from dsacli.errors import DsacliError
from dsacli.models.adapter import UPDATED, Adapter
from dsacli.models.io.adapters import card_of
from dsacli.models.low_rank import LowRank

KIND = "dsacli index adapter 1"
# Bytes of a file: ten times those of a model of 70 B.
LARGEST = 2**30
_TENSOR = re.compile(r"layers\.(\d{1,4})\.((?:wq|wk|weights_proj)\.(?:weight|bias))")
_UPDATE = re.compile(rf"layers\.(\d{{1,4}})\.self_attn\.({'|'.join(UPDATED)})\.(lora_[AB]\.weight)")


def read_adapter(path: Path) -> Adapter:
    """The adapter of a file, in float32. Raises DsacliError for one that holds something else, or is damaged."""
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
    indexers: dict[int, dict[str, torch.Tensor]] = {}
    updates: dict[tuple[int, str], dict[str, torch.Tensor]] = {}
    for name, tensor in tensors.items():
        if found := _TENSOR.fullmatch(name):
            indexers.setdefault(int(found[1]), {})[found[2]] = tensor.float()
        elif found := _UPDATE.fullmatch(name):
            updates.setdefault((int(found[1]), found[2]), {})[found[3]] = tensor.float()
        else:
            raise DsacliError(f"{path}: tensor {name} is none of an index adapter")
    try:
        return Adapter(
            {number: _indexer(state) for number, state in indexers.items()},
            {place: _update(state) for place, state in updates.items()},
            digest,
        )
    except (KeyError, ValueError, RuntimeError, ZeroDivisionError) as failure:
        raise DsacliError(f"{path}: tensors of an index adapter that do not fit together ({failure!r})") from None


def write_adapter(path: Path, adapter: Adapter, card: str) -> None:
    """Keep an adapter, and a card beside it, whole or not at all. Raises OSError."""
    modules: dict[str, torch.nn.Module] = {f"layers.{number}": each for number, each in adapter.indexers.items()}
    modules |= {f"layers.{number}.self_attn.{name}": each for (number, name), each in adapter.updates.items()}
    tensors = {
        f"{place}.{name}": tensor.detach().cpu().float().contiguous()
        for place, module in modules.items()
        for name, tensor in module.state_dict().items()
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


def _update(state: dict[str, torch.Tensor]) -> LowRank:
    rank, in_features = state["lora_A.weight"].shape
    update = LowRank(in_features, len(state["lora_B.weight"]), rank)
    update.load_state_dict(state)
    return update.requires_grad_(False)
