"""stdout and stderr as rich writes to them, and what becomes of a reader that has gone."""

import sys

from rich.console import Console

from dsacli.output.streams import give_up


class Out(Console):
    """stdout; a reader that has gone is the command line's to deal with."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


class Err(Console):
    """stderr; the results go on without a reader of what they cost."""

    def on_broken_pipe(self) -> None:
        give_up(sys.stderr)
