"""Prefills that are kept on disk: the next question to a document starts at once, and never from anything else."""

import json

import pytest
import torch
from typer.testing import CliRunner

from dsacli.cli import app
from dsacli.engines.disk_cache import open_cache
from dsacli.engines.generative.kept import KeptWeights
from tests.models.tiny import edit_config

QUESTION = "Which ferry is it?"


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("DSACLI_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def ask(folder, document):
    """The answer of one run of the program, and what it says of the document pass."""

    def run(*options):
        arguments = [
            "ask",
            document,
            QUESTION,
            "--model",
            folder,
            "--json",
            "--min-probability",
            0,
            "--max-tokens",
            8,
            *options,
        ]
        result = CliRunner().invoke(app, [str(each) for each in arguments])
        assert result.exit_code == 0, result.stderr
        found = json.loads(result.stdout)
        return found["answer"], found["savings"]["document_pass"]

    return run


def entries():
    return [(each.key, each.name) for each in open_cache().entries()]


def test_the_second_run_answers_the_same_from_what_the_first_kept(ask, document):
    answer, done = ask()
    assert done["cached"] == 0 and entries() == [(entries()[0][0], str(document))]
    again, kept = ask()
    # A model of random weights is asked twice: once more about what the question needs most, which is not kept.
    assert again == answer and kept["cached"] > kept["tokens"] / 2
    assert (kept["flops"], kept["tokens"]) == (done["flops"], done["tokens"])


def test_another_selection_or_another_document_is_another_prefill(ask, document):
    ask()
    assert ask("--top-k", 20)[1]["cached"] == 0
    document.write_text(document.read_text(encoding="utf-8") + " It is late.", encoding="utf-8")
    assert ask()[1]["cached"] == 0
    assert len(entries()) == 3


def test_a_model_that_changed_is_another_model(ask, folder):
    ask()
    edit_config(folder, index_topk=25)
    try:
        assert ask()[1]["cached"] == 0
    finally:
        edit_config(folder, index_topk=24)


def test_a_damaged_one_is_made_again(ask):
    answer, _ = ask()
    (path,) = open_cache().folder.glob("*.safetensors")
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    path.write_bytes(bytes(data))
    again, done = ask()
    assert again == answer and done["cached"] == 0


def test_nothing_is_kept_where_the_user_wants_nothing_kept(ask):
    ask("--no-cache")
    assert entries() == []


def test_what_was_cut_to_the_question_is_not_kept(ask):
    assert ask("--budget", 256)[1]["tokens"] <= 2 * 256
    assert entries() == []


def test_weights_are_told_once_and_listed_as_weights(tmp_path):
    told, model = [], tmp_path / "my model.gguf"
    store = KeptWeights(open_cache(), model, told.append)
    store.save("numbers", {"a": torch.zeros(4 * 10**6)})
    store.save("packed", {"b": torch.zeros(10**6)})
    for _ in range(2):
        store.tell()
    (line,) = told
    assert "0.02 GB of my model.gguf" in line and "--no-cache" in line and f"cache remove '{model}'" in line
    listed = CliRunner().invoke(app, ["cache", "list"]).stdout.splitlines()
    assert len(listed) == 2 and all(" weights " in each and "tokens" not in each for each in listed)
    assert "removed 2 entries" in CliRunner().invoke(app, ["cache", "remove", str(model)]).stdout
