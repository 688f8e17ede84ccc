"""A query of a generative model once more, every token attending to all before it: what `--compare-dense` runs."""

import time
from collections.abc import Callable, Sequence

import torch

from dsacli.dsa.cost import CostMeter
from dsacli.engines.dense import refuse_minutes
from dsacli.engines.savings import DenseRun, peak_memory
from dsacli.models.io.model import DecoderModel


def check_dense(model: DecoderModel, tokens: int) -> None:
    """Raise DsacliError as `refuse_minutes` does, for so many tokens of document, question and answer."""
    cost = model.config.cost(model.dtype.itemsize)
    refuse_minutes(cost.prefill_flops(0, tokens, None), next(model.network.parameters()), tokens)


def run_dense(
    model: DecoderModel, document: torch.Tensor, steps: Sequence[Sequence[int]], on_tokens: Callable[[int], None]
) -> DenseRun:
    """Take in a document, int64 [tokens], then the tokens of each step at once, as the query did: what was asked, and one by one
    what was written."""
    network, total = model.network, len(document) + sum(map(len, steps))
    # As many selected as there are is dense attention.
    cache = network.new_cache(total, max(total, model.config.index_topk))
    began = time.monotonic()
    network.prefill(document.to(model.device), cache, on_tokens)
    read, meter = time.monotonic(), CostMeter()
    with meter.watch(network):
        for step in steps:
            network.prefill(torch.tensor(step, device=model.device), cache)
    seconds, kept = time.monotonic() - read, model.config.cost(model.dtype.itemsize).kept_bytes
    return DenseRun(seconds, meter.total, total * kept, peak_memory(), read - began)
