import numpy as np
import torch
import torch.nn.functional as F

from dsacli.reader.rows import pad_rows, question_row

QUESTION, RUNS = np.arange(110, 115), [np.arange(120, 150), np.arange(150, 160)]


def naive_layer(layer, hidden: torch.Tensor) -> torch.Tensor:
    """One BERT layer over [tokens, hidden], head by head."""
    queries, keys, values = (hidden @ layer.attention.qkv.weight.T + layer.attention.qkv.bias).chunk(3, dim=-1)
    width = hidden.shape[-1] // layer.attention.heads
    heads = []
    for head in range(layer.attention.heads):
        part = slice(head * width, (head + 1) * width)
        weights = (queries[:, part] @ keys[:, part].T / width**0.5).softmax(-1)
        heads.append(weights @ values[:, part])
    attended = layer.attention_norm(hidden + layer.attention.out(torch.cat(heads, -1)))
    return layer.output_norm(attended + layer.down(F.gelu(layer.up(attended))))


def test_reading_pass_is_the_layers_one_after_the_other(reader):
    rows = pad_rows([question_row(QUESTION, *RUNS)])
    logits = reader.reading_pass(rows.token_ids, rows.positions, rows.types, rows.padding)
    hidden = reader.embeddings(rows.token_ids, rows.positions, rows.types)[0]
    for layer in reader.layers:
        hidden = naive_layer(layer, hidden)
    assert logits.shape == (1, rows.token_ids.shape[1], 2)
    torch.testing.assert_close(logits[0], reader.span_head(hidden), atol=1e-4, rtol=1e-4)


def test_lower_states_are_those_after_the_index_layers(reader):
    token_ids = torch.arange(110, 130)[None]
    types, positions = torch.ones_like(token_ids), torch.arange(20)[None]
    hidden = reader.embeddings(token_ids, positions, types)[0]
    for layer in reader.layers[: reader.config.index_layers]:
        hidden = naive_layer(layer, hidden)
    torch.testing.assert_close(reader.lower_states(token_ids, types, None)[0], hidden, atol=1e-4, rtol=1e-4)


def test_logits_are_float32_in_a_bfloat16_reader(reader):
    rows = pad_rows([question_row(QUESTION, RUNS[0])])
    inputs = rows.token_ids, rows.positions, rows.types, rows.padding
    exact = reader.reading_pass(*inputs)
    rounded = reader.to(torch.bfloat16).reading_pass(*inputs)
    assert rounded.dtype == torch.float32
    assert (rounded - exact).abs().max() < 0.1 * exact.abs().max()


def test_positions_and_types_are_read(reader):
    rows = pad_rows([question_row(QUESTION, RUNS[0])])
    logits = reader.reading_pass(rows.token_ids, rows.positions, rows.types, None)
    assert not torch.allclose(logits, reader.reading_pass(rows.token_ids, rows.positions + 1, rows.types, None))
    assert not torch.allclose(logits, reader.reading_pass(rows.token_ids, rows.positions, 1 - rows.types, None))
