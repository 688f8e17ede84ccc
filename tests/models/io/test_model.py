"""Decoders' directories and GGUF files: what opens without its weights, and what each broken one says."""

import json
import sys
from types import ModuleType

import pytest
import torch

from dsacli.errors import DsacliError
from dsacli.models.io.model import open_decoder
from dsacli.models.io.tensors import load_tensors
from tests.models.io.gguf_files import tiny_model, write_model
from tests.models.released import DEEPSEEK_V32
from tests.models.tiny import SHAPES, edit_config

DEEPSEEK = "dsacli.models.deepseek_v32"


@pytest.fixture
def folder(tmp_path):
    """A configuration, and no weights."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"model_type": "deepseek_v32", "eos_token_id": 1, **SHAPES}))
    return folder


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model_type": "llama"}, "model_type is 'llama'; known are deepseek_v32, glm_moe_dsa"),
        ({"hidden_size": -1}, "hidden_size is -1, not a positive whole number"),
        ({"kv_lora_rank": "many"}, "kv_lora_rank is 'many', not a positive"),
        ({"hidden_act": "gelu"}, "hidden_act is 'gelu'"),
        ({"n_group": 3}, "do not fit together"),
        ({"num_experts_per_tok": 9}, "do not fit together"),
        ({"mlp_layer_types": ["dense"]}, "there are 4 layers"),
        ({"index_topk_pattern": "SFFF"}, "the index pattern 'SFFF'"),
        ({"rope_parameters": {"rope_type": "longrope", "rope_theta": 1e4}}, "rope type 'longrope'"),
        ({"quantization_config": {"quant_method": "awq"}}, "quantization 'awq'"),
    ],
)
def test_a_configuration_that_is_none_of_ours(folder, changes, said):
    edit_config(folder, **changes)
    with pytest.raises(DsacliError, match=f"config.json: .*{said}"):
        open_decoder(folder, DEEPSEEK, "cpu", torch.float32)


@pytest.mark.parametrize("text", ["", "[1]", "{", "\x00"])
def test_a_config_that_is_no_json_object(folder, text):
    (folder / "config.json").write_text(text)
    with pytest.raises(DsacliError, match="config.json: "):
        open_decoder(folder, DEEPSEEK, "cpu", torch.float32)


def test_a_directory_without_a_tokenizer_has_a_configuration_and_no_network(folder):
    (folder / "config.json").write_text(json.dumps(DEEPSEEK_V32))
    model = open_decoder(folder, DEEPSEEK, "cpu", torch.float32)
    assert model.config.max_position_embeddings == 163840 and not model.has_tokenizer
    with pytest.raises(DsacliError, match=f"{folder} has no tokenizer.json"):
        _ = model.network


@pytest.mark.parametrize(("said", "expected"), [(None, (1,)), (7, (7,)), ([7, 9], (7, 9))])
def test_the_tokens_that_end_are_those_of_the_generation_config_where_it_has_any(folder, said, expected):
    (folder / "generation_config.json").write_text(json.dumps({} if said is None else {"eos_token_id": said}))
    assert open_decoder(folder, DEEPSEEK, "cpu", torch.float32).config.eos_token_ids == expected


def test_special_tokens_are_taken_with_or_without_their_settings(folder):
    values = {"bos_token": {"content": "<s>", "lstrip": False}, "eos_token": "</s>", "chat_template": "{{ question }}"}
    (folder / "tokenizer_config.json").write_text(json.dumps(values))
    model = open_decoder(folder, DEEPSEEK, "cpu", torch.float32)
    assert model.special == {"bos_token": "<s>", "eos_token": "</s>"} and model.chat_template == "{{ question }}"


# ---- GGUF files ----


@pytest.fixture
def decoder(monkeypatch):
    """A decoder's module that keeps what it is given."""
    module = ModuleType("kept")
    module.parse_config = dict
    module.load = lambda tensors, config, dtype: Kept(tensors, config, dtype)
    monkeypatch.setitem(sys.modules, "kept", module)
    return "kept"


class Kept(tuple):
    """What a network was to be made of."""

    def __new__(cls, *given):
        return super().__new__(cls, given)

    def to(self, device):
        return self


def test_a_gguf_file_opens_as_a_directory_does(tmp_path, decoder):
    network = tiny_model("llama")
    write_model(network, tmp_path / "a.gguf")
    model = open_decoder(tmp_path / "a.gguf", decoder, "cpu", torch.float32)
    assert model.has_tokenizer and model.folder == tmp_path / "a.gguf" and model.config["hidden_size"] == 64
    assert model.special == {"bos_token": "<|endoftext|>", "eos_token": "<|im_end|>"}
    assert model.chat_template == "<|im_start|>{{ messages[0].content }}<|im_end|>"
    assert model.tokenizer.encode("hello<|im_end|>").tokens == ["hello", "<|im_end|>"]
    tensors, config, dtype = model.network
    assert config is model.config and dtype == torch.float32
    found = load_tensors(tensors, network.state_dict(), dtype)
    assert all(torch.equal(found[name], value) for name, value in network.state_dict().items())


def test_a_gguf_file_that_no_decoder_has_the_settings_of(tmp_path, decoder):
    write_model(tiny_model("llama"), tmp_path / "a.gguf")

    def refuse(values):
        raise ValueError("hidden_size is odd")

    sys.modules[decoder].parse_config = refuse
    with pytest.raises(DsacliError, match=f"^{tmp_path}/a.gguf: hidden_size is odd$"):
        open_decoder(tmp_path / "a.gguf", decoder, "cpu", torch.float32)


def test_a_gguf_file_without_a_vocabulary(tmp_path, decoder):
    write_model(tiny_model("llama"), tmp_path / "a.gguf", model="none")
    with pytest.raises(DsacliError, match=f"^{tmp_path}/a.gguf: tokenizer.ggml.model is 'none'"):
        open_decoder(tmp_path / "a.gguf", decoder, "cpu", torch.float32)


def test_a_directory_whose_name_ends_like_a_file_is_one(folder):
    named = folder.rename(folder.parent / "model.gguf")
    assert open_decoder(named, DEEPSEEK, "cpu", torch.float32).config.max_position_embeddings == 4096
