"""What a GGUF file's metadata says of a model, under the names of a Hugging Face `config.json`."""

import math
import struct
from pathlib import Path
from typing import Any

from dsacli.errors import DsacliError
from dsacli.models.io.gguf import ARCHITECTURE, Gguf, architecture_of
from dsacli.models.io.gguf_vocabulary import read_vocabulary

# The `model_type` of each architecture.
MODEL_TYPES = {"llama": "llama", "mistral3": "mistral", "qwen2": "qwen2", "qwen3": "qwen3"}
# Those whose rows of queries and keys llama.cpp has turned.
TURNED = ("llama", "mistral3")
# What networks are built by that no decoder of ours is like.
OTHERWISE = (
    "expert_count",
    "attention.temperature_scale",
    "rope.scaling.yarn_log_multiplier",
)
# Llama 3's way of stretching positions, which llama.cpp has as what comes of it and not as its settings.
ROPE_FACTORS = "rope_freqs.weight"


def gguf_model_type(path: Path) -> str:
    """The `model_type` of a file, of which no more is read. Raises DsacliError for an architecture that is not known."""
    try:
        return model_type_of(architecture_of(path))
    except ValueError as failure:
        raise DsacliError(f"{path}: {failure}") from None


def model_type_of(architecture: str) -> str:
    """The `model_type` of an architecture. Raises ValueError for one that is not known."""
    if architecture not in MODEL_TYPES:
        raise ValueError(f"{ARCHITECTURE} is {architecture!r:.60}; known are {', '.join(MODEL_TYPES)}")
    return MODEL_TYPES[architecture]


def config_values(file: Gguf) -> dict[str, Any]:
    """The JSON of a `config.json`; a shape that the file does not give is None, for the decoder to refuse.

    `rope_scaling` is {"rope_type": "factors", "factors": [head_dim / 2]}, what the period of each pair of numbers is
    multiplied by, where the tensor `rope_freqs.weight` says how positions are stretched.
    Raises DsacliError that names the file and what is wrong or unknown.
    """
    try:
        return Settings(file).values()
    except ValueError as failure:
        raise DsacliError(f"{file.path}: {failure}") from None


def turned_heads(file: Gguf, values: dict[str, Any]) -> dict[str, int]:
    """The heads of each projection whose rows llama.cpp has put in its own order, as `GgufTensors` wants them."""
    if file.metadata.get(ARCHITECTURE) not in TURNED:
        return {}
    return {"q_proj": values["num_attention_heads"], "k_proj": values["num_key_value_heads"]}


