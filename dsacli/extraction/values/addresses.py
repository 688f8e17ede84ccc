"""E-mail addresses, web addresses and telephone numbers."""

import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dsacli.extraction.values.dates import find_dates
from dsacli.extraction.values.value import Value, any_of, leftmost_longest, unique_value

if TYPE_CHECKING:
    from phonenumbers import PhoneNumberMatch

_I = re.IGNORECASE

_LOCAL = re.compile(r"(?<![\w.+'-])\w(?:[\w+'-]|\.(?!\.)){0,63}(?<!\.)\Z")
_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}"
_DOMAIN = re.compile(_HOST + r"[A-Za-z]{2,24}(?![\w@-])")


def find_emails(text: str) -> Iterator[Value]:
    """E-mail addresses, as written."""
    for at in re.finditer("@", text):  # from the @ outwards: no long run is scanned twice
        local = _LOCAL.search(text, max(0, at.start() - 64), at.start())
        domain = _DOMAIN.match(text, at.end())
        if local and domain:
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


_CUE = re.compile(
    r"\b(?:tel|telephone|phone|ph|mobile|mob|cell|fax|facsimile|hotline|call|dial|text)\b[^\w\n(+]{0,4}"
    r"(?:(?:us|no|number|at|on|is)\b[^\w\n(+]{0,3}){0,2}\Z",
    _I,
)
# phonenumbers reads on over a wide gap, a decimal, a count ("555-0123 2 offices"), a section ("555-0123 12.1 Costs").
_GAP = re.compile(r"(?<=[0-9])\s(?=\s)|(?<=[0-9]\.[0-9])\s|(?<=[0-9]{3})\s(?=[0-9]{1,2}(?:\s[^\W\d_]|\.[0-9]))")
_JOINED_LEFT, _JOINED_RIGHT = re.compile(r"(?:[\w$£€+/-]|[0-9][.,])\Z"), re.compile(r"[\w%]|[-/.,:][0-9]")
_NEEDS_CUE = re.compile(r"[1-9][0-9\s]*|0[^7]\d*|.{,9}")  # columns of a table, account numbers, local numbers


def find_phones(text: str) -> Iterator[Value]:
    """Telephone numbers: digits, "+" and an extension.

    >>> [value.normalised for value in find_phones("Call +44 (0)20 7946 0958, or (212) 555-0123 ext. 4.")]
    ['+442079460958', '2125550123;ext=4']
    """
    from phonenumbers import Leniency, PhoneNumberMatcher  # 50 ms, and most runs look for no telephone number

    text = _GAP.sub("\n", text)
    # Germany's numbers may have any length, so that no country's are passed over.
    for match in PhoneNumberMatcher(text, "DE", Leniency.POSSIBLE, max_tries=sys.maxsize):
        start, number, ext = match.start, match.raw_string, match.number.extension or ""
        if sum(map(str.isdigit, number)) < 7:
            continue
        cue = _CUE.search(text, max(0, start - 24), start)
        home = None if "+" in number else _customary(number)
        if home and (cue or not _NEEDS_CUE.fullmatch(home.raw_string)):
            start, number, ext = start + home.start, home.raw_string, home.number.extension or ""
        elif not cue and "+" not in number:
            continue
        if number[0] == "(" and ")" not in number:
            start, number = start + 1, number[1:]
        end, digits = start + len(number), re.sub(r"[^0-9]", "", number.removesuffix(ext).replace("(0)", ""))
        joined = _JOINED_LEFT.search(text, max(0, start - 2), start) or _JOINED_RIGHT.match(text, end)
        dated = len(unique_value(leftmost_longest(find_dates(number))) or "") == 10  # "Fax 01.03.2025"
        if len(digits) > 6 and not joined and not dated:
            yield Value(start, end, "+" * ("+" in number) + digits + (f";ext={ext}" if ext else ""))


def _customary(number: str) -> "PhoneNumberMatch | None":
    """The valid American or British number in `number`, grouped as is the custom: most columns of a table are not."""
    from phonenumbers import Leniency, PhoneNumberMatcher

    for region, leniency in (("US", Leniency.EXACT_GROUPING), ("GB", Leniency.STRICT_GROUPING)):
        for match in PhoneNumberMatcher(number, region, leniency):
            return match
    return None
