"""From the runs of one page, in the order in which they were drawn, to its lines, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Sequence

from dsacli.documents.pdf.columns import by_rows, in_reading_order
from dsacli.documents.pdf.lines import Line, lines_of
from dsacli.documents.pdf.margins import without_line_numbers
from dsacli.documents.pdf.runs import Run
from dsacli.documents.pdf.tables import set_lines


def page_lines(page: int, runs: Sequence[Run]) -> list[Line]:
    """The lines of the page `page` (from 0)."""
    return set_lines(in_reading_order(lines_of(by_rows(without_line_numbers(list(runs))))), page)
