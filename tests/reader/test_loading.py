import json
import re
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel

from dsacli.errors import DsacliError
from dsacli.reader.loading import (
    fingerprint,
    load_model,
    load_reader,
    load_tokenizer,
)
from dsacli.reader.network import Reader
from dsacli.training.save import save_reader


@pytest.fixture
def folder(reader, tmp_path):
    """A model directory of the small reader."""
    place = tmp_path / "model"
    save_reader(reader, Tokenizer(WordLevel({"one": 0, "two": 1, "[UNK]": 2}, "[UNK]")), place)
    return place


@pytest.fixture
def change_weights(folder):
    """Rewrite model.safetensors with some tensors replaced, or left out where None is given."""

    def change(**tensors) -> None:
        path = folder / "model.safetensors"
        state = {name: tensor.clone() for name, tensor in load_file(path).items()}
        state.update({name.replace("__", "."): tensor for name, tensor in tensors.items()})
        save_file({name: tensor for name, tensor in state.items() if tensor is not None}, path)

    return change


@pytest.fixture
def change_config(folder):
    def change(**values) -> None:
        path = folder / "config.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **values}))

    return change


def rounded(reader: Reader) -> Reader:
    return reader.to(torch.bfloat16).float()


def refused(folder, *parts: str) -> None:
    """`load_reader` raises one line that holds all `parts`."""
    with pytest.raises(DsacliError) as failure:
        load_reader(folder)
    message = str(failure.value)
    assert "\n" not in message
    for part in parts:
        assert part in message


def test_a_reader_comes_back_with_its_weights_in_bfloat16(reader, folder):
    loaded = load_reader(folder, dtype=torch.float32)
    assert loaded.config == reader.config
    state = loaded.state_dict()
    assert state.keys() == reader.state_dict().keys()
    for name, tensor in reader.state_dict().items():
        assert torch.equal(state[name], tensor.to(torch.bfloat16).float()), name


def test_a_loaded_reader_computes_what_the_saved_one_did(reader, folder):
    token_ids, loaded, saved = torch.arange(110, 130)[None], load_reader(folder, dtype=torch.float32), rounded(reader)
    read = token_ids, torch.arange(20)[None], None
    torch.testing.assert_close(loaded.reading(*read), saved.reading(*read))
    indexed = token_ids, torch.ones_like(token_ids), None
    torch.testing.assert_close(loaded.index(*indexed), saved.index(*indexed))


@pytest.mark.precision("float32", "bfloat16")
def test_a_loaded_reader_is_for_inference(folder, precision):
    loaded = load_reader(folder)
    assert not loaded.training
    assert not any(parameter.requires_grad for parameter in loaded.parameters())
    assert {parameter.dtype for parameter in loaded.parameters()} == {precision}
    assert {parameter.device.type for parameter in loaded.parameters()} == {"cpu"}


def test_saving_over_a_model_replaces_it(reader, folder):
    reader.reading.span_head.bias.fill_(3)
    save_reader(reader, load_tokenizer(folder), folder)
    assert load_reader(folder).reading.span_head.bias.tolist() == [3, 3]


def test_the_config_is_hugging_faces(folder, change_config):
    config = json.loads((folder / "config.json").read_text())
    assert config["model_type"] == "dsa_reader"
    assert config["hidden_size"] == 32
    change_config(transformers_version="5.0", index_topk=77)
    assert load_reader(folder).config.index_topk == 77


def test_the_built_in_model_loads():
    model = load_model()
    assert isinstance(model.reader, Reader)
    assert model.tokenizer.get_vocab_size() == model.reader.config.vocab_size
    assert re.fullmatch("[0-9a-f]{16}", model.fingerprint)
    assert all(parameter.isfinite().all() for parameter in model.reader.parameters())


def test_the_tokenizer_comes_back(folder):
    assert load_tokenizer(folder).get_vocab() == {"one": 0, "two": 1, "[UNK]": 2}


