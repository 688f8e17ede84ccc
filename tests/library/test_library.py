"""Libraries by the real command line: what is asked of one is what its documents say, however it came about."""

import json
import os
import random
import signal
import sqlite3
import time
import zipfile

import pytest

from dsacli.documents import Reading
from dsacli.library import build, context, encoding
from dsacli.library.catalogue import Catalogue
from dsacli.library.places import library_folder
from dsacli.output.progress import Bars
from tests.library.conftest import ASKED, TEXTS


def said(objects, *options):
    """What a library says to every question, with the files it says it from."""
    results = objects("ask", "--index", "harbour", *ASKED, *options)
    return [
        (
            each["question"],
            answer["answer"],
            answer["evidence"][0]["document"].rsplit("/", 1)[-1],
            answer["evidence"][0]["quote"],
        )
        for each in results
        for answer in each["answers"]
    ]


def answers(objects):
    return {question: answer for question, answer, _, _ in said(objects)}


def indexed(objects, *arguments):
    (result,) = objects("index", *arguments, "--name", "harbour")
    return result


def test_what_a_library_says_is_what_its_documents_say_together(cli, objects, harbour, small_shards):
    assert indexed(objects, harbour)["new"] == len(TEXTS)
    asked = objects("ask", harbour, *ASKED, "--answers", 2)
    library = objects("ask", "--index", "harbour", *ASKED, "--answers", 2)
    for one, other in zip(asked, library):
        assert [each["answer"] for each in one["answers"]] == [each["answer"] for each in other["answers"]]
        assert [each["confidence"] for each in one["answers"]] == pytest.approx(
            [e["confidence"] for e in other["answers"]], abs=1e-3
        )
        assert one["savings"]["context_tokens"] == other["savings"]["context_tokens"]
        assert one["savings"]["flops"] == other["savings"]["flops"]
    assert answers(objects) == ASKED
    assert "harbour/ferry.txt, line 1" in cli("ask", "--index", "harbour", "Who built the ferry Skua?").stdout


def test_only_what_is_new_or_changed_is_encoded_and_what_is_gone_is_forgotten(
    objects, harbour, small_shards, monkeypatch
):
    indexed(objects, harbour)
    encoded = list[str]()
    encode = encoding.encode_document
    monkeypatch.setattr(
        encoding, "encode_document", lambda document, model: encoded.append(document.name) or encode(document, model)
    )
    assert indexed(objects, harbour) == {**indexed(objects, harbour), "new": 0, "changed": 0, "removed": 0}
    os.utime(harbour / "ferry.txt", (1, 1))  # touched, not changed
    assert indexed(objects, harbour)["changed"] == 0 and not encoded
    (harbour / "pier.md").write_text("The stone pier at Kilbride was designed by Fergus Baird.")
    (harbour / "light.txt").unlink()
    (harbour / "crane.txt").write_text("The crane on the quay lifts nine tons.")
    done = indexed(objects, harbour)
    assert (done["new"], done["changed"], done["removed"], done["documents"]) == (1, 1, 1, 4)
    assert [name.rsplit("/", 1)[-1] for name in encoded] == ["crane.txt", "pier.md"]
    assert answers(objects)["Who designed the pier at Kilbride?"] == "Fergus Baird"
    assert not any(file == "light.txt" for _, _, file, _ in said(objects, "--min-confidence", 0))


def test_documents_that_come_one_by_one_do_not_make_ever_more_shards(objects, harbour):
    for count in range(1, len(TEXTS) + 1):
        done = indexed(objects, *(harbour / name for name in list(TEXTS)[:count]))
        assert (done["documents"], done["new"], done["removed"]) == (count, 1, 0)
    assert len(Catalogue(library_folder("harbour")).shards()) == 1
    assert answers(objects) == ASKED


def test_what_cannot_be_read_is_named_and_the_rest_is_indexed(cli, harbour):
    (harbour / "broken.pdf").write_bytes(b"%PDF-1.7\n" + b"\0" * 64)
    (harbour / "blank.txt").write_text(" \n")
    for _ in range(2):
        result = cli("index", harbour, "--name", "harbour", "--json", "--quiet")
        done = json.loads(result.stdout)
        assert done["documents"] == len(TEXTS) and len(done["failed"]) == 2
        assert all(name in result.stderr for name in ("broken.pdf", "blank.txt"))
        assert len(result.stderr.splitlines()) == 2


def test_what_was_not_read_of_a_document_is_said_when_it_is_encoded(cli, harbour):
    (harbour / "fr.txt").write_text(
        "Le bateau a été construit à Leith par les frères Munro, et la ville qui est dans le nord ne sera pas celle que nous avons vue. "
        * 60
    )
    result = cli("index", harbour, "--name", "harbour", "--json", "--quiet")
    (warning,) = json.loads(result.stdout)["warnings"]
    assert "fr.txt" in warning and result.stderr == f"dsacli: {warning}\n"
    assert not cli("index", harbour, "--name", "harbour", "--quiet").stderr


