"""Libraries on a real cluster of two nodes, which both run here: the same library and the same answers, whatever is lost on the way."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from dsacli.documents import Reading, Source
from dsacli.engines.extractive.engine import ExtractiveEngine
from dsacli.engines.options import Options
from dsacli.errors import DsacliError
from dsacli.library import build
from dsacli.library.catalogue import Catalogue
from dsacli.library.context import open_library
from dsacli.library.found import Found
from dsacli.library.places import library_folder
from dsacli.output.progress import Bars
from dsacli.weights import BUILT_IN
from tests.library.conftest import ASKED, TEXTS

# Read when it is imported.
os.environ.update(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=secrets.token_hex(32))
ray = pytest.importorskip("ray")
if sys.platform != "linux":
    pytest.skip("several nodes on one machine are for Linux only", allow_module_level=True)

from dsacli.library.cluster.connection import joined  # noqa: E402
from dsacli.library.cluster.encoding import encode_there  # noqa: E402
from dsacli.library.cluster.shards import ClusterShards  # noqa: E402

QUIET = Bars(quiet=True, verbose=False)


def start(*arguments):
    program = str(Path(sys.executable).with_name("ray"))
    command = [program, "start", "--num-cpus=1", "--disable-usage-stats", "--block", *arguments]
    # In a group of its own, to be ended with all that it starts.
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def answers_at(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def wait(until, seconds=60):
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Of a cluster of two nodes with a core each."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Its sockets' paths may not be long.
    folder = tempfile.mkdtemp(prefix="ray")
    nodes = [start("--head", f"--port={port}", "--include-dashboard=false", f"--temp-dir={folder}")]
    try:
        wait(lambda: answers_at(port))
        nodes.append(start(f"--address=127.0.0.1:{port}"))
        with joined(f"127.0.0.1:{port}", None, "float32") as cluster:
            wait(lambda: sum(each["Alive"] for each in ray.nodes()) == 2)
            assert cluster.cores
        yield f"127.0.0.1:{port}"
    finally:
        for node in nodes:
            os.killpg(node.pid, signal.SIGKILL)
            node.wait()
        # Where Ray tells others on this machine of the cluster.
        Path(tempfile.gettempdir(), "ray", "ray_current_cluster").unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def cluster(address, precision):
    """The same, joined."""
    with joined(address, None, str(precision).removeprefix("torch.")) as cluster:
        yield cluster


@pytest.fixture
def reader(precision):
    return ExtractiveEngine(BUILT_IN, "cpu", None, QUIET)


def processes(title):
    """Those that Ray calls so."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if path.read_bytes().startswith(f"ray::{title}".encode()):
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


class Killer(threading.Thread):
    """Kills the first process of a title that there is, once."""

    def __init__(self, title, after):
        super().__init__(daemon=True)
        self.title, self.after, self.killed = title, after, []
        self.start()

    def run(self):
        wait(lambda: processes(self.title))
        time.sleep(self.after)
        for process in processes(self.title)[:1]:
            os.kill(process, signal.SIGKILL)
            self.killed.append(process)


def indexed(name, reader, folder, encode=None):
    done = build.index(name, reader.model, [str(folder)], Reading(), QUIET, encode)
    catalogue = Catalogue(library_folder(name))
    rows = [(row.name, row.content, row.shard, row.place) for row in catalogue.documents().values()]
    return done, rows, catalogue.shards()


def said(reader, library):
    return [
        [(a.answer, a.evidence[0].quote, pytest.approx(a.score, abs=1e-3)) for a in each.answers]
        for each in reader.ask(library, list(ASKED), Options(answers=2))
    ]


def test_it_makes_the_same_library_and_says_the_same(objects, harbour, small_shards, address):
    for name, options in (("here", ()), ("there", ("--ray", address))):
        (done,) = objects("index", harbour, "--name", name, *options)
        assert (done["documents"], done["new"]) == (len(TEXTS), len(TEXTS))
    here, there = (Catalogue(library_folder(name)) for name in ("here", "there"))
    assert here.shards() == there.shards()
    assert len(here.shards()) > 1
    mine, theirs = (
        objects("ask", "--index", name, *ASKED, *options)
        for name, options in (("here", ()), ("there", ("--ray", address)))
    )
    for one, other in zip(mine, theirs):
        assert [a["evidence"] for a in one["answers"]] == [a["evidence"] for a in other["answers"]]
        assert one["savings"]["flops"] == other["savings"]["flops"]
    assert [each["answers"][0]["answer"] for each in theirs] == list(ASKED.values())


