"""What a model that was trained to recall facts (`recall`) finds in long texts."""

import numpy as np
import torch

from dsacli.models.decoder import Decoder
from dsacli.training.recall_texts import Texts


@torch.inference_mode()
def recalled(
    network: Decoder, length: int, texts_each: int, index_topk: int | None = None, seed: int = 5
) -> list[float]:
    """The share of facts found at every tenth of texts of `length` tokens, ten figures; `index_topk` as for a cache."""
    texts, rng = Texts(), np.random.default_rng(seed)
    shares = []
    for tenth in range(10):
        right = 0
        for number in range(texts_each):
            ids, value = texts.long(length, (tenth + (number + 0.5) / texts_each) / 10, rng)
            logits = network.prefill(torch.tensor(ids), network.new_cache(len(ids), index_topk))
            right += int(logits.argmax()) == value
        shares.append(right / texts_each)
    return shares
