import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from dsacli.reader import layers
from dsacli.reader.layers import FURTHEST, RelativePositions
from dsacli.reader.rows import NO_TOKENS, pad_rows, question_row

QUESTION, RUNS = np.arange(110, 115), [(np.arange(120, 150), NO_TOKENS), (np.arange(150, 160), NO_TOKENS)]


def naive_layer(layer, hidden: torch.Tensor, bias: torch.Tensor | None = None) -> torch.Tensor:
    """One post-norm layer over [tokens, hidden], head by head; `bias` [heads, tokens, tokens] is added to the scores."""
    queries, keys, values = (hidden @ layer.attention.qkv.weight.T + layer.attention.qkv.bias).chunk(3, dim=-1)
    width = hidden.shape[-1] // layer.attention.heads
    heads = []
    for head in range(layer.attention.heads):
        part = slice(head * width, (head + 1) * width)
        scores = queries[:, part] @ keys[:, part].T / width**0.5
        heads.append((scores if bias is None else scores + bias[head]).softmax(-1) @ values[:, part])
    attended = layer.attention_norm(hidden + layer.attention.out(torch.cat(heads, -1)))
    return layer.output_norm(attended + layer.down(F.gelu(layer.up(attended))))


def bucket(distance: int, buckets: int, furthest: int = 128) -> int:
    """MPNet's and T5's bucket of a relative position (entry - query), bidirectional, as their papers' code has it."""
    half = buckets // 2
    found = half if distance > 0 else 0
    size, near = abs(distance), half // 2
    if size < near:
        return found + size
    return found + min(half - 1, near + int(math.log(size / near) / math.log(furthest / near) * (half - near)))


def naive_reading(reader, token_ids: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
    """Logits of one input, [tokens] to [tokens, 2]."""
    reading, tokens = reader.reading, range(len(token_ids))
    numbers = [
        [bucket(entry - query, reader.config.relative_attention_num_buckets) for entry in tokens] for query in tokens
    ]
    bias = reading.relative.bias.weight[torch.tensor(numbers)].permute(2, 0, 1)
    states = reading.embeddings.word.weight[token_ids] + reading.embeddings.position.weight[positions]
    hidden = reading.embeddings.norm(states)
    for layer in reading.layers:
        hidden = naive_layer(layer, hidden, bias)
    return reading.span_head(hidden)


@pytest.fixture
def reader(reader):
    """With relative positions that weigh as much as what tokens say."""
    reader.reading.relative.bias.weight.normal_(std=1.5)
    return reader


def test_the_reading_network_is_its_layers_with_relative_positions_in_every_head(reader):
    row = question_row(QUESTION, *RUNS)
    padded = pad_rows([row])
    logits = reader.reading(padded.token_ids, padded.positions, padded.padding)
    expected = naive_reading(reader, *(torch.from_numpy(part) for part in (row.token_ids, row.positions)))
    assert logits.shape == (1, len(row.token_ids), 2)
    torch.testing.assert_close(logits[0], expected, atol=1e-4, rtol=1e-4)


def test_what_fills_up_a_batch_is_not_read(reader):
    rows = [question_row(QUESTION, RUNS[1]), question_row(QUESTION, RUNS[0])]
    padded = pad_rows(rows)
    assert padded.padding is not None
    logits = reader.reading(padded.token_ids, padded.positions, padded.padding)
    hidden = reader.index(padded.token_ids, padded.types, padded.padding)
    for number, row in enumerate(rows):
        alone = pad_rows([row])
        length = len(row.token_ids)
        torch.testing.assert_close(
            logits[number, :length], reader.reading(alone.token_ids, alone.positions, None)[0], atol=1e-4, rtol=1e-4
        )
        torch.testing.assert_close(
            hidden[number, :length], reader.index(alone.token_ids, alone.types, None)[0], atol=1e-4, rtol=1e-4
        )


@pytest.mark.parametrize("length", [33, 40, 47, 48])
@pytest.mark.parametrize("padded", [False, True])
def test_queries_of_a_long_input_in_blocks_are_those_of_one_block(reader, monkeypatch, length, padded):
    token_ids, positions = torch.randint(103, 200, (2, length)), torch.arange(length).expand(2, -1)
    padding = torch.arange(length)[None] >= torch.tensor([[length], [20]]) if padded else None
    whole = reader.reading(token_ids, positions, padding)
    monkeypatch.setattr(layers, "BLOCK_QUERIES", 16)
    blocks, seen = reader.reading(token_ids, positions, padding), []
    real = RelativePositions.forward
    monkeypatch.setattr(RelativePositions, "forward", lambda *args: (seen.append(args[1:]), real(*args))[1])
    reader.reading(token_ids, positions, padding)
    assert max(last - first for first, last, _ in seen) == 16
    kept = slice(None) if padding is None else ~padding
    torch.testing.assert_close(blocks[kept], whole[kept], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("buckets", [8, 32, 33])
def test_buckets_of_distances_are_mpnets(buckets):
    distances = torch.arange(-600, 601)
    found = RelativePositions(buckets, 1).bucket(distances).tolist()
    assert found == [bucket(distance, buckets, FURTHEST) for distance in distances.tolist()]
    assert found[600:603] == [0, buckets // 2 + 1, buckets // 2 + 2] and found[0] == buckets // 2 - 1


def test_the_buckets_of_32_are_those_of_transformers():
    mpnet = pytest.importorskip("transformers.models.mpnet.modeling_mpnet")
    distances = torch.arange(-300, 301)
    theirs = mpnet.MPNetEncoder.relative_position_bucket(distances, num_buckets=32, max_distance=128)
    assert torch.equal(RelativePositions(32, 1).bucket(distances), theirs)


def test_the_index_network_is_its_layers_with_positions_and_types(reader):
    token_ids, types = torch.arange(110, 130)[None], torch.arange(20)[None] // 10
    network = reader.index
    states = network.embeddings.word.weight[token_ids[0]] + network.embeddings.position.weight[:20]
    hidden = network.embeddings.norm(states + network.embeddings.segment.weight[types[0]])
    for layer in network.layers:
        hidden = naive_layer(layer, hidden)
    torch.testing.assert_close(network(token_ids, types, None)[0], hidden, atol=1e-4, rtol=1e-4)
    assert not torch.allclose(network(token_ids, 1 - types, None)[0], hidden)


def test_logits_are_float32_in_a_bfloat16_reader(reader):
    rows = pad_rows([question_row(QUESTION, RUNS[0]), question_row(QUESTION, RUNS[1])])
    exact = reader.reading(rows.token_ids, rows.positions, rows.padding)
    rounded = reader.to(torch.bfloat16).reading(rows.token_ids, rows.positions, rows.padding)
    assert rounded.dtype == torch.float32
    read = ~rows.padding
    assert (rounded - exact)[read].abs().max() < 0.1 * exact[read].abs().max()


def test_positions_that_restart_are_read(reader):
    rows = pad_rows([question_row(QUESTION, RUNS[0])])
    logits = reader.reading(rows.token_ids, rows.positions, None)
    assert not torch.allclose(logits, reader.reading(rows.token_ids, rows.positions + 1, None))
