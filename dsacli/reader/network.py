"""The built-in reader: six encoder layers over a question and the tokens the indexer selected.

    document ── layers 1..index_layers, passage by passage ── index keys k(s)
    question ── layers 1..index_layers ── index queries q(t, j), weights w(t, j)
    [question; selected run] ── all layers, every run by itself ── start, end, no-answer logits

The layers are BERT's (post-norm, learned positions), so that pretrained MiniLM weights fit.
This file is the network and nothing else: no documents, no selection, no counting.
"""

from dataclasses import dataclass, fields

import torch
import torch.nn.functional as F
from torch import nn

from dsacli.dsa.attention import CoreAttention
from dsacli.dsa.indexer import LightningIndexer
from dsacli.models.layers import embedding

SPECIAL_TOKENS = 2
# The longest question that is taken, and windows that are longer than their overlap by far.
QUESTION_TOKENS = 64
SHORTEST_RUN_TOKENS = 192
SALIENCE_FEATURES, FOCUS_FEATURES, SALIENCE_WIDTH = 7, 6, 48


@dataclass(frozen=True)
class ReaderConfig:
    """The shapes of the reader, as `config.json` holds them (Hugging Face's and the release's names).

    Raises ValueError for values that no reader can have.
    """

    vocab_size: int = 30522
    hidden_size: int = 384
    intermediate_size: int = 1536
    num_hidden_layers: int = 6
    num_attention_heads: int = 12
    max_position_embeddings: int = 512
    type_vocab_size: int = 2
    layer_norm_eps: float = 1e-12
    index_layers: int = 2
    index_n_heads: int = 8
    index_head_dim: int = 64
    index_topk: int = 2048
    index_radius: int = 64
    passage_tokens: int = 256
    run_tokens: int = 384
    index_prior: float = 0.0
    temperature: float = 1.0
    no_answer_bias: float = 0.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value, whole = getattr(self, field.name), isinstance(field.default, int)
            if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
                raise ValueError(f"{field.name} is {value!r}")
            if whole and value < 1:
                raise ValueError(f"{field.name} is {value}; it must be at least 1")
        if self.temperature <= 0:
            raise ValueError(f"temperature is {self.temperature}; it must be above 0")
        if self.hidden_size % self.num_attention_heads:
            raise ValueError(f"hidden_size {self.hidden_size} has no {self.num_attention_heads} equal heads")
        if self.passage_tokens + SPECIAL_TOKENS > self.max_position_embeddings:
            raise ValueError("passage_tokens must leave room for two special tokens in max_position_embeddings")
        longest_question = self.max_position_embeddings - self.run_tokens - SPECIAL_TOKENS - 1
        if self.run_tokens < SHORTEST_RUN_TOKENS or longest_question < QUESTION_TOKENS:
            raise ValueError(
                f"run_tokens must be at least {SHORTEST_RUN_TOKENS} and leave max_position_embeddings "
                f"room for a question of {QUESTION_TOKENS} tokens"
            )
        if self.index_layers > self.num_hidden_layers:
            raise ValueError(f"index_layers is {self.index_layers} of {self.num_hidden_layers} layers")


class Embeddings(nn.Module):
    """Word + position + type (0 question, 1 document), layer-normalised: [batch, tokens, hidden]."""

    def __init__(self, config: ReaderConfig):
        super().__init__()
        self.word = embedding(config.vocab_size, config.hidden_size)
        self.position = embedding(config.max_position_embeddings, config.hidden_size)
        self.segment = embedding(config.type_vocab_size, config.hidden_size)
        self.norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)

    def forward(self, token_ids: torch.Tensor, positions: torch.Tensor, types: torch.Tensor) -> torch.Tensor:
        return self.norm(self.word(token_ids) + self.position(positions) + self.segment(types))


class SelfAttention(nn.Module):
    """Every token of an input to every token of it, one fused projection for Q, K and V."""

    def __init__(self, config: ReaderConfig):
        super().__init__()
        self.heads = config.num_attention_heads
        self.qkv = nn.Linear(config.hidden_size, 3 * config.hidden_size)
        self.core = CoreAttention()
        self.out = nn.Linear(config.hidden_size, config.hidden_size)

    def forward(self, hidden: torch.Tensor, padding: torch.Tensor | None) -> torch.Tensor:
        queries, keys, values = (
            part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in self.qkv(hidden).chunk(3, dim=-1)
        )
        attended = self.core(queries, keys, values, padding)
        return self.out(attended.transpose(1, 2).flatten(-2))


class Layer(nn.Module):
    """Attention and feed-forward, each with its residual and the norm after it."""

    def __init__(self, config: ReaderConfig):
        super().__init__()
        self.attention = SelfAttention(config)
        self.attention_norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.up = nn.Linear(config.hidden_size, config.intermediate_size)
        self.down = nn.Linear(config.intermediate_size, config.hidden_size)
        self.output_norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)

    def forward(self, hidden: torch.Tensor, padding: torch.Tensor | None) -> torch.Tensor:
        hidden = self.attention_norm(hidden + self.attention(hidden, padding))
        return self.output_norm(hidden + self.down(F.gelu(self.up(hidden))))


class SalienceHead(nn.Module):
    """How much a sentence matters, to its document or to a focus: [sentences, features] to [sentences].

    What the features are `engines.extractive.salience` says.
    """

    def __init__(self, features: int):
        super().__init__()
        self.up = nn.Linear(features, SALIENCE_WIDTH)
        self.down = nn.Linear(SALIENCE_WIDTH, 1)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return self.down(F.gelu(self.up(features))).squeeze(-1)


class Reader(nn.Module):
    """The network: a shared stack of layers, the lightning indexer on its lower part, a span head on top."""

    def __init__(self, config: ReaderConfig):
        super().__init__()
        self.config = config
        self.embeddings = Embeddings(config)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.num_hidden_layers))
        self.indexer = LightningIndexer(config.hidden_size, config.index_n_heads, config.index_head_dim)
        self.salience = SalienceHead(config.index_head_dim + SALIENCE_FEATURES)
        self.focus = SalienceHead(FOCUS_FEATURES)
        self.span_head = nn.Linear(config.hidden_size, 2)

    def lower_states(self, token_ids: torch.Tensor, types: torch.Tensor, padding: torch.Tensor | None) -> torch.Tensor:
        """Hidden states after layer `index_layers`, what the indexer reads.

        token_ids, types: [batch, tokens], padding as in `CoreAttention`; returns [batch, tokens, hidden].
        """
        positions = torch.arange(token_ids.shape[1], device=token_ids.device)
        hidden: torch.Tensor = self.embeddings(token_ids, positions, types)
        for layer in self.layers[: self.config.index_layers]:
            hidden = layer(hidden, padding)
        return hidden

    def reading_pass(
        self,
        token_ids: torch.Tensor,
        positions: torch.Tensor,
        types: torch.Tensor,
        padding: torch.Tensor | None,
    ) -> torch.Tensor:
        """All layers over question and selected tokens, each input by itself.

        token_ids, positions, types: [batch, tokens]. A batch entry is the question and one run
        (runs apart), or the question and all runs with positions restarting in each (one sequence).
        returns: [batch, tokens, 2] start and end logits, float32; the first token's are the no-answer's.
        """
        hidden = self.embeddings(token_ids, positions, types)
        for layer in self.layers:
            hidden = layer(hidden, padding)
        return self.span_head(hidden).float()
