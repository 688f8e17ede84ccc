"""What the command line promises to people and to scripts."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from dsacli import __version__
from dsacli.documents import parse
from dsacli.engines.disk_cache import DiskCache
from dsacli.output.units import flop, times
from tests.models.released import DEEPSEEK_V32

pytestmark = pytest.mark.filterwarnings("error")
SAMPLES = Path(__file__).resolve().parent.parent / "sample_docs"
AGREEMENT = SAMPLES / "services-agreement.md"
WHO = "Who built the ferry?"
ANY = ("--min-confidence", 0)
ESCAPE = "\x1b"
OPTIONAL = {
    "page_label": str,
    "place": str,
    "page": int,
    "line": int,
    "section": str,
    "peak_memory_bytes": int,
    "pages": int,
}

EVIDENCE = {"document": str, "page": OPTIONAL, "line": OPTIONAL, "section": OPTIONAL, "start": int, "end": int,
            "quote": str, "quote_start": int, "quote_end": int, "page_label": OPTIONAL, "place": OPTIONAL}  # fmt: skip
COST = {"dense": int, "dsa": int, "ratio": float}
DOCUMENT_PASS = {"tokens": int, "cached": int, "flops": int, "seconds": float}
SAVINGS = {"context_tokens": int, "selected_tokens": int, "flops": COST, "memory_bytes": COST, "seconds": float,
           "peak_memory_bytes": OPTIONAL, "document_pass": DOCUMENT_PASS, "dense_run": None, "served": None}  # fmt: skip
ANSWER = {
    "answer": str,
    "confidence": float,
    "evidence": [EVIDENCE],
    "items": [None],
    "replaces": None,
    "borne_out": None,
}
ASK = {
    "schema_version": int,
    "task": str,
    "document": None,
    "question": str,
    "want": str,
    "found": bool,
    "error": None,
    **ANSWER,
    "answers": [ANSWER],
    "candidates": [ANSWER],
    "savings": SAVINGS,
    "warnings": [str],
}
SENTENCE = {"text": str, "salience": float, "evidence": [EVIDENCE], "borne_out": None}
PART = {"section": None, "sentences": [SENTENCE]}
SUMMARIZE = {"schema_version": int, "task": str, "document": str, "focus": None, "found": bool, "summary": str, "parts": [PART],
             "savings": SAVINGS, "warnings": [str]}  # fmt: skip
FIELD = {
    "name": str,
    "type": str,
    "value": str,
    "readings": [None],
    "text": str,
    "computed": bool,
    "confidence": float,
    "evidence": [EVIDENCE],
}
EXTRACT = {
    "schema_version": int,
    "task": str,
    "document": str,
    "found": bool,
    "values": dict,
    "fields": [FIELD],
    "savings": SAVINGS,
    "warnings": [str],
}
SECTION = {"title": str, "level": int, "start": int, "end": int}
FACTS = {"document": str, "kind": str, "pages": OPTIONAL, "characters": int, "tokens": int,
         "sentences": int, "sections": [SECTION], "warnings": [str], "page_labels": [OPTIONAL], "passages": int, "index_bytes": int}  # fmt: skip
INSPECT = {"schema_version": int, "task": str, "documents": [FACTS], "index_topk": int, "estimate": {"flops": COST, "memory_bytes": COST},
           "document_pass": DOCUMENT_PASS, "warnings": [str]}  # fmt: skip


def check(value, schema, where: str = "") -> None:
    """Exactly these keys, in this order, and these types."""
    if schema is OPTIONAL:
        assert value is None or type(value) is OPTIONAL[where.rpartition(".")[2]], where
    elif schema is None:
        assert value is None, where
    elif isinstance(schema, dict):
        assert list(value) == list(schema), where
        for key, inner in schema.items():
            check(value[key], inner, f"{where}.{key}")
    elif isinstance(schema, list):
        assert isinstance(value, list), where
        for item in value:
            check(item, schema[0], where)
    else:
        assert type(value) is schema, f"{where}: {value!r}"


def text_of(path: Path) -> str:
    return parse(str(path), path.read_bytes()).text


# ---- ask ----


@pytest.mark.precision("float32", "bfloat16")
def test_ask_answers_with_page_and_quotation(cli, pdf):
    result = cli("ask", pdf, "Who designed the breakwater?")
    assert "Ingrid Solheim" in result.stdout
    assert f"{pdf}, page 2" in result.stdout
    assert "“The new breakwater was designed by Ingrid Solheim.”" in result.stdout


def test_ask_as_json_has_the_documented_schema(objects, pdf):
    (result,) = objects("ask", pdf, "Who designed the breakwater?", "-n", 3, *ANY)
    check(result, ASK)
    assert (result["task"], result["question"], result["found"]) == ("ask", "Who designed the breakwater?", True)
    assert {key: result[key] for key in ANSWER} == result["answers"][0]
    (result,) = objects("ask", pdf, "Who painted the moon?", "--min-confidence", 1, code=3)
    check(result, {**ASK, "answer": None, "confidence": None})
    assert (result["found"], result["answers"], result["evidence"]) == (False, [], [])


def test_stdout_carries_the_result_and_stderr_the_panel(program, ferry):
    result = program("ask", ferry, WHO, "When did the boiler fail?", "--json", *ANY)
    lines = [json.loads(line) for line in result.stdout.decode().splitlines()]
    assert [line["question"] for line in lines] == [WHO, "When did the boiler fail?"]
    assert result.stderr.decode().count("this query, next to dense attention") == 2
    quiet = program("ask", ferry, WHO, "--quiet", *ANY)
    assert (quiet.returncode, quiet.stderr) == (0, b"") and WHO in quiet.stdout.decode()
    assert ESCAPE not in (result.stdout + result.stderr + quiet.stdout).decode()


def test_the_panel_shows_the_figures_of_the_json(cli):
    result = cli("ask", AGREEMENT, WHO, "--json", *ANY)
    savings = json.loads(result.stdout)["savings"]
    assert f"{savings['selected_tokens']:,} of {savings['context_tokens']:,} tokens selected" in result.stderr
    assert times(savings["flops"]["ratio"]) in result.stderr and flop(savings["flops"]["dsa"]) in result.stderr


def test_a_piped_result_is_not_wrapped(cli, ferry):
    result = cli("ask", ferry, "How many passengers does she carry?", *ANY, env={"COLUMNS": "40"})
    quotes = [line.strip() for line in result.stdout.splitlines() if "“" in line]
    assert quotes and all(quote.startswith("“") and quote.endswith("”") for quote in quotes)


def test_on_a_terminal_there_is_style_and_with_no_color_no_colour(ferry):
    def seen(**environment: str) -> str:
        outer, inner = os.openpty()
        command = [sys.executable, "-m", "dsacli", "ask", str(ferry), WHO, "--quiet", "--min-confidence", "0"]
        environment = {**os.environ, "TERM": "xterm", **environment}
        subprocess.run(command, stdout=inner, stderr=inner, env=environment, timeout=120)
        os.close(inner)
        found = b""
        try:
            while chunk := os.read(outer, 65536):
                found += chunk
        except OSError:
            pass  # the end, as Linux says it
        os.close(outer)
        return found.decode()

    colour = re.compile(r"\x1b\[(?:[0-9;]*;)?(?:3[0-7]|38|9[0-7])[;m]")
    assert colour.search(seen())
    without = seen(NO_COLOR="1")
    assert WHO in without and not colour.search(without)


@pytest.mark.parametrize("which", ["text", "pdf"])
def test_stdin_is_a_document(program, ferry, pdf, which):
    path, question = {"text": (ferry, WHO), "pdf": (pdf, "Who designed the breakwater?")}[which]
    result = program("ask", "-", question, "--json", "--quiet", *ANY, input=path.read_bytes())
    (evidence,) = json.loads(result.stdout)["evidence"]
    assert evidence["document"] == "stdin"
    assert (evidence["page"] is None) == (which == "text")
    assert text_of(path)[evidence["start"] : evidence["end"]]


@pytest.mark.precision("float32", "bfloat16")
def test_several_documents_are_one_context(objects, ferry, pdf):
    results = objects("ask", ferry, pdf, WHO, "Who designed the breakwater?", *ANY)
    documents = [result["evidence"][0]["document"] for result in results]
    assert documents == [str(ferry), str(pdf)]
    assert [result["evidence"][0]["page"] for result in results] == [None, 2]


@pytest.mark.precision("float32", "bfloat16")
def test_a_folder_is_all_its_documents(objects, ferry):
    (ferry.parent / "sub").mkdir()
    tug = "# The tug\n\nThe tug Hector was sold to Norway by Ann Laird in 1991.\n"
    (ferry.parent / "sub" / "tug.md").write_text(tug)
    (result,) = objects("ask", ferry.parent, "Who sold the tug Hector?", *ANY)
    assert result["evidence"][0]["document"] == str(ferry.parent / "sub" / "tug.md")
    assert result["evidence"][0]["section"] == "The tug"
    (both,) = objects("inspect", ferry.parent)
    assert [Path(d["document"]).name for d in both["documents"]] == ["ferry.txt", "tug.md"]


def test_several_answers_differ_and_their_confidence_falls(objects, ferry):
    (result,) = objects("ask", ferry, "What numbers are named?", "--answers", 5, "--want", "span", *ANY)
    answers, confidences = zip(*((a["answer"], a["confidence"]) for a in result["answers"]))
    assert 2 <= len(answers) <= 5
    assert len({re.sub(r"\W+", " ", answer.lower()).strip() for answer in answers}) == len(answers)
    assert list(confidences) == sorted(confidences, reverse=True)
    assert all(0 <= confidence <= 1 for confidence in confidences)
    (one,) = objects("ask", ferry, "What numbers are named?", "--want", "span", *ANY)
    assert len(one["answers"]) == 1


@pytest.mark.parametrize("document", [AGREEMENT, SAMPLES / "annual-report.pdf"], ids=["markdown", "pdf"])
def test_evidence_is_where_it_says(objects, document):
    parsed = parse(str(document), document.read_bytes())
    (result,) = objects("ask", document, "What is the notice period?", "-n", 5, *ANY)
    places = [(answer, evidence) for answer in result["answers"] for evidence in answer["evidence"]]
    assert len(places) >= 3
    for answer, evidence in places:
        wording = parsed.text[evidence["start"] : evidence["end"]]
        assert evidence["quote"][evidence["quote_start"] : evidence["quote_end"]] == wording
        plain = [" ".join(re.findall(r"\w+", text.lower())) for text in (wording, answer["answer"])]
        assert plain[0] == plain[1]
        assert evidence["quote"] in parsed.text
        assert evidence["page"] == parsed.page_at(evidence["start"])
        assert evidence["line"] == parsed.line_at(evidence["start"])
        assert evidence["section"] == parsed.section_at(evidence["start"])
    first = result["answers"][0]
    evidence = first["evidence"][0]
    assert " ".join(evidence["quote"][evidence["quote_start"] : evidence["quote_end"]].split()) == first["answer"]


def test_what_is_not_sure_enough_is_not_found(cli, ferry):
    question = "Who painted the ceiling of the opera house?"
    result = cli("ask", ferry, question, "--quiet", "--min-confidence", 1, code=3)
    head, *nearest = result.stdout.split("nearest, but uncertain:")
    assert head.split() == [*question.split(), "not", "found"] and len(nearest) == 1
    cli("ask", ferry, question, "--min-confidence", 0, code=0)


@pytest.mark.precision("float32", "bfloat16")
def test_one_question_found_of_several_is_found(cli, ferry):
    cli("ask", ferry, WHO, "Who painted the ceiling of the opera house?", "--min-confidence", 0.2, code=0)


TOO_LONG = "why " * 600


def test_a_question_that_is_too_long_is_an_error_in_its_place_and_the_others_are_answered(objects, cli, ferry):
    first, second, third = objects("ask", ferry, WHO, TOO_LONG, "Who painted the moon?", *ANY)
    check(
        {**second, "answers": []},
        {**ASK, "want": None, "error": str, "answer": None, "confidence": None, "savings": None},
    )
    assert (second["question"], second["error"]) == (TOO_LONG, "the question is 600 tokens long; the reader takes 512")
    assert (second["found"], second["answers"], second["evidence"]) == (False, [], [])
    assert first["found"] and first["error"] is third["error"] is None and third["savings"]
    shown = cli("ask", ferry, TOO_LONG, WHO, "--quiet", *ANY).stdout
    assert shown.count("the question is 600 tokens long") == 1 and "not found" not in shown


def test_where_nothing_else_is_found_an_error_is_exit_code_1(cli, objects, ferry):
    result = cli("ask", ferry, TOO_LONG, code=1)
    assert "the question is 600 tokens long; the reader takes 512" in result.stdout
    assert "next to dense attention" not in result.stderr and "Traceback" not in result.output
    never = ("--min-confidence", 1)
    failed, absent = objects("ask", ferry, TOO_LONG, "Who painted the moon?", *never, code=1)
    assert failed["error"] and not absent["error"]
    cli("ask", ferry, "Who painted the moon?", *never, code=3)


# ---- extract ----

FEE = ("--field", "passengers:number", "--field", "built:date", "--field", "web address:url")


@pytest.mark.precision("float32", "bfloat16")
def test_extract_gives_typed_values_and_null(objects, ferry):
    (result,) = objects("extract", ferry, *FEE)
    assert result["values"] == {"passengers": 212, "built": "1974", "web address": None}


def test_extract_as_json_has_the_documented_schema(objects, ferry):
    (result,) = objects("extract", ferry, *FEE, *ANY)
    values = {"passengers": int, "built": str, "web address": None}
    passengers, built, web = result["fields"]
    check({**result, "fields": []}, {**EXTRACT, "values": values})
    check(passengers, {**FIELD, "value": int})
    check(built, FIELD)
    check(web, {**FIELD, "value": None, "text": None})
    assert len(passengers["evidence"]) == len(built["evidence"]) == 1 and web["evidence"] == []
    assert [field["type"] for field in result["fields"]] == ["number", "date", "url"]
    assert {field["name"]: field["value"] for field in result["fields"]} == result["values"]


def test_extract_as_csv_has_one_header_and_a_row_per_document(cli, ferry, pdf):
    result = cli("extract", ferry, pdf, *FEE, "--csv", "--quiet", *ANY)
    rows = list(csv.reader(io.StringIO(result.stdout)))
    assert rows[0] == ["document", "passengers", "built", "web address"]
    assert [row[0] for row in rows[1:]] == [str(ferry), str(pdf)] and all(row[3] == "" for row in rows[1:])


def test_extract_as_text_for_pipes_is_a_line_per_field(cli, ferry):
    result = cli("extract", ferry, *FEE, "--quiet", *ANY)
    assert [line.split("\t")[0] for line in result.stdout.splitlines()] == ["passengers", "built", "web address"]
    assert result.stdout.splitlines()[2] == "web address\t"


def test_extract_from_several_says_whose_each_line_is(cli, ferry, pdf):
    lines = cli("extract", ferry, pdf, "--field", "builder", "--quiet", code=None).stdout.splitlines()
    assert [line.split("\t")[:2] for line in lines] == [[str(ferry), "builder"], [str(pdf), "builder"]]


def test_extract_by_a_schema_file(objects, ferry, tmp_path):
    schema = tmp_path / "fields.json"
    tug = {"name": "tug", "question": "Which tug towed her home?"}
    schema.write_text(json.dumps({"fields": [tug, {"name": "built", "type": "date"}]}))
    (result,) = objects("extract", ferry, "--schema", schema, *ANY)
    assert list(result["values"]) == ["tug", "built"]
    assert [field["type"] for field in result["fields"]] == ["text", "date"]


@pytest.mark.precision("float32", "bfloat16")
def test_extract_finds_nothing_and_says_so(objects, ferry):
    (result,) = objects("extract", ferry, "--field", "web address:url", code=3)
    assert (result["found"], result["values"]) == (False, {"web address": None})


# ---- summarize ----


def sentences_of(result) -> list[dict]:
    return [sentence for part in result["parts"] for sentence in part["sentences"]]


def check_summary(result, document: Path) -> None:
    """In order, verbatim, with their page, each once."""
    parsed = parse(str(document), document.read_bytes())
    sentences = sentences_of(result)
    places = [sentence["evidence"][0] for sentence in sentences]
    assert [place["start"] for place in places] == sorted({place["start"] for place in places})
    for sentence, place in zip(sentences, places):
        assert sentence["text"] == " ".join(parsed.text[place["start"] : place["end"]].split())
        assert place["quote"] == parsed.text[place["start"] : place["end"]]
        assert (place["page"], place["line"]) == (parsed.page_at(place["start"]), parsed.line_at(place["start"]))
    assert len({sentence["text"] for sentence in sentences}) == len(sentences)
    assert result["summary"] == " ".join(sentence["text"] for sentence in sentences)


def test_summarize_quotes_sentences_in_order(objects, pdf):
    for document in (SAMPLES / "board-meeting.txt", pdf):
        (result,) = objects("summarize", document, "--sentences", 4)
        check(result, SUMMARIZE)
        assert len(sentences_of(result)) == 4
        check_summary(result, document)
    assert {sentence["evidence"][0]["page"] for sentence in sentences_of(result)} <= {1, 2, 3}


@pytest.mark.parametrize("words", [20, 60])
def test_summarize_holds_the_word_limit(objects, words):
    (result,) = objects("summarize", AGREEMENT, "--words", words)
    assert 0 < len(result["summary"].split()) <= words
    check_summary(result, AGREEMENT)


def test_summarize_by_section_quotes_every_section(objects):
    (result,) = objects("summarize", AGREEMENT, "--by", "section", "--sentences", 1)
    titles = [part["section"] for part in result["parts"]]
    assert len(set(titles)) == len(titles) > 10 and all(len(part["sentences"]) == 1 for part in result["parts"])
    check({**result, "parts": []}, SUMMARIZE)
    check_summary(result, AGREEMENT)
    ruling = {s.title: s for s in parse(str(AGREEMENT), AGREEMENT.read_bytes()).sections}
    for part in result["parts"]:
        section = ruling[part["section"]]
        assert all(section.start <= s["evidence"][0]["start"] < section.end for s in part["sentences"])


@pytest.mark.precision("float32", "bfloat16")
def test_summarize_with_a_focus_keeps_to_it(objects):
    focus = "the cheese lost in the cold store"
    (result,) = objects("summarize", SAMPLES / "board-meeting.txt", "--focus", focus, "-s", 4)
    assert result["focus"] == focus
    near = [s for s in sentences_of(result) if re.search(r"cheese|cold|store|compressor|alarm", s["text"].lower())]
    assert len(near) >= 2, result["summary"]


def test_summarize_as_text_has_a_line_per_sentence_and_several_documents_one_by_one(cli, objects, ferry, pdf):
    result = cli("summarize", ferry, pdf, "--sentences", 2, "--quiet")
    bullets = [line for line in result.stdout.splitlines() if line.lstrip().startswith("• ")]
    assert len(bullets) == 4
    assert all(re.search(r"\((line|page) \d\)$", bullet) for bullet in bullets)
    assert [r["document"] for r in objects("summarize", ferry, pdf, "--sentences", 2)] == [str(ferry), str(pdf)]


def test_summarize_without_a_sentence_finds_nothing(objects, tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("apples 3\npears 4\nplums 5\n")
    (result,) = objects("summarize", path, code=3)
    assert (result["found"], result["summary"], result["parts"]) == (False, "", [])


# ---- inspect ----


def test_inspect_counts_and_estimates(cli, objects, pdf):
    (result,) = objects("inspect", pdf, AGREEMENT)
    check(result, INSPECT)
    facts, agreement = result["documents"]
    assert (facts["kind"], facts["pages"], agreement["kind"], agreement["pages"]) == ("pdf", 3, "markdown", None)
    assert facts["characters"] == len(text_of(pdf))
    assert result["document_pass"]["tokens"] == facts["tokens"] + agreement["tokens"]
    assert result["index_topk"] == 2048
    assert objects("inspect", AGREEMENT, "--top-k", 512)[0]["index_topk"] == 512
    seen = cli("inspect", AGREEMENT)
    assert f"{agreement['tokens']:,} tokens" in seen.stdout and "Services Agreement" in seen.stdout
    assert seen.stderr == ""


@pytest.mark.precision("float32", "bfloat16")
def test_inspect_estimates_what_a_question_then_costs(objects):
    (estimate,) = objects("inspect", AGREEMENT)
    (result,) = objects("ask", AGREEMENT, "Who has to insure the originals while they are away?", *ANY)
    assert result["savings"]["flops"]["dense"] == pytest.approx(estimate["estimate"]["flops"]["dense"], rel=0.05)
    # How the selection falls into runs is not known before: within a factor of two.
    assert 0.5 < result["savings"]["flops"]["dsa"] / estimate["estimate"]["flops"]["dsa"] < 2


# ---- savings and the cache ----


@pytest.mark.precision("float32", "bfloat16")
def test_savings_are_consistent(objects):
    (result,) = objects("ask", AGREEMENT, "What is the notice period?", *ANY)
    savings = result["savings"]
    assert savings["context_tokens"] > 2048 >= savings["selected_tokens"] > 0
    for cost in (savings["flops"], savings["memory_bytes"]):
        assert 0 < cost["dsa"] < cost["dense"]
        assert cost["ratio"] == pytest.approx(cost["dense"] / cost["dsa"], abs=1e-4)
    assert savings["seconds"] > 0 and savings["dense_run"] is None


@pytest.mark.precision("float32", "bfloat16")
def test_a_smaller_top_k_selects_and_costs_less(objects):
    (small,), (default,) = (
        objects("ask", AGREEMENT, "What is the notice period?", *ANY, *more) for more in (["--top-k", 512], [])
    )
    assert (small["savings"]["selected_tokens"] <= 512 < default["savings"]["selected_tokens"]) is True
    assert small["savings"]["flops"]["dsa"] < 0.6 * default["savings"]["flops"]["dsa"]
    assert small["savings"]["memory_bytes"]["dsa"] < default["savings"]["memory_bytes"]["dsa"]


def test_a_document_is_encoded_once(cli, objects, ferry, own_cache):
    first = cli("ask", ferry, WHO, *ANY)
    assert "document pass, once" in first.stderr and "(all cached)" not in first.stderr
    second = cli("ask", ferry, WHO, *ANY)
    assert "(all cached)" in second.stderr and second.stdout == first.stdout
    (result,) = objects("ask", ferry, WHO, *ANY)
    once = result["savings"]["document_pass"]
    assert once["cached"] == once["tokens"] > 0 and once["flops"] > 0
    ferry.write_text("A new text about a lighthouse keeper.")
    (changed,) = objects("ask", ferry, WHO, *ANY)
    assert changed["savings"]["document_pass"]["cached"] == 0


def test_no_cache_leaves_nothing_and_says_nothing_else(cli, ferry, own_cache):
    result = cli("ask", ferry, WHO, "--no-cache", *ANY)
    assert not own_cache.exists() or not list(own_cache.iterdir())
    assert "cached" not in result.stderr


def test_the_cache_can_be_listed_and_cleared(cli, ferry, pdf, own_cache):
    assert cli("cache", "path").stdout == f"{own_cache}\n"
    empty = cli("cache", "list")
    assert (empty.stdout, empty.stderr) == ("", "the cache is empty\n")
    cli("inspect", ferry, pdf)
    entries = [json.loads(line) for line in cli("cache", "list", "--json").stdout.splitlines()]
    assert {entry["name"] for entry in entries} == {str(ferry), str(pdf)}
    for entry in entries:
        check(
            entry,
            {
                "schema_version": int,
                "task": str,
                "key": str,
                "name": str,
                "tokens": int,
                "size_bytes": int,
                "modified": float,
            },
        )
    assert [entry["modified"] for entry in entries] == sorted((e["modified"] for e in entries), reverse=True)
    assert len(cli("cache", "list").stdout.splitlines()) == 2
    (own_cache / "ab.123.partial").write_bytes(b"what a killed process left")
    (own_cache.parent / "my-model.safetensors").write_bytes(b"what somebody keeps there")
    assert len(cli("cache", "list").stdout.splitlines()) == 2
    assert cli("cache", "clear").stdout.startswith("removed 3 entries, ")
    assert not list(own_cache.iterdir())
    assert (own_cache.parent / "my-model.safetensors").exists()


def test_a_cache_that_cannot_be_written_costs_a_warning_and_not_the_answer(cli, ferry, tmp_path, monkeypatch):
    (tmp_path / "occupied").write_text("a file")
    monkeypatch.setenv("DSACLI_CACHE", str(tmp_path / "occupied"))
    result = cli("ask", ferry, WHO, *ANY)
    assert WHO in result.stdout
    assert [line for line in result.stderr.splitlines() if line.startswith("dsacli: ") and "is not cached" in line]
    assert cli("ask", ferry, WHO, "--quiet", *ANY).stderr == ""


def test_entries_are_for_their_owner_only(cli, ferry, own_cache):
    cli("inspect", ferry)
    (entry,) = own_cache.iterdir()
    assert entry.stat().st_mode & 0o077 == 0 and own_cache.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("words", ["a", "7", "Hi\n"])
def test_a_document_of_one_word_is_kept_like_any_other(objects, tmp_path, own_cache, words):
    (tmp_path / "one.txt").write_text(words)
    for cached in (0, 1):
        (result,) = objects("ask", tmp_path / "one.txt", WHO, code=None)
        assert (result["savings"]["context_tokens"], result["savings"]["document_pass"]["cached"]) == (1, cached)


def test_an_entry_of_another_layout_is_built_anew(objects, ferry, own_cache):
    objects("inspect", ferry)
    (entry,) = own_cache.iterdir()
    tensors = DiskCache(own_cache).load(entry.stem)
    del tensors["sentences"]
    DiskCache(own_cache).save(entry.stem, tensors, "ferry.txt", 1)
    assert objects("inspect", ferry)[0]["document_pass"]["cached"] == 0
    assert objects("inspect", ferry)[0]["document_pass"]["cached"] > 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("mode", [[], ["--json"]], ids=str)
def test_a_full_disk_is_one_line(program, ferry, mode):
    with open("/dev/full", "wb") as full:
        done = program("ask", ferry, WHO, "--quiet", *mode, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (1, b"dsacli: output: no space left on device\n")


def test_more_threads_than_cores_are_the_cores(cli, ferry):
    threads = torch.get_num_threads()
    try:
        cli("ask", ferry, WHO, "--threads", 100_000, *ANY)
        assert torch.get_num_threads() <= os.cpu_count()
    finally:
        torch.set_num_threads(threads)


# ---- a terminal on stderr, a pipe on stdout ----


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(
    "arguments", [["ask", WHO, "--json"], ["ask", WHO], ["extract", "--field", "builder", "--csv"],
                  ["extract", "--field", "builder"], ["summarize", "--sentences", "1"]]
)  # fmt: skip
def test_bars_on_a_terminal_leave_the_result_to_the_pipe(ferry, own_cache, arguments):
    command, *rest = arguments
    terminal, inner = os.openpty()
    line = [sys.executable, "-m", "dsacli", command, str(ferry), *rest]
    done = subprocess.run(line, stdout=subprocess.PIPE, stderr=inner, timeout=120)
    os.close(inner)
    seen = os.read(terminal, 1 << 16)
    os.close(terminal)
    assert done.stdout.strip() and b"\x1b" not in done.stdout
    assert b"this query, next to dense attention" in seen and done.stdout.strip() not in seen


# ---- compare-dense ----


@pytest.mark.precision("float32", "bfloat16")
def test_compare_dense_really_runs_it(cli, ferry):
    result = cli("ask", ferry, WHO, "--compare-dense", "--json", *ANY)
    savings = json.loads(result.stdout)["savings"]
    run = savings["dense_run"]
    check(
        run,
        {
            "seconds": float,
            "flops": int,
            "memory": int,
            "peak_memory": run["peak_memory"] and int,
            "document_seconds": None,
        },
    )
    assert run["seconds"] > 0 and run["flops"] == pytest.approx(savings["flops"]["dense"], rel=0.1)
    assert "dense, as run: " in result.stderr


def test_compare_dense_for_the_other_tasks(objects, ferry):
    for command in (["summarize", ferry], ["extract", ferry, "--field", "built:date", *ANY]):
        (result,) = objects(*command, "--compare-dense")
        assert result["savings"]["dense_run"]["flops"] > 0


def test_compare_dense_refuses_a_book_with_an_estimate(cli, book):
    result = cli("ask", book, "Who mended the lamp?", "--compare-dense", code=1)
    assert re.search(r"^dsacli: dense attention over [\d,]+ tokens would take about [\d,]+ minutes here", result.stderr)
    assert result.stdout == ""


# ---- failures: one line, exit code 1 ----


def encrypted(data: bytes, password: str) -> bytes:
    writer, buffer = PdfWriter(), io.BytesIO()
    writer.append(PdfReader(io.BytesIO(data)))
    writer.encrypt(password, algorithm="AES-256")
    writer.write(buffer)
    return buffer.getvalue()


def drawing() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.rect(100, 100, 300, 400, fill=1)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@pytest.fixture
def folder(tmp_path, monkeypatch, ferry, pdf) -> Path:
    """A folder of things that cannot be read, which is the current one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "blank.txt").write_bytes(b" \n\n ")
    (tmp_path / "binary.dat").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "office.docx").write_bytes(b"PK\x03\x04" + bytes(200))
    (tmp_path / "cut.pdf").write_bytes(pdf.read_bytes()[:300])
    (tmp_path / "not.pdf").write_bytes(b"plain text")
    (tmp_path / "locked.pdf").write_bytes(encrypted(pdf.read_bytes(), "sesame"))
    (tmp_path / "scan.pdf").write_bytes(drawing())
    (tmp_path / "nothing").mkdir()
    (tmp_path / "schema.json").write_text('{"a": ')
    (tmp_path / "nested.json").write_text('{"a": {"b": 1}}')
    (tmp_path / "model").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "config.json").write_text('{"model_type": "llama"}')
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "config.json").write_text('{"model_type": "dsa_reader", "hidden_size": "wide"}')
    (tmp_path / "uneven").mkdir()
    (tmp_path / "uneven" / "config.json").write_text('{"model_type": "dsa_reader", "num_attention_heads": 7}')
    for name in ("model.safetensors", "tokenizer.json"):
        os.symlink(SAMPLES.parent / "dsacli" / "weights" / name, tmp_path / "odd" / name)
    return tmp_path


