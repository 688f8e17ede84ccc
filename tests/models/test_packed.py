"""Packed weights: exactly what the file has, close to what is computed without them, and only where they are worth it."""

import os
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch
from gguf.constants import GGMLQuantizationType
from torch import nn

from dsacli.dsa.cost import CostMeter
from dsacli.engines.disk_cache import DiskCache
from dsacli.engines.generative.kept import SHARE, KeptWeights
from dsacli.models import packed
from dsacli.models.io.gguf_blocks import READERS, read_blocks
from dsacli.models.io.gguf_tensors import GgufTensors
from dsacli.models.io.model import open_decoder
from dsacli.models.io.tensors import Groups
from dsacli.models.packed import MOST_ROWS, PackedLinear, error, packed_weight, rounded_groups
from tests.models.io.gguf_files import tiny_model, write_model
from tests.models.io.test_gguf import blocks_of

REAL = os.environ.get("DSACLI_TEST_MODELS")
RELEASED = ["SmolLM2-135M-Instruct.Q4_1.gguf", "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"]
LLAMA = "dsacli.models.llama"
RECALL = Path(__file__).resolve().parents[1] / "recall_model"
ROWS, COLUMNS = 208, 512  # rows that are no multiple of a block of 64
IN_GROUPS_OF_32 = [name for name in READERS if name != "Q6_K"]

needs_packing = pytest.mark.skipif(
    not hasattr(torch.ops.aten, packed.CONVERT), reason="this torch packs no numbers of 4 bits"
)


def stored(name: str) -> np.ndarray:
    return blocks_of(GGMLQuantizationType[name], ROWS, COLUMNS, np.random.default_rng(5))


def planes_of(groups: Groups) -> int:
    return 1 if groups.bits <= 4 else 2


def undone(groups: Groups) -> torch.Tensor:
    """The numbers [rows, columns] that the halves of 4 bits of some groups stand for, in float64."""
    planes = planes_of(groups)
    codes, scales = packed.split(groups, planes)
    assert codes.max() <= 15
    scale, offset = scales.double().unbind(-1)
    numbers = (codes.double() - 8).unflatten(1, (-1, 32)) * scale[..., None] + offset[..., None]
    return numbers.flatten(1).unflatten(1, (planes, -1)).sum(1)


@pytest.fixture
def always(monkeypatch):
    """Packed weights win every race, and none is too small."""
    monkeypatch.setattr(packed, "FEWEST_NUMBERS", 0)
    monkeypatch.setattr(packed, "is_faster", lambda plain, packed: True)


def packed_layer(layer: nn.Linear, groups: packed.RowGroups | None = None) -> PackedLinear:
    groups = groups or rounded_groups(layer.weight)
    return PackedLinear(layer, packed_weight(groups, layer.weight.shape, planes_of(groups(0, 1))))


# ---- numbers ----


@pytest.mark.parametrize("name", READERS)
def test_groups_are_what_its_own_package_makes_of_the_blocks(name):
    rows = stored(name)
    groups, kind = read_blocks(name, rows), GGMLQuantizationType[name]
    assert groups.size == (16 if name == "Q6_K" else 32) and int(groups.codes.max()) < 1 << groups.bits
    assert torch.equal(groups.numbers(), torch.from_numpy(gguf.quants.dequantize(rows, kind)))


@pytest.mark.parametrize("name", IN_GROUPS_OF_32)
def test_stored_groups_are_off_by_the_rounding_of_scales_and_offsets_alone(name):
    groups = read_blocks(name, stored(name))
    wide = groups.numbers().double()
    # bfloat16 is off by up to 2^-8: so are scales, of how far a number is from the middle; and offsets, if there are any.
    middle = groups.zero or 1 << groups.bits - 1
    bound = (groups.codes.double() - middle).abs().unflatten(1, (-1, 32)) * groups.scales.double().abs()[..., None]
    if groups.bits == 4 and groups.minima is not None:
        bound += (8 * groups.scales + groups.minima).double().abs()[..., None]
    assert ((undone(groups) - wide).abs() <= 1.01 * 2**-8 * bound.flatten(1) + 1e-4 * wide.abs().max()).all()
    assert 0 < (undone(groups) - wide).norm() < 0.002 * wide.norm()


