"""GGUF files: every type of tensor, the order of rows, the configuration; and what each hostile file says."""

import os
import re
import struct
import time
import tracemalloc
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType

from dsacli.errors import DsacliError
from dsacli.models.io import gguf_tensors
from dsacli.models.io.gguf import HEAD_BYTES, KINDS, Gguf, architecture_of
from dsacli.models.io.gguf_blocks import read_blocks
from dsacli.models.io.gguf_config import config_values, gguf_model_type, turned_heads
from dsacli.models.io.gguf_tensors import GgufTensors
from dsacli.models.io.gguf_tokenizer import read_gguf_tokenizer
from dsacli.models.io.tensors import load_tensors
from tests.models.io.gguf_files import add_vocabulary, finish, tiny_model, write_model

REAL = os.environ.get("DSACLI_TEST_MODELS")
KIND_NAMES = [kind.name for kind in KINDS.values()]
WRITTEN = ("F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0")


def tensors_of(path):
    """The tensors of a file, by its own configuration."""
    file = Gguf(path)
    return GgufTensors(file, turned_heads(file, config_values(file)))


def bare(path, *tensors, architecture="qwen2", **values):
    """A file with tensors (name, array, type) and whole numbers as settings."""
    writer = gguf.GGUFWriter(path, architecture)
    for name, value in values.items():
        writer.add_uint32(name.replace("__", "."), value)
    for name, array, kind in tensors:
        writer.add_tensor(name, array, raw_dtype=kind)
    finish(writer)
    return path


# ---- tensors ----


