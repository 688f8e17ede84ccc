"""What a model can be called, and what is found of it; nothing that other programs left half-made is in the way."""

import json
import os
import time
from pathlib import Path

import pytest

from dsacli.errors import DsacliError, UsageFailure
from dsacli.models.io.hub_cache import hub_folder
from dsacli.models.io.names import installed, resolve
from dsacli.weights import BUILT_IN
from tests.stores import COMMIT, LATER, config, gguf_file, put_ollama, put_repository

pytestmark = pytest.mark.usefixtures("own_stores")
FOLDER = {"config.json": config("qwen2"), "model.safetensors": b"weights", "tokenizer.json": b"{}"}
SHARDS = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
SHARDED = {"config.json": config("qwen2"), "model.safetensors.index.json": json.dumps({"weight_map": SHARDS}).encode()}
NOTHING = "no such directory or file, and no model here has this name; see dsacli models"


def names() -> list[str]:
    """Of all but the built-in reader."""
    first, *others = installed()
    assert (first.name, first.found.path, first.description.type) == ("built-in", BUILT_IN, "dsa_reader")
    return [each.name for each in others]


def refused(name: str) -> str:
    with pytest.raises(DsacliError) as caught:
        resolve(name)
    return str(caught.value)


# ---- paths ----


def test_a_path_that_exists_wins(tmp_path, monkeypatch):
    snapshot = put_repository("Qwen/Qwen2.5", FOLDER)
    monkeypatch.chdir(tmp_path)
    assert resolve("Qwen/Qwen2.5") == resolve("qwen2.5") == snapshot
    for name in ("Qwen/Qwen2.5", "qwen2.5", "built-in", "model.gguf"):
        Path(name).mkdir(parents=True)
        assert resolve(name) == Path(name)
    assert resolve(str(snapshot)) == snapshot


@pytest.mark.parametrize(
    "name", ["nothing", "owner/nothing", "owner/nothing:a.gguf", "./a.gguf", "ollama:", "a\0b", ":"]
)
def test_what_is_nothing_is_one_line(name):
    put_repository("Qwen/Qwen2.5", FOLDER)
    assert refused(name) == f"{name}: {NOTHING}"


@pytest.mark.parametrize("name", ["", " "])
def test_no_name_is_wrong_usage(name):
    with pytest.raises(UsageFailure, match="the name of the model is empty"):
        resolve(name)


def test_the_built_in_reader_has_a_name():
    assert resolve("built-in") == BUILT_IN and names() == []


# ---- the Hugging Face cache ----


def test_a_repository_has_its_name_and_a_short_one_in_any_case():
    snapshot = put_repository("Qwen/Qwen2.5-1.5B-Instruct", FOLDER)
    put_repository("Qwen/Qwen2.5-3B-Instruct", FOLDER)
    for name in ("Qwen/Qwen2.5-1.5B-Instruct", "qwen/qwen2.5-1.5b-instruct", "qwen2.5-1.5b-instruct"):
        assert resolve(name) == snapshot
    assert names() == ["Qwen2.5-1.5B-Instruct", "Qwen2.5-3B-Instruct"]
    model = installed()[1]
    assert (model.found.full_name, model.found.kind, model.found.revision) == (
        "Qwen/Qwen2.5-1.5B-Instruct",
        "folder",
        COMMIT,
    )
    assert (model.description.type, model.description.context, model.description.size_bytes) == ("qwen2", 32768, 7)


def test_a_short_name_of_several_lists_them():
    for owner in ("Qwen", "unsloth"):
        put_repository(f"{owner}/Qwen2.5", FOLDER)
    assert refused("qwen2.5") == "qwen2.5 can be Qwen/Qwen2.5, unsloth/Qwen2.5; say which"
    assert names() == ["Qwen/Qwen2.5", "unsloth/Qwen2.5"] and resolve("unsloth/qwen2.5")


def test_the_one_gguf_file_of_a_repository_needs_no_name():
    files = {"Tiny-Q4_K_M.gguf": gguf_file(), "mmproj-Tiny.gguf": b"GGUF", "config.json": config("qwen2")}
    snapshot = put_repository("me/Tiny-GGUF", files)
    path = snapshot / "Tiny-Q4_K_M.gguf"
    for name in (
        "me/Tiny-GGUF",
        "me/tiny-gguf:Tiny-Q4_K_M.gguf",
        "tiny-gguf",
        "tiny",
        "tiny-q4_k_m",
        "Tiny-Q4_K_M.gguf",
    ):
        assert resolve(name) == path and path.suffix == ".gguf"
    assert names() == ["Tiny-Q4_K_M"]


def test_of_several_gguf_files_one_is_named():
    made = gguf_file()
    snapshot = put_repository("me/Tiny-GGUF", {"Tiny-Q4.gguf": made, "Tiny-Q8.gguf": made, "deep/Tiny-F16.gguf": made})
    assert refused("me/Tiny-GGUF") == refused("tiny").replace("tiny can", "me/Tiny-GGUF can")
    assert refused("tiny") == "tiny can be Tiny-Q4, Tiny-Q8, Tiny-F16; say which"
    assert resolve("me/Tiny-GGUF:deep/tiny-f16.gguf") == snapshot / "deep" / "Tiny-F16.gguf"
    assert refused("me/Tiny-GGUF:../Tiny-Q4.gguf").endswith(NOTHING)