def test_a_directory_without_config(folder, tmp_path):
    (folder / "config.json").unlink()
    refused(folder, str(folder), "config.json")
    refused(tmp_path / "nowhere", str(tmp_path / "nowhere"), "config.json")


@pytest.mark.parametrize("text", ["", "{", "\udcff", "[]", "null", '{"hidden_size": 32}'])
def test_a_broken_config(folder, text):
    (folder / "config.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    refused(folder, str(folder / "config.json"))


def test_a_reader_of_one_network_is_refused_and_not_read_wrongly(folder, change_weights):
    """What readers were before: the same names without the network before them."""
    change_weights(
        layers__0__up__weight=torch.zeros(64, 32), **{f"reading__layers__{n}__up__weight": None for n in range(3)}
    )
    refused(folder, str(folder / "model.safetensors"), "unexpected tensor layers.0.up.weight")


def test_another_model_type_is_named(folder, change_config):
    change_config(model_type="bert")
    refused(folder, str(folder / "config.json"), "model_type is 'bert', not 'dsa_reader'")


@pytest.mark.parametrize(
    "values",
    [
        {"hidden_size": "wide"},
        {"num_hidden_layers": None},
        {"vocab_size": -1},
        {"passage_tokens": 511},
        {"run_tokens": 64},
        {"run_tokens": 460},
        {"max_position_embeddings": 128},
        {"num_attention_heads": 5},
        {"index_num_attention_heads": 5},
        {"relative_attention_num_buckets": 0},
        {"relative_attention_num_buckets": 3},
        {"relative_attention_num_buckets": 512},
        # With a heading path and the longest question.
        {"passage_tokens": 482},
        {"run_tokens": 385},
    ],
    ids=str,
)
def test_a_config_with_values_that_make_no_reader(folder, change_config, values):
    change_config(**values)
    refused(folder, str(folder / "config.json"))


def test_missing_weights(folder):
    (folder / "model.safetensors").unlink()
    refused(folder, str(folder / "model.safetensors"))


@pytest.mark.parametrize("kept", [0, 4, 100, 5000, -1])
def test_truncated_weights(folder, kept):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:kept])
    refused(folder, str(path))


def test_a_missing_tensor(folder, change_weights):
    change_weights(indexer__key__weight=None)
    refused(folder, str(folder / "model.safetensors"), "indexer.key.weight", "missing")


def test_a_misshapen_tensor(folder, change_weights):
    change_weights(reading__span_head__weight=torch.zeros(3, 32))
    refused(folder, str(folder / "model.safetensors"), "reading.span_head.weight", "[3, 32]", "[2, 32]")


def test_an_unexpected_tensor(folder, change_weights):
    change_weights(pooler__weight=torch.zeros(2))
    refused(folder, str(folder / "model.safetensors"), "pooler.weight", "unexpected")


def test_more_layers_in_the_config_than_in_the_weights(folder, change_config):
    change_config(num_hidden_layers=4)
    refused(folder, str(folder / "model.safetensors"), "reading.layers.3.", "missing")
    change_config(num_hidden_layers=3, index_layers=3)
    refused(folder, str(folder / "model.safetensors"), "index.layers.2.", "missing")


@pytest.mark.parametrize("data", [None, b"", b"{}", b"\xff"], ids=str)
def test_a_broken_tokenizer(folder, data):
    path = folder / "tokenizer.json"
    path.unlink()
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(DsacliError, match=re.escape(str(path))):
        load_tokenizer(folder)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_the_fingerprint_changes_with_every_file(folder, name):
    before = fingerprint(folder)
    assert fingerprint(folder) == before
    path = folder / name
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert fingerprint(folder) != before


def test_loading_does_not_import_torchs_compiler():
    code = "import sys, dsacli.reader.loading as l; l.load_model(); sys.exit('torch._dynamo' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
