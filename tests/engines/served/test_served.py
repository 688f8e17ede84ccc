"""A served model by the real command line, over a real connection."""

import json
from pathlib import Path

import pytest

from dsacli.engines.served import client
from tests.openai_server import Manners, serving

SAMPLES = Path(__file__).resolve().parents[3] / "sample_docs"
AGREEMENT = SAMPLES / "services-agreement.md"
LAW = "Which law governs this agreement?"


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """A server that does not answer is waited for no longer than a test can."""
    monkeypatch.setattr(client, "WAITS", (0.01, 0.01, 0.01))
    monkeypatch.setattr(client, "FIRST", 5.0)
    monkeypatch.setattr(client, "NEXT", 5.0)


def test_an_answer_is_looked_for_in_what_was_sent(cli, objects):
    manners = Manners(lambda prompt: "The law of England and Wales")
    with serving(manners) as address:
        (result,) = objects("ask", AGREEMENT, LAW, "--model", address)
        shown = cli("ask", AGREEMENT, LAW, "--model", address)
    (answer,) = result["answers"]
    assert (answer["answer"], answer["borne_out"], answer["evidence"][0]["line"]) == (
        "The law of England and Wales",
        True,
        213,
    )
    assert answer["probability"] == pytest.approx(0.905, abs=1e-3)
    assert result["savings"]["served"] == address and result["savings"]["flops"] is None
    (message,) = manners.asked[0]["messages"]
    assert "Zoutkade 52" in message["content"] and message["content"].endswith(LAW)
    assert address in shown.stderr and "over the network" in shown.stderr


def test_what_the_documents_do_not_say_is_doubted(objects):
    with serving(Manners(lambda prompt: "Captain Nemo")) as address:
        (result,) = objects("ask", AGREEMENT, "Who is the captain of the submarine?", "--model", address)
    assert result["answers"][0]["answer"] == "Captain Nemo" and result["answers"][0]["borne_out"] is False


@pytest.mark.parametrize("written", ["The law of Norway", "Not found.", "The document does not specify the law."])
def test_where_the_reader_is_sure_it_answers_what_the_model_does_not(cli, written):
    with serving(Manners(lambda prompt: written)) as address:
        found = cli("ask", AGREEMENT, LAW, "--model", address, "--json")
    (answer,) = json.loads(found.stdout)["answers"]
    assert "England and Wales" in answer["answer"] and answer["evidence"][0]["line"] == 213
    assert answer["borne_out"] is None and answer["confidence"] >= 0.5 and "probability" not in answer
    assert found.stderr.count("quoted by the built-in reader") == 1


def test_of_a_long_document_what_the_question_needs_is_sent(objects):
    manners = Manners(lambda prompt: "19 November 2024" if "19 November 2024" in prompt else "not found")
    manners.models[0]["max_model_len"] = 2048
    question = "When did the Carrow Narrows array begin to deliver electricity?"
    with serving(manners) as address:
        (result,) = objects("ask", SAMPLES / "annual-report.pdf", question, "--model", address)
    assert result["answers"][0]["evidence"][0]["page"] == 5 and result["answers"][0]["borne_out"]
    assert len(manners.asked[0]["messages"][0]["content"]) < 2048 * 5


def test_of_a_library_the_documents_that_the_question_is_about_are_sent(objects, tmp_path, monkeypatch):
    monkeypatch.setenv("DSACLI_LIBRARIES", str(tmp_path))
    objects("index", AGREEMENT, SAMPLES / "board-meeting.txt", SAMPLES / "annual-report.pdf", "--name", "samples")
    manners = Manners(lambda prompt: "England and Wales" if "England and Wales" in prompt else "not found")
    with serving(manners) as address:
        (result,) = objects("ask", "--index", "samples", LAW, "--model", address)
    (answer,) = result["answers"]
    assert answer["borne_out"] and answer["evidence"][0]["line"] == 213
    assert answer["evidence"][0]["document"].endswith("services-agreement.md")


def test_summaries_and_values(objects):
    def answer(prompt):
        if "JSON" in prompt:
            return 'Here: {"governing law": "England and Wales", "advance": "£48,000", "moon": "cheese", "fine": null}'
        return "- The Supplier digitises records. \n- The agreement is governed by the law of England and Wales. "

    with serving(Manners(answer)) as address:
        (summary,) = objects("summarize", AGREEMENT, "--sentences", 2, "--model", address)
        fields = [
            part for name in ("governing law", "advance:money", "moon", "fine:money") for part in ("--field", name)
        ]
        (facts,) = objects("extract", AGREEMENT, *fields, "--model", address)
    sentences = [each["text"] for part in summary["parts"] for each in part["sentences"]]
    assert sentences == [
        "The Supplier digitises records.",
        "The agreement is governed by the law of England and Wales.",
    ]
    assert facts["values"] == {
        "governing law": "England and Wales",
        "advance": {"amount": 48000, "currency": "GBP"},
        "moon": None,
        "fine": None,
    }


