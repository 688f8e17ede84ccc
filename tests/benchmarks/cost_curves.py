"""What a million tokens cost at a position, dense and with DSA: figure 3 of DeepSeek-V3.2-Exp's report, from this project's closed forms.

    python tests/benchmarks/cost_curves.py [--plot FILE.svg]

A fixed cost and one price are fitted to the report's two lines of V3.1-Terminus, which attends to all: of a FLOP for prefill, of a byte
that is read for decoding. Its lines of V3.2-Exp then follow from the released configuration, and stand beside the report's. Read from the
figure: dollars per million tokens, on a cluster of H800s at 2 dollars an hour.

As the models are served: weights and index keys in FP8, whose products cost half as much as those of bfloat16, latents in bfloat16, and
in prefill dense attention over keys and values that are unfolded from the latents (as heads of 192 and 128 numbers), where what is selected is
attended to as latents. `--plain` takes the closed forms as they are: latents everywhere, one price, two bytes a number.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from dsacli.models.deepseek_config import parse_config

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.models.released import DEEPSEEK_V32

POSITIONS = (0, 32_768, 65_536, 131_072)
DENSE = {"prefill": (0.055, 0.21, 0.36, 0.67), "decode": (0.07, 0.60, 1.1, 2.2)}
DSA = {"prefill": (0.06, 0.12, 0.14, 0.19), "decode": (0.10, 0.17, 0.20, 0.25)}
# Bytes of a number of the cache; of an index key and its scale; and what a product in FP8 costs of one in bfloat16.
ELEMENT_BYTES, KEY_BYTES, FP8 = 2, 132, 0.5


def costs(plain: bool) -> dict[str, tuple[Callable[[int], float], Callable[[int], float]]]:
    """Of the token at a position, dense and DSA: FLOPs of prefill, in those of bfloat16, and bytes of the cache that decoding reads."""
    config = parse_config(DEEPSEEK_V32)
    cost, topk, layers = config.cost(ELEMENT_BYTES), config.index_topk, config.num_hidden_layers
    if not plain:
        heads = config.qk_nope_head_dim + config.qk_rope_head_dim + config.v_head_dim
        unfolded = replace(cost, linear=cost.linear * FP8, entry=2 * layers * config.num_attention_heads * heads)
        cost = replace(cost, linear=cost.linear * FP8, scan=cost.scan * FP8, key_bytes=layers * KEY_BYTES)
    dense = cost if plain else unfolded
    return {
        "prefill": (lambda at: dense.token_flops(at, None), lambda at: cost.token_flops(at, topk)),
        "decode": (lambda at: cost.read_bytes(at, None), lambda at: cost.read_bytes(at, topk)),
    }


def fitted(amounts: Sequence[float], dollars: Sequence[float]) -> tuple[float, float]:
    """The fixed cost and the price by least squares."""
    lines = np.stack([np.ones(len(amounts)), np.array(amounts, float)], 1)
    fixed, price = np.linalg.lstsq(lines, np.array(dollars), rcond=None)[0]
    return float(fixed), float(price)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--plot", type=Path)
    options.add_argument("--plain", action="store_true")
    given = options.parse_args()
    curves = {}
    for kind, (dense, sparse) in costs(given.plain).items():
        fixed, price = fitted([dense(at) for at in POSITIONS], DENSE[kind])
        unit = "FLOP" if kind == "prefill" else "byte read"
        print(f"{kind}: {fixed:.3f} dollars, and {1e18 * price / 1e6:.3f} per 10^18 {unit}s, a million tokens")
        print("  position     V3.1   fitted   V3.2-Exp  follows  deviation")
        curves[kind] = [[fixed + price * cost(at) for at in POSITIONS] for cost in (dense, sparse)]
        for row in zip(POSITIONS, DENSE[kind], curves[kind][0], DSA[kind], curves[kind][1]):
            at, report_dense, ours_dense, report, ours = row
            print(
                f"  {at:>8,}  {report_dense:7.3f}  {ours_dense:7.3f}    {report:7.3f}  {ours:7.3f}    {ours / report - 1:+7.0%}"
            )
    if given.plot:
        draw(curves, given.plot)


def draw(curves: dict[str, list[list[float]]], path: Path) -> None:
    """The figure: the report's points, and our lines."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.fonttype"] = "none"
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(9, 3.4))
    for axis, (kind, lines) in zip(axes, curves.items()):
        for name, report, line, colour in (("V3.1-Terminus", DENSE, lines[0], "C1"), ("V3.2-Exp", DSA, lines[1], "C0")):
            axis.plot([at / 1024 for at in POSITIONS], line, color=colour, label=f"{name}, here")
            axis.plot([at / 1024 for at in POSITIONS], report[kind], "o", color=colour, label=f"{name}, report")
        axis.set(title=kind, xlabel="position, K tokens", ylabel="dollars per million tokens")
        axis.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(path)


if __name__ == "__main__":
    main()
