"""One question as a user asks it, whole processes from start to end: by dsacli for the first time and again, and by llama.cpp.

    python tests/benchmarks/whole_process.py MODEL.gguf DOCUMENT QUESTION [--budget 8192]

llama.cpp takes in as many tokens of the document as dsacli did of document and question, and writes as many as the answer has.
Needs `llama_cpp` (pip install llama-cpp-python), which is built here, and is asked for flash attention.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

THEIRS = """
import sys
from llama_cpp import Llama
path, document, tokens, written, threads = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
model = Llama(path, n_ctx=tokens + written + 8, n_threads=threads, n_threads_batch=threads, flash_attn=True, verbose=False)
ids = model.tokenize(open(document, "rb").read(), special=False)
model.eval((ids * 2)[:tokens])
for _ in range(written):
    model.eval([model.sample(temp=0.0)])
"""


def ran(command: list[str], cache: str) -> tuple[float, str]:
    """Seconds that a process took, and what it printed."""
    began = time.perf_counter()
    done = subprocess.run(command, env={**os.environ, "DSACLI_CACHE": cache}, stdout=subprocess.PIPE, text=True)
    if done.returncode not in (0, 3):
        raise SystemExit(f"{command[0]} failed with {done.returncode}")
    return time.perf_counter() - began, done.stdout


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("model", "document", "question"):
        options.add_argument(name)
    options.add_argument("--budget", default="8192")
    options.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    given = options.parse_args()
    ours = [sys.executable, "-m", "dsacli"]
    asked = [*ours, "ask", given.document, given.question, "--model", given.model, "--budget", given.budget, "--json"]
    with tempfile.TemporaryDirectory() as cache:
        converting, _ = ran(asked, cache)
        ran([*ours, "cache", "remove", given.document], cache)
        first, out = ran(asked, cache)
        again, _ = ran(asked, cache)
        result = json.loads(out)
        text, tokens = str(result["answer"]), result["savings"]["context_tokens"]
        written = max(1, len(text) // 4)
        theirs, _ = ran(
            [sys.executable, "-c", THEIRS, given.model, given.document, str(tokens), str(written), str(given.threads)],
            cache,
        )
    print(f"{tokens:,} tokens, about {written} written: {text[:100]!r}")
    for what, seconds in (("weights converted, too", converting), ("first time", first), ("again", again)):
        print(f"{what:<24} ours {seconds:6.1f} s  llama.cpp {theirs:6.1f} s  {seconds / theirs:.2f}×")


if __name__ == "__main__":
    main()
