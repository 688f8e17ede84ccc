"""Which engine runs a model directory, and which options it takes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dsacli.engines.open import DECODERS, READER, model_type_of
from dsacli.engines.options import EXTRACTIVE, GENERATIVE, Options
from dsacli.errors import DsacliError
from dsacli.models.io.gguf_config import MODEL_TYPES
from tests.models.io.gguf_files import tiny_model, write_model

ROOT = Path(__file__).resolve().parents[2]
RECALL = ROOT / "tests" / "recall_model"
WHO = "Who built the ferry?"


def test_an_unknown_type_is_named_with_those_that_are_known(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(
        DsacliError, match="model_type is 'bert'; known are dsa_reader, deepseek_v32, glm_moe_dsa, llama, "
    ):
        model_type_of(tmp_path)
    assert model_type_of(RECALL) in DECODERS and READER not in DECODERS


def test_a_gguf_file_states_its_type_too(tmp_path):
    path = tmp_path / "a.gguf"
    path.write_bytes(b"GGUF")
    with pytest.raises(DsacliError, match=f"{path}: not a GGUF file, damaged or cut short"):
        model_type_of(path)
    write_model(tiny_model("qwen2"), path)
    assert model_type_of(path) == "qwen2" and "qwen2" in DECODERS
    assert set(MODEL_TYPES.values()) <= DECODERS.keys()


@pytest.mark.parametrize(
    ("arguments", "flag"),
    [
        (["ask", WHO, "--temperature", 2], "--temperature"),
        (["ask", WHO, "--max-tokens", 20], "--max-tokens"),
        (["ask", WHO, "--min-probability", 0.2], "--min-probability"),
        (["summarize", "--top-k", 512], "--top-k"),
        (["extract", "--field", "a", "--seed", 1], "--seed"),
        (["ask", WHO, "-n", 5, "--model", RECALL], "--answers"),
        (["ask", WHO, "--min-confidence", 0.2, "--model", RECALL], "--min-confidence"),
        (["summarize", "--by", "section", "--model", RECALL], "--by section"),
        (["extract", "--field", "a", "--min-confidence", 0.2, "--model", RECALL], "--min-confidence"),
    ],
    ids=lambda value: " ".join(map(str, value))[:40] if isinstance(value, list) else "",
)
def test_an_option_that_an_engine_does_not_know_is_refused_by_name_before_a_document_is_opened(cli, arguments, flag):
    command, *rest = arguments
    # A document that is not there would be the first thing to be missed.
    paths = ["-"] if command == "ask" else ["absent.txt"]
    result = cli(command, *paths, *rest, code=2, input=b"")
    assert result.stderr.startswith(f"dsacli: {command}: {flag} is not for ") and result.stderr.count("\n") == 1


def test_every_option_is_understood_by_an_engine_in_some_task():
    understood = {name for tasks in (EXTRACTIVE, GENERATIVE) for names in tasks.values() for name in names}
    assert understood == set(vars(Options()))


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", "-", WHO, "--temperature", "2"],
        ["ask", "-", WHO, "--device", "tpu"],
        ["ask", "absent.txt", WHO],
        ["extract", "-", "--field", "a:b"],
        ["extract", "-"],
        ["summarize", "-", "--focus", ""],
        ["cache", "list"],
        ["cache", "path"],
        ["cache", "clear"],
        ["ask", "--help"],
    ],
    ids=" ".join,
)
def test_what_needs_no_tensor_imports_no_torch(cli, ferry, own_cache, arguments):
    cli("inspect", ferry)
    assert list(own_cache.iterdir())
    command = [sys.executable, "-X", "importtime", "-m", "dsacli", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, input="")
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "typer" in imported and not imported & {"torch", "numpy", "rich"}


def test_the_generative_engine_takes_top_k_for_a_summary(cli, ferry):
    options = ("--model", RECALL, "--top-k", 64, "--max-tokens", 4, "--json", "--quiet")
    (line,) = cli("summarize", ferry, *options, code=None).stdout.splitlines()
    assert 0 < json.loads(line)["savings"]["selected_tokens"] <= 64


def test_inspect_says_nothing_of_index_keys_that_a_generative_model_does_not_keep(cli, ferry):
    shown = cli("inspect", ferry, "--model", RECALL).stdout
    assert "sentences" in shown and "passages" not in shown and "index keys" not in shown
