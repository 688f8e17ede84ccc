"""What was filled in and noted on a PDF page: the values of form fields beside their labels, notes and comments."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from dsacli.documents.pdf.runs import Run

Rectangle = tuple[float, float, float, float]
"""left, bottom, right, top in points."""

# Annotations of one page that are looked at, characters of a value or a note.
_MOST, _LONGEST = 2000, 5000
_HIDDEN = 0x02 | 0x20
_PUSH_BUTTON, _RADIO, _PASSWORD = 1 << 16, 1 << 15, 1 << 13
_UNCHECKED = "unchecked"
_NOTES = {
    "/Text": "Note", "/FreeText": "Note", "/Highlight": "Highlight", "/Underline": "Underlined", "/StrikeOut": "Struck out",
    "/Squiggly": "Underlined", "/Caret": "Insertion", "/Stamp": "Stamp", "/Ink": "Note", "/FileAttachment": "Attachment",
    "/Line": "Note", "/Square": "Note", "/Circle": "Note", "/Polygon": "Note", "/PolyLine": "Note",
}  # fmt: skip
_MARKED = frozenset({"/Highlight", "/Underline", "/StrikeOut", "/Squiggly"})
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|[_\s]+|\.(?=\w)")


class Field(NamedTuple):
    """A filled field: where it is, what it holds, what the form calls it, whether it is a box to tick, and whether that is one of
    several of which one was chosen."""

    place: Rectangle
    value: str
    name: str
    box: bool
    choice: bool = False


def filled_in(runs: Sequence[Run], fields: Sequence[Field]) -> list[Run]:
    """The runs of a page with the value of each field beside its label, or under the name that the form has for it; of choices of which
    one was made, that one, and the others at the end of the page."""
    found, filled, passed_over = list(runs), set[int](), list[int]()
    for field in sorted(fields, key=lambda field: (-field.place[3], field.place[0])):
        beside = [each.place for each in fields if each.box and _on_line(each.place, field.place)]
        at = _label(found, field, max([place[2] for place in beside], default=field.place[2]))
        if at is None:
            left, bottom, right, _ = field.place
            text = f"{field.name}: {field.value}" if field.name else field.value
            found.append(Run(text, left, bottom + 3, right, 10.0, False))
        elif field.choice and field.value == _UNCHECKED:
            passed_over.append(at)
        elif not field.choice:
            label = found[at]
            mark = "" if at in filled or label.text.rstrip()[-1:] in ":?.,;=" else ":"
            filled.add(at)
            text = f"{label.text.rstrip(' _.')}{mark} {field.value}"
            found[at] = label._replace(text=text, end=max(label.end, field.place[2]))
    if passed_over:
        others = "; ".join(found[number].text for number in passed_over)
        last = Run(f"[Not chosen: {others}]", 0.0, min(run.y for run in found) - 40, 100.0, 10.0, False)
        found = [run for number, run in enumerate(found) if number not in passed_over] + [last]
    return found


def _on_line(place: Rectangle, other: Rectangle) -> bool:
    """Whether two fields stand beside each other."""
    return min(place[3], other[3]) - max(place[1], other[1]) > 0.5 * (other[3] - other[1])


def _label(runs: Sequence[Run], field: Field, last: float) -> int | None:
    """The run that says what a field is for: beside it, else close above it; a box's rather on its right, unless nothing stands right of
    `last`, where the last box of the line ends."""
    left, bottom, right, top = field.place
    before, after, above = [], [], []
    ends_with_box = True
    for number, run in enumerate(runs):
        if run.turn or not any(map(str.isalpha, run.text)):
            continue
        if bottom - 0.35 * run.size <= run.y + 0.3 * run.size <= top + 0.35 * run.size:
            if run.x < left and run.end < right + 1:
                before.append((left - min(run.end, left), number))
            elif run.x >= right - 2:
                after.append((run.x - right, number))
                ends_with_box = ends_with_box and run.x < last - 2
        elif 0 <= run.y - top < 1.5 * run.size and run.x < right and run.end > left:
            above.append((run.y - top, number))
    if field.box and after and min(after)[0] < 40 and not (before and ends_with_box):
        return min(after)[1]
    if before and min(before)[0] < 250:
        return min(before)[1]
    if above:
        return min(above)[1]
    return min(after)[1] if after and min(after)[0] < 60 else None


def fields_of(page: Any) -> Iterator[Field]:
    """The filled fields of a page of pypdf's."""
    for annotation in _annotations(page):
        if annotation.get("/Subtype") != "/Widget" or int(annotation.get("/F", 0)) & _HIDDEN:
            continue
        place = _rectangle(annotation.get("/Rect"))
        value = _value(annotation)
        if place and value:
            name = str(_inherited(annotation, "/TU") or _inherited(annotation, "/T") or "")[:200]
            box = _inherited(annotation, "/FT") == "/Btn"
            choice = box and _is_choice(annotation)
            yield Field(place, " ".join(value.split())[:_LONGEST], " ".join(_HUMP.split(name)), box, choice)


