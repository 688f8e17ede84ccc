"""One run of the program: the engine, the cache and the progress bars, opened from what the user typed."""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsacli.dsa.dtype import forced_dtype
from dsacli.engines.open import check_options, is_address, open_engine, open_served, resolve
from dsacli.engines.options import Options, Task
from dsacli.errors import DsacliError, UsageFailure

if TYPE_CHECKING:  # not needed to refuse what was typed
    from dsacli.documents import Reading
    from dsacli.engines.context import Context, TokenizedDocument
    from dsacli.engines.engine import Engine
    from dsacli.library.build import Indexing
    from dsacli.library.cluster.connection import Cluster
    from dsacli.output.progress import Bars


@dataclass(frozen=True)
class Setting:
    """What a run works with: a model by its path or name (None: the built-in reader), a device, CPU threads (None: all cores),
    the cache on disk or none, how documents are read (None: whole), how much is told on stderr, whether a model selects by
    its index adapter, the configuration of one that is served, and the address of a cluster for libraries."""

    model: str | None = None
    device: str = "cpu"
    threads: int | None = None
    cached: bool = True
    reading: "Reading | None" = None
    quiet: bool = False
    verbose: bool = False
    adapted: bool = True
    model_config: Path | None = None
    cluster: str | None = None


class Session:
    """Opens documents for an engine, which runs the tasks. `warnings` say of the context at hand, and of what was skipped, what was
    not read."""

    def __init__(self, engine: "Engine", progress: "Bars", reading: "Reading | None", cluster: "Cluster | None" = None):
        self.engine, self.progress, self.reading, self.cluster = engine, progress, reading, cluster
        self.skipped, self.warnings = list[str](), tuple[str, ...]()

    def context(self, paths: list[str]) -> "Context[Any]":
        """All documents as one context. Raises DsacliError as `load_documents` does."""
        from dsacli.engines.context import Context

        return self.warned(Context(list(self.documents(paths))))

    def contexts(self, paths: list[str]) -> "Iterator[Context[Any]]":
        """Each document as a context of its own, opened when its turn comes."""
        from dsacli.engines.context import Context

        for document in self.documents(paths):
            yield self.warned(Context([document]))

    def library(self, name: str) -> "Context[Any]":
        """The documents of a library, to be asked together. Raises DsacliError as `open_library` does."""
        from dsacli.library.context import open_library

        if self.cluster:
            from dsacli.library.cluster.shards import ClusterShards

            return open_library(name, self.engine.reader, partial(ClusterShards, self.cluster))
        return open_library(name, self.engine.reader)

    def index(self, name: str, sources: list[str]) -> "Indexing":
        """Bring a library up to date with its sources; what was not read is said. Raises DsacliError as `library.build.index` does."""
        from dsacli.documents import Reading
        from dsacli.library.build import index

        encode = None
        if self.cluster:
            from dsacli.library.cluster.encoding import encode_there

            encode = encode_there(self.cluster)
        done = index(name, self.engine.reader, sources, self.reading or Reading(), self.progress, encode)
        for failure in done.failed:
            self.skip(f"{failure}; not in the library")
        for warning in done.warnings:
            self.skip(warning)
        return done

    def documents(self, paths: list[str]) -> "Iterator[TokenizedDocument]":
        """Every document, as the engine opens it, when its turn comes."""
        from dsacli.documents import Reading, load_documents

        return load_documents(paths, self.engine.open, self.reading or Reading())

    def skip(self, warning: str) -> None:
        """Something that was named, or lies in a folder, is not read."""
        self.progress.unread(warning)
        self.skipped.append(warning)

    def warned(self, context: "Context[Any]") -> "Context[Any]":
        """The same context, once it is said what was not read of it."""
        of_documents = [f"{each.document.name}: {w}" for each in context.documents for w in each.document.warnings]
        for warning in of_documents:
            self.progress.unread(warning)
        self.warnings = (*self.skipped, *of_documents)
        return context


class Warnings(logging.Handler):
    """Brings what the documents package logs to the user, a line each."""

    def __init__(self, session: Session):
        super().__init__(logging.WARNING)
        self.session = session

    def emit(self, record: logging.LogRecord) -> None:
        self.session.skip(record.getMessage())


@contextmanager
def open_session(task: Task, options: Options, setting: Setting) -> Iterator[Session]:
    """Load the model on its device and show progress while the session is open.

    Raises UsageFailure, before anything is loaded, for options that the model's engine does not understand and for a
    DSACLI_DTYPE or device that there is none of; DsacliError for
    a model whose name leads nowhere, a device that is not there and a model that can't be loaded.
    """
    served = is_address(setting.model)
    folder = None if setting.model is None or served else resolve(setting.model)
    check_options(folder, task, options, served)
    if setting.model_config and not served:
        raise UsageFailure("--model-config is for a served model, --model http://HOST:PORT/v1")
    forced_dtype()
    if not re.fullmatch(r"cpu|mps|cuda(:[0-9]+)?", setting.device):
        raise UsageFailure(f"unknown device {setting.device!r}; choose cpu, cuda or mps")
    import torch

    from dsacli.engines.disk_cache import open_cache
    from dsacli.output.progress import Bars

    check_device(setting.device)
    if setting.threads:
        torch.set_num_threads(min(setting.threads, os.cpu_count() or 1))
    logger, bars = logging.getLogger("dsacli"), Bars(setting.quiet, setting.verbose)
    with bars, ExitStack() as stack:
        cache = open_cache() if setting.cached else None
        if served:
            engine = open_served(setting.model or "", setting.device, cache, bars, setting.model_config)
        else:
            engine = open_engine(folder, setting.device, cache, bars, setting.adapted)
        cluster = stack.enter_context(_joined(setting, engine, bars)) if setting.cluster else None
        session = Session(engine, bars, setting.reading, cluster)
        handler = Warnings(session)
        logger.addHandler(handler)
        try:
            yield session
        finally:
            logger.removeHandler(handler)


@contextmanager
def _joined(setting: Setting, engine: "Engine", bars: "Bars") -> "Iterator[Cluster]":
    """The cluster of a setting. Raises DsacliError as `library.cluster.joined` does."""
    from dsacli.library.cluster.connection import joined

    dtype = str(next(engine.reader.reader.parameters()).dtype).removeprefix("torch.")
    with joined(setting.cluster or "", setting.threads, dtype) as cluster:
        bars.note(f"cluster: {len(cluster.nodes)} machines, {cluster.cores} cores")
        yield cluster


def check_device(device: str) -> None:
    """Raise DsacliError unless torch can compute on `device`."""
    import torch

    present = torch.cuda.is_available() if device.startswith("cuda") else torch.backends.mps.is_available()
    if device != "cpu" and not present:
        raise DsacliError(f"no {device} device here; leave --device out to use the CPU")
