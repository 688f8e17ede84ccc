"""What Word computes and does not write down: which paragraphs are headings, and the numbers in front of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dsacli.documents.markup.archive import Archive, attribute, local

if TYPE_CHECKING:
    from lxml.etree import _Element

_LEVELS = 9
_HEADING = re.compile(r"heading ([1-9])$", re.IGNORECASE)
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"))
_SMALL_ROMAN = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")


@dataclass
class Style:
    """A paragraph's style: its name, level as a heading (0 the title, None no heading), list and level in it."""

    name: str = ""
    heading: int | None = None
    number: str | None = None
    number_level: int = 0
    based_on: str | None = None


@dataclass
class Level:
    """A level of a list: how it counts ("decimal", "bullet"), from where, and what its numbers look like ("%1.%2")."""

    style: str = "decimal"
    start: int = 1
    text: str = ""


@dataclass
class Numbering:
    """The lists of a document, and how far each has counted."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)
    counted: dict[str, list[int]] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)

    def next(self, number: str, level: int) -> str | None:
        """What stands in front of the next paragraph of a list: "5.2", "" for a bullet; None where there is no such list."""
        abstract = self.lists.get(number)
        if abstract is None or level not in self.levels.get(abstract, {}):
            return None
        levels = self.levels[abstract]
        counts = self.counted.setdefault(abstract, [levels.get(each, Level()).start - 1 for each in range(_LEVELS)])
        counts[level] += 1
        for deeper in range(level + 1, _LEVELS):
            counts[deeper] = levels.get(deeper, Level()).start - 1
        if levels[level].style in ("bullet", "none"):
            return ""
        return re.sub(
            r"%([1-9])", lambda found: self._shown(levels, counts, int(found[1]) - 1, level), levels[level].text
        ).strip()

    def _shown(self, levels: dict[int, Level], counts: list[int], each: int, level: int) -> str:
        own = levels.get(each, Level())
        count = counts[each] if each == level else max(counts[each], own.start)
        return numeral(count, own.style)


def numeral(number: int, style: str) -> str:
    """A number as a list shows it.

    >>> [numeral(4, style) for style in ("decimal", "lowerLetter", "upperRoman")]
    ['4', 'd', 'IV']
    """
    if style.endswith("Letter") and 0 < number < 1000:
        shown = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
    elif style.endswith("Roman") and 0 < number < 4000:
        shown = ""
        for value, letters in _ROMAN:
            shown += letters * (number // value)
            number %= value
        shown += _SMALL_ROMAN[number]
    else:
        return f"{number:02}" if style == "decimalZero" else str(number)
    return shown.upper() if style.startswith("upper") else shown


def read_styles(archive: Archive, main: str) -> dict[str, Style]:
    """The paragraph styles of a document by their ids, with what each inherits."""
    styles: dict[str, Style] = {}
    for path in archive.related(main, "styles"):
        for element in archive.xml(path).iter("{*}style"):
            style = paragraph_style(element)
            style.name, style.based_on = attribute_of(element, "name") or "", attribute_of(element, "basedOn")
            named = _HEADING.match(style.name)
            if named or style.name.lower() == "title":
                style.heading = int(named[1]) if named else 0
            styles[attribute(element, "styleId") or ""] = style
    for style in styles.values():
        _inherit(style, styles)
    return styles


def _inherit(style: Style, styles: dict[str, Style]) -> None:
    seen, above = {id(style)}, styles.get(style.based_on or "")
    while above is not None and id(above) not in seen:
        seen.add(id(above))
        style.heading = above.heading if style.heading is None else style.heading
        if style.number is None:
            style.number, style.number_level = above.number, max(style.number_level, above.number_level)
        above = styles.get(above.based_on or "")


def paragraph_style(element: _Element) -> Style:
    """What the properties in a paragraph or style themselves say of its heading and its list."""
    style, properties = Style(), element.find("{*}pPr")
    if properties is None:
        return style
    outline, listed = attribute_of(properties, "outlineLvl"), properties.find("{*}numPr")
    if outline and outline.isdigit() and int(outline) < _LEVELS:
        style.heading = int(outline) + 1
    if listed is not None:
        style.number = attribute_of(listed, "numId")
        level = attribute_of(listed, "ilvl") or "0"
        style.number_level = min(_LEVELS - 1, int(level)) if level.isdigit() else 0
    return style


def read_numbering(archive: Archive, main: str) -> Numbering:
    """The lists of a document."""
    numbering = Numbering()
    for path in archive.related(main, "numbering"):
        for element in archive.xml(path):
            if local(element) == "abstractNum":
                levels = {
                    int(attribute(each, "ilvl") or 0): _level(each)
                    for each in element.iter("{*}lvl")
                    if (attribute(each, "ilvl") or "0").isdigit()
                }
                numbering.levels[attribute(element, "abstractNumId") or ""] = levels
            elif local(element) == "num":
                numbering.lists[attribute(element, "numId") or ""] = attribute_of(element, "abstractNumId") or ""
    return numbering


def _level(element: _Element) -> Level:
    start = attribute_of(element, "start") or "1"
    return Level(
        attribute_of(element, "numFmt") or "decimal",
        int(start) if start.isdigit() else 1,
        attribute_of(element, "lvlText") or "",
    )


def attribute_of(element: _Element, child: str) -> str | None:
    """The value of a property: `w:val` of the child of that name."""
    found = element.find(f"{{*}}{child}")
    return None if found is None else attribute(found, "val")
