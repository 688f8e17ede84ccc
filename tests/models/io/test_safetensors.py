"""Directories of the DeepSeek-V3.2 family: what loads, and what each broken one says."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from dsacli.errors import DsacliError
from dsacli.models.io.safetensors import Shards, dequantised
from tests.models.tiny import edit_config, load, saved


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A directory in several shards."""
    folder = tmp_path_factory.mktemp("made")
    saved("deepseek_v32", folder, "300KB")
    return folder


@pytest.fixture
def folder(made, tmp_path):
    """A copy of it to break."""
    return shutil.copytree(made, tmp_path / "model")


def shard_of(folder, name):
    return folder / json.loads((folder / "model.safetensors.index.json").read_text())["weight_map"][name]


def change(folder, name, value):
    """Put another tensor in a shard, or take it out."""
    path = shard_of(folder, name)
    state = load_file(path)
    state.pop(name)
    save_file(state | ({name: value} if value is not None else {}), path)


NAME = "model.layers.1.self_attn.kv_b_proj.weight"


def test_shards_are_read_as_one(folder):
    assert len(list(folder.glob("*.safetensors"))) > 2
    assert torch.equal(load(folder).state_dict()[NAME], load_file(shard_of(folder, NAME))[NAME])


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs Linux's list of what is mapped")
def test_tensors_of_the_right_type_are_views_of_the_file(folder):
    network = load(folder)
    maps = [line.split() for line in Path("/proc/self/maps").read_text().splitlines() if str(folder) in line]
    ranges = [[int(end, 16) for end in each[0].split("-")] for each in maps]
    assert all(any(low <= v.data_ptr() < high for low, high in ranges) for v in network.parameters())


def test_another_type_is_converted(folder):
    network = load(folder, torch.bfloat16)
    types = {name: value.dtype for name, value in network.named_parameters()}
    assert types.pop("model.layers.1.mlp.gate.e_score_correction_bias") == torch.float32
    assert types[NAME] == torch.bfloat16


def test_a_missing_tensor(folder):
    change(folder, NAME, None)
    with pytest.raises(DsacliError, match=rf"{folder}: tensor {NAME} is missing"):
        load(folder)


def test_a_misshapen_tensor(folder):
    path = shard_of(folder, NAME)
    change(folder, NAME, torch.zeros(3, 5))
    with pytest.raises(DsacliError, match=rf"{path}: tensor {NAME} is \[3, 5\], not \[160, 32\]"):
        load(folder)


def test_an_unexpected_tensor(folder):
    path = shard_of(folder, NAME)
    save_file(load_file(path) | {"model.layers.1.odd": torch.zeros(2)}, path)
    with pytest.raises(DsacliError, match=rf"{path}: unexpected tensor model.layers.1.odd"):
        load(folder)


def test_the_layer_that_predicts_several_tokens_is_skipped(folder):
    path = shard_of(folder, NAME)
    save_file(load_file(path) | {"model.layers.4.eh_proj.weight": torch.zeros(2)}, path)
    load(folder)
    save_file(load_file(path) | {"model.layers.5.eh_proj.weight": torch.zeros(2)}, path)
    with pytest.raises(DsacliError, match="unexpected tensor model.layers.5"):
        load(folder)


def test_a_shard_that_is_missing(folder):
    path = shard_of(folder, NAME)
    path.unlink()
    with pytest.raises(DsacliError, match=f"{path}: no such file"):
        load(folder)


@pytest.mark.parametrize("kept", [0, 4, 100, 0.5, 0.99])
def test_a_shard_that_is_cut_short(folder, kept):
    path = shard_of(folder, NAME)
    data = path.read_bytes()
    path.write_bytes(data[: kept if isinstance(kept, int) else int(kept * len(data))])
    with pytest.raises(DsacliError, match=rf"^{path}: damaged or cut short \([^\n]+\)$"):
        load(folder)


@pytest.mark.parametrize(
    "index", ["", "[]", "{}", '{"weight_map": []}', '{"weight_map": {"a": "../other.safetensors"}}']
)
def test_an_index_that_is_none(folder, index):
    (folder / "model.safetensors.index.json").write_text(index)
    with pytest.raises(DsacliError, match="model.safetensors.index.json: "):
        load(folder)


def test_no_weights_at_all(folder):
    for path in folder.glob("model*"):
        path.unlink()
    with pytest.raises(DsacliError, match="model.safetensors: no such file"):
        load(folder)


