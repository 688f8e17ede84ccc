"""What the words of a command line are: documents, questions, text."""

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from dsacli.errors import DsacliError, UsageFailure


def asked_of(arguments: list[str], file: str | None, library: str | None) -> tuple[list[str], list[str]]:
    """Documents and questions: of the words, of a `file` of questions, and none but questions where a `library` is asked.

    Raises as the functions below do, and UsageFailure where questions are missing.
    """
    if library is None:
        return documents_and_questions(arguments) if file is None else (arguments, read_questions(file, arguments))
    if file is not None:
        if arguments:
            raise UsageFailure("with --index and --questions there is nothing else to name")
        return [], read_questions(file, [])
    if not arguments or not all(text.strip() for text in arguments):
        raise UsageFailure(f'no question; write it behind the name: dsacli ask --index {library} "Who …?"')
    check_text(arguments)
    return [], arguments


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
            raise DsacliError(f"{text}: no such file or folder{_hint(paths, questions[number:]) if paths else ''}")
    if not questions:
        raise UsageFailure(f'no question; write it after the document: dsacli ask {paths[0]} "Who …?"')
    check_text(questions)
    return paths, questions


def read_questions(file: str, paths: list[str]) -> list[str]:
    """The questions in a file, or on stdin for "-", one a line; `paths` are the documents.

    Raises UsageFailure where stdin would have to be both, DsacliError for a file that cannot be read or holds none.
    """
    if file == "-" and "-" in paths:
        raise UsageFailure("stdin can be the document or the questions, not both")
    if file == "-" and sys.stdin is None:
        raise DsacliError("stdin is closed")
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as failure:
        why = failure.strerror if isinstance(failure, OSError) and failure.strerror else "it is not text"
        raise DsacliError(f"{file}: questions cannot be read: {why.lower()}") from None
    questions = [line.strip() for line in text.splitlines() if line.strip()]
    if not questions:
        raise DsacliError(f"{'stdin' if file == '-' else file} holds no questions")
    check_text(questions)
    return questions


def _hint(paths: list[str], words: list[str]) -> str:
    """Where what is no file may be a question that was not quoted: how to ask it.

    >>> _hint(["report.pdf"], ["Who", "chairs", "it?"])
    '; or is it a question? Quote it: dsacli ask report.pdf "Who chairs it?"'
    """
    if any(" " in word for word in words) or re.search(r"[./\\]\w", words[0]):
        return ""
    question = " ".join(words).rstrip("?")
    return f'; or is it a question? Quote it: dsacli ask {" ".join(paths)} "{question}?"'


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
