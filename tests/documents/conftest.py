from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .making import column, draw_pdf


@pytest.fixture
def letter() -> bytes:
    """A PDF of one page and one paragraph."""
    lines = ["The tenant shall pay the rent on the first day", "of every month without being asked for it."]
    return draw_pdf([column(lines)])


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, bytes], str]:
    """Write a file below a fresh folder and give its path."""

    def write_file(name: str, data: bytes) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return str(path)

    return write_file
