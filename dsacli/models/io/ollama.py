"""Ollama's own store: which models it has, and where the GGUF file of each is.

    manifests/HOST/NAMESPACE/NAME/TAG   JSON that names layers by their digests
    blobs/sha256-…                      the layers, one of which is the model, a GGUF file

Its templates and adapters are not looked at.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

from dsacli.models.io.tolerant import entries, is_file, text_of

PREFIX, LATEST = "ollama:", "latest"
HOST, NAMESPACE = "registry.ollama.ai", "library"
MODEL_LAYER = "application/vnd.ollama.image.model"
# A digest becomes the name of a file: no other is one.
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
LARGEST_MANIFEST = 1 << 20


def stores() -> list[Path]:
    """Where models can be: where OLLAMA_MODELS says, else the user's own and that of the system's service."""
    chosen = os.environ.get("OLLAMA_MODELS")
    places = [chosen] if chosen else ["~/.ollama/models", "/usr/share/ollama/.ollama/models"]
    return [Path(os.path.expanduser(place)) for place in places]


def ollama_models() -> Iterator[tuple[str, Path]]:
    """The name of each model, as ollama:NAME:TAG, and its GGUF file; the user's own before the system's."""
    seen = set()
    for store in stores():
        # Exactly so deep: a manifest is never looked for elsewhere.
        hosts = entries(store / "manifests")
        for manifest in (
            t for host in hosts for space in entries(host) for name in entries(space) for t in entries(name)
        ):
            name = full_name(*manifest.parts[-4:])
            if name not in seen and (blob := model_of(manifest, store)):
                seen.add(name)
                yield name, blob


def full_name(host: str, namespace: str, name: str, tag: str) -> str:
    """A model by the name that Ollama has for it.

    >>> full_name("registry.ollama.ai", "library", "qwen2.5", "1.5b")
    'ollama:qwen2.5:1.5b'
    """
    parts = [] if host == HOST and namespace == NAMESPACE else [namespace] if host == HOST else [host, namespace]
    return f"{PREFIX}{'/'.join([*parts, name])}:{tag}"


def model_of(manifest: Path, store: Path) -> Path | None:
    """The GGUF file that a manifest names; None where it names none that is there."""
    try:
        layers = json.loads(text_of(manifest, LARGEST_MANIFEST))["layers"]
        digests = [layer["digest"] for layer in layers if layer["mediaType"] == MODEL_LAYER]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    for digest in digests:
        if isinstance(digest, str) and DIGEST.fullmatch(digest):
            blob = store / "blobs" / digest.replace(":", "-")
            return blob if is_file(blob) else None
    return None
