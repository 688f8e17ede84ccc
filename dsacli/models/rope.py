"""Rotary positions (Su et al. 2021), and YaRN's way of stretching them (Peng et al. 2023, "NTK by parts")."""

import math
from dataclasses import dataclass

import torch

from dsacli.models.deepseek_config import Rope


@dataclass(frozen=True)
class Rotation:
    """Cosines and sines of some tokens, both [tokens, rope / 2]."""

    cos: torch.Tensor
    sin: torch.Tensor

    def of(self, tokens: slice) -> "Rotation":
        """The rotation of some of the tokens."""
        return Rotation(self.cos[tokens], self.sin[tokens])

    def apply(self, states: torch.Tensor, interleaved: bool) -> torch.Tensor:
        """Turn states [tokens, …, rope]: neighbouring numbers where `interleaved`, else the two halves.

        The result is in halves either way: queries and keys are turned alike, so that no product changes.
        """
        cos, sin = (part if states.dim() == 2 else part[:, None] for part in (self.cos, self.sin))
        even, odd = (states[..., ::2], states[..., 1::2]) if interleaved else states.chunk(2, -1)
        return torch.cat([even * cos - odd * sin, odd * cos + even * sin], -1)


def rotation(places: torch.Tensor, frequencies: torch.Tensor, scale: float, dtype: torch.dtype) -> Rotation:
    """Cosines and sines of positions [tokens], times YaRN's temperature."""
    angles = places[:, None].float() * frequencies
    return Rotation((angles.cos() * scale).to(dtype), (angles.sin() * scale).to(dtype))


def rotary_frequencies(rope: Rope, width: int) -> torch.Tensor:
    """Radians per position, [width / 2]: those that turn often stay, slow ones are stretched by YaRN's factor."""
    powers = rope.theta ** (torch.arange(0, width, 2, dtype=torch.float) / width)
    if not rope.factor:
        return 1.0 / powers

    def dimension(rotations: float) -> float:
        length = rope.original_max_position_embeddings / (rotations * 2 * math.pi)
        return width * math.log(length) / (2 * math.log(rope.theta))

    low = max(math.floor(dimension(rope.beta_fast)), 0)
    high = min(math.ceil(dimension(rope.beta_slow)), width - 1)
    ramp = (torch.arange(width // 2, dtype=torch.float) - low) / ((high - low) or 0.001)
    stretched = ramp.clamp(0, 1)
    return stretched / (rope.factor * powers) + (1 - stretched) / powers
