"""`dsacli models adapt`: an index adapter for a model of the user's, from the user's documents."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from dsacli.adapting.adapt import FEWEST_TEXTS, Adapted, adapt, adapt_weights
from dsacli.adapting.card import card
from dsacli.dsa.grouped import PREFILL_DENSE
from dsacli.engines.context import TokenizedDocument
from dsacli.engines.engine import Engine, Progress
from dsacli.engines.generative.engine import GenerativeEngine
from dsacli.errors import DsacliError
from dsacli.models.io.adapter_file import write_adapter
from dsacli.models.io.adapters import adapters_folder, card_of, file_name
from dsacli.models.io.names import names_of
from dsacli.models.llama import Llama

SEED = 1


@dataclass(frozen=True)
class KeptAdapter:
    """An adapter, where it and its card are kept."""

    path: Path
    card: Path
    adapted: Adapted


def adapt_engine(
    engine: Engine,
    documents: Iterable[TokenizedDocument],
    tokens: int,
    minutes: float,
    weights_minutes: float,
    progress: Progress,
) -> KeptAdapter:
    """Train indexers for an engine's model on texts of `tokens` tokens, then its weights; what there is before these is kept already.

    Raises DsacliError for a model that selects by indexers of its own, for too little text, and for a folder that can't be written.
    """
    if not isinstance(engine, GenerativeEngine) or not isinstance(engine.model.network, Llama):
        raise DsacliError("this model has lightning indexers of its own; there is nothing to adapt")
    model, network = engine.model, engine.model.network
    least, most = 2 * PREFILL_DENSE * network.config.index_topk, network.config.max_position_embeddings
    if not least <= tokens <= most:
        raise DsacliError(f"--tokens is {tokens:,}; for this model it is {least:,} to {most:,}")
    read = list(documents)
    ids = torch.from_numpy(np.concatenate([each.token_ids for each in read]).astype(np.int64))
    texts = list(ids.split(tokens))[: len(ids) // tokens]
    if len(texts) <= FEWEST_TEXTS:
        raise DsacliError(
            f"{len(ids):,} tokens are too few to adapt with: {FEWEST_TEXTS + 1} texts of {tokens:,} are the least "
            "(--tokens makes them shorter)"
        )
    texts = [text.to(model.device) for text in texts]
    name = names_of(model.folder)[0]
    path = adapters_folder() / file_name(name)
    what = f"{len(read)} documents" if len(read) > 1 else os.path.basename(read[0].document.name)

    def keep(adapted: Adapted) -> KeptAdapter:
        try:
            write_adapter(path, adapted.adapter, card(adapted, name, what, network.config.index_topk))
        except OSError as failure:
            raise DsacliError(f"{path}: {failure.strerror or failure}") from None
        return KeptAdapter(path, card_of(path), adapted)

    kept = keep(adapt(network, texts, SEED, 60 * minutes, progress))
    if weights_minutes:
        progress.note(f"the indexers are kept in {path}; now the weights")
        kept = keep(adapt_weights(network, kept.adapted, texts, SEED, 60 * weights_minutes, progress))
    return kept
