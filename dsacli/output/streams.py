"""Streams whose reader has gone, or that were closed before the program began."""

import os
import sys
from contextlib import suppress
from typing import TextIO


def give_up(stream: TextIO | None) -> None:
    """Whoever read a stream has gone, or it is full: the interpreter must not flush to it when it ends."""
    if stream is not None:
        with suppress(OSError, ValueError):  # closed, or no file at all
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def replace_closed() -> None:
    """Where stdout or stderr was closed (`>&-`), what is written goes nowhere; and no file that is opened later takes the place of
    a stream that was closed."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
            if number:
                setattr(sys, name, os.fdopen(number, "w"))