@needs_packing
@pytest.mark.parametrize("name", IN_GROUPS_OF_32)
def test_the_product_is_that_of_the_numbers(name):
    groups = read_blocks(name, stored(name))
    codes, scales = packed_weight(
        lambda low, high: read_blocks(name, stored(name)[low:high]), torch.Size((ROWS, COLUMNS)), planes_of(groups)
    )
    states = torch.randn(3, COLUMNS, generator=torch.Generator().manual_seed(1)).bfloat16()
    expected = (states.double() @ undone(groups).T).float()
    assert error(expected, packed.packed_product(states, codes, scales)) < 0.003  # that of a result in bfloat16


@needs_packing
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@torch.inference_mode()
def test_what_is_rounded_to_8_bits_is_off_by_less_than_a_hundredth(dtype):
    random = torch.Generator().manual_seed(2)
    layer = nn.Linear(896, 1024, dtype=dtype)
    layer.weight.data = torch.randn(1024, 896, generator=random).to(dtype)
    layer.weight.data[5, :40] = 0  # a group of nothing
    states = torch.randn(4, 896, generator=random).to(dtype)
    assert (
        layer.weight.float() - rounded_groups(layer.weight)(0, 1024).numbers()
    ).norm() < 0.007 * layer.weight.float().norm()
    found = packed_layer(layer)(states)
    assert found.dtype == dtype and error(layer(states), found) < 0.01


# ---- layers ----


@needs_packing
@torch.inference_mode()
def test_many_rows_are_the_plain_product_bit_for_bit_and_few_are_not():
    layer = nn.Linear(COLUMNS, ROWS)
    replaced = packed_layer(layer)
    many, few = torch.randn(MOST_ROWS + 1, COLUMNS), torch.randn(MOST_ROWS, COLUMNS)
    assert torch.equal(replaced(many), layer(many)) and replaced(many[:0]).shape == (0, ROWS)
    assert not torch.equal(replaced(few), layer(few)) and error(layer(few), replaced(few)) < 0.01
    assert replaced(few[0]).shape == (ROWS,) and torch.equal(replaced(few[0]), replaced(few[:1])[0])
    assert replaced.weight is layer.weight and replaced.bias is layer.bias
    assert replaced.state_dict().keys() == layer.state_dict().keys()


@needs_packing
def test_a_meter_counts_the_same():
    layer = nn.Linear(COLUMNS, ROWS)
    counts = []
    for each in (layer, packed_layer(layer)):
        meter, network = CostMeter(), nn.Sequential(each)
        with meter.watch(network):
            network(torch.randn(1, COLUMNS))
        counts.append(meter.flops)
    assert counts[0] == counts[1] and counts[0]["linear"] == 2 * COLUMNS * ROWS


# ---- networks ----


def tiny_file(path: Path, kind: str = "Q8_0", **changes) -> Path:
    write_model(
        tiny_model("llama", vocab_size=268, intermediate_size=128, num_key_value_heads=4, **changes),
        path,
        GGMLQuantizationType[kind],
    )
    return path


def layers_of(network) -> list[type]:
    return [type(each) for each in network.modules() if isinstance(each, nn.Linear)]


@needs_packing
@torch.inference_mode()
def test_a_decoder_is_packed_where_it_can_be_and_says_much_the_same(tmp_path, always):
    path = tiny_file(tmp_path / "a.gguf")
    plain = open_decoder(path, LLAMA, "cpu", torch.float32).network
    model = open_decoder(path, LLAMA, "cpu", torch.float32, packs=True).network
    assert set(layers_of(plain)) == {nn.Linear}
    # 268 words are no rows that can be packed.
    assert layers_of(model).count(PackedLinear) == 14 and type(model.lm_head) is nn.Linear
    logits = [each(torch.tensor([7]), each.new_cache(4)) for each in (plain, model)]
    assert 0 < error(*logits) < 0.03
    prompt = torch.arange(20)
    assert torch.equal(*(each(prompt, each.new_cache(32)) for each in (plain, model)))


