"""What a DeepSeek-V3.2 model keeps per token and layer: one latent for all heads, and one index key.

Room for a whole generation is reserved at once, so that growing never copies; memory that the system maps lazily
costs nothing before it is written.
"""

import torch


class LayerLatents:
    """One layer's entries [capacity, kv_lora_rank + qk_rope_head_dim] and index keys [capacity, index_head_dim]; a layer that
    shares another's selection has no index keys."""

    def __init__(self, entries: torch.Tensor, index_keys: torch.Tensor | None):
        self._entries, self._index_keys, self.length = entries, index_keys, 0

    @property
    def entries(self) -> torch.Tensor:
        """[tokens, kv_lora_rank + qk_rope_head_dim] of all tokens so far."""
        return self._entries[: self.length]

    @property
    def index_keys(self) -> torch.Tensor:
        """[tokens, index_head_dim] of all tokens so far."""
        return self._index_keys[: self.length]

    def append(self, entries: torch.Tensor, index_keys: torch.Tensor | None) -> None:
        """Keep some more tokens' entries and index keys. Raises ValueError when there is no room for them."""
        last = self.length + len(entries)
        if last > len(self._entries):
            raise ValueError(f"the latent cache has room for {len(self._entries)} tokens, not for {last}")
        self._entries[self.length : last] = entries
        if index_keys is not None:
            self._index_keys[self.length : last] = index_keys
        self.length = last


class LatentCache:
    """Latents of every layer of one sequence."""

    def __init__(self, layers: list[LayerLatents]):
        self.layers = layers

    def __len__(self) -> int:
        return self.layers[-1].length

    @property
    def capacity(self) -> int:
        """Tokens that there is room for."""
        return len(self.layers[-1]._entries)

    def truncate(self, tokens: int) -> None:
        """Forget all but the first `tokens` tokens, so that another question can follow the same document."""
        for layer in self.layers:
            layer.length = min(layer.length, tokens)
