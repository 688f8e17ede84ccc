"""Models on a machine, as other programs keep them: the Hugging Face cache and Ollama's store."""

import hashlib
import json
import os
from pathlib import Path

import gguf

from dsacli.weights import BUILT_IN

COMMIT, LATER = "a" * 40, "b" * 40


def config(kind: str, context: int = 32768, **values: object) -> bytes:
    """A config.json that says no more than a list of models shows."""
    return json.dumps({"model_type": kind, "max_position_embeddings": context, **values}).encode()


def random_model(folder: Path, kind: str, **sizes: int) -> dict[str, bytes]:
    """The files of a model of random weights with a real tokenizer, made in a folder; kind: as transformers names it, "Qwen2"."""
    import torch
    import transformers

    torch.manual_seed(1)
    settings = getattr(transformers, f"{kind}Config")(
        vocab_size=30522, num_attention_heads=4, num_key_value_heads=2, **sizes
    )
    getattr(transformers, f"{kind}ForCausalLM")(settings).save_pretrained(folder)
    found = {path.name: path.read_bytes() for path in folder.iterdir()}
    return {**found, "tokenizer.json": (BUILT_IN / "tokenizer.json").read_bytes()}


def gguf_file(architecture: str = "qwen2", context: int | None = 32768, tokens: int = 0) -> bytes:
    """A GGUF file without tensors; its vocabulary of so many tokens stands before the context length."""
    path = Path(os.environ["HF_HUB_CACHE"]).parent / "made.gguf"
    writer = gguf.GGUFWriter(path, architecture)
    if tokens:
        writer.add_token_list([f"token {number}" for number in range(tokens)])
        writer.add_token_scores([0.5] * tokens)
    if context is not None:
        writer.add_context_length(context)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path.read_bytes()


def put_repository(name: str, files: dict[str, bytes], commit: str = COMMIT, main: bool = True) -> Path:
    """A repository in the cache, its files links into blobs/; returns the snapshot."""
    folder = Path(os.environ["HF_HUB_CACHE"]) / f"models--{name.replace('/', '--')}"
    snapshot = folder / "snapshots" / commit
    for file, data in files.items():
        blob, link = folder / "blobs" / hashlib.sha256(data).hexdigest(), snapshot / file
        for each in (blob, link):
            each.parent.mkdir(parents=True, exist_ok=True)
        blob.write_bytes(data)
        link.symlink_to(os.path.relpath(blob, link.parent))
    if main:
        (folder / "refs").mkdir(exist_ok=True)
        (folder / "refs" / "main").write_text(commit)
    return snapshot


def put_ollama(name: str, tag: str, data: bytes | None = None, **manifest: object) -> Path:
    """A model in Ollama's store, or whatever a manifest is to say; returns its blob."""
    store = Path(os.environ["OLLAMA_MODELS"])
    digest = f"sha256:{hashlib.sha256(f'{name}:{tag}'.encode()).hexdigest()}"
    template = {"mediaType": "application/vnd.ollama.image.template", "digest": f"sha256:{'0' * 64}"}
    layers = [template, {"mediaType": "application/vnd.ollama.image.model", "digest": digest}]
    space = name if "/" in name else f"library/{name}"
    path, blob = store / "manifests" / "registry.ollama.ai" / space / tag, store / "blobs" / digest.replace(":", "-")
    for each in (path, blob):
        each.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"schemaVersion": 2, "layers": layers, **manifest}))
    if data is not None:
        blob.write_bytes(data)
    return blob