FAILURES = [
    (["ask", "missing.txt", WHO], "missing.txt: no such file or folder"),
    (["summarize", "missing.txt"], "missing.txt: no such file or folder"),
    (["inspect", "ferry.txt", "missing.txt"], "missing.txt: no such file or folder"),
    (["ask", "empty.txt", WHO], "empty.txt is empty"),
    (["ask", "blank.txt", WHO], "blank.txt is empty"),
    (["ask", "binary.dat", WHO], "binary.dat is binary data, which is not read"),
    (["ask", "office.docx", WHO], "office.docx is a damaged zip archive or office document"),
    (["ask", "cut.pdf", WHO], "cut.pdf is not a readable PDF"),
    (["ask", "not.pdf", WHO], "not.pdf is not a PDF"),
    (["ask", "locked.pdf", WHO], "locked.pdf is encrypted; pass --password"),
    (["ask", "locked.pdf", WHO, "--password", "open"], "locked.pdf is encrypted and the password is wrong"),
    (["ask", "scan.pdf", WHO], "scan.pdf has no text layer"),
    (["ask", "nothing", WHO], "nothing: nothing readable in this folder"),
    (["summarize", "ferry.txt", "--focus", "why " * 600], "the question is 600 tokens long; the reader takes 512"),
    (["extract", "ferry.txt", "--field", "why " * 600], "tokens long; the reader takes 512"),
    (
        ["ask", "ferry.txt", WHO, "--model", "absent"],
        "absent: no such directory or file, and no model here has this name",
    ),
    (["ask", "ferry.txt", WHO, "--model", "model"], "model is no model directory"),
    (["ask", "ferry.txt", WHO, "--model", "other"], "vocab_size is None"),
    (["ask", "ferry.txt", WHO, "--model", "odd"], "config.json"),
    (["ask", "ferry.txt", WHO, "--model", "uneven"], "hidden_size 768 has no 7 equal heads"),
    (["extract", "ferry.txt", "--schema", "absent.json"], "absent.json: no such schema file"),
    (["extract", "ferry.txt", "--schema", "schema.json"], "schema.json: not valid JSON"),
    (["extract", "ferry.txt", "--schema", "nested.json"], 'nested.json: "a" must be a type'),
]


