"""Looking at folders that other programs fill: what is not there, has just gone or is not ours to read is nothing, not an error."""

import os
from pathlib import Path


def entries(folder: Path) -> list[Path]:
    """What a folder holds, by name."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def is_file(path: Path) -> bool:
    """Whether there is a file: no folder, no pipe that could keep us waiting, and no link that leads nowhere."""
    return os.path.isfile(path)


def text_of(path: Path, largest: int) -> str:
    """The text of a file of at most so many bytes; nothing of one that is larger, or no text."""
    try:
        return path.read_text(encoding="utf-8") if is_file(path) and path.stat().st_size <= largest else ""
    except (OSError, ValueError):
        return ""


def modified(path: Path) -> float:
    """When something was, in seconds since 1970."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def size_of(path: Path) -> int:
    """The bytes of a file."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
