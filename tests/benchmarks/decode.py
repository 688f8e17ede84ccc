"""Tokens a second of a decoder, a directory's or a GGUF file's: packed weights beside plain ones, the same network, the same run.

    python tests/benchmarks/decode.py MODEL.gguf [--tokens 32] [--context 512] [--rounds 3] [--held-out 0]

Both sides decode the same tokens in turns, and the best round of each counts. `--held-out` goes through so many tokens of
another text one by one and prints what they cost in either (nats a token), and how far the logits are apart.
"""

import argparse
import time
from pathlib import Path

import torch

from dsacli.dsa.dtype import fastest_dtype
from dsacli.models import packed
from dsacli.models.decoder import Decoder
from dsacli.models.io.folder import read_json
from dsacli.models.io.gguf import is_gguf
from dsacli.models.io.gguf_config import gguf_model_type
from dsacli.models.io.model import DecoderModel, open_decoder
from dsacli.models.llama_config import MODEL_TYPES

SAMPLES = Path(__file__).resolve().parents[2] / "sample_docs"
TEXT, HELD_OUT = SAMPLES / "services-agreement.md", SAMPLES / "board-meeting.txt"
SIDES = {"plain": 0, "packed": packed.MOST_ROWS}


def opened(path: Path) -> DecoderModel:
    """The decoder of a path, by the module that knows its type."""
    kind = gguf_model_type(path) if is_gguf(path) else read_json(path / "config.json").get("model_type")
    module = "dsacli.models.llama" if kind in MODEL_TYPES else "dsacli.models.deepseek_v32"
    return open_decoder(path, module, "cpu", fastest_dtype("cpu"))


def ids_of(model: DecoderModel, text: Path, count: int) -> torch.Tensor:
    """The first tokens of a text, over and over where it is short."""
    ids = torch.tensor(model.tokenizer.encode(text.read_text(encoding="utf-8"), add_special_tokens=False).ids)
    return ids.repeat(-(-count // len(ids)))[:count]


def timed(action) -> tuple[float, object]:
    """Seconds, and what came of it."""
    began = time.perf_counter()
    found = action()
    return time.perf_counter() - began, found


@torch.inference_mode()
def decoded(network: Decoder, cache, ids: torch.Tensor, side: str) -> torch.Tensor:
    """Logits [tokens, vocab] of tokens taken in one by one."""
    packed.MOST_ROWS = SIDES[side]
    try:
        return torch.cat([network(token[None], cache) for token in ids])
    finally:
        packed.MOST_ROWS = SIDES["packed"]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("model", type=Path)
    options.add_argument("--tokens", type=int, default=32)
    options.add_argument("--context", type=int, default=512)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--held-out", type=int, default=0)
    given = options.parse_args()

    model = opened(given.model)
    tensors = model.tensors()
    loading, network = timed(lambda: model.load(tensors, model.config, model.dtype))
    packing, _ = timed(lambda: packed.pack(network, tensors))
    layers = [each for each in network.modules() if isinstance(each, torch.nn.Linear)]
    count = sum(isinstance(each, packed.PackedLinear) for each in layers)
    print(
        f"{given.model.name}, {model.dtype}, {torch.get_num_threads()} threads: loaded in {loading:.2f} s, "
        f"{count} of {len(layers)} linear layers packed in {packing:.2f} s"
    )

    ids = ids_of(model, TEXT, given.context + given.tokens)
    cache = network.new_cache(max(len(ids), given.held_out))
    best = dict.fromkeys(SIDES, float("inf"))
    prefill = float("inf")
    for _ in range(given.rounds):
        cache.truncate(0)
        prefill = min(prefill, timed(lambda: network.prefill(ids[: given.context], cache))[0])
        for side in SIDES:
            cache.truncate(given.context)
            best[side] = min(
                best[side], timed(lambda side=side: decoded(network, cache, ids[given.context :], side))[0]
            )
    print(f"prefill of {given.context} tokens: {given.context / prefill:.1f} tokens/s")
    for side, seconds in best.items():
        print(f"decode after them, {side}: {given.tokens / seconds:.2f} tokens/s ({best['plain'] / seconds:.2f} ×)")

    if given.held_out:
        ids, logits = ids_of(model, HELD_OUT, given.held_out), {}
        for side in SIDES:
            cache.truncate(0)
            logits[side] = decoded(network, cache, ids, side).float()
            loss = torch.nn.functional.cross_entropy(logits[side][:-1], ids[1:]).item()
            print(f"{given.held_out} held-out tokens, one by one, {side}: {loss:.5f} nats a token")
        apart = (logits["packed"] - logits["plain"]).abs()
        same = (logits["packed"].argmax(1) == logits["plain"].argmax(1)).float().mean()
        print(f"logits apart: {apart.max():.3f} at most, {apart.mean():.4f} on average; same best token {same:.1%}")


if __name__ == "__main__":
    main()