@pytest.mark.parametrize(("arguments", "message"), FAILURES, ids=[" ".join(a)[:50] for a, _ in FAILURES])
def test_a_failure_is_one_line_and_exit_code_1(cli, folder, arguments, message):
    result = cli(*arguments, code=1)
    assert result.stderr.startswith("dsacli: ") and result.stderr.count("\n") == 1, result.stderr
    assert message in result.stderr
    assert result.stdout == ""


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_cuda_without_cuda_is_refused(cli, ferry):
    assert cli("ask", ferry, WHO, "--device", "cuda", code=1).stderr.startswith("dsacli: no cuda device here")


def test_empty_stdin_is_refused(program):
    result = program("ask", "-", WHO, stdin=subprocess.DEVNULL)
    assert (result.returncode, result.stdout, result.stderr) == (1, b"", b"dsacli: stdin is empty\n")


def test_the_right_password_opens_an_encrypted_pdf(cli, folder, monkeypatch):
    result = cli("ask", "locked.pdf", "Who designed the breakwater?", "--password", "sesame", *ANY)
    assert "locked.pdf, page " in result.stdout
    monkeypatch.setenv("DSACLI_PASSWORD", "sesame")
    assert cli("ask", "locked.pdf", "Who designed the breakwater?", *ANY).stdout == result.stdout
    monkeypatch.delenv("DSACLI_PASSWORD")
    # The cache must not open what the password keeps shut.
    cli("ask", "locked.pdf", "Who designed the breakwater?", code=1)
    cli("ask", "locked.pdf", "Who designed the breakwater?", "--password", "open", code=1)


