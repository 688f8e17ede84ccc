"""From a model directory or a GGUF file to the engine that runs it: the only look at `model_type`."""

from pathlib import Path
from typing import TYPE_CHECKING

from dsacli.engines.options import Options, Task, refuse_unknown
from dsacli.engines.served.address import is_address as is_address  # the session has it from here
from dsacli.errors import DsacliError
from dsacli.models.io.adapters import adapter_of
from dsacli.models.io.folder import read_json
from dsacli.models.io.gguf import is_gguf
from dsacli.models.io.gguf_config import gguf_model_type
from dsacli.models.io.names import names_of
from dsacli.models.io.names import resolve as resolve  # the session has it from here
from dsacli.weights import BUILT_IN

if TYPE_CHECKING:  # what they import takes seconds, and is not needed to refuse an option
    from dsacli.engines.disk_cache import DiskCache
    from dsacli.engines.engine import Engine, Progress

READER = "dsa_reader"
# The module in `models` of each type of decoder; `models.decoder` says what it has to offer.
DECODERS = {
    "deepseek_v32": "dsacli.models.deepseek_v32",
    "glm_moe_dsa": "dsacli.models.deepseek_v32",
    **dict.fromkeys(("llama", "mistral", "qwen2", "qwen3"), "dsacli.models.llama"),
}


def model_type_of(folder: Path) -> str:
    """The type that a directory's `config.json` or a GGUF file states. Raises DsacliError where none is known."""
    if is_gguf(folder):
        return gguf_model_type(folder)
    path = folder / "config.json"
    found = read_json(path).get("model_type")
    if found != READER and found not in DECODERS:
        raise DsacliError(f"{path}: model_type is {found!r}; known are {', '.join((READER, *DECODERS))}")
    return str(found)


def open_served(
    address: str, device: str, cache: "DiskCache | None", progress: "Progress", model_config: Path | None
) -> "Engine":
    """The engine of the model at a server's address. Raises DsacliError for one that is not reached, or has no such model."""
    from dsacli.engines.served.engine import ServedEngine

    return ServedEngine(address, device, cache, progress, model_config)


def check_options(folder: Path | None, task: Task, options: Options, served: bool = False) -> None:
    """Raise UsageFailure, before anything is loaded, for options that the engine of a directory (None: the built-in
    reader's), or of a server, does not understand."""
    if served:
        refuse_unknown(options, task, generative=True, served=True)
        return
    refuse_unknown(options, task, generative=model_type_of(folder or BUILT_IN) in DECODERS)


def open_engine(
    folder: Path | None, device: str, cache: "DiskCache | None", progress: "Progress", adapted: bool = True
) -> "Engine":
    """The engine of a model directory, or the built-in reader's. Raises DsacliError for a model that can't be loaded.

    adapted: whether a generative model selects by its index adapter, where it has one
    """
    kind = model_type_of(folder or BUILT_IN)
    if kind == READER:
        from dsacli.engines.extractive.engine import ExtractiveEngine

        return ExtractiveEngine(folder or BUILT_IN, device, cache, progress)
    from dsacli.engines.generative.engine import GenerativeEngine

    path = folder or BUILT_IN
    adapter = adapter_of(names_of(path)) if adapted else None
    return GenerativeEngine(path, DECODERS[kind], device, cache, progress, adapter)
