"""Index keys of few numbers, made of the keys of the text at hand: a written token scans a fraction of what it would.

The principal components of a layer's keys (grouped keys side by side, centred: what all keys have in common ranks nothing).
"""

from collections.abc import Callable

import torch

from dsacli.dsa.cost import Counted

RANK = 32
Product = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
# Tokens that components are made of, spread over all.
SAMPLE = 4096


class Projection(Counted):
    """A product of states with a basis."""

    part = "index"

    def forward(self, states: torch.Tensor, basis: torch.Tensor) -> torch.Tensor:
        """[..., dim] with [dim, rank] to [..., rank]."""
        return states @ basis

    def flops(self, states: torch.Tensor, basis: torch.Tensor) -> int:
        """Of the product."""
        return 2 * states.numel() * basis.shape[1]


class LowRankKeys:
    """Keys [capacity, dim] of one layer in `RANK` numbers each: made when first asked for, and for later tokens added."""

    def __init__(self) -> None:
        self._basis = self._keys = torch.empty(0)
        self.length = 0

    def truncate(self, tokens: int) -> None:
        """Forget all but the first `tokens` tokens."""
        self.length = min(self.length, tokens)

    def scanned(
        self, query: torch.Tensor, keys: torch.Tensor, capacity: int, product: Product
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """An index query [1, dim], and the keys [tokens, dim] of all tokens so far, in `RANK` numbers each.

        capacity: of the cache that the keys stand in; product: of a matrix with another
        """
        if not len(self._basis):
            self._basis = principal_components(keys, RANK, product)
            self._keys = keys.new_empty(capacity, self._basis.shape[1])
        if self.length < len(keys):
            self._keys[self.length : len(keys)] = product(keys[self.length :], self._basis)
            self.length = len(keys)
        return product(query, self._basis), self._keys[: len(keys)]


def principal_components(keys: torch.Tensor, rank: int, product: Product) -> torch.Tensor:
    """The directions in which keys [tokens, dim] differ most: [dim, min(rank, dim)], orthonormal, in their dtype."""
    some = keys[:: max(1, len(keys) // SAMPLE)].float()
    centred = some - some.mean(0)
    vectors = torch.linalg.eigh(product(centred.T, centred)).eigenvectors
    return vectors.flip(1)[:, :rank].to(keys.dtype).contiguous()
