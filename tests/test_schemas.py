"""What every command prints as JSON, by either engine, is what the schemas in docs/schemas say."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError

from tests.engines.generative.conftest import folder  # noqa: F401
from tests.openai_server import Manners, serving

ROOT = Path(__file__).resolve().parent.parent
RECALL = ("--model", ROOT / "tests" / "recall_model", "--max-tokens", 8, "--min-probability", 0)
AGREEMENT = ROOT / "sample_docs" / "services-agreement.md"
COMMANDS = [
    ("ask", ["ferry", "Who built the ferry?", "Who painted the moon?"], ["--min-confidence", 0.4, "--answers", 3]),
    ("ask", ["ferry", "Who painted the moon?"], ["--min-confidence", 1]),
    ("ask", ["ferry", "Who built the ferry?", "why " * 600], []),
    ("ask", ["ferry", "Who built the ferry?"], ["--compare-dense"]),
    ("ask", ["pdf", "Who designed the breakwater?"], []),
    ("ask", ["ferry", "Who built the ferry?"], RECALL),
    ("ask", ["ferry", "Who built the ferry?"], (*RECALL, "--compare-dense")),
    ("summarize", ["ferry", "pdf"], ["--focus", "the boiler"]),
    ("summarize", ["agreement"], ["--by", "section", "--sentences", 1]),
    ("summarize", ["ferry"], RECALL[:-2]),
    ("summarize", ["agreement"], [*RECALL[:-2], "--budget", 1024]),
    ("extract", ["lease"], ["--field", "expiration date:date", "--min-confidence", 0]),
    ("extract", ["ferry", "pdf"], ["--field", "built:date", "--field", "fare:money", "--field", "web site:url"]),
    ("inspect", ["ferry", "pdf", "agreement"], []),
    ("inspect", ["ferry"], RECALL[:2]),
]


def schema_of(command: str) -> Draft202012Validator:
    schema = json.loads((ROOT / "docs" / "schemas" / f"{command}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize(("command", "arguments", "options"), COMMANDS, ids=lambda value: str(value)[:40])
def test_json_is_what_its_schema_says(cli, ferry, pdf, tmp_path, command, arguments, options):
    lease = tmp_path / "lease.txt"
    lease.write_text("The lease takes effect on 1 March 2025. It expires three years after the effective date.")
    places = {"ferry": ferry, "pdf": pdf, "agreement": AGREEMENT, "lease": lease}
    given = [places.get(argument, argument) for argument in arguments]
    lines = cli(command, *given, *options, "--json", "--quiet", code=None).stdout.splitlines()
    assert lines
    for line in lines:
        schema_of(command).validate(json.loads(line))


def test_what_a_generative_model_extracts_is_what_the_schema_says(objects, ferry, folder):  # noqa: F811
    """The recall model has no quotation mark to write; a random one with a real tokenizer has."""
    fields = ("--field", "built:date", "--field", "harbour")
    (line,) = objects("extract", ferry, *fields, "--model", folder, "--min-probability", 0, code=None)
    schema_of("extract").validate(line)


@pytest.mark.parametrize("logprobs", [True, False])
def test_what_a_served_model_writes_is_what_the_schemas_say(objects, ferry, logprobs):
    with serving(Manners(lambda prompt: "Robert Munro built her. ", logprobs=logprobs)) as address:
        for command, *asked in (("ask", "Who built her?"), ("summarize",), ("extract", "--field", "builder")):
            (line,) = objects(command, ferry, *asked, "--model", address, code=None)
            schema_of(command).validate(line)


def test_a_library_as_json_is_what_its_schema_says(objects, cli, ferry, tmp_path, monkeypatch):
    monkeypatch.setenv("DSACLI_LIBRARIES", str(tmp_path / "libraries"))
    (line,) = objects("index", ferry, "--name", "ferries")
    schema_of("index").validate(line)
    (line,) = [json.loads(line) for line in cli("libraries", "list", "--json").stdout.splitlines()]
    schema_of("libraries").validate(line)
    (line,) = objects("ask", "--index", "ferries", "Who built the ferry?")
    schema_of("ask").validate(line)


def test_the_cache_as_json_is_what_its_schema_says(cli, ferry, own_cache):
    cli("inspect", ferry)
    (line,) = cli("cache", "list", "--json").stdout.splitlines()
    schema_of("cache").validate(json.loads(line))


def test_a_quotations_confidence_and_written_words_probability_are_different_keys(objects, ferry):
    (quoted,) = objects("ask", ferry, "Who built the ferry?", "--min-confidence", 0)
    (written,) = objects("ask", ferry, "Who paints the ferry?", *RECALL, code=None)
    assert "confidence" in quoted and "probability" not in quoted
    assert "probability" in written and "confidence" not in written
    for result in (quoted, written):
        both = {**result, "confidence": 0.5, "probability": 0.5}
        with pytest.raises(ValidationError):
            schema_of("ask").validate(both)
        with pytest.raises(ValidationError):
            schema_of("ask").validate({**result, "another": 1})
