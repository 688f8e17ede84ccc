"""DeepSeek-V3.2 (`deepseek_v32`, and `glm_moe_dsa`, the same network): MLA under a lightning indexer, and MoE.

DeepSeek-V3.2-Exp report, figure 1:

    hidden ── q_a ── norm ── c_q [tokens, q_lora_rank] ──┬── q_b ── queries [tokens, heads, nope + rope]
       │                                                └── wq_b ── index queries [tokens, index_n_heads, index_head_dim]
       ├── kv_a ── latent [tokens, kv_lora_rank] + rotary key [tokens, rope], one for all heads ── the cache
       ├── wk ── norm ── index keys [tokens, index_head_dim] ── the cache
       └── weights_proj ── index weights [tokens, index_n_heads]
    index queries, weights, keys ── I(t, s) ── top-k ── core attention over the selected latents ── o

Keys and values of the heads are never made: W_UK is absorbed into the query and W_UV into what attention returns
(MQA mode), so that one latent per token serves every head. All of it for one sequence, no batch.
"""

import torch
import torch.nn.functional as F
from torch import nn

from dsacli.dsa.cache import LatentCache, LayerLatents
from dsacli.dsa.indexer import IndexScores
from dsacli.dsa.selection import select_causal
from dsacli.dsa.sparse_attention import HeadProjection, LatentAttention
from dsacli.models.deepseek_config import DeepseekConfig
from dsacli.models.layers import embedding
from dsacli.models.rope import Rotation, rotary_frequencies, rotation

CHUNK_TOKENS = 1024


class RMSNorm(nn.Module):
    """x / rms(x) · weight, the mean in float32."""

    def __init__(self, width: int, eps: float):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(width)), eps

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        wide = states.float()
        return self.weight * (wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.eps)).to(states.dtype)


