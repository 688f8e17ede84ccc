"""The Llama family (`llama`, `mistral`, `qwen2`, `qwen3`; SmolLM is a `llama`): grouped queries under DSA.

    hidden ── norm ──┬── q ── (norm) ── rotary ── queries [tokens, heads, dim]
       │             ├── k ── (norm) ── rotary ── keys [tokens, groups, dim] ──┬── the cache, and the index keys
       │             └── v ── values [tokens, groups, dim] ────────────────────┘
       │      queries, the mean of a block's tokens ── I(t, s) over the keys ── top-k
       ├──(+)── o ── core attention over the selected keys and values
       └──(+)── down(silu(gate) · up) ── norm

Dense models, made sparse by their own keys (`dsa.grouped`). All of it for one sequence, no batch.
"""

import re
from typing import cast

import torch
import torch.nn.functional as F
from torch import nn

from dsacli.dsa.cache import LayerCache, SparseCache
from dsacli.dsa.grouped import BLOCK_QUERIES, FEWEST, PREFILL_DENSE, GroupedSparseAttention
from dsacli.dsa.key_indexer import KeyIndexer
from dsacli.errors import DsacliError
from dsacli.models.adapter import UPDATED, Adapter
from dsacli.models.causal import CausalNetwork
from dsacli.models.io.tensors import TensorSource, load_tensors
from dsacli.models.layers import GatedMLP, RMSNorm
from dsacli.models.llama_config import LlamaConfig, adapted, parse_config
from dsacli.models.low_rank import UpdatedLinear
from dsacli.models.rope import Rotation

__all__ = ["Llama", "LlamaConfig", "adapted", "attach", "load", "parse_config"]

# Tokens that say which layers lose most when they select.
SAMPLED = 256
# Made when a model is built, of the configuration.
BUFFERS = re.compile(r"rotary_emb\.inv_freq|^rope_freqs\.weight$")


class Attention(nn.Module):
    """Grouped-query attention over what is selected."""

    def __init__(self, config: LlamaConfig):
        super().__init__()
        heads, groups, dim = config.num_attention_heads, config.num_key_value_heads, config.head_dim
        self.dim, biased = dim, config.attention_bias
        self.q_proj = nn.Linear(config.hidden_size, heads * dim, bias=biased)
        self.k_proj = nn.Linear(config.hidden_size, groups * dim, bias=biased)
        self.v_proj = nn.Linear(config.hidden_size, groups * dim, bias=biased)
        self.o_proj = nn.Linear(heads * dim, config.hidden_size, bias=config.output_bias)
        self.q_norm = RMSNorm(dim, config.rms_norm_eps) if config.qk_norm else nn.Identity()
        self.k_norm = RMSNorm(dim, config.rms_norm_eps) if config.qk_norm else nn.Identity()
        self.attend = GroupedSparseAttention(groups, dim**-0.5)

    def forward(
        self, hidden: torch.Tensor, rotation: Rotation, cache: LayerCache, attention_mass: torch.Tensor | None
    ) -> torch.Tensor:
        """Attend from new tokens [tokens, hidden], and keep their keys and values."""
        keys = self.k_norm(self.k_proj(hidden).unflatten(1, (-1, self.dim)))
        keys = rotation.apply(keys, False).flatten(1)
        cache.append(torch.cat([keys, self.v_proj(hidden)], 1))
        context = self.attend(self.queries(hidden, rotation), cache, attention_mass)
        return self.o_proj(context.flatten(1))

    def queries(self, hidden: torch.Tensor, rotation: Rotation) -> torch.Tensor:
        """Queries [tokens, heads, dim] of tokens [tokens, hidden]."""
        queries = self.q_norm(self.q_proj(hidden).unflatten(1, (-1, self.dim)))
        return rotation.apply(queries, False)


class Layer(nn.Module):
    """One transformer layer."""

    def __init__(self, config: LlamaConfig):
        super().__init__()
        self.input_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.self_attn = Attention(config)
        self.post_attention_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.mlp = GatedMLP(config.hidden_size, config.intermediate_size, config.mlp_bias)

    def forward(
        self, hidden: torch.Tensor, rotation: Rotation, cache: LayerCache, attention_mass: torch.Tensor | None
    ) -> torch.Tensor:
        hidden = hidden + self.self_attn(self.input_layernorm(hidden), rotation, cache, attention_mass)
        return hidden + self.mlp(self.post_attention_layernorm(hidden))

    def deviation(self, hidden: torch.Tensor, rotation: Rotation, cache: LayerCache) -> float:
        """How far the states of the last tokens of a cache would be off if they selected, of what comes in: the mean, over tokens
        [tokens, hidden], whole blocks of them."""
        missed = self.self_attn.attend.deviation(self.self_attn.queries(self.input_layernorm(hidden), rotation), cache)
        off = F.linear(missed.flatten(1), self.self_attn.o_proj.weight)
        return float((off.norm(dim=1) / hidden.norm(dim=1)).mean())


