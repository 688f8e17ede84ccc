"""A small DeepSeek-V3.2 model that is to recall facts from a long text: made, trained and measured here, nothing downloaded.

Not there yet: `LOG.md` says what was tried.

Text of made-up words with sentences "the code of tovar is kelim ." in it, and at the end "what is the code of tovar ?". Trained
on short texts, whose sentences are given positions far apart, in the report's order: the model with dense attention, the dense
warm-up of the indexer (the model frozen, KL to the head-summed attention), then sparse training (selection on).
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
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from dsacli.models.deepseek_config import DeepseekConfig, parse_config
from dsacli.models.deepseek_v32 import DeepseekV32, Indexer, SparseAttention
from dsacli.models.rope import Rotation, rotation

NAMES, VALUES, FILLERS = 250, 250, 250
END, UNKNOWN = "[END]", "[UNK]"
FRAME = (END, UNKNOWN, "the", "code", "of", ".", "what")
FACTS, LONGEST = 10, 40_000
# Texts grow harder by a step of this once so many steps in a row recalled so much.
HARDER, MASTERED_STEPS, MASTERED = 0.1, 20, 0.9
CONFIG = {
    "model_type": "deepseek_v32",
    "architectures": ["DeepseekV32ForCausalLM"],
    "hidden_size": 128,
    "intermediate_size": 256,
    "moe_intermediate_size": 128,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "n_shared_experts": 1,
    "n_routed_experts": 4,
    "num_experts_per_tok": 2,
    "n_group": 1,
    "topk_group": 1,
    "first_k_dense_replace": 1,
    "kv_lora_rank": 64,
    "q_lora_rank": 96,
    "qk_rope_head_dim": 16,
    "qk_nope_head_dim": 32,
    "v_head_dim": 32,
    "index_topk": 128,
    "index_n_heads": 8,
    "index_head_dim": 32,
    "max_position_embeddings": LONGEST,
    "rope_parameters": {"rope_type": "default", "rope_theta": 10_000.0},
    # Without a bias no head can attend by position alone: embeddings have no direction in common.
    "attention_bias": True,
    "rms_norm_eps": 1e-6,
    "bos_token_id": None,
    "eos_token_id": 0,
    "tie_word_embeddings": False,
}
TEMPLATE = "{{ documents[0].text }}\n{{ question }}"


def words() -> list[str]:
    """The vocabulary: the frame of facts and questions, then names, values and filler, all made up and all different."""
    syllables = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
    rng = np.random.default_rng(7)
    made: dict[str, None] = {}
    while len(made) < NAMES + VALUES + FILLERS:
        made["".join(rng.choice(syllables, int(rng.integers(2, 4)))) + str(rng.choice(list("nrslm")))] = None
    return [*FRAME, *made]


def recall_tokenizer() -> Tokenizer:
    """A token a word, but for "is" and question marks."""
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words())}, unk_token=UNKNOWN))
    # "is" and "?" are not read, so that a value stands beside its name and a question ends with it.
    dropped = (normalizers.Replace(" is ", " "), normalizers.Replace("?", ""))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Lowercase(), *dropped])
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return tokenizer


def recall_config() -> DeepseekConfig:
    """The shapes of the model, about a million parameters."""
    return parse_config({**CONFIG, "vocab_size": len(words())})


class Texts:
    """Makes texts as token ids: facts among filler, and questions about them."""

    def __init__(self):
        self.id = {word: number for number, word in enumerate(words())}
        low = len(FRAME)
        self.names, self.values = range(low, low + NAMES), range(low + NAMES, low + NAMES + VALUES)
        self.fillers = np.arange(low + NAMES + VALUES, low + NAMES + VALUES + FILLERS)

    def tokens(self, sentence: str) -> list[int]:
        """Ids of words of the frame."""
        return [self.id[word] for word in sentence.split()]

    def fact(self, name: int, value: int) -> list[int]:
        return [*self.tokens("the code of"), name, value, self.id["."]]

    def question(self, name: int) -> list[int]:
        return [*self.tokens("what the code of"), name]

    def filler(self, rng: np.random.Generator) -> list[int]:
        return [*rng.choice(self.fillers, int(rng.integers(5, 12))).tolist(), self.id["."]]

    def facts(self, count: int, rng: np.random.Generator, pool: int = NAMES) -> list[tuple[int, int]]:
        """Different names, each with a value, both of the first `pool`."""
        return list(
            zip(rng.choice(self.names[:pool], count, False).tolist(), rng.choice(self.values[:pool], count).tolist())
        )

    def training(self, rng: np.random.Generator, ease: float = 0.0) -> tuple[list[int], list[int], list[bool]]:
        """A short text with all its questions answered: ids, positions, and which ids are to be predicted.

        `ease` from 1 to 0: from two facts about a dozen names to ten about any.
        """
        count, pool = round(FACTS - (FACTS - 2) * ease), round(NAMES * (12 / NAMES) ** ease)
        facts = self.facts(count, rng, pool)
        sentences = [self.fact(*fact) for fact in facts] + [self.filler(rng) for _ in range(count)]
        # Words said again at the end: each is to be told from what followed it the first time, which many do, so that
        # recall is learned much sooner. Never the same number of them, or counting back would do.
        said = rng.choice(self.fillers[: max(24, 3 * pool)], int(rng.integers(8, 24)), False).tolist()
        sentences.append(said)
        rng.shuffle(sentences)
        text = list(sentences)
        asked = [facts[i] for i in rng.permutation(count)]
        text += [[*self.question(name), value, self.id[END]] for name, value in asked]
        text.append(said)
        lengths = [len(sentence) for sentence in text]
        # Sentences ever farther apart, so that no distance of a long text is new; as they stand in a third of the texts.
        farthest = (LONGEST - 600) ** (1 - ease)
        spread = np.exp(rng.uniform(0, np.log(farthest))) if rng.random() < 0.67 else 0
        gaps = rng.dirichlet(np.full(len(text), 0.5)) * spread
        starts = np.cumsum([0, *lengths[:-1]]) + np.cumsum(gaps).astype(int)
        places = [int(start) + i for start, length in zip(starts, lengths) for i in range(length)]
        wanted = [
            number >= len(sentences) and i >= (length - 2 if number < len(text) - 1 else 1)
            for number, length in enumerate(lengths)
            for i in range(length)
        ]
        return [token for sentence in text for token in sentence], places, wanted

    def long(self, length: int, depth: float, rng: np.random.Generator, others: int = 20) -> tuple[list[int], int]:
        """A text of `length` tokens with a fact at `depth` (0 to 1) and `others` anywhere, asked at the end: ids, value."""
        (name, value), *rest = self.facts(1 + others, rng)
        question = self.question(name)
        room = length - len(question)
        filler: list[list[int]] = []
        total = 0
        while total < room:
            filler.append(self.filler(rng))
            total += len(filler[-1])
        for fact in rest:
            filler.insert(int(rng.integers(len(filler) + 1)), self.fact(*fact))
        text = [token for sentence in filler for token in sentence]
        place = int(depth * (room - 8))
        while place and text[place - 1] != self.id["."]:
            place -= 1
        text = [*text[:place], *self.fact(name, value), *text[place:]][:room]
        return [*text, *question], value


@dataclass(frozen=True)
class RecallTraining:
    """What a run is made of; `out` gets the model directory and the log. Steps of the three stages, in order."""

    out: Path
    dense_steps: int = 400
    warmup_steps: int = 150
    sparse_steps: int = 150
    batch: int = 32
    learning_rate: float = 2e-3
    train_topk: int = 48
    seed: int = 1


def batch_of(
    texts: Texts, count: int, rng: np.random.Generator, ease: float = 0.0
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Ids, positions and what is to be predicted, each [texts, tokens]; short ones filled up at their end."""
    made = [texts.training(rng, ease) for _ in range(count)]
    width = max(len(ids) for ids, _, _ in made)
    filled = [
        (ids + [0] * (width - len(ids)), p + [p[-1]] * (width - len(p)), w + [False] * (width - len(w)))
        for ids, p, w in made
    ]
    ids, places, wanted = (torch.tensor(part) for part in zip(*filled))
    return ids, places, wanted


