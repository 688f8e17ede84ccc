"""The shapes of a decoder of the Llama family, read from the `config.json` of a released directory."""

from dataclasses import dataclass, replace
from typing import Any

from dsacli.dsa.cost import DecoderCost
from dsacli.dsa.grouped import BLOCK_QUERIES, PREFILL_DENSE, WRITTEN_DENSE
from dsacli.dsa.made_keys import NUMBER_BYTES, RANK
from dsacli.models.adapter import Adapter
from dsacli.models.rope import Rope, parse_rope
from dsacli.models.settings import check_model_type, check_settings, end_tokens

MODEL_TYPES = ("llama", "mistral", "qwen2", "qwen3")
POSITIVE = (
    "vocab_size",
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "num_key_value_heads",
    "head_dim",
    "max_position_embeddings",
)
# Entries that a token attends to, and layers that attend to all: what was measured on Qwen2.5 (docs/models.md).
INDEX_TOPK, DENSE_LAYERS = 1024, 2
# Not of `config.json`, whatever is said there.
OURS = {"index_topk", "dense_layers", "index_n_heads", "index_head_dim", "update_rank", "budget"}
# Tokens of documents: what two cores take in within a minute.
BUDGET = 4096


@dataclass(frozen=True)
class LlamaConfig:
    """Shapes, by the names of the released configurations.

    attention_bias: of queries, keys and values; output_bias: of what attention gives out; qk_norm: queries and keys are normalised,
    head by head; dense_layers: how many attend to all earlier tokens
    index_n_heads: of an adapter's indexers, 0 without one; update_rank: of its updates, 0 without any
    """

    model_type: str
    vocab_size: int
    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    max_position_embeddings: int
    rope: Rope
    rms_norm_eps: float = 1e-6
    attention_bias: bool = False
    output_bias: bool = False
    mlp_bias: bool = False
    qk_norm: bool = False
    tie_word_embeddings: bool = False
    eos_token_ids: tuple[int, ...] = ()
    index_topk: int = INDEX_TOPK
    dense_layers: int = DENSE_LAYERS
    index_n_heads: int = 0
    index_head_dim: int = RANK
    update_rank: int = 0
    budget: int = BUDGET

    @property
    def entry_dim(self) -> int:
        """Numbers kept of a token in a layer: its keys and values."""
        return 2 * self.num_key_value_heads * self.head_dim

    @property
    def attention_shapes(self) -> dict[str, tuple[int, int]]:
        """What attention's linear layers take and give, by their names."""
        width, heads, keys = self.hidden_size, self.num_attention_heads * self.head_dim, self.entry_dim // 2
        return {"q_proj": (width, heads), "k_proj": (width, keys), "v_proj": (width, keys), "o_proj": (heads, width)}

    def cost(self, element_bytes: int) -> DecoderCost:
        """What tokens cost, with cache entries of `element_bytes` a number."""
        heads, width, layers = self.num_attention_heads * self.head_dim, self.hidden_size, self.num_hidden_layers
        attention = self.attention_shapes.values()
        sparse = max(0, layers - self.dense_layers)
        key = min(self.index_head_dim, self.entry_dim // 2)
        # Without an adapter every head of a prefill scores, by whole keys; those of a written token together.
        scored = self.index_n_heads * (key + 1)
        linear = sum(taken * given + self.update_rank * (taken + given) for taken, given in attention)
        linear += 3 * width * self.intermediate_size
        return DecoderCost(
            linear=2 * layers * linear,
            entry=4 * sparse * heads,
            scan=2 * sparse * (scored or key),
            output=2 * width * self.vocab_size,
            entry_bytes=sparse * self.entry_dim * element_bytes,
            key_bytes=sparse * key * (element_bytes if scored else NUMBER_BYTES),
            dense_entry=4 * (layers - sparse) * heads,
            dense_entry_bytes=(layers - sparse) * self.entry_dim * element_bytes,
            prefill_scan=2 * sparse * (scored or heads) // BLOCK_QUERIES,
            prefill_dense=PREFILL_DENSE,
            written_dense=WRITTEN_DENSE,
        )


def parse_config(values: dict[str, Any]) -> LlamaConfig:
    """A configuration from the JSON of `config.json`. Raises ValueError that names the setting at fault."""
    values = {name: value for name, value in values.items() if value is not None}
    check_model_type(values, MODEL_TYPES)
    kind = values["model_type"]
    heads = values.get("num_attention_heads")
    values.setdefault("num_key_value_heads", heads)
    if isinstance(heads, int) and isinstance(values.get("hidden_size"), int) and heads > 0:
        values.setdefault("head_dim", values["hidden_size"] // heads)
    check_settings(values, POSITIVE)
    if values["num_attention_heads"] % values["num_key_value_heads"]:
        raise ValueError("num_attention_heads is no multiple of num_key_value_heads")
    if values["head_dim"] % 2:
        raise ValueError(f"head_dim is {values['head_dim']}, an odd number")
    if "quantization_config" in values:
        raise ValueError("weights quantised in a directory are not read; a GGUF file of the model is")
    biased = bool(values.get("attention_bias", False))
    made: dict[str, Any] = {
        "rope": parse_rope(values),
        "attention_bias": biased or kind == "qwen2",
        "output_bias": biased and kind != "qwen2",
        "mlp_bias": bool(values.get("mlp_bias", False)),
        "qk_norm": kind == "qwen3",
        "eos_token_ids": end_tokens(values),
        "max_position_embeddings": longest(values),
    }
    names = set(LlamaConfig.__dataclass_fields__) - made.keys() - OURS
    return LlamaConfig(**{name: value for name, value in values.items() if name in names}, **made)


def adapted(config: LlamaConfig, adapter: Adapter) -> LlamaConfig:
    """A configuration with an adapter; layers without an indexer attend to all. Raises ValueError for one of another model."""
    layers, heads, width = config.num_hidden_layers, config.num_attention_heads * config.head_dim, config.entry_dim // 2
    shapes = {
        (each.wq.in_features, each.wk.in_features, each.wq.out_features, each.wk.out_features)
        for each in adapter.indexers.values()
    }
    if len(shapes) != 1 or max(adapter.indexers) >= layers:
        raise ValueError(f"it is of another model than this one of {layers} layers")
    ((queries, keys, all_heads, dim),) = shapes
    if (queries, keys) != (heads, width):
        raise ValueError(
            f"it is for queries and keys of {queries} and {keys} numbers, where this model's have {heads} and {width}"
        )
    return replace(
        config,
        dense_layers=layers - len(adapter.indexers),
        index_n_heads=all_heads // dim,
        index_head_dim=dim,
        update_rank=update_rank(config, adapter),
    )


def update_rank(config: LlamaConfig, adapter: Adapter) -> int:
    """The rank of an adapter's updates, 0 where it has none. Raises ValueError for those of another model."""
    if not adapter.updates:
        return 0
    ranks = {each.lora_A.out_features for each in adapter.updates.values()}
    found = {place: (each.lora_A.in_features, each.lora_B.out_features) for place, each in adapter.updates.items()}
    layers, shapes = range(config.num_hidden_layers), config.attention_shapes.items()
    if len(ranks) != 1 or found != {(number, name): shape for number in layers for name, shape in shapes}:
        raise ValueError("its updates are of another model than this one")
    return ranks.pop()


def longest(values: dict[str, Any]) -> int:
    """Tokens that fit: no more than a sliding window, within which it is as if there were none."""
    length, window = values["max_position_embeddings"], values.get("sliding_window")
    slides = values.get("use_sliding_window", values["model_type"] == "mistral")
    return int(min(length, window)) if window and slides else int(length)
