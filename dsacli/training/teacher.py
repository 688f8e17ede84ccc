"""What the indexer is to imitate: the attention that the reader's joint layers pay to each token.

DeepSeek-V3.2-Exp report, section 2.1.1: the main attention scores are summed over all heads and
L1-normalised over the sequence, p(t, ·), and the indexer minimises Σ_t KL(p(t, ·) ‖ softmax(I(t, ·))). In the sparse stage
both are taken over the selected tokens only.
"""

from collections.abc import Sequence

import numpy as np
import torch

from dsacli.reader.network import Reader, together
from dsacli.reader.rows import pad_rows, question_row


@torch.inference_mode()
def question_attention(reader: Reader, question: np.ndarray, runs: Sequence[np.ndarray]) -> torch.Tensor:
    """p(t, s) of every question token over the tokens of all runs, one after the other: [question tokens, tokens].

    Summed over heads, over the joint layers, and over the copies of the question that stand before each run. Raises
    ValueError for a reader that reads runs apart: its attention can't tell one run from another.
    """
    if not reader.config.joint_layers:
        raise ValueError("a reader without joint layers has no attention over all runs")
    device = next(reader.parameters()).device
    rows = pad_rows([question_row(question, run) for run in runs]).to(device)
    hidden = reader.local_states(rows.token_ids, rows.types, rows.padding).flatten(0, 1)[None]
    count, width = rows.token_ids.shape
    padding = torch.zeros(1, count * width, dtype=torch.bool, device=device)
    if rows.padding is not None:
        padding = rows.padding.flatten()[None]
    side = together(list(range(0, count * width + 1, width)), padding)
    asking = slice(1, 1 + len(question))
    total = torch.zeros(len(question), count * width, device=device)
    for layer in reader.layers[reader.config.num_hidden_layers - reader.config.joint_layers :]:
        heads = layer.attention.heads
        queries, keys, _ = (
            part[0].unflatten(-1, (heads, -1)).transpose(0, 1) for part in layer.attention.qkv(hidden).chunk(3, dim=-1)
        )
        for low, bias in zip(side.edges, side.bias):
            scores = queries[:, low : low + width][:, asking] @ keys.transpose(-1, -2) * keys.shape[-1] ** -0.5
            total += torch.softmax((scores + bias).float(), -1).sum(0)
        hidden = layer(hidden, None, side)
    total = total[:, rows.in_run.flatten()]
    return total / total.sum(-1, keepdim=True)


def imitation_loss(
    attention: torch.Tensor, index_scores: torch.Tensor, selected: torch.Tensor | None = None
) -> torch.Tensor:
    """KL(p ‖ softmax(I)), mean over question tokens; over `selected` tokens only in the sparse stage.

    attention, index_scores: [question tokens, tokens]; selected: [k] token indices
    """
    if selected is not None:
        attention, index_scores = attention[:, selected], index_scores[:, selected]
        attention = attention / attention.sum(-1, keepdim=True).clamp(min=1e-9)
    return torch.nn.functional.kl_div(torch.log_softmax(index_scores, -1), attention, reduction="batchmean")
