"""Where results stand, for reading: places and quotations."""

import re
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from dsacli.engines.evidence import Evidence
from dsacli.output.panel import WIDEST

# "(page" is not parted from its number; a space that does not break is one that breaks to rich.
_PAGE, _UNBROKEN = re.compile(r"(\((?:page|line)) (?=[\d,]+)"), "\x1f"


def whereabouts(evidence: Evidence) -> str:
    """Document, page or line, and section."""
    parts = [f"{evidence.document}, {short_place(evidence)}"]
    if evidence.section:
        parts.append(evidence.section)
    return " · ".join(parts)


def short_place(evidence: Evidence) -> str:
    """The page, with what it is called; where the input has none, the line, or the place that it names."""
    if evidence.page is not None:
        return f"page {evidence.page}" + (f" ({evidence.page_label})" if evidence.page_label else "")
    return evidence.place or f"line {evidence.line}"


def quotation(places: Sequence[Evidence], marks: bool = True) -> Text:
    """A quotation in quotes, on one line, with the wordings of all its places highlighted."""
    quote, found, last = places[0].quote, Text("“"), 0
    for place in sorted(places, key=lambda each: each.quote_start) if marks else ():
        if place.quote_start >= last:
            found.append(_one_line(quote[last : place.quote_start]))
            found.append(_one_line(quote[place.quote_start : place.quote_end]), "bold underline")
            last = place.quote_end
    found.append(_one_line(quote[last:]))
    return found.append("”")


def _one_line(part: str) -> str:
    """Without line breaks, but with the spaces at its ends."""
    return " ".join(("|" + part + "|").split())[1:-1]


def indented(text: Text, columns: int, console: Console, bullet: str = "") -> Text:
    """Wrapped and indented on a terminal, behind a `bullet`; one line anywhere else, for grep."""
    first, others = " " * columns + bullet, " " * (columns + len(bullet))
    if not console.is_terminal:
        return Text.assemble(first, text)
    text = text.copy()
    text.plain = _PAGE.sub(rf"\1{_UNBROKEN}", text.plain)
    lines = text.wrap(console, min(console.width, WIDEST) - len(others))
    for line in lines:
        line.plain = line.plain.replace(_UNBROKEN, " ")
    return Text("\n").join(Text.assemble(others if number else first, line) for number, line in enumerate(lines))
