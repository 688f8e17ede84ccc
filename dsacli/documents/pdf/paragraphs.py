"""Lines of PDF pages into running text: what reads on, what stands apart, what is a heading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dsacli.documents.headings import BARE_RANK, numbering_rank
from dsacli.documents.hyphens import rejoin
from dsacli.documents.pdf.asides import placed
from dsacli.documents.pdf.headings import Rank, rank_of
from dsacli.documents.pdf.lines import BULLET, Line
from dsacli.documents.pdf.typography import Typography, follows, full_width, is_short, measure_typography

_ITEM = re.compile(r"(?:\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{2,5})[.)]|\[\d{1,3}\])\s")
# "Full name: Perpetua Vane"
_LABELLED = re.compile(r"(?=[^\W\d_])(?=[^a-z])[^:|]{1,40}: \S")
# No sentence ends in one of these.
_OPEN = re.compile(
    r"(?<![^\W_])(?:of|the|a|an|and|or|to|in|on|at|by|for|from|with|that|which|as|than|is|was|are|were|der|die|das|und|von|de|la|le|et)$",
    re.IGNORECASE,
)
_CLOSED = re.compile(r"[.!?:;…][\"'”’»)\]]*$")


@dataclass(frozen=True)
class Setting:
    """Running text and where it came from: `starts[i]` is the offset of `lines[i]`, `ends[i]` its end.

    `headings` are (line index, title, rank) with sortable ranks.
    """

    text: str
    lines: list[Line]
    starts: list[int]
    ends: list[int]
    headings: list[tuple[int, str, Rank]]


def set_text(lines: Sequence[Line], hyphenated: frozenset[str]) -> Setting:
    """The lines as running text: paragraphs on one line each, rows and list items on their own, asides where they interrupt none.

    `hyphenated` are the words known to carry a hyphen, for words divided at a line's end.
    """
    body = [line for line in lines if not line.aside]
    typography = measure_typography(body)
    ranks_of = {id(line): rank_of(body, index, typography) for index, line in enumerate(body)}
    # Rows of one table read on, too: its heads are known as far as nothing stands between.
    reads_on = [False] + [
        above.columns == line.columns > 0
        or _between(above, line, ranks_of[id(above)], ranks_of[id(line)], typography) == " "
        for above, line in zip(body, body[1:])
    ]
    lines = placed(lines, reads_on)
    ranks = [ranks_of.get(id(line)) for line in lines]
    gaps = ["\n\n"] + [
        "\n\n"
        if lines[index - 1].aside != lines[index].aside
        else _between(lines[index - 1], lines[index], ranks[index - 1], ranks[index], typography)
        for index in range(1, len(lines))
    ]
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    for index, line in enumerate(lines):
        starts.append(position)
        text, gap = line.text, gaps[index + 1] if index + 1 < len(lines) else ""
        joined = rejoin(text, lines[index + 1].text, hyphenated) if gap == " " else None
        if joined:
            text, gap = joined
        pieces += (text, gap)
        ends.append(position + len(text))
        position += len(text) + len(gap)
    return Setting("".join(pieces), lines, starts, ends, _headings(lines, ranks, gaps))


def _headings(lines: Sequence[Line], ranks: Sequence[Rank | None], gaps: Sequence[str]) -> list[tuple[int, str, Rank]]:
    """(line index, title, rank) of every heading; one that goes on over the next line is one."""
    headings: list[tuple[int, str, Rank]] = []
    for index, (line, rank, gap) in enumerate(zip(lines, ranks, gaps)):
        if rank is None:
            continue
        if gap == " ":
            begin, title, first = headings[-1]
            headings[-1] = (begin, f"{title} {line.text}", first)
        else:
            headings.append((index, line.text, rank))
    return headings


def _between(above: Line, line: Line, rank_above: Rank | None, rank: Rank | None, typography: Typography) -> str:
    """What stands between two lines: a space where they read on, else one newline or two."""
    if rank_above is not None or rank is not None:
        set_alike = rank_above is not None and rank is not None and rank_above[:2] == rank[:2]
        reads_on = set_alike and rank is not None and rank[2] == BARE_RANK and numbering_rank(line.text) is None
        return " " if reads_on and follows(above, line, typography) else "\n\n"
    if above.page == line.page and above.y == line.y and line.x > above.end:
        return "\n"
    if above.row and line.row:
        return "\n" if above.page != line.page or follows(above, line, typography, slack=2.2) else "\n\n"
    if above.row or line.row:
        return "\n\n"
    if BULLET.match(line.text) or (_ITEM.match(line.text) and not _is_full_prose(above, line, typography)):
        return "\n"
    if _LABELLED.match(above.text) and _LABELLED.match(line.text):
        return "\n" if follows(above, line, typography, slack=2.2) else "\n\n"
    change = abs(above.size - line.size) / line.size
    # A line of mostly code is a little smaller than the sentence that it is part of.
    if change > 0.2 or (change > 0.08 and _CLOSED.search(above.text)):
        return "\n\n"
    if above.page != line.page or line.y > above.y:
        return _over_a_break(above, line, typography)
    if not follows(above, line, typography):
        return "\n\n"
    return _inside_a_column(above, line, typography)


def _inside_a_column(above: Line, line: Line, typography: Typography) -> str:
    closed = bool(_CLOSED.search(above.text))
    hanging = bool(BULLET.match(above.text) or _ITEM.match(above.text))
    indented = line.x - above.x > 0.8 * line.size
    if indented and not hanging and (closed or above.width < 0.5 * full_width(line, typography)):
        return "\n\n"
    if is_short(above, line, typography):
        if closed:
            return "\n\n"
        if not line.text[0].islower() and above.width < 0.65 * full_width(line, typography):
            return "\n"
    return " "


def _over_a_break(above: Line, line: Line, typography: Typography) -> str:
    """Between the last line of a page or column and the first of the next."""
    if _CLOSED.search(above.text):
        return "\n\n"
    if line.text[0].islower() or above.text[-1] in ",-\u2010" or _OPEN.search(above.text):
        return " "
    return "\n\n" if is_short(above, line, typography) else " "


def _is_full_prose(above: Line, line: Line, typography: Typography) -> bool:
    """Whether the line above breaks off mid-sentence at the margin, so that "(a) " below is no new item."""
    broken_off = not _CLOSED.search(above.text) and not is_short(above, line, typography)
    return broken_off and abs(line.x - above.x) < 1 and not _ITEM.match(above.text)
