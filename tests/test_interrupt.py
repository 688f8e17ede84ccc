"""What an interrupted or killed document pass leaves, and what a damaged cache entry does: nothing."""

import json
import os
import select
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

WHO = "Who built the ferry?"
COMMAND = [sys.executable, "-m", "dsacli"]
# No pace, but an end to waiting for what will never come.
TOO_LONG = 600


@pytest.fixture
def chapters(book, tmp_path) -> Path:
    """The book's first tenth: seconds to encode."""
    path = tmp_path / "chapters.txt"
    path.write_text(book.read_text(encoding="utf-8")[:70_000], encoding="utf-8")
    return path


def read_until(terminal: int, word: bytes) -> bytes:
    """What a program shows on a terminal, up to and including `word`."""
    seen = b""
    while word not in seen:
        assert select.select([terminal], [], [], TOO_LONG)[0], seen
        seen += os.read(terminal, 4096)
    return seen


def rest(terminal: int) -> bytes:
    seen = b""
    try:
        while chunk := os.read(terminal, 4096):
            seen += chunk
    except OSError:
        pass  # the end, as Linux says it
    return seen


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_interrupting_the_document_pass_is_one_line_and_leaves_nothing(book, own_cache):
    terminal, inner = os.openpty()
    command = [*COMMAND, "ask", str(book), WHO, "--threads", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=inner, start_new_session=True)
    os.close(inner)
    try:
        seen = read_until(terminal, b"tokens/s")  # the bar, with a speed: in the middle of it
        process.send_signal(signal.SIGINT)
        seen += rest(terminal)
        out, _ = process.communicate(timeout=TOO_LONG)
    finally:
        process.kill()
        os.close(terminal)
    assert process.returncode == 130
    assert out == b""
    assert seen.count(b"dsacli: interrupted") == 1 and b"Traceback" not in seen
    assert not own_cache.exists() or not list(own_cache.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="needs SIGINT")
def test_interrupting_without_a_terminal_is_one_line(ferry, book, own_cache):
    command = [*COMMAND, "inspect", "--verbose", str(ferry), "-"]
    reading, writing = os.pipe()
    process = subprocess.Popen(command, stdin=reading, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.close(reading)
    assert b"encoded in" in process.stderr.readline()
    # A pipe holds a tenth of the book: once all of it has gone in, the program has the rest and nothing to wait for.
    with open(writing, "wb") as stdin:
        stdin.write(book.read_bytes())
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=TOO_LONG)
    assert (process.returncode, out, err) == (130, b"", b"dsacli: interrupted\n")


def test_a_killed_run_leaves_a_cache_that_works(cli, objects, ferry, chapters, own_cache):
    def listed() -> dict[str, int]:
        entries = [json.loads(line) for line in cli("cache", "list", "--json").stdout.splitlines()]
        tokens = {entry["name"]: entry["tokens"] for entry in entries}
        assert len(tokens) == len(entries) and tokens.keys() <= {str(ferry), str(chapters)}
        return tokens

    for moment in ("start", "encoding", "writing", "writing"):
        command = [*COMMAND, "inspect", "--verbose", str(ferry), str(chapters)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if moment != "start":
            assert str(ferry).encode() in process.stderr.readline()  # it is done with the ferry
        before = set(own_cache.glob("*.partial"))
        while moment == "writing" and process.poll() is None and set(own_cache.glob("*.partial")) <= before:
            time.sleep(0.0005)
        process.kill()
        process.communicate()
        listed()
    (result,) = objects("inspect", chapters)
    (facts,) = result["documents"]
    assert listed()[str(chapters)] == facts["tokens"] > 10_000
    assert objects("inspect", chapters)[0]["document_pass"]["cached"] == facts["tokens"]
    cli("cache", "clear")
    assert not list(own_cache.iterdir())


def flipped(data: bytes, place: float) -> bytes:
    at = int(len(data) * place)
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def in_header(data: bytes, old: bytes, new: bytes) -> bytes:
    """A change of the header that keeps its length: the bytes of every tensor stay as they are."""
    (length,) = struct.unpack("<Q", data[:8])
    header = data[8 : 8 + length]
    assert old in header and len(old) == len(new)
    return data[:8] + header.replace(old, new) + data[8 + length :]


DAMAGE = {
    "first byte": lambda data: flipped(data, 0.0),
    "header": lambda data: flipped(data, 0.05),
    "document": lambda data: flipped(data, 0.3),
    "middle": lambda data: flipped(data, 0.5),
    "last byte": lambda data: flipped(data, 0.9999999),
    "truncated": lambda data: data[: len(data) // 2],
    "one byte short": lambda data: data[:-1],
    "longer": lambda data: data + b"\0",
    "empty": lambda data: b"",
    "other format": lambda data: in_header(data, b'"format":"1"', b'"format":"0"'),
    "other type": lambda data: in_header(data, b'"dtype":"I32"', b'"dtype":"F32"'),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_entry_is_rebuilt_silently(objects, ferry, own_cache, damage):
    (before,) = objects("ask", ferry, WHO, "--min-confidence", 0)
    (entry,) = own_cache.iterdir()
    good = entry.read_bytes()
    entry.write_bytes(DAMAGE[damage](good))
    (after,) = objects("ask", ferry, WHO, "--min-confidence", 0)  # and nothing on stderr
    assert after["savings"]["document_pass"]["cached"] == 0
    assert (after["answers"], after["evidence"]) == (before["answers"], before["evidence"])
    (again,) = objects("ask", ferry, WHO, "--min-confidence", 0)
    assert again["savings"]["document_pass"]["cached"] > 0
    assert [path.name for path in own_cache.iterdir()] == [entry.name]


@pytest.mark.skipif(os.name != "posix", reason="needs fork")
@pytest.mark.parametrize("kills", [10, pytest.param(200, marks=pytest.mark.slow)])
def test_kills_at_random_moments_leave_right_answers_and_a_cache_that_works(ferry, kills):
    ferry.write_text(ferry.read_text(encoding="utf-8") * 40, encoding="utf-8")
    script = Path(__file__).with_name("killing.py")
    done = subprocess.run([sys.executable, script, ferry, WHO, str(kills), "0"], capture_output=True, check=True)
    counted = json.loads(done.stdout)
    assert (counted["rounds"], counted["wrong"]) == (kills, 0)
    assert 0 < counted["whole"] < kills  # some were killed before the entry was there, and some behind it


def test_eight_processes_at_once_on_one_new_document_answer_the_same(ferry, own_cache):
    command = [*COMMAND, "ask", str(ferry), WHO, "--json", "--quiet", "--threads", "1", "--min-confidence", "0"]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(8)]
    ended = [process.communicate(timeout=TOO_LONG) for process in processes]
    assert {(process.returncode, err) for process, (_, err) in zip(processes, ended)} == {(0, b"")}
    answers = [json.loads(out) for out, _ in ended]
    assert all(answer["answers"] == answers[0]["answers"] for answer in answers)
    (entry,) = own_cache.iterdir()
    assert entry.suffix == ".safetensors"


@pytest.mark.skipif(os.name != "posix", reason="needs a limit on the size of files")
def test_a_disk_that_fills_costs_a_warning_and_not_the_answer(ferry, own_cache):
    import resource

    command = [*COMMAND, "ask", str(ferry), WHO, "--min-confidence", "0"]
    limited = subprocess.run(
        command, capture_output=True, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
    )
    assert limited.returncode == 0 and b"Robert Munro" in limited.stdout
    assert b"is not cached: " in limited.stderr and b"Traceback" not in limited.stderr
    assert not list(own_cache.iterdir())
