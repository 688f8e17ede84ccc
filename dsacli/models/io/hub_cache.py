"""The local Hugging Face cache: which repositories it has models of.

    models--OWNER--NAME/refs/main           the commit that was newest when it was pulled
    models--OWNER--NAME/snapshots/COMMIT/   its files; links into blobs/, which may lead nowhere

To read it takes no library and no network.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from dsacli.models.io.describe import missing
from dsacli.models.io.tolerant import entries, is_file, modified, text_of

PREFIX = "models--"
# Of a model in several files, all but the first; and what only says how a model sees.
_NO_MODEL = re.compile(r"-(?!0*1-of-)\d+-of-\d+\.gguf$|^mmproj", re.IGNORECASE)


def hub_folder() -> Path:
    """Where the cache is, by the environment variables that its own library goes by."""
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        if os.environ.get(name):
            return Path(os.path.expanduser(os.environ[name]))
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.join("~", ".cache")
    home = os.environ.get("HF_HOME") or os.path.join(caches, "huggingface")
    return Path(os.path.expanduser(home), "hub")


def repositories() -> Iterator[tuple[str, Path]]:
    """The name of each repository that has a model, and the snapshot to take."""
    for folder in entries(hub_folder()):
        if folder.name.startswith(PREFIX) and (found := snapshot(folder)):
            yield folder.name.removeprefix(PREFIX).replace("--", "/", 1), found


def snapshot(repository: Path) -> Path | None:
    """The snapshot of refs/main, else the newest; one that is cut short only where none is whole."""
    found = [each for each in entries(repository / "snapshots") if models_in(each)]
    main = text_of(repository / "refs" / "main", 256).strip()
    found.sort(key=lambda each: (each.name == main, modified(each)), reverse=True)
    whole = (each for each in found if all(path != each or not missing(each) for path in models_in(each)))
    return next(whole, found[0] if found else None)


def models_in(folder: Path) -> list[Path]:
    """The folder itself, where it is a model's, and the GGUF files in it."""
    inside = [path for each in entries(folder) for path in ([each] if is_file(each) else entries(each))]
    files = [path for path in inside if is_model_file(path) and is_file(path)]
    # A repository of GGUF files can have a config.json beside them.
    has_weights = any(path.name.endswith(".safetensors") for path in entries(folder))
    is_model = is_file(folder / "config.json") and (has_weights or not files)
    return [folder] * is_model + files


def is_model_file(path: Path) -> bool:
    """Whether a path is that of a model's GGUF file, by its name."""
    return path.name.lower().endswith(".gguf") and not _NO_MODEL.search(path.name)
