"""Figures with their units."""

from collections.abc import Sequence


def scaled(number: float, units: Sequence[str], step: float) -> str:
    """Three digits and a unit."""
    place = 0
    while number >= step and place < len(units) - 1:
        number, place = number / step, place + 1
    return f"{number:,.0f} {units[place]}" if number >= 100 or place == 0 else f"{number:.3g} {units[place]}"


def counted(count: int, unit: str) -> str:
    """ "1 page", "12 pages", "3 entries"."""
    plural = unit[:-1] + "ies" if unit.endswith("y") else unit + "s"
    return f"{count:,} {unit if count == 1 else plural}"


def size(count: int) -> str:
    """Bytes, in units of 1000."""
    return scaled(count, ("B", "kB", "MB", "GB", "TB"), 1000)


def flop(count: int) -> str:
    """FLOPs, in units of 1000."""
    return scaled(count, ("FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP", "EFLOP"), 1000)


def times(ratio: float) -> str:
    """A ratio as "34×"; one below ten keeps a decimal."""
    return f"{ratio:,.0f}×" if ratio >= 10 else f"{ratio:.1f}×"
