"""Text from outside for a terminal."""


def printable(text: str) -> str:
    """A name or a message on one line, without anything that a terminal would obey.

    >>> printable("a\\x1b[31m\\nb")
    'a?[31m?b'
    """
    return "".join(c if c.isprintable() else "?" for c in text)
