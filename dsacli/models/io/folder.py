"""What every model directory has, whatever its type: config.json and tokenizer.json."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsacli.errors import DsacliError

if TYPE_CHECKING:  # `read_json` is for what starts quickly
    from tokenizers import Tokenizer

# The weights: in one file, or in several that the first of these names.
INDEX, SINGLE = "model.safetensors.index.json", "model.safetensors"


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file of a model directory. Raises DsacliError when it is absent or broken."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise DsacliError(f"{path.parent} is no model directory: it has no {path.name}") from None
    except (OSError, ValueError, RecursionError) as failure:
        raise DsacliError(f"{path}: {failure}") from None
    if not isinstance(values, dict):
        raise DsacliError(f"{path}: not a JSON object")
    return values


def read_tokenizer(folder: Path) -> "Tokenizer":
    """The directory's `tokenizer.json`. Raises DsacliError when it can't be read."""
    from tokenizers import Tokenizer

    path = folder / "tokenizer.json"
    try:
        return Tokenizer.from_file(str(path))
    except Exception as failure:  # the library raises plain Exception
        raise DsacliError(f"{path}: {failure}") from None
