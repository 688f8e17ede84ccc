"""HTML: what a reader of the page sees, by the events of lxml's parser, so that no depth of nesting costs more than its length."""

from __future__ import annotations

import codecs
import re

from dsacli.documents.document import Document
from dsacli.documents.markup.draft import Draft, flat
from dsacli.documents.markup.grid import Cell, write_grid
from dsacli.documents.text.decode import decode

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form header hr html"
    " legend main ol p section summary ul caption optgroup".split()
)
# Not for the reader of the page, or no text.
_UNSEEN = frozenset(
    "script style nav template noscript svg math iframe object embed applet audio video canvas select button head".split()
)
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
# Browsers read these as cp1252, which holds all that they hold.
_WESTERN = frozenset(["ascii", "iso8859-1", "cp1252"])
_PIECE = 1 << 16


def parse_html(name: str, data: bytes) -> Document:
    """The document in the bytes of a page. Raises DsacliError when there is no text in it."""
    draft = Draft(name)
    write_html(draft, decode_html(name, data))
    return draft.document("html")


def decode_html(name: str, data: bytes) -> str:
    """A page as text: by its mark or as UTF-8 if it is that, else by what it declares, else as any text."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    declared = _CHARSET.search(data[:4096])
    if declared and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            known = codecs.lookup(declared[1].decode("ascii", "replace")).name
            return data.decode("cp1252" if known in _WESTERN else known, "replace")
        except (LookupError, UnicodeDecodeError, ValueError):
            pass
    return decode(name, data)


def write_html(draft: Draft, markup: str, *, title: bool = True) -> None:
    """Write what a page says into a draft, its title as the heading over all of it if `title`."""
    from lxml import etree

    page = _Page(draft, title)
    parser = etree.HTMLParser(target=page, encoding="utf-8", remove_comments=True, remove_pis=True)
    data = markup.replace("\0", "").encode("utf-8", "replace")
    for start in range(0, len(data), _PIECE):
        parser.feed(data[start : start + _PIECE])
    parser.close()


class _Table:
    """A table that is being read: its rows, and what kind of cell is open."""

    def __init__(self, layout: bool = False) -> None:
        self.rows: list[list[Cell]] = []
        self.cell: Cell | None = None
        self.layout = layout


class _Page:
    """lxml's target: writes paragraphs as they end."""

    def __init__(self, draft: Draft, title: bool) -> None:
        self.draft, self.titled = draft, title
        self.text: list[str] = []
        self.unseen: list[str] = []  # the elements around that are not shown, the outermost first
        self.level = self.pre = 0
        self.item: str | None = None
        self.lists: list[
            int | None
        ] = []  # of each list around, the number of its last item, None where it has no numbers
        self.tables: list[_Table] = []
        self.title: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "title" and self.unseen[:1] == ["head"] and self.titled:
            self.title = []
        if self.unseen or tag in _UNSEEN or (tag not in _VOID and _is_hidden(attributes)):
            if tag not in _VOID:
                self.unseen.append(tag)
        elif tag == "br":
            self.text.append("\n")
        elif tag in _HEADINGS:
            self._leave_tables()
            self._flush()
            self.level = _HEADINGS[tag]
        elif tag in ("table", "tr", "td", "th"):
            self._table_start(tag, attributes)
        elif tag == "li":
            self._flush()
            number = self.lists[-1] if self.lists else None
            if number is not None:
                self.lists[-1] = number + 1
            self.item = "" if number is None else f"{number + 1}. "
        elif tag in _BLOCKS or tag == "pre":
            self._block()
            if tag in ("ul", "ol"):
                self.lists.append(_number(attributes, "start", 1) - 1 if tag == "ol" else None)
            self.pre += tag == "pre"

    def end(self, tag: str) -> None:
        if tag == "title" and self.title is not None:
            self.draft.heading("".join(self.title), 0)
            self.title = None
        if self.unseen:
            if self.unseen[-1] == tag:
                self.unseen.pop()
        elif tag in _HEADINGS:
            self._flush()
        elif tag in ("table", "tr", "td", "th"):
            self._table_end(tag)
        elif tag == "li":
            self._flush()
            self.item = None
        elif tag in _BLOCKS or tag == "pre":
            self._block()
            if tag in ("ul", "ol") and self.lists:
                self.lists.pop()
            if tag == "pre":
                self.pre = max(0, self.pre - 1)

    def data(self, text: str) -> None:
        if self.title is not None:
            self.title.append(text)
        elif not self.unseen:
            self.text.append(text if self.pre else re.sub(r"\s+", " ", text))

    def close(self) -> None:
        while self.tables:
            self._table_end("table")
        self._flush()

    def _block(self) -> None:
        """The end of a paragraph; in a cell of a real table it is only a space."""
        if self._in_cell():
            self.text.append("\n")
        else:
            self._flush()

    def _in_cell(self) -> bool:
        return bool(self.tables) and not self.tables[-1].layout and self.tables[-1].cell is not None

    def _flush(self) -> None:
        text = "".join(self.text)
        self.text.clear()
        if not text.strip():
            return
        if self.level:
            self.draft.heading(text, self.level)
            self.level = 0
        elif self.item is not None:
            self.draft.item(self.item + text)
            self.item = None
        elif self.pre:
            self.draft.lines(text)
        elif "\n" in text.strip():
            self.draft.lines("\n".join(flat(line) for line in text.split("\n")))
        else:
            self.draft.paragraph(text)

    def _table_start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table":
            self._leave_tables()
            self._flush()
            self.tables.append(_Table())
            return
        self._end_cell()
        if not self.tables or self.tables[-1].layout:
            self._flush()
        elif tag == "tr":
            self.tables[-1].rows.append([])
        else:
            table = self.tables[-1]
            if not table.rows:
                table.rows.append([])
            spans = _number(attributes, "colspan", 1), _number(attributes, "rowspan", 1)
            table.cell = Cell("", *spans, heading=tag == "th")
            table.rows[-1].append(table.cell)

    def _table_end(self, tag: str) -> None:
        self._end_cell()
        if tag == "table" and self.tables:
            table = self.tables.pop()
            self._flush()
            write_grid(self.draft, table.rows)

    def _end_cell(self) -> None:
        if self._in_cell():
            cell = self.tables[-1].cell
            assert cell is not None
            cell.text = "".join(self.text).strip()
            self.text.clear()
            self.tables[-1].cell = None

    def _leave_tables(self) -> None:
        """What holds a heading or another table only lays out the page: what is read of it is written, and its cells are blocks."""
        self._end_cell()
        # Those around one that lays out the page do so too.
        if self.tables and not self.tables[-1].layout:
            write_grid(self.draft, self.tables[-1].rows)
            self.tables[-1] = _Table(layout=True)


def _is_hidden(attributes: dict[str, str]) -> bool:
    return "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style", "")))


def _number(attributes: dict[str, str], key: str, otherwise: int) -> int:
    """The number in an attribute, as far as it is a small one."""
    found = re.match(r"\s*(\d{1,4})", attributes.get(key, ""))
    return int(found[1]) if found else otherwise