def blocks_of(kind, rows, columns, random):
    """Bytes of a tensor; the scales, which are float16, are kept from being no numbers."""
    block, size = GGML_QUANT_SIZES[kind]
    if kind.name in WRITTEN:
        return gguf.quants.quantize(random.standard_normal((rows, columns), np.float32), kind)
    found = random.integers(0, 256, (rows, columns // block, size), np.uint8)
    scales = {"Q4_K": (0, 2), "Q5_K": (0, 2), "Q6_K": (208,)}[kind.name]
    for place in scales:
        found[..., place : place + 2] = random.uniform(-1, 1, (rows, columns // block, 1)).astype("<f2").view(np.uint8)
    return found.reshape(rows, -1)


@pytest.mark.parametrize("name", KIND_NAMES)
def test_every_type_is_what_its_own_package_makes_of_it(tmp_path, name):
    kind, random = GGMLQuantizationType[name], np.random.default_rng(3)
    stored = blocks_of(kind, 37, 512, random)
    path = bare(tmp_path / "a.gguf", ("blk.0.ffn_up.weight", stored, kind))
    tensors = GgufTensors(Gguf(path), {})
    expected = torch.from_numpy(gguf.quants.dequantize(stored, kind).astype(np.float32))
    assert expected.isfinite().all() and len(expected.unique()) > 30
    label = "model.layers.0.mlp.up_proj.weight"
    assert tensors.kind(label) == name and tensors.shape(label) == [37, 512]
    assert torch.equal(tensors.tensor(label, torch.float32), expected)
    assert torch.equal(tensors.tensor(label, torch.bfloat16), expected.bfloat16())
    assert np.array_equal(tensors.raw(label), stored.view(np.uint8))


def test_blocks_are_made_into_numbers_a_few_rows_at_a_time(tmp_path, monkeypatch):
    kind = GGMLQuantizationType.Q8_0
    stored = blocks_of(kind, 100, 64, np.random.default_rng(3))
    tensors = GgufTensors(Gguf(bare(tmp_path / "a.gguf", ("output.weight", stored, kind))), {})
    whole, seen = tensors.tensor("lm_head.weight", torch.float32), []
    monkeypatch.setattr(gguf_tensors, "NUMBERS_AT_ONCE", 640)
    monkeypatch.setattr(
        gguf_tensors, "read_blocks", lambda kind, rows: seen.append(len(rows)) or read_blocks(kind, rows)
    )
    assert torch.equal(tensors.tensor("lm_head.weight", torch.float32), whole) and seen == [10] * 10


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs Linux's list of what is mapped")
def test_a_tensor_of_the_right_type_is_a_view_of_the_file_that_never_reaches_it(tmp_path):
    path = bare(tmp_path / "a.gguf", ("output_norm.weight", np.ones(64, np.float32), GGMLQuantizationType.F32))
    before = path.read_bytes()
    value = GgufTensors(Gguf(path), {}).tensor("model.norm.weight", torch.float32)
    maps = [line.split() for line in Path("/proc/self/maps").read_text().splitlines() if str(path) in line]
    ranges = [[int(end, 16) for end in each[0].split("-")] for each in maps]
    assert any(low <= value.data_ptr() < high for low, high in ranges)
    value.zero_()
    assert path.read_bytes() == before


@pytest.mark.parametrize("kind", ["F32", "Q8_0"])
@pytest.mark.parametrize("model_type", ["llama", "qwen2", "qwen3"])
def test_tensors_are_those_that_transformers_loads(tmp_path, model_type, kind):
    import transformers

    write_model(tiny_model(model_type), tmp_path / "a.gguf", GGMLQuantizationType[kind])
    theirs = transformers.AutoModelForCausalLM.from_pretrained(tmp_path, gguf_file="a.gguf").state_dict()
    found = load_tensors(tensors_of(tmp_path / "a.gguf"), theirs, torch.float32)
    assert len(found) > 20 and all(torch.equal(found[name], value) for name, value in theirs.items())


@pytest.mark.parametrize("model_type", ["llama", "qwen2", "qwen3"])
def test_tensors_are_those_that_the_file_was_made_of(tmp_path, model_type):
    model = tiny_model(model_type, attention_bias=True)
    write_model(model, tmp_path / "a.gguf")
    found = load_tensors(tensors_of(tmp_path / "a.gguf"), model.state_dict(), torch.float32)
    assert "model.layers.0.self_attn.k_proj.bias" in found
    assert all(torch.equal(found[name], value) for name, value in model.state_dict().items())


def test_raw_bytes_stand_in_the_order_of_the_rows(tmp_path):
    kind = GGMLQuantizationType.Q8_0
    model = tiny_model("llama")
    write_model(model, tmp_path / "a.gguf", kind)
    tensors, name = tensors_of(tmp_path / "a.gguf"), "model.layers.1.self_attn.k_proj.weight"
    expected = gguf.quants.quantize(model.state_dict()[name].numpy(), kind)
    assert np.array_equal(tensors.raw(name), expected)


def test_factors_of_positions_keep_their_name(tmp_path):
    factors = np.linspace(1, 8, 8, dtype=np.float32)
    path = bare(tmp_path / "a.gguf", ("rope_freqs.weight", factors, GGMLQuantizationType.F32))
    assert GgufTensors(Gguf(path), {}).tensor("rope_freqs.weight", torch.float32).tolist() == factors.tolist()


def test_rows_that_are_not_those_of_the_heads(tmp_path):
    value = np.ones((30, 32), np.float32)
    path = bare(tmp_path / "a.gguf", ("blk.0.attn_q.weight", value, GGMLQuantizationType.F32))
    name = "model.layers.0.self_attn.q_proj.weight"
    with pytest.raises(DsacliError, match=rf"{path}: tensor {name} has 30 rows, for 4 heads"):
        GgufTensors(Gguf(path), {"q_proj": 4}).tensor(name, torch.float32)


def test_two_names_for_one_tensor(tmp_path):
    ones = np.ones(4, np.float32)
    both = [(name, ones, GGMLQuantizationType.F32) for name in ("output_norm.weight", "model.norm.weight")]
    path = bare(tmp_path / "a.gguf", *both)
    with pytest.raises(DsacliError, match="output_norm.weight and model.norm.weight are the same"):
        GgufTensors(Gguf(path), {})


def test_missing_misshapen_and_unexpected_tensors_are_named(tmp_path):
    path = bare(tmp_path / "a.gguf", ("output_norm.weight", np.ones(4, np.float32), GGMLQuantizationType.F32))
    tensors = GgufTensors(Gguf(path), {})
    with pytest.raises(DsacliError, match=f"{path}: tensor model.embed_tokens.weight is missing"):
        load_tensors(
            tensors, {"model.norm.weight": torch.ones(4), "model.embed_tokens.weight": torch.ones(4)}, torch.half
        )
    with pytest.raises(DsacliError, match=rf"{path}: tensor model.norm.weight is \[4\], not \[5\]"):
        load_tensors(tensors, {"model.norm.weight": torch.ones(5)}, torch.half)
    with pytest.raises(DsacliError, match=f"{path}: unexpected tensor model.norm.weight"):
        load_tensors(tensors, {}, torch.half)


# ---- configuration ----


def configured(path, architecture="llama", vocabulary=None, tensors=(), **values):
    """The configuration of a file that says what a model has to, with other `values`."""
    writer = gguf.GGUFWriter(path, architecture)
    settings = {
        "block_count": 2,
        "context_length": 512,
        "embedding_length": 64,
        "feed_forward_length": 96,
        "attention__head_count": 4,
        **values,
    }
    for name, value in settings.items():
        add = {int: writer.add_uint32, float: writer.add_float32, str: writer.add_string, list: writer.add_array}
        if value is not None:
            add[type(value)](f"{architecture}.{name.replace('__', '.')}", value)
    add_vocabulary(writer, **(vocabulary or {}))
    for name, rows in {"token_embd.weight": 300, **dict(tensors)}.items():
        if rows is not None:
            value = np.array(rows, np.float32) if isinstance(rows, list) else np.zeros((rows, 64), np.float32)
            writer.add_tensor(name, value)
    finish(writer)
    return config_values(Gguf(path))


@pytest.mark.parametrize("model_type", ["llama", "qwen2", "qwen3"])
def test_the_configuration_says_what_the_model_was_made_of(tmp_path, model_type):
    model = tiny_model(model_type)
    write_model(model, tmp_path / "a.gguf")
    found, expected = config_values(Gguf(tmp_path / "a.gguf")), model.config.to_dict()
    for name in (
        "model_type",
        "hidden_size",
        "intermediate_size",
        "num_hidden_layers",
        "num_attention_heads",
        "num_key_value_heads",
        "max_position_embeddings",
        "rms_norm_eps",
        "vocab_size",
        "tie_word_embeddings",
        "hidden_act",
    ):
        assert found[name] == expected[name], name
    assert found["head_dim"] == (expected.get("head_dim") or 16)
    assert found["rope_theta"] == 5e4 and found["rope_scaling"] is None
    assert found["attention_bias"] == (model_type == "qwen2")
    assert gguf_model_type(tmp_path / "a.gguf") == model_type


def test_embeddings_are_tied_where_there_is_no_output(tmp_path):
    assert configured(tmp_path / "a.gguf")["tie_word_embeddings"] is True
    assert configured(tmp_path / "b.gguf", tensors={"output.weight": 300})["tie_word_embeddings"] is False


def test_what_ends_is_what_the_metadata_names_and_what_is_known_to(tmp_path):
    assert configured(tmp_path / "a.gguf")["eos_token_id"] == [266, 267]
    found = configured(tmp_path / "b.gguf", vocabulary={"eot_token_id": 5, "eom_token_id": 6})
    assert found["eos_token_id"] == [266, 5, 6, 267] and found["bos_token_id"] == 267


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, None),
        ({"rope__scaling__type": "none", "rope__scaling__factor": 4.0}, None),
        ({"rope__scaling__type": "linear", "rope__scaling__factor": 4.0}, {"rope_type": "linear", "factor": 4.0}),
        ({"rope__scale_linear": 2.0}, {"rope_type": "linear", "factor": 2.0}),
        (
            {
                "rope__scaling__type": "yarn",
                "rope__scaling__factor": 4.0,
                "rope__scaling__original_context_length": 128,
                "rope__scaling__yarn_beta_fast": 16.0,
            },
            {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 128, "beta_fast": 16.0},
        ),
        (
            {"rope__scaling__type": "yarn", "rope__scaling__factor": 1.0, "rope__scaling__attn_factor": 0.5},
            {"rope_type": "yarn", "factor": 1.0, "attention_factor": 0.5},
        ),
    ],
)
def test_stretched_positions(tmp_path, values, expected):
    assert configured(tmp_path / "a.gguf", **values)["rope_scaling"] == expected


def test_positions_that_are_stretched_by_a_tensor(tmp_path):
    factors = [1.0, 1.0, 1.0, 1.5, 2.0, 6.0, 8.0, 8.0]
    found = configured(tmp_path / "a.gguf", tensors={"rope_freqs.weight": factors})
    assert found["rope_scaling"] == {"rope_type": "factors", "factors": factors}


def test_attention_within_a_window(tmp_path):
    found = configured(tmp_path / "a.gguf", attention__sliding_window=128)
    assert found["sliding_window"] == 128 and found["use_sliding_window"] is True
    assert configured(tmp_path / "b.gguf")["use_sliding_window"] is False


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"architecture": "bert"}, "general.architecture is 'bert'; known are llama, mistral3, qwen2, qwen3"),
        ({"embedding_length": "wide"}, "llama.embedding_length is 'wide', not one positive whole number"),
        ({"block_count": 0}, "llama.block_count is 0, not one"),
        ({"attention__head_count_kv": [1, 2]}, r"llama.attention.head_count_kv is \[1, 2\], not one"),
        ({"rope__freq_base": float("nan")}, "llama.rope.freq_base is nan, not a positive number"),
        ({"rope__freq_base": -1.0}, "llama.rope.freq_base is -1.0, not a positive number"),
        ({"rope__scaling__type": "longrope"}, "llama.rope.scaling.type is 'longrope'; known are none, linear, yarn"),
        ({"rope__dimension_count": 8}, "llama.rope.dimension_count is 8, for heads of 16"),
        ({"expert_count": 8}, "llama.expert_count is 8; only 0 is known"),
        ({"attention__temperature_scale": 0.1}, "llama.attention.temperature_scale is 0.1[0-9]*; only 0 is known"),
        ({"tensors": {"rope_freqs.weight": 1}}, r"tensor rope_freqs.weight is F32 \[1, 64\], not F32 \[8\]"),
        ({"tensors": {"rope_freqs.weight": [1.0] * 7 + [0.0]}}, "tensor rope_freqs.weight has a factor that is no"),
        (
            {
                "tensors": {"rope_freqs.weight": 1},
                "rope__scaling__type": "yarn",
                "rope__scaling__factor": 4.0,
            },
            "rope_freqs.weight and llama.rope.scaling at once",
        ),
        ({"tensors": {"token_embd.weight": None}}, "tensor token_embd.weight is missing"),
        ({"tensors": {"token_embd.weight": 200}}, "268 tokens for 200 rows of token_embd.weight"),
        ({"vocabulary": {"eos_token_id": 268}}, "tokenizer.ggml.eos_token_id is 268, for 268 tokens"),
        ({"vocabulary": {"model": "t5"}}, "tokenizer.ggml.model is 't5'; known are gpt2, llama"),
        ({"vocabulary": {"tokens": None}}, "tokenizer.ggml.tokens is missing or empty"),
        ({"vocabulary": {"pre": 7}}, "tokenizer.ggml.pre is 7, not a name"),
        ({"vocabulary": {"token_type": [1, 3]}}, "tokenizer.ggml.token_type has 2 entries, for 268 tokens"),
    ],
)
def test_a_configuration_that_can_not_be(tmp_path, values, said):
    with pytest.raises(DsacliError, match=rf"^{tmp_path}/a.gguf: {said}"):
        configured(tmp_path / "a.gguf", **values)


