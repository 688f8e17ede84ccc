"""A decoder from a directory or a GGUF file: configuration, weights, tokenizer and chat template."""

import hashlib
import importlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

from dsacli.errors import DsacliError
from dsacli.models.adapter import Adapter
from dsacli.models.decoder import Decoder, DecoderConfig
from dsacli.models.io.adapter_file import read_adapter
from dsacli.models.io.chat import read_chat_template
from dsacli.models.io.converted import ConvertedTensors, WeightStore
from dsacli.models.io.folder import read_json, read_tokenizer
from dsacli.models.io.gguf import Gguf, is_gguf
from dsacli.models.io.gguf_config import config_values, turned_heads
from dsacli.models.io.gguf_tensors import GgufTensors
from dsacli.models.io.gguf_tokenizer import read_gguf_tokenizer
from dsacli.models.io.gguf_vocabulary import read_vocabulary
from dsacli.models.io.safetensors import Shards
from dsacli.models.io.tensors import TensorSource
from dsacli.models.packed import pack
from dsacli.weights import BUILT_IN

# Raise it when the same file gives other weights, so that old ones are not met again.
WEIGHTS = "1"


@dataclass(frozen=True)
class DecoderModel:
    """A decoder's directory, or its GGUF file; the weights are read when first used.

    One without a tokenizer can be inspected, with tokens counted by another (`has_tokenizer` false), but not run.
    packs: whether it decodes from packed weights, on a CPU where these are faster; store: where converted weights are kept
    adapter: what `attach` brings into the network; the configuration is that with it
    """

    folder: Path
    config: DecoderConfig
    tokenizer: Tokenizer
    chat_template: str | None
    special: dict[str, str]
    has_tokenizer: bool
    device: str
    dtype: torch.dtype
    packs: bool
    store: WeightStore | None
    tensors: Callable[[], TensorSource]
    load: Callable[[TensorSource, Any, torch.dtype], Decoder]
    adapter: Adapter | None = None
    attach: Callable[[Any, Adapter], None] | None = None

    @cached_property
    def fingerprint(self) -> str:
        """What tells this model from any other on this machine: its files, by name, size and time of change."""
        digest = hashlib.sha256(f"{self.dtype}{' packed' * self.packs}".encode())
        for path in sorted(self.folder.iterdir()) if self.folder.is_dir() else [self.folder]:
            status = path.stat()
            digest.update(f"{path.name} {status.st_size} {status.st_mtime_ns}\n".encode())
        return digest.hexdigest()

    @cached_property
    def network(self) -> Decoder:
        """The network with its weights. Raises DsacliError that names the tensor and the file at fault."""
        if not self.has_tokenizer:
            raise DsacliError(f"{self.folder} has no tokenizer.json; without it, it can only be inspected")
        tensors = self.tensors()
        network = self._loaded(tensors)
        if self.packs and self.device == "cpu":
            kept = self._kept("packed")
            if (packed := pack(network, tensors, kept)) is not kept:
                self._keep("packed", packed)
        if self.adapter and self.attach:
            self.attach(network, self.adapter)
        return network

    def _loaded(self, tensors: TensorSource) -> Decoder:
        source = ConvertedTensors(tensors, self._kept("numbers"))
        network = self.load(source, self.config, self.dtype).to(self.device)
        if source.made:
            self._keep("numbers", {**source.kept, **source.made})
        return network

    def _kept(self, what: str) -> dict[str, torch.Tensor]:
        return (self.store.load(self._key(what)) if self.store else None) or {}

    def _keep(self, what: str, tensors: dict[str, torch.Tensor]) -> None:
        if self.store and tensors:
            self.store.save(self._key(what), tensors)

    def _key(self, what: str) -> str:
        """What converted weights are kept under: torch packs them as it likes, and as the CPU does."""
        machine = f"{torch.__version__} {torch.backends.cpu.get_cpu_capability()}"
        return hashlib.sha256(f"{WEIGHTS} {what} {self.fingerprint} {machine}".encode()).hexdigest()[:32]