def test_a_folder_passes_over_what_cannot_be_read_with_a_warning(cli, ferry):
    (ferry.parent / "scan.pdf").write_bytes(drawing())
    result = cli("ask", ferry.parent, WHO, *ANY)
    warnings = [line for line in result.stderr.splitlines() if line.startswith("dsacli: ")]
    assert any("scan.pdf" in line and line.endswith("; skipped") for line in warnings)
    quiet = cli("ask", ferry.parent, WHO, "--quiet", "--json", *ANY)
    assert quiet.stderr.splitlines() == warnings
    assert [f"dsacli: {warning}" for warning in json.loads(quiet.stdout)["warnings"]] == warnings


def test_a_file_name_that_is_not_unicode_can_be_read(program, ferry):
    path = os.fsencode(ferry.parent) + b"/caf\xe9.txt"
    with open(path, "wb") as file:
        file.write(ferry.read_bytes())
    result = program("ask", os.fsdecode(path), WHO, "--json", "-q", *ANY)
    assert (result.returncode, result.stderr) == (0, b"")
    assert json.loads(result.stdout)["evidence"][0]["document"].endswith(".txt")


@pytest.mark.parametrize("mode", [[], ["--json"]], ids=["text", "json"])
def test_a_terminal_without_unicode_does_not_stop_it(program, ferry, mode):
    ferry.write_text("The café “Skua” was built at Leith by Zoë Łoś in 1974.", encoding="utf-8")
    result = program("ask", ferry, WHO, "-q", *ANY, *mode, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (result.returncode, result.stderr) == (0, b"")
    assert WHO.encode() in result.stdout


# ---- usage: exit code 2 ----


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask"],
        ["tell", "ferry.txt"],
        ["ask", "ferry.txt", WHO, "--answers", 0],
        ["ask", "ferry.txt", WHO, "--answers", "many"],
        ["ask", "ferry.txt", WHO, "--min-confidence", 1.5],
        ["ask", "ferry.txt", WHO, "--top-k", 0],
        ["ask", "ferry.txt", WHO, "--threads", 0],
        ["ask", "ferry.txt", WHO, "--loud"],
        ["summarize"],
        ["summarize", "ferry.txt", "--words", 50, "--sentences", 3],
        ["summarize", "ferry.txt", "--by", "page"],
        ["summarize", "ferry.txt", "--focus", " "],
        ["extract", "ferry.txt"],
        ["extract", "ferry.txt", "--field", "a", "--schema", "schema.json"],
        ["extract", "ferry.txt", "--field", "a", "--json", "--csv"],
        ["inspect"],
        ["cache", "shake"],
    ],
    ids=lambda arguments: " ".join(map(str, arguments)),
)
def test_wrong_usage_is_exit_code_2(cli, folder, arguments):
    result = cli(*arguments, code=2)
    assert result.stdout == "" and "Usage: " in result.stderr


