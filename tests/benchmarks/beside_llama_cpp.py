"""Prefill and decoding beside llama.cpp: the same GGUF file, the same tokens, the same cores, one run.

    python tests/benchmarks/beside_llama_cpp.py MODEL.gguf --texts FILE... [--tokens 512,4096,8192] [--written 16] [--threads 2]

Ours decodes from packed weights where a race finds these faster, as the program does. Needs `llama_cpp` (pip install llama-cpp-python),
which is built here, and is asked for flash attention.
"""

import argparse
import os
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from sparse import samples, timed

from dsacli.dsa.dtype import fastest_dtype
from dsacli.models.io.model import open_decoder

# Tokens that llama.cpp takes in at once: its own default.
BATCH = 512


def theirs(model, ids: Sequence[int], written: int) -> tuple[float, float]:
    """Seconds of a prefill by llama.cpp, and of a token that is written after it."""
    model.reset()
    began = time.perf_counter()
    model.eval(list(ids))
    prefill = time.perf_counter() - began
    token, times = 0, []
    for _ in range(written + 1):
        token = model.sample(temp=0.0)
        model.eval([token])
        times.append(time.perf_counter())
    return prefill, (times[-1] - times[1]) / (len(times) - 2)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("model", type=Path)
    options.add_argument("--texts", type=Path, nargs="+", required=True)
    options.add_argument("--tokens", default="512,4096,8192")
    options.add_argument("--written", type=int, default=16)
    options.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    given = options.parse_args()
    from llama_cpp import Llama

    lengths = list(map(int, given.tokens.split(",")))
    torch.set_num_threads(given.threads)
    dtype = fastest_dtype("cpu")
    opened = open_decoder(given.model, "dsacli.models.llama", "cpu", dtype, packs=True)
    network, (ids,) = opened.network, samples(opened, given.texts, max(lengths), 1)
    print(f"{given.model.name}, {given.threads} threads; tokens a second; ours in {str(dtype).removeprefix('torch.')}")
    for length in lengths:
        mine = timed(network, ids[:length], written=given.written)
        other = Llama(
            str(given.model),
            n_ctx=length + given.written + 8,
            n_batch=BATCH,
            n_threads=given.threads,
            n_threads_batch=given.threads,
            flash_attn=True,
            verbose=False,
        )
        them = theirs(other, ids[:length].tolist(), given.written)
        other.close()
        for what, count, one, two in zip(("prefill", "decoding after it"), (length, 1), mine, them):
            one, two = count / one, count / two
            print(
                f"{length:>7,} tokens  {what:<18} ours {one:7.1f}  llama.cpp {two:7.1f}  {one / two:.2f}×", flush=True
            )


if __name__ == "__main__":
    main()
