"""From a dense model and some texts to an adapter: a trained indexer for each layer that selects, weights that read what these select where
there is time, and what was measured of them.

The last text is held out: layers' figures and losses are of that alone.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import torch

from dsacli.adapting.figures import late_loss, lost_by_layer, mass_kept, scored, scored_by_keys, selected
from dsacli.adapting.observe import Observed, observe
from dsacli.adapting.sparse_training import train_sparsely
from dsacli.adapting.warm_up import warm_up
from dsacli.dsa.grouped import PREFILL_DENSE
from dsacli.dsa.key_indexer import KeyIndexer
from dsacli.models.adapter import Adapter
from dsacli.models.llama import Llama, attach

# Blocks observed of a text. More texts than these teach nothing new, and their keys fill the memory.
BLOCKS, MOST_TEXTS = 48, 12
# Texts that are trained on whatever the time, and of that the share that looking at them may take.
FEWEST_TEXTS, OBSERVING = 2, 0.4
# Tokens that say what each layer loses.
LATE = 512


class Watcher(Protocol):
    """What the work reports to: bars, or nothing."""

    def prefill(self, name: str, done: int, total: int) -> None: ...

    def fields(self, name: str, done: int, total: int) -> None: ...


@dataclass(frozen=True)
class LayerFigures:
    """Shares of a layer's dense attention that are kept, 0 to 1: by its own keys, by its trained indexer, and by what the layer
    before selects; and what is lost, in nats a token of a text that was trained on, where it alone selects."""

    by_keys: float
    by_indexer: float
    by_layer_before: float | None
    lost: float


@dataclass(frozen=True)
class Adapted:
    """An adapter and its figures: `losses` in nats a token, dense, with the model's own keys and with the adapter; where weights were
    trained, in how many `steps`, and the loss with the indexers of before."""

    adapter: Adapter
    layers: list[LayerFigures]
    losses: tuple[float, float, float]
    texts: int
    tokens: int
    seconds: float
    steps: int = 0
    before: float | None = None


def adapt(network: Llama, texts: Sequence[torch.Tensor], seed: int, seconds: float, watcher: Watcher) -> Adapted:
    """Train on all texts, int64 [tokens], but the last, or on as many as `seconds` leave time for.

    The network is left with the adapter. As many layers stay dense as without it: those that lose most when they alone select.
    """
    began, config = time.monotonic(), network.config
    groups, topk = config.num_key_value_heads, config.index_topk
    *others, last = texts
    observed = list[list[Observed]]()
    for number, text in enumerate(others[:MOST_TEXTS], 1):
        spent = time.monotonic() - began
        if number > FEWEST_TEXTS and spent * number / (number - 1) > OBSERVING * seconds:
            break
        observed.append(observe(network, text, BLOCKS, seed + number, _told(watcher, f"text {number}", len(text))))
    held = observe(network, last, BLOCKS, seed, _told(watcher, "the text held out", len(last)))
    indexers, kept, before = dict[int, KeyIndexer](), list[tuple[float, float, float | None]](), None
    for number, layer in enumerate(held):
        indexers[number] = indexer = warm_up([text[number] for text in observed], groups, seed)
        chosen = selected(scored(indexer, layer), layer, topk)
        by_keys = mass_kept(layer, selected(scored_by_keys(layer, config.head_dim), layer, topk))
        kept.append((by_keys, mass_kept(layer, chosen), None if before is None else mass_kept(layer, before)))
        before = chosen
        watcher.fields("layers", number + 1, len(held))
    late = len(last) - PREFILL_DENSE * topk
    dense_loss = late_loss(network, last, late, len(last), _told(watcher, "loss of dense attention", len(last)))
    by_keys_loss = late_loss(network, last, late, on_tokens=_told(watcher, "loss by its own keys", len(last)))
    attach(network, Adapter(indexers))
    told, layers_told = (
        _told(watcher, "dense layers", len(last) - LATE),
        lambda done: watcher.fields("layers", done, len(held)),
    )
    lost = lost_by_layer(network, others[0], LATE, told, layers_told)
    for number in sorted(indexers, key=lambda each: -lost[each])[: config.dense_layers]:
        del indexers[number]
    attach(network, adapter := Adapter(indexers))
    loss = late_loss(network, last, late, on_tokens=_told(watcher, "loss by the adapter", len(last)))
    layers = [LayerFigures(*some, each) for some, each in zip(kept, lost)]
    losses = (dense_loss, by_keys_loss, loss)
    return Adapted(adapter, layers, losses, len(observed), len(last), time.monotonic() - began)


def adapt_weights(
    network: Llama, adapted: Adapted, texts: Sequence[torch.Tensor], seed: int, seconds: float, watcher: Watcher
) -> Adapted:
    """Train the weights too, of the network with the adapter, for about `seconds` on all texts but the last."""
    began, (*others, last) = time.monotonic(), texts
    adapter, steps = train_sparsely(
        network,
        adapted.adapter.indexers,
        others,
        lambda steps: (time.monotonic() - began) / seconds,
        seed,
        lambda number: _told(watcher, f"text {number}, weights learning", len(last)),
    )
    dense, by_keys, before = adapted.losses
    late = len(last) - PREFILL_DENSE * network.config.index_topk
    loss = late_loss(network, last, late, on_tokens=_told(watcher, "loss by the trained weights", len(last)))
    spent = adapted.seconds + time.monotonic() - began
    return replace(adapted, adapter=adapter, losses=(dense, by_keys, loss), seconds=spent, steps=steps, before=before)


def _told(watcher: Watcher, name: str, total: int) -> Callable[[int], None]:
    return lambda done: watcher.prefill(name, done, total)
