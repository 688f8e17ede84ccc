"""What is trained for a dense model so that it reads sparsely: an index adapter."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dsacli.dsa.key_indexer import KeyIndexer
from dsacli.models.low_rank import LowRank

# Of an attention, the layers that may have updates.
UPDATED = ("q_proj", "k_proj", "v_proj", "o_proj")


@dataclass(frozen=True)
class Adapter:
    """Indexers by the number of their layer, layers without one attending to all; updates of attention's linear layers, by the number of
    the layer and their name, for all of them or none; and a digest of the file they are from."""

    indexers: Mapping[int, KeyIndexer]
    updates: Mapping[tuple[int, str], LowRank] = field(default_factory=dict)
    digest: str = ""
