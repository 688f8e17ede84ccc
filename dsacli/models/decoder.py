"""What the generative engine needs of a causal network, whatever its architecture.

A decoder is one module of `models/`, with functions for whoever opens a model (`io.model.open_decoder`):

    parse_config(values) -> DecoderConfig      of the JSON of config.json; ValueError that names the setting at fault
    load(tensors, config, dtype) -> Decoder    of a TensorSource, for inference; DsacliError that names the tensor and
                                               the file at fault

and, where it has no indexers of its own, two for an adapter (`models.adapter`):

    adapted(config, adapter) -> DecoderConfig   ValueError for one of another model
    attach(decoder, adapter)                    the same
"""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

import torch
from torch import nn

from dsacli.dsa.cache import SparseCache
from dsacli.dsa.cost import DecoderCost


class DecoderConfig(Protocol):
    """The shapes of a decoder, as far as they matter to others."""

    @property
    def max_position_embeddings(self) -> int:
        """Tokens that fit, those to be written among them."""

    @property
    def eos_token_ids(self) -> tuple[int, ...]:
        """Tokens that end what is written."""

    @property
    def index_topk(self) -> int:
        """Entries that a token attends to, where nobody says otherwise."""

    @property
    def budget(self) -> int:
        """Tokens of documents that it reads whole, where nobody says otherwise."""

    def cost(self, element_bytes: int) -> DecoderCost:
        """What tokens cost, with cache entries of `element_bytes` a number."""


class Decoder(Protocol):
    """A causal language model, one sequence at a time: an `nn.Module` with a sparse cache."""

    @property
    def config(self) -> DecoderConfig: ...

    def new_cache(self, capacity: int, index_topk: int | None = None) -> SparseCache:
        """An empty cache with room for `capacity` tokens, each attending to `index_topk` (None: the config's)."""

    def prefill(
        self,
        token_ids: torch.Tensor,
        cache: SparseCache,
        on_tokens: Callable[[int], None] = ...,
        attention_mass: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Take in new tokens, int64 [tokens], in bounded memory; returns the logits [vocab] after the last one.

        `on_tokens` is called with how many are done; `attention_mass` is what `forward` takes, for the last token
        alone, whose attention the logits come from.
        """

    def forward(
        self, token_ids: torch.Tensor, cache: SparseCache, attention_mass: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Logits [tokens, vocab] of new tokens, int64 [tokens], after those in the cache, which keeps them.

        attention_mass: [capacity], float32, to which the attention that each token gets is added, over heads and layers
        """

    # Of `nn.Module`, which no protocol can extend: calling it is `forward`.
    __call__: Callable[..., Any]

    def modules(self) -> Iterator[nn.Module]: ...

    def parameters(self) -> Iterator[nn.Parameter]: ...

    def named_modules(self) -> Iterator[tuple[str, nn.Module]]: ...

    def named_parameters(self, *, remove_duplicate: bool = True) -> Iterator[tuple[str, nn.Parameter]]: ...

    def to(self, device: str) -> "Decoder": ...
