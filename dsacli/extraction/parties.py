"""The parties that an agreement names in its opening, each with what it calls them there.

Written by their form, "between NAME, a Delaware corporation ("Alias"), and NAME …", and read by it: no model is needed to tell a
company from the role that stands for it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# What opens the list of parties; a capital letter, a quotation mark or a number must come next.
OPENING = re.compile(
    r"\b(?:(?:by and )?(?:between|among)(?: and among)?|Between(?=[*_:]|[ ]*\n)|BETWEEN|AMONG|PARTIES|Parties)\b[\s:,*_]*(?:the following parties[\s:]*)?"
    r"(?:\(?(?:1|A|a|i)[.)]\s*)?[*_]{0,3}(?=[A-Z\d\"“]|[a-z]{1,10}[.A-Z]\w)"
)
# Characters of a text in which its parties are named, and of what is said of one of them.
FRONT, SAID = 12_000, 700
SUFFIX = (
    r"Inc(?:orporated)?\b\.?|INC(?:ORPORATED)?\b\.?|L\.?L\.?C\b\.?|Llc\b\.?|L\.?L\.?P\b\.?|L\.?P\b\.?|Ltd\b\.?|LTD\b\.?|Limited\b|LIMITED\b"
    r"|Corp(?:oration)?\b\.?|CORP(?:ORATION)?\b\.?|Co\b\.?|CO\b\.?|Company\b|COMPANY\b|PLC\b|plc\b|GmbH\b|AG\b|S\.?A\.?(?:R\.?L)?\b\.?|N\.?V\b\.?"
    r"|Oyj?\b|ASA?\b|AB\b|A/S\b|ApS\b|S\.à ?r\.l\.|S\.?[Aa]\.?[Rr]\.?[Ll]\b\.?|S\.?[Rr]\.?[Ll]\b\.?|S\.?L\b\.?|SAS\b|Kft\b\.?|Zrt\b\.?|KG\b|UG\b|mbH\b|e\.V\."
    r"|s\.r\.o\.|a\.s\.|d\.o\.o\.|Lda\b\.?|Ltda\b\.?|Sdn\.? Bhd\b\.?|Pvt\b\.?|B\.?V\b\.?|Pty\b\.?|Pte\b\.?|N\.A\.|S\.p\.A\.|KK\b|K\.K\.|SE\b|Sp\. z o\.o\.|Ph\.?D\b\.?|M\.?D\b\.?|Jr\b\.?|Sr\b\.?"
)
WORD = r"(?:(?!Section|SECTION|ARTICLE|Article|Exhibit|EXHIBIT|WHEREAS)[A-ZÀ-ÖØ-ÞĀ-Ž\d][\w'’.&!/-]*|[dlDL]['’][A-Z]\w*|[a-z]{1,4}[A-Z]\w*|[a-z]+\.com\b|\.[A-Z]\w+)"
# Small words that stand within a name.
INNER = r"(?:of|the|for|de|du|la|van|von|and|&|\+|at|in|d/b/a|dba|f/k/a)"
NAME = re.compile(
    rf"(?:[Tt]he |THE )?{WORD}(?:,?\s(?:{SUFFIX})(?=[\s,;.()*_\"“]|$)|\s{WORD}|\s{INNER}(?:\sthe)?\s(?!\d){WORD}|\s?&\s?{WORD}"
    rf"|\s\((?![^)]*[\"“])[A-Z][\w. ]{{1,24}}\)(?=\s[A-Z]))*"
)
COMPANY = re.compile(
    rf"(?:^|[\s,])(?:{SUFFIX})\s*$|\b(?:Bank|University|Trust|Institute|Association|Foundation|Partners|Group|Holdings|Bancorp)\b",
    re.I,
)
ALIAS = re.compile(r"[\"“”']{1,2}\s*(?:the\s+)?([A-Za-z][\w&.'’/ -]{0,60}?)[,.]?\s*[\"“”']{1,2}")
BRACKETS = re.compile(r"\(([^()]{0,300}(?:\([^()]*\)[^()]{0,200})*)\)")
JOINED = re.compile(
    r"[\s,;.]*(?:(?:\b(?:and|AND|And|as well as)\b|&|-and-|- and -)[\s,:]*)?(?:\(?(?:\d|[A-Da-d]|i{1,3}|iv|v)[.)]\s*)?[*_]{0,3}"
)
LINKED = re.compile(r"\b(?:and|AND|And)\b|&|;|,|\n\s*\n|\n\s*\(?\d[.)]")
# What ends the list.
CLOSED = re.compile(
    r"\b(?:WHEREAS|RECITALS?|WITNESSETH|Whereas|Recitals?|Background|BACKGROUND|NOW,? THEREFORE|TABLE OF CONTENTS|Dated|DATED|Effective Date|Source:|(?:each )?(?:of whom|a|the) [\"“]Part)\b"
)
# Words that begin with a capital letter and name no party.
NO_PARTY = re.compile(
    rf"(?:{SUFFIX})\W*$|"
    r"(?:the )?(?:this|agreement|contract|exhibit|whereas|party|parties|section|article|date|dated|effective|company|recitals?|source|schedule|both|each"
    r"|distributor|reseller|supplier|licensor|licensee|seller|buyer|purchaser|vendor|customer|client|contractor|consultant|lender|borrower|landlord|tenant|service provider"
    r"|january|february|march|april|may|june|july|august|september|october|november|december|its|it|we|you|us)\b\W*$",
    re.IGNORECASE,
)


# Where somebody signs for a company, and what else stands before its name there.
SIGNED = re.compile(r"\bB[yY]\s?:")
TITLE = re.compile(
    r"\b(?:Signatory|President|Officer|Secretary|Director|Manager|Partner|Chairman|Counsel|Member|Treasurer|Title:|Name:|By:|Date:?|/s/|(?:19|20)\d\d\.?)(?=\s)|\b(?:its|his|her)\s[\w ]+?(?=\sBy)"
)
LONGEST_NAME = 160
# The end of an address that reads on into the next name: "Morton Grove, IL 60053 and Orwell Frames plc".
ADDRESS = re.compile(r"[A-Z]\w+\s\d{5}(?:-\d{4})?\s(?:and|AND)\s+(?=[A-Z])")
# What follows the name of a party that is no company by its name.
CALLED = re.compile(r"\s*,?\s*\((?:the |hereinafter |collectively,? )*[\"“]")
PARTY_SAID = re.compile(
    r"\s*[,;]?\s*\((?!\d)|,?\s+(?:an?|whose|having|located|residing|of(?=\s\d))\b"
    # an address, and then what it is called
    r"|,[^()\"“”\n]{2,160}\((?:the |hereinafter |collectively,? )*[\"“]"
)


@dataclass(frozen=True)
class Party:
    """A party's name as characters of the text, and what the agreement calls it ("Seller")."""

    start: int
    end: int
    aliases: tuple[str, ...] = ()


