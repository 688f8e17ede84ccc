"""Index keys of few numbers, made of the keys that attention uses: by a trained indexer, or of the text at hand alone.

Without training, by the principal components of a layer's keys (grouped keys side by side, centred: what all keys have in
common ranks nothing).
"""

from collections.abc import Callable

import torch

from dsacli.dsa.cost import Counted

# Numbers of a key without training, in float32: in bfloat16 one query is multiplied with them in twice the time, and many scores are equal.
RANK, NUMBER_BYTES = 32, 4
# Tokens that components are made of, spread over all.
SAMPLE = 4096


class Projection(Counted):
    """A product of states with a basis."""

    part = "index"

    def forward(self, states: torch.Tensor, basis: torch.Tensor) -> torch.Tensor:
        """[..., dim] with float32 [dim, rank] to float32 [..., rank]."""
        return states.float() @ basis

    def flops(self, states: torch.Tensor, basis: torch.Tensor) -> int:
        """Of the product."""
        return 2 * states.numel() * basis.shape[1]


class MadeKeys:
    """Index keys [capacity, index_head_dim] of one layer: made when first asked for, and for later tokens added."""

    def __init__(self) -> None:
        self._basis = self._keys = torch.empty(0)
        self.length = 0

    def truncate(self, tokens: int) -> None:
        """Forget all but the first `tokens` tokens."""
        self.length = min(self.length, tokens)

    def basis(self, keys: torch.Tensor, project: Projection) -> torch.Tensor:
        """The components [dim, RANK], float32, of the keys [tokens, dim] that there were when it was first asked for."""
        if not len(self._basis):
            self._basis = principal_components(keys, RANK, project)
        return self._basis

    def up_to_now(
        self, keys: torch.Tensor, capacity: int, make: Callable[[torch.Tensor], torch.Tensor]
    ) -> torch.Tensor:
        """The index keys [tokens, index_head_dim] of all tokens so far, whose keys are [tokens, dim].

        capacity: of the cache that the keys stand in; make: [tokens, dim] to [tokens, index_head_dim]
        """
        if self.length < len(keys):
            made = make(keys[self.length :])
            if not len(self._keys):
                # A number of all tokens side by side: one query is multiplied with them in half the time.
                self._keys = made.new_empty(made.shape[1], capacity)
            self._keys[:, self.length : len(keys)] = made.T
            self.length = len(keys)
        return self._keys[:, : len(keys)].T


def principal_components(
    keys: torch.Tensor, rank: int, product: Callable[[torch.Tensor, torch.Tensor], torch.Tensor] = torch.matmul
) -> torch.Tensor:
    """The directions in which keys [tokens, dim] differ most: float32 [dim, min(rank, dim)], orthonormal."""
    some = keys[:: max(1, len(keys) // SAMPLE)].float()
    centred = some - some.mean(0)
    vectors = torch.linalg.eigh(product(centred.T, centred)).eigenvectors
    return vectors.flip(1)[:, :rank].contiguous()
