"""Subtitles, SubRip and WebVTT: what is said, joined into paragraphs by speaker, each cue at its time."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from dsacli.documents.document import Document
from dsacli.documents.markup.draft import Draft, flat
from dsacli.documents.text.decode import decode

_TIMES = re.compile(
    r"\s*(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,]\d{1,3}\s*-->\s*(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,]\d"
)
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]{1,80})>")
_NAMED = re.compile(r"(?:-\s*)?([A-Z][\w.'’-]*(?: [A-Z0-9][\w.'’-]*){0,3})(?: \([^)]{1,30}\))?:\s+(?=\S)")
_TAG = re.compile(r"</?[a-zA-Z0-9][^>]{0,200}>|\{\\[^}]{0,80}\}")
_ENDS = re.compile(r"[.!?…][\"'”’»)\]]*$")
# A paragraph ends with a sentence once it is this long, in characters, or where nothing is said for this many seconds.
_PARAGRAPH, _SILENCE = 600, 4

Cue = tuple[int, int, str, str]
"""Seconds at which it begins and ends, who speaks ("" when it does not say), and what."""


def parse_subtitles(name: str, data: bytes) -> Document | None:
    """The document in a file of subtitles; None where it has no cues.

    Raises DsacliError, naming `name`, when the bytes are no text.
    """
    draft, speaker, ended, spoken = Draft(name), "", 0, list[tuple[str, str]]()
    length = 0

    def finish() -> None:
        nonlocal length
        draft.run(
            [
                (time, f"{speaker}: {text}" if speaker and not number else text)
                for number, (time, text) in enumerate(spoken)
            ]
        )
        spoken.clear()
        length = 0

    for start, end, who, text in _cues(decode(name, data)):
        pause = bool(spoken) and bool(_ENDS.search(spoken[-1][1])) and (length > _PARAGRAPH or start - ended > _SILENCE)
        if pause or (who and who != speaker):
            finish()
        speaker, ended = who or speaker, end
        spoken.append((f"{start // 3600}:{start // 60 % 60:02}:{start % 60:02}", text))
        length += len(text)
    finish()
    return draft.document("subtitles") if draft.length else None


def _cues(text: str) -> Iterator[Cue]:
    """The cues of a file, without lines that a rolling display shows again."""
    shown: list[str] = []
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.strip("\n").split("\n")
        number = next((index for index, line in enumerate(lines[:3]) if _TIMES.match(line)), None)
        if number is None:
            continue
        found = _TIMES.match(lines[number])
        assert found is not None
        start, end = (_seconds(found.groups()[each : each + 3]) for each in (0, 3))
        last, shown = shown, lines[number + 1 :]
        speaker, said = "", list[str]()
        for line in (line for line in shown if line not in last):
            voice = _VOICE.search(line)
            line = flat(html.unescape(_TAG.sub("", line)))
            named = _NAMED.match(line)
            who = flat(voice[1]) if voice else named[1] if named else ""
            if who and who != speaker and said:
                yield start, end, speaker, " ".join(said)
                said = []
            speaker = who or speaker
            said.append(line[named.end() :] if named and not voice else line.removeprefix("- "))
        if any(said):
            yield start, end, speaker, " ".join(filter(None, said))


def _seconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + seconds
