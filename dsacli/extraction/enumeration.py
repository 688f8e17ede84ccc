"""The items of an enumeration in running text: "dunlin, redshank and knot"."""

import re

Span = tuple[int, int]
# What parts two items; a comma between digits, or before a company's or a person's suffix, parts nothing.
_PART = re.compile(
    r"\s*(?:;|,)\s+(?:and\s+|or\s+|as well as\s+|&\s+)?(?!(?:[A-Z]{2}\b(?!\s+[A-Z]\w{3})|Inc|INC|LLC|L\.L\.C|L\.P|LP|Ltd|LTD|Limited|LIMITED|Corp|CORP|Co|CO|PLC|plc|S\.A|N\.V|Jr|Sr|Ph\.?D|M\.?D|N\.A)\b)"
    r"|\s+(?:and|or|as well as)\s+|\s+&\s+(?=[A-Z])"
)
_LAST = re.compile(r"\b(?:and|or|as well as)\s+$|&\s+$")
# What an item does not begin with: a clause of its own.
_CLAUSE = re.compile(
    r"(?:which|who|whom|whose|where|when|because|since|while|although|but|so|if|including|such as|then|he|she|it|they|we|i|there|this|these|as|with"
    r"|by|for|in|on|at|from|after|before|until|during|under)\b",
    re.IGNORECASE,
)
_STOP = re.compile(r"[.!?:](?=\s|$)(?<!\b[A-Z]\.)(?<!\bInc\.)(?<!\bLtd\.)(?<!\bCo\.)(?<!\bCorp\.)|\n\s*\n")
_LEAD = re.compile(r"(?:that|to|the|both|either|namely|and)\s+", re.IGNORECASE)
# Characters of an enumeration at most: what is longer is none, and would take long where it is mostly white space.
_FURTHEST = 2000
# Words that an item may have beside its neighbours.
_LONGEST = 16


def items_in(text: str, start: int, end: int) -> list[Span]:
    """The items that the characters [start, end) enumerate: they themselves, where that is one.

    >>> text = "dunlin, redshank and knot"
    >>> [text[low:high] for low, high in items_in(text, 0, len(text))]
    ['dunlin', 'redshank', 'knot']
    """
    if end - start > _FURTHEST:
        return [(start, end)]
    edges, place, parts = list[Span](), start, list[str]()
    for part in _PART.finditer(text, start, end):
        if _depth(text, start, part.start()):
            continue
        edges.append((place, part.start()))
        parts.append(part[0])
        place = part.end()
    edges = [(low, high) for low, high in (*edges, (place, end)) if text[low:high].strip()]
    items = [text[low:high] for low, high in edges]
    # A single "and" joins two words of one item as often as two items, unless both are names.
    names = all(item.lstrip("\"“'(")[0].isupper() or item[0].isdigit() for item in items)
    several = len(items) > 2 or names or any(mark in part for part in parts for mark in ",;")
    joined = any(_LAST.search(part) or ";" in part for part in parts) or (len(items) > 2 and names)
    return edges if several and joined and len(items) > 1 and _alike(items) else [(start, end)]


def items_from(text: str, start: int, end: int, limit: int) -> list[Span]:
    """The items of the enumeration whose first one or more the characters [start, end) are, as far as its sentence goes.

    >>> text = "The commonest bird was the dunlin, the redshank and the knot. Others came."
    >>> [text[low:high] for low, high in items_from(text, 27, 33, len(text))]
    ['dunlin', 'the redshank', 'the knot']
    """
    limit = min(limit, end + _FURTHEST)
    if not _PART.match(text, end, limit):
        return [(start, end)]
    stop = _STOP.search(text, end, limit)
    high = stop.start() if stop else limit
    lead = _LEAD.search(text[max(0, start - 6) : start])
    low = (
        start - len(lead[0])
        if lead and lead.end() == min(6, start) and lead[0].lower().strip() in ("that", "to")
        else start
    )
    found = items_in(text, low, high)
    while len(found) > 1 and _CLAUSE.match(text, found[-1][0]):
        found = found[:-1]
    ends = any(end - 1 <= last <= end for _, last in found)
    return found if len(found) > 1 and ends else [(start, end)]


def _depth(text: str, low: int, high: int) -> int:
    """How many brackets are open."""
    return text.count("(", low, high) - text.count(")", low, high)


def _alike(items: list[str]) -> bool:
    """Whether texts may be items of one enumeration: all are short, or all begin with the same word."""
    words = [item.split() for item in items]
    if len({each[0].lower() for each in words}) == 1 and len(words[0][0]) > 1:
        return True
    if any(_CLAUSE.match(item) for item in items[1:]):
        return False
    capital = [each[0][0].isupper() or each[0][0].isdigit() for each in words]
    return max(map(len, words)) <= (6 if len(set(capital)) > 1 else 8) or max(map(len, words)) <= min(
        _LONGEST, 3 * min(map(len, words))
    )
