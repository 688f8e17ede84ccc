"""Labels and what stands beside them: "Unit price: € 45,90", a row of a table, "Rent ..... £500"."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from dsacli.extraction.fields import Field

# What opens a label is a line, a cell, or the end of a sentence; what parts it from its value, a mark that no sentence has.
_LABEL = re.compile(
    r"(?:^|(?<=[.;!?][ ])|(?<=[\t|]))[ \t>*_#•·\"'-]*(?P<label>[^\W_][^\n:|\t=]{0,80}?)[*_\"']*[ ]?"
    r"(?P<mark>:(?=[\s*\"]|$)[*_\"]*|\t|\||=|\.{3,}|[ ][–—-][ ]|[ \xa0]{2,})",
    re.MULTILINE,
)
# A line of a few words and one figure: "Wage tax 812,40".
_FIGURE_LINE = re.compile(
    r"^[ >*_#•·-]*(?P<label>[^\W\d_][^\n:|\t=\d]{0,60}?)(?P<mark>[ ])"
    r"(?=[-−+(]?(?:[€£$]|[A-Z]{3}[ ])?[-−]?\d[\d.,'’]*(?:[ \xa0]\d{3})*(?:[.,]\d{2})?\)?[-−]?(?:[ ]?(?:[€£$%]|[A-Z]{3}))?$)",
    re.MULTILINE,
)
_LONGEST_LABEL = 9
_ENDING = re.compile(r"(?<=\w{4})(?:ing|ed|e|y|ie|ment)\Z")
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SAYING_NOTHING = frozenset(
    "the a an of for to in on at and or by per our your its is der die das des den dem le la les du de d l el los las il lo del della di het een"
    " van do da dos das o os".split()
)
# Words of a field's name that only repeat its type.
_OF_TYPE = {
    "date": "date day placed made datum data fecha",
    "money": "amount price cost sum",
    "percent": "rate percentage percent",
    "duration": "period length duration",
    "number": "number count",
    "phone": "number",
    "email": "address",
    "url": "address",
}


@dataclass(frozen=True)
class Labelled:
    """A label's words, `bare` the stems of those outside of brackets, and the characters [start, end) that stand beside it; `row`
    where they are the cells of a table."""

    words: frozenset[str]
    bare: frozenset[str]
    start: int
    end: int
    row: bool


@lru_cache(maxsize=8)
def labels_in(document: str) -> tuple[Labelled, ...]:
    """The labels of a document, in its order.

    >>> [(sorted(each.words), "Fee: € 5. Tax (9 %): € 1"[each.start : each.end].strip()) for each in labels_in("Fee: € 5. Tax (9 %): € 1")]
    [(['fee'], '€ 5.'), (['9', 'tax'], '€ 1')]
    """
    return tuple(_labels(document))


def beside_label(document: str, field: Field) -> tuple[list[Labelled], bool]:
    """The labels that say a field's name, and whether one says it whole that is no cell of a table, so that its value is here or
    nowhere. "VAT (19 %)" says "VAT" nearly; the row "Turnover" says "turnover 2022" in part, the rest is a column's to say.
    """
    labels = labels_in(document)
    name = _words(field.name)
    whole = [label for label in labels if label.words == name]
    if whole:
        return whole, not all(label.row for label in whole)
    of_type = frozenset(map(_stem, _OF_TYPE.get(field.type, "").split()))
    bare = _bare(field.name) - of_type
    nearly = [label for label in labels if bare and label.bare - of_type == bare]
    return nearly or [label for label in labels if label.row and label.words < name], False


def repeats_type(words: frozenset[str], field: Field) -> bool:
    """Whether words of a field's name only repeat its type: "date" of the due date."""
    return words <= frozenset(_OF_TYPE.get(field.type, "").split())


def label_at(document: str, offset: int) -> Labelled | None:
    """The label that a place of a document stands beside, None where it stands beside none."""
    labels = labels_in(document)
    last = bisect_right(labels, offset, key=lambda label: label.start) - 1
    return labels[last] if last >= 0 and offset < labels[last].end else None


def name_words(name: str) -> frozenset[str]:
    """The words of a name that say something, in lower case, in the singular.

    >>> sorted(name_words("Date of the invoices"))
    ['date', 'invoice']
    """
    return _words(name)


def _labels(document: str) -> Iterator[Labelled]:
    marked = [match for match in _LABEL.finditer(document) if len(match["label"].split()) <= _LONGEST_LABEL]
    begun = {match.start("label") for match in marked}
    lines = [match for match in _FIGURE_LINE.finditer(document) if match.start("label") not in begun]
    found = sorted((*marked, *lines), key=lambda match: match.start("label")) if lines else marked
    for match, following in zip(found, [*found[1:], None]):
        low, high = match.end(), _line_end(document, match.end())
        row = match["mark"] in "\t|" or (len(match["mark"]) > 1 and match["mark"].isspace())
        if not row and following and following.start() < high:
            high = following.start()
        if not row and not document[low:high].strip(" \t*_"):
            low, high = _next_line(document, high)
            if following and low <= following.start("label") < high:
                high = low
        words, bare = _words(match["label"]), _bare(match["label"])
        if bare:
            yield Labelled(words, bare, low, high, row)


def _line_end(document: str, offset: int) -> int:
    end = document.find("\n", offset)
    return len(document) if end < 0 else end


def _next_line(document: str, offset: int) -> tuple[int, int]:
    line = re.compile(r"\s{0,4}(?P<text>[^\n]*)").match(document, offset)
    return line.span("text") if line else (offset, offset)


def _words(wording: str) -> frozenset[str]:
    words = re.findall(r"[^\W_]+", wording.lower())
    return frozenset(_singular(word) for word in words if word not in _SAYING_NOTHING)


def _bare(wording: str) -> frozenset[str]:
    """Their stems, without what stands in brackets, and without figures."""
    return frozenset(_stem(word) for word in _words(_IN_BRACKETS.sub(" ", wording)) if not word.isdigit())


def _stem(word: str) -> str:
    """ "delivery" and "delivered" are one stem."""
    return _ENDING.sub("", word)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
