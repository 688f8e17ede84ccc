"""How a PDF is set: the size of its body text, and what is a usual line and a usual distance."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from dsacli.documents.pdf.lines import Line


@dataclass(frozen=True)
class Typography:
    """How a document is set: body size in points, and the usual line distance and width by size."""

    body: float
    leading: dict[float, float]
    measure: dict[float, float]


def rounded(size: float) -> float:
    """`size` to half a point, so that sizes which look alike are alike."""
    return round(size * 2) / 2


def body_size(lines: Sequence[Line]) -> float:
    """The size that most of the text is set in, in points."""
    weights: Counter[float] = Counter()
    for line in lines:
        weights[rounded(line.size)] += len(line.text)
    return weights.most_common(1)[0][0] if weights else 0.0


def measure_typography(lines: Sequence[Line]) -> Typography:
    """The type of a document, from all of its lines."""
    distances: dict[float, list[float]] = defaultdict(list)
    widths: dict[float, list[float]] = defaultdict(list)
    for above, line in zip(lines, lines[1:]):
        size = rounded(line.size)
        if above.page == line.page and rounded(above.size) == size and 0.8 * size < above.bottom - line.y < 2.5 * size:
            distances[size].append(above.bottom - line.y)
    for line in lines:
        if not line.row:
            widths[rounded(line.size)].append(line.width)
    return Typography(
        body=body_size(lines),
        leading={size: median(found) for size, found in distances.items()},
        measure={size: sorted(found)[len(found) * 9 // 10] for size, found in widths.items()},
    )


def follows(above: Line, line: Line, typography: Typography, slack: float = 1.3) -> bool:
    """Whether `line` is at the usual distance below `above`, on the same page."""
    leading = max(typography.leading.get(rounded(each.size), 1.1 * each.size) for each in (above, line))
    return above.page == line.page and 0 < above.bottom - line.y <= slack * leading


def full_width(line: Line, typography: Typography) -> float:
    """The width in points of a full line of the size of `line`."""
    return typography.measure.get(rounded(line.size), line.width)


def is_short(above: Line, line: Line, typography: Typography) -> bool:
    """Whether the first word of `line` had clearly found room above."""
    first_word = line.text.split(" ", 1)[0]
    return above.width + 0.5 * line.size * (len(first_word) + 1) < 0.8 * full_width(line, typography)
