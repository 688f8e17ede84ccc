"""What every reader of a format writes into: paragraphs, headings, items and rows become one text, and what stands where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dsacli.documents.clean import normalise
from dsacli.documents.document import Document, Page, Place, nest_sections
from dsacli.documents.markup.rows import Labels, row_line
from dsacli.errors import DsacliError

CHARACTERS = 100_000_000
"""What a document may hold; a file that expands to more is refused."""

_BLANK = re.compile(r"[ \t\f\v]*\n\s*\n")


class Draft:
    """The text of a document while it is read. Paragraphs are parted by blank lines; items of a list, and rows, by newlines."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.length = 0
        self._pieces: list[str] = []
        self._headings: list[tuple[str, int, int]] = []
        self._places: list[Place] = []
        self._warnings: dict[str, None] = {}
        self._last, self._place = "", ""

    def place(self, name: str) -> None:
        """What is written from here on stands at `name`."""
        self._place = " ".join(normalise(name).split())

    def warn(self, warning: str) -> None:
        """Something is not read; said once, however often it is met."""
        self._warnings.setdefault(" ".join(normalise(warning).split()))

    def heading(self, title: str, level: int) -> None:
        """A heading; level 1 is the highest, 0 is the title of the whole."""
        title = flat(title)
        if title:
            start = self._write(title, "heading")
            self._headings.append((title, level, start))

    def paragraph(self, text: str) -> None:
        """A paragraph, its white space folded."""
        self._write(flat(text), "paragraph")

    def run(self, parts: Sequence[tuple[str, str]]) -> None:
        """A paragraph of parts that stand at places of their own: (place, text) of each."""
        for number, (place, text) in enumerate((place, flat(text)) for place, text in parts):
            self.place(place)
            self._write(text, "first part" if not number else "part of a run")

    def item(self, text: str) -> None:
        """An item of a list, with a dash where it brings no number of its own."""
        text = flat(text)
        if text:
            self._write(text if re.match(r"[-*•]\s|\(?\w{1,5}[.)]\s", text) else f"- {text}", "item")

    def lines(self, text: str) -> None:
        """Text whose lines are kept: code, verse, the body of a plain mail; blank lines part paragraphs."""
        for block in _BLANK.split(normalise(text.replace("\r\n", "\n").replace("\r", "\n"))):
            self._write(block.strip("\n").rstrip(), "lines")

    def row(self, cells: Sequence[str], labels: Labels | None) -> int:
        """A row of a table, each cell with the heading of its column where there are headings; where it begins in the text."""
        line = row_line([flat(cell) for cell in cells], labels)
        return self._write(line, "row" if line.startswith("|") else "paragraph")

    def table(self, rows: Iterable[Sequence[str]], labels: Labels | None) -> None:
        """All rows of a table below its headings."""
        for cells in rows:
            self.row(cells, labels)
        self.end_of_table()

    def end_of_table(self) -> None:
        """The next row belongs to another table."""
        self._last = ""

    def append(self, other: Document, place: str) -> None:
        """A document that is part of this one, at `place`; its pages and places become "`place`, page 2"."""
        starts: list[tuple[int, str]] = [(page.start, f"{place}, page {page.number}") for page in other.pages]
        starts = starts or [(each.start, f"{place}, {each.name}") for each in other.places]
        if not starts or starts[0][0] > 0:
            starts.insert(0, (0, place))
        self.place("")
        base = self._write(other.text.strip("\n"), "part") - (len(other.text) - len(other.text.lstrip("\n")))
        self._places += [Place(name, base + start) for start, name in starts]
        self._headings += [(each.title, each.level + 1, base + each.start) for each in other.sections]
        for warning in other.warnings:
            self.warn(f"{place}: {warning}")

    def document(self, kind: str, *, line_starts: Sequence[int] = (), pages: Sequence[Page] = ()) -> Document:
        """The finished document. Raises DsacliError when there is nothing in it."""
        text = "".join(self._pieces)
        if not text.strip():
            said = f" ({'; '.join(self._warnings)})" if self._warnings else ""
            raise DsacliError(f"{self.name} holds no text{said}")
        return Document(
            self.name,
            kind,
            text,
            pages=tuple(pages),
            sections=nest_sections(self._headings, len(text)),
            line_starts=tuple(line_starts),
            places=tuple(self._places),
            warnings=tuple(self._warnings),
        )

    def _write(self, text: str, what: str) -> int:
        """Where the text now begins."""
        if not text:
            return self.length
        if self._pieces:
            self._add(" " if what == "part of a run" else "\n" if what == self._last in ("item", "row") else "\n\n")
        start, self._last = self.length, what
        if self._place and not (self._places and self._places[-1].name == self._place):
            self._places.append(Place(self._place, start))
        self._add(text)
        return start

    def _add(self, text: str) -> None:
        self._pieces.append(text)
        self.length += len(text)
        if self.length > CHARACTERS:
            raise DsacliError(f"{self.name} holds more than {CHARACTERS:,} characters")


def flat(text: str) -> str:
    """Text on one line, its odd characters replaced."""
    return " ".join(normalise(text).split())
