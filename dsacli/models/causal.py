"""What causal language models of one sequence have in common: embeddings, layers, the last norm, and the way through them."""

from collections.abc import Callable, Iterable
from typing import Protocol

import torch
from torch import nn

from dsacli.dsa.cache import SparseCache
from dsacli.models.layers import RMSNorm, embedding
from dsacli.models.rope import Rope, Rotation


class Shapes(Protocol):
    """What of a configuration is needed here."""

    @property
    def vocab_size(self) -> int: ...

    @property
    def hidden_size(self) -> int: ...

    @property
    def rms_norm_eps(self) -> float: ...

    @property
    def rope(self) -> Rope: ...


class Trunk(nn.Module):
    """Embeddings, layers and the last norm: what the releases call `model`."""

    def __init__(self, config: Shapes, layers: Iterable[nn.Module]):
        super().__init__()
        self.embed_tokens = embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(layers)
        self.norm = RMSNorm(config.hidden_size, config.rms_norm_eps)


class CausalNetwork(nn.Module):
    """A `Decoder`, but for its configuration, its cache and the states of its layers.

    rotary_dim: numbers of a head that rotary positions turn; chunk_tokens: what a prefill takes in at once
    """

    chunk_tokens: int

    def __init__(self, shapes: Shapes, layers: Iterable[nn.Module], rotary_dim: int):
        super().__init__()
        self.model = Trunk(shapes, layers)
        self.lm_head = nn.Linear(shapes.hidden_size, shapes.vocab_size, bias=False)
        self._rope, self._rotary_dim = shapes.rope, rotary_dim
        self._frequencies: torch.Tensor | None = None

    def states(
        self, token_ids: torch.Tensor, cache: SparseCache, attention_mass: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Hidden states [tokens, hidden] of new tokens, int64 [tokens], after those in the cache."""
        raise NotImplementedError

    def rotation(self, positions: torch.Tensor, dtype: torch.dtype) -> Rotation:
        """Rotary positions of tokens at `positions` [tokens]; their frequencies no checkpoint holds."""
        if self._frequencies is None or self._frequencies.device != positions.device:
            self._frequencies = self._rope.frequencies(self._rotary_dim).to(positions.device)
        return Rotation.at(positions, self._frequencies, self._rope.cosine_scale, dtype)

    def embedded(self, token_ids: torch.Tensor, cache: SparseCache) -> tuple[torch.Tensor, Rotation]:
        """Embeddings [tokens, hidden] of new tokens after those in the cache, and their rotary positions."""
        positions = torch.arange(len(cache), len(cache) + len(token_ids), device=token_ids.device)
        hidden = self.model.embed_tokens(token_ids)
        return hidden, self.rotation(positions, hidden.dtype)

    def forward(
        self, token_ids: torch.Tensor, cache: SparseCache, attention_mass: torch.Tensor | None = None
    ) -> torch.Tensor:
        """As `Decoder.forward`."""
        return self.lm_head(self.states(token_ids, cache, attention_mass))

    @torch.inference_mode()
    def prefill(
        self,
        token_ids: torch.Tensor,
        cache: SparseCache,
        on_tokens: Callable[[int], None] = lambda done: None,
        attention_mass: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """As `Decoder.prefill`, chunk by chunk: beside the cache only the states of `chunk_tokens` and what they attend to."""
        before = len(token_ids) if attention_mass is None else len(token_ids) - 1
        for low in range(0, before, self.chunk_tokens):
            high = min(low + self.chunk_tokens, before)
            hidden = self.states(token_ids[low:high], cache)
            on_tokens(high)
        if attention_mass is not None:
            hidden = self.states(token_ids[-1:], cache, attention_mass)
        return self.lm_head(hidden[-1])
