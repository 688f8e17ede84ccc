"""A model from the Hugging Face hub into its local cache: the only code of the program that uses the network."""

import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from dsacli.errors import DsacliError, UsageFailure
from dsacli.models.io.hub_cache import PREFIX, hub_folder, is_model_file

NAME = re.compile(r"(?P<repository>[\w.-]+/[\w.-]+)(?::(?P<file>[^:]+\.gguf))?", re.IGNORECASE)
COMMIT = re.compile(r"[0-9a-f]{40}")
# Beside the weights: configuration, tokenizer, chat template. What lies in folders is for other programs.
SETTINGS = re.compile(r"[^/\\]+\.(json|jinja|tiktoken)|tokenizer\.model|vocab\.txt|merges\.txt")
WEIGHTS = re.compile(r"[^/\\]+\.safetensors")
# Weights under the names that are read; some repositories have them under others once more.
READ = re.compile(r"model[^/\\]*\.safetensors")
CONFIG = "config.json"
SECONDS = 10
# What a failure of the network is in the HTTP clients that can be under it: httpx, by whatever name, and requests.
UNREACHED = {"TransportError", "RequestException"}


def fetch_model(name: str, check: Callable[[Path], object]) -> Path:
    """The directory of OWNER/NAME, or the GGUF file of OWNER/NAME:FILE.gguf, once it is here.

    `check` sees a directory, and may refuse it, before its weights come. What was fetched before is not fetched again; the weights come last, and only when all are there does the cache take
    them for the repository's newest. Raises UsageFailure for a name of another form, DsacliError for all else.
    """
    asked = NAME.fullmatch(name)
    if not asked or ".." in name:
        raise UsageFailure(f"{name}: give OWNER/NAME of the Hugging Face hub, or OWNER/NAME:FILE.gguf")
    # Read when the library is imported.
    os.environ.setdefault("HF_HUB_DOWNLOAD_TIMEOUT", str(SECONDS))
    try:
        import huggingface_hub  # noqa: F401
    except ImportError:
        raise DsacliError('models are pulled by huggingface_hub: pip install "huggingface_hub>=0.34"') from None
    try:
        return fetch(asked["repository"], asked["file"], check)
    except DsacliError:
        raise
    except Exception as failure:  # the library raises its own, its HTTP client's and the system's
        raise DsacliError(f"{name}: {why(failure)}") from None


def fetch(repository: str, file: str | None, check: Callable[[Path], object]) -> Path:
    """The same, with whatever the library raises."""
    from huggingface_hub import HfApi, hf_hub_download
    from huggingface_hub.utils.logging import set_verbosity_error
    from huggingface_hub.utils.tqdm import disable_progress_bars

    set_verbosity_error()
    if not sys.stderr.isatty():
        disable_progress_bars()
    about = HfApi().model_info(repository, timeout=SECONDS)
    # As the hub writes it: it answers to any case.
    repository = about.id if about.id.casefold() == repository.casefold() else repository
    commit = about.sha or ""
    if not COMMIT.fullmatch(commit):
        raise DsacliError(f"{repository}: the hub names no commit of it")
    path, names = Path(), wanted(repository, [each.rfilename for each in about.siblings or ()], file)
    for each in names:
        # One by one: of many at a time, all would have to end before Ctrl-C is heard.
        path = Path(hf_hub_download(repository, each, revision=commit, cache_dir=hub_folder(), etag_timeout=SECONDS))
        if each == CONFIG:
            check(path.parent)
    keep_as_newest(repository, commit)
    return path.parent if CONFIG in names else path


def wanted(repository: str, names: Sequence[str], file: str | None) -> list[str]:
    """Of the files of a repository those to fetch, its config.json first and its weights last.

    Raises DsacliError where there is no model to be read, or several.
    """
    files = [name for name in names if is_model_file(Path(name))]
    if file is not None and file in names:
        return [file]
    if file is not None:
        raise DsacliError(f"{repository} has no {file}" + (f"; it has {', '.join(files)}" if files else ""))
    weights = [name for name in names if READ.fullmatch(name)] or [name for name in names if WEIGHTS.fullmatch(name)]
    if weights and CONFIG in names:
        return [CONFIG, *(name for name in names if name != CONFIG and SETTINGS.fullmatch(name)), *weights]
    if not files:
        raise DsacliError(
            f"{repository} has no model that can be read: no safetensors with a config.json, and no GGUF file"
        )
    if len(files) > 1:
        raise DsacliError(
            f"{repository} has several models; say which: {', '.join(f'{repository}:{name}' for name in files)}"
        )
    return files


def keep_as_newest(repository: str, commit: str) -> None:
    """Write refs/main, whole or not at all."""
    folder = hub_folder() / f"{PREFIX}{repository.replace('/', '--')}" / "refs"
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"main.{os.getpid()}.partial"
    partial.write_text(commit, encoding="utf-8")
    partial.replace(folder / "main")


def why(failure: Exception) -> str:
    """What came in between, in one line."""
    from huggingface_hub import errors

    said = " ".join(str(failure).split()) or type(failure).__name__
    if isinstance(failure, errors.GatedRepoError):
        return (
            "its owner wants its terms accepted first, on its page at huggingface.co; then log in with: hf auth login"
        )
    if isinstance(failure, errors.RepositoryNotFoundError):
        return "the Hugging Face hub has no such repository, or not for you"
    if isinstance(failure, errors.OfflineModeIsEnabled):
        return "HF_HUB_OFFLINE is set"
    if isinstance(failure, errors.HfHubHTTPError):
        return f"the Hugging Face hub refuses: {said.partition(' For more information')[0]}"
    kinds = {kind.__name__ for kind in type(failure).__mro__}
    if kinds & UNREACHED or isinstance(failure, (ConnectionError, TimeoutError, errors.LocalEntryNotFoundError)):
        return f"the Hugging Face hub cannot be reached: {said}"
    return said
