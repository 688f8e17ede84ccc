"""Prefill and decode of a 118 M parameter DeepSeek-V3.2 model, ours beside transformers': same weights, same run, float32.

    python tests/benchmarks/deepseek.py [--tokens 8192] [--long 65536]

Each side runs in a process of its own, one after the other, so that peak memory is its own; nothing else should run.
`--long` prefills a longer text with ours alone and prints the cost per token against position.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch

SHAPES = {
    "vocab_size": 32000,
    "hidden_size": 768,
    "intermediate_size": 2048,
    "moe_intermediate_size": 512,
    "num_hidden_layers": 6,
    "num_attention_heads": 12,
    "num_key_value_heads": 12,
    "n_shared_experts": 1,
    "n_routed_experts": 8,
    "num_experts_per_tok": 2,
    "n_group": 1,
    "topk_group": 1,
    "kv_lora_rank": 128,
    "q_lora_rank": 384,
    "qk_rope_head_dim": 32,
    "qk_nope_head_dim": 64,
    "v_head_dim": 64,
    "index_topk": 512,
    "index_head_dim": 64,
    "index_n_heads": 8,
    "first_k_dense_replace": 1,
    "max_position_embeddings": 131072,
    "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0},
}
STEPS = {"ours": 16, "transformers": 3}


def make(folder: Path) -> None:
    """Random weights, saved by transformers."""
    from transformers import DeepseekV32Config, DeepseekV32ForCausalLM

    torch.manual_seed(0)
    DeepseekV32ForCausalLM(DeepseekV32Config(**SHAPES)).save_pretrained(folder)


@torch.inference_mode()
def ours(folder: Path, ids: torch.Tensor) -> tuple[list[tuple[int, float]], float]:
    """(tokens done, seconds) along the prefill, and seconds a token of decoding after it."""
    from dsacli.models.deepseek_v32 import load, parse_config
    from dsacli.models.io.model import read_config
    from dsacli.models.io.safetensors import Shards

    network = load(Shards(folder), read_config(folder, parse_config), torch.float32)
    cache, marks = network.new_cache(len(ids) + STEPS["ours"]), []
    began = time.perf_counter()
    logits = network.prefill(ids, cache, lambda done: marks.append((done, time.perf_counter() - began)))
    began = time.perf_counter()
    for _ in range(STEPS["ours"]):
        logits = network(logits.argmax()[None], cache)[-1]
    return marks, (time.perf_counter() - began) / STEPS["ours"]


@torch.inference_mode()
def transformers(folder: Path, ids: torch.Tensor) -> tuple[list[tuple[int, float]], float]:
    """The same of transformers."""
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    began = time.perf_counter()
    found = model(ids[None], use_cache=True, logits_to_keep=1)
    marks = [(len(ids), time.perf_counter() - began)]
    began = time.perf_counter()
    for _ in range(STEPS["transformers"]):
        last = found.logits[0, -1].argmax()
        found = model(last[None, None], past_key_values=found.past_key_values, use_cache=True)
    return marks, (time.perf_counter() - began) / STEPS["transformers"]


def measured(side: str, folder: Path, tokens: int) -> dict:
    """Run a side in a process of its own."""
    command = [sys.executable, __file__, "--side", side, "--folder", str(folder), "--tokens", str(tokens)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def side(name: str, folder: Path, tokens: int) -> None:
    """What `measured` runs; prints JSON."""
    ids = torch.randint(2, SHAPES["vocab_size"], (tokens,), generator=torch.Generator().manual_seed(1))
    marks, decode = {"ours": ours, "transformers": transformers}[name](folder, ids)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"marks": marks, "decode": decode, "peak": peak}))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--tokens", type=int, default=8192)
    options.add_argument("--long", type=int)
    options.add_argument("--side", help=argparse.SUPPRESS)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.side:
        side(given.side, given.folder, given.tokens)
        return
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder))
        if given.long:
            found = measured("ours", Path(folder), given.long)
            marks = [(0, 0.0), *found["marks"]]
            step = max(1, len(marks) // 16)
            print(
                f"{given.long:,} tokens in {marks[-1][1]:.1f} s, peak {found['peak'] / 1e9:.2f} GB; ms a token up to position:"
            )
            for (low, before), (high, after) in zip(marks[::step], marks[step::step]):
                print(f"{high:>8,} {1e3 * (after - before) / (high - low):.2f}")
            return
        mine, theirs = (measured(name, Path(folder), given.tokens) for name in ("ours", "transformers"))
        print(f"{given.tokens:,} tokens    prefill    decode, a token    peak memory")
        for name, found in (("ours", mine), ("transformers", theirs)):
            print(
                f"{name:<14} {found['marks'][-1][1]:>8.2f} s {1e3 * found['decode']:>13.1f} ms {found['peak'] / 1e9:>11.2f} GB"
            )
        print(
            f"{'ratio':<14} {theirs['marks'][-1][1] / mine['marks'][-1][1]:>8.1f} {theirs['decode'] / mine['decode']:>16.1f} "
            f"{theirs['peak'] / mine['peak']:>15.1f}"
        )


if __name__ == "__main__":
    main()
