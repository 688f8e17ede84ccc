"""Which form of answer a question wants, as the reader understands it."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from dsacli.reader.batches import batch_tokens, length_batches
from dsacli.reader.network import Reader
from dsacli.reader.rows import pad_rows, passage_row
from dsacli.reader.wants import WANTS, Want


@torch.inference_mode()
def question_states(reader: Reader, questions: Sequence[NDArray[np.int32]]) -> torch.Tensor:
    """What the reading network makes of questions by themselves: the mean state of the tokens of each, then that of the special
    token before them: float32 [questions, 2 * hidden_size]."""
    device, found = next(reader.parameters()).device, torch.empty(len(questions), 2 * reader.config.hidden_size)
    lengths = [len(tokens) for tokens in questions]
    for batch in length_batches(sorted(range(len(questions)), key=lengths.__getitem__), lengths, batch_tokens(device)):
        rows = pad_rows([passage_row(questions[number], 0) for number in batch]).to(device)
        positions = torch.arange(rows.token_ids.shape[1], device=device)
        states = reader.reading.states(rows.token_ids, positions, rows.padding).float()
        inside = rows.in_run[..., None]
        means = (states * inside).sum(1) / inside.sum(1)
        found[batch] = torch.cat([means, states[:, 0]], dim=1).cpu()
    return found


def wants_of(reader: Reader, questions: Sequence[NDArray[np.int32]]) -> list[tuple[Want, ...]]:
    """The forms that each question may want, the likeliest first; a question has a token at least and as many as a reading pass
    takes at most."""
    if not questions:
        return []
    parameter = next(reader.want.parameters())
    logits = reader.want(question_states(reader, questions).to(parameter.device, parameter.dtype))
    return [tuple(WANTS[number] for number in row) for row in logits.argsort(-1, descending=True).tolist()]