class Trainable:
    """The network over batches, with attention and index scores as whole matrices, so that both can be learned."""

    def __init__(self, network: DeepseekV32):
        self.network = network

    def __call__(
        self, ids: torch.Tensor, places: torch.Tensor, *, index: bool, topk: int | None
    ) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """Logits [texts, tokens, vocab] and, with `index`, each layer's KL; `topk` selects, None attends to all."""
        net, config = self.network, self.network.config
        count, width = ids.shape
        hidden, kl = net.model.embed_tokens(ids), []
        turn = rotation(places.flatten(), net.frequencies(ids.device), config.rope.cosine_scale, hidden.dtype)
        later = torch.ones(width, width, dtype=torch.bool).triu(1)
        for layer in net.model.layers:
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
        scores = (queries @ keys.transpose(-1, -2) * own.attend.scale).masked_fill(later, -1e9)
        index_scores = chosen = None
        if index or topk:
            index_scores = self.index_scores(own.indexer, flat.detach(), compressed.detach(), turn, (count, width))
            index_scores = index_scores.masked_fill(later, -1e9)
        if topk:
            best = index_scores.detach().topk(min(topk, width), -1).indices
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
        self, indexer: Indexer, flat: torch.Tensor, compressed: torch.Tensor, turn: Rotation, shape: tuple[int, int]
    ) -> torch.Tensor:
        """I(t, s) of every pair of tokens of a text: [texts, tokens, tokens]."""
        queries, weights = indexer.queries(flat, compressed, turn)
        keys = indexer.keys(flat, turn)
        return indexer.scores(*(part.unflatten(0, shape) for part in (queries, weights, keys)))