class Settings:
    """The metadata that stands under the name of the architecture; ValueError for what can't be."""

    def __init__(self, file: Gguf):
        self.file = file
        self.architecture = str(file.metadata.get(ARCHITECTURE))
        self.model_type = model_type_of(self.architecture)

    def values(self) -> dict[str, Any]:
        """The whole `config.json`."""
        if (self.file.metadata.get("split.count") or 1) != 1:
            raise ValueError("one file of several; merge them first")
        for name in OTHERWISE:
            if self.get(name):
                raise ValueError(f"{self.key(name)} is {self.get(name)!r:.60}; only 0 is known")
        tensors, vocabulary, heads = self.file.tensors, read_vocabulary(self.file), self.whole("attention.head_count")
        window = self.whole("attention.sliding_window") if self.get("attention.sliding_window") else None
        return {
            "model_type": self.model_type,
            "hidden_size": self.whole("embedding_length"),
            "intermediate_size": self.whole("feed_forward_length"),
            "num_hidden_layers": self.whole("block_count"),
            "num_attention_heads": heads,
            "num_key_value_heads": self.whole("attention.head_count_kv") or heads,
            "head_dim": self.head_dim(heads),
            "max_position_embeddings": self.whole("context_length"),
            "rms_norm_eps": self.fraction("attention.layer_norm_rms_epsilon", 1e-6),
            "vocab_size": self.rows(len(vocabulary.tokens)),
            "rope_theta": self.fraction("rope.freq_base", 10_000.0),
            "rope_scaling": self.rope_scaling(),
            "hidden_act": "silu",
            "tie_word_embeddings": "output.weight" not in tensors,
            "attention_bias": "blk.0.attn_q.bias" in tensors,
            "mlp_bias": "blk.0.ffn_gate.bias" in tensors,
            "sliding_window": window,
            "use_sliding_window": window is not None,
            "bos_token_id": vocabulary.bos,
            "eos_token_id": list(vocabulary.ends),
        }

    def key(self, name: str) -> str:
        """A setting's whole name."""
        return f"{self.architecture}.{name}"

    def get(self, name: str) -> Any:
        """A setting as the file has it, None where it has none."""
        return self.file.metadata.get(self.key(name))

    def whole(self, name: str) -> int | None:
        """A positive whole number; one for all layers, where each could have its own."""
        value = self.get(name)
        if isinstance(value, list) and value and value == value[:1] * len(value):
            value = value[0]
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
            raise ValueError(f"{self.key(name)} is {value!r:.60}, not one positive whole number")
        return value

    def fraction(self, name: str, default: float) -> float:
        """A positive number. What is stored as 1e-5 is a float32, and is 1e-5 again."""
        value = self.get(name)
        if not value and isinstance(value, (int, float, type(None))):  # as llama.cpp takes a factor of 0
            return default
        if not isinstance(value, (int, float)) or not math.isfinite(value) or value <= 0:
            raise ValueError(f"{self.key(name)} is {value!r:.60}, not a positive number")
        return float(f"{value:.7g}")

    def head_dim(self, heads: int | None) -> int | None:
        """Numbers of a head, all of which are turned by its position."""
        width, keys = self.whole("embedding_length"), self.whole("attention.key_length")
        found = keys or (width // heads if width and heads else None)
        for name in ("attention.value_length", "rope.dimension_count"):
            if self.whole(name) not in (None, found):
                raise ValueError(f"{self.key(name)} is {self.whole(name)}, for heads of {found}")
        return found

    def rows(self, tokens: int) -> int:
        """Rows of the embedding, of which no token may be without one."""
        embedding = self.file.tensors.get("token_embd.weight")
        if embedding is None:
            raise ValueError("tensor token_embd.weight is missing")
        if tokens > embedding.shape[0]:
            raise ValueError(f"{tokens} tokens for {embedding.shape[0]} rows of token_embd.weight")
        return embedding.shape[0]

    def rope_scaling(self) -> dict[str, Any] | None:
        """How rotary positions are stretched; None where they are not."""
        kind = self.get("rope.scaling.type") or "linear"
        factor = self.fraction("rope.scaling.factor", self.fraction("rope.scale_linear", 1.0))
        if ROPE_FACTORS in self.file.tensors:
            if kind == "yarn" or factor != 1.0:
                raise ValueError(f"{ROPE_FACTORS} and {self.key('rope.scaling')} at once")
            return {"rope_type": "factors", "factors": self.factors()}
        if kind == "none" or (kind == "linear" and factor == 1.0):
            return None
        if kind == "linear":
            return {"rope_type": "linear", "factor": factor}
        if kind != "yarn":
            raise ValueError(f"{self.key('rope.scaling.type')} is {kind!r:.60}; known are none, linear, yarn")
        found: dict[str, Any] = {"rope_type": "yarn", "factor": factor}
        if self.get("rope.scaling.original_context_length") is not None:
            found["original_max_position_embeddings"] = self.whole("rope.scaling.original_context_length")
        for name in ("beta_fast", "beta_slow"):
            if self.get(f"rope.scaling.yarn_{name}") is not None:
                found[name] = self.fraction(f"rope.scaling.yarn_{name}", 1.0)
        # llama.cpp multiplies its temperature by this; Hugging Face has the product in place of the temperature.
        more = self.fraction("rope.scaling.attn_factor", 1.0)
        if more != 1.0:
            found["attention_factor"] = more * (1.0 + 0.1 * math.log(max(factor, 1.0)))
        return found

    def factors(self) -> list[float]:
        """What the tensor of them says."""
        entry, half = self.file.tensors[ROPE_FACTORS], (self.head_dim(self.whole("attention.head_count")) or 0) // 2
        if entry.kind.name != "F32" or entry.shape != (half,):
            raise ValueError(f"tensor {ROPE_FACTORS} is {entry.kind.name} {list(entry.shape)}, not F32 [{half}]")
        found = list(struct.unpack(f"<{half}f", self.file.stored(ROPE_FACTORS)))
        if not all(math.isfinite(factor) and factor > 0 for factor in found):
            raise ValueError(f"tensor {ROPE_FACTORS} has a factor that is no positive number")
        return found
