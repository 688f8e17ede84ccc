"""A DeepSeek-V3.2 family model from a directory: configuration, weights, tokenizer and chat template."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

from dsacli.errors import DsacliError
from dsacli.models.deepseek_config import MODEL_TYPES, DeepseekConfig, parse_config
from dsacli.models.deepseek_v32 import DeepseekV32
from dsacli.models.io.chat import read_chat_template
from dsacli.models.io.folder import read_json, read_tokenizer
from dsacli.models.io.safetensors import load_tensors
from dsacli.weights import BUILT_IN

# Made when a model is built, so that no checkpoint has to hold them.
BUFFERS = r"rotary_emb\.inv_freq"
WIDE = re.compile(r"e_score_correction_bias$")


@dataclass(frozen=True)
class GenerativeModel:
    """A model directory; the weights are read when first used.

    A directory without a tokenizer can be inspected, with tokens counted by another (`has_tokenizer` false), but not run.
    """

    folder: Path
    config: DeepseekConfig
    tokenizer: Tokenizer
    chat_template: str | None
    special: dict[str, str]
    has_tokenizer: bool = True
    device: str = "cpu"
    dtype: torch.dtype = torch.float32

    @cached_property
    def network(self) -> DeepseekV32:
        """The network with its weights. Raises DsacliError that names the tensor and the file at fault."""
        if not self.has_tokenizer:
            raise DsacliError(f"{self.folder} has no tokenizer.json; without it, it can only be inspected")
        return load_deepseek(self.folder, self.config, self.dtype).to(self.device)


def read_deepseek_config(folder: Path) -> DeepseekConfig:
    """The configuration of a directory. Raises DsacliError for another model type or an impossible shape."""
    path = folder / "config.json"
    values = read_json(path)
    if values.get("model_type") not in MODEL_TYPES:
        raise DsacliError(f"{path}: model_type is {values.get('model_type')!r}; known are {', '.join(MODEL_TYPES)}")
    end = folder / "generation_config.json"
    if end.exists() and (ids := read_json(end).get("eos_token_id")) is not None:
        values["eos_token_id"] = ids
    try:
        return parse_config(values)
    except (ValueError, TypeError, KeyError, AttributeError) as failure:
        raise DsacliError(f"{path}: {failure}") from None


def open_deepseek(folder: Path, device: str, dtype: torch.dtype) -> GenerativeModel:
    """Everything of a directory but its weights. Raises DsacliError for a configuration or tokenizer that can't be read."""
    config = read_deepseek_config(folder)
    settings = folder / "tokenizer_config.json"
    values = read_json(settings) if settings.exists() else {}
    special = {name: text_of(values.get(name)) for name in ("bos_token", "eos_token")}
    owned = (folder / "tokenizer.json").exists()
    tokenizer = read_tokenizer(folder if owned else BUILT_IN)
    return GenerativeModel(folder, config, tokenizer, read_chat_template(folder, values), special, owned, device, dtype)


def text_of(token: Any) -> str:
    """A special token's text: some directories keep it with its settings."""
    return str(token.get("content", "")) if isinstance(token, dict) else str(token or "")


def load_deepseek(folder: Path, config: DeepseekConfig, dtype: torch.dtype = torch.float32) -> DeepseekV32:
    """The network for inference, in `dtype`. Raises DsacliError that names the tensor and the file at fault."""
    with torch.device("meta"):
        network = DeepseekV32(config)
    # The multi-token-prediction layer stands after the last one; layers without an indexer of their own may bring one.
    shared = "|".join(str(number) for number, full in enumerate(config.full_indexers) if not full) or "none"
    extra = rf"^model\.layers\.({shared})\.self_attn\.indexer\.|{BUFFERS}|^model\.layers\.{config.num_hidden_layers}\."
    tied = {"lm_head.weight": "model.embed_tokens.weight"} if config.tie_word_embeddings else {}
    state = load_tensors(
        folder,
        network.state_dict(),
        dtype,
        ignored=re.compile(extra),
        kept_wide=WIDE,
        block=config.fp8_block,
        tied=tied,
    )
    network.load_state_dict(state, assign=True)
    return network.eval().requires_grad_(False)
