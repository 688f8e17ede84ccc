import pytest
import torch

from dsacli.reader.network import Reader, ReaderConfig

SMALL = ReaderConfig(
    vocab_size=200,
    hidden_size=32,
    intermediate_size=64,
    num_hidden_layers=3,
    num_attention_heads=4,
    max_position_embeddings=512,
    relative_attention_num_buckets=8,
    index_hidden_size=24,
    index_intermediate_size=48,
    index_layers=2,
    index_num_attention_heads=3,
    index_n_heads=3,
    index_head_dim=8,
    index_radius=2,
)


@pytest.fixture
def reader() -> Reader:
    """A small reader of random weights, float32, that is sure enough of itself to tell spans apart."""
    torch.manual_seed(0)
    reader = Reader(SMALL).eval().requires_grad_(False)
    reader.reading.span_head.weight.mul_(8)
    return reader


@pytest.fixture(autouse=True, scope="package")
def one_thread():
    """Tensors this small are slower on several threads, far slower on a busy machine."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
