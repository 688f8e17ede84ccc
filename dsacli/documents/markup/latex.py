"""LaTeX: the text without its commands, sections as headings, tables as rows, mathematics as it is written."""

from __future__ import annotations

import re
import unicodedata

from dsacli.documents.document import Document
from dsacli.documents.markup.draft import Draft, flat
from dsacli.documents.markup.grid import Cell, write_grid
from dsacli.documents.text.decode import decode

_LEVELS = {
    "part": 1,
    "chapter": 2,
    "section": 3,
    "subsection": 4,
    "subsubsection": 5,
    "paragraph": 6,
    "subparagraph": 7,
}
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*(?:\n[ \t]*)?")
_MATH = re.compile(
    r"\$\$.{1,1000}?\$\$|(?<!\\)\$[^$]{1,1000}\$|\\\[.{1,1000}?\\\]|\\\(.{1,300}?\\\)"
    r"|\\begin\{((?:equation|align|gather|multline|eqnarray|displaymath|math)\*?)\}.{1,4000}?\\end\{\1\}",
    re.DOTALL,
)
_BLOCK = re.compile(
    r"\\(part|chapter|section|subsection|subsubsection|paragraph|subparagraph|title|author|date|caption|footnote|thanks)\*?\s*"
    r"(?:\[[^\]]{0,300}\])?\s*\{"
    r"|\\(begin|end)\s*\{(\w+\*?)\}(?:\[[^\]]{0,200}\])?|\\(item)\b\s*(?:\[([^\]]{0,200})\])?|(\n[ \t]*\n)"
)
# Commands whose arguments are no text, or the text of which is their last argument.
_SILENT = re.compile(
    r"\\(?:documentclass|usepackage|label|bibliographystyle|pagestyle|thispagestyle|vspace|hspace|setlength|setcounter|newcommand"
    r"|renewcommand|def|includegraphics|input|include|bibliography|graphicspath|hypersetup|geometry|cline|cmidrule|addtocounter"
    r"|theoremstyle|newtheorem|definecolor|color|pagenumbering|index|tableofcontents|maketitle|centering|noindent|hline|toprule"
    r"|midrule|bottomrule)\b\*?(?:\s*\[[^\]]{0,300}\]|\s*\{[^{}]{0,300}\}){0,4}"
)
_LINK = re.compile(r"\\(?:href|textcolor|colorbox)\s*\{[^{}]{0,500}\}\s*(?=\{)")
_REFERENCE = re.compile(r"~?\\(?:cite\w*|ref|eqref|autoref|cref|pageref)\*?(?:\[[^\]]{0,200}\]){0,2}\{([^{}]{0,300})\}")
_COMMAND = re.compile(r"\\[a-zA-Z]+\*?[ \t]*|\\([^a-zA-Z\s])")
_ACCENT = re.compile(r"\\([`'^\"~=.]|[cvuHrk](?![a-zA-Z]))(?:\{\s*\\?([a-zA-Z])\s*\}|\s*\\?([a-zA-Z]))")
_ACCENTS = dict(zip("`'^\"~=.cvuHrk", "\u0300\u0301\u0302\u0308\u0303\u0304\u0307\u0327\u030c\u0306\u030b\u030a\u0328"))
_LETTERS = {"ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "aa": "å", "AA": "Å", "l": "ł", "L": "Ł", "euro": "€", "pounds": "£", "S": "§", "copyright": "©", "ldots": "…", "dots": "…", "textendash": "–", "textemdash": "—", "LaTeX": "LaTeX", "TeX": "TeX", "textbackslash": "\\"}  # fmt: skip
_LETTER = re.compile(r"\\(" + "|".join(sorted(_LETTERS, key=len, reverse=True)) + r")(?![a-zA-Z])(?:\{\}|[ \t]*)")
_TABLES = frozenset(["tabular", "tabularx", "tabular*", "longtable", "array"])
_VERBATIM = frozenset(["verbatim", "verbatim*", "lstlisting", "minted"])
_AND = re.compile(r"\s*\\(?:and|AND|And)(?![a-zA-Z])\s*")
# \SI{2.4}{\metre}, \qty{5}{\percent}
_WITH_UNIT = re.compile(r"\\(?:SI|qty)\s*(?:\[[^\]]{0,100}\])?\s*\{([^{}]{0,100})\}\s*\{([^{}]{0,100})\}")
_NOTE = re.compile(r"\\(?:footnote|thanks)\s*\{")
_INPUT = re.compile(r"\\(?:input|include)\s*\{([^{}]{1,200})\}")


def parse_latex(name: str, data: bytes) -> Document | None:
    """The document in a LaTeX source; footnotes stand after the paragraph that they belong to. None where there is no text in it.

    Raises DsacliError, naming `name`, when the bytes are no text.
    """
    source = decode(name, data).replace("\r\n", "\n").replace("\r", "\n")
    source = _COMMENT.sub(r"\1", source)
    latex = _Latex(Draft(name))
    for each in dict.fromkeys(_INPUT.findall(source)):
        latex.draft.warn(f"{each}, which it includes, is not read with it")
    begin = source.find("\\begin{document}")
    # Title and author may stand before the body.
    for command in ("title", "author", "date"):
        match = re.compile(rf"\\{command}\s*(?:\[[^\]]{{0,300}}\])?\s*\{{").search(source, 0, max(0, begin))
        if match:
            latex.command(command, _group(source, match.end())[0])
    latex.read(source[begin + len("\\begin{document}") if begin >= 0 else 0 :].split("\\end{document}")[0])
    return latex.draft.document("latex") if latex.draft.length else None


class _Latex:
    """A LaTeX source on its way into a draft."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.item: str | None = None
        self.lists: list[int | None] = []
        self.notes: list[str] = []
        self.text: list[str] = []

    def read(self, source: str) -> None:
        position = 0
        while match := _BLOCK.search(source, position):
            self.text.append(source[position : match.start()])
            position = match.end()
            command, edge, environment, item, named, blank = match.groups()
            if command:
                inner, position = _group(source, position)
                self.command(command, inner)
            elif blank:
                self.flush()
            elif item:
                self.flush()
                if self.lists and self.lists[-1] is not None:
                    self.lists[-1] += 1
                    self.item = f"{self.lists[-1]}. "
                else:
                    self.item = f"{plain(named)}: " if named else ""
            elif edge == "begin" and environment in (*_TABLES, *_VERBATIM):
                self.flush()
                end = source.find(f"\\end{{{environment}}}", position)
                inner, position = source[position : end if end >= 0 else len(source)], end if end >= 0 else len(source)
                if environment in _TABLES:
                    self.table(inner, environment)
                else:
                    self.draft.lines(inner)
            elif _MATH.match(source, match.start()):
                whole = _MATH.match(source, match.start())
                assert whole is not None
                self.text.append(whole[0])
                position = whole.end()
            else:
                self.environment(edge, environment)
        self.text.append(source[position:])
        self.flush()

    def command(self, command: str, inner: str) -> None:
        """A command with text of its own, and the notes in it."""
        while note := _NOTE.search(inner):
            text, end = _group(inner, note.end())
            self.notes.append(text)
            inner = inner[: note.start()] + inner[end:]
        if command in ("footnote", "thanks"):
            self.notes.append(inner)
        elif command in _LEVELS:
            self.flush()
            self.draft.heading(plain(inner), _LEVELS[command])
        elif command == "title":
            self.draft.heading(plain(inner), 0)
            self._write_notes()
        else:
            self.flush()
            self.draft.paragraph(plain(_AND.sub(", ", inner) if command == "author" else inner))
            self._write_notes()

    def environment(self, edge: str, name: str) -> None:
        self.flush()
        if name in ("itemize", "enumerate", "description"):
            if edge == "begin":
                self.lists.append(0 if name == "enumerate" else None)
            elif self.lists:
                self.lists.pop()
        elif name == "abstract" and edge == "begin":
            self.draft.heading("Abstract", _LEVELS["section"])

    def table(self, source: str, environment: str) -> None:
        """The rows of a table; what stands in braces before them says how wide its columns are."""
        for _ in range(2 if environment in ("tabularx", "tabular*") else 1):
            opening = re.match(r"\s*(?:\[[^\]]{0,20}\])?\s*\{", source)
            if opening:
                source = source[_group(source, opening.end())[1] :]
        rows = []
        for line in re.split(r"\\\\(?:\[[^\]]{0,20}\])?|\\tabularnewline", source):
            cells = [_cell(cell) for cell in re.split(r"(?<!\\)&", line)]
            if any(cell.text for cell in cells):
                rows.append(cells)
        write_grid(self.draft, rows)

    def flush(self) -> None:
        text = plain("".join(self.text))
        self.text.clear()
        if text and self.item is not None:
            self.draft.item(self.item + text)
            self.item = None
        else:
            self.draft.paragraph(text)
        self._write_notes()

    def _write_notes(self) -> None:
        notes, self.notes = self.notes, []
        for note in notes:
            self.draft.paragraph(f"Footnote: {plain(note)}")


def _cell(source: str) -> Cell:
    spanning = re.match(r"\s*\\multicolumn\s*\{(\d{1,3})\}\s*\{[^{}]{0,100}\}\s*", source)
    return Cell(plain(source[spanning.end() if spanning else 0 :]), int(spanning[1]) if spanning else 1)


def plain(source: str) -> str:
    """Source of running text without its commands; mathematics stays as it is.

    >>> plain(r"The \\textbf{rent} is \\pounds{}210~a month, $x_1 < 2$ \\& Ren\\'e pays 5\\%.")
    'The rent is £210 a month, $x_1 < 2$ & René pays 5%.'
    """
    pieces, last = list[str](), 0
    for match in _MATH.finditer(source):
        pieces += (_words(source[last : match.start()]), match[0])
        last = match.end()
    return flat("".join((*pieces, _words(source[last:]))))


def _words(source: str) -> str:
    source = _WITH_UNIT.sub(lambda found: f"{found[1]} {found[2].replace(chr(92), ' ')}", source)
    source = _SILENT.sub(" ", source)
    source = _REFERENCE.sub(lambda found: f" [{found[1]}]", source)
    source = _LETTER.sub(lambda found: _LETTERS[found[1]], source)
    source = _ACCENT.sub(lambda found: (found[2] or found[3]) + _ACCENTS[found[1]], source)
    source = _LINK.sub("", source)
    source = _COMMAND.sub(
        lambda found: (
            {"\\": "\n", ",": " ", ";": " ", ":": " ", "!": "", "/": ""}.get(found[1], found[1]) if found[1] else ""
        ),
        source,
    )
    source = re.sub(r"[{}]", "", source.replace("}{", " ")).replace("~", " ").replace("``", "“").replace("''", "”")
    source = source.replace("---", "—").replace("--", "–")
    return unicodedata.normalize("NFC", source)


def _group(source: str, start: int) -> tuple[str, int]:
    """What stands up to the brace that closes the one before `start`, and where it ends; all the rest where none does."""
    depth = 1
    for match in re.compile(r"(?<!\\)[{}]").finditer(source, start):
        depth += 1 if match[0] == "{" else -1
        if not depth:
            return source[start : match.start()], match.end()
    return source[start:], len(source)
