"""What stands on top of a document: its title, among what else is printed there."""

import re
from itertools import islice

from dsacli.documents.document import Document

# Characters and lines in which a title is looked for.
FRONT, LINES, LONGEST = 3000, 16, 220
_VENUE = re.compile(
    r"\bproceedings\b|\bproc\. of\b|\bconference\b|\bworkshop\b|\bsymposium\b|\bannual meeting\b|\bjournal of\b|\btransactions\b|\bvol(?:ume|\.)? ?\d|\bno\. ?\d|\bpp?\. ?\d|\bpages? \d"
    r"|\barxiv\b|\bdoi\b|https?://|www\.|\bissn\b|\bisbn\b|©|\(c\)|\bcopyright\b|\bassociation for computational\b|\b\d{2,4}\s?[-–]\s?\d{2,4}\b",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\W*(?:exhibit|ex)[\s-]?[\d.]+\w*\W*$|\W*(?:exhibit \d\S* )?(?:execution (?:copy|version)|final|draft|confidential|page \d+.*|source:.*|dear\b.*|to:.*|from:.*|date:?.*"
    r"|by\b.*|(?:[\dIVX]+\.?\s+)?(?:abstract|introduction|contents|table of contents|summary))\W*$|.*@\S+\.\w|\W*(?:\d{1,2}\W)?(?:\w+ )?\d{1,2},? (?:1[89]|20)\d\d\W*$",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b(?:universit\w+|institute?|department|dept|laborator\w+|college|school of|research cent\w+|street|road|avenue)\b",
    re.IGNORECASE,
)
_COMPANY = re.compile(
    r"\b(?:plc|inc|ltd|limited|llc|llp|gmbh|corp|corporation|s\.a|n\.v|b\.v|ag|co-operative|cooperative|council|trust|ministry|agency)\W*$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"(?:\b(?:and|of|for|the|a|an|in|on|with|to|from|by|between|or|using|via|as|at)|[:,–—-])$", re.IGNORECASE
)
# Marks of a heading in Markdown.
_MARKS = re.compile(r"[#*_\s]+")


def title_of(document: Document) -> tuple[int, int] | None:
    """The characters of the title: the first line on top that is no venue, date, name or mark of a file, with the line that it goes
    on in; None where no line can be one.

    >>> text = "Proceedings of the 4th Workshop on Maps, pages 12-20\\nReading Maps with\\nTwo Eyes\\nA. Smith\\n\\nMaps are old."
    >>> low, high = title_of(Document("x", "text", text))
    >>> text[low:high]
    'Reading Maps with\\nTwo Eyes'
    """
    lines = [(match.start(), match.end()) for match in islice(re.finditer(r"\S[^\n]*", document.text[:FRONT]), LINES)]
    for number, (start, end) in enumerate(lines):
        mark = _MARKS.match(document.text, start, end)
        low, high = mark.end() if mark else start, start + len(document.text[start:end].rstrip(" *_#"))
        if not may_be_title(document.text[low:high]):
            continue
        if number + 1 < len(lines):
            if _COMPANY.search(document.text[low:high]) and may_be_title(document.text[slice(*lines[number + 1])]):
                continue  # whoever publishes it
            following = document.text[lines[number + 1][0] : lines[number + 1][1]]
            touching = document.text.count("\n", high, lines[number + 1][0]) == 1
            if (
                touching
                and may_be_title(following)
                and (_GOES_ON.search(document.text[low:high]) or following[0].islower())
            ):
                high = lines[number + 1][0] + len(following.rstrip())
        return low, high
    return None


def may_be_title(line: str) -> bool:
    """Whether a line is neither a venue, nor a date, name of a file's part, place or sentence of a text."""
    words = re.findall(r"[^\W\d_]{2,}", line)
    if len(line) > LONGEST or not words or sum(map(len, words)) < 0.5 * len(line.replace(" ", "")):
        return False
    if _VENUE.search(line) or _OTHER.match(line) or _PLACE.search(line):
        return False
    return not (line.rstrip().endswith(".") and len(words) > 12)
