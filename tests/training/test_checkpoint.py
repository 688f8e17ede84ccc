"""Checkpoints keep the names that files of readers have always had."""

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from dsacli.reader.network import Reader, ReaderConfig
from dsacli.training.checkpoint import load_checkpoint, load_parts, save_checkpoint
from dsacli.training.index import finding

CONFIG = ReaderConfig(
    vocab_size=50,
    hidden_size=16,
    intermediate_size=16,
    num_hidden_layers=1,
    num_attention_heads=2,
    index_hidden_size=8,
    index_intermediate_size=8,
    index_layers=1,
    index_num_attention_heads=2,
)


def stepped(model: nn.Module) -> torch.optim.Optimizer:
    """An optimizer that has moments to keep."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
    sum(value.square().sum() for value in model.parameters()).backward()
    optimizer.step()
    return optimizer


def test_a_checkpoint_holds_the_stored_names_and_comes_back(tmp_path):
    reader, path = Reader(CONFIG), tmp_path / "read.safetensors"
    optimizer = stepped(reader)
    save_checkpoint(path, reader, optimizer, 7)
    kept = {name.removeprefix("model.indexer.") for name in load_file(path) if "indexer" in name}
    assert kept == {"query.weight", "weight.weight", "key.weight", "key_norm.weight", "key_norm.bias"}
    other = Reader(CONFIG)
    again = torch.optim.AdamW(other.parameters(), lr=0.1)
    assert load_checkpoint(path, other, again) == 7
    assert all(torch.equal(value, other.state_dict()[name]) for name, value in reader.state_dict().items())
    for number, state in optimizer.state_dict()["state"].items():
        assert all(torch.equal(value, again.state_dict()["state"][number][name]) for name, value in state.items())


@pytest.mark.parametrize(
    "part", [lambda reader: nn.ModuleDict({"reading": reader.reading}), finding], ids=["read", "index"]
)
def test_what_a_stage_left_goes_into_a_reader_and_leaves_the_rest_as_it_is(tmp_path, part):
    trained, reader, path = Reader(CONFIG), Reader(CONFIG), tmp_path / "part.safetensors"
    save_checkpoint(path, part(trained), stepped(part(trained)), 3)
    before = {name: value.clone() for name, value in reader.state_dict().items()}
    load_parts(path, reader)
    names = {*part(trained).state_dict()}
    assert names and names < before.keys()
    for name, value in reader.state_dict().items():
        assert torch.equal(value, trained.state_dict()[name] if name in names else before[name]), name
