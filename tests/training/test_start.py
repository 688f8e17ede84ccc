"""What training starts from computes what the pretrained encoders do, on small ones of random weights."""

import pytest
import torch
from safetensors.torch import save_file

from dsacli.reader.network import Reader, ReaderConfig
from dsacli.reader.rows import CLS, PAD, SEP
from dsacli.training import start
from dsacli.training.start import MPNET_WORDS, pretrained_reader

transformers = pytest.importorskip("transformers")
CONFIG = ReaderConfig(
    vocab_size=300,
    hidden_size=32,
    intermediate_size=64,
    num_hidden_layers=3,
    num_attention_heads=4,
    index_hidden_size=24,
    index_intermediate_size=48,
    index_layers=2,
    index_num_attention_heads=3,
)
# Longer than the furthest bucket of a relative position.
TOKENS = torch.tensor([[CLS, *range(110, 300), SEP, *range(120, 150), SEP], [CLS, *range(150, 200), SEP, *[PAD] * 171]])
PADDING = TOKENS == PAD


def random_weights(model):
    """Weights of a size that no part disappears beside another."""
    for value in model.parameters():
        torch.nn.init.normal_(value, std=0.3)
    return model.eval().requires_grad_(False)


@pytest.fixture
def mpnet():
    torch.manual_seed(1)
    config = transformers.MPNetConfig(
        vocab_size=CONFIG.vocab_size + MPNET_WORDS + 1,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=4,
        num_attention_heads=4,
        max_position_embeddings=514,
        layer_norm_eps=1e-5,
    )
    return random_weights(transformers.MPNetModel(config, add_pooling_layer=False))


@pytest.fixture
def minilm():
    torch.manual_seed(2)
    config = transformers.BertConfig(
        vocab_size=CONFIG.vocab_size,
        hidden_size=24,
        intermediate_size=48,
        num_hidden_layers=4,
        num_attention_heads=3,
        max_position_embeddings=512,
    )
    return random_weights(transformers.BertModel(config, add_pooling_layer=False))


@pytest.fixture
def reader(mpnet, minilm, tmp_path, monkeypatch) -> Reader:
    """With a span head that shows the first two numbers of a state."""
    monkeypatch.setattr(
        start, "mpnet_weights", lambda: {f"mpnet.{n}": value for n, value in mpnet.state_dict().items()}
    )
    save_file(minilm.state_dict(), tmp_path / "model.safetensors")
    monkeypatch.setattr(start, "minilm_folder", lambda: tmp_path)
    reader = pretrained_reader(CONFIG, 1).eval().requires_grad_(False)
    reader.reading.span_head.weight.copy_(torch.eye(32)[:2])
    reader.reading.span_head.bias.zero_()
    return reader


def test_the_reading_network_is_mpnet(reader, mpnet):
    mpnet.encoder.layer = mpnet.encoder.layer[: CONFIG.num_hidden_layers]
    ids = TOKENS + MPNET_WORDS
    for ours, theirs in ((CLS, 0), (PAD, 1), (SEP, 2)):
        ids[ours == TOKENS] = theirs
    expected = mpnet(ids, attention_mask=(~PADDING).long()).last_hidden_state[..., :2]
    found = reader.reading(TOKENS, torch.arange(TOKENS.shape[1]).expand(2, -1), PADDING)
    torch.testing.assert_close(found[~PADDING], expected[~PADDING], atol=1e-4, rtol=1e-4)


def test_the_index_network_is_the_lowest_layers_of_minilm(reader, minilm):
    types = (torch.arange(TOKENS.shape[1]) > 40).long().expand(2, -1)
    minilm.encoder.layer = minilm.encoder.layer[: CONFIG.index_layers]
    expected = minilm(TOKENS, attention_mask=(~PADDING).long(), token_type_ids=types).last_hidden_state
    found = reader.index(TOKENS, types, PADDING)
    torch.testing.assert_close(found[~PADDING], expected[~PADDING], atol=1e-4, rtol=1e-4)
