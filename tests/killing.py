"""Kill the document pass at random moments, and see what the cache is worth afterwards.

    python tests/killing.py DOCUMENT QUESTION KILLS SEED

Each round starts a process on an empty cache, kills it (SIGKILL) somewhere in the pass, the writing or behind it, and asks
again. Prints a line of JSON: how many rounds, how many found an entry that was whole, how many answers were wrong.
"""

import json
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

import torch

from dsacli.documents import Source
from dsacli.engines.context import Context
from dsacli.engines.disk_cache import DiskCache
from dsacli.engines.extractive.engine import ExtractiveEngine
from dsacli.engines.options import Options
from dsacli.output.progress import Bars
from dsacli.weights import BUILT_IN


def main(document: str, question: str, kills: int, seed: int) -> None:
    """Run the rounds."""
    torch.set_num_threads(1)  # whatever threads torch had would not live on in a forked process
    source, rng = Source(document, Path(document).read_bytes()), random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        cache = DiskCache(Path(folder, "cache"))
        engine = ExtractiveEngine(BUILT_IN, "cpu", cache, Bars(quiet=True, verbose=False))

        def answer() -> tuple:
            (result,) = engine.ask(
                Context([engine.open(source)]), [question], Options(min_confidence=0.0, index_topk=64)
            )
            return result.answers[0].answer, result.answers[0].evidence

        began = time.monotonic()
        engine.open(source)
        taken = time.monotonic() - began
        right = answer()
        whole = wrong = 0
        for number in range(kills):
            cache.clear()
            child = os.fork()
            if not child:
                engine.open(source)
                os._exit(0)
            # Half of them well behind the end, however busy the machine has become since.
            time.sleep(rng.uniform(0, taken) if number % 2 else rng.uniform(taken, 4 * taken))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            whole += len(cache.entries())
            wrong += answer() != right or len(cache.entries()) != 1
    print(json.dumps({"rounds": kills, "whole": whole, "wrong": wrong}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
