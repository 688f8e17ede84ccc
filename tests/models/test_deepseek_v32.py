"""The DeepSeek-V3.2 family against transformers' own: the same directory, loaded by both, in float32."""

import pytest
import torch

from dsacli.dsa.cost import CostMeter
from dsacli.models import deepseek_v32
from dsacli.models.deepseek_v32 import DeepseekV32, parse_config
from dsacli.models.generate import Sampling, generate
from tests.models.released import DEEPSEEK_V32
from tests.models.tiny import load, saved

TOKENS = 200
KINDS = {
    "deepseek_v32": ("deepseek_v32", {}),
    "deepseek_v32, no yarn, one group": (
        "deepseek_v32",
        {"rope_parameters": {"rope_type": "default", "rope_theta": 5e4}, "n_group": 1, "topk_group": 1},
    ),
    "deepseek_v32, biases, tied": ("deepseek_v32", {"attention_bias": True, "tie_word_embeddings": True}),
    "glm_moe_dsa": ("glm_moe_dsa", {"n_group": 1, "topk_group": 1}),
    "glm_moe_dsa, shared indexers": ("glm_moe_dsa", {"index_topk_freq": 2, "n_group": 1, "topk_group": 1}),
    "glm_moe_dsa, a pattern": ("glm_moe_dsa", {"index_topk_pattern": "FSFS", "n_group": 1, "topk_group": 1}),
}


@pytest.fixture(scope="module", params=KINDS, ids=list(KINDS))
def pair(request, tmp_path_factory):
    """transformers' model and ours, of the same directory."""
    kind, changes = KINDS[request.param]
    folder = tmp_path_factory.mktemp("model")
    theirs = saved(kind, folder, "300KB", **changes)
    return theirs, load(folder)


def ids(seed: int = 3, tokens: int = TOKENS) -> torch.Tensor:
    return torch.randint(2, 211, (tokens,), generator=torch.Generator().manual_seed(seed))


def selections(theirs) -> list[torch.Tensor]:
    """Where what transformers' indexers select is put down, one [tokens, k] after the other."""
    found = []
    for layer in theirs.model.layers:
        if getattr(layer.self_attn, "indexer", None) is not None:
            layer.self_attn.indexer.register_forward_hook(lambda m, inputs, chosen: found.append(chosen[0]))
    return found


@torch.inference_mode()
def test_prefill_gives_the_logits_of_transformers(pair):
    theirs, ours = pair
    expected = theirs(ids()[None]).logits[0]
    assert torch.allclose(ours(ids(), ours.new_cache(TOKENS)), expected, atol=1e-4)
    assert expected.abs().max() > 1


@torch.inference_mode()
def test_decoding_step_by_step_gives_them_too(pair):
    theirs, ours = pair
    expected = theirs(ids()[None]).logits[0, 119:]
    cache = ours.new_cache(TOKENS)
    found = [ours(ids()[:120], cache)[-1:], *(ours(token[None], cache) for token in ids()[120:])]
    assert torch.allclose(torch.cat(found), expected, atol=1e-4)


@torch.inference_mode()
def test_the_indexers_select_the_same_tokens(pair, monkeypatch):
    theirs, ours = pair
    expected, found = selections(theirs), []
    select = deepseek_v32.select_causal
    monkeypatch.setattr(deepseek_v32, "select_causal", lambda *given: found.append(select(*given)) or found[-1])
    theirs(ids()[None])
    ours(ids(), ours.new_cache(TOKENS))
    topk = ours.config.index_topk
    assert len(expected) == len(found) == sum(ours.config.full_indexers)
    for mine, other in zip(found, expected):
        # Up to index_topk tokens everything is selected, and ours has nothing to say.
        assert [set(row.tolist()) for row in mine] == [set(row.tolist()) for row in other[topk:]]


@torch.inference_mode()
def test_greedy_tokens_are_the_same(pair):
    theirs, ours = pair
    expected = theirs.generate(ids()[None], max_new_tokens=64, do_sample=False, eos_token_id=None)[0, TOKENS:]
    cache = ours.new_cache(TOKENS + 64)
    found = [token for token, _ in generate(ours, ours.prefill(ids(), cache), cache, Sampling(64))]
    assert found == expected.tolist()