@pytest.mark.parametrize(
    ("command", "arguments", "message"),
    [
        ("ask", [""], "the question is empty"),
        ("ask", ["  "], "the question is empty"),
        ("ask", [], "no question"),
        ("ask", ["Who was \udce9lise?"], "not text in this terminal's encoding"),
        ("summarize", ["--focus", "caf\udce9"], "not text in this terminal's encoding"),
        ("extract", ["--field", "caf\udce9"], "not text in this terminal's encoding"),
        ("ask", [WHO, "--device", "tpu"], "unknown device 'tpu'"),
        ("ask", [WHO, "--device", "cpu:x"], "unknown device 'cpu:x'"),
        ("extract", ["--field", "price:monney"], 'unknown type "monney"'),
        ("extract", ["--field", "a", "--field", "A"], "given twice"),
    ],
)
def test_what_is_wrong_in_one_argument_is_one_line_and_exit_code_2(cli, folder, command, arguments, message):
    result = cli(command, "ferry.txt", *arguments, code=2)
    assert result.stdout == "" and message in result.stderr and result.stderr.count("\n") == 1


@pytest.mark.parametrize("command", [["ask", "empty.txt", WHO], ["inspect", "empty.txt", "--model", "sparse"]])
def test_an_unknown_dtype_is_one_line_before_a_document_is_opened(cli, folder, monkeypatch, command):
    (folder / "sparse").mkdir()
    (folder / "sparse" / "config.json").write_text(json.dumps(DEEPSEEK_V32))
    cli(*command, code=1)
    monkeypatch.setenv("DSACLI_DTYPE", "float16")
    result = cli(*command, code=2)
    assert result.stderr == "dsacli: DSACLI_DTYPE is 'float16'; choose float32 or bfloat16, or unset it\n"
    assert result.stdout == ""


