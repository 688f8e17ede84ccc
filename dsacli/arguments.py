"""What the words of a command line are: documents, questions, text."""

import re
from collections.abc import Iterable
from pathlib import Path

from dsacli.errors import DsacliError, UsageFailure


def documents_and_questions(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Documents come first: what exists, or "-". From the first argument that is neither, all are questions.

    A question has a space or a question mark in it, so that a mistyped file name is never asked.
    Raises DsacliError that names the file that is missing, UsageFailure where the question is.
    """
    count = 0
    while count < len(arguments) and (arguments[count] == "-" or _exists(arguments[count])):
        count += 1
    paths, questions = arguments[:count], arguments[count:]
    for number, text in enumerate(questions):
        if not text.strip():
            raise UsageFailure("the question is empty" if paths else "the name of the document is empty")
        if number and _exists(text):
            raise UsageFailure(f"{text}: documents come before the questions")
        if (number == 0 and not paths) or not re.search(r"\s|[?？؟]", text.strip()):
            raise DsacliError(f"{text}: no such file or folder")
    if not questions:
        raise UsageFailure(f'no question; write it after the document: dsacli ask {paths[0]} "Who …?"')
    check_text(questions)
    return paths, questions


def check_text(texts: Iterable[str | None]) -> None:
    """Raise UsageFailure for bytes that are no text in the terminal's encoding."""
    for text in texts:
        try:
            (text or "").encode()
        except UnicodeEncodeError:
            raise UsageFailure("what is asked is not text in this terminal's encoding") from None


def _exists(argument: str) -> bool:
    try:
        return bool(argument.strip()) and Path(argument).exists()
    except (OSError, ValueError):
        return False
