"""Text as a model's tokens, each with the characters that it stands for."""

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from dsacli.documents import Document
from dsacli.engines.context import TokenizedDocument

TOKENIZER_PIECE = 20_000


def tokenise_document(
    document: Document, tokenizer: Tokenizer, sentences: NDArray[np.int32] | None = None
) -> TokenizedDocument:
    """A document as tokens. What it says is text, also where it looks like a special token of the model.

    sentences: int32 [sentences, 2], characters, where they are known; None for the document's own
    """
    if sentences is None:
        sentences = np.array(document.sentences(), np.int32).reshape(-1, 2)
    before = tokenizer.encode_special_tokens
    tokenizer.encode_special_tokens = True
    try:
        ids, starts, ends = tokenise(document.text, sentences, tokenizer)
    finally:
        tokenizer.encode_special_tokens = before
    return TokenizedDocument(document, ids, starts, ends, sentences)


def tokenise(text: str, sentences: NDArray[np.int32], tokenizer: Tokenizer) -> tuple[NDArray[np.int32], ...]:
    """Token ids and the characters each stands for: three int32 arrays [tokens].

    The text is cut before sentences into pieces that the tokenizer works on in parallel; words never
    cross such a cut, so the tokens are those of the whole text.
    """
    cuts, last = [0], 0
    for start in sentences[:, 0].tolist():
        if start - last >= TOKENIZER_PIECE:
            cuts.append(start)
            last = start
    cuts.append(len(text))
    pieces = [text[low:high] for low, high in zip(cuts, cuts[1:])]
    ids, offsets = [], []
    for low, encoding in zip(cuts, tokenizer.encode_batch(pieces, add_special_tokens=False)):
        ids.append(np.array(encoding.ids, np.int32))
        offsets.append(np.array(encoding.offsets, np.int32).reshape(-1, 2) + low)
    places = np.concatenate(offsets)
    return np.concatenate(ids), places[:, 0].copy(), places[:, 1].copy()
