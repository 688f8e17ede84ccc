"""What in a document explains nothing: lists of references, tables of contents, headings and running heads."""

import re

from dsacli.documents.document import Document

_REFERENCES = re.compile(
    r"\W*(?:\d+\.?\s+|[IVX]+\.\s+)?(?:references?(?: cited)?|bibliography|works cited|literature(?: cited)?|citations|sources|further reading|notes"
    r"|(?:table of )?contents|index|list of (?:figures|tables))\W*",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d[a-z]?\b")
_NAME = r"[A-Z][\w'’-]+"
_INITIALS = r"(?:[A-Z]\.[ -]?){1,3}"
# How an entry of a list of references begins: its number, or its first author.
_AUTHORS = re.compile(
    rf"(?:\[[\w+ ,.&-]{{1,30}}\]|\(?\d{{1,3}}[.)])\s+\S|{_NAME},\s*{_INITIALS}|{_INITIALS}\s*{_NAME}|{_NAME}(?: {_NAME}| [A-Z]\.){{1,3}},?(?: and |, | & |\. |; | \()"
    rf"|{_NAME}(?:,? (?:and|&) {_NAME})?,? (?:et al\.?,? )?\(?(?:1[89]|20)\d\d"
)
_PUBLISHED = re.compile(
    r"\bproceedings\b|\bproc\.|\bjournal\b|\bconference\b|\bworkshop\b|\btransactions\b|\bpress\b|\bvol(?:ume|\.)|\bpp\.|\bpages \d|\barxiv\b|\bdoi\b|\bed(?:s|itors?)?\.|"
    r"\bthesis\b|\btechnical report\b|\bin [A-Z]+ ?(?:1[89]|20)\d\d|https?://|\d+\s?\(\d+\)\s?:\s?\d+",
    re.IGNORECASE,
)
_LEADERS = re.compile(r"(?:\.\s?){4,}|…{2,}|\t\s*\d{1,4}\s*$")
# A short line that ends in the number of a page.
_PAGE_LINE = re.compile(r"\W*\w[^\n.!?]{2,90}\s\d{1,3}\s*")
_WORDS_A_REFERENCE = 45
_FEWEST_WORDS = 8
# Characters of a paragraph that tell what it is; patterns would take long over a whole one of nothing but tabs or digits.
_LOOKED_AT = 2000


def explains(document: Document, number: int) -> bool:
    """Whether a paragraph (its number in `document.paragraphs`) is running text that may explain something."""
    start, end = document.paragraphs[number]
    text = document.text[start:end]
    if len(text.split()) < _FEWEST_WORDS or is_contents(document, number):
        return False
    titles = document.heading_path(start)
    if any(_REFERENCES.fullmatch(title) for title in titles) or is_reference(text):
        return False
    # Among references stands nothing else.
    around = document.paragraphs[max(0, number - 2) : number] + document.paragraphs[number + 1 : number + 3]
    return sum(is_reference(document.text[low:high]) for low, high in around) < max(2, len(around) - 1)


def is_contents(document: Document, number: int) -> bool:
    """Whether a paragraph is a line of a table of contents: it ends in the number of a page, and so do its neighbours."""
    lines = [
        document.text[low : min(high, low + _LOOKED_AT)]
        for low, high in document.paragraphs[max(0, number - 3) : number + 4]
    ]
    own = document.text[slice(*document.paragraphs[number])][:_LOOKED_AT]
    if _LEADERS.search(own):
        return True
    return bool(_PAGE_LINE.fullmatch(own)) and sum(bool(_PAGE_LINE.fullmatch(line)) for line in lines) > 2


def is_reference(text: str) -> bool:
    """Whether a text is an entry of a list of references, or several.

    >>> is_reference("Smith, J. and A. Doe. 1999. Parsing with maps. In Proceedings of ACL, pages 12-20.")
    True
    >>> is_reference("Smith and Doe showed in 1999 that maps help, and we follow them in what we do here.")
    False
    """
    text = text[:_LOOKED_AT]
    years, words = len(_YEAR.findall(text)), len(text.split())
    if not years:
        return False
    begun, published = bool(_AUTHORS.match(text)), len(_PUBLISHED.findall(text))
    if begun and words <= 80 and (published or _title_case(text) > 0.4):
        return True
    return years >= 3 and words <= years * _WORDS_A_REFERENCE and published + begun >= 2 and _title_case(text) > 0.3


def _title_case(text: str) -> float:
    """The share of words that begin with a capital letter."""
    words = re.findall(r"[^\W\d_][\w'’-]*", text)
    return sum(word[0].isupper() for word in words) / max(1, len(words))


def is_heading(document: Document, number: int) -> bool:
    """Whether a paragraph is the heading of a section."""
    start, end = document.paragraphs[number]
    section = document.innermost(start)
    return section is not None and section.start == start and end - start <= len(section.title) + 12
