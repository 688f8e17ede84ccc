"""Tiny models of the DeepSeek-V3.2 family with random weights, made and saved by transformers, to be loaded by both."""

import json
from pathlib import Path

import torch

from dsacli.models import deepseek_v32
from dsacli.models.io.model import read_config
from dsacli.models.io.safetensors import Shards

SHAPES = {
    "vocab_size": 211,
    "hidden_size": 64,
    "intermediate_size": 96,
    "moe_intermediate_size": 32,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "n_shared_experts": 1,
    "n_routed_experts": 8,
    "num_experts_per_tok": 2,
    "n_group": 4,
    "topk_group": 2,
    "kv_lora_rank": 32,
    "q_lora_rank": 48,
    "qk_rope_head_dim": 16,
    "v_head_dim": 16,
    "qk_nope_head_dim": 24,
    "index_topk": 24,
    "index_head_dim": 32,
    # With few heads some scores are exactly 0, and which of those are selected is nobody's to say.
    "index_n_heads": 16,
    "first_k_dense_replace": 1,
    "max_position_embeddings": 4096,
    "initializer_range": 0.15,
    "rope_parameters": {
        "rope_type": "yarn",
        "rope_theta": 10000.0,
        "factor": 64.0,
        "mscale": 1.0,
        "mscale_all_dim": 0.8,
        "beta_fast": 32,
        "beta_slow": 1,
        "original_max_position_embeddings": 64,
    },
}


def make(kind: str, seed: int = 1, **changes):
    """A transformers model of a type, every weight random, also those that are initialised to 0 or 1."""
    import transformers

    name = {"deepseek_v32": "DeepseekV32", "glm_moe_dsa": "GlmMoeDsa"}[kind]
    config = getattr(transformers, f"{name}Config")(**{**SHAPES, **changes})
    torch.manual_seed(seed)
    model = getattr(transformers, f"{name}ForCausalLM")(config).eval()
    for label, value in [*model.named_parameters(), *model.named_buffers()]:
        if "norm" in label:
            torch.nn.init.normal_(value, 1.0 if label.endswith("weight") else 0.0, 0.1)
        if "correction_bias" in label:
            torch.nn.init.normal_(value, 0.0, 0.1)
    return model


def saved(kind: str, folder: Path, max_shard_size: str = "5GB", **changes):
    """The model of `make`, and a directory that holds it."""
    model = make(kind, **changes)
    model.save_pretrained(folder, max_shard_size=max_shard_size)
    return model


def edit_config(folder: Path, **values) -> None:
    """Change settings in a directory's config.json."""
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def load(folder: Path, dtype: torch.dtype = torch.float32) -> deepseek_v32.DeepseekV32:
    """The network of a directory, which needs no tokenizer."""
    return deepseek_v32.load(Shards(folder), read_config(folder, deepseek_v32.parse_config), dtype)
