"""Settings that every decoder's `config.json` has, checked alike; ValueError names the setting at fault."""

from collections.abc import Iterable
from typing import Any


def check_settings(values: dict[str, Any], positive: Iterable[str]) -> None:
    """Raise ValueError unless those named are positive whole numbers, and the activation is the one that is known."""
    for name in positive:
        if not isinstance(values.get(name), int) or isinstance(values[name], bool) or values[name] < 1:
            raise ValueError(f"{name} is {values.get(name)!r}, not a positive whole number")
    if values.get("hidden_act", "silu") != "silu":
        raise ValueError(f"hidden_act is {values['hidden_act']!r}; only 'silu' is known")


def check_model_type(values: dict[str, Any], known: tuple[str, ...]) -> None:
    """Raise ValueError for a model of another type."""
    if values.get("model_type") not in known:
        raise ValueError(f"model_type is {values.get('model_type')!r}; known are {', '.join(known)}")


def end_tokens(values: dict[str, Any]) -> tuple[int, ...]:
    """`eos_token_id`, which is one, several, or none."""
    end = values.get("eos_token_id", ())
    return tuple(end) if isinstance(end, list) else (end,) if isinstance(end, int) else ()
