"""Pages that are pictures of text, read by ocrmypdf where it is installed and was asked for."""

import os
import shutil
import subprocess
from collections.abc import Sequence

from dsacli.errors import DsacliError

_PROGRAM = "ocrmypdf"
_SECONDS = 3600


def advice() -> str:
    """What to do about pages that cannot be read."""
    if shutil.which(_PROGRAM):
        return f"--ocr has {_PROGRAM} read it"
    return f"{_PROGRAM}, where it is installed, reads it with --ocr"


def recognised(name: str, data: bytes, pages: Sequence[int]) -> bytes:
    """The PDF `data` with a text layer on `pages` (1-based), whatever text they had.

    Raises DsacliError where ocrmypdf is not installed, fails, or takes an hour.
    """
    program = shutil.which(_PROGRAM)
    if not program:
        raise DsacliError(f"--ocr needs {_PROGRAM}, which is not installed")
    chosen = ",".join(map(str, pages))
    command = [program, "--quiet", "--force-ocr", "--output-type", "pdf", "--pages", chosen]
    # A page that takes Tesseract more than three minutes is left without text by default, and exits with 0.
    command += ["--tesseract-timeout", str(_SECONDS), "-", "-"]
    # Its pages already run side by side; on busy processors its threads within a page wait for each other, and take minutes.
    alone = os.environ | {"OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run(command, input=data, env=alone, capture_output=True, timeout=_SECONDS, check=True)
    except subprocess.TimeoutExpired:
        raise DsacliError(f"{name}: {_PROGRAM} takes more than {_SECONDS // 3600} hour") from None
    except subprocess.CalledProcessError as failure:
        lines = failure.stderr.decode("utf-8", "replace").split("\n")
        why = next((line.strip() for line in reversed(lines) if line.strip()), f"exit code {failure.returncode}")
        raise DsacliError(f"{name}: {_PROGRAM} cannot read it: {why}") from None
    return done.stdout
