"""A training log: every line to a file and to stderr, with the time it was written."""

import sys
import time
from pathlib import Path


class Log:
    """Appends to `path`, so that a resumed run goes on in the same file."""

    def __init__(self, path: Path):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path

    def __call__(self, line: str) -> None:
        stamped = f"{time.strftime('%H:%M:%S')} {line}"
        print(stamped, file=sys.stderr, flush=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(stamped + "\n")
