"""Passages to index keys, questions to index queries: the network under the lightning indexer."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from dsacli.dsa.dtype import fastest_dtype
from dsacli.reader.batches import batch_tokens, length_batches
from dsacli.reader.network import Reader
from dsacli.reader.rows import Row, pad_rows, passage_row


def encode_passages(
    reader: Reader,
    passages: Sequence[NDArray[np.int32]],
    paths: Sequence[NDArray[np.int32]] = (),
    on_tokens: Callable[[int], None] | None = None,
) -> torch.Tensor:
    """Index keys of passages, one after the other: [tokens, index_head_dim], bfloat16, on the CPU.

    paths: the heading path of each passage, or none at all

    `on_tokens` is called with the number of tokens of each batch that is done.
    """

    def project(hidden: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return (reader.indexer.keys(hidden).to(torch.bfloat16),)

    rows = (
        [passage_row(p, 1, path) for p, path in zip(passages, paths)]
        if paths
        else [passage_row(p, 1) for p in passages]
    )
    return _index_pass(reader, rows, project, on_tokens)[0]


def index_queries(
    reader: Reader, passages: Sequence[NDArray[np.int32]], type_id: int = 0
) -> tuple[torch.Tensor, torch.Tensor]:
    """Index queries and weights of a question's tokens (type 0), or of passages' (type 1).

    returns: [tokens, index_n_heads, index_head_dim] and [tokens, index_n_heads], in the dtype that the
    CPU, which scans the keys, is fastest with
    """
    rows = [passage_row(tokens, type_id) for tokens in passages]
    queries, weights = _index_pass(reader, rows, reader.indexer.queries)
    return queries.to(fastest_dtype("cpu")), weights.to(fastest_dtype("cpu"))


@torch.inference_mode()
def _index_pass(
    reader: Reader,
    rows: Sequence[Row],
    project: Callable[[torch.Tensor], tuple[torch.Tensor, ...]],
    on_tokens: Callable[[int], None] | None = None,
) -> list[torch.Tensor]:
    device = next(reader.parameters()).device
    widths, lengths = [len(row.token_ids) for row in rows], [int(row.in_run.sum()) for row in rows]
    order = sorted(range(len(rows)), key=widths.__getitem__)
    edges = np.cumsum([0, *lengths]).tolist()
    # One tensor from the start: kept batches among those given back leave holes that no later, larger one fits.
    found: list[torch.Tensor] = []
    for batch in length_batches(order, widths, batch_tokens(device)):
        padded = pad_rows([rows[number] for number in batch]).to(device)
        outputs = project(reader.index(padded.token_ids, padded.types, padded.padding))
        outputs = tuple(output.cpu() for output in outputs)
        found = found or [output.new_empty(edges[-1], *output.shape[2:]) for output in outputs]
        for whole, output in zip(found, outputs):
            for row, number in zip(output, batch):
                # The tokens stand behind the heading path, before the last special token.
                whole[edges[number] : edges[number + 1]] = row[
                    widths[number] - 1 - lengths[number] : widths[number] - 1
                ]
        if on_tokens:
            on_tokens(sum(lengths[number] for number in batch))
    return found
