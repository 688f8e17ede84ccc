"""The Llama family against transformers' own: the same directory, loaded by both, in float32."""

import os
from pathlib import Path

import pytest
import torch

from dsacli.dsa.cost import CostMeter
from dsacli.dsa.grouped import BLOCK_QUERIES, FIRST, LAST, PREFILL_DENSE
from dsacli.errors import DsacliError
from dsacli.models import llama
from dsacli.models.generate import Sampling, generate
from dsacli.models.io.model import open_decoder, read_config
from dsacli.models.io.safetensors import Shards

TOKENS, TOPK = 480, 100
REAL = os.environ.get("DSACLI_TEST_MODELS")
SHAPES = {
    "vocab_size": 211,
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 4,
    "num_attention_heads": 8,
    "num_key_value_heads": 2,
    "max_position_embeddings": 4096,
    "initializer_range": 0.15,
}
LLAMA3 = {
    "rope_type": "llama3",
    "rope_theta": 5e5,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}
YARN = {"rope_type": "yarn", "rope_theta": 1e4, "factor": 4.0, "original_max_position_embeddings": 64}
KINDS = {
    "llama": ("Llama", {}),
    "llama, its scaling, tied": ("Llama", {"rope_parameters": LLAMA3, "tie_word_embeddings": True}),
    "llama, biases, linear": (
        "Llama",
        {
            "attention_bias": True,
            "mlp_bias": True,
            "rope_parameters": {"rope_type": "linear", "rope_theta": 1e4, "factor": 3.0},
        },
    ),
    "llama, no groups, wide heads": ("Llama", {"num_key_value_heads": 8, "head_dim": 24}),
    "mistral": ("Mistral", {"head_dim": 24, "sliding_window": None}),
    "qwen2, yarn": ("Qwen2", {"rope_parameters": YARN}),
    "qwen3": ("Qwen3", {"head_dim": 24, "tie_word_embeddings": True}),
}


@pytest.fixture(scope="module", params=KINDS, ids=list(KINDS))
def pair(request, tmp_path_factory):
    """transformers' model, every weight of it random, and ours, of the same directory."""
    import transformers

    name, changes = KINDS[request.param]
    torch.manual_seed(1)
    theirs = getattr(transformers, f"{name}ForCausalLM")(
        getattr(transformers, f"{name}Config")(**{**SHAPES, **changes})
    ).eval()
    for label, value in theirs.named_parameters():
        if "norm" in label or label.endswith("bias"):
            torch.nn.init.normal_(value, 1.0 if "norm" in label else 0.0, 0.1)
    folder = tmp_path_factory.mktemp("model")
    theirs.save_pretrained(folder, max_shard_size="200KB")
    return theirs, llama.load(Shards(folder), read_config(folder, llama.parse_config), torch.float32)


def ids(tokens: int = TOKENS) -> torch.Tensor:
    return torch.randint(2, 211, (tokens,), generator=torch.Generator().manual_seed(3))


@torch.inference_mode()
def test_prefill_gives_the_logits_of_transformers(pair):
    theirs, ours = pair
    expected = theirs(ids()[None]).logits[0]
    assert torch.allclose(ours(ids(), ours.new_cache(TOKENS)), expected, atol=1e-4)
    assert expected.abs().max() > 1


@torch.inference_mode()
def test_decoding_gives_them_too_and_greedy_tokens_are_the_same(pair):
    theirs, ours = pair
    expected = theirs.generate(ids()[None], max_new_tokens=64, do_sample=False, eos_token_id=None)[0, TOKENS:]
    cache = ours.new_cache(TOKENS + 64)
    found = [token for token, _ in generate(ours, ours.prefill(ids(), cache), cache, Sampling(64))]
    assert found == expected.tolist()


@torch.inference_mode()
def test_prefill_in_chunks_is_the_same(pair, monkeypatch):
    _, ours = pair
    whole = ours.prefill(ids(), ours.new_cache(TOKENS))
    monkeypatch.setattr(llama.Llama, "chunk_tokens", 37)
    done = []
    assert torch.allclose(ours.prefill(ids(), ours.new_cache(TOKENS), done.append), whole, atol=1e-5)
    assert done[0] == 37 and done[-1] == TOKENS


