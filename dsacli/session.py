"""One run of the program: the model, the cache and the progress bars, opened from what the user typed."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
import torch

from dsacli.engines.context import Context, open_documents
from dsacli.engines.disk_cache import TensorCache
from dsacli.engines.extractive.encode import EncodedDocument
from dsacli.errors import DsacliError, UsageFailure
from dsacli.models.io.folder import read_json
from dsacli.models.io.model import DecoderModel, open_decoder
from dsacli.output.progress import Bars
from dsacli.reader.loading import ReaderModel, fastest_dtype, load_model
from dsacli.weights import BUILT_IN

if TYPE_CHECKING:
    from dsacli.engines.extractive.inspect import InspectResult
    from dsacli.engines.generative.tasks import Writer

# The module of each model type.
DECODERS = {"deepseek_v32": "dsacli.models.deepseek_v32", "glm_moe_dsa": "dsacli.models.deepseek_v32"}


class Session:
    """Opens documents for the tasks; `model` and `progress` are theirs to use."""

    def __init__(self, model: ReaderModel | DecoderModel, cache: TensorCache | None, progress: Bars):
        self.model, self.cache, self.progress = model, cache, progress

    def context(self, paths: list[str], password: str | None) -> Context:
        """All documents as one context. Raises DsacliError as `open_documents` does."""
        return Context(list(self.opened(paths, password)))

    def writer(
        self, context: Context, index_topk: int | None, settings: dict[str, float | int | None], compare_dense: bool
    ) -> "Writer | None":
        """Who writes the answers where the model is a generative one; None where it is the built-in reader.

        Raises UsageFailure for `compare_dense`, which a generative model has no run of.
        """
        if not isinstance(self.model, DecoderModel):
            return None
        if compare_dense:
            raise UsageFailure("--compare-dense is for the built-in model; with a generative one, compare --top-k")
        from dsacli.engines.generative.tasks import Writer
        from dsacli.models.generate import Sampling

        given = {name: value for name, value in settings.items() if value is not None}
        return Writer(self.model, context, Sampling(**given), index_topk, self.progress)

    def inspect(self, context: Context, index_topk: int | None) -> "InspectResult":
        """What the context holds and what a question to it costs, computed without running anything."""
        if isinstance(self.model, DecoderModel):
            from dsacli.engines.generative.tasks import inspect_generated as look
        else:
            from dsacli.engines.extractive.inspect import inspect as look
        return look(self.model, context, index_topk)

    def contexts(self, paths: list[str], password: str | None) -> Iterator[Context]:
        """Each document as a context of its own, opened when its turn comes."""
        for document in self.opened(paths, password):
            yield Context([document])

    def opened(self, paths: list[str], password: str | None) -> Iterator[EncodedDocument]:
        """The documents, each with a note on where its index keys came from."""
        for document in open_documents(paths, self.model, self.cache, self.progress, password):
            if isinstance(self.model, DecoderModel):
                source = "to be prefilled"
            else:
                source = "from the cache" if document.cached else f"encoded in {document.seconds:.1f} s"
            self.progress.note(f"{document.document.name}: {len(document):,} tokens, {source}")
            yield document


class Warnings(logging.Handler):
    """Brings what the documents package logs to the user, a line each."""

    def __init__(self, progress: Bars):
        super().__init__(logging.WARNING)
        self.progress = progress

    def emit(self, record: logging.LogRecord) -> None:
        self.progress.warn(record.getMessage())


@contextmanager
def open_session(
    model: Path | None, device: str, threads: int | None, no_cache: bool, quiet: bool, verbose: bool
) -> Iterator[Session]:
    """Load the model on its device and show progress while the session is open.

    Raises DsacliError for a device that is not there and for a model that can't be loaded.
    """
    check_device(device)
    if threads:
        torch.set_num_threads(min(threads, os.cpu_count() or 1))
    logger, bars = logging.getLogger("dsacli"), Bars(quiet, verbose)
    handler = Warnings(bars)
    logger.addHandler(handler)
    try:
        with bars:
            opened = open_model(model or BUILT_IN, device)
            if isinstance(opened, DecoderModel) and not opened.has_tokenizer:
                bars.warn(f"{opened.folder} has no tokenizer.json; tokens are counted as the built-in model's")
            yield Session(opened, None if no_cache else open_cache(), bars)
    finally:
        logger.removeHandler(handler)


def open_model(folder: Path, device: str) -> ReaderModel | DecoderModel:
    """A model directory of either family. Raises DsacliError for one that can't be loaded, or of another type."""
    kind = read_json(folder / "config.json").get("model_type")
    if kind in DECODERS:
        return open_decoder(folder, DECODERS[kind], device, fastest_dtype(device))
    return load_model(folder, device)


def check_device(device: str) -> None:
    """Raise DsacliError unless torch can compute on `device`."""
    known = {"cpu": lambda: True, "cuda": torch.cuda.is_available, "mps": torch.backends.mps.is_available}
    if device.split(":")[0] not in known:
        raise UsageFailure(f"unknown device {device!r}; choose cpu, cuda or mps")
    try:
        torch.device(device)
    except RuntimeError:
        raise UsageFailure(f"unknown device {device!r}; choose cpu, cuda or mps") from None
    if not known[device.split(":")[0]]():
        raise DsacliError(f"no {device} device here; leave --device out to use the CPU")


def open_cache() -> TensorCache:
    """The user's cache of encoded documents, a folder of its own; DSACLI_CACHE says in which other one."""
    chosen = os.environ.get("DSACLI_CACHE")
    return TensorCache(
        Path(chosen, "dsacli") if chosen else Path(platformdirs.user_cache_dir("dsacli", appauthor=False))
    )
