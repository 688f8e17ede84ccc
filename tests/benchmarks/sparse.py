"""A dense model of the Llama family, read sparsely: its loss, what it recalls, and its speed, next to the same code dense.

    python tests/benchmarks/sparse.py MODEL.gguf --texts FILE... [--tokens 4096,16384] [--part loss,facts,speed] [--top-k 1024]
        [--adapter FILE] [--only dense,DSA] [--times N]

FILES are plain text or JSON Lines with `passages`; each text is as many of them as are needed. Loss is that of the last 2,048 tokens.
Speed is the best of N runs of each way, by turns: other work on a machine, which one cannot always see, costs either as it comes.
DSACLI_DTYPE says in what it is computed, and is the machine's fastest else.
"""

import argparse
import gzip
import json
import random
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import torch

from dsacli.adapting.figures import late_loss
from dsacli.dsa.cache import SparseCache
from dsacli.dsa.dtype import fastest_dtype
from dsacli.models.generate import Sampling, generate
from dsacli.models.io.model import DecoderModel, open_decoder
from dsacli.models.llama import Llama

LATE, FACTS, WRITTEN = 2048, 10, 16
PLACES = "Alderford Brackwater Corley Dunmere Eastwick Fernhill Goswick Harrowby Inverley Jarrow".split()


