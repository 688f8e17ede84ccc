"""DeepSeek-V3.2 (`deepseek_v32`, and `glm_moe_dsa`, the same network): MLA under a lightning indexer, and MoE.

DeepSeek-V3.2-Exp report, figure 1:

    hidden ── q_a ── norm ── c_q [tokens, q_lora_rank] ──┬── q_b ── queries [tokens, heads, nope + rope]
       │                                                └── wq_b ── index queries [tokens, index_n_heads, …]
       ├── kv_a ── latent [tokens, kv_lora_rank] + rotary key [tokens, rope], one for all heads ── the cache
       ├── wk ── norm ── index keys [tokens, index_head_dim] ── the cache
       └── weights_proj ── index weights [tokens, index_n_heads]
    index queries, weights, keys ── I(t, s) ── top-k ── core attention over the selected latents ── o

Keys and values of the heads are never made: W_UK is absorbed into the query and W_UV into what attention returns
(MQA mode), so that one latent per token serves every head. All of it for one sequence, no batch.
"""

import re

import torch
from torch import nn

from dsacli.dsa.attention import HeadProjection, LatentAttention
from dsacli.dsa.cache import LayerCache, SparseCache
from dsacli.dsa.indexer import LightningIndexer
from dsacli.dsa.selection import select_causal
from dsacli.models.causal import CausalNetwork
from dsacli.models.deepseek_config import DeepseekConfig, parse_config
from dsacli.models.io.tensors import TensorSource, load_tensors
from dsacli.models.layers import GatedMLP, RMSNorm
from dsacli.models.rope import Rotation

__all__ = ["DeepseekConfig", "DeepseekV32", "load", "parse_config"]

# Made when a model is built, so that no checkpoint has to hold them.
BUFFERS = r"rotary_emb\.inv_freq"
WIDE = re.compile(r"e_score_correction_bias$")


