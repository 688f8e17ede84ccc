"""Core attention: softmax(QKᵀ)V over the entries that were selected, gathered and never masked away."""

import torch
import torch.nn.functional as F
from torch import nn


class CoreAttention(nn.Module):
    """Multi-head attention over entries. A module without weights, so that a meter can watch it.

    The cost is (query tokens) x (entries attended to): with k selected entries O(L·k), and only
    with everything selected O(L²). DeepSeek-V3.2-Exp report, section 2.1, equation 2.
    """

    def forward(
        self,
        queries: torch.Tensor,
        keys: torch.Tensor,
        values: torch.Tensor,
        padding: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Attend from every query to every entry.

        queries: [batch, heads, queries, dim]
        keys, values: [batch, heads, entries, dim]
        padding: [batch, entries], True where an entry fills up a batch and is no token
        returns: [batch, heads, queries, dim]
        """
        mask = None if padding is None else ~padding[:, None, None, :]
        return F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask)


def gather_entries(entries: torch.Tensor, selected: torch.Tensor) -> torch.Tensor:
    """The selected entries of each query token, side by side, ready for `CoreAttention`.

    entries:  [tokens, heads, dim], the keys or the values of a document
    selected: [queries, k] token indices, a selection of its own for every query token
    returns:  [queries, heads, k, dim]: each query token becomes a batch entry of its own, so the
              attention after it computes queries x k products and no more
    """
    return entries[selected].transpose(1, 2)
