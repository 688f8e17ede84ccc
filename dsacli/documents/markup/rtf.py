"""RTF, token by token: striprtf leaves out notes, headers and headings, and its pattern of links is not linear in the text."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field, replace

from dsacli.documents.document import Document
from dsacli.documents.markup.draft import Draft, flat
from dsacli.documents.markup.grid import Cell, write_grid

_TOKEN = re.compile(r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)")
_BINARY = re.compile(r"\\bin(\d{1,10}) ?")
_CHARACTERS = {
    "tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
    "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ", "nestcell": ", ", "nestrow": "\n", "chdate": "",
}  # fmt: skip
_SYMBOLS = {"~": " ", "_": "-", "-": "\u00ad", "\n": "\n", "\r": "\n"}
# Groups that are no text; those with a star are none either, but for what stands in _SINKS or _THROUGH.
_NO_TEXT = frozenset(
    "colortbl info pict object objdata fldinst listtable listoverridetable revtbl rsidtbl filetbl themedata colorschememapping"
    " latentstyles datastore generator xmlnstbl sn sv bkmkstart bkmkend pn pntext listtext mmathPr atnid atnauthor atnref tc xe"
    " nonesttables shprslt ftnsep ftnsepc aftnsep aftnsepc".split()
)
_THROUGH = frozenset("shpinst shptxt fldrslt shppict ud".split())
_SINKS = {"fonttbl": "fonts", "stylesheet": "styles", "footnote": "footnote", "annotation": "comment"} | {
    f"{kind}{side}": kind for kind in ("header", "footer") for side in ("", "l", "r", "f")
}
_CHARSETS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258",
    177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_DEEPEST = 10_000


@dataclass
class _Group:
    """What holds inside a pair of braces: where its text goes ("" for none), how many bytes follow a character, the font."""

    sink: str = "body"
    after_unicode: int = 1
    font: int = -1


@dataclass
class _Paragraph:
    """What is known of the paragraph at hand."""

    style: int = -1
    outline: int = -1
    in_table: bool = False
    titles: bool = False


@dataclass
class _Styles:
    """The encodings of fonts, and the levels of the styles that are headings."""

    encodings: dict[int, str] = field(default_factory=dict)
    headings: dict[int, int] = field(default_factory=dict)
    encoding: str = "cp1252"


def parse_rtf(name: str, data: bytes) -> Document:
    """The document in a file of RTF: its body, each footnote and comment after its paragraph, then headers and footers.

    Raises DsacliError when there is no text in it.
    """
    rich = _Rich(Draft(name))
    rich.read(_without_binary(data.decode("latin-1")))
    return rich.draft.document("rtf")


def _without_binary(source: str) -> str:
    """The source without binary data, which may hold anything."""
    pieces, last = list[str](), 0
    while found := _BINARY.search(source, last):
        pieces.append(source[last : found.start()])
        last = found.end() + int(found[1])
    return "".join((*pieces, source[last:]))


class _Rich:
    """A file of RTF on its way into a draft."""

    def __init__(self, draft: Draft) -> None:
        self.draft, self.styles = draft, _Styles()
        self.groups = [_Group()]
        self.paragraph = _Paragraph()
        self.text: dict[str, list[str]] = {}
        self.bytes = bytearray()
        self.notes: list[tuple[str, str]] = []  # of the paragraph at hand: (what it is, text)
        self.margins: dict[tuple[str, str], None] = {}
        self.cells: list[Cell] = []
        self.rows: list[list[Cell]] = []
        self.skip, self.starred = 0, False
        self.counted = dict.fromkeys(("paragraph", "table", "footnote", "comment"), 0)

    def read(self, source: str) -> None:
        for word, number, code, symbol, brace, text in _TOKEN.findall(source):
            if code:
                if self.skip:
                    self.skip -= 1
                else:
                    self.bytes.append(int(code, 16))
                continue
            self._decode()
            if brace == "{":
                # Too deep for anything but an attack: what is in there is left where it is.
                self.groups.append(replace(self.groups[-1]) if len(self.groups) < _DEEPEST else self.groups[-1])
            elif brace:
                self._close()
            elif word:
                self._control(word, int(number) if number else None)
            elif symbol == "*":
                self.starred = True
                continue
            elif symbol:
                self._add(_SYMBOLS.get(symbol, symbol))
            elif self.skip:
                cut, self.skip = min(self.skip, len(text)), max(0, self.skip - len(text))
                self._add(text[cut:])
            else:
                self._add(text)
            self.starred = False
        self._decode()
        self._end_paragraph()
        self._end_table()
        for kind, text in self.margins:
            self.draft.place(kind)
            self.draft.paragraph(text)

    def _control(self, word: str, number: int | None) -> None:
        group = self.groups[-1]
        self.skip = 0
        if word in _SINKS:
            group.sink = _SINKS[word]
        elif word in _NO_TEXT or (self.starred and word not in _THROUGH):
            if word in ("pict", "object") and group.sink == "body":
                self.draft.warn("pictures are not read")
            group.sink = ""
        elif word in _CHARACTERS:
            self._add(_CHARACTERS[word])
        elif word == "u" and number is not None:
            self._add(chr(number % 0x10000))
            self.skip = group.after_unicode
        elif word == "uc":
            group.after_unicode = min(10, max(0, number or 0))
        elif word == "f":
            group.font = number or 0
        elif word == "fcharset" and group.sink == "fonts":
            self.styles.encodings[group.font] = _CHARSETS.get(number or 0, "")
        elif word == "ansicpg":
            self.styles.encoding = _known(f"cp{number}")
        elif word in ("s", "outlinelevel", "pard", "intbl", "trowd", "trhdr"):
            self._format(word, number)
        elif word in ("par", "sect", "page", "cell", "row"):
            self._end(word)

    def _format(self, word: str, number: int | None) -> None:
        if word == "pard":
            self.paragraph = _Paragraph(titles=self.paragraph.titles)
        elif word == "s":
            self.paragraph.style = number or 0
        elif word == "outlinelevel":
            self.paragraph.outline = number or 0
        elif word == "intbl":
            self.paragraph.in_table = True
        else:
            self.paragraph.titles = word == "trhdr"

    def _end(self, word: str) -> None:
        sink = self.groups[-1].sink
        if sink != "body":
            self._add("\n")
        elif word == "cell":
            self.cells.append(Cell("".join(self.text.pop("body", [])).strip(), heading=self.paragraph.titles))
        elif word == "row":
            self.rows.append(self.cells)
            self.cells = []
        elif self.paragraph.in_table and word == "par":
            self._add("\n")
        else:
            self._end_paragraph()

    def _end_paragraph(self) -> None:
        text = "".join(self.text.pop("body", []))
        if text.strip():
            self._end_table()
            self._place("paragraph")
            level = self.styles.headings.get(self.paragraph.style, self.paragraph.outline + 1)
            if level > 0 and len(text) < 300:
                self.draft.heading(text, level)
            elif "\n" in text.strip():
                self.draft.lines("\n".join(map(flat, text.split("\n"))))
            else:
                self.draft.paragraph(text)
        if not self.paragraph.in_table:
            self._write_notes()

    def _end_table(self) -> None:
        if self.cells:
            self.rows.append(self.cells)
            self.cells = []
        if self.rows:
            self.counted["table"] += 1
            write_grid(self.draft, self.rows, f"table {self.counted['table']}")
            self.rows = []
            self._write_notes()

    def _write_notes(self) -> None:
        for kind, note in self.notes:
            self._place(kind)
            self.draft.paragraph(note)
        self.notes.clear()

    def _place(self, kind: str) -> None:
        self.counted[kind] += 1
        self.draft.place(f"{kind} {self.counted[kind]}")

    def _close(self) -> None:
        """The end of a group: what went elsewhere than into the body is complete."""
        sink = self.groups[-1].sink
        if len(self.groups) > 1:
            self.groups.pop()
        outer = self.groups[-1].sink
        if sink == "styles":
            self._named_style("".join(self.text.pop(sink, [])))
        elif sink == "fonts":
            self.text.pop(sink, None)
        elif sink in ("footnote", "comment", "header", "footer") and outer != sink:
            text = flat("".join(self.text.pop(sink, [])))
            if sink in ("header", "footer"):
                if re.search(r"[^\W\d_]{2}", text):
                    self.margins[sink, text] = None
            elif text:
                self.notes.append((sink, f"Comment: {text}" if sink == "comment" else text))

    def _named_style(self, name: str) -> None:
        named = _HEADING.search(name)
        if named:
            self.styles.headings[self.paragraph.style] = int(named[1])
        elif name.strip(" ;").lower() == "title":
            self.styles.headings[self.paragraph.style] = 1
        self.paragraph = _Paragraph()

    def _add(self, text: str) -> None:
        if self.groups[-1].sink:
            self.text.setdefault(self.groups[-1].sink, []).append(text)

    def _decode(self) -> None:
        """Bytes that were written one by one: they may be one character together."""
        if self.bytes:
            encoding = self.styles.encodings.get(self.groups[-1].font) or self.styles.encoding
            self._add(bytes(self.bytes).decode(encoding, "replace"))
            self.bytes.clear()


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return "cp1252"
