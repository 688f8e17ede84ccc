"""Text into sentences, in linear time: first into units by its lines, then at full stops.

No pattern here can backtrack over more than a few characters, so that no text is slow.
"""

import re
from collections.abc import Container, Iterator

LONGEST = 1500
"""Characters; a longer sentence is cut at a semicolon, a comma or a space."""

_LINE = re.compile(r"\S[^\n]*")
_STOP = re.compile(r"[.!?…]+[\"'”’»)\]]*(?:\[\d{1,3}\]){0,4}|[。！？]+[」』”’）]*")
_CUT = re.compile(r"[;,](?=\s)|\s")
_WORD = re.compile(r"[\"'“‘«(\[]*([^\W_]{1,20})")

# A line that begins like this starts a unit of its own: list items, turns, records, table rows.
_ITEM = re.compile(
    r"[-*+•‣▪–—]\s|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{2,5})[.)]\s|[|>#]"
    r"|\[?\d{1,4}[-:/.]\d{1,2}[-:/.]\d{1,4}\b"
)
_CAPITALS_TURN = re.compile(
    r"[A-Z][A-Z0-9.'’-]{0,30}(?:[ ,]{1,2}[A-Z][A-Z0-9.'’-]{0,30}){0,4}(?: \([^()\n]{1,30}\))?:\s"
)
_TURN = re.compile(r"[A-Z][\w.'’-]{0,20}(?: [A-Z0-9][\w.'’-]{0,20}){0,2}(?: \([^()\n]{1,30}\))?:\s")
_FIELD_END = re.compile(r"[,;](?=\S)")
_SENTENCE_END = re.compile(r"[.!?…:;][\"'”’»)\]]*$")

# Longer than anybody wraps by hand: such a newline is meant.
_LONGEST_WRAPPED_LINE = 160

_NEVER_LAST = frozenset(
    "mr mrs ms mx dr prof messrs mme mlle st sr rev hon gen col lt sgt capt cmdr adm gov sen rep pres supt"
    " e.g i.e vs v viz cf approx ca esp resp incl excl".split()
)
_BEFORE_NUMBER = frozenset(
    "no nos fig figs sec secs art arts eq eqs p pp ch chs vol vols para paras par pt ref refs tab app"
    " cl reg ex exh §".split()
)
_MAYBE_LAST = frozenset(
    "inc ltd corp co llc llp plc bros jr etc al est dept div assn univ ave blvd rd a.m p.m ph.d"
    " jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun".split()
)
_STARTERS = frozenset(
    "The This That These Those It Its In On At As A An And But Or So If He She They We You I His Her Their Our"
    " However For From By To With Under When While After Before Although Since Because There Here Such Each All"
    " No Not Both Any Some Then Thus What Who How Why Where Which Upon During Between Neither Once Until".split()
)
_DOTTED = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]$")
_NUMERAL = re.compile(r"(?:\d{1,3}\.)*(?:\d{1,3}|[ivxlcIVXLC]{1,5}|[A-Za-z])$")


def split_sentences(
    text: str, *, every_line: bool = False, headings: Container[int] = frozenset()
) -> list[tuple[int, int]]:
    """(start, end) of every sentence of `text`: trimmed, not empty, in order, not overlapping.

    `every_line` says that a newline always ends a sentence (paragraphs are already one line each);
    otherwise lines wrapped by hand are read on. `headings` are offsets of lines that stand alone.
    """
    units = split_paragraphs(text, every_line=every_line, headings=headings)
    sentences: list[tuple[int, int]] = []
    for start, end in units:
        for first, last in _split_unit(text, start, end):
            sentences.extend(_cut_long(text, first, last))
    return sentences


def split_paragraphs(
    text: str, *, every_line: bool = False, headings: Container[int] = frozenset()
) -> Iterator[tuple[int, int]]:
    """(start, end) of what reads on as one: paragraphs, items of lists, turns, rows; none holds part of a sentence only.

    As `split_sentences`, which divides them further.
    """
    lines = [match.span() for match in _LINE.finditer(text)]
    return iter(lines) if every_line else _units(text, lines, headings)