def train_recall(plan: RecallTraining, log: Callable[[str], None]) -> None:
    """Train through the three stages and write a model directory after each."""
    torch.manual_seed(plan.seed)
    network, texts = DeepseekV32(recall_config()), Texts()
    for name, value in network.named_parameters():
        if value.dim() > 1:
            torch.nn.init.normal_(value, std=0.02 if "embed" in name else value.shape[-1] ** -0.5)
        elif "_a_proj" in name:
            torch.nn.init.normal_(value)
    log(f"{plan}, {sum(value.numel() for value in network.parameters()):,} parameters")
    model, indexers = Trainable(network), [p for n, p in network.named_parameters() if ".indexer." in n]
    others = [p for n, p in network.named_parameters() if ".indexer." not in n and "correction" not in n]
    stages = (
        ("dense", plan.dense_steps, others, dict(index=False, topk=None)),
        ("warm-up", plan.warmup_steps, indexers, dict(index=True, topk=None)),
        ("sparse", plan.sparse_steps, [*others, *indexers], dict(index=True, topk=plan.train_topk)),
    )
    rng, began = np.random.default_rng(plan.seed), time.monotonic()
    for stage, steps, trained, how in stages:
        network.requires_grad_(False)
        for value in trained:
            value.requires_grad_(True)
        rate = plan.learning_rate * (0.25 if stage == "sparse" else 1)
        optimizer = torch.optim.AdamW(trained, lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
        seen, ease = [], 1.0 if stage == "dense" else 0.0
        for step in range(steps):
            if len(seen) >= MASTERED_STEPS and np.mean([each[2] for each in seen[-MASTERED_STEPS:]]) > MASTERED:
                if stage == "dense" and not ease:
                    break
                ease, seen = max(0.0, ease - HARDER), seen[:0]
            ids, places, wanted = batch_of(texts, plan.batch, rng, ease)
            logits, kl = model(ids, places, **how)
            asked = wanted[:, 1:]
            right = ids[:, 1:][asked]
            guesses = logits[:, :-1][asked]
            loss = sum(kl) if stage == "warm-up" else F.cross_entropy(guesses, right) + sum(kl)
            for group in optimizer.param_groups:
                group["lr"] = rate * min(1.0, (step + 1) / 100) * (1.0 if stage == "dense" else 1 - 0.9 * step / steps)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            values = guesses.argmax(-1) == right
            # What is followed by the end token is the answer to a question.
            answers = (right[1:] == 0).nonzero()[:, 0]
            seen.append((loss.item(), sum(kl).item(), values[answers].float().mean().item()))
            if (step + 1) % 50 == 0:
                total, part, recalled = np.mean(seen[-50:], axis=0)
                log(
                    f"{stage} step {step + 1} ease {ease:.1f} loss {total:.3f} KL {part:.3f} recalled {recalled:.3f} "
                    f"{time.monotonic() - began:.0f} s"
                )
        save_recall(network, plan.out)


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


@torch.inference_mode()
def recalled(network: DeepseekV32, length: int, texts_each: int, seed: int = 5) -> list[float]:
    """The share of facts found at every tenth of texts of `length` tokens, ten figures."""
    texts, rng = Texts(), np.random.default_rng(seed)
    shares = []
    for tenth in range(10):
        right = 0
        for number in range(texts_each):
            ids, value = texts.long(length, (tenth + (number + 0.5) / texts_each) / 10, rng)
            logits = network.prefill(torch.tensor(ids), network.new_cache(len(ids)))
            right += int(logits.argmax()) == value
        shares.append(right / texts_each)
    return shares
