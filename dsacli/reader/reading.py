"""The reading pass: all layers over a question and the runs that it selected."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dsacli.reader.batches import batch_tokens, length_batches
from dsacli.reader.network import Reader
from dsacli.reader.rows import pad_rows, question_row
from dsacli.reader.runs import Run


@dataclass(frozen=True)
class RunLogits:
    """What the reading pass says of one run: start and end logits [tokens, 2], and its no-answer logit."""

    run: Run
    logits: NDArray[Any]
    no_answer: float


@torch.inference_mode()
def read_runs(reader: Reader, question: NDArray[np.int32], runs: Sequence[Run]) -> list[RunLogits]:
    """Read each run with the question on its own, in batches of similar length."""
    device = next(reader.parameters()).device
    read = []
    rows = [question_row(question, (run.tokens, run.path)) for run in runs]
    widths = [len(row.token_ids) for row in rows]
    order = sorted(range(len(runs)), key=widths.__getitem__)
    for batch in length_batches(order, widths, batch_tokens(device)):
        padded = pad_rows([rows[number] for number in batch]).to(device)
        logits = reader.reading(padded.token_ids, padded.positions, padded.padding).cpu().numpy()
        for place, number in enumerate(batch):
            spans = logits[place, : widths[number]][rows[number].in_run]
            read.append(RunLogits(runs[number], spans, float(logits[place, 0].sum())))
    return read


@torch.inference_mode()
def read_sequence(reader: Reader, question: NDArray[np.int32], runs: Sequence[Run]) -> list[RunLogits]:
    """Read question and all runs as ONE sequence, positions restarting in every run.

    With every token of the document in `runs` this is dense attention, k = L.
    """
    device = next(reader.parameters()).device
    rows = pad_rows([question_row(question, *((run.tokens, run.path) for run in runs))]).to(device)
    logits = reader.reading(rows.token_ids, rows.positions, rows.padding).cpu().numpy()[0]
    edges = np.cumsum([len(run.tokens) for run in runs])
    parts = np.split(logits[rows.in_run[0].cpu().numpy()], edges[:-1])
    return [RunLogits(run, part, float(logits[0].sum())) for run, part in zip(runs, parts)]