@pytest.mark.parametrize(
    "manners", [Manners(logprobs=False), Manners(refuses_logprobs=True)], ids=["silent", "refusing"]
)
def test_a_server_without_probabilities_has_none_shown(cli, objects, manners):
    manners.answer = lambda prompt: "England and Wales"
    with serving(manners) as address:
        (result,) = objects("ask", AGREEMENT, LAW, "--model", address)
        shown = cli("ask", AGREEMENT, LAW, "--model", address, "--quiet").stdout
    assert result["answers"][0]["probability"] is None and result["answers"][0]["borne_out"]
    assert "\n  England and Wales\n" in shown


def test_a_busy_server_is_asked_again(objects):
    with serving(Manners(lambda prompt: "England and Wales", statuses=[503, 429])) as address:
        (result,) = objects("ask", AGREEMENT, LAW, "--model", address)
    assert result["found"]


def test_a_server_that_stops_in_mid_answer_loses_nothing(cli):
    with serving(Manners(lambda prompt: "The law of England and Wales", breaks_after=4)) as address:
        result = cli("ask", AGREEMENT, LAW, "--model", address, "--quiet", code=1)
    assert "The law of England" in result.stdout
    assert len(result.stderr.splitlines()) == 1 and "in mid-answer; what was written before is shown" in result.stderr


@pytest.mark.parametrize(
    ("manners", "says"),
    [
        (Manners(statuses=[401]), "401"),
        (Manners(statuses=[500] * 4), "try again"),
        (Manners(garbage=b"<html>"), "mid-answer"),
        (Manners(garbage=b"data: [1]\n\n"), "does not answer as OpenAI"),
        (Manners(garbage=b"data: " + b"x" * (1 << 21)), "too long"),
        (Manners(models=[]), "has the models none"),
        (Manners(models=[{"id": "a"}, {"id": "b"}]), "a, b; say which"),
    ],
    ids=["refused", "broken", "html", "list", "endless", "none", "several"],
)
def test_a_server_that_fails_is_one_line(cli, manners, says, monkeypatch):
    monkeypatch.setenv("DSACLI_API_KEY", "secret-key")
    with serving(manners) as address:
        result = cli("ask", AGREEMENT, LAW, "--model", address, "--quiet", code=1)
    lines = [line for line in result.stderr.splitlines() if "does not say how many" not in line]
    assert len(lines) == 1 and says in lines[0] and "secret" not in result.output and "\x1b" not in result.output
    assert manners.keys == ["Bearer secret-key"]


def test_one_of_several_models_is_chosen_by_name(objects):
    manners = Manners(
        lambda prompt: "England and Wales", models=[{"id": "a"}, {"id": "b", "meta": {"n_ctx_train": 9000}}]
    )
    with serving(manners) as address:
        objects("ask", AGREEMENT, LAW, "--model", f"{address}#b")
    assert manners.asked[0]["model"] == "b"


def test_nobody_there_and_wrong_addresses_are_one_line(cli):
    with serving(Manners()) as address:
        pass
    for name, code in ((address, 1), ("http://", 2), ("http://x:y/v1", 2), ("http://me:secret@localhost/v1", 2)):
        result = cli("ask", AGREEMENT, LAW, "--model", name, "--quiet", code=code)
        assert len(result.stderr.splitlines()) == 1 and "secret" not in result.stderr


def test_savings_follow_from_the_configuration_that_is_given(cli, objects, tmp_path):
    (config,) = [Path(__file__).resolve().parents[2] / "recall_model" / "config.json"]
    with serving(Manners(lambda prompt: "England and Wales")) as address:
        (result,) = objects("ask", AGREEMENT, LAW, "--model", address, "--model-config", config)
        shown = cli("ask", AGREEMENT, LAW, "--model", address, "--model-config", config).stderr
        assert result["savings"]["flops"]["dense"] > result["savings"]["flops"]["dsa"] > 0
        assert "computed from the model's configuration, not measured" in shown
        (tmp_path / "config.json").write_text(json.dumps({"model_type": "llama"}))
        assert (
            cli(
                "ask", AGREEMENT, LAW, "--model", address, "--model-config", tmp_path / "config.json", code=1
            ).stderr.count("\n")
            == 1
        )
    assert "served model" in cli("ask", AGREEMENT, LAW, "--model-config", config, code=2).stderr


def test_options_that_a_server_does_not_take_are_refused_by_name(cli):
    result = cli("ask", AGREEMENT, LAW, "--model", "http://localhost:1/v1", "--top-k", 64, "--answers", 2, code=2)
    assert "--answers, --top-k are not for a served model" in result.stderr


def test_what_a_model_thinks_is_no_answer(objects):
    with serving(Manners(lambda prompt: "<think> The law of Norway? No. </think> England and Wales")) as address:
        (result,) = objects("ask", AGREEMENT, LAW, "--model", address)
    assert result["answers"][0]["answer"] == "England and Wales"
