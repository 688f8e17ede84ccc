"""The wheel, installed into an environment of its own, answers without network and without the checkout."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parent.parent
NO_NETWORK = """
import socket
def refuse(*arguments, **options):
    raise OSError("the network is blocked in this test")
socket.socket.connect = socket.socket.connect_ex = socket.create_connection = socket.getaddrinfo = refuse
"""


def run(*command: object, **options) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=600, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Built from a copy, so that the checkout stays as it is."""
    folder = tmp_path_factory.mktemp("wheel")
    left_out = shutil.ignore_patterns(".git", ".venv", "runs", "__pycache__", "*.egg-info", "build", "dist", "tests")
    shutil.copytree(ROOT, folder / "source", ignore=left_out)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel")
    # The build tools of this environment: nothing is downloaded.
    run(*pip, ".", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, cwd=folder / "source")
    (built,) = folder.glob("dsacli-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The Python of an environment that has the wheel, and this environment's dependencies."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python)
    # Before the dependencies are in sight, or pip would take the editable install for an older version.
    run(*pip, "install", "--no-deps", "--no-index", wheel)
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").stdout.strip()
    Path(site, "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


@pytest.fixture
def blocked(installed, tmp_path) -> tuple[list[str], dict[str, str]]:
    """What to put before a command, and its environment, so that it has no network."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment["DSACLI_CACHE"] = str(tmp_path / "cache")
    for prefix in (["unshare", "-n"], ["unshare", "-rn"]):
        if shutil.which("unshare") and subprocess.run([*prefix, "true"], capture_output=True).returncode == 0:
            return prefix, environment
    (tmp_path / "blocked").mkdir()
    (tmp_path / "blocked" / "sitecustomize.py").write_text(NO_NETWORK)
    return [], environment | {"PYTHONPATH": str(tmp_path / "blocked")}


def test_the_wheel_holds_the_weights_the_templates_and_no_tests(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for part in ("config.json", "model.safetensors", "tokenizer.json"):
        assert f"dsacli/weights/{part}" in names
    for part in ("training/facts.txt", "training/words.ini", "held_out/facts.txt", "held_out/words.ini"):
        assert f"dsacli/training/templates/{part}" in names
    assert not [name for name in names if name.startswith(("tests", "sample_docs", "runs"))]
    assert any(name.endswith("LICENSE") for name in names)


def test_it_answers_from_an_empty_folder_without_network(installed, blocked, tmp_path, ferry):
    prefix, environment = blocked
    empty = tmp_path / "empty"
    empty.mkdir()
    program = installed.parent / "dsacli"
    found = run(*prefix, installed, "-c", "import dsacli; print(dsacli.__file__)", cwd=empty, env=environment)
    assert not Path(found.stdout.strip()).is_relative_to(ROOT)
    assert Path(found.stdout.strip()).is_relative_to(installed.parent.parent)
    done = run(*prefix, program, "ask", ferry, "Who built the ferry?", "--json", cwd=empty, env=environment)
    result = json.loads(done.stdout)
    assert result["found"] and "Robert Munro" in result["answer"]
    assert not list(empty.iterdir())


def test_the_network_is_really_blocked(installed, blocked, tmp_path):
    prefix, environment = blocked
    attempt = "import socket; socket.create_connection(('1.1.1.1', 53), timeout=3)"
    command = [*prefix, str(installed), "-c", attempt]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1 and "OSError" in done.stderr
