"""The dense warm-up of one layer's indexer: KL from the head-summed attention to the softmax of its index scores.

DeepSeek-V3.2-Exp report, section 2.1.1, equation 3, for a model whose weights stay as they are. It starts from the low-rank form, which needs no
training: two index heads of opposite signs, since ReLU(x) - ReLU(-x) = x.
"""

from collections.abc import Sequence

import torch

from dsacli.adapting.observe import Observed
from dsacli.dsa.key_indexer import KeyIndexer
from dsacli.dsa.made_keys import RANK, principal_components

INDEX_N_HEADS = 2
STEPS, RATE, BLOCKS = 320, 3e-3, 16
# What index scores are multiplied with under the softmax is chosen before the first step, when one too sharp would learn nothing.
SCALES = [2.0**power for power in range(-8, 5)]


def warm_up(texts: Sequence[Observed], groups: int, seed: int, steps: int = STEPS) -> KeyIndexer:
    """The indexer of a layer that was observed over some texts, trained; in float32, for attention's queries and keys as they are."""
    keys, queries = torch.cat([each.keys.float() for each in texts]), torch.cat([each.queries for each in texts])
    from_keys, from_queries = _Normal(keys), _Normal(queries)
    indexer = low_rank(keys, queries.shape[1], groups)
    # Numbers of much the same size, whatever the layer's are, so that one rate serves all.
    for linear, normal in ((indexer.wk, from_keys), (indexer.wq, from_queries), (indexer.weights_proj, from_queries)):
        normal.fold_in(linear)
    inputs = [(from_queries(each.queries), from_keys(each.keys.float())) for each in texts]
    scale = _train(indexer, texts, inputs, seed, steps)
    for linear, normal in ((indexer.wk, from_keys), (indexer.wq, from_queries), (indexer.weights_proj, from_queries)):
        normal.fold_out(linear)
    with torch.no_grad():
        # A power of two: it ranks as before, to the bit.
        indexer.weights_proj.weight.mul_(scale)
        indexer.weights_proj.bias.mul_(scale)
    return indexer.requires_grad_(False)


@torch.no_grad()
def low_rank(keys: torch.Tensor, query_size: int, groups: int) -> KeyIndexer:
    """What needs no training: index queries summed over the heads of a group, on the principal components of keys [tokens, dim]."""
    basis = principal_components(keys, RANK)
    spread = ((keys - keys.mean(0)) @ basis).std(0).clamp_min(1e-6)
    indexer = KeyIndexer(query_size, keys.shape[1], INDEX_N_HEADS, basis.shape[1])
    indexer.wk.weight.copy_((basis / spread).T)
    # Every head of a group has the group's rows: [rank, groups, heads of a group, dim].
    rows = (basis * spread).T.unflatten(1, (groups, 1, -1))
    one = rows.expand(-1, -1, query_size // keys.shape[1], -1).flatten(1) * query_size**-0.5
    indexer.wq.weight.copy_(torch.cat([one, -one]))
    indexer.weights_proj.bias.copy_(torch.tensor([1.0, -1.0]))
    indexer.wk.bias.copy_(-indexer.wk.weight @ keys.mean(0))
    for rest in (indexer.wq.bias, indexer.weights_proj.weight):
        rest.zero_()
    return indexer


def divergence(scores: torch.Tensor, attention: torch.Tensor, selectable: torch.Tensor) -> torch.Tensor:
    """KL of blocks [blocks, tokens], but for what no index score changes: the mean, blocks that attend more to what they choose from
    counting for more."""
    logs = torch.log_softmax(scores.masked_fill(~selectable, -1e9), 1)
    return -(attention * selectable * logs).sum(1).mean()


@torch.no_grad()
def _scale(
    indexer: KeyIndexer, texts: Sequence[Observed], inputs: Sequence[tuple[torch.Tensor, torch.Tensor]]
) -> float:
    scores = [indexer(queries, indexer.keys(keys)) for queries, keys in inputs]
    losses = [
        sum(float(divergence(scale * some, each.attention, each.selectable)) for some, each in zip(scores, texts))
        for scale in SCALES
    ]
    return SCALES[losses.index(min(losses))]


def _train(
    indexer: KeyIndexer,
    texts: Sequence[Observed],
    inputs: Sequence[tuple[torch.Tensor, torch.Tensor]],
    seed: int,
    steps: int,
) -> float:
    """What index scores are to be multiplied with, so that their softmax is the attention."""
    optimizer = torch.optim.Adam(indexer.parameters(), RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=max(2, steps))
    random, scale = torch.Generator().manual_seed(seed), _scale(indexer, texts, inputs)
    for step in range(steps):
        text, (queries, keys) = texts[step % len(texts)], inputs[step % len(texts)]
        some = torch.randperm(len(queries), generator=random)[:BLOCKS]
        scores = indexer(queries[some], indexer.keys(keys))
        loss = divergence(scale * scores, text.attention[some], text.selectable[some])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(indexer.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    return scale


class _Normal:
    """States [tokens, dim] to mean 0 and deviation 1, and linear layers of the ones to those of the others."""

    def __init__(self, states: torch.Tensor):
        self.mean, self.deviation = states.mean(0), states.std(0).clamp_min(1e-3)

    def __call__(self, states: torch.Tensor) -> torch.Tensor:
        return (states - self.mean) / self.deviation

    @torch.no_grad()
    def fold_in(self, linear: torch.nn.Linear) -> None:
        """Of a layer that takes states, one that takes normal ones."""
        linear.bias.add_(linear.weight @ self.mean)
        linear.weight.mul_(self.deviation)

    @torch.no_grad()
    def fold_out(self, linear: torch.nn.Linear) -> None:
        """The way back."""
        linear.weight.div_(self.deviation)
        linear.bias.sub_(linear.weight @ self.mean)
