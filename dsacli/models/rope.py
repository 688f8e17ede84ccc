"""Rotary positions (Su et al. 2021), and the ways of stretching them: YaRN's (Peng et al. 2023, "NTK by parts"), Llama 3's, and linear."""

import math
from dataclasses import dataclass
from typing import Any

import torch


@dataclass(frozen=True)
class Rope:
    """Rotary positions; with a `factor` above 0, YaRN's: "NTK by parts" and the temperature.

    linear: what every position is divided by
    low_freq_factor, high_freq_factor: above 0, `llama3_factor` divides what turns fewer times than the first in
        `original_max_position_embeddings`, and nothing that turns more often than the second
    factors: what divides each frequency, as some files have it in place of the numbers that it follows from
    """

    theta: float = 10_000.0
    factor: float = 0.0
    linear: float = 1.0
    llama3_factor: float = 1.0
    low_freq_factor: float = 0.0
    high_freq_factor: float = 0.0
    factors: tuple[float, ...] = ()
    original_max_position_embeddings: int = 4096
    beta_fast: float = 32.0
    beta_slow: float = 1.0
    mscale: float = 0.0
    mscale_all_dim: float = 0.0
    attention_factor: float | None = None

    @property
    def cosine_scale(self) -> float:
        """What cosines and sines are multiplied by."""
        if not self.factor:
            return 1.0
        if self.attention_factor is not None:
            return self.attention_factor
        if self.mscale and self.mscale_all_dim:
            return yarn_mscale(self.factor, self.mscale) / yarn_mscale(self.factor, self.mscale_all_dim)
        return yarn_mscale(self.factor, 1.0)

    @property
    def softmax_scale(self) -> float:
        """What the attention scores are multiplied by, beyond the head's width ** -0.5."""
        return yarn_mscale(self.factor, self.mscale_all_dim) ** 2 if self.factor and self.mscale_all_dim else 1.0

    def frequencies(self, width: int) -> torch.Tensor:
        """Radians per position, [width / 2]: those that turn often stay, slow ones are stretched by YaRN's factor."""
        powers = self.theta ** (torch.arange(0, width, 2, dtype=torch.float) / width)
        if self.factors:
            return 1.0 / (powers * torch.tensor(self.factors))
        if self.high_freq_factor:
            turns = self.original_max_position_embeddings / (2 * math.pi * powers)
            kept = (turns - self.low_freq_factor) / (self.high_freq_factor - self.low_freq_factor)
            kept = kept.clamp(0, 1)
            return (kept + (1 - kept) / self.llama3_factor) / powers
        if not self.factor:
            return 1.0 / (powers * self.linear)

        def dimension(rotations: float) -> float:
            length = self.original_max_position_embeddings / (rotations * 2 * math.pi)
            return width * math.log(length) / (2 * math.log(self.theta))

        low = max(math.floor(dimension(self.beta_fast)), 0)
        high = min(math.ceil(dimension(self.beta_slow)), width - 1)
        ramp = (torch.arange(width // 2, dtype=torch.float) - low) / ((high - low) or 0.001)
        stretched = ramp.clamp(0, 1)
        return stretched / (self.factor * powers) + (1 - stretched) / powers


def yarn_mscale(factor: float, mscale: float) -> float:
    """0.1 · mscale · ln(factor) + 1, YaRN's temperature; 1 for a factor that extends nothing."""
    return 1.0 if factor <= 1 else 0.1 * mscale * math.log(factor) + 1.0


def parse_rope(values: dict[str, Any]) -> Rope:
    """Rotary positions, from `rope_parameters` or the older `rope_theta` and `rope_scaling` of a `config.json`.

    Raises ValueError for a type of them that is not known.
    """
    found = {"rope_theta": values.get("rope_theta", 10_000.0)} | (values.get("rope_scaling") or {})
    found |= values.get("rope_parameters") or {}
    kind, theta = found.get("rope_type", found.get("type", "default")), float(found["rope_theta"])
    length = found.get("original_max_position_embeddings") or values["max_position_embeddings"]
    if kind == "default":
        return Rope(theta)
    if kind == "linear":
        return Rope(theta, linear=float(found["factor"]))
    if kind == "llama3":
        low, high = float(found["low_freq_factor"]), float(found["high_freq_factor"])
        if not 0 < low < high:
            raise ValueError("low_freq_factor and high_freq_factor of the rotary positions do not fit together")
        return Rope(theta, 0.0, 1.0, float(found["factor"]), low, high, original_max_position_embeddings=length)
    if kind == "factors":
        factors = tuple(map(float, found["factors"]))
        if len(factors) != values["head_dim"] // 2 or min(factors) <= 0:
            raise ValueError("the factors of the rotary positions do not fit the heads")
        return Rope(theta, factors=factors)
    if kind != "yarn":
        raise ValueError(f"rope type {kind!r}; known are 'default', 'linear', 'llama3' and 'yarn'")
    names = {"beta_fast", "beta_slow", "mscale", "mscale_all_dim", "attention_factor"}
    rest = {name: value for name, value in found.items() if name in names and value is not None}
    return Rope(theta, float(found["factor"]), original_max_position_embeddings=length, **rest)


@dataclass(frozen=True)
class Rotation:
    """Cosines and sines of some tokens' positions, both [tokens, rope / 2]."""

    cos: torch.Tensor
    sin: torch.Tensor

    @classmethod
    def at(cls, positions: torch.Tensor, frequencies: torch.Tensor, scale: float, dtype: torch.dtype) -> "Rotation":
        """That of positions [tokens], times YaRN's temperature."""
        angles = positions[:, None].float() * frequencies
        return cls((angles.cos() * scale).to(dtype), (angles.sin() * scale).to(dtype))

    def of(self, tokens: slice) -> "Rotation":
        """The rotation of some of the tokens."""
        return Rotation(self.cos[tokens], self.sin[tokens])

    def apply(self, states: torch.Tensor, interleaved: bool) -> torch.Tensor:
        """Turn the first `rope` numbers of states [tokens, …, dim]: neighbours where `interleaved`, else two halves.

        The result is in halves either way: queries and keys are turned alike, so that no product changes.
        """
        cos, sin = (part if states.dim() == 2 else part[:, None] for part in (self.cos, self.sin))
        turned, rest = states.tensor_split([2 * cos.shape[-1]], -1)
        even, odd = (turned[..., ::2], turned[..., 1::2]) if interleaved else turned.chunk(2, -1)
        return torch.cat([even * cos - odd * sin, odd * cos + even * sin, rest], -1)
