"""The libraries of this machine."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from dsacli.errors import DsacliError
from dsacli.library.catalogue import Catalogue
from dsacli.library.places import libraries_folder, names


@dataclass(frozen=True)
class Listed:
    """A library as `dsacli libraries` shows it; `modified` is when it was last written to."""

    name: str
    documents: int
    tokens: int
    size_bytes: int
    modified: float


def libraries() -> Iterator[Listed]:
    """All of them, by name; one that cannot be read is passed over."""
    for name in names():
        folder = libraries_folder() / name
        try:
            catalogue = Catalogue(folder)
        except DsacliError:
            continue
        with closing(catalogue.tables):
            documents = catalogue.documents().values()
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        tokens = sum(each.tokens for each in documents)
        yield Listed(name, len(documents), tokens, size, catalogue.path.stat().st_mtime)
