"""A trained reader as a directory that `dsacli.reader.loading` reads."""

import dataclasses
import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer

from dsacli.reader.loading import MODEL_TYPE, stored_name
from dsacli.reader.network import Reader
from dsacli.reader.packing import packed


def save_reader(reader: Reader, tokenizer: Tokenizer, folder: Path, pack: bool = False) -> None:
    """Write a directory that `load_reader` and `load_tokenizer` read; weights in bfloat16, or `pack`ed."""
    folder.mkdir(parents=True, exist_ok=True)
    state: dict[str, torch.Tensor] = {}
    for name, value in reader.state_dict().items():
        name = stored_name(name)
        state |= packed(name, value) if pack else {name: value.to(torch.bfloat16).contiguous()}
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    config = {
        "architectures": ["Reader"],
        "model_type": MODEL_TYPE,
        **dataclasses.asdict(reader.config),
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    tokenizer.save(str(folder / "tokenizer.json"))


def update_config(folder: Path, **values: float) -> None:
    """Change settings in a model directory's `config.json`."""
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8")) | values
    path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