@needs_packing
@torch.inference_mode()
def test_a_directory_of_another_type_is_packed_too(always):
    plain, model = (
        open_decoder(RECALL, "dsacli.models.deepseek_v32", "cpu", torch.float32, packs=packs).network
        for packs in (False, True)
    )
    assert layers_of(model).count(PackedLinear) > 20
    logits = []
    for each in (plain, model):
        cache = each.new_cache(64)
        each.prefill(torch.arange(2, 40), cache)
        logits.append(each(torch.tensor([7]), cache))
    assert 0 < error(*logits) < 0.03


@needs_packing
def test_a_tied_output_layer_is_packed_from_the_blocks_of_the_embeddings(tmp_path, always, monkeypatch):
    path = tiny_file(tmp_path / "a.gguf", tie_word_embeddings=True)
    network = open_decoder(path, LLAMA, "cpu", torch.float32).network
    source = open_decoder(path, LLAMA, "cpu", torch.float32).tensors()
    monkeypatch.setattr(packed, "is_packable", lambda layer: True)
    found = {place.path: place for place in packed.packable(network, source)}
    assert torch.equal(found["lm_head"].groups(0, 9).numbers(), network.model.embed_tokens.weight[:9])
    assert found["lm_head"].groups(0, 9).bits == 8


@pytest.mark.parametrize("missing", ["CONVERT", "PRODUCT"])
def test_nothing_is_packed_where_torch_has_no_such_product(tmp_path, always, monkeypatch, missing):
    monkeypatch.setattr(packed, missing, "_no_such_function")
    model = open_decoder(tiny_file(tmp_path / "a.gguf"), LLAMA, "cpu", torch.float32, packs=True)
    assert set(layers_of(model.network)) == {nn.Linear}


@needs_packing
def test_nothing_is_packed_where_the_product_fails_is_slower_or_comes_out_wrong(tmp_path, monkeypatch):
    path = tiny_file(tmp_path / "a.gguf")
    monkeypatch.setattr(packed, "FEWEST_NUMBERS", 0)
    monkeypatch.setattr(packed, "MARGIN", 0.0)  # always the faster one
    assert PackedLinear in layers_of(open_decoder(path, LLAMA, "cpu", torch.float32, packs=True).network)
    for change in ({"MARGIN": 1e9}, {"WRONG": 0.0}, {"CONVERT": "relu"}):
        with monkeypatch.context() as patch:
            for name, value in change.items():
                patch.setattr(packed, name, value)
            assert set(layers_of(open_decoder(path, LLAMA, "cpu", torch.float32, packs=True).network)) == {nn.Linear}


def test_small_layers_stay_as_they_are(tmp_path, monkeypatch):
    monkeypatch.setattr(packed, "is_faster", lambda plain, packed: True)
    model = open_decoder(tiny_file(tmp_path / "a.gguf"), LLAMA, "cpu", torch.float32, packs=True)
    assert set(layers_of(model.network)) == {nn.Linear}


# ---- kept ----


@pytest.fixture
def kept(tmp_path, always):
    """Opens the decoder of a file with a cache, and counts what is made anew."""
    path, cache, warnings = tiny_file(tmp_path / "a.gguf"), DiskCache(tmp_path / "cache"), []

    def opened(limit: int = 1 << 40):
        cache.limit = limit
        store = KeptWeights(cache, path, warnings.append)
        return open_decoder(path, LLAMA, "cpu", torch.float32, packs=True, store=store)

    opened.cache, opened.path, opened.warnings = cache, path, warnings
    return opened


