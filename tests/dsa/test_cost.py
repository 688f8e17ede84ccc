"""The meter against PyTorch's own counter and against the closed forms, on runs that really happen."""

import numpy as np
import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from dsacli.dsa.attention import CoreAttention
from dsacli.dsa.cost import CostMeter, EncoderShape, ReaderShape
from dsacli.dsa.selection import merge_runs
from dsacli.engines.extractive.account import shape_of
from dsacli.reader.encoding import encode_passages, index_queries
from dsacli.reader.lexical import Words
from dsacli.reader.network import Reader, ReaderConfig
from dsacli.reader.reading import read_runs, read_sequence
from dsacli.reader.runs import Run, select

CONFIG = ReaderConfig(
    vocab_size=200,
    hidden_size=64,
    intermediate_size=160,
    num_hidden_layers=3,
    num_attention_heads=4,
    max_position_embeddings=2048,
    relative_attention_num_buckets=8,
    index_hidden_size=48,
    index_intermediate_size=96,
    index_layers=2,
    index_num_attention_heads=3,
    index_n_heads=4,
    index_head_dim=16,
    index_radius=4,
)


def make_reader(config: ReaderConfig = CONFIG) -> Reader:
    torch.manual_seed(0)
    return Reader(config).eval()


SHAPE = ReaderShape(EncoderShape(2, 48, 96), EncoderShape(3, 64, 160), index_n_heads=4, index_head_dim=16)


def test_the_shape_of_a_reader_is_that_of_its_config(reader):
    assert shape_of(reader) == SHAPE


@pytest.fixture
def reader() -> Reader:
    return make_reader()


def tokens(count: int) -> np.ndarray:
    return np.random.default_rng(count).integers(103, 200, count)


def assert_counted_alike(reader: Reader, work) -> CostMeter:
    """Run `work` under both counters: the meter's total is PyTorch's within 1 %."""
    meter = CostMeter()
    # FlopCounterMode knows no formula for the CPU's fused attention kernel (it would count nothing); the
    # math backend does the same products as two bmm, which it counts.
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter, meter.watch(reader):
        work()
    assert meter.total == pytest.approx(counter.get_total_flops(), rel=0.01)
    return meter


def test_reading_pass(reader):
    token_ids = torch.from_numpy(tokens(2 * 300)).reshape(2, 300)
    padding = torch.arange(300)[None] >= torch.tensor([[300], [200]])
    positions = torch.arange(300).expand(2, 300)
    meter = assert_counted_alike(reader, lambda: reader.reading(token_ids, positions, padding))
    assert meter.flops["attention"] == 2 * 3 * 4 * 300 * 300 * 64
    assert meter.flops["linear"] == 2 * 3 * 2 * 300 * (4 * 64**2 + 2 * 64 * 160) + 2 * 2 * 300 * 64 * 2
    assert meter.flops["index"] == 0


def test_long_inputs_in_blocks_cost_the_same(reader, monkeypatch):
    token_ids, positions = torch.from_numpy(tokens(300))[None], torch.arange(300)[None]
    monkeypatch.setattr("dsacli.reader.layers.BLOCK_QUERIES", 64)
    meter = assert_counted_alike(reader, lambda: reader.reading(token_ids, positions, None))
    assert meter.flops["attention"] == 3 * 4 * 300 * 300 * 64


def test_index_network_and_indexer(reader):
    token_ids = torch.from_numpy(tokens(300))[None]

    def work():
        hidden = reader.index(token_ids, torch.ones_like(token_ids), None)
        queries, weights = reader.indexer.queries(hidden)
        reader.indexer.scores(queries, weights, reader.indexer.keys(hidden))

    meter = assert_counted_alike(reader, work)
    assert meter.flops["index"] == 2 * 300 * 300 * 4 * (16 + 1)
    linear = 2 * 2 * 300 * (4 * 48**2 + 2 * 48 * 96) + 2 * 300 * 48 * (4 * 16 + 4 + 16)
    assert meter.flops["linear"] == linear and meter.flops["attention"] == 2 * 4 * 300 * 300 * 48


ASKED = np.array([1, 2, 3], np.uint64)


def words(passages: int, length: int) -> Words:
    """Three words that each stand in every passage."""
    edges = np.linspace(0, length, passages + 1).astype(np.int64)
    return Words(
        np.repeat(ASKED, passages),
        np.tile(np.arange(passages), 3),
        torch.full((passages,), 3.0),
        torch.from_numpy(edges),
    )