def test_a_models_own_name_is_not_that_of_its_gguf_files():
    folder = put_repository("me/Tiny", FOLDER)
    file = put_repository("you/Tiny-GGUF", {"other.gguf": gguf_file()}) / "other.gguf"
    assert (resolve("tiny"), resolve("tiny-gguf")) == (folder, file)


def test_the_snapshot_is_that_of_main_else_the_newest():
    first, second = (put_repository("me/Tiny", FOLDER, commit, main=False) for commit in (COMMIT, LATER))
    os.utime(first, (2, 2))
    os.utime(second, (1, 1))
    assert resolve("tiny") == first
    refs = first.parents[1] / "refs"
    refs.mkdir()
    for written, expected in [(LATER, second), (COMMIT, first), ("../..", first), ("c" * 40, first), ("", first)]:
        (refs / "main").write_text(written)
        assert resolve("tiny") == expected
    (refs / "main").write_bytes(b"\xff" * 5000)
    assert resolve("tiny") == first


def test_a_snapshot_whose_weights_are_all_here_goes_before_one_that_was_cut_short():
    whole = put_repository("me/Tiny", FOLDER, COMMIT, main=False)
    put_repository("me/Tiny", {**SHARDED, SHARDS["a"]: b"weights"}, LATER)
    assert resolve("tiny") == whole
    (model,) = installed()[1:]
    assert model.description.fault is None


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({**SHARDED, SHARDS["a"]: b"weights"}, "incomplete"),
        ({"config.json": b"{}", "model-00001-of-00002.safetensors": b"weights"}, "incomplete"),
        ({"config.json": b"{}", "pytorch_model.bin": b"weights"}, "no safetensors files"),
        ({name: data for name, data in FOLDER.items() if name != "tokenizer.json"}, "no tokenizer.json"),
        ({**FOLDER, "config.json": b"{"}, "broken config.json"),
        ({**FOLDER, "config.json": b"[" * 100_000}, "broken config.json"),
        ({**FOLDER, "model.safetensors.index.json": b"[]"}, "broken model.safetensors.index.json"),
        (
            {**FOLDER, "model.safetensors.index.json": b'{"weight_map": {"a": [1]}}'},
            "broken model.safetensors.index.json",
        ),
        ({**FOLDER, "model.safetensors.index.json": b'{"weight_map": {"a": 1}}'}, "incomplete"),
        ({"a-00001-of-00002.gguf": None, "a-00002-of-00002.gguf": b"GGUF"}, "one file of several"),
        ({"a.gguf": b"GGUF"}, "damaged or cut short"),
        ({"a.gguf": b"plain text"}, "damaged or cut short"),
    ],
)
def test_what_is_not_whole_is_listed_with_what_is_wrong(files, fault):
    put_repository("me/Tiny", {name: gguf_file() if data is None else data for name, data in files.items()})
    (model,) = installed()[1:]
    assert model.description.fault == fault


def test_a_cache_of_odds_and_ends_does_no_harm(own_stores):
    snapshot = put_repository("me/Tiny", FOLDER)
    dangling = put_repository("me/Gone", FOLDER)
    for blob in (dangling.parents[1] / "blobs").iterdir():
        blob.unlink()
    hub = own_stores / "hub"
    (hub / "models--empty--repository").mkdir()
    (hub / "models--file--here").write_text("a file")
    (hub / "models--loop").symlink_to(hub / "models--loop")
    (hub / "datasets--a--b" / "snapshots" / COMMIT).mkdir(parents=True)
    (hub / ".locks").mkdir()
    (hub / "models--odd--one" / "snapshots" / COMMIT / "config.json").mkdir(parents=True)
    if hasattr(os, "mkfifo"):
        os.mkfifo(snapshot / "pipe.gguf")
        put_repository("me/Piped", {"tokenizer.json": b"{}"})
        os.mkfifo(hub / "models--me--Piped" / "snapshots" / COMMIT / "config.json")
    put_repository("me/Tokens", {"config.json": config("bert"), "tokenizer.json": b"{}"})
    put_repository("gpt2", FOLDER)
    assert names() == ["gpt2", "Tiny"]
    # It can be inspected, which takes no weights.
    assert resolve("me/tokens").name == COMMIT


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"HF_HUB_CACHE": "/a", "HF_HOME": "/b"}, "/a"),
        ({"HUGGINGFACE_HUB_CACHE": "/a", "HF_HOME": "/b"}, "/a"),
        ({"HF_HOME": "/b", "XDG_CACHE_HOME": "/c"}, "/b/hub"),
        ({"XDG_CACHE_HOME": "/c"}, "/c/huggingface/hub"),
        ({"HOME": "/d"}, "/d/.cache/huggingface/hub"),
        ({"HOME": "/d", "HF_HOME": "~/e"}, "/d/e/hub"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="paths of other systems")
def test_the_cache_is_where_its_library_has_it(monkeypatch, variables, expected):
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert hub_folder() == Path(expected)


