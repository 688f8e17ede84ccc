"""Sparse training: what a model predicts from what it selects comes nearer to what it predicts from everything."""

import pytest
import torch
import torch.nn.functional as F

from dsacli.adapting.observe import observe
from dsacli.adapting.sparse_training import scored, train_sparsely
from dsacli.adapting.warm_up import warm_up
from dsacli.models import llama
from dsacli.models.adapter import UPDATED, Adapter
from dsacli.models.llama_config import LlamaConfig
from dsacli.models.low_rank import without_updates
from dsacli.models.rope import Rope

HEADS, GROUPS, DIM, LAYERS, TOPK, TOKENS = 4, 2, 16, 3, 90, 1536
SELECTING, STEPS = (1, 2), 150


def text(seed: int) -> torch.Tensor:
    return torch.randint(2, 97, (TOKENS,), generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def network() -> llama.Llama:
    """One whose attention is so sharp that much is lost by selecting."""
    torch.manual_seed(3)
    config = LlamaConfig("llama", 97, HEADS * DIM, 64, LAYERS, HEADS, GROUPS, DIM, 4096, Rope(), index_topk=TOPK)
    made = llama.Llama(config).eval().requires_grad_(False)
    for layer in made.model.layers:
        for linear in (layer.self_attn.q_proj, layer.self_attn.k_proj):
            torch.nn.init.normal_(linear.weight, std=0.25)
    return made


@pytest.fixture
def indexers(network) -> dict:
    observed = [observe(network, text(seed), 16, seed) for seed in (1, 2)]
    return {number: warm_up([each[number] for each in observed], GROUPS, 0, steps=20) for number in SELECTING}


@torch.no_grad()
def logits(network: llama.Llama, ids: torch.Tensor, topk: int) -> torch.Tensor:
    cache = network.new_cache(len(ids), topk)
    return torch.cat([network(part, cache) for part in ids.split(network.chunk_tokens)])[2 * TOPK :]


def apart(network: llama.Llama, dense: torch.Tensor, ids: torch.Tensor) -> float:
    """KL of what it predicts, from what the model that it was predicts."""
    found = logits(network, ids, TOPK).log_softmax(1)
    return float(F.kl_div(found, dense.log_softmax(1), reduction="batchmean", log_target=True))


def test_it_predicts_more_as_dense_attention_did_and_else_is_the_model_that_it_was(network, indexers):
    held = text(9)
    dense = logits(network, held, 2 * TOKENS)
    llama.attach(network, Adapter(indexers))
    before = apart(network, dense, held)
    adapter, steps = train_sparsely(network, indexers, [text(seed) for seed in (1, 2, 3)], share, 0, watched)
    assert steps == STEPS and before > 0.005
    assert apart(network, dense, held) < 0.9 * before
    with without_updates(network):
        assert torch.equal(logits(network, held, 2 * TOKENS), dense)
    assert set(adapter.updates) == {(number, name) for number in range(LAYERS) for name in UPDATED}
    assert not any(weight.requires_grad for weight in network.parameters())


def share(steps: int) -> float:
    return steps / STEPS


def watched(number: int):
    return lambda done: None


def test_indexers_learn_from_what_they_select(network, indexers):
    llama.attach(network, Adapter(indexers))
    ids, losses = text(4), []
    trained = {number: each.requires_grad_(True) for number, each in indexers.items()}
    optimizer = torch.optim.Adam([weight for each in trained.values() for weight in each.parameters()], 1e-3)
    for _ in range(6):
        cache = network.new_cache(TOKENS)
        with torch.no_grad():
            for part in ids[: TOKENS - 512].split(512):
                network.states(part, cache)
        with scored(network, trained) as found:
            network.states(ids[-512:], cache)
        assert len(found) == len(SELECTING)
        losses.append(sum(found))
        optimizer.zero_grad()
        losses[-1].backward()
        optimizer.step()
    assert losses[-1] < losses[0]


def test_who_interrupts_it_keeps_what_was_learned(network, indexers):
    def impatient(number: int):
        def told(done: int) -> None:
            if done > 512:
                raise KeyboardInterrupt

        return told

    adapter, steps = train_sparsely(network, indexers, [text(1)], share, 0, impatient)
    assert steps == 1
    assert any(each.lora_B.weight.abs().max() > 0 for each in adapter.updates.values())