def query(reader: Reader, keys: torch.Tensor, document: np.ndarray, question: np.ndarray, index_topk: int):
    queries, passages = index_queries(reader, [question]), words(20, len(document))
    (selection,) = select(reader, [queries], [ASKED], keys, passages, index_topk)
    runs = [Run(first, document[first:last]) for first, last in merge_runs(selection.tokens.numpy())]
    read_runs(reader, question, runs)
    return runs


def test_selection_and_reading_of_a_whole_query(reader):
    document, question = tokens(3000), tokens(9)
    keys = encode_passages(reader, np.split(document, 20))
    meter = assert_counted_alike(reader, lambda: query(reader, keys, document, question, 200))
    assert meter.flops["index"] == 2 * 9 * 3000 * 4 * (16 + 1) + 2 * 3 * 20
    assert min(meter.flops.values()) > 0


def test_document_pass(reader):
    assert_counted_alike(reader, lambda: encode_passages(reader, [tokens(100), tokens(256), tokens(37)]))


def test_dense_closed_form_is_what_a_dense_run_executes(reader):
    meter = CostMeter()
    with meter.watch(reader):
        read_sequence(reader, tokens(10), [Run(0, tokens(1200))])
    assert SHAPE.dense_flops(12, 1200) == pytest.approx(meter.total, rel=0.01)


@pytest.mark.parametrize("length, index_topk, runs", [(500, 100, 4), (3000, 200, 5), (3000, 1500, 10), (400, 1000, 1)])
def test_the_estimate_of_a_query_is_within_a_tenth_of_one_with_even_runs(length, index_topk, runs):
    reader, document, question = make_reader(CONFIG), tokens(length), tokens(12)
    keys = encode_passages(reader, np.array_split(document, length // 100))
    meter = CostMeter()
    with meter.watch(reader):
        (selection,) = select(reader, [index_queries(reader, [question])], [ASKED], keys, words(20, length), index_topk)
        pieces = np.split(document[selection.tokens.numpy()], runs)
        read_runs(reader, question, [Run(0, piece) for piece in pieces])
    estimate = SHAPE.query_flops(14, length, index_topk, runs)
    assert meter.total / 1.1 < estimate < 1.1 * meter.total


@pytest.mark.parametrize("length, index_topk", [(500, 100), (3000, 200), (3000, 1500)])
def test_the_estimate_of_a_query_is_within_a_factor_of_two_with_the_runs_as_selected(reader, length, index_topk):
    document, question = tokens(length), tokens(12)
    keys = encode_passages(reader, np.array_split(document, length // 100))
    meter = CostMeter()
    with meter.watch(reader):
        runs = query(reader, keys, document, question, index_topk)
    estimate = SHAPE.query_flops(14, length, index_topk, len(runs))
    assert meter.total / 2 < estimate < 2 * meter.total


def test_dense_memory_is_the_size_of_the_keys_and_values_that_a_dense_run_keeps(reader):
    kept = []
    for module in reader.modules():
        if isinstance(module, CoreAttention):
            module.register_forward_hook(lambda module, inputs, output: kept.extend(inputs[1:3]))
    read_sequence(reader, tokens(7), [Run(0, tokens(90))])
    assert SHAPE.dense_memory(7 + 90 + 3, 4) == sum(t.numel() * t.element_size() for t in kept)


def test_sparse_memory_is_the_index_keys_and_what_was_read(reader):
    keys, shape = encode_passages(reader, [tokens(200)]), SHAPE
    assert shape.sparse_memory(200, 0, 2) == keys.numel() * keys.element_size()
    assert shape.sparse_memory(200, 50, 2) - shape.sparse_memory(200, 0, 2) == shape.dense_memory(50, 2)


def test_two_watches_of_one_meter_add_up_and_nothing_outside_counts(reader):
    meter = CostMeter()
    with meter.watch(reader):
        read_runs(reader, tokens(5), [Run(0, tokens(50))])
    once = meter.total
    read_runs(reader, tokens(5), [Run(0, tokens(50))])
    assert meter.total == once > 0
    with meter.watch(reader):
        read_runs(reader, tokens(5), [Run(0, tokens(50))])
    assert meter.total == 2 * once


def test_an_exception_inside_leaves_no_hook_behind(reader):
    meter = CostMeter()
    with pytest.raises(RuntimeError, match="inside"), meter.watch(reader):
        read_runs(reader, tokens(5), [Run(0, tokens(50))])
        raise RuntimeError("inside")
    counted = meter.total
    assert counted > 0
    assert not any(module._forward_hooks for module in reader.modules())
    read_runs(reader, tokens(5), [Run(0, tokens(50))])
    assert meter.total == counted