def notes_of(page: Any, text_in: Callable[[Sequence[Rectangle]], str]) -> list[str]:
    """The notes of a page of pypdf's, a line each: "[Note by Hester Lamb] …"; `text_in` gives the text that one marks."""
    found = []
    for annotation in _annotations(page):
        kind = str(annotation.get("/Subtype"))
        if kind not in _NOTES or int(annotation.get("/F", 0)) & _HIDDEN:
            continue
        said = " ".join(str(annotation.get("/Contents") or "").split())[:_LONGEST]
        marked = " ".join(text_in(_quads(annotation)).split()) if kind in _MARKED else ""
        if not said and not marked:
            continue
        author = " ".join(str(annotation.get("/T") or "").split())[:100]
        head = f"[{_NOTES[kind]} by {author}]" if author else f"[{_NOTES[kind]}]"
        found.append(" ".join(filter(None, (head, marked and f"“{marked}”" + (":" if said else ""), said))))
    return found


def _annotations(page: Any) -> Iterator[Any]:
    annotations = page.get("/Annots")
    for annotation in list(annotations.get_object() if annotations is not None else ())[:_MOST]:
        each = annotation.get_object()
        if hasattr(each, "get"):
            yield each


def _inherited(field: Any, key: str) -> Any:
    """What a field says of itself, or those that it is part of say."""
    for _ in range(20):
        if field is None or key in field:
            break
        parent = field.get("/Parent")
        field = parent.get_object() if parent is not None else None
    return field[key].get_object() if field is not None and key in field else None


def _value(annotation: Any) -> str:
    kind, flags = _inherited(annotation, "/FT"), int(_inherited(annotation, "/Ff") or 0)
    value = _inherited(annotation, "/V")
    if kind == "/Btn":
        if flags & _PUSH_BUTTON:
            return ""
        state = annotation.get("/AS") or value or "/Off"
        return _UNCHECKED if state == "/Off" else "checked"
    if value is None or (kind == "/Tx" and flags & _PASSWORD):
        return ""
    if kind == "/Sig":
        name = value.get("/Name") if hasattr(value, "get") else None
        return f"signed by {name}" if name else "signed"
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if hasattr(value, "get_data"):
        return str(value.get_data().decode("utf-8", "replace"))
    return str(value)


def _is_choice(annotation: Any) -> bool:
    """Whether a box is one of several of which one was chosen."""
    chosen = str(_inherited(annotation, "/V") or "/Off")
    return bool(int(_inherited(annotation, "/Ff") or 0) & _RADIO) and chosen != "/Off"


def _rectangle(values: Any) -> Rectangle | None:
    try:
        x, y, other_x, other_y = (float(value) for value in values)
    except (TypeError, ValueError):
        return None
    return min(x, other_x), min(y, other_y), max(x, other_x), max(y, other_y)


def _quads(annotation: Any) -> list[Rectangle]:
    """The places that a mark covers, one for each line."""
    try:
        points = [float(value) for value in annotation.get("/QuadPoints", ())][: 8 * 100]
    except (TypeError, ValueError):
        return []
    quads = [points[at : at + 8] for at in range(0, len(points) - 7, 8)]
    return [(min(quad[::2]), min(quad[1::2]), max(quad[::2]), max(quad[1::2])) for quad in quads]