def _units(text: str, lines: list[tuple[int, int]], headings: Container[int]) -> Iterator[tuple[int, int]]:
    """Runs of lines that read on into each other."""
    if not lines:
        return
    lengths = sorted(end - start for start, end in lines)
    width = lengths[len(lengths) * 9 // 10]
    unit_start, previous_end = lines[0]
    previous = text[unit_start:previous_end].rstrip()
    alone = unit_start in headings or _has_columns(previous)
    for start, end in lines[1:]:
        line = text[start:end].rstrip()
        previous_alone, alone = alone, start in headings or _has_columns(line)
        if previous_alone or alone or text.find("\n", previous_end + 1, start) >= 0 or _breaks(previous, line, width):
            yield unit_start, previous_end
            unit_start = start
        previous, previous_end = line, end
    yield unit_start, previous_end


def _has_columns(line: str) -> bool:
    """Whether a line is a row: tabs, wide gaps, bars, or fields parted by bare commas."""
    if "\t" in line or "   " in line or line.count("|") > 1:
        return True
    return line.count(",") + line.count(";") > 2 and len(_FIELD_END.findall(line)) > 2


def _breaks(line: str, following: str, width: int) -> bool:
    """Whether the newline between two lines is meant, and not just where the text was wrapped."""
    if len(line) > _LONGEST_WRAPPED_LINE or _ITEM.match(following) or _CAPITALS_TURN.match(following):
        return True
    if following[0].islower():
        return False
    # The next word would have fitted by a wide margin, so whoever wrapped the text broke here on purpose.
    first_word = following.split(None, 1)[0]
    if len(line) + 1 + len(first_word) <= 0.8 * width:
        return True
    return bool(_TURN.match(following) and _SENTENCE_END.search(line[-8:]))


def _split_unit(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    for match in _STOP.finditer(text, start, end):
        stop = match.end()
        if stop < end and _ends_sentence(text, match, begin, end):
            yield begin, stop
            begin = stop
            while begin < end and text[begin].isspace():
                begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    if end > begin:
        yield begin, end


def _ends_sentence(text: str, match: re.Match[str], begin: int, end: int) -> bool:
    """Whether the stop that `match` found ends the sentence that began at `begin`."""
    mark = match.group()
    if mark[0] in "。！？":
        return True
    after = match.end()
    if not text[after].isspace():
        return False
    window = text[after : min(end, after + 40)].lstrip()
    if not window or window[0].islower():
        # More white space than the window is a gap, not a wrapped line.
        return not window
    if mark[0] in "!?":
        return True
    token = _token_before(text, match.start(), begin)
    if not token or mark[0] == "…" or mark.startswith(".."):
        return window[0].isupper() or window[0] in "\"'“‘«("
    if match.start() - len(token) <= begin + 1 and _NUMERAL.match(token):
        return False
    return _stop_after(token, window, closed=len(mark) > 1)


def _token_before(text: str, position: int, begin: int) -> str:
    window = text[max(begin, position - 24) : position]
    if not window or window[-1].isspace():
        return ""
    return window.split()[-1].lstrip("\"'“‘«([")


def _stop_after(token: str, window: str, closed: bool) -> bool:
    """Whether a single full stop after `token` ends a sentence when `window` comes next."""
    word = _WORD.match(window)
    following = word.group(1) if word else ""
    lowered = token.lower()
    if lowered in _NEVER_LAST and not closed:
        return False
    if lowered in _BEFORE_NUMBER:
        return not (following[:1].isdigit() or window[0] in "(§")
    if lowered in _MAYBE_LAST or _DOTTED.match(token):
        return following in _STARTERS or not following
    if len(token) == 1 and token.isupper():
        return closed or following in _STARTERS or not following
    return True


def _cut_long(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > LONGEST:
        cut = start + LONGEST
        for match in _CUT.finditer(text, start + LONGEST // 2, start + LONGEST):
            if match.group() in ";," or cut == start + LONGEST or text[cut - 1] not in ";,":
                cut = match.end()
        yield start, start + len(text[start:cut].rstrip())
        while cut < end and text[cut].isspace():
            cut += 1
        start = cut
    if end > start:
        yield start, end