def test_a_worker_that_is_killed_while_it_encodes_changes_nothing(harbour, small_shards, cluster, reader):
    for number in range(12):
        (harbour / f"log-{number}.txt").write_text(
            "\n\n".join(f"On day {day} of voyage {number} the wind was west by south." for day in range(120))
        )
    _, rows, shards = indexed("here", reader, harbour)
    killer = Killer("MapWorker", 4)
    done, *kept = indexed("there", reader, harbour, encode_there(cluster))
    assert killer.killed and not done.failed
    assert kept == [rows, shards]


def test_a_file_that_ends_every_worker_is_named_and_the_rest_is_encoded(cluster, reader):
    def found(name, read):
        return Found(name, name, name, read)

    calm = [found(name, partial(Source, name, text.encode())) for name, text in TEXTS.items()]
    deadly = found("deadly.txt", partial(signal.raise_signal, signal.SIGKILL))
    encoded = dict(encode_there(cluster)([*calm[:2], deadly, *calm[2:]]))
    failures = {each.name: str(result) for each, result in encoded.items() if isinstance(result, DsacliError)}
    assert failures == {"deadly.txt": "deadly.txt: 3 workers that read it were lost"}
    assert len(encoded) == len(TEXTS) + 1


def test_a_holder_that_is_killed_between_questions_changes_nothing(harbour, small_shards, cluster, reader):
    indexed("harbour", reader, harbour)
    here = said(reader, open_library("harbour", reader.model))
    library = open_library("harbour", reader.model, partial(ClusterShards, cluster))
    assert said(reader, library) == here
    assert len(processes("Holder")) == 2
    for process in processes("Holder"):
        os.kill(process, signal.SIGKILL)
    assert said(reader, library) == here


def test_a_part_that_no_machine_has_is_named(cli, objects, harbour, small_shards, libraries, address):
    objects("index", harbour, "--name", "harbour")
    path = sorted(libraries.glob("harbour/shards/*"))[0]
    data = path.read_bytes()
    path.unlink()
    result = cli("ask", "--index", "harbour", "Who built it?", "--ray", address, code=1)
    assert len(result.stderr.splitlines()) == 1 and path.name in result.stderr
    path.write_bytes(data[:-100] + bytes(100))
    result = cli("ask", "--index", "harbour", "Who built it?", "--ray", address, code=1)
    assert len(result.stderr.splitlines()) == 1 and "damaged" in result.stderr


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (("ask", "--index", "x", "Who?", "--ray", "127.0.0.1:1"), 1, "no cluster of Ray at 127.0.0.1:1"),
        (("ask", "--index", "x", "Who?", "--ray", "here"), 1, "'here' is no address of a cluster"),
        (("ask", "{harbour}", "Who?", "--ray", "local"), 2, "--ray is for --index"),
    ],
)
def test_wrong_usage_is_one_line(cli, harbour, options, code, says):
    result = cli(*(each.format(harbour=harbour) for each in options), code=code)
    assert says in result.stderr and len(result.stderr.splitlines()) == 1 and not result.stdout


def test_without_ray_it_says_what_to_install(cli, harbour, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    result = cli("index", harbour, "--name", "x", "--ray", "local", code=1)
    assert result.stderr == "dsacli: --ray needs the package ray: pip install 'dsacli[cluster]'\n"


def test_a_cluster_of_this_machine_alone(program, harbour):
    sessions = set(Path(tempfile.gettempdir(), "ray").glob("session_2*"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    result = program("index", harbour, "--name", "harbour", "--ray", "local", env=environment)
    assert result.returncode == 0 and b"4 new" in result.stdout and not result.stderr
    assert set(Path(tempfile.gettempdir(), "ray").glob("session_2*")) <= sessions