# ---- help and pipes ----


@pytest.mark.parametrize("command", ["ask", "summarize", "extract", "inspect"])
def test_help_shows_an_example(cli, command):
    shown = " ".join(cli(command, "--help").stdout.split())
    assert "Example:" in shown and f"dsacli {command} " in shown.partition("Example:")[2]


@pytest.mark.parametrize("command", [[], ["cache"], ["cache", "list"], ["cache", "clear"], ["cache", "path"]])
def test_help_of_everything_else(cli, command):
    shown = cli(*command, "-h").stdout
    assert "Usage: " in shown and len(shown.splitlines()) > 5


def test_help_imports_nothing_heavy():
    command = [sys.executable, "-X", "importtime", "-m", "dsacli", "--help"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stderr.splitlines()
    imported = {line.rpartition("|")[2].strip() for line in lines}
    assert "typer" in imported
    assert not imported & {"torch", "numpy", "pydantic", "rich", "tokenizers", "pypdf"}


def test_version(cli):
    assert cli("--version").stdout == f"dsacli {__version__}\n"


@pytest.mark.parametrize("mode", [[], ["--json"]], ids=["text", "json"])
def test_a_closed_pipe_ends_it_quietly(program, ferry, mode):
    reading, writing = os.pipe()
    os.close(reading)
    streams = {"capture_output": False, "stdout": writing, "stderr": subprocess.PIPE}
    result = program("ask", ferry, WHO, "-q", *ANY, *mode, **streams)
    os.close(writing)
    assert (result.returncode, result.stderr) == (0, b"")


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-"])
@pytest.mark.skipif(os.name == "nt", reason="no POSIX shell")
def test_closed_streams_end_it_without_a_traceback(ferry, tmp_path, closed):
    command = f'"{sys.executable}" -m dsacli ask "{ferry}" "{WHO}" --min-confidence 0 {closed}'
    ended = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
    assert (ended.returncode, "Traceback" in ended.stderr) == (0, False), ended.stderr


def test_names_and_questions_cannot_steer_the_terminal(cli, tmp_path):
    (tmp_path / "a\x1b[31mred.txt").write_text("The chair is Anna Blum.\n")
    result = cli("ask", tmp_path / "a\x1b[31mred.txt", "Who is the\x1b[31m chair?", "--verbose", *ANY)
    assert "Anna Blum" in result.stdout and ESCAPE not in result.stdout + result.stderr
    assert ESCAPE not in cli("ask", tmp_path / "b\x1b]0;x\x07.txt", WHO, code=1).stderr


# ---- which pages, which questions, which documents ----


def test_only_the_chosen_pages_are_asked(objects, pdf):
    (result,) = objects("ask", pdf, "Who designed the breakwater?", "--pages", "2")
    assert (result["answer"], result["evidence"][0]["page"]) == ("Ingrid Solheim", 2)
    (result,) = objects("ask", pdf, "Who designed the breakwater?", "--pages", "1", code=None)
    assert result["answer"] != "Ingrid Solheim"


def test_questions_come_from_a_file_and_from_stdin(objects, ferry, tmp_path):
    (tmp_path / "questions.txt").write_text(f"{WHO}\n\nWhen was she built?\n")
    results = objects("ask", ferry, "--questions", tmp_path / "questions.txt", *ANY)
    assert [result["question"] for result in results] == [WHO, "When was she built?"]
    assert results[0]["answer"] == objects("ask", ferry, WHO, *ANY)[0]["answer"]
    assert objects("ask", ferry, "--questions", "-", *ANY, input=f"{WHO}\n")[0]["question"] == WHO


def test_each_document_is_asked_for_itself(cli, objects, ferry, tmp_path):
    (tmp_path / "other.txt").write_text("The ferry Lark was built at Cork by Una Daly.\n")
    results = objects("ask", ferry, tmp_path / "other.txt", WHO, "--each", *ANY)
    assert [(Path(r["document"]).name, r["answer"]) for r in results] == [
        (ferry.name, "Robert Munro"),
        ("other.txt", "Una Daly"),
    ]
    assert f"other.txt: {WHO}" in cli("ask", tmp_path / "other.txt", WHO, "--each", *ANY).stdout
