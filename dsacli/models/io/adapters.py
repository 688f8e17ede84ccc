"""Trained index adapters on this machine: which model has one."""

from collections.abc import Iterable
from pathlib import Path

import platformdirs

from dsacli.models.io.tolerant import entries, is_file

SUFFIX, CARD = ".safetensors", ".md"


def adapters_folder() -> Path:
    """Where they are kept."""
    return Path(platformdirs.user_data_dir("dsacli", appauthor=False), "adapters")


def file_name(name: str) -> str:
    """What the adapter of a model of that name is called."""
    return f"{name.replace('/', '--').replace(':', '--')}{SUFFIX}"


def card_of(adapter: Path) -> Path:
    """What is told to people about an adapter."""
    return adapter.with_suffix(CARD)


def adapter_of(names: Iterable[str]) -> Path | None:
    """The adapter of a model by one of its names (OWNER--NAME for OWNER/NAME), or by the commit or digest of what is there."""
    wanted = {file_name(name).casefold() for name in names}
    return next((each for each in entries(adapters_folder()) if each.name.casefold() in wanted and is_file(each)), None)
