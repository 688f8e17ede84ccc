"""Making a library and bringing it up to date: what is new or changed is encoded, shard after shard, and what is gone is taken out."""

import hashlib
from collections.abc import Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace

from dsacli.documents import Reading
from dsacli.engines.engine import Progress
from dsacli.engines.extractive.encode import EncodedDocument
from dsacli.engines.extractive.stored import cache_key
from dsacli.errors import DsacliError
from dsacli.library.catalogue import Catalogue, Indexed, Shard
from dsacli.library.encoding import Encode, Encoding, encode_here
from dsacli.library.found import Found, find
from dsacli.library.places import library_folder
from dsacli.library.shards import ShardView, kept_by, packed, shard_store
from dsacli.reader.loading import ReaderModel

# A shard is closed when it holds so many tokens: what a killed process has to do again, at the most.
SHARD_TOKENS = 1 << 19


@dataclass(frozen=True)
class Indexing:
    """What was done to a library, in documents; `failed` are those that could not be read, and why, `warnings` what was not read of the
    others that are new or changed; `documents` and `tokens` are what it holds now."""

    name: str
    documents: int
    tokens: int
    new: int
    changed: int
    removed: int
    failed: tuple[str, ...]
    warnings: tuple[str, ...]


def index(
    name: str,
    model: ReaderModel,
    sources: Sequence[str],
    reading: Reading,
    progress: Progress,
    encode: Encode | None = None,
) -> Indexing:
    """Have the library of a name hold what the sources hold, beside what it has from others; `encode` encodes what is new or changed, or
    else this process does.

    Raises DsacliError for a source that is not there, a library that another process is working on, and one that would be empty.
    """
    folder, found = library_folder(name), list(find(sources, reading))
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as failure:
        raise DsacliError(f"{folder} cannot be made: {failure.strerror or failure}") from None
    catalogue = Catalogue(folder)
    with catalogue.alone():
        building = Building(name, catalogue, model, encode or encode_here(model, progress), progress)
        try:
            return building.bring_up_to_date(found)
        except OSError as failure:
            raise DsacliError(f"{folder} cannot be written: {failure.strerror or failure}") from None