@torch.inference_mode()
def test_prefill_in_chunks_is_the_same(pair, monkeypatch):
    _, ours = pair
    whole = ours.prefill(ids(), ours.new_cache(TOKENS))
    monkeypatch.setattr(DeepseekV32, "chunk_tokens", 17)
    done = []
    assert torch.allclose(ours.prefill(ids(), ours.new_cache(TOKENS), done.append), whole, atol=1e-5)
    assert done[0] == 17 and done[-1] == TOKENS


@torch.inference_mode()
def test_with_everything_selected_it_is_dense(pair):
    theirs, ours = pair
    for layer in theirs.model.layers:
        if getattr(layer.self_attn, "indexer", None) is not None:
            layer.self_attn.indexer.index_topk = TOKENS
    try:
        assert torch.allclose(ours(ids(), ours.new_cache(TOKENS, TOKENS)), theirs(ids()[None]).logits[0], atol=1e-4)
    finally:
        for layer in theirs.model.layers:
            if getattr(layer.self_attn, "indexer", None) is not None:
                layer.self_attn.indexer.index_topk = ours.config.index_topk


@torch.inference_mode()
def test_the_cache_forgets_what_is_truncated(pair):
    _, ours = pair
    cache = ours.new_cache(TOKENS)
    ours.prefill(ids()[:100], cache)
    first = ours.prefill(ids()[100:], cache)
    assert cache.selected == ours.config.index_topk
    cache.truncate(100)
    assert len(cache) == 100 and cache.selected == 0
    assert torch.equal(ours.prefill(ids()[100:], cache), first)


def test_a_full_cache_says_so(pair):
    _, ours = pair
    with pytest.raises(ValueError, match="room for 10 tokens, not for 11"):
        ours(ids()[:11], ours.new_cache(10))


@torch.inference_mode()
def test_attention_mass_adds_up_to_heads_layers_and_queries(pair):
    _, ours = pair
    attention_mass = torch.zeros(TOKENS)
    ours(ids(), ours.new_cache(TOKENS), attention_mass)
    config = ours.config
    assert attention_mass.sum().item() == pytest.approx(
        TOKENS * config.num_attention_heads * config.num_hidden_layers, rel=1e-3
    )


@torch.inference_mode()
def test_the_meter_counts_what_the_closed_form_says(pair):
    _, ours = pair
    cache, meter = ours.new_cache(TOKENS + 8), CostMeter()
    ours.prefill(ids(), cache)
    shape, topk = ours.config.cost(4), ours.config.index_topk
    with meter.watch(ours):
        for _ in range(8):
            ours(ids()[:1], cache)
    expected = sum(shape.token_flops(position, topk) + shape.output for position in range(TOKENS, TOKENS + 8))
    assert meter.total == expected
    many = sum(shape.token_flops(position, topk) for position in range(50, 90))
    assert shape.prefill_flops(50, 90, topk) == many
    assert shape.prefill_flops(0, 90, None) == sum(shape.token_flops(position, None) for position in range(90))


@torch.inference_mode()
def test_the_meter_agrees_with_torch(pair):
    from torch.utils.flop_counter import FlopCounterMode

    _, ours = pair
    cache, meter = ours.new_cache(TOKENS + 1), CostMeter()
    ours.prefill(ids(), cache)
    with FlopCounterMode(display=False) as counter, meter.watch(ours):
        ours(ids()[:1], cache)
    assert meter.total == counter.get_total_flops()


def test_a_stop_token_ends_a_generation(pair):
    _, ours = pair
    cache = ours.new_cache(TOKENS + 9)
    logits = ours.prefill(ids(), cache)
    first = int(logits.argmax())
    assert list(generate(ours, logits, cache, Sampling(8), frozenset({first}))) == []


def test_the_full_size_configuration_is_built_without_memory():
    """DeepSeek-V3.2's own shapes, on no device: 671 billion parameters without the extra layer."""
    with torch.device("meta"):
        network = DeepseekV32(parse_config(DEEPSEEK_V32))
    assert sum(value.numel() for value in network.parameters()) / 1e9 == pytest.approx(671.9, abs=1)
