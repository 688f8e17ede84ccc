"""Checkpoints of a training run: safetensors only, written whole or not at all."""

import json
import os
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from dsacli.reader.loading import stored_name


def save_checkpoint(path: Path, model: torch.nn.Module, optimizer: torch.optim.Optimizer | None, step: int) -> None:
    """Weights, Adam's moments where there are any, and the step, in one file that replaces the last one."""
    tensors = {f"model.{stored_name(name)}": value.contiguous() for name, value in model.state_dict().items()}
    for number, state in optimizer.state_dict()["state"].items() if optimizer else ():
        tensors |= {f"optimizer.{number}.{name}": value.contiguous() for name, value in state.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    save_file(tensors, partial, metadata={"progress": json.dumps({"step": step})})
    os.replace(partial, path)


def load_checkpoint(path: Path, model: torch.nn.Module, optimizer: torch.optim.Optimizer) -> int:
    """Restore what `save_checkpoint` wrote and return the step it was at."""
    tensors = load_file(path)
    model.load_state_dict({name: tensors[f"model.{stored_name(name)}"] for name in model.state_dict()})
    state: dict[int, dict[str, torch.Tensor]] = {}
    for name, tensor in tensors.items():
        if name.startswith("optimizer."):
            _, number, part = name.split(".", 2)
            state.setdefault(int(number), {})[part] = tensor
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    with safe_open(path, "pt") as file:
        return json.loads(file.metadata()["progress"])["step"]


def load_parts(path: Path, model: torch.nn.Module) -> None:
    """Put the weights that a checkpoint holds into a model, which may have others besides."""
    names = {f"model.{stored_name(name)}": name for name in model.state_dict()}
    weights = {names[name]: tensor for name, tensor in load_file(path).items() if name.startswith("model.")}
    model.load_state_dict(weights, strict=False)
