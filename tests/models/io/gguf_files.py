"""Small GGUF files, written by the package that llama.cpp's own converter writes them with."""

from pathlib import Path

import gguf
import numpy as np
import torch
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType
from tokenizers.pre_tokenizers import ByteLevel

# Bytes as a byte-level vocabulary writes them, and what a few words of it are merged from.
BYTES = sorted(ByteLevel.alphabet())
MERGES = ["h e", "l l", "he ll", "hell o", "Ġ w", "o r", "Ġw or", "Ġwor l", "Ġworl d"]
SPECIAL = ["<|im_start|>", "<|im_end|>", "<|endoftext|>"]
CONTROL = 3


def byte_level_vocabulary() -> tuple[list[str], list[int]]:
    """Tokens and their types."""
    tokens = [*BYTES, *("".join(merge.split()) for merge in MERGES), *SPECIAL]
    return tokens, [CONTROL if token in SPECIAL else 1 for token in tokens]


def add_vocabulary(writer: gguf.GGUFWriter, pre: str = "qwen2", **changes) -> None:
    """A byte-level vocabulary, with a chat template; `changes` replace what is written, None leaves it out."""
    tokens, kinds = byte_level_vocabulary()
    values = {
        "tokens": tokens,
        "token_type": kinds,
        "merges": MERGES,
        "bos_token_id": tokens.index("<|endoftext|>"),
        "eos_token_id": tokens.index("<|im_end|>"),
        "add_bos_token": False,
        "model": "gpt2",
        "pre": pre,
        **changes,
    }
    for name, value in values.items():
        if isinstance(value, list):
            writer.add_array(f"tokenizer.ggml.{name}", value)
        elif isinstance(value, bool):
            writer.add_bool(f"tokenizer.ggml.{name}", value)
        elif isinstance(value, int):
            writer.add_uint32(f"tokenizer.ggml.{name}", value)
        elif value is not None:
            writer.add_string(f"tokenizer.ggml.{name}", value)
    writer.add_chat_template("<|im_start|>{{ messages[0].content }}<|im_end|>")


def finish(writer: gguf.GGUFWriter) -> None:
    """Write everything that was added."""
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def turned(value: np.ndarray, heads: int) -> np.ndarray:
    """Rows of a projection as llama.cpp wants them for an architecture that turns neighbours."""
    shape = value.shape
    return value.reshape(heads, 2, shape[0] // heads // 2, *shape[1:]).swapaxes(1, 2).reshape(shape)


def write_model(
    network: torch.nn.Module, path: Path, kind: GGMLQuantizationType = GGMLQuantizationType.F32, **vocabulary
):
    """The file of a transformers model: llama, qwen2 or qwen3."""
    config = network.config
    names = gguf.get_tensor_name_map(
        {"llama": gguf.MODEL_ARCH.LLAMA, "qwen2": gguf.MODEL_ARCH.QWEN2, "qwen3": gguf.MODEL_ARCH.QWEN3}[
            config.model_type
        ],
        config.num_hidden_layers,
    )
    writer = gguf.GGUFWriter(path, config.model_type)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    if config.model_type == "qwen3":
        writer.add_key_length(config.head_dim)
    add_vocabulary(writer, **vocabulary)
    for name, value in network.state_dict().items():
        array = value.float().numpy()
        if config.model_type == "llama" and "q_proj" in name:
            array = turned(array, config.num_attention_heads)
        if config.model_type == "llama" and "k_proj" in name:
            array = turned(array, config.num_key_value_heads)
        stored = names.get_name(name, try_suffixes=(".weight", ".bias"))
        if name == "lm_head.weight" and config.tie_word_embeddings:
            continue
        if kind is GGMLQuantizationType.F32 or array.ndim == 1 or array.shape[1] % GGML_QUANT_SIZES[kind][0]:
            writer.add_tensor(stored, array)
        else:
            writer.add_tensor(stored, gguf.quants.quantize(array, kind), raw_dtype=kind)
    finish(writer)


def tiny_model(kind: str, **changes) -> torch.nn.Module:
    """A transformers model with random weights, biases and norms among them."""
    import transformers

    shapes = {
        "vocab_size": len(byte_level_vocabulary()[0]),
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 512,
        "rms_norm_eps": 1e-5,
        "rope_parameters": {"rope_type": "default", "rope_theta": 5e4},
        "initializer_range": 0.15,
        "tie_word_embeddings": False,
        **changes,
    }
    names = {"llama": "Llama", "qwen2": "Qwen2", "qwen3": "Qwen3"}
    torch.manual_seed(4)
    config = getattr(transformers, f"{names[kind]}Config")(**shapes)
    model = getattr(transformers, f"{names[kind]}ForCausalLM")(config).eval()
    for value in model.parameters():
        if value.dim() == 1:
            torch.nn.init.normal_(value, 1.0, 0.1)
    return model
