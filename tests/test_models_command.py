"""`dsacli models`, and what --model takes: end to end, and with a hub on this machine in place of the network."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from dsacli.engines.open import DECODERS
from tests.hub import COMMIT, serving
from tests.stores import config, gguf_file, put_ollama, put_repository, random_model
from tests.test_schemas import schema_of

pytestmark = [pytest.mark.usefixtures("own_stores"), pytest.mark.filterwarnings("error")]
NAME = "Tiny/Llama"
ESCAPE = "\x1b"


@pytest.fixture(scope="module")
def llama(tmp_path_factory) -> dict[str, bytes]:
    """The files of a Llama directory: random weights, a real tokenizer."""
    sizes = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3, "max_position_embeddings": 4096}
    return random_model(tmp_path_factory.mktemp("llama"), "Llama", **sizes)


@pytest.fixture
def machine(llama) -> None:
    """A machine with five models."""
    put_repository(NAME, llama)
    put_repository("google/gemma-3", {"config.json": config("gemma3", 131072), "model.safetensors": b"weights"})
    put_repository("me/Tiny-GGUF", {"Tiny-Q4.gguf": gguf_file("qwen2"), "Tiny-Q8.gguf": gguf_file("qwen2")})
    put_ollama("llama3.2", "latest", gguf_file("llama", 131072))


# ---- --model NAME ----


@pytest.mark.parametrize("name", [NAME, "tiny/llama", "llama"])
def test_a_model_answers_by_its_name(objects, ferry, llama, name):
    put_repository(NAME, llama)
    options = ("--max-tokens", 4, "--min-probability", 0)
    (result,) = objects("ask", ferry, "Who paints the ferry?", "--model", name, *options, code=None)
    assert result["probability"] is not None and result["savings"]["context_tokens"] > 60


@pytest.mark.parametrize("command", [["summarize"], ["inspect"], ["extract", "--field", "a"], ["chat"]])
def test_a_name_that_is_nothing_is_one_line_before_a_document_is_read(cli, machine, command):
    task, *options = command
    result = cli(task, "absent.txt", *options, "--model", "nothing", code=1)
    assert result.stderr == (
        "dsacli: nothing: no such directory or file, and no model here has this name; see dsacli models\n"
    )
    result = cli(task, "absent.txt", *options, "--model", "", code=2)
    assert result.stderr == "dsacli: the name of the model is empty\n"


def test_a_name_of_several_is_one_line(cli, machine, ferry):
    result = cli("inspect", ferry, "--model", "tiny-gguf", code=1)
    assert result.stderr == "dsacli: tiny-gguf can be Tiny-Q4, Tiny-Q8; say which\n"


def test_the_built_in_reader_can_be_named(objects, ferry):
    (result,) = objects("ask", ferry, "Who built the ferry?", "--model", "built-in", "--min-confidence", 0)
    assert result["answer"] == "Robert Munro"


# ---- dsacli models ----


def test_the_list_says_what_each_model_is(cli, machine):
    result = cli("models")
    assert result.stderr == "" and ESCAPE not in result.stdout
    header, *lines = (line.split() for line in result.stdout.splitlines())
    assert header == ["name", "kind", "type", "size", "context", "runs", "index", "adapter"]
    assert [line[:3] for line in lines] == [
        ["built-in", "built-in", "dsa_reader"],
        ["Llama", "folder", "llama"],
        ["gemma-3", "folder", "gemma3"],
        ["Tiny-Q4", "gguf", "qwen2"],
        ["Tiny-Q8", "gguf", "qwen2"],
        ["ollama:llama3.2", "ollama", "llama"],
    ]
    assert [line[5:] for line in lines] == [["any", "yes", "-"], ["4,096", "yes", "-"], ["131,072", "no:", "gemma3", "is", "not", "known", "-"], ["32,768", "yes", "-"], ["32,768", "yes", "-"], ["131,072", "yes", "-"]]  # fmt: skip
    assert cli("models", "list").stdout == result.stdout


def test_the_list_as_json_is_what_its_schema_says(cli, machine):
    lines = [json.loads(line) for line in cli("models", "--json").stdout.splitlines()]
    for line in lines:
        schema_of("models").validate(line)
    assert cli("models", "list", "--json").stdout.splitlines() == [json.dumps(line) for line in lines]
    assert [line["full_name"] for line in lines] == ["built-in", NAME, "google/gemma-3", "me/Tiny-GGUF:Tiny-Q4.gguf", "me/Tiny-GGUF:Tiny-Q8.gguf", "ollama:llama3.2:latest"]  # fmt: skip
    assert [line["runs"] for line in lines] == [True, True, False, True, True, True]
    assert {line["type"] for line in lines if line["runs"]} <= {"dsa_reader", *DECODERS}
    assert all(Path(line["path"]).exists() for line in lines)


def test_every_name_in_the_list_leads_to_its_model(cli, machine, ferry):
    from dsacli.models.io.names import resolve

    for line in map(json.loads, cli("models", "--json").stdout.splitlines()):
        assert str(resolve(line["name"])) == str(resolve(line["full_name"])) == line["path"]


def test_where_there_is_no_other_model_a_line_says_how_to_get_one(cli):
    result = cli("models")
    assert len(result.stdout.splitlines()) == 2
    assert result.stderr.count("\n") == 1 and "dsacli models pull OWNER/NAME" in result.stderr
    assert cli("models", "--json").stdout.count("\n") == 1


def test_an_index_adapter_is_listed_with_its_model(cli, machine, own_stores):
    folder = own_stores / "data" / "dsacli" / "adapters"
    folder.mkdir(parents=True)
    for name in ("tiny--llama", "Tiny-Q4", "another"):
        (folder / f"{name}.safetensors").write_bytes(b"")
    lines = [json.loads(line) for line in cli("models", "--json").stdout.splitlines()]
    adapters = {line["name"]: Path(line["index_adapter"]).stem for line in lines if line["index_adapter"]}
    assert adapters == {"Llama": "tiny--llama", "Tiny-Q4": "Tiny-Q4"}
    assert "tiny--llama" in cli("models").stdout


def test_a_hostile_type_steers_no_terminal(cli):
    put_repository("me/Bad", {"config.json": config(f"{ESCAPE}[31m[bold]\n"), "model.safetensors": b"weights"})
    result = cli("models")
    assert ESCAPE not in result.stdout and "no: ?[31m[bold]? is not known" in result.stdout
    assert len(result.stdout.splitlines()) == 3


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("columns", [80, 120])
def test_on_a_terminal_no_name_is_broken(program, machine, columns):
    name = "Meta-Llama-3.1-8B-Instruct-Q4"
    put_repository("me/Long-GGUF", {f"{name}.gguf": gguf_file("llama")})
    put_ollama("nomic-embed-text", "latest", gguf_file("nomic-bert"))
    terminal, inner = os.openpty()
    environment = {**os.environ, "COLUMNS": str(columns), "LINES": "50", "TERM": "dumb"}
    program("models", stdout=inner, stderr=inner, capture_output=False, env=environment)
    os.close(inner)
    lines = os.read(terminal, 1 << 16).decode().splitlines()
    os.close(terminal)
    assert max(len(line.rstrip()) for line in lines) <= columns
    assert any(line.startswith(name) for line in lines)
    assert any("gemma3 is not known" in line for line in lines)
    assert ("kind" in lines[0]) == (columns > 80)


@pytest.mark.parametrize(
    "arguments", [["models", "list", "--json"], ["models", "pull", "nothing"], ["models", "--help"]]
)
def test_the_list_imports_no_torch(machine, arguments):
    command = [sys.executable, "-X", "importtime", "-m", "dsacli", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "typer" in imported and not imported & {"torch", "numpy", "huggingface_hub", "gguf"}


@pytest.mark.parametrize(
    "arguments", [["models", "shake"], ["models", "list", "a"], ["models", "pull"], ["models", "--loud"]]
)
def test_wrong_usage_is_exit_code_2(cli, arguments):
    result = cli(*arguments, code=2)
    assert result.stdout == "" and " models " in result.stderr


# ---- dsacli models pull ----


@pytest.fixture
def pull(monkeypatch):
    """Run `dsacli models pull` in a process of its own, against a hub."""
    pytest.importorskip("huggingface_hub")

    def run(hub, name, **options):
        environment = {**os.environ, "HF_ENDPOINT": hub if isinstance(hub, str) else hub.url, "HF_HUB_DISABLE_XET": "1"}
        command = [sys.executable, "-m", "dsacli", "models", "pull", name]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, env={**environment, **options})

    return run


def failed(done) -> str:
    """The one line of a failure."""
    assert (done.returncode, done.stdout) == (1, "") and done.stderr.count("\n") == 1, done
    return done.stderr.removeprefix("dsacli: ").strip()


def listed(cli) -> list[str]:
    return [json.loads(line)["full_name"] for line in cli("models", "--json").stdout.splitlines()][1:]


def test_a_model_is_pulled_and_answers(cli, objects, ferry, llama, pull):
    others = {"README.md": b"#", "onnx/model.onnx": b"o", "pytorch_model.bin": b"b", "consolidated.safetensors": b"c"}
    with serving(NAME, {**others, **llama, "chat_template.jinja": b"{{ messages[0].content }}"}) as hub:
        done = pull(hub, "tiny/llama")
        assert (done.returncode, done.stderr) == (0, ""), done
        assert done.stdout.startswith(f"pulled {NAME}, ") and done.stdout.endswith("; use it with --model Llama\n")
        fetched = [name for name, _ in hub.fetched]
        assert sorted(fetched) == sorted({*llama, "chat_template.jinja"})
        assert (fetched[0], fetched[-1]) == ("config.json", "model.safetensors")
        assert pull(hub, NAME).stdout == done.stdout and len(hub.fetched) == len(fetched)
    (path,) = [json.loads(line)["path"] for line in cli("models", "--json").stdout.splitlines()][1:]
    assert Path(path).name == COMMIT and (Path(path).parents[1] / "refs" / "main").read_text() == COMMIT
    (facts,) = objects("inspect", ferry, "--model", "llama")
    assert facts["tokenwise"] and 0 < facts["index_topk"] <= 1024


def test_one_gguf_file_is_pulled(cli, pull):
    files = {"config.json": config("qwen2"), "a-Q4.gguf": gguf_file(), "a-Q8.gguf": gguf_file(), "mmproj-a.gguf": b"m"}
    with serving(NAME, files) as hub:
        assert failed(pull(hub, NAME)) == f"{NAME} has several models; say which: {NAME}:a-Q4.gguf, {NAME}:a-Q8.gguf"
        assert failed(pull(hub, f"{NAME}:b.gguf")) == f"{NAME} has no b.gguf; it has a-Q4.gguf, a-Q8.gguf"
        assert hub.fetched == []
        done = pull(hub, f"{NAME}:a-Q8.gguf")
        assert done.stdout.endswith("; use it with --model a-Q8\n") and hub.fetched == [("a-Q8.gguf", 0)]
        del hub.files["a-Q4.gguf"]
        assert pull(hub, NAME).stdout == done.stdout
    assert listed(cli) == [f"{NAME}:a-Q8.gguf"]


def test_a_type_that_is_not_known_is_refused_before_its_weights_come(cli, pull):
    with serving(NAME, {"model.safetensors": b"weights", "config.json": config("gemma3")}) as hub:
        assert failed(pull(hub, NAME)).startswith(f"{NAME}: gemma3 is not known; known are deepseek_v32, ")
        assert [name for name, _ in hub.fetched] == ["config.json"]
    assert listed(cli) == []


def test_a_repository_without_a_model_is_refused(pull):
    for files in (
        {"README.md": b"#"},
        {"config.json": b"{}", "pytorch_model.bin": b"b"},
        {"a/model.safetensors": b"w"},
    ):
        with serving(NAME, files) as hub:
            assert failed(pull(hub, NAME)).startswith(f"{NAME} has no model that can be read: ")


@pytest.mark.skipif(os.name == "nt", reason="sends a signal")
def test_ctrl_c_leaves_nothing_that_is_taken_for_whole(cli, llama, pull):
    with serving(NAME, llama) as hub:
        hub.stalled = "model.safetensors"
        environment = {**os.environ, "HF_ENDPOINT": hub.url, "HF_HUB_DISABLE_XET": "1"}
        command = [sys.executable, "-m", "dsacli", "models", "pull", NAME]
        pulling = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        assert hub.seen.wait(30)
        time.sleep(0.5)
        pulling.send_signal(signal.SIGINT)
        out, err = pulling.communicate(timeout=20)
        assert (pulling.returncode, out, err) == (130, "", "dsacli: interrupted\n")
        assert listed(cli) == []
        hub.stalled = ""
        assert pull(hub, NAME).returncode == 0
        names = [name for name, _ in hub.fetched]
        assert {name: names.count(name) for name in llama} == {
            name: 1 + (name == "model.safetensors") for name in llama
        }
    assert listed(cli) == [NAME]


def test_an_update_that_was_cut_short_leaves_what_was_there(llama, cli, pull):
    earlier = put_repository(NAME, llama)
    with serving(NAME, {**llama, "model.safetensors": llama["model.safetensors"] + bytes(1 << 20)}) as hub:
        hub.stalled = "model.safetensors"
        with pytest.raises(subprocess.TimeoutExpired):
            environment = {**os.environ, "HF_ENDPOINT": hub.url, "HF_HUB_DISABLE_XET": "1"}
            subprocess.run([sys.executable, "-m", "dsacli", "models", "pull", NAME], timeout=6, env=environment)
        assert hub.seen.is_set()
    (line,) = [json.loads(line) for line in cli("models", "--json").stdout.splitlines()][1:]
    assert (line["path"], line["runs"]) == (str(earlier), True)


def test_a_failure_of_the_network_is_one_line_within_seconds(llama, pull):
    with serving(NAME, llama) as hub:
        gone = hub.url
        assert "has no such repository" in failed(pull(hub, "tiny/other"))
        hub.answer = 403
        assert "wants its terms accepted first" in failed(pull(hub, NAME))
        hub.answer = 500
        assert f"{NAME}: the Hugging Face hub refuses: " in failed(pull(hub, NAME))
        assert failed(pull(hub, NAME, HF_HUB_OFFLINE="1")) == f"{NAME}: HF_HUB_OFFLINE is set"
    start = time.perf_counter()
    assert failed(pull(gone, NAME)).startswith(f"{NAME}: the Hugging Face hub cannot be reached: ")
    assert failed(pull("http://nowhere.invalid", NAME)).startswith(f"{NAME}: the Hugging Face hub cannot be reached: ")
    assert time.perf_counter() - start < 30


def test_a_full_disk_is_one_line(cli, llama, monkeypatch):
    huggingface_hub = pytest.importorskip("huggingface_hub")

    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    about = SimpleNamespace(id=NAME, sha=COMMIT, siblings=[SimpleNamespace(rfilename=name) for name in llama])
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", full)
    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", lambda *arguments, **options: about)
    result = cli("models", "pull", NAME, code=1)
    assert result.stderr == f"dsacli: {NAME}: [Errno 28] No space left on device\n"


def test_without_its_library_a_line_says_what_to_install(cli, monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    result = cli("models", "pull", NAME, code=1)
    assert result.stderr == ('dsacli: models are pulled by huggingface_hub: pip install "huggingface_hub>=0.34"\n')


@pytest.mark.parametrize(
    "name", ["tiny", "a/b/c", "/etc/passwd", "a/b:c", "a/..", "a/b:../c.gguf", "", "https://a/b", "ollama:a"]
)
def test_another_kind_of_name_is_wrong_usage(cli, name):
    result = cli("models", "pull", name, code=2)
    assert result.stderr == f"dsacli: {name}: give OWNER/NAME of the Hugging Face hub, or OWNER/NAME:FILE.gguf\n"