def texts_of(path: Path) -> Iterator[str]:
    """The texts of a file: one, or one of every line."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        if ".jsonl" not in path.name:
            yield file.read()
            return
        for line in file:
            values = json.loads(line)
            if values.get("split") == "dev" and values.get("source") in ("meetings", "stories"):
                yield "\n\n".join(values["passages"])


def samples(model: DecoderModel, paths: list[Path], tokens: int, count: int) -> list[torch.Tensor]:
    """Token ids, int64 [tokens], of `count` texts; short ones are put behind each other."""
    found, rest = list[torch.Tensor](), list[int]()
    for text in (text for path in paths for text in texts_of(path)):
        rest += model.tokenizer.encode(text, add_special_tokens=False).ids
        if len(rest) >= tokens:
            found.append(torch.tensor(rest[:tokens]))
            rest = []
        if len(found) == count:
            break
    return found


def recalled(model: DecoderModel, ids: torch.Tensor, topk: int, seed: int) -> int:
    """Of ten facts at the tenths of a text, how many are told on one prefill."""
    network, tokenizer, rng = model.network, model.tokenizer, random.Random(seed)
    codes = [f"{rng.randrange(10_000, 100_000)}" for _ in range(FACTS)]
    step, parts = len(ids) // FACTS, []
    for number, (place, code) in enumerate(zip(PLACES, codes)):
        fact = f"\n\nThe code of {place} is {code}.\n\n"
        parts += [ids[number * step : (number + 1) * step], torch.tensor(encoded(tokenizer, fact))]
    text = torch.cat(parts)
    cache = network.new_cache(len(text) + 256, topk)
    network.prefill(text, cache)
    right = 0
    for place, code in zip(PLACES, codes):
        cache.truncate(len(text))
        logits = network.prefill(torch.tensor(encoded(tokenizer, f"\n\nThe code of {place} is ")), cache)
        written = [token for token, _ in generate(network, logits, cache, Sampling(8))]
        right += code in tokenizer.decode(written)
    return right


def encoded(tokenizer, text: str) -> list[int]:
    return tokenizer.encode(text, add_special_tokens=False).ids


def timed(
    network: Llama, ids: torch.Tensor, topk: int | None = None, written: int = WRITTEN
) -> tuple[float, float, float, float]:
    """Seconds of a prefill, of a token that is written after it, and of that the attention with its scan: of all layers, and a layer's
    that selects, if one does."""
    cache: SparseCache = network.new_cache(len(ids) + written + 2, topk)
    began = time.perf_counter()
    logits = network.prefill(ids, cache)
    prefill = time.perf_counter() - began
    # The first one written makes the index keys of all tokens before it.
    times, spent, dense = [], [0.0] * len(network.attends), cache.dense_layers or ()
    with ExitStack() as hooks:
        for number, attend in enumerate(network.attends):

            def enter(*given: object, number: int = number) -> None:
                spent[number] -= time.perf_counter()

            def leave(*given: object, number: int = number) -> None:
                spent[number] += time.perf_counter()

            hooks.callback(attend.register_forward_pre_hook(enter).remove)
            hooks.callback(attend.register_forward_hook(leave).remove)
        for _ in generate(network, logits, cache, Sampling(written + 1)):
            times.append(time.perf_counter())
            if len(times) == 2:
                spent[:] = [0.0] * len(spent)
    count = len(times) - 2
    some = [each for number, each in enumerate(spent) if number not in dense]
    return prefill, (times[-1] - times[1]) / count, sum(spent) / count, sum(some) / len(some) / count


def raced(network: Llama, ids: torch.Tensor, ways: dict[str, int], times: int) -> None:
    """Print the best of so many runs of each way, by turns, and their ratios."""
    best = dict.fromkeys(ways, (float("inf"),) * 4)
    for number in range(1, times + 1):
        for way, topk in ways.items():
            found = timed(network, ids, topk)
            best[way] = tuple(map(min, best[way], found))
            print(f"  run {number}    {way}: prefill {found[0]:.1f} s, a token {1e3 * found[1]:.0f} ms", flush=True)
    for way, (prefill, *token) in best.items():
        whole, attention, layer = (each * 1e3 for each in token)
        print(
            f"  speed    {way}: prefill {prefill:.1f} s, a token {whole:.0f} ms, its attention {attention:.1f} ms, "
            f"a layer's that selects {layer:.2f} ms",
            flush=True,
        )
    if len(best) == 2:
        prefill, whole, attention, layer = (dense / sparse for dense, sparse in zip(best["dense"], best["DSA"]))
        print(
            f"  speed    dense / DSA: prefill {prefill:.2f}×, a token {whole:.2f}×, its attention {attention:.2f}×, "
            f"a layer's that selects {layer:.2f}×",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("--texts", type=Path, nargs="+", required=True)
    parser.add_argument("--tokens", default="4096,16384")
    parser.add_argument("--part", default="loss,facts,speed")
    parser.add_argument("--top-k", type=int, default=1024)
    parser.add_argument("--count", type=int, default=4, help="texts")
    parser.add_argument("--adapter", type=Path)
    parser.add_argument("--only", default="dense,DSA")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--times", type=int, default=1, help="runs of each way, for speed")
    given = parser.parse_args()
    if given.threads:
        torch.set_num_threads(given.threads)
    model = open_decoder(given.model, "dsacli.models.llama", "cpu", fastest_dtype("cpu"), adapter=given.adapter)
    network = model.network
    for tokens in map(int, given.tokens.split(",")):
        ids = samples(model, given.texts, tokens, given.count)
        print(f"{tokens:,} tokens, {len(ids)} texts, index_topk {given.top_k}", flush=True)
        # As many selected as there are is dense attention.
        ways = {"dense": 2 * tokens, "DSA": given.top_k}
        for part in given.part.split(","):
            named = given.only.split(",")
            if part == "speed":
                raced(network, ids[0], {way: ways[way] for way in named}, given.times)
                continue
            found = {}
            for way in named:
                topk = ways[way]
                if part == "loss":
                    began = time.perf_counter()
                    losses = [late_loss(network, each, LATE, topk) for each in ids]
                    seconds = (time.perf_counter() - began) / len(ids)
                    found[way] = sum(losses) / len(losses)
                    each_one = " ".join(f"{each:.4f}" for each in losses)
                    print(f"  loss     {way} {found[way]:.4f}: {each_one}, {seconds:.1f} s each", flush=True)
                else:
                    found[way] = sum(recalled(model, each, topk, seed) for seed, each in enumerate(ids))
                    print(f"  facts    {way} {found[way]} of {FACTS * len(ids)}", flush=True)
            if len(found) == 2 and part == "loss":
                print(f"  loss     DSA above dense {found['DSA'] - found['dense']:+.4f}", flush=True)


if __name__ == "__main__":
    main()