class Llama(CausalNetwork):
    """The causal language model. One sequence at a time."""

    chunk_tokens = 512

    def __init__(self, config: LlamaConfig):
        layers = (Layer(config) for _ in range(config.num_hidden_layers))
        super().__init__(config, layers, config.head_dim)
        self.config, self.indexers = config, dict[int, KeyIndexer]()

    @property
    def attends(self) -> list[GroupedSparseAttention]:
        """Selection and core attention of every layer."""
        return [cast(Layer, layer).self_attn.attend for layer in self.model.layers]

    def new_cache(self, capacity: int, index_topk: int | None = None) -> SparseCache:
        """As `Decoder.new_cache`; the keys of the entries are the index keys. Raises DsacliError for too few tokens to select."""
        if index_topk is not None and index_topk < FEWEST:
            raise DsacliError(f"this model selects {FEWEST} tokens or more, not {index_topk}")
        widths = [(self.config.entry_dim, 0)] * self.config.num_hidden_layers
        cache = SparseCache(capacity, index_topk or self.config.index_topk, widths, self.model.norm.weight)
        if self.indexers:
            cache.settle(set(range(len(widths))) - self.indexers.keys())
        return cache

    def states(
        self, token_ids: torch.Tensor, cache: SparseCache, attention_mass: torch.Tensor | None = None
    ) -> torch.Tensor:
        """As `CausalNetwork.states`. Before the first token selects, the layers that would lose most by it are made dense."""
        alone = PREFILL_DENSE * cache.index_topk - len(cache)
        if cache.dense_layers is None and 0 < alone < len(token_ids):
            parts = token_ids[:alone], token_ids[alone:]
            return torch.cat([self.states(part, cache, attention_mass) for part in parts])
        hidden, rotation = self.embedded(token_ids, cache)
        last = min(len(token_ids), SAMPLED, cache.index_topk) // BLOCK_QUERIES * BLOCK_QUERIES
        deviations = list[float]()
        for module, kept in zip(self.model.layers, cache.layers):
            layer = cast(Layer, module)
            before, hidden = hidden, layer(hidden, rotation, kept, attention_mass)
            if alone == len(token_ids) and last and cache.dense_layers is None:
                deviations.append(layer.deviation(before[-last:], rotation.of(slice(-last, None)), kept))
        if deviations:
            order = sorted(range(len(deviations)), key=lambda number: -deviations[number])
            cache.settle(order[: self.config.dense_layers])
        return self.model.norm(hidden)


def load(tensors: TensorSource, config: LlamaConfig, dtype: torch.dtype) -> Llama:
    """The network for inference, in `dtype`. Raises DsacliError that names the tensor and the file at fault."""
    with torch.device("meta"):
        network = Llama(config)
    tied = {"lm_head.weight": "model.embed_tokens.weight"} if config.tie_word_embeddings else {}
    state = load_tensors(tensors, network.state_dict(), dtype, ignored=BUFFERS, tied=tied)
    network.load_state_dict(state, assign=True)
    return network.eval().requires_grad_(False)


def attach(network: Llama, adapter: Adapter) -> None:
    """Have layers select by an adapter's indexers, those without one attend to all, and attention's linear layers with their updates,
    in place of any before. Raises ValueError as `adapted` does."""
    network.config, like = adapted(network.config, adapter), network.model.norm.weight
    network.indexers = {number: indexer.to(like.device, like.dtype) for number, indexer in adapter.indexers.items()}
    for number, module in enumerate(network.model.layers):
        attention = cast(Layer, module).self_attn
        attention.attend.indexer = network.indexers.get(number)
        for name in UPDATED:
            linear, update = getattr(attention, name), adapter.updates.get((number, name))
            linear = linear.linear if isinstance(linear, UpdatedLinear) else linear
            setattr(attention, name, UpdatedLinear(linear, update.to(like.device)) if update else linear)
