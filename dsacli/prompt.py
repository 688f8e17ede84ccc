"""Lines that are typed at a prompt, or come through a pipe."""

import os
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import platformdirs

PROMPT = "> "
LENGTH = 1000


def typed_lines(commands: Collection[str]) -> Iterator[str]:
    """What is typed at a prompt, with history and completion of `commands` where the system has readline; of a pipe its lines."""
    if not sys.stdin.isatty():
        yield from sys.stdin
        return
    with history(Path(platformdirs.user_state_dir("dsacli", appauthor=False), "history"), commands):
        while True:
            try:
                if not sys.stdout.isatty():  # which carries the results alone
                    print(PROMPT, end="", file=sys.stderr, flush=True)
                yield input(PROMPT if sys.stdout.isatty() else "")
            except EOFError:
                print(file=sys.stderr)
                return
            except KeyboardInterrupt:
                print(file=sys.stderr)


@contextmanager
def history(file: Path, commands: Collection[str]) -> Iterator[None]:
    """What was typed before is at hand, and what is typed now is kept, in a file that only the user can read."""
    try:
        import readline
    except ImportError:  # Windows
        yield
        return
    with suppress(OSError):
        readline.read_history_file(file)
    readline.set_history_length(LENGTH)
    readline.set_completer_delims("")
    readline.set_completer(lambda text, n: dict(enumerate(c for c in commands if c.startswith(text or "/"))).get(n))
    readline.parse_and_bind("tab: complete")
    try:
        yield
    finally:
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
            readline.write_history_file(file)
