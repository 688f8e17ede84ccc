"""Trained index adapters on this machine: which model has one."""

from collections.abc import Iterable
from pathlib import Path

import platformdirs

from dsacli.models.io.tolerant import entries, is_file

SUFFIX = ".safetensors"


def adapters_folder() -> Path:
    """Where they are kept."""
    return Path(platformdirs.user_data_dir("dsacli", appauthor=False), "adapters")


def adapter_of(names: Iterable[str]) -> Path | None:
    """The adapter of a model by one of its names (OWNER--NAME for OWNER/NAME), or by the commit or digest of what is there."""
    wanted = {f"{name.replace('/', '--').replace(':', '--')}{SUFFIX}".casefold() for name in names}
    return next((each for each in entries(adapters_folder()) if each.name.casefold() in wanted and is_file(each)), None)