def test_what_an_interrupted_run_has_done_is_kept(cli, objects, harbour, monkeypatch):
    encode, seen = encoding.encode_document, list[str]()

    def interrupted(document, model):
        seen.append(document.name)
        if len(seen) == 3:
            raise KeyboardInterrupt
        return encode(document, model)

    monkeypatch.setattr(encoding, "encode_document", interrupted)
    cli("index", harbour, "--name", "harbour", code=130)
    assert len(Catalogue(library_folder("harbour")).documents()) == 2
    assert indexed(objects, harbour)["new"] == 2
    assert answers(objects) == ASKED


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes of POSIX")
def test_a_run_that_is_killed_at_any_moment_goes_on_to_the_same_library(
    model, objects, harbour, small_shards, libraries
):
    def run():
        return build.index("harbour", model, [str(harbour)], Reading(), Bars(quiet=True, verbose=False))

    began = time.monotonic()
    run()
    taken, whole, rng = time.monotonic() - began, said(objects), random.Random(7)
    rows = list(Catalogue(library_folder("harbour")).documents().values())
    shards = Catalogue(library_folder("harbour")).shards()
    for _ in range(6):
        for path in sorted(libraries.rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
        child = os.fork()
        if not child:
            run()
            os._exit(0)
        time.sleep(rng.uniform(0, 1.5 * taken))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        run()
        catalogue = Catalogue(library_folder("harbour"))
        assert [(r.name, r.content, r.shard, r.place) for r in catalogue.documents().values()] == [
            (r.name, r.content, r.shard, r.place) for r in rows
        ]
        assert catalogue.shards() == shards
        assert {path.stem for path in libraries.glob("harbour/shards/*")} == {each.key for each in shards}
    assert said(objects) == whole


def test_a_damaged_shard_is_not_trusted_and_is_made_again(cli, objects, harbour, small_shards, libraries):
    indexed(objects, harbour)
    path = sorted(libraries.glob("harbour/shards/*"))[0]
    data = bytearray(path.read_bytes())
    data[-100] ^= 1
    path.write_bytes(data)
    result = cli("ask", "--index", "harbour", "Who built it?", code=1)
    assert len(result.stderr.splitlines()) == 1 and "damaged" in result.stderr
    done = indexed(objects, harbour)
    assert done["documents"] == len(TEXTS) and 0 < done["new"] < len(TEXTS)
    assert answers(objects) == ASKED


def test_a_library_of_another_reader_is_refused_until_it_is_indexed_again(cli, objects, harbour):
    indexed(objects, harbour)
    with sqlite3.connect(library_folder("harbour") / "catalogue.sqlite") as tables:
        tables.execute("UPDATE about SET value = 'another' WHERE what = 'model'")
    assert "another version" in cli("ask", "--index", "harbour", "Who built it?", code=1).stderr
    assert indexed(objects, harbour)["new"] == len(TEXTS)
    assert answers(objects) == ASKED


def test_no_two_processes_work_on_one_library(cli, objects, harbour):
    indexed(objects, harbour)
    with Catalogue(library_folder("harbour")).alone():
        result = cli("index", harbour, "--name", "harbour", code=1)
        assert "another process" in result.stderr
        assert answers(objects) == ASKED  # which only reads


def test_addresses_and_patterns(objects, harbour, tmp_path):
    with zipfile.ZipFile(tmp_path / "harbour.zip", "w") as archive:
        for name, text in TEXTS.items():
            archive.writestr(name, text)
    assert indexed(objects, f"zip://*.txt::{tmp_path / 'harbour.zip'}")["documents"] == 3
    assert indexed(objects, f"zip://*.txt::{tmp_path / 'harbour.zip'}")["new"] == 0
    assert indexed(objects, f"file://{harbour}/*.md")["documents"] == 4
    assert answers(objects) == ASKED


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("index", "{harbour}", "--name", "../x"), 2, "no name of a library"),
        (("index", "-", "--name", "x"), 2, "stdin"),
        (("index", "{harbour}/none.txt", "--name", "x"), 1, "no such file"),
        (("index", "{harbour}/*.doc", "--name", "x"), 1, "no file is called so"),
        (("index", "nothing://here", "--name", "x"), 1, "nothing"),
        (("ask", "--index", "none", "Who built it?"), 1, "no library none; there are: none"),
        (("ask", "--index", "none"), 2, "no question"),
        (("ask", "--index", "none", "Who?", "--each"), 2, "not for --index"),
        (("libraries", "remove", "none"), 1, "no library none"),
    ],
)
def test_wrong_usage_is_one_line(cli, harbour, arguments, code, says):
    result = cli(*(each.format(harbour=harbour) for each in arguments), code=code)
    assert says in result.stderr and len(result.stderr.splitlines()) == 1 and not result.stdout


def test_a_file_that_is_no_catalogue_is_one_line(cli, harbour):
    library_folder("harbour").mkdir(parents=True)
    (library_folder("harbour") / "catalogue.sqlite").write_bytes(b"no table" * 200)
    for command in (("index", harbour, "--name", "harbour"), ("ask", "--index", "harbour", "Who built it?")):
        result = cli(*command, code=1)
        assert len(result.stderr.splitlines()) == 1 and "catalogue.sqlite" in result.stderr


def test_libraries_are_listed_and_removed(cli, objects, harbour, libraries):
    assert "no library here" in cli("libraries").stderr
    indexed(objects, harbour)
    (listed,) = [json.loads(line) for line in cli("libraries", "list", "--json").stdout.splitlines()]
    assert (listed["name"], listed["documents"]) == ("harbour", 4)
    assert "4 documents" in cli("libraries").stdout
    cli("libraries", "remove", "harbour")
    assert not any(libraries.iterdir())


@pytest.mark.parametrize("question", list(ASKED))
def test_tiles_first_finds_the_same(objects, harbour, small_shards, monkeypatch, question):
    indexed(objects, harbour)
    before = objects("ask", "--index", "harbour", question)
    monkeypatch.setattr(context, "TILES_FROM", 1)
    (result,) = objects("ask", "--index", "harbour", question)
    assert result["answers"][0]["answer"] == before[0]["answers"][0]["answer"] == ASKED[question]
