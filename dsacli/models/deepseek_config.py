"""The shapes of a DeepSeek-V3.2 family model, read from the `config.json` of a released directory."""

from dataclasses import dataclass
from typing import Any

from dsacli.dsa.cost import DecoderCost
from dsacli.models.rope import Rope, parse_rope
from dsacli.models.settings import check_model_type, check_settings, end_tokens

MODEL_TYPES = ("deepseek_v32", "glm_moe_dsa")
# Names under which the values of a configuration have been released.
ALIASES = {"num_local_experts": "n_routed_experts", "num_experts": "n_routed_experts"}
POSITIVE = (
    "vocab_size",
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "kv_lora_rank",
    "q_lora_rank",
    "qk_rope_head_dim",
    "qk_nope_head_dim",
    "v_head_dim",
    "index_topk",
    "index_n_heads",
    "index_head_dim",
    "max_position_embeddings",
)


@dataclass(frozen=True)
class DeepseekConfig:
    """Shapes, by the names of the released configurations. `full_indexers[layer]` says whether a layer runs its own
    indexer or takes the selection of the last one that did (IndexCache, arXiv 2603.12201)."""

    model_type: str
    vocab_size: int
    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    kv_lora_rank: int
    q_lora_rank: int
    qk_rope_head_dim: int
    qk_nope_head_dim: int
    v_head_dim: int
    index_topk: int
    index_n_heads: int
    index_head_dim: int
    max_position_embeddings: int
    rope: Rope
    sparse_layers: tuple[bool, ...]
    full_indexers: tuple[bool, ...]
    moe_intermediate_size: int = 0
    n_routed_experts: int = 0
    n_shared_experts: int = 0
    num_experts_per_tok: int = 0
    n_group: int = 1
    topk_group: int = 1
    routed_scaling_factor: float = 1.0
    norm_topk_prob: bool = True
    rms_norm_eps: float = 1e-6
    attention_bias: bool = False
    tie_word_embeddings: bool = False
    bos_token_id: int | None = None
    eos_token_ids: tuple[int, ...] = ()
    fp8_block: tuple[int, int] | None = None

    @property
    def interleaved_index_rope(self) -> bool:
        """GLM's indexer rotates neighbouring numbers, DeepSeek's the two halves."""
        return self.model_type == "glm_moe_dsa"

    @property
    def budget(self) -> int:
        """All that fits: it was trained to read that sparsely."""
        return self.max_position_embeddings

    @property
    def latent_dim(self) -> int:
        """Numbers per token and layer that all heads attend to: the latent and its rotary part."""
        return self.kv_lora_rank + self.qk_rope_head_dim

    @property
    def attention_scale(self) -> float:
        """What q · k is multiplied by before the softmax."""
        return (self.qk_nope_head_dim + self.qk_rope_head_dim) ** -0.5 * self.rope.softmax_scale

    def cost(self, element_bytes: int) -> DecoderCost:
        """What tokens cost, with cache entries of `element_bytes` a number."""
        heads, width = self.num_attention_heads, self.hidden_size
        attention = (
            width * (self.q_lora_rank + self.latent_dim)
            + self.q_lora_rank * heads * (self.qk_nope_head_dim + self.qk_rope_head_dim)
            + heads * self.kv_lora_rank * (self.qk_nope_head_dim + self.v_head_dim)
            + heads * self.v_head_dim * width
        )
        queries = self.q_lora_rank * self.index_n_heads * self.index_head_dim + width * self.index_n_heads
        active = self.num_experts_per_tok + self.n_shared_experts
        expert = 3 * width * self.moe_intermediate_size
        routed = width * self.n_routed_experts + active * expert
        layers, sparse, full = self.num_hidden_layers, sum(self.sparse_layers), sum(self.full_indexers)
        linear = (
            layers * attention
            + full * (queries + width * self.index_head_dim)
            + sparse * routed
            + (layers - sparse) * 3 * width * self.intermediate_size
        )
        return DecoderCost(
            linear=2 * linear,
            entry=2 * layers * heads * (self.latent_dim + self.kv_lora_rank),
            scan=2 * full * self.index_n_heads * (self.index_head_dim + 1),
            output=2 * width * self.vocab_size,
            entry_bytes=layers * self.latent_dim * element_bytes,
            key_bytes=full * self.index_head_dim * element_bytes,
        )


