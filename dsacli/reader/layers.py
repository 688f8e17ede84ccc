"""What the reader's two networks are made of: embeddings, attention, a layer."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from dsacli.dsa.attention import CoreAttention
from dsacli.models.layers import embedding

WANT_WIDTH = 64
# Beyond so many queries the mask of an input is made in blocks: it is [queries, entries] for every head.
BLOCK_QUERIES = 1024
FURTHEST = 128


class Embeddings(nn.Module):
    """Word + position, and with `types` the type (0 question, 1 document), layer-normalised: [batch, tokens, hidden]."""

    def __init__(self, vocab: int, positions: int, types: int, hidden: int, eps: float):
        super().__init__()
        self.word = embedding(vocab, hidden)
        self.position = embedding(positions, hidden)
        self.segment = embedding(types, hidden) if types else None
        self.norm = nn.LayerNorm(hidden, eps=eps)

    def forward(self, token_ids: torch.Tensor, positions: torch.Tensor, types: torch.Tensor | None) -> torch.Tensor:
        states = self.word(token_ids) + self.position(positions)
        return self.norm(states if self.segment is None else states + self.segment(types))


class RelativePositions(nn.Module):
    """What every head adds to a score for the distance of two tokens, the same in all layers.

    MPNet's (Song et al. 2020), as T5's: half of the buckets for each direction, one for each of the nearest distances,
    then logarithmically wider ones up to `FURTHEST`.
    """

    def __init__(self, buckets: int, heads: int):
        super().__init__()
        self.buckets = buckets
        self.bias = embedding(buckets, heads)

    def forward(self, first: int, last: int, entries: int) -> torch.Tensor:
        """Of the queries [first, last) to `entries` tokens: [1, heads, queries, entries]."""
        device = self.bias.weight.device
        distance = torch.arange(entries, device=device)[None, :] - torch.arange(first, last, device=device)[:, None]
        return self.bias(self.bucket(distance)).permute(2, 0, 1)[None]

    def bucket(self, distance: torch.Tensor) -> torch.Tensor:
        """The bucket of each distance, entry behind query counted positive."""
        half = self.buckets // 2
        near, size = half // 2, distance.abs()
        wider = torch.log(size.clamp(min=1).float() / near) / math.log(FURTHEST / near) * (half - near)
        far = (near + wider.long()).clamp(max=half - 1)
        return (distance > 0).long() * half + torch.where(size < near, size, far)


class Mask:
    """What is added to attention scores: nothing to padding, and what relative positions say."""

    def __init__(self, padding: torch.Tensor | None, positions: RelativePositions | None = None):
        self.padding, self.positions = padding, positions
        self.kept: torch.Tensor | None = None

    def rows(self, first: int, last: int, entries: int, dtype: torch.dtype) -> torch.Tensor | None:
        """For the queries [first, last): [batch or 1, heads or 1, queries or 1, entries], True or a number to add."""
        if last - first < entries:
            return self._made(first, last, entries, dtype)
        if self.kept is None:
            self.kept = self._made(first, last, entries, dtype)
        return self.kept

    def _made(self, first: int, last: int, entries: int, dtype: torch.dtype) -> torch.Tensor | None:
        attended = None if self.padding is None else ~self.padding[:, None, None, :]
        if self.positions is None:
            return attended
        bias = self.positions(first, last, entries).to(dtype)
        return bias if attended is None else bias.masked_fill(~attended, torch.finfo(dtype).min)


class SelfAttention(nn.Module):
    """Every token of an input to every token of it, one fused projection for Q, K and V."""

    def __init__(self, hidden: int, heads: int):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(hidden, 3 * hidden)
        self.core = CoreAttention()
        self.out = nn.Linear(hidden, hidden)

    def forward(self, hidden: torch.Tensor, mask: Mask) -> torch.Tensor:
        queries, keys, values = (
            part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in self.qkv(hidden).chunk(3, dim=-1)
        )
        tokens = hidden.shape[1]
        step = tokens if tokens <= 2 * BLOCK_QUERIES else BLOCK_QUERIES
        parts = [
            self.core(
                queries[:, :, low : low + step],
                keys,
                values,
                mask.rows(low, min(low + step, tokens), tokens, queries.dtype),
            )
            for low in range(0, tokens, step)
        ]
        attended = parts[0] if len(parts) == 1 else torch.cat(parts, dim=2)
        return self.out(attended.transpose(1, 2).flatten(-2))


class Layer(nn.Module):
    """Attention and feed-forward, each with its residual and the norm after it."""

    def __init__(self, hidden: int, intermediate: int, heads: int, eps: float):
        super().__init__()
        self.attention = SelfAttention(hidden, heads)
        self.attention_norm = nn.LayerNorm(hidden, eps=eps)
        self.up = nn.Linear(hidden, intermediate)
        self.down = nn.Linear(intermediate, hidden)
        self.output_norm = nn.LayerNorm(hidden, eps=eps)

    def forward(self, hidden: torch.Tensor, mask: Mask) -> torch.Tensor:
        hidden = self.attention_norm(hidden + self.attention(hidden, mask))
        return self.output_norm(hidden + self.down(F.gelu(self.up(hidden))))


class WantHead(nn.Module):
    """Which form of answer a question wants: the states of its tokens, [questions, features], to logits [questions, forms]."""

    def __init__(self, features: int, forms: int):
        super().__init__()
        self.up = nn.Linear(features, WANT_WIDTH)
        self.down = nn.Linear(WANT_WIDTH, forms)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return self.down(F.gelu(self.up(features)))