class Building:
    """One run over a library that is this process's alone."""

    def __init__(self, name: str, catalogue: Catalogue, model: ReaderModel, encode: Encode, progress: Progress):
        self.name, self.catalogue, self.model, self.encode, self.progress = name, catalogue, model, encode, progress
        self.store = shard_store(catalogue.path.parent)
        self.buffer, self.rows = list[EncodedDocument](), list[Indexed]()
        self.failed, self.warnings = list[str](), list[str]()

    def bring_up_to_date(self, found: Sequence[Found]) -> Indexing:
        """As `index`."""
        self._discard_unusable()
        known = self.catalogue.documents()
        sources = {each.source for each in found}
        gone = [one.name for one in known.values() if one.source in sources]
        gone = sorted(set(gone) - {each.name for each in found})
        changed = {each.name for each in found if each.name in known and self._is_changed(each, known[each.name])}
        self._take_out({*gone, *changed}, known)
        wanted = [each for each in found if each.name not in known or each.name in changed]
        try:
            self.progress.documents(self.name, 0, len(wanted))
            for number, (each, encoding) in enumerate(self.encode(wanted)):
                self._add(each, encoding)
                self.progress.documents(self.name, number + 1, len(wanted))
        finally:
            # What an interruption finds done is kept.
            self._close()
        self._merge_small()
        held = self.catalogue.documents()
        if not held:
            raise DsacliError("; ".join(self.failed[:1]) or "nothing to index")
        new = sum(each.name in held and each.name not in known for each in wanted)
        return Indexing(
            self.name,
            len(held),
            sum(each.tokens for each in held.values()),
            new,
            len(changed & held.keys()),
            len(gone),
            tuple(self.failed),
            tuple(self.warnings),
        )

    def _discard_unusable(self) -> None:
        """Everything of another reader's, shards whose file is gone or damaged, and files that belong to no shard."""
        if self.catalogue.about("model") != kept_by(self.model):
            self.catalogue.begin_anew(kept_by(self.model))
        shards = self.catalogue.shards()
        self.catalogue.drop([each.number for each in shards if self.store.load(each.key) is None])
        self._remove_files()

    def _remove_files(self) -> None:
        kept = {self.store.path(each.key) for each in self.catalogue.shards()}
        # What a killed run was writing, too: nobody else writes here.
        for path in self.store.folder.glob("*"):
            if path not in kept:
                with suppress(OSError):  # Windows keeps what somebody reads; the next run removes it
                    path.unlink()

    def _is_changed(self, each: Found, known: Indexed) -> bool:
        if each.state == known.state:
            return False
        try:
            content = cache_key(each.read(), self.model)
        except DsacliError as failure:
            self.failed.append(f"{failure}; what was read of it before is kept")
            return False
        if content == known.content:
            self.catalogue.keep(replace(known, source=each.source, state=each.state))
        return content != known.content

    def _add(self, each: Found, encoding: Encoding | DsacliError) -> None:
        if isinstance(encoding, DsacliError):
            self.failed.append(str(encoding))
            return
        document = encoding.document
        self.warnings += [f"{each.name}: {warning}" for warning in document.document.warnings]
        self.buffer.append(document)
        self.rows.append(
            Indexed(
                each.name,
                each.source,
                each.state,
                encoding.content,
                0,
                0,
                len(document),
                document.flops,
                document.seconds,
            )
        )
        if sum(map(len, self.buffer)) >= SHARD_TOKENS:
            self._close()

    def _close(self, instead: Sequence[int] = ()) -> None:
        """Write the documents at hand as a shard, in place of others."""
        documents, rows, self.buffer, self.rows = self.buffer, self.rows, [], []
        if not documents:
            return self.catalogue.drop(instead)
        number = 1 + max((each.number for each in self.catalogue.shards()), default=-1)
        key = hashlib.sha256("\n".join(row.content for row in rows).encode()).hexdigest()[:32]
        self.store.save(key, packed(documents, self.model.pieces), self.name, sum(map(len, documents)))
        placed = [replace(row, shard=number, place=place) for place, row in enumerate(rows)]
        self.catalogue.add(Shard(number, key, len(documents), sum(map(len, documents))), placed, instead)
        return None

    def _take_out(self, names: set[str], known: dict[str, Indexed]) -> None:
        """Write the shards that hold some documents anew, without these."""
        numbers = {known[name].shard for name in names}
        for shard in self.catalogue.shards():
            if shard.number in numbers:
                self._gather([shard], names)
                self._close([shard.number])
        self._remove_files()

    def _merge_small(self) -> None:
        """Write shards that are less than half full as one, so that there are never many."""
        small = [each for each in self.catalogue.shards() if each.tokens < SHARD_TOKENS // 2]
        for group in _groups(small):
            if len(group) > 1:
                self._gather(group)
                self._close([each.number for each in group])
        self._remove_files()

    def _gather(self, shards: Sequence[Shard], without: Set[str] = frozenset()) -> None:
        """Take the documents of shards into the buffer."""
        rows = list(self.catalogue.documents().values())
        for shard in shards:
            tensors = self.store.load(shard.key)
            if tensors is None:
                raise DsacliError(f"a part of library {self.name} was damaged meanwhile; index its documents again")
            view = ShardView(tensors)
            for row in rows:
                if row.shard == shard.number and row.name not in without:
                    self.buffer.append(view.document(row.place))
                    self.rows.append(row)


def _groups(shards: Sequence[Shard]) -> Iterator[list[Shard]]:
    """Shards one after the other, as many at a time as one may hold."""
    group: list[Shard] = []
    for each in shards:
        if group and sum(one.tokens for one in group) + each.tokens > SHARD_TOKENS:
            yield group
            group = []
        group.append(each)
    if group:
        yield group