def masked_reference(dense_layers, topk):
    """transformers' attention with everything masked away that a block does not select: slow, and easy to believe."""

    def attend(module, query, key, value, attention_mask, scaling, **rest):
        groups, total = key.shape[1], key.shape[2]
        keys, values = (each.repeat_interleave(query.shape[1] // groups, 1) for each in (key, value))
        scores = query @ keys.transpose(2, 3) * scaling
        allowed = torch.ones(total, total, dtype=torch.bool).tril()
        if module.layer_idx not in dense_layers:
            for first in range(topk * PREFILL_DENSE, total, BLOCK_QUERIES):
                last = min(first + BLOCK_QUERIES, total)
                mean = query[0, :, first:last].mean(1)
                heads = torch.einsum("hd,hsd->hs", mean, keys[0, :, FIRST : first - LAST]) * scaling
                chosen = heads.softmax(1).sum(0).topk(topk - FIRST - LAST - 1).indices + FIRST
                row = torch.zeros(total, dtype=torch.bool)
                row[:FIRST] = row[chosen] = True
                row[first - LAST : last] = True
                allowed[first:last] &= row
        weights = scores.masked_fill(~allowed, -torch.inf).softmax(-1)
        return (weights @ values).transpose(1, 2), weights

    return attend


@torch.inference_mode()
def test_blocks_attend_to_what_they_select_and_to_nothing_else(pair):
    from transformers import AttentionInterface

    theirs, ours = pair
    cache = ours.new_cache(TOKENS, TOPK)
    found = ours(ids(), cache)
    assert len(cache.dense_layers) == 2
    AttentionInterface.register("selected", masked_reference(cache.dense_layers, TOPK))
    before = theirs.config._attn_implementation
    theirs.set_attn_implementation("selected")
    try:
        expected = theirs(ids()[None]).logits[0]
    finally:
        theirs.set_attn_implementation(before)
    assert torch.allclose(found, expected, atol=1e-4)
    assert cache.selected == TOPK * PREFILL_DENSE
    assert not torch.allclose(expected, theirs(ids()[None]).logits[0], atol=1e-2)


@torch.inference_mode()
def test_the_cost_is_that_of_the_closed_form(pair):
    _, ours = pair
    meter, cost, cache = CostMeter(), ours.config.cost(4), ours.new_cache(TOKENS + 1, TOPK)
    ours.prefill(ids(TOKENS - 1), cache)
    ours(ids(1), cache)
    with meter.watch(ours):
        ours(ids(1), cache)
    dense = cost.dense_entry * (TOKENS + 1) + cost.entry * TOPK + cost.scan * (TOKENS - FIRST - LAST)
    # The second token only: the first also makes the index keys of all before it.
    projected = 2 * 2 * ours.config.entry_dim // 2 * cost.scan // 2
    assert meter.total == cost.linear + cost.output + dense + projected


def test_too_few_to_select_is_refused(pair):
    with pytest.raises(DsacliError, match="70 tokens or more, not 69"):
        pair[1].new_cache(TOKENS, 69)


@torch.inference_mode()
def test_attention_mass_is_that_of_the_last_token_and_changes_nothing(pair):
    _, ours = pair
    cache, mass = ours.new_cache(TOKENS, TOPK), torch.zeros(TOKENS)
    logits = ours.prefill(ids(), cache, attention_mass=mass)
    again = ours.new_cache(TOKENS, TOPK)
    ours.prefill(ids()[:-1], again)
    assert torch.allclose(logits, ours(ids()[-1:], again)[-1], atol=1e-4)
    config = ours.config
    assert mass.sum() == pytest.approx(config.num_hidden_layers * config.num_attention_heads, rel=1e-4)
    assert (mass > 0).sum() > TOPK  # those of the layers that stay dense too


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"model_type": "gemma"}, "model_type"),
        ({"num_key_value_heads": 3}, "num_key_value_heads"),
        ({"hidden_act": "gelu"}, "hidden_act"),
        ({"vocab_size": "many"}, "vocab_size"),
        ({"head_dim": 7}, "head_dim"),
        ({"rope_scaling": {"rope_type": "longrope"}}, "rope type"),
        ({"quantization_config": {"quant_method": "awq"}}, "GGUF"),
    ],
)
def test_a_setting_that_is_not_known_is_named(change, named):
    with pytest.raises(ValueError, match=named):
        llama.parse_config({**SHAPES, "model_type": "llama", **change})


def test_a_sliding_window_ends_the_context():
    values = {**SHAPES, "model_type": "mistral", "sliding_window": 512}
    assert llama.parse_config(values).max_position_embeddings == 512
    assert llama.parse_config({**values, "model_type": "qwen2"}).max_position_embeddings == 512 * 8


def test_llama_3s_factors_give_what_its_parameters_give():
    """GGUF files have the numbers, directories what they follow from."""
    values = {**SHAPES, "model_type": "llama", "head_dim": 8}
    known = llama.parse_config({**values, "rope_parameters": LLAMA3}).rope.frequencies(8)
    plain = llama.parse_config({**values, "rope_theta": 5e5}).rope.frequencies(8)
    rope = {"rope_type": "factors", "rope_theta": 5e5, "factors": (plain / known).tolist()}
    assert torch.allclose(llama.parse_config({**values, "rope_parameters": rope}).rope.frequencies(8), known)
    with pytest.raises(ValueError, match="do not fit the heads"):
        llama.parse_config({**values, "rope_parameters": {**rope, "factors": [1.0]}})


@pytest.mark.skipif(not REAL, reason="DSACLI_TEST_MODELS names no folder of released files")
@pytest.mark.parametrize("name", ["SmolLM2-135M-Instruct.Q4_1.gguf", "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"])
@torch.inference_mode()
def test_a_released_file_gives_the_logits_of_transformers(name):
    import transformers

    theirs = transformers.AutoModelForCausalLM.from_pretrained(REAL, gguf_file=name, dtype=torch.float32)
    model = open_decoder(Path(REAL, name), "dsacli.models.llama", "cpu", torch.float32)
    text = Path(__file__).read_text(encoding="utf-8")[:1200]
    prompt = torch.tensor(model.tokenizer.encode(text, add_special_tokens=False).ids)
    cache = model.network.new_cache(len(prompt) + 64)
    assert torch.allclose(model.network(prompt, cache), theirs(prompt[None]).logits[0], atol=1e-3)
    cache.truncate(0)
    logits = model.network.prefill(prompt, cache)
    found = [token for token, _ in generate(model.network, logits, cache, Sampling(64))]
    expected = theirs.generate(prompt[None], max_new_tokens=64, do_sample=False, eos_token_id=None)[0, len(prompt) :]
    assert found == expected.tolist()