# ---- Ollama ----


def test_ollamas_models_have_the_names_that_it_gives_them():
    made = gguf_file("llama", 131072)
    small, large = (put_ollama("qwen2.5", tag, made) for tag in ("1.5b", "7b"))
    latest, other = put_ollama("llama3.2", "latest", made), put_ollama("llama3.2", "1b", made)
    theirs = put_ollama("me/mine", "q4", made)
    assert resolve("ollama:qwen2.5:1.5b") == small and resolve("OLLAMA:Qwen2.5:7B") == large
    assert resolve("ollama:llama3.2") == resolve("ollama:llama3.2:latest") == latest
    assert resolve("ollama:llama3.2:1b") == other
    assert resolve("ollama:me/mine") == resolve("ollama:me/mine:q4") == theirs
    assert refused("ollama:qwen2.5") == "ollama:qwen2.5 can be ollama:qwen2.5:1.5b, ollama:qwen2.5:7b; say which"
    assert refused("qwen2.5:1.5b").endswith(NOTHING)
    assert sorted(names()) == ["ollama:llama3.2", "ollama:llama3.2:1b", "ollama:me/mine:q4", "ollama:qwen2.5:1.5b", "ollama:qwen2.5:7b"]  # fmt: skip
    model = installed()[1]
    assert (model.found.kind, model.description.type, model.description.context) == ("ollama", "llama", 131072)


MODEL = "application/vnd.ollama.image.model"


@pytest.mark.parametrize(
    "layers",
    [
        [{"mediaType": MODEL, "digest": "sha256:../../../secret"}],
        [{"mediaType": MODEL, "digest": f"sha256:{'A' * 64}"}],
        [{"mediaType": MODEL, "digest": f"sha256:{'0' * 64}\n"}],
        [{"mediaType": MODEL, "digest": f"md5:{'0' * 64}"}],
        [{"mediaType": MODEL, "digest": "/etc/passwd"}],
        [{"mediaType": MODEL, "digest": f"sha256:{'0' * 64}"}],
        [{"mediaType": MODEL, "digest": 7}],
        [{"mediaType": MODEL}],
        [{"mediaType": "application/vnd.ollama.image.adapter", "digest": "sha256:" + "1" * 64}],
        [7, None],
        {"a": 1},
        "text",
        None,
    ],
    ids=str,
)
def test_a_manifest_that_names_no_blob_of_the_store_is_no_model(own_stores, layers):
    (own_stores / "secret").write_bytes(gguf_file())
    put_ollama("bad", "latest", gguf_file(), layers=layers)
    (own_stores / "ollama" / "blobs" / ("sha256-" + "1" * 64)).write_bytes(gguf_file())
    assert refused("ollama:bad").endswith(NOTHING) and names() == []


def test_a_store_of_odds_and_ends_does_no_harm(own_stores):
    blob = put_ollama("good", "latest", gguf_file())
    manifests = own_stores / "ollama" / "manifests" / "registry.ollama.ai" / "library"
    (manifests / "file").write_text("a file")
    (manifests / "good" / "broken").write_text("{")
    (manifests / "good" / "deep").write_text("[" * 100_000)
    (manifests / "good" / "large").write_text(" " * (2 << 20) + "{}")
    (manifests / "good" / "folder").mkdir()
    put_ollama("gone", "latest")
    assert names() == ["ollama:good"] and resolve("ollama:good") == blob
    for name in ("ollama:../good", "ollama:good:../latest", "ollama:good/latest"):
        assert refused(name).endswith(NOTHING)


# ---- the head of a GGUF file ----


def test_a_long_vocabulary_before_the_context_length_takes_no_time():
    put_repository("me/Tiny", {"tiny.gguf": gguf_file("llama", 4096, tokens=150_000)})
    start = time.perf_counter()
    (model,) = installed()[1:]
    assert (model.description.type, model.description.context) == ("llama", 4096)
    assert time.perf_counter() - start < 5


def test_a_context_length_that_is_not_stated_is_none():
    put_repository("me/Tiny", {"tiny.gguf": gguf_file("llama", None)})
    (model,) = installed()[1:]
    assert (model.description.type, model.description.context, model.description.fault) == ("llama", None, None)


def test_no_head_that_was_cut_or_changed_is_a_traceback():
    whole = gguf_file("llama", 4096, tokens=30)
    put_repository("me/Tiny", {"tiny.gguf": whole})
    (path,) = (each.found.path for each in installed()[1:])
    for place in range(0, len(whole), 3):
        for data in (whole[:place], whole[:place] + b"\xff" * 8 + whole[place + 8 :]):
            path.write_bytes(data or b"x")
            (model,) = installed()[1:]
            assert model.description.fault in (None, "damaged or cut short")


def test_a_model_that_sees_too_has_its_context_apart():
    values = {"model_type": "gemma3", "text_config": {"max_position_embeddings": 131072}}
    put_repository("me/Eyes", {**FOLDER, "config.json": json.dumps(values).encode()})
    (model,) = installed()[1:]
    assert (model.description.type, model.description.context) == ("gemma3", 131072)
