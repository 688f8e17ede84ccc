"""A conversation through a pipe: what a person would type, and what stands on stdout."""

import json
import os
import stat
import subprocess
import sys

import pytest

from dsacli.engines.follow_up import standing_alone
from dsacli.prompt import history

TALK = """The bridge at Ansty was designed by Mara Quill. Mara Quill was born in Truro in 1861.

The bridge at Ansty was opened on 9 June 1931. The bridge at Dunmore was opened on 2 May 1934.
"""


@pytest.fixture
def bridges(tmp_path):
    path = tmp_path / "bridges.txt"
    path.write_text(TALK)
    return path


def test_questions_follow_each_other_and_hang_together(cli, bridges):
    typed = "Who designed the bridge at Ansty?\nAnd where was she born?\nWhen was the bridge at Ansty opened?\nAnd at Dunmore?\n"
    shown = cli("chat", bridges, "--quiet", "--json", input=typed).stdout
    answers = [json.loads(line) for line in shown.splitlines()]
    assert [answers[n]["question"] for n in (1, 3)] == [
        "Where was Mara Quill born?",
        "When was the bridge at Dunmore opened?",
    ]
    assert "Mara Quill" in answers[0]["answer"] and "Truro" in answers[1]["answer"]
    assert "9 June 1931" in answers[2]["answer"] and "2 May 1934" in answers[3]["answer"]


def test_commands_and_what_they_cannot_do(cli, bridges):
    result = cli(
        "chat",
        bridges,
        "--quiet",
        input="/help\n/summary 1\n/extract\n/sumary\n/quit now\n/summary none\n/page 1\n"
        f"/page {'9' * 5000}\n/summary {'9' * 5000}\n\n/quit\nWho?\n",
    )
    assert result.stderr.splitlines()[0].startswith("Ask a question")
    assert [line for line in result.stderr.splitlines() if line.startswith("dsacli: ")] == [
        "dsacli: /extract: name a field, as in /extract price:money, start:date",
        "dsacli: /sumary: no such command; /help lists them",
        "dsacli: /quit now: no such command; /help lists them",
        "dsacli: /summary none: give a number of sentences",
        "dsacli: there is no page 1",
        f"dsacli: /page {'9' * 40}: give the number of a page",
        f"dsacli: /summary {'9' * 40}: give a number of sentences",
    ]
    assert result.stdout.count("•") == 1 and "Who?" not in result.stdout


def test_a_line_says_what_each_cost(cli, bridges):
    summary, asked = cli("chat", bridges, input="/summary 1\nWho designed the bridge at Ansty?\n").stderr.splitlines()[
        -2:
    ]
    assert summary.startswith("0 FLOP, dense ") and "selected" not in summary
    assert "FLOP, dense " in asked and "× · " in asked and "tokens selected" in asked


def test_a_page_is_shown_and_a_field_extracted(cli, pdf):
    result = cli("chat", pdf, "--quiet", input="/page 2\n/extract designer of the breakwater\n")
    assert "The new breakwater was designed by Ingrid Solheim." in result.stdout
    assert "designer of the breakwater\tIngrid Solheim" in result.stdout


def test_stdin_cannot_be_the_document_too(cli):
    assert "name the document" in cli("chat", "-", code=2).stderr


@pytest.mark.parametrize(
    ("question", "earlier", "answer", "asked"),
    [
        ("And the rent?", "How much is the deposit?", "100", "How much is the rent?"),
        ("What is her email?", "Who is the contact?", "Mia Wolf", "What is Mia Wolf's email?"),
        ("And in Leeds?", "How many people work there?", "40", "How many people work there in Leeds?"),
        ("And 2024?", "What were the sales in 2023?", "4", "What were the sales in 2024?"),
        ("How much does it cost?", "What is the weight of the kiln?", "840 kg", "How much does the kiln cost?"),
        ("Who signed?", "Who is the director?", "Renée Castell", "Who signed?"),
        ("How old is he?", "Where is it?", None, "How old is he?"),
    ],
)
def test_a_question_takes_what_it_lacks_from_the_one_before(question, earlier, answer, asked):
    assert standing_alone(question, earlier, answer) == asked


@pytest.mark.skipif(os.name == "nt", reason="no readline")
def test_what_was_typed_is_kept_for_the_user_alone(tmp_path):
    file = tmp_path / "state" / "history"
    code = f"""import readline, pathlib
from dsacli.prompt import history
with history(pathlib.Path({str(file)!r}), ()):
    readline.add_history("Who came?")
"""
    subprocess.run([sys.executable, "-c", code], check=True)
    assert "Who came?" in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with history(tmp_path / "state" / "history" / "below", ()):  # a place that cannot be written
        pass
