"""`dsacli models adapt`: end to end, on a model of random weights and a real document."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from dsacli.dsa.key_indexer import KeyIndexer
from dsacli.models.adapter import UPDATED, Adapter
from dsacli.models.io.adapter_file import KIND, read_adapter, write_adapter
from dsacli.models.low_rank import LowRank
from tests.stores import put_repository, random_model
from tests.test_schemas import schema_of

pytestmark = pytest.mark.usefixtures("own_stores")
REPORT = Path(__file__).resolve().parents[2] / "sample_docs" / "annual-report.md"
RECALL = Path(__file__).resolve().parents[1] / "recall_model"
NAME = "Tiny/Qwen"


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, bytes]:
    """The files of a model of random weights with a real tokenizer."""
    sizes = {"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 4, "max_position_embeddings": 8192}
    return random_model(tmp_path_factory.mktemp("qwen"), "Qwen2", **sizes)


@pytest.fixture
def model(files) -> None:
    put_repository(NAME, files)


def adapt(objects, *options: object) -> dict:
    (made,) = objects("models", "adapt", NAME, REPORT, "--tokens", 4096, "--minutes", 1, *options)
    return made


def test_an_adapter_is_made_listed_and_used(cli, objects, model, ferry):
    made = adapt(objects)
    schema_of("adapt").validate(made)
    path = Path(made["path"])
    assert path.name == "Tiny--Qwen.safetensors" and made["texts"] == 2 and made["tokens"] == 4096
    assert [layer["selects"] for layer in made["layers"]].count(True) == 2
    assert all(0 < layer[kind] <= 1 for layer in made["layers"] for kind in ("kept_by_own_keys", "kept_by_adapter"))
    assert made["loss"]["adapter"] == pytest.approx(made["loss"]["dense"], abs=0.05)
    card = Path(made["card"]).read_text(encoding="utf-8")
    assert NAME in card and "annual-report.md" in card and card.count("attends to all") == 2
    assert "weights are as they were" in card and made["steps"] == 0 and made["loss"]["indexers_alone"] is None
    assert "Tiny--Qwen" in cli("models").stdout
    options = ("--model", NAME, "--max-tokens", 2, "--min-probability", 0, "--verbose", "--no-cache")
    assert f"selected by {path}" in cli("ask", ferry, "Who?", *options, code=None).stderr


def test_a_document_is_read_by_it(objects, model, monkeypatch):
    """The same document and question cost other index scores, and other entries are kept of them."""
    command = ("ask", REPORT, "Who?", "--model", NAME, "--max-tokens", 2, "--min-probability", 0, "--budget", 7000)
    (before,) = objects(*command, code=None)
    adapt(objects)
    (after,) = objects(*command, code=None)
    assert before["savings"]["flops"]["dsa"] != after["savings"]["flops"]["dsa"]
    assert before["savings"]["flops"]["dense"] == after["savings"]["flops"]["dense"]


def test_weights_are_trained_too_and_used(cli, objects, model, ferry):
    made = adapt(objects, "--weights-minutes", 0.1)
    schema_of("adapt").validate(made)
    assert made["steps"] > 0 and made["loss"]["adapter"] == pytest.approx(made["loss"]["indexers_alone"], abs=0.05)
    adapter = read_adapter(Path(made["path"]))
    assert set(adapter.updates) == {(number, name) for number in range(4) for name in UPDATED}
    assert any(each.lora_B.weight.abs().max() > 0 for each in adapter.updates.values())
    assert "before weights were trained" in Path(made["card"]).read_text(encoding="utf-8")
    options = ("--model", NAME, "--max-tokens", 2, "--min-probability", 0)
    (asked,) = objects("ask", REPORT, "Who?", *options, "--budget", 7000, code=None)
    (with_dense,) = objects("ask", REPORT, "Who?", *options, "--budget", 7000, "--compare-dense", code=None)
    assert asked["savings"]["flops"]["dense"] == with_dense["savings"]["flops"]["dense"]


@pytest.fixture(scope="module")
def whole(files, tmp_path_factory) -> bytes:
    """An untrained adapter of the model."""
    path = tmp_path_factory.mktemp("adapter") / "whole.safetensors"
    indexers = {number: KeyIndexer(64, 32, 2, 32) for number in (1, 3)}
    sizes = zip(UPDATED, (64, 32, 32, 64))
    updates = {(number, name): LowRank(64, size, 2) for name, size in sizes for number in range(4)}
    write_adapter(path, Adapter(indexers, updates), "")
    return path.read_bytes()


def damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def of_another_kind(path: Path) -> None:
    save_file(load_file(path), path, {"kind": "lora"})


def of_another_model(path: Path) -> None:
    tensors = load_file(path)
    save_file(
        {name: torch.cat([each, each], -1) if "wk.weight" in name else each for name, each in tensors.items()},
        path,
        {"kind": KIND},
    )


def beside_itself(path: Path) -> None:
    save_file({**load_file(path), "extra": torch.zeros(1)}, path, {"kind": KIND})


def in_pieces(path: Path) -> None:
    tensors = load_file(path)
    save_file({name: each for name, each in tensors.items() if "wq.bias" not in name}, path, {"kind": KIND})


def without_a_layer(path: Path) -> None:
    tensors = load_file(path)
    save_file({name: each for name, each in tensors.items() if "2.self_attn" not in name}, path, {"kind": KIND})


def half_an_update(path: Path) -> None:
    tensors = load_file(path)
    save_file(
        {name: each for name, each in tensors.items() if "2.self_attn.q_proj.lora_B" not in name}, path, {"kind": KIND}
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without_a_layer, "updates are of another model"),
        (half_an_update, "do not fit together"),
        (damaged, "can't be read"),
        (of_another_kind, "no index adapter of this version"),
        (of_another_model, "queries and keys of"),
        (beside_itself, "tensor extra"),
        (in_pieces, "do not fit together"),
    ],
)
def test_an_adapter_that_is_none_is_one_line(cli, whole, model, own_stores, ferry, change, said):
    path = own_stores / "data" / "dsacli" / "adapters" / "Tiny--Qwen.safetensors"
    path.parent.mkdir(parents=True)
    path.write_bytes(whole)
    change(path)
    result = cli("ask", ferry, "Who?", "--model", NAME, code=1)
    assert result.stdout == "" and result.stderr.count("\n") == 1
    assert str(path) in result.stderr and said in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((NAME, "ferry"), "too few to adapt with"),
        ((NAME, REPORT, "--tokens", 100), "--tokens is 100"),
        ((NAME, REPORT, "--tokens", 100_000), "4,096 to 8,192"),
        (("built-in", REPORT), "indexers of its own"),
        ((RECALL, REPORT), "indexers of its own"),
        (("nothing", REPORT), "no model here has this name"),
        ((NAME, "absent.txt"), "absent.txt"),
    ],
)
def test_what_can_not_be_adapted_is_one_line_and_leaves_nothing(cli, model, own_stores, ferry, arguments, said):
    given = [ferry if each == "ferry" else each for each in arguments]
    result = cli("models", "adapt", *given, code=1)
    assert result.stdout == "" and said in result.stderr.splitlines()[-1]
    assert not list(own_stores.rglob("*.part")) and not list(own_stores.rglob("adapters/*"))
