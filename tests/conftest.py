"""The real command line, in this process or in one of its own, with a cache for this test run only."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

# Before torch starts its threads: where other processes use the cores too, threads that wait for each
# other take three times as long as one. The programs that the tests start inherit it.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
import torch
from reportlab.pdfgen.canvas import Canvas
from typer.testing import CliRunner, Result

from dsacli.cli import app
from dsacli.dsa.dtype import BFLOAT16, VARIABLE, fastest_dtype, multiplies_bfloat16
from dsacli.reader.loading import ReaderModel, load_model

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "sample_docs"
LONGEST = ("test_sample_docs.py", "test_cases.py")

FERRY = """The ferry Skua was built at Leith in 1974 by Robert Munro.

She carries 212 passengers and a crew of nine across the sound in forty minutes. \
The crossing costs 14 pounds for a grown person.

In the winter of 1988 her boiler failed off Rona Point and she was towed home by the tug Hector.
"""


@pytest.fixture(scope="session", autouse=True)
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where all tests keep encoded documents, unless a test has a folder of its own."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DSACLI_CACHE", str(folder))
        for name in ("NO_COLOR", "FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS", "DSACLI_PASSWORD", "COLUMNS"):
            patch.delenv(name, raising=False)
        yield folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: where two run at a time, neither is waited for at the end."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test marked `precision("float32", "bfloat16")` runs in each of them, in bfloat16 where the machine can."""
    mark = metafunc.definition.get_closest_marker("precision")
    if mark:
        can = multiplies_bfloat16("cpu") or os.environ.get(VARIABLE) == BFLOAT16
        slow = pytest.mark.skipif(
            not can, reason=f"no bfloat16 products on this CPU; {VARIABLE}={BFLOAT16} emulates them"
        )
        names = [pytest.param(name, marks=[slow] if name == BFLOAT16 else []) for name in mark.args]
        metafunc.parametrize("precision", names, indirect=True)


@pytest.fixture(scope="module", autouse=True)
def precision(request: pytest.FixtureRequest) -> Iterator[torch.dtype]:
    """What is computed in, here and in programs that a test starts: its mark says it, else DSACLI_DTYPE or the CPU.

    Whatever computes depends on this fixture, so that nothing is computed in one precision and used in the other.
    """
    with pytest.MonkeyPatch.context() as patch:
        if hasattr(request, "param"):
            patch.setenv(VARIABLE, request.param)
        yield fastest_dtype("cpu")


@pytest.fixture(scope="module")
def all_cores() -> Iterator[None]:
    """For modules that mostly wait for the built-in reader: every core instead of one, or this worker's share of them."""
    threads, workers = torch.get_num_threads(), int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1))
    torch.set_num_threads(max(1, (os.cpu_count() or 1) // workers))
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an empty cache for one test."""
    monkeypatch.setenv("DSACLI_CACHE", str(tmp_path / "own-cache"))
    return tmp_path / "own-cache" / "dsacli"


@pytest.fixture
def own_stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without models, for one test: where its Hugging Face cache, its Ollama store and its index adapters are."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "stores" / "hub"))
    monkeypatch.setenv("OLLAMA_MODELS", str(tmp_path / "stores" / "ollama"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "stores" / "data"))
    (tmp_path / "stores").mkdir()
    return tmp_path / "stores"


@pytest.fixture(scope="module")
def model(precision: torch.dtype) -> ReaderModel:
    """The built-in reader."""
    return load_model()


@pytest.fixture(scope="module")
def cli(precision: torch.dtype) -> Callable[..., Result]:
    """Run the command line in this process; what it does not catch fails the test."""

    def call(*arguments: object, code: int | None = 0, **options: Any) -> Result:
        result = CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=False, **options)
        if code is not None:
            assert result.exit_code == code, f"exit code {result.exit_code}\n{result.output}"
        return result

    return call


@pytest.fixture(scope="module")
def objects(cli: Callable[..., Result]) -> Callable[..., list[dict[str, Any]]]:
    """The JSON objects that a command prints with --json --quiet."""

    def call(*arguments: object, **options: Any) -> list[dict[str, Any]]:
        result = cli(*arguments, "--json", "--quiet", **options)
        assert result.stderr == ""
        return [json.loads(line) for line in result.stdout.splitlines()]

    return call


@pytest.fixture(scope="module")
def program(precision: torch.dtype) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Run the program in a process of its own."""

    def call(*arguments: object, **options: Any) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "dsacli", *map(str, arguments)]
        return subprocess.run(command, timeout=600, **{"capture_output": True, **options})

    return call


@pytest.fixture
def ferry(tmp_path: Path) -> Path:
    """A text file of four sentences."""
    path = tmp_path / "ferry.txt"
    path.write_text(FERRY, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PDF of three pages, a paragraph on each."""
    pages = [
        ["The harbour board met on 4 March 2019 in the custom house.", "Seven members came and one sent a letter."],
        ["The new breakwater was designed by Ingrid Solheim.", "It is 340 metres long and cost 2.6 million pounds."],
        ["The next meeting takes place on 9 September 2019.", "The minutes were written down by Callum Reid."],
    ]
    path = tmp_path_factory.mktemp("pdf") / "minutes.pdf"
    canvas = Canvas(str(path))
    for lines in pages:
        for number, line in enumerate(lines):
            canvas.drawString(72, 700 - 14 * number, line)
        canvas.showPage()
    canvas.save()
    return path


@pytest.fixture(scope="session")
def make_book() -> ModuleType:
    """The script that writes the book."""
    spec = importlib.util.spec_from_file_location("make_book", SAMPLES / "make_book.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default book."""
    path = tmp_path_factory.mktemp("book") / "book.txt"
    subprocess.run([sys.executable, SAMPLES / "make_book.py", "--output", path], check=True, env=os.environ)
    return path


@pytest.fixture(scope="session")
def plain() -> Callable[[str | None], str]:
    """Lower case, single spaces, no punctuation at the ends: what makes two answers equal in the tests."""

    def normalised(text: str | None) -> str:
        return re.sub(r"^[^\w£$€]+|\W+$", "", " ".join((text or "").lower().split()))

    return normalised


@pytest.fixture(scope="session")
def right(plain: Callable[[str | None], str]) -> Callable[[str | None, list[str]], bool]:
    """Whether an answer says one of the gold answers, as whole words."""

    def judge(answer: str | None, golds: list[str]) -> bool:
        found = plain(answer)
        return any(re.search(rf"(?<!\w){re.escape(plain(gold))}(?!\w)", found) for gold in golds)

    return judge
