"""Bytes into text: which encoding they are in, or that they are no text at all."""

import codecs

from dsacli.errors import DsacliError

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TEXT_CONTROLS = b"\t\n\r\f\b\x1b"
_CONTROLS = bytes(code for code in range(32) if code not in _TEXT_CONTROLS) + b"\x7f"
_SAMPLE = 1 << 20


def decode(name: str, data: bytes) -> str:
    """`data` as text: by its byte order mark, else UTF-16 or UTF-8 if it is that, else cp1252 or Latin-1.

    Raises DsacliError, naming `name`, when the bytes are not text.
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    unmarked = _utf16_without_mark(data)
    if unmarked:
        return data.decode(unmarked, "replace")
    if _is_binary(data):
        raise DsacliError(f"{name} is binary data, in no format that is read")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_damaged_or_legacy(data)


def looks_like_text(head: bytes) -> bool:
    """Whether a file that begins with `head` can be decoded, judged by these bytes alone."""
    try:
        decode("", head)
    except DsacliError:
        return False
    return True


def _utf16_without_mark(data: bytes) -> str | None:
    """Text in the Latin script as UTF-16 has a NUL in every other byte, and always on the same side."""
    sample = data[: _SAMPLE - _SAMPLE % 2]
    if len(sample) < 4 or len(data) % 2:
        return None
    pairs = len(sample) / 2
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.5 * pairs and even == 0:
        return "utf-16-le"
    if even > 0.5 * pairs and odd == 0:
        return "utf-16-be"
    return None


def _is_binary(data: bytes) -> bool:
    """A stray NUL or two in a longer text are damage, and `normalise` takes them out."""
    sample = data[:_SAMPLE]
    if sample.count(0) > 0.01 * len(sample):
        return True
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return controls > 2 + 0.01 * len(sample)


def _decode_damaged_or_legacy(data: bytes) -> str:
    """A few bad bytes among good multi-byte characters are damage; otherwise it is a one-byte encoding."""
    lenient = data.decode("utf-8", "replace")
    bad = lenient.count("\ufffd")
    good = len(lenient) - len(lenient.encode("ascii", "ignore")) - bad
    if good > bad:
        return lenient
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")
