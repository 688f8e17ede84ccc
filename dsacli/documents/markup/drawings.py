"""What is drawn into office files: the figures of charts and the words of diagrams are read, pictures are said to be left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsacli.documents.markup.archive import Archive, attribute, local
from dsacli.documents.markup.draft import Draft
from dsacli.documents.markup.rows import as_labels

if TYPE_CHECKING:
    from lxml.etree import _Element

_POINTS = 2000
_SERIES = 100


def write_graphics(draft: Draft, archive: Archive, part: str, graphic: _Element) -> None:
    """Write the charts and diagrams that an element of a part of an archive refers to."""
    relations = archive.relations(part)
    for element in graphic.iter("{*}chart", "{*}relIds", "{*}blip", "{*}oleObj", "{*}OLEObject"):
        if local(element).lower().startswith("ole"):
            draft.warn("embedded objects are not read")
        reference = attribute(element, "id") or attribute(element, "dm") or attribute(element, "embed") or ""
        kind, path = relations.get(reference, ("", ""))
        if kind == "image":
            draft.warn("pictures are not read")
        elif kind == "chart" and path in archive:
            write_chart(draft, archive.xml(path))
        elif kind == "diagramData" and path in archive:
            for paragraph in archive.xml(path).iter("{*}p"):
                draft.paragraph("".join(each.text or "" for each in paragraph.iter("{*}t")))


def write_chart(draft: Draft, chart: _Element) -> None:
    """A chart as a table: a row for each category, a column for each series, as far as the file keeps what was drawn."""
    title = chart.find(".//{*}title")
    if title is not None:
        draft.paragraph("".join(each.text or "" for each in title.iter("{*}t")))
    names, columns, categories = list[str](), list[dict[int, str]](), dict[int, str]()
    for series in list(chart.iter("{*}ser"))[:_SERIES]:
        names.append("".join(each.text or "" for each in series.iterfind("{*}tx//{*}v")) or f"series {len(names) + 1}")
        for kind in ("cat", "xVal"):
            categories |= _points(series.find(f"{{*}}{kind}"))
        columns.append(_points(series.find("{*}val")) or _points(series.find("{*}yVal")))
    labels = as_labels(["", *names])
    draft.table(
        [
            [categories.get(number, ""), *(column.get(number, "") for column in columns)]
            for number in sorted(categories)
        ],
        labels,
    )


def _points(data: _Element | None) -> dict[int, str]:
    """The values that a chart was drawn with, by their numbers."""
    found: dict[int, str] = {}
    if data is not None:
        for point in data.iter("{*}pt"):
            value, number = point.find("{*}v"), point.get("idx", "")
            if value is not None and number.isdigit() and len(found) < _POINTS:
                found[int(number)] = _rounded(value.text or "")
    return found


def _rounded(value: str) -> str:
    """A number without the dust of binary fractions; anything else as it is."""
    try:
        return f"{float(value):.11g}" if len(value) > 12 else value
    except ValueError:
        return value
