"""Characters that stand for the same text: ligatures, letters set in another style, odd spaces, invisible and unprintable ones."""

import re
import unicodedata

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
# Marks of direction among them: they make a terminal show another order than the text has.
_INVISIBLE = "\u00ad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\ufffe\uffff"
_BULLETS = "\uf0b7\uf0a7\uf076\uf0d8"

# The letters of formulas, and Latin letters as wide as Chinese ones.
_STYLED = "".join(map(chr, (*range(0x1D400, 0x1D800), *range(0xFF01, 0xFF5F))))

_ODD = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfffﬀ-ﬆ\U0001d400-\U0001d7ff！-～" + _SPACES + _INVISIBLE + _BULLETS + "]"
)
_UNPRINTABLE = (*range(0x09), 0x0B, *range(0x0E, 0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000))
_REPLACED: dict[str, str | None] = {
    **dict.fromkeys(map(chr, _UNPRINTABLE), None),
    **_LIGATURES,
    **{letter: unicodedata.normalize("NFKC", letter) for letter in _STYLED},
    **dict.fromkeys(_SPACES, " "),
    **dict.fromkeys(_INVISIBLE, None),
    **dict.fromkeys(_BULLETS, "•"),
}
_TABLE = str.maketrans(_REPLACED)
_ESCAPE = re.compile(r"\x1b\[[0-9;?]{0,20}[A-Za-z]")


def normalise(text: str) -> str:
    """`text` with ligatures spelled out, letters and spaces as ordinary ones, and nothing unprintable.

    Newlines, tabs and form feeds stay. A soft hyphen at a line's end becomes a hyphen, so that the
    word it divides is joined like any other; elsewhere soft hyphens go.
    """
    if not _ODD.search(text):
        return text
    return _ESCAPE.sub("", text.replace("\u00ad\n", "-\n")).translate(_TABLE)