def open_decoder(
    path: Path,
    module_name: str,
    device: str,
    dtype: torch.dtype,
    packs: bool = False,
    store: WeightStore | None = None,
    adapter: Path | None = None,
) -> DecoderModel:
    """Everything of a directory or a GGUF file but its weights, by the decoder of a module as `models.decoder` has it.

    Raises DsacliError for a configuration, tokenizer or adapter that can't be read, and for an adapter of another model.
    """
    decoder = importlib.import_module(module_name)
    model = (open_gguf if is_gguf(path) else open_folder)(path, decoder, device, dtype, packs, store)
    return with_adapter(model, decoder, adapter) if adapter else model


def with_adapter(model: DecoderModel, decoder: Any, path: Path) -> DecoderModel:
    """The model with an adapter, by the module `decoder`."""
    if not hasattr(decoder, "attach"):
        raise DsacliError(f"{path}: an index adapter, for a model that has indexers of its own; remove it")
    adapter = read_adapter(path)
    try:
        config = decoder.adapted(model.config, adapter)
    except ValueError as failure:
        raise DsacliError(f"{path}: {failure}; remove it to do without") from None
    return replace(model, config=config, adapter=adapter, attach=decoder.attach)


def open_folder(
    folder: Path, decoder: Any, device: str, dtype: torch.dtype, packs: bool, store: WeightStore | None
) -> DecoderModel:
    """The decoder of a directory, by the module `decoder`."""
    config = read_config(folder, decoder.parse_config)
    settings = folder / "tokenizer_config.json"
    values = read_json(settings) if settings.exists() else {}
    special = {name: text_of(values.get(name)) for name in ("bos_token", "eos_token")}
    owned = (folder / "tokenizer.json").exists()
    tokenizer = read_tokenizer(folder if owned else BUILT_IN)
    template = read_chat_template(folder, values)

    def tensors() -> TensorSource:
        return Shards(folder)

    return DecoderModel(
        folder, config, tokenizer, template, special, owned, device, dtype, packs, store, tensors, decoder.load
    )


def open_gguf(
    path: Path, decoder: Any, device: str, dtype: torch.dtype, packs: bool, store: WeightStore | None
) -> DecoderModel:
    """The decoder of a GGUF file, by the module `decoder`."""
    file = Gguf(path)
    values, vocabulary = config_values(file), read_vocabulary(file)
    config = parsed(path, values, decoder.parse_config)
    special = {"bos_token": vocabulary.text(vocabulary.bos), "eos_token": vocabulary.text(vocabulary.eos)}
    template = file.metadata.get("tokenizer.chat_template")

    def tensors() -> TensorSource:
        return GgufTensors(file, turned_heads(file, values))

    return DecoderModel(
        path,
        config,
        read_gguf_tokenizer(file),
        template if isinstance(template, str) else None,
        special,
        True,
        device,
        dtype,
        packs,
        store,
        tensors,
        decoder.load,
    )


def read_config(folder: Path, parse: Callable[[dict[str, Any]], DecoderConfig]) -> DecoderConfig:
    """The configuration of a directory. Raises DsacliError for one that is broken, or that no decoder can have."""
    path = folder / "config.json"
    values = read_json(path)
    end = folder / "generation_config.json"
    if end.exists() and (ids := read_json(end).get("eos_token_id")) is not None:
        values["eos_token_id"] = ids
    return parsed(path, values, parse)


def parsed(path: Path, values: dict[str, Any], parse: Callable[[dict[str, Any]], DecoderConfig]) -> DecoderConfig:
    """The configuration that the settings of a file make."""
    try:
        return parse(values)
    except (ValueError, TypeError, KeyError, AttributeError) as failure:
        raise DsacliError(f"{path}: {failure}") from None


def text_of(token: Any) -> str:
    """A special token's text: some directories keep it with its settings."""
    return str(token.get("content", "")) if isinstance(token, dict) else str(token or "")