@pytest.fixture
def made(monkeypatch):
    """Names of tensors that are made of blocks, and shapes of those that are packed."""
    seen = []
    tensor, weight = GgufTensors.tensor, packed.packed_weight
    monkeypatch.setattr(
        GgufTensors,
        "tensor",
        lambda self, name, *given: (seen.append(name) if "norm" not in name else None, tensor(self, name, *given))[1],
    )
    monkeypatch.setattr(
        packed, "packed_weight", lambda groups, shape, planes: (seen.append(shape), weight(groups, shape, planes))[1]
    )
    return seen


def logits_of(model) -> torch.Tensor:
    network = model.network
    with torch.inference_mode():
        cache = network.new_cache(16)
        return torch.cat([network(torch.arange(9), cache), network(torch.tensor([3]), cache)])


@needs_packing
def test_converted_weights_are_taken_from_the_cache(kept, made):
    first = logits_of(kept())
    assert len(made) > 14 and len(kept.cache.entries()) == 2
    assert {entry.name for entry in kept.cache.entries()} == {str(kept.path)}
    made.clear()
    model = kept()
    assert torch.equal(logits_of(model), first) and not made
    assert layers_of(model.network).count(PackedLinear) == 14


@needs_packing
def test_a_damaged_file_is_made_again(kept, made):
    first, files = logits_of(kept()), sorted(kept.cache.folder.iterdir())
    for path in files:
        data = bytearray(path.read_bytes())
        data[-5] ^= 1
        path.write_bytes(data)
    made.clear()
    assert torch.equal(logits_of(kept()), first) and len(made) > 14
    made.clear()
    assert torch.equal(logits_of(kept()), first) and not made


@needs_packing
def test_tensors_of_other_shapes_are_made_again(kept, made):
    first = logits_of(kept())
    for entry in kept.cache.entries():
        tensors = {
            name: tensor.repeat(2, *[1] * (tensor.dim() - 1)) for name, tensor in kept.cache.load(entry.key).items()
        }
        kept.cache.save(entry.key, tensors, entry.name, 0)
    made.clear()
    assert torch.equal(logits_of(kept()), first) and len(made) > 14
    made.clear()
    assert torch.equal(logits_of(kept()), first) and not made


@needs_packing
def test_another_file_of_the_same_name_is_converted_by_itself(kept, made):
    first = logits_of(kept())
    os.utime(kept.path, ns=(1, 1))
    made.clear()
    assert torch.equal(logits_of(kept()), first) and len(made) > 14
    assert len(kept.cache.entries()) == 4


@needs_packing
def test_what_takes_a_third_of_the_cache_or_a_disk_will_not_take_is_not_kept(kept, monkeypatch):
    logits_of(kept(limit=SHARE * 1000))
    assert not kept.cache.entries() and not kept.warnings

    def full(*given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(DiskCache, "save", full)
    logits_of(kept())
    assert len(kept.warnings) == 2 and "a.gguf are not kept: No space left on device" in kept.warnings[0]


# ---- released files ----


@needs_packing
@pytest.mark.skipif(not REAL, reason="DSACLI_TEST_MODELS names no folder of released files")
@pytest.mark.parametrize("name", RELEASED)
@torch.inference_mode()
def test_a_released_file_reads_a_text_as_well_from_packed_weights(name, monkeypatch):
    monkeypatch.setattr(packed, "is_faster", lambda plain, packed: True)
    model = open_decoder(Path(REAL, name), LLAMA, "cpu", torch.float32, packs=True)
    text = Path(__file__).read_text(encoding="utf-8")
    ids = torch.tensor(model.tokenizer.encode(text, add_special_tokens=False).ids[:256])
    losses = []
    for rows in (0, MOST_ROWS):
        monkeypatch.setattr(packed, "MOST_ROWS", rows)
        cache = model.network.new_cache(len(ids))
        logits = torch.cat([model.network(token[None], cache) for token in ids])
        losses.append(float(nn.functional.cross_entropy(logits[:-1].float(), ids[1:])))
    assert losses[0] != losses[1] and abs(losses[1] - losses[0]) < 0.02
