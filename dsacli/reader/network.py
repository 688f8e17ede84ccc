"""The built-in reader: a small network that finds, a large one that reads what was found.

    document ── index network, passage by passage ── index keys k(s)
    question ── index network ── index queries q(t, j), weights w(t, j)
    [question; selected run] ── reading network, every run by itself ── start, end, no-answer logits

Both are post-norm encoders over one tokenization: the lowest layers of MiniLM (learned positions, types) under the
lightning indexer, and MPNet's (learned and relative positions) under the span head.
This file is the network and nothing else: no documents, no selection, no counting.
"""

from dataclasses import dataclass, fields

import torch
from torch import nn

from dsacli.dsa.indexer import LightningIndexer
from dsacli.reader.layers import FURTHEST, Embeddings, Layer, Mask, RelativePositions, WantHead
from dsacli.reader.lexical import LexicalScores
from dsacli.reader.wants import WANTS

SPECIAL_TOKENS = 4
# The longest question that is taken, and windows that are longer than their overlap by far.
QUESTION_TOKENS = 96
PATH_TOKENS = 28
SHORTEST_RUN_TOKENS = 192
# Of a question read by itself: the mean state of its tokens, and that of the special token before them.
WANT_STATES = 2


@dataclass(frozen=True)
class ReaderConfig:
    """The shapes of the reader, as `config.json` holds them (Hugging Face's and the release's names).

    Those of the index network begin with `index_`. Raises ValueError for values that no reader can have.
    """

    vocab_size: int = 30522
    hidden_size: int = 768
    intermediate_size: int = 3072
    num_hidden_layers: int = 10
    num_attention_heads: int = 12
    max_position_embeddings: int = 512
    relative_attention_num_buckets: int = 32
    layer_norm_eps: float = 1e-5
    index_hidden_size: int = 384
    index_intermediate_size: int = 1536
    index_layers: int = 2
    index_num_attention_heads: int = 12
    index_layer_norm_eps: float = 1e-12
    index_n_heads: int = 8
    index_head_dim: int = 64
    index_topk: int = 2048
    index_radius: int = 64
    passage_tokens: int = 256
    run_tokens: int = 384
    index_prior: float = 0.0
    exact_prior: float = 0.0
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
        for part in ("", "index_"):
            size, heads = getattr(self, f"{part}hidden_size"), getattr(self, f"{part}num_attention_heads")
            if size % heads:
                raise ValueError(f"{part}hidden_size {size} has no {heads} equal heads")
        if not 4 <= self.relative_attention_num_buckets < 4 * FURTHEST:
            raise ValueError(f"relative_attention_num_buckets must be from 4 to {4 * FURTHEST - 1}")
        if self.passage_tokens + PATH_TOKENS + SPECIAL_TOKENS - 1 > self.max_position_embeddings:
            raise ValueError("passage_tokens must leave room for a heading path in max_position_embeddings")
        longest_question = self.max_position_embeddings - self.run_tokens - PATH_TOKENS - SPECIAL_TOKENS
        if self.run_tokens < SHORTEST_RUN_TOKENS or longest_question < QUESTION_TOKENS:
            raise ValueError(
                f"run_tokens must be at least {SHORTEST_RUN_TOKENS} and leave max_position_embeddings "
                f"room for a question of {QUESTION_TOKENS} tokens and a heading path"
            )


class IndexNetwork(nn.Module):
    """What index keys and queries are made from: [batch, tokens] ids to [batch, tokens, index_hidden_size]."""

    def __init__(self, config: ReaderConfig):
        super().__init__()
        size, eps = config.index_hidden_size, config.index_layer_norm_eps
        self.embeddings = Embeddings(config.vocab_size, config.max_position_embeddings, 2, size, eps)
        self.layers = nn.ModuleList(
            Layer(size, config.index_intermediate_size, config.index_num_attention_heads, eps)
            for _ in range(config.index_layers)
        )

    def forward(self, token_ids: torch.Tensor, types: torch.Tensor, padding: torch.Tensor | None) -> torch.Tensor:
        """token_ids, types: [batch, tokens]; padding: the same, True where an entry fills up a batch."""
        positions = torch.arange(token_ids.shape[1], device=token_ids.device)
        hidden, mask = self.embeddings(token_ids, positions, types), Mask(padding)
        for layer in self.layers:
            hidden = layer(hidden, mask)
        return hidden


class ReadingNetwork(nn.Module):
    """Question and selected tokens to logits, each input by itself."""

    def __init__(self, config: ReaderConfig):
        super().__init__()
        size, heads = config.hidden_size, config.num_attention_heads
        self.embeddings = Embeddings(config.vocab_size, config.max_position_embeddings, 0, size, config.layer_norm_eps)
        self.relative = RelativePositions(config.relative_attention_num_buckets, heads)
        self.layers = nn.ModuleList(
            Layer(size, config.intermediate_size, heads, config.layer_norm_eps) for _ in range(config.num_hidden_layers)
        )
        self.span_head = nn.Linear(size, 2)

    def forward(self, token_ids: torch.Tensor, positions: torch.Tensor, padding: torch.Tensor | None) -> torch.Tensor:
        """All layers over question and selected tokens.

        token_ids, positions: [batch, tokens]. A batch entry is the question and one run (runs apart), or the
        question and all runs with positions restarting in each (one sequence).
        returns: [batch, tokens, 2] start and end logits, float32; the first token's are the no-answer's.
        """
        return self.span_head(self.states(token_ids, positions, padding)).float()

    def states(self, token_ids: torch.Tensor, positions: torch.Tensor, padding: torch.Tensor | None) -> torch.Tensor:
        """What the span head reads: [batch, tokens, hidden_size]."""
        hidden, mask = self.embeddings(token_ids, positions, None), Mask(padding, self.relative)
        for layer in self.layers:
            hidden = layer(hidden, mask)
        return hidden


class Reader(nn.Module):
    """Both networks, the lightning indexer over the first with the lexical term beside it, and the head that tells what a
    question wants, over the second."""

    def __init__(self, config: ReaderConfig):
        super().__init__()
        self.config = config
        self.index = IndexNetwork(config)
        self.indexer = LightningIndexer(config.index_hidden_size, config.index_n_heads, config.index_head_dim)
        self.lexical = LexicalScores()
        self.want = WantHead(WANT_STATES * config.hidden_size, len(WANTS))
        self.reading = ReadingNetwork(config)
