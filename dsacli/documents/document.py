"""What the rest of the program knows of an input: text, pages, sections, sentences, all as offsets."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from functools import cached_property
from typing import Any

from dsacli.documents.sentences import split_paragraphs, split_sentences


@dataclass(frozen=True)
class Page:
    """One page: `number` is 1-based, `text[start:end]` is what stands on it; `label` is what is printed on it or said of it ("iv",
    "129") where that is not its number."""

    number: int
    start: int
    end: int
    label: str | None = None


@dataclass(frozen=True)
class Place:
    """A place of an input that has no pages and no lines to name: "sheet Orders, row 5", "0:01:12"; up to the next one."""

    name: str
    start: int


@dataclass(frozen=True)
class Section:
    """A heading and what it rules: from the heading to the next one of the same or a higher level.

    `level` 1 is the highest. Offsets are characters of `Document.text`.
    """

    title: str
    level: int
    start: int
    end: int


@dataclass(frozen=True)
class Document:
    """A document as read: cleaned text and where everything in it stands.

    `name` is the path as the user gave it, or "stdin"; `kind` is "pdf", "text", "markdown" or another format's name.
    `pages` and `places` are empty when the input has none. `line_starts` holds, for text and markdown, the
    offset at which each line of the original file begins; it is empty for all others. `warnings` say what was not
    read or may be misread, a line each, without the document's name.
    """

    name: str
    kind: str
    text: str
    pages: tuple[Page, ...] = ()
    sections: tuple[Section, ...] = ()
    line_starts: tuple[int, ...] = ()
    places: tuple[Place, ...] = ()
    warnings: tuple[str, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """The number of the page that `offset` stands on, or None when there are no pages."""
        page = self._page(offset)
        return page.number if page else None

    def label_at(self, offset: int) -> str | None:
        """The label of that page, None where it has none of its own."""
        page = self._page(offset)
        return page.label if page else None

    def place_at(self, offset: int) -> str | None:
        """The name of the place that `offset` stands at: one of `places`, else the number of its paragraph; None where pages or
        lines say it."""
        if self.pages or self.line_starts:
            return None
        number = bisect_right(self.places, offset, key=lambda place: place.start) - 1
        return self.places[number].name if number >= 0 else f"paragraph {self.paragraph_at(offset) + 1}"

    def line_at(self, offset: int) -> int | None:
        """The 1-based line of the original file, as an editor shows it; None where lines do not count."""
        if not self.line_starts:
            return None
        return max(1, bisect_right(self.line_starts, offset))

    def section_at(self, offset: int) -> str | None:
        """The title of the innermost section around `offset`, or None before the first heading."""
        section = self.innermost(offset)
        return section.title if section else None

    def innermost(self, offset: int) -> Section | None:
        """The innermost section around `offset`, or None before the first heading."""
        # A section reaches at least to the next heading, so the last one begun is the innermost.
        index = bisect_right(self._section_starts, offset) - 1
        return self.sections[index] if index >= 0 else None

    def heading_path(self, offset: int) -> tuple[str, ...]:
        """The titles of the sections around `offset`, the outermost first; that of a section which begins there is its own
        text, and not among them.

        >>> Document("x", "text", "A\\nB\\nc", sections=(Section("A", 1, 0, 5), Section("B", 2, 2, 5))).heading_path(4)
        ('A', 'B')
        """
        number, found = bisect_left(self._section_starts, offset) - 1, list[str]()
        while number >= 0:
            if self.sections[number].end > offset:
                found.append(self.sections[number].title)
            number = self._outer[number]
        return tuple(reversed(found))

    def sentences(self) -> list[tuple[int, int]]:
        """(start, end) of every sentence: trimmed, not empty, in order, not overlapping."""
        return self._sentences

    @cached_property
    def paragraphs(self) -> list[tuple[int, int]]:
        """(start, end) of what reads on as one, in order: paragraphs, items of lists, turns, rows, headings."""
        return list(
            split_paragraphs(self.text, every_line=self.kind == "pdf", headings=frozenset(self._section_starts))
        )

    def paragraph_at(self, offset: int) -> int:
        """The number of the last of `paragraphs` that begins at or before `offset`."""
        return max(0, bisect_right(self.paragraphs, offset, key=lambda paragraph: paragraph[0]) - 1)

    def to_json(self) -> dict[str, Any]:
        """A dictionary of plain JSON types that `from_json` turns back into an equal document."""
        return {
            "name": self.name,
            "kind": self.kind,
            "text": self.text,
            "pages": [list(astuple(page)) for page in self.pages],
            "sections": [list(astuple(section)) for section in self.sections],
            "line_starts": list(self.line_starts),
            "places": [list(astuple(place)) for place in self.places],
            "warnings": list(self.warnings),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Document:
        """The document that `to_json` wrote. Raises ValueError when the dictionary is damaged."""
        try:
            return cls(
                name=stored["name"],
                kind=stored["kind"],
                text=stored["text"],
                pages=tuple(Page(*page) for page in stored["pages"]),
                sections=tuple(Section(*section) for section in stored["sections"]),
                line_starts=tuple(stored["line_starts"]),
                places=tuple(Place(*place) for place in stored["places"]),
                warnings=tuple(stored["warnings"]),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a stored document: {error}") from error

    def _page(self, offset: int) -> Page | None:
        return self.pages[max(0, bisect_right(self._page_starts, offset) - 1)] if self.pages else None

    @cached_property
    def _page_starts(self) -> list[int]:
        return [page.start for page in self.pages]

    @cached_property
    def _section_starts(self) -> list[int]:
        return [section.start for section in self.sections]

    @cached_property
    def _outer(self) -> list[int]:
        """The number of the section around each section, -1 for none."""
        found, around = list[int](), list[int]()
        for number, section in enumerate(self.sections):
            while around and self.sections[around[-1]].level >= section.level:
                around.pop()
            found.append(around[-1] if around else -1)
            around.append(number)
        return found

    @cached_property
    def _sentences(self) -> list[tuple[int, int]]:
        return split_sentences(self.text, every_line=self.kind == "pdf", headings=frozenset(self._section_starts))


def nest_sections(headings: Iterable[tuple[str, Any, int]], length: int) -> tuple[Section, ...]:
    """Sections from (title, rank, start) in text order; any sortable ranks, renumbered to levels 1, 2, …

    `length` is that of the text: where the last sections end.
    """
    ordered = list(headings)
    levels = {rank: level for level, rank in enumerate(sorted({rank for _, rank, _ in ordered}), 1)}
    sections: list[Section] = []
    following: list[tuple[int, int]] = []  # (level, start) of the headings behind, nearest last
    for title, rank, start in reversed(ordered):
        level = levels[rank]
        while following and following[-1][0] > level:
            following.pop()
        sections.append(Section(title, level, start, following[-1][1] if following else length))
        following.append((level, start))
    return tuple(reversed(sections))
