"""What a model says of itself, without a tensor of it being read."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dsacli.errors import DsacliError
from dsacli.models.io.folder import INDEX, SINGLE, read_json
from dsacli.models.io.gguf import summary_of
from dsacli.models.io.gguf_config import MODEL_TYPES
from dsacli.models.io.tolerant import entries, is_file, size_of

PART = re.compile(r"-\d+-of-(?!0*1\.)\d+\.gguf$", re.IGNORECASE)


@dataclass(frozen=True)
class Description:
    """A model's type (its architecture), the tokens of its context, its weights' bytes on disk, and what is wrong with its files;
    None for what is not known, or nothing."""

    type: str | None
    context: int | None
    size_bytes: int
    fault: str | None = None


def describe_folder(folder: Path) -> Description:
    """A directory with a config.json."""
    size = sum(size_of(each) for each in entries(folder) if each.suffix in (".safetensors", ".bin"))
    try:
        values = read_json(folder / "config.json")
    except DsacliError:
        return Description(None, None, size, "broken config.json")
    # A model that sees or hears too keeps the language model's settings apart.
    within = values.get("text_config")
    context = values.get(
        "max_position_embeddings", within.get("max_position_embeddings") if isinstance(within, dict) else None
    )
    return Description(
        as_text(values.get("model_type")), as_count(context), size, missing(folder) or without_tokenizer(folder)
    )


def describe_gguf(path: Path) -> Description:
    """A GGUF file."""
    try:
        architecture, context = summary_of(path)
    except DsacliError:
        return Description(None, None, size_of(path), "damaged or cut short")
    fault = "one file of several" if PART.search(path.name) else None
    kind = as_text(architecture)
    return Description(MODEL_TYPES.get(kind, kind) if kind else None, as_count(context), size_of(path), fault)


def missing(folder: Path) -> str | None:
    """What to say of a directory whose weights are not all there."""
    names: Any = [SINGLE]
    if is_file(folder / INDEX):
        try:
            names = set(json.loads((folder / INDEX).read_text(encoding="utf-8"))["weight_map"].values())
        except (OSError, ValueError, KeyError, AttributeError, TypeError, RecursionError):
            return f"broken {INDEX}"
    if all(isinstance(name, str) and is_file(folder / name) for name in names):
        return None
    return "incomplete" if any(folder.glob("*.safetensors")) else "no safetensors files"


def without_tokenizer(folder: Path) -> str | None:
    """What to say of a directory that can only be inspected."""
    return None if is_file(folder / "tokenizer.json") else "no tokenizer.json"


def as_text(value: object) -> str | None:
    """A name, if it is one."""
    return value if isinstance(value, str) and value else None


def as_count(value: object) -> int | None:
    """A positive whole number, if it is one."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
