"""Decoders' directories: what opens without its weights, and what each broken one says."""

import json

import pytest
import torch

from dsacli.errors import DsacliError
from dsacli.models.io.model import open_decoder
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
        ({"rope_parameters": {"rope_type": "llama3", "rope_theta": 1e4}}, "rope type 'llama3'"),
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