def test_indexers_of_layers_that_share_a_selection_may_be_there(folder):
    edit_config(folder, index_topk_pattern="FSFS")
    network = load(folder)
    assert [layer.self_attn.indexer is not None for layer in network.model.layers] == [True, False, True, False]


# ---- FP8: from the format's definition ----


def e4m3(byte: int) -> float:
    """The number that a byte stands for: sign, 4 bits of exponent with a bias of 7, 3 of mantissa; no infinities."""
    sign, exponent, mantissa = -1 if byte >> 7 else 1, byte >> 3 & 15, byte & 7
    return sign * (mantissa / 8 * 2**-6 if exponent == 0 else (1 + mantissa / 8) * 2.0 ** (exponent - 7))


@pytest.mark.parametrize("shape", [(256, 128), (130, 300), (5, 7)])
def test_fp8_blocks_are_multiplied_by_their_scales(shape):
    random = torch.Generator().manual_seed(2)
    data = torch.randint(0, 256, shape, generator=random).to(torch.uint8)
    data[data & 127 == 127] = 0  # the two that are no number
    scales = torch.rand(-(-shape[0] // 128), -(-shape[1] // 128), generator=random)
    found = dequantised(data.view(torch.float8_e4m3fn), scales, (128, 128), torch.float32)
    for row, column in [(0, 0), (shape[0] - 1, shape[1] - 1), (shape[0] // 2, shape[1] // 3)]:
        scale = scales[row // 128, column // 128].item()
        assert found[row, column].item() == pytest.approx(e4m3(int(data[row, column])) * scale, rel=1e-6)
    table = torch.tensor([e4m3(byte) for byte in range(256)])
    wide = scales.repeat_interleave(128, 0)[: shape[0]].repeat_interleave(128, 1)[:, : shape[1]]
    assert torch.allclose(found, table[data.long()] * wide, rtol=1e-6)


def quantise(folder, block=(128, 128)):
    """Turn a directory's linear layers into FP8 with scales, as released models have them; the reference's state."""
    expected = {}
    for path in folder.glob("*.safetensors"):
        state = load_file(path)
        for name in [n for n in state if n.endswith("_proj.weight") and "weights_proj" not in n]:
            value = state.pop(name)
            rows, columns = (-(-size // edge) for size, edge in zip(value.shape, block))
            scales = torch.rand(rows, columns) * 0.01 + 0.01
            wide = scales.repeat_interleave(block[0], 0)[: value.shape[0]].repeat_interleave(block[1], 1)
            wide = wide[:, : value.shape[1]]
            state[name] = (value / wide).to(torch.float8_e4m3fn)
            state[f"{name}_scale_inv"] = scales
            expected[name] = state[name].float() * wide
        save_file(state, path)
    index = folder / "model.safetensors.index.json"
    values = json.loads(index.read_text())
    values["weight_map"] |= {
        f"{name}_scale_inv": shard for name, shard in values["weight_map"].items() if name in expected
    }
    index.write_text(json.dumps(values))
    edit_config(folder, quantization_config={"quant_method": "fp8", "weight_block_size": list(block)})
    return expected


def test_a_quantised_directory_loads_as_what_it_stands_for(folder):
    expected = quantise(folder, (32, 32))
    state = load(folder).state_dict()
    assert len(expected) > 30
    assert all(torch.allclose(state[name], value, rtol=1e-6) for name, value in expected.items())


def test_fp8_without_scales(folder):
    change(folder, NAME, torch.zeros(160, 32).to(torch.float8_e4m3fn))
    edit_config(folder, quantization_config={"quant_method": "fp8", "weight_block_size": [128, 128]})
    with pytest.raises(DsacliError, match=f"tensor {NAME} is FP8 without {NAME}_scale_inv"):
        load(folder)


def test_fp8_with_too_few_scales(folder):
    quantise(folder)
    edit_config(folder, quantization_config={"quant_method": "fp8", "weight_block_size": [32, 32]})
    with pytest.raises(DsacliError, match=r"tensor .*: \[1, 1\] scales for blocks \["):
        load(folder)


def test_nothing_is_read_before_it_is_asked_for(folder):
    shards = Shards(folder)
    assert shards.shape(NAME) == [160, 32]
    assert shards.tensor(NAME, torch.float32, None).shape == (160, 32)
