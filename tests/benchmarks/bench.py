"""The built-in reader over 16,000 to a million tokens, dense attention beside it: time, memory, disk. One run, one table.

    python tests/benchmarks/bench.py [--lengths 16000 128000 1000000] [--plot FILE.svg]

The documents are written by sample_docs/make_book.py. Every row is measured in a process of its own, so that peak memory is
its own; nothing else should run. Dense attention (the same network, k = L, torch's scaled-dot-product attention) is measured
at 4,000, 8,000 and 16,000 tokens, and beyond that given by the curve a·L + b·L² through these, marked "~".
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import torch

from dsacli.engines.options import Options
from dsacli.session import Session, Setting, open_session

ROOT = Path(__file__).parent.parent.parent
DENSE_LENGTHS = (4000, 8000, 16000)
QUESTIONS = (
    "Who mended the lamp of the lighthouse?",
    "What did the harbourmaster pay for the bell?",
    "How long did the Amaranth lie under Gallows Spit?",
    "In what building was the first public library opened?",
    "Why could the dry dock not be emptied?",
)


def matmul_rate(dtype: torch.dtype) -> float:
    """FLOP/s of the best of several square products, each the best of three."""
    best = 0.0
    for size in (512, 1024, 2048):
        left, right = torch.ones(size, size, dtype=dtype), torch.ones(size, size, dtype=dtype)
        for _ in range(3):
            began = time.perf_counter()
            left @ right
            best = max(best, 2 * size**3 / (time.perf_counter() - began))
    return best


def opened() -> AbstractContextManager[Session]:
    """The built-in reader, with its cache."""
    return open_session("ask", Options(), Setting(quiet=True))


def first(document: Path) -> dict:
    """A document that is not known: its pass, and a first answer."""
    from dsacli.engines.savings import peak_memory

    with opened() as session:
        context = session.context([str(document)])
        (result,) = session.engine.ask(context, QUESTIONS[:1], Options())
        (encoded,) = context.documents
        (entry,) = Path(os.environ["DSACLI_CACHE"], "dsacli").glob("*.safetensors")
        return {
            "tokens": len(context),
            "pass": encoded.seconds,
            "flops": encoded.flops,
            "disk": entry.stat().st_size,
            "answered": time.time(),
            "question flops": result.savings.flops.dsa,
            "dense flops": result.savings.flops.dense,
            "memory ratio": result.savings.memory.ratio,
            "peak": peak_memory(),
        }


def again(document: Path) -> dict:
    """The same document from the cache: how long until a question is read, and what each takes."""
    from dsacli.engines.savings import peak_memory

    with opened() as session:
        began = time.perf_counter()
        context = session.context([str(document)])
        opening = time.perf_counter() - began
        ready, seconds = time.time(), []
        for question in QUESTIONS:
            began = time.perf_counter()
            list(session.engine.ask(context, [question], Options()))
            seconds.append(time.perf_counter() - began)
        began = time.perf_counter()
        list(session.engine.ask(context, QUESTIONS, Options()))
        together = time.perf_counter() - began
        assert context.documents[0].cached
        return {
            "open": opening,
            "ready": ready,
            "first": seconds[0],
            "question": float(np.median(seconds[1:])),
            "together": together,
            "peak": peak_memory(),
        }


def dense(document: Path) -> dict:
    """One question with every token attending to every other."""
    with opened() as session:
        context = session.context([str(document)])
        (result,) = session.engine.ask(context, QUESTIONS[1:2], Options(compare_dense=True))
        run = result.savings.dense_run
        return {"tokens": len(context), "seconds": run.seconds, "peak": run.peak_memory}


def rates(document: Path) -> dict:
    """What the machine multiplies: float32, and what is computed in."""
    from dsacli.dsa.dtype import fastest_dtype

    plain, dtype = matmul_rate(torch.float32), fastest_dtype("cpu")
    return {"float32": plain, "fastest": plain if dtype == torch.float32 else matmul_rate(dtype)}


SIDES = {side.__name__: side for side in (rates, first, again, dense)}


def measured(side: str, document: Path, cache: Path) -> dict:
    """Run a side in a process of its own; "started" is when it was."""
    command = [sys.executable, __file__, "--side", side, "--document", str(document)]
    started = time.time()
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, "DSACLI_CACHE": str(cache)}
    )
    return {**json.loads(done.stdout.splitlines()[-1]), "started": started}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--lengths", type=int, nargs="+", default=[16_000, 128_000, 1_000_000])
    options.add_argument("--plot", type=Path)
    options.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    options.add_argument("--document", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.side:
        print(json.dumps(SIDES[given.side](given.document)))
        return
    with tempfile.TemporaryDirectory() as folder:
        compare(Path(folder), given.lengths, given.plot)


def book(folder: Path, tokens: int) -> Path:
    """A text of about so many tokens."""
    path = folder / f"book-{tokens}.txt"
    if not path.exists():
        script = ROOT / "sample_docs" / "make_book.py"
        subprocess.run([sys.executable, script, "--tokens", str(tokens), "--output", path], check=True)
    return path


def compare(folder: Path, lengths: list[int], plot: Path | None) -> None:
    """Measure everything and print it."""
    rate = measured("rates", folder, folder)
    print(
        f"matrix products: float32 {rate['float32'] / 1e9:.0f} GFLOP/s, fastest type {rate['fastest'] / 1e9:.0f} GFLOP/s\n"
    )
    runs = [measured("dense", book(folder, tokens), folder / f"dense-{tokens}") for tokens in DENSE_LENGTHS]
    curve = fitted([run["tokens"] for run in runs], [run["seconds"] for run in runs])
    print(f"{'dense, tokens':>13} {'measured':>10} {'curve':>9} {'peak':>9}")
    for run in runs:
        print(
            f"{run['tokens']:>13,} {run['seconds']:>8.2f} s {curve(run['tokens']):>7.2f} s {run['peak'] / 1e9:>6.2f} GB"
        )
    print(
        f"\n{'':>10} | {'document pass':^33} | {'to first':>8} | {'cached: a question':^36} | {'dense':>10} | {'dense / DSA':^22} |\n"
        f"{'tokens':>10} | {'seconds':>9} {'tokens/s':>10} {'share':>6} {'peak':>5} | {'answer':>8} | "
        f"{'opened':>7} {'first':>6} {'next':>6} {'five':>6} {'peak':>7} | {'question':>10} | {'time':>7} {'FLOPs':>7} {'memory':>6} | {'B/token':>7}"
    )
    rows = []
    for tokens in lengths:
        path, cache = book(folder, tokens), folder / f"cache-{tokens}"
        new, known = measured("first", path, cache), measured("again", path, cache)
        took = next((run["seconds"] for run in runs if run["tokens"] == new["tokens"]), None)
        dense_seconds = took or curve(new["tokens"])
        share = new["flops"] / new["pass"] / rate["fastest"]
        rows.append({**new, **known})
        print(
            f"{new['tokens']:>10,} | {new['pass']:>7.1f} s {new['tokens'] / new['pass']:>10,.0f} {share:>6.2f} "
            f"{new['peak'] / 1e9:>5.2f} | {new['answered'] - new['started']:>6.1f} s | {1e3 * known['open']:>4.0f} ms "
            f"{known['first']:>6.2f} {known['question']:>6.2f} {known['together']:>6.2f} {known['peak'] / 1e9:>4.2f} GB | "
            f"{('' if took else '~') + format(dense_seconds, ',.0f'):>8} s | {dense_seconds / known['question']:>7,.0f} "
            f"{new['dense flops'] / new['question flops']:>7,.0f} {new['memory ratio']:>6.1f} | "
            f"{new['disk'] / new['tokens']:>7.0f}",
            flush=True,
        )
    print(f"\nprocess start to the first reading pass of a cached document: {known['ready'] - known['started']:.2f} s")
    if len(rows) > 1:
        most, fewer = rows[-1], rows[-2]
        print(
            f"document pass, growth: {most['pass'] / fewer['pass']:.2f} times as long for "
            f"{most['tokens'] / fewer['tokens']:.2f} times as many tokens"
        )
    if plot:
        draw(rows, runs, curve, plot)


def fitted(tokens: list[int], seconds: list[float]):
    """Seconds by tokens: a·L + b·L², least squares of the relative error."""
    lengths, times = np.array(tokens, float), np.array(seconds)
    terms = np.stack([lengths, lengths**2], 1) / times[:, None]
    linear, square = np.linalg.lstsq(terms, np.ones(len(times)), rcond=None)[0]
    return lambda length: linear * length + square * length**2


def draw(rows: list[dict], runs: list[dict], curve, path: Path) -> None:
    """Seconds and FLOPs of a question against length, dense and DSA, as SVG."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.fonttype"] = "none"
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    tokens = [row["tokens"] for row in rows]
    far = np.geomspace(runs[0]["tokens"], tokens[-1], 50)
    left.plot(far, [curve(length) for length in far], ":", color="#b5482a", label="dense, its own curve")
    left.plot([r["tokens"] for r in runs], [r["seconds"] for r in runs], "s", color="#b5482a", label="dense, measured")
    left.plot(tokens, [row["question"] for row in rows], "o-", color="#1f5fa8", label="DSA, measured")
    left.set(ylabel="seconds a question")
    right.plot(tokens, [row["dense flops"] for row in rows], "s--", color="#b5482a", label="dense")
    right.plot(tokens, [row["question flops"] for row in rows], "o-", color="#1f5fa8", label="DSA")
    right.set(ylabel="FLOPs a question")
    for side in (left, right):
        side.set(xlabel="tokens of the document", xscale="log", yscale="log")
        side.legend(frameon=False)
    figure.savefig(path)


if __name__ == "__main__":
    main()
