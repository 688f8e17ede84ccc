"""A dense model of the Llama family, read sparsely: its loss, what it recalls, and its speed, next to the same code dense.

    python tests/benchmarks/sparse.py MODEL.gguf --texts FILE... [--tokens 4096,16384] [--part loss,facts,speed] [--top-k 1024]

FILES are plain text or JSON Lines with `passages`; each text is as many of them as are needed. Loss is that of the last 2,048 tokens.
"""

import argparse
import gzip
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import torch
import torch.nn.functional as F

from dsacli.dsa.cache import SparseCache
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


def set_dense(network: Llama, is_dense: bool) -> None:
    """Have all layers attend to everything, or those that the configuration says."""
    for number, layer in enumerate(network.model.layers):
        layer.self_attn.attend.is_dense = is_dense or number < network.config.dense_layers


@torch.inference_mode()
def late_loss(network: Llama, ids: torch.Tensor, topk: int) -> float:
    """Of the tokens after the first `len(ids) - LATE`, taken in chunk by chunk as prefill does."""
    cache, losses, step = network.new_cache(len(ids), topk), [], network.chunk_tokens
    for low in range(0, len(ids), step):
        hidden = network.states(ids[low : low + step], cache)
        if low >= len(ids) - LATE:
            logits, following = network.lm_head(hidden), ids[low + 1 : low + step + 1]
            losses.append(F.cross_entropy(logits[: len(following)].float(), following, reduction="none"))
    return float(torch.cat(losses).mean())


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


def timed(network: Llama, ids: torch.Tensor, topk: int) -> tuple[float, float]:
    """Seconds of a prefill, and of a token that is written after it."""
    cache: SparseCache = network.new_cache(len(ids) + WRITTEN + 2, topk)
    began = time.perf_counter()
    logits = network.prefill(ids, cache)
    prefill = time.perf_counter() - began
    # The first one written makes the index keys of all tokens before it.
    times = []
    for _ in generate(network, logits, cache, Sampling(WRITTEN + 1)):
        times.append(time.perf_counter())
    return prefill, (times[-1] - times[1]) / (len(times) - 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("--texts", type=Path, nargs="+", required=True)
    parser.add_argument("--tokens", default="4096,16384")
    parser.add_argument("--part", default="loss,facts,speed")
    parser.add_argument("--top-k", type=int, default=1024)
    parser.add_argument("--count", type=int, default=4, help="texts")
    parser.add_argument("--threads", type=int, default=0)
    given = parser.parse_args()
    if given.threads:
        torch.set_num_threads(given.threads)
    model = open_decoder(given.model, "dsacli.models.llama", "cpu", torch.float32)
    network = model.network
    for tokens in map(int, given.tokens.split(",")):
        ids = samples(model, given.texts, tokens, given.count)
        print(f"{tokens:,} tokens, {len(ids)} texts, index_topk {given.top_k}", flush=True)
        for part in given.part.split(","):
            found = []
            for is_dense in (True, False):
                set_dense(network, is_dense)
                if part == "loss":
                    losses = [late_loss(network, each, given.top_k) for each in ids]
                    found.append(sum(losses) / len(losses))
                elif part == "facts":
                    found.append(sum(recalled(model, each, given.top_k, seed) for seed, each in enumerate(ids)))
                else:
                    found.append(timed(network, ids[0], given.top_k))
            if part == "loss":
                print(f"  loss     dense {found[0]:.4f}  DSA {found[1]:.4f}  {found[1] - found[0]:+.4f}", flush=True)
            elif part == "facts":
                print(f"  facts    dense {found[0]}  DSA {found[1]}  of {FACTS * len(ids)}", flush=True)
            else:
                (dense, written), (sparse, token) = found
                print(f"  prefill  dense {dense:.1f} s  DSA {sparse:.1f} s  {dense / sparse:.2f}×")
                print(
                    f"  a token  dense {written * 1e3:.0f} ms  DSA {token * 1e3:.0f} ms  {written / token:.2f}×",
                    flush=True,
                )


if __name__ == "__main__":
    main()
