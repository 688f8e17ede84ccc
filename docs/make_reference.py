"""Write docs/reference.md from the help text of every command: `python docs/make_reference.py`.

The page is the same on every terminal and in every environment; tests/test_reference.py fails when it is stale.
"""

from collections.abc import Iterator
from pathlib import Path

import typer.main
from typer.testing import CliRunner

from dsacli.cli import app

PAGE = Path(__file__).resolve().parent / "reference.md"
WIDTH = 80
HEAD = """# Reference

What `--help` prints, command by command. Written by `python docs/make_reference.py`; do not edit.
"""


def commands() -> Iterator[tuple[str, ...]]:
    """The words that name each command, () for the program itself, in the order of the help."""

    def walk(command: object, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield words
        for name, below in getattr(command, "commands", {}).items():
            yield from walk(below, (*words, name))

    return walk(typer.main.get_command(app), ())


def help_of(words: tuple[str, ...]) -> str:
    """What `dsacli WORDS --help` prints, WIDTH columns wide."""
    arguments = [*words, "--help"]
    done = CliRunner().invoke(app, arguments, prog_name="dsacli", terminal_width=WIDTH, catch_exceptions=False)
    return "\n".join(line.rstrip() for line in done.stdout.strip().splitlines())


def reference() -> str:
    """The page: one section a command."""
    sections = (f"\n## {' '.join(('dsacli', *words))}\n\n```\n{help_of(words)}\n```\n" for words in commands())
    return HEAD + "".join(sections)


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8", newline="\n")
