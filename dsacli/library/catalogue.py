"""What a library holds: its documents and their shards, in SQLite; a shard is in it with all its documents, or not at all."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dsacli.errors import DsacliError
from dsacli.library.places import CATALOGUE

# Raise it when the tables or what a shard holds are others.
FORMAT = "1"
_TABLES = (
    "about (what TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "shards (number INTEGER PRIMARY KEY, key TEXT NOT NULL, documents INTEGER NOT NULL, tokens INTEGER NOT NULL)",
    "documents (name TEXT PRIMARY KEY, source TEXT NOT NULL, state TEXT NOT NULL, content TEXT NOT NULL,"
    " shard INTEGER NOT NULL REFERENCES shards, place INTEGER NOT NULL,"
    " tokens INTEGER NOT NULL, flops INTEGER NOT NULL, seconds REAL NOT NULL)",
)


@dataclass(frozen=True)
class Indexed:
    """A document of a library. `source` is what it was found through, `state` tells without reading whether it changed, `content` what
    it was encoded from and how; `place` is its number in its shard; `flops` and `seconds` are those of its document pass."""

    name: str
    source: str
    state: str
    content: str
    shard: int
    place: int
    tokens: int
    flops: int
    seconds: float


@dataclass(frozen=True)
class Shard:
    """Documents that are kept in one file, in their order; `number` is its place among the shards, `key` its file's."""

    number: int
    key: str
    documents: int
    tokens: int


class Catalogue:
    """The tables of a library's folder. Raises DsacliError for a file that is no catalogue, or of another version."""

    def __init__(self, folder: Path):
        self.path = folder / CATALOGUE
        try:
            # Transactions are begun below: Python's own would leave a table made without the next.
            self.tables = sqlite3.connect(self.path, timeout=10, isolation_level=None)
            if not self._has_tables():
                with self._writing():
                    if not self._has_tables():  # another process may have made them meanwhile
                        for table in _TABLES:
                            self.tables.execute(f"CREATE TABLE {table}")
                        self.tables.execute("INSERT INTO about VALUES ('format', ?)", (FORMAT,))
            if self.about("format") != FORMAT:
                raise DsacliError(f"{self.path}: of another version of dsacli; index the documents again")
        except sqlite3.Error as failure:
            raise DsacliError(f"{self.path}: {failure}") from None

    def about(self, what: str) -> str | None:
        """A fact about the library as a whole."""
        row = self.tables.execute("SELECT value FROM about WHERE what = ?", (what,)).fetchone()
        return str(row[0]) if row else None

    def documents(self) -> dict[str, Indexed]:
        """By name, in the order of shards and places."""
        rows = self.tables.execute("SELECT * FROM documents ORDER BY shard, place")
        return {row[0]: Indexed(*row) for row in rows}

    def shards(self) -> list[Shard]:
        """In their order."""
        return [Shard(*row) for row in self.tables.execute("SELECT * FROM shards ORDER BY number")]

    def begin_anew(self, model: str) -> None:
        """Forget everything, for a model that keeps other things of a document."""
        with self._writing():
            self.tables.execute("DELETE FROM documents")
            self.tables.execute("DELETE FROM shards")
            self.tables.execute("INSERT OR REPLACE INTO about VALUES ('model', ?)", (model,))

    def add(self, shard: Shard, documents: Iterable[Indexed], instead: Iterable[int] = ()) -> None:
        """A new shard with its documents, which are nowhere else any more; the shards of the numbers `instead` go."""
        with self._writing():
            self.tables.execute("INSERT INTO shards VALUES (?, ?, ?, ?)", tuple(vars(shard).values()))
            self.tables.executemany(
                "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [tuple(vars(each).values()) for each in documents],
            )
            self._drop(instead)

    def keep(self, document: Indexed) -> None:
        """What is told of a document that is there."""
        with self._writing():
            self.tables.execute(
                "UPDATE documents SET source = ?, state = ? WHERE name = ?",
                (document.source, document.state, document.name),
            )

    def drop(self, numbers: Iterable[int]) -> None:
        """Shards, with the documents that are still of them."""
        with self._writing():
            self._drop(numbers)

    def _drop(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self.tables.execute("DELETE FROM documents WHERE shard = ?", (number,))
            self.tables.execute("DELETE FROM shards WHERE number = ?", (number,))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            self.tables.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.tables.execute("ROLLBACK")
                raise
            self.tables.execute("COMMIT")
        except sqlite3.Error as failure:
            raise DsacliError(f"{self.path} cannot be written: {failure}") from None

    def _has_tables(self) -> bool:
        return bool(self.tables.execute("SELECT 1 FROM sqlite_master").fetchone())

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While nobody else changes the library. Raises DsacliError where somebody does."""
        lock = sqlite3.connect(self.path.with_name("lock.sqlite"), timeout=0, isolation_level=None)
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            lock.close()
            raise DsacliError(f"{self.path.parent.name} is being indexed by another process") from None
        try:
            yield
        finally:
            lock.close()
