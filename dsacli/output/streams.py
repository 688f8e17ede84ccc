"""Streams whose reader has gone."""

import os
from contextlib import suppress
from typing import TextIO


def give_up(stream: TextIO | None) -> None:
    """Whoever read a stream has gone, or it is full: the interpreter must not flush to it when it ends."""
    if stream is not None:
        with suppress(OSError, ValueError):  # closed, or no file at all
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
