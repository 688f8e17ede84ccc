"""JSON and JSON Lines as lines that people and readers understand: every value behind the words of its path."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from dsacli.documents.document import Document
from dsacli.documents.markup.draft import Draft, flat
from dsacli.documents.text.decode import decode

_LONG = 200
"""Characters; a longer text is a paragraph of its own."""

_MOST_WITHIN = 8
"""Values of an object's parts that stand in its own row."""

_PLAIN_KEY = re.compile(r"[A-Za-z_]\w*")
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_+")


def parse_json(name: str, data: bytes) -> Document | None:
    """The document in a file of JSON or JSON Lines: every object a row of its own values, at the path of the object ("$.staff[2]").

    None where the file is no JSON after all. Raises DsacliError, naming `name`, when the bytes are no text; RecursionError where
    it is nested too deeply.
    """
    text, draft = decode(name, data).lstrip("\ufeff"), Draft(name)
    try:
        for path, words, value in _roots(text):
            _write(draft, path, words, value)
    except json.JSONDecodeError:
        return None
    return draft.document("json")


def load(text: str) -> Any:
    """A value with its numbers as they are written: 87.00 stays that. Raises json.JSONDecodeError, RecursionError."""
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)


def _roots(text: str) -> Iterator[tuple[str, str, Any]]:
    """(path, words, value) of the one value in a file, or of each line of JSON Lines."""
    try:
        yield "$", "", load(text)
        return
    except json.JSONDecodeError:
        lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
        if len(lines) < 2:
            raise
    for number, line in lines:
        yield f"line {number}", "", load(line)


def _write(draft: Draft, path: str, words: str, value: Any) -> None:
    """Write a value and all in it. `words` are its path for readers: "staff 2"."""
    if isinstance(value, dict):
        _write_object(draft, path, words, value)
    elif isinstance(value, list):
        _write_list(draft, path, words, value)
    else:
        draft.place(path)
        draft.row([f"{words}: {_scalar(value)}" if words else _scalar(value)], None)


def _write_object(draft: Draft, path: str, words: str, value: dict[str, Any]) -> None:
    short = {key: each for key, each in value.items() if _is_short(each)}
    # What an object says of one of its parts is said of the object: whoever asks names it by its own values.
    within = {key: each for key, each in value.items() if short and isinstance(each, dict) and _is_small(each)}
    if sum(map(len, within.values())) > _MOST_WITHIN:
        within = {}
    if short:
        # The first cell says whose row it is; a row of a table may say so with its first value too.
        cells = [
            (_joined(words, key) if not number else key_words(key), short[key]) for number, key in enumerate(short)
        ]
        cells += [(f"{key_words(key)} {key_words(part)}", each) for key in within for part, each in within[key].items()]
        draft.place(path)
        draft.row([f"{label}: {_scalar(each)}" for label, each in cells if _scalar(each)], None)
    for key, each in value.items():
        if key in short or key in within:
            continue
        inner = f"{path}.{key}" if _PLAIN_KEY.fullmatch(key) else f"{path}[{json.dumps(key, ensure_ascii=False)}]"
        _write(draft, inner, _joined(words, key), each)


def _write_list(draft: Draft, path: str, words: str, values: list[Any]) -> None:
    if values and not any(_is_nested(each) for each in values) and sum(len(_scalar(each)) for each in values) <= _LONG:
        draft.place(path)
        draft.row([f"{words}: {', '.join(map(_scalar, values))}" if words else ", ".join(map(_scalar, values))], None)
        return
    for number, each in enumerate(values):
        _write(draft, f"{path}[{number}]", f"{words} {number + 1}".strip() if words else "", each)


def _joined(words: str, key: str) -> str:
    return f"{words}, {key_words(key)}" if words else key_words(key)


def key_words(key: str) -> str:
    """A key as words.

    >>> key_words("startDate"), key_words("unit_price")
    ('start Date', 'unit price')
    """
    return flat(_WORDS.sub(" ", key)) or "value"


def _is_short(value: Any) -> bool:
    return not _is_nested(value) and len(_scalar(value)) <= _LONG


def _is_small(value: dict[str, Any]) -> bool:
    return 0 < len(value) <= _MOST_WITHIN and all(map(_is_short, value.values()))


def _is_nested(value: Any) -> bool:
    return isinstance(value, (dict, list)) and bool(value)


def _scalar(value: Any) -> str:
    if value is None or value in ([], {}):
        return ""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
