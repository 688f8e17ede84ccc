"""Checkpoints keep the names that files of readers have always had."""

import torch
from safetensors.torch import load_file

from dsacli.reader.network import Reader, ReaderConfig
from dsacli.training.checkpoint import load_checkpoint, save_checkpoint

CONFIG = ReaderConfig(
    vocab_size=50, hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, index_layers=1
)


def test_a_checkpoint_holds_the_stored_names_and_comes_back(tmp_path):
    reader, path = Reader(CONFIG), tmp_path / "read.safetensors"
    save_checkpoint(path, reader, torch.optim.AdamW(reader.parameters()), 7)
    kept = {name.removeprefix("model.indexer.") for name in load_file(path) if "indexer" in name}
    assert kept == {"query.weight", "weight.weight", "key.weight", "key_norm.weight", "key_norm.bias"}
    other = Reader(CONFIG)
    assert load_checkpoint(path, other) == 7
    assert all(torch.equal(value, other.state_dict()[name]) for name, value in reader.state_dict().items())
