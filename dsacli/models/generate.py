"""Tokens one after the other: greedy, or drawn at a temperature from the most probable ones."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from dsacli.dsa.cache import SparseCache
from dsacli.models.decoder import Decoder


@dataclass(frozen=True)
class Sampling:
    """How the next token is chosen: the most probable at `temperature` 0, else drawn from the smallest set of tokens
    whose probability reaches `top_p`; at most `max_new_tokens` of them."""

    max_new_tokens: int = 256
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None


@torch.inference_mode()
def generate(
    network: Decoder,
    logits: torch.Tensor,
    cache: SparseCache,
    sampling: Sampling,
    stop: frozenset[int] = frozenset(),
    attention_mass: torch.Tensor | None = None,
) -> Iterator[tuple[int, float]]:
    """Yield (token id, log probability) after a prefill that ended in `logits` [vocab], until one of `stop`, unyielded.

    `attention_mass`: as in `Decoder.forward`, of every token that is generated. O(L · index) + O(k) for each.
    """
    drawing = torch.Generator().manual_seed(sampling.seed) if sampling.seed is not None else None
    for number in range(sampling.max_new_tokens):
        token, log_probability = choose(logits, sampling, drawing)
        if token in stop:
            return
        yield token, log_probability
        if number + 1 < sampling.max_new_tokens:
            logits = network(torch.tensor([token], device=logits.device), cache, attention_mass)[-1]


def choose(logits: torch.Tensor, sampling: Sampling, drawing: torch.Generator | None = None) -> tuple[int, float]:
    """A token id from logits [vocab], and its log probability under the model as it is."""
    log_probabilities = torch.log_softmax(logits.float().cpu(), -1)
    if sampling.temperature <= 0:
        token = int(log_probabilities.argmax())
        return token, float(log_probabilities[token])
    probabilities = torch.softmax(logits.float().cpu() / sampling.temperature, -1)
    ordered, tokens = probabilities.sort(descending=True)
    # The first token is always among them, however small top_p.
    ordered[1:][ordered.cumsum(0)[:-1] >= sampling.top_p] = 0
    token = int(tokens[torch.multinomial(ordered, 1, generator=drawing)])
    return token, float(log_probabilities[token])