def parse_config(values: dict[str, Any]) -> DeepseekConfig:
    """A configuration from the JSON of `config.json`. Raises ValueError that names the setting at fault."""
    values = {ALIASES.get(name, name): value for name, value in values.items() if value is not None}
    check_model_type(values, MODEL_TYPES)
    check_settings(values, POSITIVE)
    layers = values["num_hidden_layers"]
    if values.get("scoring_func", "sigmoid") != "sigmoid":
        raise ValueError(f"scoring_func is {values['scoring_func']!r}; only 'sigmoid' is known")
    if values["qk_rope_head_dim"] % 2 or values["qk_rope_head_dim"] > values["index_head_dim"]:
        raise ValueError("qk_rope_head_dim is odd, or more than index_head_dim")
    kinds = values.get("mlp_layer_types")
    dense = values.get("first_k_dense_replace", 3)
    sparse = tuple(kind == "sparse" for kind in kinds) if kinds else tuple(layer >= dense for layer in range(layers))
    full = full_indexers(values, layers)
    if len(sparse) != layers or len(full) != layers:
        raise ValueError(
            f"there are {layers} layers, and not as many entries of mlp_layer_types or of the index pattern"
        )
    experts = values.get("n_routed_experts", 0)
    groups, chosen = values.get("n_group", 1), values.get("num_experts_per_tok", 0)
    if any(sparse) and not (experts and values.get("moe_intermediate_size") and 0 < chosen <= experts):
        raise ValueError("n_routed_experts, num_experts_per_tok and moe_intermediate_size do not fit together")
    if any(sparse) and (experts % groups or values.get("topk_group", 1) > groups):
        raise ValueError("n_group, topk_group and n_routed_experts do not fit together")
    quantised = values.get("quantization_config")
    # A few settings change their type on the way.
    made: dict[str, Any] = {
        "rope": parse_rope(values),
        "sparse_layers": sparse,
        "full_indexers": full,
        "eos_token_ids": end_tokens(values),
        "fp8_block": parse_fp8(quantised) if quantised else None,
    }
    names = set(DeepseekConfig.__dataclass_fields__) - made.keys()
    return DeepseekConfig(**{name: value for name, value in values.items() if name in names}, **made)


def full_indexers(values: dict[str, Any], layers: int) -> tuple[bool, ...]:
    """Which layers run their own indexer, by `indexer_types`, `index_topk_pattern` ("FSSF…") or `index_topk_freq`."""
    pattern = values.get("indexer_types") or values.get("index_topk_pattern")
    if pattern:
        unknown = set(pattern) - {"F", "S", "full", "shared"}
        if unknown or pattern[0] not in ("F", "full"):
            raise ValueError(f"the index pattern {pattern!r} is not F(ull) first, then F(ull) or S(hared)")
        return tuple(kind in ("F", "full") for kind in pattern)
    every, offset = max(values.get("index_topk_freq", 1), 1), values.get("index_skip_topk_offset", 2)
    return tuple(max(layer - offset + 1, 0) % every == 0 for layer in range(layers))


def parse_fp8(quantised: dict[str, Any]) -> tuple[int, int]:
    """The block [rows, columns] that shares one scale. Raises ValueError for any quantisation but FP8 in blocks."""
    block = quantised.get("weight_block_size")
    if quantised.get("quant_method") != "fp8" or not isinstance(block, list) or len(block) != 2:
        raise ValueError(f"quantization {quantised.get('quant_method')!r}; only fp8 in blocks is known")
    return int(block[0]), int(block[1])
