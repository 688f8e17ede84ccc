"""`nn.Embedding`, quick to make where a network is built only to be given its weights."""

import torch
from torch import nn


def embedding(count: int, width: int) -> nn.Embedding:
    """Vectors of `width` numbers for `count` tokens, normally distributed; on the meta device without values.

    To draw normal numbers there torch imports its compiler, which takes longer than everything else at the start.
    """
    weight = torch.empty(count, width)
    return nn.Embedding.from_pretrained(weight if weight.is_meta else nn.init.normal_(weight), freeze=False)