def test_one_file_of_several(tmp_path):
    path = bare(tmp_path / "a.gguf", architecture="llama", split__count=3)
    with pytest.raises(DsacliError, match=f"^{path}: one file of several; merge them first$"):
        config_values(Gguf(path))


def test_one_number_for_all_layers_may_be_said_for_each(tmp_path):
    assert configured(tmp_path / "a.gguf", attention__head_count_kv=[2, 2])["num_key_value_heads"] == 2


# ---- hostile files ----


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The bytes of a whole model's file up to its last tensor's last one, and where its head ends."""
    path = tmp_path_factory.mktemp("small") / "a.gguf"
    model = tiny_model("llama", num_hidden_layers=1, vocab_size=268, hidden_size=32, intermediate_size=32)
    write_model(model, path, GGMLQuantizationType.Q8_0)
    entries = Gguf(path).tensors.values()
    end = max(entry.offset + entry.size for entry in entries)
    return path.read_bytes()[:end], min(entry.offset for entry in entries)


def outcome(path, data):
    """What becomes of a file with these bytes: "" where all of it can be used, else the one line that says why not."""
    path.unlink(missing_ok=True)
    path.write_bytes(data)
    began = time.process_time()
    try:
        file = Gguf(path)
        values = config_values(file)
        read_gguf_tokenizer(file).encode("hello world <|im_end|>")
        tensors = GgufTensors(file, turned_heads(file, values))
        for name in tensors.files:
            tensors.tensor(name, torch.float32)
    except DsacliError as failure:
        assert "\n" not in str(failure) and str(failure).startswith(str(path)) and len(str(failure)) < 1000
        return str(failure)
    finally:
        assert time.process_time() - began < 1
    return ""


def test_a_head_with_any_byte_changed_is_read_or_refused_in_one_line(tmp_path, small):
    data, head = small
    assert outcome(tmp_path / "a.gguf", data) == ""
    random, refused = np.random.default_rng(5), 0
    for place in range(head):
        changed = bytearray(data)
        changed[place] ^= 0xFF if place % 2 else 1 << int(random.integers(0, 8))
        refused += bool(outcome(tmp_path / "a.gguf", bytes(changed)))
    assert refused > head / 2


def test_a_file_that_is_cut_anywhere_is_refused_in_one_line(tmp_path, small):
    data, head = small
    for kept in [*range(0, head, 3), *range(head, len(data), 997), len(data) - 1]:
        assert outcome(tmp_path / "a.gguf", data[:kept]), kept


def head_of(*parts, version=3, tensors=0, keys=0):
    return b"GGUF" + struct.pack("<IQQ", version, tensors, keys) + b"".join(parts) + bytes(64)


def text(value):
    value = value.encode() if isinstance(value, str) else value
    return struct.pack("<Q", len(value)) + value


def key(name, kind, *rest):
    return text(name) + struct.pack("<I", kind) + b"".join(rest)


def tensor(name, shape, kind=0, offset=0):
    return text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)


HUGE = struct.pack("<Q", 1 << 62)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "cannot mmap an empty file"),
        (b"GGML" + bytes(64), "it does not start with GGUF"),
        (b"GG", "it does not start with GGUF"),
        (b"GGUF\3", "4 bytes at 4, where 1 are left"),
        (head_of(version=1), "version 1; known are 2 and 3"),
        (head_of(version=0x03000000), "version 50331648"),
        (head_of(keys=1 << 62), "4611686018427387904 keys"),
        (head_of(tensors=1 << 62), "4611686018427387904 tensors"),
        (head_of(HUGE, keys=1), "4611686018427387904 bytes at 32"),
        (head_of(key("a", 8, HUGE), keys=1), "4611686018427387904 bytes at"),
        (head_of(key("a", 9, struct.pack("<I", 0), HUGE), keys=1), "a list of 4611686018427387904"),
        (head_of(key("a", 9, struct.pack("<IQ", 4, 1 << 22)), keys=1), "16777216 bytes at"),
        (head_of(key("a", 9, struct.pack("<IQ", 8, 1 << 22)), keys=1), "bytes at"),
        (head_of(key("a", 9, struct.pack("<IQ", 9, 1)), keys=1), "a value of type 9"),
        (head_of(key("a", 13), keys=1), "a value of type 13"),
        (head_of(key("a", 8, text(b"\xff")), keys=1), "'utf-8' codec"),
        (head_of(key("a\nb", 7, b"\0"), keys=1), r"'a\\nb' is no name"),
        (head_of(key("", 7, b"\0"), keys=1), "'' is no name"),
        (head_of(key("a", 7, b"\0"), key("a", 7, b"\0"), keys=2), "a is there twice"),
        (head_of(key("general.alignment", 4, struct.pack("<I", 3)), keys=1), "general.alignment is 3"),
        (head_of(key("general.alignment", 4, struct.pack("<I", 0)), keys=1), "general.alignment is 0"),
        (
            head_of(key("general.alignment", 4, struct.pack("<I", 1 << 31)), tensor("t", [1]), tensors=1, keys=1),
            "4 bytes",
        ),
        (head_of(tensor("t", []), tensors=1), "tensor t has 0 dimensions"),
        (head_of(tensor("t", [1] * 5), tensors=1), "tensor t has 5 dimensions"),
        (head_of(tensor("t", [0]), tensors=1), r"tensor t of type F32 is \[0\]"),
        (head_of(tensor("t", [33], 2), tensors=1), r"tensor t of type Q4_0 is \[33\]"),
        (head_of(tensor("t", [1 << 63, 1 << 63]), tensors=1), "tensor t: 3402823669209384634633746074317682114"),
        (head_of(tensor("t", [4], 0, 1 << 63), tensors=1), "tensor t: 16 bytes at"),
        (head_of(tensor("t", [4], 0, 4), tensors=1), "tensor t: 16 bytes at"),
        (head_of(tensor("t", [256], 19), tensors=1), "tensor t is of type IQ1_S; known are F32, F16, Q4_0"),
        (head_of(tensor("t", [256], 999), tensors=1), "tensor t is of type 999; known are"),
        (head_of(tensor("t", [1]), tensor("t", [1]), tensors=2), "tensor t is there twice"),
        (head_of(tensor("t", [1]), tensor("u", [1]), tensors=2), "tensors t and u overlap"),
    ],
)
def test_a_head_that_lies(tmp_path, data, said):
    path = tmp_path / "a.gguf"
    path.write_bytes(data)
    tracemalloc.start()
    with pytest.raises(DsacliError, match=said) as raised:
        Gguf(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5e6 and re.fullmatch(rf"{path}: [^\n]+", str(raised.value))


def test_a_head_is_not_read_beyond_what_any_model_needs(tmp_path):
    path = tmp_path / "a.gguf"
    with path.open("wb") as file:
        file.write(head_of(key("a", 8, struct.pack("<Q", HEAD_BYTES)), keys=1))
        file.truncate(4 * HEAD_BYTES)  # no blocks on the disk
    with pytest.raises(DsacliError, match=f"{HEAD_BYTES} bytes at"):
        Gguf(path)
    with path.open("wb") as file:
        file.write(head_of(key("a", 9, struct.pack("<IQ", 8, 1 << 24)), keys=1))
        file.truncate(4 * HEAD_BYTES)
    with pytest.raises(DsacliError, match="a list of 16777216"):
        Gguf(path)


def test_what_is_no_file(tmp_path):
    for path in (tmp_path, tmp_path / "absent.gguf"):
        with pytest.raises(DsacliError, match=f"{path}: no such file"):
            Gguf(path)
    os.mkfifo(tmp_path / "pipe.gguf")
    with pytest.raises(DsacliError, match="no such file"):
        architecture_of(tmp_path / "pipe.gguf")


def test_an_architecture_that_is_none(tmp_path):
    path = tmp_path / "a.gguf"
    path.write_bytes(head_of(key("general.architecture", 4, struct.pack("<I", 7)), keys=1))
    with pytest.raises(DsacliError, match="general.architecture is 7, not a name"):
        architecture_of(path)


# ---- released files ----


@pytest.mark.skipif(not REAL, reason="DSACLI_TEST_MODELS names no folder of released files")
@pytest.mark.parametrize("path", sorted(Path(REAL or ".").glob("*.gguf")), ids=lambda path: path.name)
def test_a_released_file(path):
    tensors = tensors_of(path)
    reader = gguf.GGUFReader(path)
    assert len(tensors.files) == len(reader.tensors)
    mine = tensors.file.tensors
    for theirs in reader.tensors:
        assert mine[theirs.name].offset == theirs.data_offset and mine[theirs.name].size == theirs.n_bytes
        assert mine[theirs.name].shape == tuple(theirs.shape.tolist()[::-1])
