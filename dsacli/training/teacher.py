"""What the indexer is to imitate: the attention that the reader pays to each token.

DeepSeek-V3.2-Exp report, section 2.1.1: the main attention scores are summed over all heads and
L1-normalised over the sequence, p(t, ·), and the indexer minimises Σ_t KL(p(t, ·) ‖ softmax(I(t, ·))). In the sparse stage
both are taken over the selected tokens only.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from dsacli.reader.network import Reader
from dsacli.reader.rows import pad_rows, question_row


@torch.inference_mode()
def question_attention(
    reader: Reader, question: NDArray[np.int32], runs: Sequence[NDArray[np.int32]], layers: int
) -> torch.Tensor:
    """p(t, s) of every question token over the tokens of all runs, one after the other: [question tokens, tokens].

    Question and runs are one sequence (dense attention); summed over heads and over the last `layers` layers.
    """
    row = pad_rows([question_row(question, *runs)]).to(next(reader.parameters()).device)
    hidden = reader.embeddings(row.token_ids, row.positions, row.types)
    first = len(reader.layers) - layers
    total = torch.zeros(len(question), row.token_ids.shape[1], device=hidden.device)
    for number, layer in enumerate(reader.layers):
        if number >= first:
            heads = layer.attention.heads
            queries, keys, _ = (
                part[0].unflatten(-1, (heads, -1)).transpose(0, 1)
                for part in layer.attention.qkv(hidden).chunk(3, dim=-1)
            )
            scores = queries[:, 1 : 1 + len(question)] @ keys.transpose(-1, -2) * keys.shape[-1] ** -0.5
            total += torch.softmax(scores.float(), -1).sum(0)
        hidden = layer(hidden, None)
    total = total[:, row.in_run[0]]
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
