"""What tells a served model from one of this machine: its address."""

import re

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


def is_address(name: str | None) -> bool:
    """Whether a model is named by the address of a server.

    >>> is_address("http://localhost:8000/v1"), is_address("qwen2.5-1.5b-instruct"), is_address(None)
    (True, False, False)
    """
    return bool(name and _ADDRESS.match(name))