class SparseAttention(nn.Module):
    """DSA under MLA: select, then core attention over the selected latents."""

    def __init__(self, config: DeepseekConfig, has_indexer: bool):
        super().__init__()
        self.heads, self.nope, self.rope = config.num_attention_heads, config.qk_nope_head_dim, config.qk_rope_head_dim
        self.rank, self.value = config.kv_lora_rank, config.v_head_dim
        biased = config.attention_bias
        self.q_a_proj = nn.Linear(config.hidden_size, config.q_lora_rank, bias=biased)
        self.q_a_layernorm = RMSNorm(config.q_lora_rank, 1e-6)
        self.q_b_proj = nn.Linear(config.q_lora_rank, self.heads * (self.nope + self.rope), bias=False)
        self.kv_a_proj_with_mqa = nn.Linear(config.hidden_size, self.rank + self.rope, bias=biased)
        self.kv_a_layernorm = RMSNorm(self.rank, 1e-6)
        self.kv_b_proj = nn.Linear(self.rank, self.heads * (self.nope + self.value), bias=False)
        self.o_proj = nn.Linear(self.heads * self.value, config.hidden_size, bias=biased)
        self.indexer: LightningIndexer | None = None
        if has_indexer:
            self.indexer = LightningIndexer(
                config.hidden_size,
                config.index_n_heads,
                config.index_head_dim,
                query_size=config.q_lora_rank,
                eps=1e-6,
                interleaved=config.interleaved_index_rope,
            )
        self.project, self.attend = HeadProjection(), LatentAttention(self.rank, config.attention_scale)

    def forward(
        self,
        hidden: torch.Tensor,
        rotation: Rotation,
        cache: LayerCache,
        selected: torch.Tensor | None,
        attention_mass: torch.Tensor | None,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Attend from new tokens, and keep their latents.

        hidden: [tokens, hidden]; selected: what the last layer with an indexer selected, None for everything
        returns: [tokens, hidden] and the selection of this layer, [tokens after the first index_topk, k]
        """
        compressed = self.q_a_layernorm(self.q_a_proj(hidden))
        queries = self.q_b_proj(compressed).unflatten(-1, (self.heads, self.nope + self.rope))
        up_key, up_value = self.kv_b_proj.weight.unflatten(0, (self.heads, -1)).split([self.nope, self.value], 1)
        absorbed = self.project(queries[..., : self.nope], up_key)
        queries = torch.cat([absorbed, rotation.apply(queries[..., self.nope :], True)], -1)

        latent, rotary = self.kv_a_proj_with_mqa(hidden).split([self.rank, self.rope], -1)
        entries = torch.cat([self.kv_a_layernorm(latent), rotation.apply(rotary, True)], -1)
        if self.indexer is None:
            cache.append(entries)
        else:
            cache.append(entries, self.indexer.keys(hidden, rotation))
            selected = self.select(self.indexer, hidden, compressed, rotation, cache)

        context = self.attend(queries, cache, selected, attention_mass)
        return self.o_proj(self.project(context, up_value.transpose(1, 2)).flatten(1)), selected

    def select(
        self,
        indexer: LightningIndexer,
        hidden: torch.Tensor,
        compressed: torch.Tensor,
        rotation: Rotation,
        cache: LayerCache,
    ) -> torch.Tensor | None:
        """What the last tokens of a cache attend to, [tokens after the first index_topk, k]; None where there is none.

        Up to `index_topk` tokens everything is selected, and nothing has to be scored.
        """
        scored = slice(max(0, cache.index_topk - (cache.length - len(hidden))), None)
        if len(hidden[scored]) == 0:
            return None
        queries, weights = indexer.queries(hidden[scored], compressed[scored], rotation.of(scored))
        return select_causal(indexer.scores, queries, weights, cache.index_keys, cache.index_topk)


class Gate(nn.Module):
    """Which experts a token goes to: sigmoid affinities, best groups first, balanced by a bias that weighs nothing."""

    def __init__(self, config: DeepseekConfig):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(config.n_routed_experts, config.hidden_size))
        self.e_score_correction_bias = nn.Parameter(torch.zeros(config.n_routed_experts))
        self.groups, self.topk_group, self.topk = config.n_group, config.topk_group, config.num_experts_per_tok
        self.normalised, self.scaling = config.norm_topk_prob, config.routed_scaling_factor
        self.product = HeadProjection()

    def forward(self, hidden: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Weights, float32, and expert numbers, both [tokens, num_experts_per_tok]."""
        affinity = self.product(hidden.float()[:, None], self.weight.float().T[None])[:, 0].sigmoid()
        biased = (affinity + self.e_score_correction_bias.float()).unflatten(-1, (self.groups, -1))
        if self.groups > 1:
            best = (
                biased.topk(min(2, biased.shape[-1]), -1).values.sum(-1).topk(self.topk_group, -1, sorted=False).indices
            )
            kept = torch.zeros(biased.shape[:2], dtype=torch.bool, device=hidden.device).scatter_(1, best, True)
            biased = biased.masked_fill(~kept[..., None], -torch.inf)
        experts = biased.flatten(1).topk(self.topk, -1, sorted=False).indices
        weights = affinity.gather(1, experts)
        if self.normalised:
            weights = weights / (weights.sum(-1, keepdim=True) + 1e-20)
        return weights * self.scaling, experts


class MoE(nn.Module):
    """Routed experts and the shared ones; each expert computes its own tokens and no more."""

    def __init__(self, config: DeepseekConfig):
        super().__init__()
        width = config.moe_intermediate_size
        self.gate = Gate(config)
        self.experts = nn.ModuleList(GatedMLP(config.hidden_size, width) for _ in range(config.n_routed_experts))
        if config.n_shared_experts:
            self.shared_experts = GatedMLP(config.hidden_size, width * config.n_shared_experts)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        weights, experts = self.gate(hidden)
        out = self.shared_experts(hidden) if hasattr(self, "shared_experts") else torch.zeros_like(hidden)
        order = experts.flatten().argsort(stable=True)
        counts = experts.flatten().bincount(minlength=len(self.experts)).tolist()
        tokens, weights = order // experts.shape[1], weights.flatten()[order, None].to(hidden.dtype)
        low = 0
        for number, count in enumerate(counts):
            if count:
                mine = tokens[low : low + count]
                out.index_add_(0, mine, self.experts[number](hidden[mine]) * weights[low : low + count])
                low += count
        return out


class Layer(nn.Module):
    """One transformer layer."""

    def __init__(self, config: DeepseekConfig, number: int):
        super().__init__()
        self.input_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.self_attn = SparseAttention(config, config.full_indexers[number])
        self.post_attention_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        sparse = config.sparse_layers[number]
        self.mlp = MoE(config) if sparse else GatedMLP(config.hidden_size, config.intermediate_size)

    def forward(
        self,
        hidden: torch.Tensor,
        rotation: Rotation,
        cache: LayerCache,
        selected: torch.Tensor | None,
        attention_mass: torch.Tensor | None,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        attended, selected = self.self_attn(self.input_layernorm(hidden), rotation, cache, selected, attention_mass)
        hidden = hidden + attended
        return hidden + self.mlp(self.post_attention_layernorm(hidden)), selected


class DeepseekV32(CausalNetwork):
    """The causal language model. One sequence at a time."""

    chunk_tokens = 1024

    def __init__(self, config: DeepseekConfig):
        layers = (Layer(config, number) for number in range(config.num_hidden_layers))
        super().__init__(config, layers, config.qk_rope_head_dim)
        self.config = config

    def new_cache(self, capacity: int, index_topk: int | None = None) -> SparseCache:
        """As `Decoder.new_cache`; layers that share a selection keep latents and no index keys."""
        widths = [(self.config.latent_dim, self.config.index_head_dim * full) for full in self.config.full_indexers]
        return SparseCache(capacity, index_topk or self.config.index_topk, widths, self.model.norm.weight)

    def states(
        self, token_ids: torch.Tensor, cache: SparseCache, attention_mass: torch.Tensor | None = None
    ) -> torch.Tensor:
        """As `CausalNetwork.states`."""
        hidden, rotation = self.embedded(token_ids, cache)
        selected = None
        for layer, kept in zip(self.model.layers, cache.layers):
            hidden, selected = layer(hidden, rotation, kept, selected, attention_mass)
        return self.model.norm(hidden)


def load(tensors: TensorSource, config: DeepseekConfig, dtype: torch.dtype) -> DeepseekV32:
    """The network for inference, in `dtype`. Raises DsacliError that names the tensor and the file at fault."""
    with torch.device("meta"):
        network = DeepseekV32(config)
    # The multi-token-prediction layer stands after the last one; layers without an indexer of their own may bring one.
    shared = "|".join(str(number) for number, full in enumerate(config.full_indexers) if not full) or "none"
    extra = rf"^model\.layers\.({shared})\.self_attn\.indexer\.|{BUFFERS}|^model\.layers\.{config.num_hidden_layers}\."
    tied = {"lm_head.weight": "model.embed_tokens.weight"} if config.tie_word_embeddings else {}
    state = load_tensors(
        tensors,
        network.state_dict(),
        dtype,
        ignored=re.compile(extra),
        kept_wide=WIDE,
        block=config.fp8_block,
        tied=tied,
    )
    network.load_state_dict(state, assign=True)
    return network.eval().requires_grad_(False)
