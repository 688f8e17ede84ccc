"""The models of this machine, and what each can be called: from what `--model` is given to a directory or a GGUF file.

Nothing is ever fetched.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dsacli.errors import DsacliError, UsageFailure
from dsacli.models.io.describe import Description, describe_folder, describe_gguf
from dsacli.models.io.hub_cache import models_in, repositories
from dsacli.models.io.ollama import LATEST, ollama_models
from dsacli.weights import BUILT_IN

BUILT_IN_NAME = "built-in"
# How the name of a repository of GGUF files ends, which the model's own name does not.
GGUF_ENDING = "-gguf"


@dataclass(frozen=True)
class Found:
    """A model that nothing is known of but where it is.

    full_name: leads to it always; names: all that do, in lower case, a name meaning the models that have it earliest;
    short_names: those to show; revision: the commit or digest of what is there
    """

    full_name: str
    kind: Literal["built-in", "folder", "gguf", "ollama"]
    path: Path
    names: tuple[frozenset[str], ...]
    short_names: tuple[str, ...] = ()
    revision: str | None = None


@dataclass(frozen=True)
class Installed:
    """A model, the shortest `name` that leads to it alone, and what it says of itself."""

    name: str
    found: Found
    description: Description


def resolve(name: str) -> Path:
    """The directory or file that a model's name leads to: a path, a repository, a short name, or one of Ollama's.

    Raises DsacliError where it is nothing or may be several, UsageFailure where it is empty.
    """
    if not name.strip():
        raise UsageFailure("the name of the model is empty")
    if os.path.exists(name):
        return Path(name)
    models = list(found_models())
    matches = called(name, models)
    if not matches:
        raise DsacliError(f"{name}: no such directory or file, and no model here has this name; see dsacli models")
    if len(matches) > 1:
        raise DsacliError(f"{name} can be {', '.join(shortest(each, models) for each in matches)}; say which")
    return matches[0].path


def names_of(path: Path) -> list[str]:
    """All that a directory or file can be called, the surest first; one that lies elsewhere than models do has its own name only."""
    real = path.resolve()
    found = (each for each in found_models() if each.path.resolve() == real)
    return [name for each in found for name in own_names(each)] or [path.name if path.is_dir() else path.stem]


def own_names(model: Found) -> list[str]:
    """What a model is called, and the commit or digest of what is there."""
    return list(filter(None, (model.full_name, *model.short_names, model.revision)))


def installed() -> list[Installed]:
    """The built-in reader, and every model in the Hugging Face cache and in Ollama's store that has weights."""
    models = list(found_models())
    listed = (Installed(shortest(each, models), each, described(each)) for each in models)
    return [each for each in listed if each.description.size_bytes]


def found_models() -> Iterator[Found]:
    """Every model there is to be found, unread, the built-in reader first."""
    yield Found(BUILT_IN_NAME, "built-in", BUILT_IN, in_order([BUILT_IN_NAME], [], [], []))
    for repository, snapshot in repositories():
        for path in models_in(snapshot):
            yield of_repository(repository, snapshot, path)
    for name, blob in ollama_models():
        untagged, _, tag = name.rpartition(":")
        short = (untagged,) if tag == LATEST else ()
        yield Found(name, "ollama", blob, in_order([name], short, [untagged], []), short, blob.name)


def of_repository(repository: str, snapshot: Path, path: Path) -> Found:
    """A snapshot, or a GGUF file in it."""
    short = repository.rpartition("/")[2]
    if path == snapshot:
        names = in_order([repository], [], [short], [bare(short)])
        return Found(repository, "folder", path, names, (short,), snapshot.name)
    full = f"{repository}:{path.relative_to(snapshot).as_posix()}"
    names = in_order([full], [repository], [path.stem, path.name, short], [bare(path.stem), bare(short)])
    return Found(full, "gguf", path, names, (path.stem, short), snapshot.name)


def in_order(*names: Iterable[str]) -> tuple[frozenset[str], ...]:
    """Names as `Found` has them, the surest first, the last of them `bare`."""
    return tuple(frozenset(each.casefold() for each in some) for some in names)


def bare(name: str) -> str:
    """What the names of a model and of a repository of its GGUF files have in common.

    >>> bare("Qwen2.5-1.5B-Instruct-GGUF")
    'qwen2.5-1.5b-instruct'
    """
    return name.casefold().removesuffix(GGUF_ENDING)


def called(name: str, models: Sequence[Found]) -> list[Found]:
    """Those of the models that a name means."""
    for place, wanted in enumerate((name.casefold(), name.casefold(), name.casefold(), bare(name))):
        if matches := [each for each in models if wanted in each.names[place]]:
            return matches
    return []


def shortest(model: Found, models: Sequence[Found]) -> str:
    """The shortest name that means this model alone."""
    return next((name for name in model.short_names if called(name, models) == [model]), model.full_name)


def described(model: Found) -> Description:
    """What a model says of itself."""
    return describe_folder(model.path) if model.path.is_dir() else describe_gguf(model.path)
