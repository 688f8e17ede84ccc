"""Which lines of plain text or Markdown are headings, and of what rank."""

import re
from collections.abc import Iterator, Sequence

from dsacli.documents.headings import BARE_RANK, LONGEST, is_all_caps, numbering_rank

_UNDERLINE = re.compile(r"(?:={3,}|-{3,}|~{3,}|\^{3,})\s*$")
_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?$")
_FENCE = re.compile(r" {0,3}(```|~~~)")


def text_headings(lines: Sequence[str]) -> Iterator[tuple[int, str, int]]:
    """(line index, title, rank) of the headings of a plain text, by their looks and the blank lines around."""
    for index, raw in enumerate(lines):
        line = raw.strip()
        if not line or len(line) > LONGEST:
            continue
        before = index == 0 or not lines[index - 1].strip()
        following = lines[index + 1].strip() if index + 1 < len(lines) else ""
        if before and _underlines(following, line):
            yield index, line, 1 if following[0] == "=" else 2
            continue
        if not before and not following:
            continue
        rank = numbering_rank(line)
        if rank is not None and before and (not following or rank > BARE_RANK or _rules(line, following)):
            yield index, line, rank
        elif before and not following and is_all_caps(line):
            yield index, line, BARE_RANK


def _rules(line: str, following: str) -> bool:
    """Whether a numbered line is the heading of what follows without a blank line: "5. TERMINATION", or "5. Term" before "5.1 …"."""
    number = line.split(None, 1)[0].rstrip(".")
    return is_all_caps(line) or following.startswith(f"{number}.1")


def markdown_headings(lines: Sequence[str]) -> Iterator[tuple[int, str, int]]:
    """(line index, title, level) of the `#` and underlined headings of a Markdown text, outside code fences."""
    fence = ""
    for index, line in enumerate(lines):
        fenced = _FENCE.match(line)
        if fenced and fence in ("", fenced.group(1)):
            fence = "" if fence else fenced.group(1)
        if fence or fenced:
            continue
        marked = _ATX.match(line)
        if marked:
            title = (marked.group(2) or "").strip().rstrip("#").strip()
            if title:
                yield index, title, len(marked.group(1))
        elif index + 1 < len(lines) and line.strip() and line.lstrip()[0] not in "-=>|*+":
            alone = index == 0 or not lines[index - 1].strip()
            if alone and _underlines(lines[index + 1].strip(), ""):
                yield index, line.strip(), 1 if lines[index + 1].strip()[0] == "=" else 2


def _underlines(line: str, title: str) -> bool:
    return bool(_UNDERLINE.match(line)) and len(line) >= 0.6 * len(title)
