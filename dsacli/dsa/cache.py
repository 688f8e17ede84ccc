"""What a decoder keeps of a token in every layer: an entry to attend to, and an index key to be selected by.

An entry is what core attention reads of a token: a latent for all heads, or keys and values side by side. Room for a
whole generation is reserved at once, so that growing never copies; memory that the system maps lazily costs nothing
before it is written.
"""

from collections.abc import Iterable, Sequence

import torch

from dsacli.dsa.made_keys import MadeKeys


class LayerCache:
    """One layer's entries [capacity, entry_dim] and index keys [capacity, index_head_dim], 0 wide without an indexer.

    `length`: tokens kept; `is_dense`: whether all of them are attended to, whatever their number; `selected`: the most entries that a query token attended to; `made_keys`: index keys made of entries
    that hold keys, for those who want them.
    """

    def __init__(self, entries: torch.Tensor, index_keys: torch.Tensor, index_topk: int):
        self._entries, self._index_keys, self.index_topk = entries, index_keys, index_topk
        self.length = self.selected = 0
        self.is_dense = False
        self.made_keys = MadeKeys()

    @property
    def capacity(self) -> int:
        """Tokens that there is room for."""
        return len(self._entries)

    @property
    def entries(self) -> torch.Tensor:
        """[tokens, entry_dim] of all tokens so far."""
        return self._entries[: self.length]

    @property
    def index_keys(self) -> torch.Tensor:
        """[tokens, index_head_dim] of all tokens so far."""
        return self._index_keys[: self.length]

    def append(self, entries: torch.Tensor, index_keys: torch.Tensor | None = None) -> None:
        """Keep some more tokens' entries and index keys. Raises ValueError when there is no room for them."""
        last = self.length + len(entries)
        if last > len(self._entries):
            raise ValueError(f"the cache has room for {len(self._entries)} tokens, not for {last}")
        self._entries[self.length : last] = entries
        if index_keys is not None:
            self._index_keys[self.length : last] = index_keys
        self.length = last

    def detach(self) -> None:
        """Let no gradient of what comes reach back to what is kept."""
        self._entries.detach_()
        self._index_keys.detach_()

    def count(self, attended: int) -> None:
        """Core attention calls this with the entries that it gathered for a query token."""
        self.selected = max(self.selected, attended)


class SparseCache:
    """The entries and index keys of every layer of one sequence, and how many of them a query token attends to.

    widths: entry_dim and index_head_dim of every layer; like: a tensor of the cache's dtype and device
    `dense_layers`: those that attend to all tokens, None where nobody has said yet (`settle`)
    """

    def __init__(self, capacity: int, index_topk: int, widths: Sequence[tuple[int, int]], like: torch.Tensor):
        self.capacity, self.index_topk = capacity, index_topk
        self.dense_layers: tuple[int, ...] | None = None
        self.layers = [
            LayerCache(like.new_empty(capacity, entry_dim), like.new_empty(capacity, index_head_dim), index_topk)
            for entry_dim, index_head_dim in widths
        ]

    def __len__(self) -> int:
        return self.layers[-1].length

    @property
    def selected(self) -> int:
        """The most entries that any layer gathered for a query token since the last `truncate`, counted as it did."""
        return max(layer.selected for layer in self.layers)

    def select(self, index_topk: int) -> None:
        """Have the tokens that come attend to so many entries."""
        self.index_topk = index_topk
        for layer in self.layers:
            layer.index_topk = index_topk

    def settle(self, dense_layers: Iterable[int]) -> None:
        """Have these layers attend to all tokens, and all others select."""
        self.dense_layers = tuple(sorted(dense_layers))
        for number, layer in enumerate(self.layers):
            layer.is_dense = number in self.dense_layers

    def tensors(self) -> dict[str, torch.Tensor]:
        """What it keeps of its tokens, by name: what `restore` takes."""
        kept = {}
        for number, layer in enumerate(self.layers):
            kept[f"entries.{number}"] = layer.entries
            if layer.index_keys.shape[1]:
                kept[f"index_keys.{number}"] = layer.index_keys
        if self.dense_layers is not None:
            kept["dense_layers"] = torch.tensor(self.dense_layers, dtype=torch.int64)
        return kept

    def restore(self, tensors: dict[str, torch.Tensor]) -> None:
        """Keep the tokens of another cache of the same shapes, in place of any of its own. Raises ValueError for other shapes."""
        self.truncate(0)
        try:
            for number, layer in enumerate(self.layers):
                keys = tensors[f"index_keys.{number}"] if layer.index_keys.shape[1] else None
                layer.append(tensors[f"entries.{number}"], keys)
            if "dense_layers" in tensors:
                self.settle(tensors["dense_layers"].tolist())
        except (KeyError, RuntimeError, ValueError) as failure:
            self.truncate(0)
            raise ValueError(f"no such cache: {failure}") from None

    def detach(self) -> None:
        """Let no gradient of what comes reach back to what is kept."""
        for layer in self.layers:
            layer.detach()

    def truncate(self, tokens: int) -> None:
        """Forget all but the first `tokens` tokens, so that another question can follow the same document."""
        for layer in self.layers:
            layer.length, layer.selected = min(layer.length, tokens), 0
            layer.made_keys.truncate(tokens)
