"""E-mail addresses, web addresses and telephone numbers."""

import re
from collections.abc import Iterator

from dsacli.extraction.values.dates import find_dates
from dsacli.extraction.values.value import Value, any_of, apart, only

_I = re.IGNORECASE

_LOCAL = re.compile(r"(?<![\w.+'-])\w(?:[\w+'-]|\.(?!\.)){0,63}(?<!\.)\Z")
_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}"
_DOMAIN = re.compile(_HOST + r"[A-Za-z]{2,24}(?![\w@-])")


def find_emails(text: str) -> Iterator[Value]:
    """E-mail addresses, as written."""
    for at in re.finditer("@", text):  # from the @ outwards: no long run is scanned twice
        local = _LOCAL.search(text, max(0, at.start() - 64), at.start())
        domain = local and _DOMAIN.match(text, at.end())
        if domain:
            yield Value(local.start(), domain.end(), local[0] + "@" + domain[0].lower())


# Country codes that are English words ("end.It", "so.In") or file endings (.md, .py, .sh) are left out.
_TLDS = any_of(
    "com org net edu gov mil int info biz io ai co dev app eu uk de fr es nl ch se dk fi ie pt cz "
    "ca au nz jp cn kr hk sg br mx za ae ru ua tr gr hu ro tech cloud online site xyz".split()
)
_URL = re.compile(
    rf"(?<![\w@.-])(?:(?i:https?://|www\.)"
    rf"|(?=[A-Za-z0-9])(?P<bare>(?:[A-Za-z0-9][A-Za-z0-9-]{{0,62}}\.){{1,5}}"
    rf"(?:{_TLDS}|COM|ORG)(?![\w@-]|\.\w)))[^\s<>\"{{}}|\\^`\[\]“”]{{0,2000}}"
)
_WEB_HOST = re.compile(
    rf"(?i:https?://)?(?:[^\s/@]{{1,80}}@)?"
    rf"(?:localhost|(?:[0-9]{{1,3}}\.){{3}}[0-9]{{1,3}}|{_HOST}[A-Za-z0-9-]{{2,63}}|[^\W_][\w.-]{{0,200}}\.\w{{2,}})(?=[/:?#]|\Z)"
)


def find_urls(text: str) -> Iterator[Value]:
    """Web addresses, with or without a scheme, as written."""
    for match in _URL.finditer(text):
        url = match[0]
        if match["bare"] and url[len(match["bare"]) :][:1] not in ("/", ":", "?", "#"):
            url = match["bare"]
        url = _trimmed(url)
        if _WEB_HOST.match(url):
            yield Value(match.start(), match.start() + len(url), url)


def _trimmed(url: str) -> str:
    """Without the sentence's punctuation: a closing bracket stays only if the URL opened it."""
    surplus, end = url.count(")") - url.count("("), len(url)
    while end and (url[end - 1] in ".,;:!?'’\"…" or (url[end - 1] == ")" and surplus > 0)):
        surplus -= url[end - 1] == ")"
        end -= 1
    return url[:end]


_S = r"[ \xa0.\-–‑]"
_PHONE = re.compile(
    rf"(?<![\w$£€+/-])(?<![0-9][.,])(?:"
    rf"(?P<us>(?:\+?1{_S}?)?(?:\([2-9][0-9]{{2}}\){_S}?|[2-9][0-9]{{2}}{_S})[2-9][0-9]{{2}}{_S}[0-9]{{4}})"
    rf"|(?P<plus>(?:\+|00)\(?[1-9][0-9]{{0,14}}(?:[ \xa0.\-–()]{{1,3}}[0-9]{{1,12}}){{0,6}})"
    rf"|(?P<trunk>(?:\(0[1-9][0-9]{{1,3}}\)|0[1-9][0-9]{{1,3}})[ \xa0-]"
    rf"(?:[0-9]{{3,4}}[ \xa0-][0-9]{{3,4}}|[0-9]{{6,8}})|07[0-9]{{9}})"
    rf"|(?P<said>[0-9]{{7,15}}|(?:\([0-9]{{1,6}}\)|[0-9]{{1,6}})(?:[ \xa0.\-–()]{{1,3}}[0-9]{{2,12}}){{1,6}}))"
    rf"(?![\w%]|[-/.,:][0-9])(?:,?\s{{0,2}}(?:ext(?:ension|n)?\b\.?|x|#)\s{{0,2}}(?P<ext>[0-9]{{1,6}})(?!\w))?",
    _I,
)
_SAID = re.compile(
    r"\b(?:tel|telephone|phone|ph|mobile|mob|cell|fax|call|dial|text)\b[^\w\n(+]{0,4}"
    r"(?:(?:us|no|number|at|on|is)\b[^\w\n(+]{0,3}){0,2}\Z",
    _I,
)


def find_phones(text: str) -> Iterator[Value]:
    """Telephone numbers: digits, "+" and an extension."""
    for match in _PHONE.finditer(text):
        bare = match["us"] and re.fullmatch(r"[0-9 \xa0]+", match["us"])  # could be table columns
        if (match["said"] or bare) and not _SAID.search(text, max(0, match.start() - 24), match.start()):
            continue
        number = match["us"] or match["plus"] or match["trunk"] or match["said"]
        digits = re.sub(r"[^0-9]", "", number.replace("(0)", ""))
        if not (10 if match["plus"] and number[0] == "0" else 8 if match["plus"] else 7) <= len(digits) <= 15:
            continue
        if not (match["said"] and len(only(apart(find_dates(number))) or "") == 10):  # "Fax 01.03.2025"
            plus, ext = "+" * (number[0] == "+"), f";ext={match['ext']}" if match["ext"] else ""
            yield Value(*match.span(), plus + digits + ext)
