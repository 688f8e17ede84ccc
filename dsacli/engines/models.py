"""The models of this machine, and which of them this version can run."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dsacli.engines.open import DECODERS, READER
from dsacli.errors import DsacliError
from dsacli.models.io.adapters import adapter_of
from dsacli.models.io.describe import describe_folder
from dsacli.models.io.names import Installed, installed, own_names
from dsacli.models.io.pull import fetch_model


@dataclass(frozen=True)
class Model:
    """A model as `dsacli models` shows it: why it can't be run (None: it can), and its index adapter, if it has one."""

    installed: Installed
    obstacle: str | None
    index_adapter: Path | None


def models() -> Iterator[Model]:
    """All of them, the built-in reader first."""
    for each in installed():
        yield Model(each, obstacle(each), adapter_of(own_names(each.found)))


def obstacle(model: Installed) -> str | None:
    """Why a model can't be run; None where nothing is in its way."""
    about = model.description
    return unknown(about.type) or about.fault if about.type else about.fault or "its type is not stated"


def unknown(type: str | None) -> str | None:
    """What to say of a type that no engine runs."""
    return None if type in (READER, *DECODERS) else f"{type} is not known"


def pull(name: str) -> Model:
    """Fetch a model from the Hugging Face hub, unless its type is one that is not known; it, as it is here then.

    Raises DsacliError, in one line, for whatever comes in between.
    """

    def check(folder: Path) -> None:
        if why := unknown(describe_folder(folder).type):
            raise DsacliError(f"{name}: {why}; known are {', '.join(DECODERS)}")

    path = os.path.abspath(fetch_model(name, check))
    for each in models():
        if os.path.abspath(each.installed.found.path) == path:
            return each
    raise DsacliError(f"{name}: it was fetched, but it is no model that can be read")