def parties_in(text: str) -> list[list[Party]]:
    """Every list of two parties and more that the front of a text opens, in its order.

    >>> text = 'made between Tamar Glass Ltd. ("Seller") and Orwell Frames plc ("Buyer").'
    >>> [(text[p.start : p.end], p.aliases) for p in parties_in(text)[0]]
    [('Tamar Glass Ltd.', ('Seller',)), ('Orwell Frames plc', ('Buyer',))]
    >>> text = 'between Tamar Glass Ltd. ("Seller"), Austin, Texas 78741 and Orwell Frames plc ("Buyer").'
    >>> [text[p.start : p.end] for p in parties_in(text)[0]]
    ['Tamar Glass Ltd.', 'Orwell Frames plc']
    """
    found = []
    for opening in OPENING.finditer(text, 0, FRONT):
        parties = list(_named(text, opening.end()))
        if len(parties) > 1:
            found.append(parties)
    return found


def is_party(wording: str) -> bool:
    """Whether a wording can be the name of a party, by its form.

    >>> is_party("Tamar Glass Ltd."), is_party("The parties to this agreement")
    (True, False)
    """
    named = NAME.fullmatch(wording.strip(" ,;*_"))
    together = wording.lower().endswith("parties")
    return bool(named and re.search(r"[^\W\d_]{2}", wording)) and not NO_PARTY.match(wording) and not together


def signatories_in(text: str) -> list[Party]:
    """The companies for which somebody signs: those named before "By:", each once.

    >>> text = "Name: A. Low Title: Director ORWELL FRAMES PLC By: /s/ B. High"
    >>> [text[party.start : party.end] for party in signatories_in(text)]
    ['ORWELL FRAMES PLC']
    """
    found: dict[str, Party] = {}
    for signed in SIGNED.finditer(text):
        block = text[max(0, signed.start() - LONGEST_NAME) : signed.start()]
        begin = max((title.end() for title in TITLE.finditer(block)), default=0)
        names = [name for name in NAME.finditer(block, begin) if COMPANY.search(name[0])]
        if names and names[-1].end() > len(block.rstrip(" ,")) - 40:
            low = signed.start() - len(block) + names[-1].start()
            found.setdefault(names[-1][0].lower(), Party(low, low + len(names[-1][0].rstrip(" ,"))))
    return list(found.values())


def _named(text: str, place: int) -> Iterator[Party]:
    """The parties from a place on."""
    stop = CLOSED.search(text, place)
    limit = min(stop.start() if stop else len(text), place + 8 * SAID)
    while True:
        name = NAME.match(text, place, limit)
        if not name or NO_PARTY.match(name[0]):
            return
        end = name.end() - (len(name[0]) - len(name[0].rstrip(" ,;")))
        aliases, after = _called(text, end, limit)
        address = ADDRESS.match(name[0])
        yield Party(name.start() + (address.end() if address else 0), end, aliases)
        if after is None:
            return
        place = JOINED.match(text, after, limit).end()  # type: ignore[union-attr]


def _called(text: str, end: int, limit: int) -> tuple[tuple[str, ...], int | None]:
    """What a party is called in the brackets behind its name, and where the next one may be named; None where there is none."""
    place = end
    for brackets in BRACKETS.finditer(text, end, min(limit, end + SAID)):
        between = text[place : brackets.start()]
        # A name behind "and" is the next party, whose brackets these are.
        link = _next_name(text, place, brackets.start())
        if link is not None and not ALIAS.search(between):
            return (), link
        aliases = tuple(alias.strip() for alias in ALIAS.findall(brackets[1]))
        place = brackets.end()
        if aliases:
            return aliases, _next_name(text, place, min(limit, place + SAID))
    return (), _next_name(text, place, min(limit, place + SAID))


def _next_name(text: str, low: int, high: int) -> int | None:
    """Where a name may begin behind the next "and"."""
    for link in LINKED.finditer(text, low, high):
        place = JOINED.match(text, link.start(), high).end()  # type: ignore[union-attr]
        name = NAME.match(text, place, high)
        if not name or NO_PARTY.match(name[0]):
            continue
        called = CALLED if link[0] in ",;" else PARTY_SAID
        if COMPANY.search(name[0]) or called.match(text, name.end(), high):
            return link.start()
    return None
