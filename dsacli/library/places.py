"""Where libraries are kept, and what their names may be."""

import os
import re
import shutil
from pathlib import Path

import platformdirs

from dsacli.errors import DsacliError, UsageFailure

CATALOGUE = "catalogue.sqlite"
_NAME = re.compile(r"[\w-][\w.-]{0,63}")


def libraries_folder() -> Path:
    """The folder of all libraries, in the user's data folder; DSACLI_LIBRARIES says in which other one."""
    chosen = os.environ.get("DSACLI_LIBRARIES")
    return Path(chosen) if chosen else Path(platformdirs.user_data_dir("dsacli", appauthor=False), "libraries")


def library_folder(name: str) -> Path:
    """The folder of the library of a name. Raises UsageFailure for what cannot be one."""
    if not _NAME.fullmatch(name):
        raise UsageFailure(f"{name!r} is no name of a library: up to 64 letters, digits, - and _")
    return libraries_folder() / name


def existing_folder(name: str) -> Path:
    """The same of a library that is there. Raises DsacliError, which names those that are, where it is not."""
    folder = library_folder(name)
    if not (folder / CATALOGUE).exists():
        others = ", ".join(names()) or "none"
        raise DsacliError(f"no library {name}; there are: {others}. dsacli index FOLDER --name {name} makes it")
    return folder


def names() -> list[str]:
    """The names of all libraries."""
    try:
        return sorted(each.name for each in libraries_folder().iterdir() if (each / CATALOGUE).exists())
    except OSError:
        return []


def remove(name: str) -> None:
    """Remove a library; the documents stay where they are. Raises DsacliError where there is none."""
    folder = existing_folder(name)
    try:
        (folder / CATALOGUE).unlink()  # what is without one is no library, whatever else is left of it
        shutil.rmtree(folder)
    except OSError as failure:
        raise DsacliError(f"{folder} cannot be removed: {failure.strerror or failure}") from None
