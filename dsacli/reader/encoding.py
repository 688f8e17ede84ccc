"""Passages to index keys, questions to index queries: the layers under the lightning indexer."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from dsacli.dsa.dtype import fastest_dtype
from dsacli.reader.batches import batch_tokens, length_batches
from dsacli.reader.network import Reader
from dsacli.reader.rows import pad_rows, passage_row


def encode_passages(
    reader: Reader,
    passages: Sequence[NDArray[np.int32]],
    type_id: int = 1,
    on_tokens: Callable[[int], None] | None = None,
) -> torch.Tensor:
    """Index keys of passages, one after the other: [tokens, index_head_dim], bfloat16, on the CPU.

    `on_tokens` is called with the number of tokens of each batch that is done.
    """

    def project(hidden: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return (reader.indexer.keys(hidden).to(torch.bfloat16),)

    return _lower_pass(reader, passages, type_id, project, on_tokens)[0]


def index_queries(
    reader: Reader, passages: Sequence[NDArray[np.int32]], type_id: int = 0
) -> tuple[torch.Tensor, torch.Tensor]:
    """Index queries and weights of a question's tokens (type 0), or of passages' (type 1).

    returns: [tokens, index_n_heads, index_head_dim] and [tokens, index_n_heads], in the dtype that the
    CPU, which scans the keys, is fastest with
    """
    queries, weights = _lower_pass(reader, passages, type_id, reader.indexer.queries)
    return queries.to(fastest_dtype("cpu")), weights.to(fastest_dtype("cpu"))


@torch.inference_mode()
def _lower_pass(
    reader: Reader,
    passages: Sequence[NDArray[np.int32]],
    type_id: int,
    project: Callable[[torch.Tensor], tuple[torch.Tensor, ...]],
    on_tokens: Callable[[int], None] | None = None,
) -> list[torch.Tensor]:
    device = next(reader.parameters()).device
    order = sorted(range(len(passages)), key=lambda number: len(passages[number]))
    edges = np.cumsum([0, *map(len, passages)]).tolist()
    # One tensor from the start: kept batches among those given back leave holes that no later, larger one fits.
    found: list[torch.Tensor] = []
    for batch in length_batches(order, [len(p) + 2 for p in passages], batch_tokens(device)):
        rows = pad_rows([passage_row(passages[number], type_id) for number in batch]).to(device)
        outputs = project(reader.lower_states(rows.token_ids, rows.types, rows.padding))
        outputs = tuple(output.cpu() for output in outputs)
        found = found or [output.new_empty(edges[-1], *output.shape[2:]) for output in outputs]
        for whole, output in zip(found, outputs):
            for row, number in zip(output, batch):
                whole[edges[number] : edges[number + 1]] = row[1 : len(passages[number]) + 1]
        if on_tokens:
            on_tokens(sum(len(passages[number]) for number in batch))
    return found
