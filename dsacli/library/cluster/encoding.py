"""Document passes by the machines of a cluster, as a stream of Ray Data: each worker reads and encodes for itself.

Ray begins anew what a lost worker was at. A file that ends whoever reads it would be begun for ever, so that tries are counted.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from dsacli.errors import DsacliError
from dsacli.library.cluster.connection import Cluster
from dsacli.library.encoding import Encode, Encoding, encoded
from dsacli.library.found import Found
from dsacli.reader.loading import load_model

TRIES = 3


class Tries:
    """How often each document was begun, by its number: one process for all workers."""

    def __init__(self) -> None:
        self.count = Counter[int]()

    def begin(self, number: int) -> int:
        """Which try this is, from 1."""
        self.count[number] += 1
        return self.count[number]


class Encoder:
    """A worker's reader."""

    def __init__(self, tries: Any):
        self.model, self.tries = load_model(), tries

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """A document, encoded, or what kept it from being read."""
        import ray

        number, found = row["number"], row["found"]
        try:
            if ray.get(self.tries.begin.remote(number)) > TRIES:
                raise DsacliError(f"{found.name}: {TRIES} workers that read it were lost")
            return {"number": number, "encoding": encoded(found, self.model)}
        except DsacliError as failure:
            return {"number": number, "encoding": failure}


def encode_there(cluster: Cluster) -> Encode:
    """Encoding by the workers of a cluster, one for each of its cores."""

    def encode(every: Sequence[Found]) -> Iterator[tuple[Found, Encoding | DsacliError]]:
        import ray

        if not every:
            return
        ray.data.DataContext.get_current().execution_options.preserve_order = True
        rows = ray.data.from_items(
            [{"number": number, "found": found} for number, found in enumerate(every)], override_num_blocks=len(every)
        )
        encoder: Any = Encoder
        encodings = rows.map(
            encoder,
            fn_constructor_args=(ray.remote(num_cpus=0, max_restarts=-1)(Tries).remote(),),
            compute=ray.data.ActorPoolStrategy(size=min(cluster.cores, len(every))),
            num_cpus=1,
        )
        try:
            for row in encodings.iter_rows():
                yield every[row["number"]], row["encoding"]
        except ray.exceptions.RayError as failure:
            raise DsacliError(f"the cluster was lost: {str(failure).splitlines()[0]}") from None

    return encode
