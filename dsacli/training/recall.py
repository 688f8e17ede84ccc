"""A small DeepSeek-V3.2 model that recalls facts from a long text: made and trained here, nothing downloaded.

Text of made-up words with sentences "the code of tovar is kelim." in it, and at the end "what is the code of tovar?". Trained on
short texts, whose sentences are given positions far apart, in the report's order: the model with dense attention, the dense
warm-up of the indexer (the model frozen, KL to the head-summed attention), then sparse training (selection on).

Before any fact the model learns to go on with words that it has read before, at first from three short sequences of them:
what recall is made of, and what long texts teach too slowly.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from dsacli.dsa.indexer import LightningIndexer
from dsacli.dsa.selection import largest
from dsacli.models.deepseek_config import DeepseekConfig, parse_config
from dsacli.models.deepseek_v32 import DeepseekV32, Layer, SparseAttention
from dsacli.models.rope import Rotation
from dsacli.training.recall_texts import CROWD, END, LONGEST, Curriculum, Texts, batch_of, recall_tokenizer, words

# Other sentences to a fact, in the texts whose index scores are kept as whole matrices.
INDEXED_CROWD = 16
CONFIG = {
    "model_type": "deepseek_v32",
    "architectures": ["DeepseekV32ForCausalLM"],
    "hidden_size": 128,
    "intermediate_size": 128,
    "moe_intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "n_shared_experts": 1,
    "n_routed_experts": 4,
    "num_experts_per_tok": 2,
    "n_group": 1,
    "topk_group": 1,
    "first_k_dense_replace": 1,
    "kv_lora_rank": 64,
    "q_lora_rank": 64,
    "qk_rope_head_dim": 32,
    "qk_nope_head_dim": 32,
    "v_head_dim": 32,
    "index_topk": 128,
    "index_n_heads": 8,
    "index_head_dim": 64,
    "max_position_embeddings": LONGEST,
    # Sixteen frequencies, none of them slow: the word before stands out among tens of thousands.
    "rope_parameters": {"rope_type": "default", "rope_theta": 100.0},
    "rms_norm_eps": 1e-6,
    "bos_token_id": None,
    "eos_token_id": 0,
    "tie_word_embeddings": False,
}
TEMPLATE = "{{ documents[0].text }}\n{{ question }}"


def recall_config() -> DeepseekConfig:
    """The shapes of the model, about 460,000 parameters."""
    return parse_config({**CONFIG, "vocab_size": len(words())})


@dataclass(frozen=True)
class RecallTraining:
    """What a run is made of; `out` gets the model directory and the log. At most so many steps of the three stages, in order."""

    out: Path
    dense_steps: int = 3000
    warmup_steps: int = 250
    sparse_steps: int = 200
    batch_tokens: int = 3600
    learning_rate: float = 2e-3
    train_topk: int = 48
    seed: int = 1


class Trainable:
    """The network over batches, with attention and index scores as whole matrices, so that both can be learned."""

    def __init__(self, network: DeepseekV32):
        self.network = network

    def __call__(
        self, ids: torch.Tensor, places: torch.Tensor, *, index: bool, topk: int | None
    ) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """Logits [texts, tokens, vocab] and, with `index`, each layer's KL; `topk` selects, None attends to all."""
        net = self.network
        count, width = ids.shape
        hidden, kl = net.model.embed_tokens(ids), []
        turn = net.rotation(places.flatten(), hidden.dtype)
        later = torch.ones(width, width, dtype=torch.bool).triu(1)
        for layer in net.model.layers:
            assert isinstance(layer, Layer)
            attended, loss = self.attention(layer.self_attn, layer.input_layernorm(hidden), turn, later, index, topk)
            hidden = hidden + attended
            normed = layer.post_attention_layernorm(hidden)
            hidden = hidden + layer.mlp(normed.flatten(0, 1)).unflatten(0, (count, width))
            kl.append(loss)
        return net.lm_head(net.model.norm(hidden)), kl

    def attention(
        self,
        own: SparseAttention,
        hidden: torch.Tensor,
        turn: Rotation,
        later: torch.Tensor,
        index: bool,
        topk: int | None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """MLA with keys and values made for each head, [texts, tokens, hidden], and the KL of equations 3 and 4."""
        count, width, _ = hidden.shape
        flat = hidden.flatten(0, 1)
        compressed = own.q_a_layernorm(own.q_a_proj(flat))
        queries = own.q_b_proj(compressed).unflatten(-1, (own.heads, -1))
        queries = torch.cat([queries[..., : own.nope], turn.apply(queries[..., own.nope :], True)], -1)
        latent, rotary = own.kv_a_proj_with_mqa(flat).split([own.rank, own.rope], -1)
        made = own.kv_b_proj(own.kv_a_layernorm(latent)).unflatten(-1, (own.heads, -1))
        keys = torch.cat([made[..., : own.nope], turn.apply(rotary, True)[:, None].expand(-1, own.heads, -1)], -1)
        queries, keys, values = (
            part.unflatten(0, (count, width)).transpose(1, 2) for part in (queries, keys, made[..., own.nope :])
        )
        if not index and not topk:
            # As wide as keys, which torch's attention without matrices asks for.
            wide = F.pad(values, (0, keys.shape[-1] - values.shape[-1]))
            context = F.scaled_dot_product_attention(queries, keys, wide, is_causal=True, scale=own.attend.scale)
            return own.o_proj(context[..., : own.value].transpose(1, 2).flatten(2)), torch.zeros(())
        scores = (queries @ keys.transpose(-1, -2) * own.attend.scale).masked_fill(later, -1e9)
        assert own.indexer is not None  # every layer of the small model has its own
        index_scores = self.index_scores(own.indexer, flat.detach(), compressed.detach(), turn, (count, width))
        index_scores = index_scores.masked_fill(later, -1e9)
        if topk:
            best = largest(index_scores.detach().flatten(0, 1), min(topk, width)).unflatten(0, (count, width))
            chosen = torch.ones_like(index_scores, dtype=torch.bool).scatter_(-1, best, False)
            scores = scores.masked_fill(chosen[:, None], -1e9)
            index_scores = index_scores.masked_fill(chosen, -1e9)
        weights = torch.softmax(scores, -1)
        loss = torch.zeros(())
        if index:
            target = weights.detach().mean(1)
            loss = F.kl_div(torch.log_softmax(index_scores, -1), target, reduction="none").sum(-1).mean()
        context = (weights @ values).transpose(1, 2).flatten(2)
        return own.o_proj(context), loss

    def index_scores(
        self,
        indexer: LightningIndexer,
        flat: torch.Tensor,
        compressed: torch.Tensor,
        turn: Rotation,
        shape: tuple[int, int],
    ) -> torch.Tensor:
        """I(t, s) of every pair of tokens of a text: [texts, tokens, tokens]."""
        queries, weights = indexer.queries(flat, compressed, turn)
        keys = indexer.keys(flat, turn)
        return indexer.scores(*(part.unflatten(0, shape) for part in (queries, weights, keys)))


def train_recall(plan: RecallTraining, log: Callable[[str], None]) -> None:
    """Train through the three stages and write a model directory after each."""
    torch.manual_seed(plan.seed)
    network, texts, rng = DeepseekV32(recall_config()), Texts(), np.random.default_rng(plan.seed)
    initialise(network)
    log(f"{plan}, {sum(value.numel() for value in network.parameters()):,} parameters")
    model, indexers = Trainable(network), [p for n, p in network.named_parameters() if ".indexer." in n]
    others = [p for n, p in network.named_parameters() if ".indexer." not in n and "correction" not in n]
    stages = (
        ("dense", plan.dense_steps, others, dict(index=False, topk=None)),
        ("warm-up", plan.warmup_steps, indexers, dict(index=True, topk=None)),
        ("sparse", plan.sparse_steps, [*others, *indexers], dict(index=True, topk=plan.train_topk)),
    )
    curriculum, began = Curriculum(texts, rng, plan.batch_tokens), time.monotonic()
    for stage, steps, trained, how in stages:
        network.requires_grad_(False)
        for value in trained:
            value.requires_grad_(True)
        rate = plan.learning_rate * (0.25 if stage == "sparse" else 1)
        optimizer = torch.optim.AdamW(trained, lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
        seen = []
        for step in range(steps):
            if stage == "dense" and curriculum.done:
                break
            ids, places, wanted = batch_of(curriculum.batch(INDEXED_CROWD if how["index"] else CROWD))
            logits, kl = model(ids, places, **how)
            asked = wanted[:, 1:]
            right = ids[:, 1:][asked]
            guesses = logits[:, :-1][asked]
            divergence = sum(kl, torch.zeros(()))
            loss = divergence if stage == "warm-up" else F.cross_entropy(guesses, right) + divergence
            for group in optimizer.param_groups:
                group["lr"] = rate * min(1.0, (step + 1) / 50) * (1.0 if stage == "dense" else 1 - 0.9 * step / steps)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            known = right != texts.id[END]
            recalled = (guesses.argmax(-1) == right)[known].float().mean().item()
            curriculum.update(recalled)
            seen.append((loss.item(), divergence.item(), recalled))
            if (step + 1) % 50 == 0:
                total, part, share = np.mean(seen[-50:], axis=0)
                log(
                    f"{stage} step {step + 1}, {curriculum}: loss {total:.3f} KL {part:.3f} recalled {share:.3f} "
                    f"{time.monotonic() - began:.0f} s"
                )
        save_recall(network, plan.out)


def initialise(network: DeepseekV32) -> None:
    """Words as large as what layers add to them, and a number that all have in common, so that heads can attend by position."""
    for name, value in network.named_parameters():
        if "embed_tokens" in name:
            torch.nn.init.normal_(value)
            value.data[:, 0] = 4.0
        elif value.dim() > 1:
            written = 0.2 if "o_proj" in name or "down_proj" in name else 1.0
            torch.nn.init.normal_(value, std=written * value.shape[-1] ** -0.5)


def save_recall(network: DeepseekV32, folder: Path) -> None:
    """Write a directory that any reader of `deepseek_v32` loads, weights in bfloat16."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {
        name: value.detach().to(torch.float32 if "correction" in name else torch.bfloat16).contiguous()
        for name, value in network.state_dict().items()
    }
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    config = {**CONFIG, "vocab_size": len(words()), "dtype": "bfloat16"}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": END, "chat_template": TEMPLATE}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
    recall_tokenizer().save(str(folder / "tokenizer.json"))