class Indexer(nn.Module):
    """The lightning indexer, by the tensor names of the release; equation 1 is `IndexScores`."""

    def __init__(self, config: DeepseekConfig):
        super().__init__()
        self.heads, self.rope = config.index_n_heads, config.qk_rope_head_dim
        self.interleaved = config.interleaved_index_rope
        self.wq_b = nn.Linear(config.q_lora_rank, config.index_n_heads * config.index_head_dim, bias=False)
        self.wk = nn.Linear(config.hidden_size, config.index_head_dim, bias=False)
        self.k_norm = nn.LayerNorm(config.index_head_dim, eps=1e-6)
        self.weights_proj = nn.Linear(config.hidden_size, config.index_n_heads, bias=False)
        self.scale = (config.index_n_heads * config.index_head_dim) ** -0.5
        self.scores = IndexScores()

    def rotated(self, states: torch.Tensor, turn: Rotation) -> torch.Tensor:
        """[tokens, …, index_head_dim] with the rotary part, which stands first, turned."""
        turned = turn.apply(states[..., : self.rope], self.interleaved)
        return torch.cat([turned, states[..., self.rope :]], -1)

    def keys(self, hidden: torch.Tensor, turn: Rotation) -> torch.Tensor:
        """Index keys [tokens, index_head_dim]."""
        return self.rotated(self.k_norm(self.wk(hidden)), turn)

    def queries(
        self, hidden: torch.Tensor, compressed: torch.Tensor, turn: Rotation
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Index queries [tokens, index_n_heads, index_head_dim] and weights [tokens, index_n_heads]."""
        queries = self.wq_b(compressed).unflatten(-1, (self.heads, -1))
        return self.rotated(queries, turn), self.weights_proj(hidden) * self.scale


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
        if has_indexer:
            self.indexer = Indexer(config)
        self.index_topk = config.index_topk
        self.project, self.attend = HeadProjection(), LatentAttention(self.rank, config.attention_scale)

    def forward(
        self,
        hidden: torch.Tensor,
        turn: Rotation,
        cache: LayerLatents,
        selected: torch.Tensor | None,
        received: torch.Tensor | None,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Attend from new tokens, and keep their latents.

        hidden: [tokens, hidden]; selected: what the last layer with an indexer selected, None for everything
        returns: [tokens, hidden] and the selection of this layer [tokens, k]
        """
        compressed = self.q_a_layernorm(self.q_a_proj(hidden))
        queries = self.q_b_proj(compressed).unflatten(-1, (self.heads, self.nope + self.rope))
        up_key, up_value = self.kv_b_proj.weight.unflatten(0, (self.heads, -1)).split([self.nope, self.value], 1)
        absorbed = self.project(queries[..., : self.nope], up_key)
        queries = torch.cat([absorbed, turn.apply(queries[..., self.nope :], True)], -1)

        latent, rotary = self.kv_a_proj_with_mqa(hidden).split([self.rank, self.rope], -1)
        entries = torch.cat([self.kv_a_layernorm(latent), turn.apply(rotary, True)], -1)
        indexer = getattr(self, "indexer", None)
        cache.append(entries, indexer.keys(hidden, turn) if indexer else None)

        # Up to index_topk tokens everything is selected, and nothing has to be scored.
        whole = max(0, min(len(hidden), self.index_topk - (cache.length - len(hidden))))
        if indexer:
            selected = None
            if whole < len(hidden):
                asked = indexer.queries(hidden[whole:], compressed[whole:], turn.of(slice(whole, None)))
                selected = select_causal(indexer.scores, *asked, cache.index_keys, self.index_topk)
        parts = []
        if whole:
            parts.append(
                self.attend(queries[:whole], cache.entries[: cache.length - len(hidden) + whole], None, received)
            )
        if whole < len(hidden):
            parts.append(self.attend(queries[whole:], cache.entries, selected, received))
        context = parts[0] if len(parts) == 1 else torch.cat(parts)
        return self.o_proj(self.project(context, up_value.transpose(1, 2)).flatten(1)), selected


class MLP(nn.Module):
    """down(silu(gate(x)) · up(x)); an expert, or the feed-forward part of a dense layer."""

    def __init__(self, hidden: int, intermediate: int):
        super().__init__()
        self.gate_proj = nn.Linear(hidden, intermediate, bias=False)
        self.up_proj = nn.Linear(hidden, intermediate, bias=False)
        self.down_proj = nn.Linear(intermediate, hidden, bias=False)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        return self.down_proj(F.silu(self.gate_proj(hidden)) * self.up_proj(hidden))


class Gate(nn.Module):
    """Which experts a token goes to: sigmoid affinities, the best groups first, balanced by a bias that weighs nothing."""

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
        self.experts = nn.ModuleList(MLP(config.hidden_size, width) for _ in range(config.n_routed_experts))
        if config.n_shared_experts:
            self.shared_experts = MLP(config.hidden_size, width * config.n_shared_experts)

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
        self.mlp = MoE(config) if sparse else MLP(config.hidden_size, config.intermediate_size)

    def forward(
        self,
        hidden: torch.Tensor,
        turn: Rotation,
        cache: LayerLatents,
        selected: torch.Tensor | None,
        received: torch.Tensor | None,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        attended, selected = self.self_attn(self.input_layernorm(hidden), turn, cache, selected, received)
        hidden = hidden + attended
        return hidden + self.mlp(self.post_attention_layernorm(hidden)), selected


class Trunk(nn.Module):
    """Embeddings, layers and the last norm: what the release calls `model`."""

    def __init__(self, config: DeepseekConfig):
        super().__init__()
        self.embed_tokens = embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(Layer(config, number) for number in range(config.num_hidden_layers))
        self.norm = RMSNorm(config.hidden_size, config.rms_norm_eps)


class DeepseekV32(nn.Module):
    """The causal language model. One sequence at a time."""

    def __init__(self, config: DeepseekConfig):
        super().__init__()
        self.config = config
        self.model = Trunk(config)
        self.lm_head = nn.Linear(config.hidden_size, config.vocab_size, bias=False)

    def set_index_topk(self, index_topk: int) -> None:
        """Select so many tokens from now on, in every layer; as many as there are is dense attention."""
        for layer in self.model.layers:
            layer.self_attn.index_topk = index_topk

    def new_cache(self, capacity: int) -> LatentCache:
        """An empty cache with room for `capacity` tokens."""
        like = self.model.norm.weight
        return LatentCache(
            [
                LayerLatents(
                    like.new_empty(capacity, self.config.latent_dim),
                    like.new_empty(capacity, self.config.index_head_dim) if full else None,
                )
                for full in self.config.full_indexers
            ]
        )

    def states(self, token_ids: torch.Tensor, cache: LatentCache, received: torch.Tensor | None = None) -> torch.Tensor:
        """Hidden states [tokens, hidden] of new tokens, int64 [tokens], after those in the cache."""
        places = torch.arange(len(cache), len(cache) + len(token_ids), device=token_ids.device)
        hidden = self.model.embed_tokens(token_ids)
        turn = rotation(places, self.frequencies(token_ids.device), self.config.rope.cosine_scale, hidden.dtype)
        selected = None
        for layer, latents in zip(self.model.layers, cache.layers):
            hidden, selected = layer(hidden, turn, latents, selected, received)
        return self.model.norm(hidden)

    def frequencies(self, device: torch.device) -> torch.Tensor:
        """Rotary frequencies [rope / 2], made when first needed: no checkpoint holds them."""
        if getattr(self, "_frequencies", None) is None or self._frequencies.device != device:
            self._frequencies = rotary_frequencies(self.config.rope, self.config.qk_rope_head_dim).to(device)
        return self._frequencies

    def forward(
        self, token_ids: torch.Tensor, cache: LatentCache, received: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Logits [tokens, vocab] of new tokens, int64 [tokens].

        `received` [capacity], float32: the attention that each token gets from these, over heads and layers, is added to it.
        """
        return self.lm_head(self.states(token_ids, cache, received))

    @torch.inference_mode()
    def prefill(
        self,
        token_ids: torch.Tensor,
        cache: LatentCache,
        on_tokens=lambda done: None,
        received: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Take in new tokens, chunk by chunk; returns the logits [vocab] after the last one.

        Memory O(chunk · (k + heads)) beside the cache. `on_tokens` hears how many are done after each chunk; `received` is what
        `forward` takes, for the last token alone, whose attention the logits come from.
        """
        before = len(token_ids) if received is None else len(token_ids) - 1
        for low in range(0, before, CHUNK_TOKENS):
            high = min(low + CHUNK_TOKENS, before)
            hidden = self.states(token_ids[low:high], cache)
            on_tokens(high)
        if received is not None:
            hidden = self.states(token_ids[-1:], cache, received)
        return self.lm_head(hidden[-1])
