"""Summaries in a model's own words: their length, their places, and a document that is longer than the model reads at once."""

import json

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from dsacli.cli import app
from dsacli.documents import parse
from dsacli.engines.context import Context
from dsacli.engines.generative import conversation as generative
from dsacli.engines.generative.conversation import Conversation, Generated
from dsacli.engines.generative.sentences import Sentences
from dsacli.engines.generative.summarize import Length, noted, passed_on, sentence_in, sentence_of, tokens_for, write
from dsacli.engines.options import Options
from dsacli.engines.tokenise import tokenise_document
from dsacli.models.generate import Sampling
from dsacli.models.io.model import open_decoder
from tests.engines.generative.conftest import TEXT, small_tokenizer

BUDGET = ("--budget", 500)


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def talk(folder):
    model = open_decoder(folder, "dsacli.models.deepseek_v32", "cpu", torch.float32)
    return Conversation(
        model, Context([tokenise_document(parse("a.txt", TEXT.encode()), model.tokenizer)]), Sampling(400)
    )


@pytest.fixture
def says(monkeypatch):
    """Has whatever model write a text, from its beginning for each question."""

    def speak(*texts):
        left, tokenizer = [], small_tokenizer()
        query, texts = Conversation.query, list(texts)

        def asked(self, *given):
            left[:] = tokenizer.encode(texts.pop(0) if len(texts) > 1 else texts[0]).ids
            return query(self, *given)

        def generate(network, logits, cache, sampling, *given):
            for _ in range(min(len(left), sampling.max_new_tokens)):
                yield left.pop(0), -0.1

        monkeypatch.setattr(Conversation, "query", asked)
        monkeypatch.setattr(generative, "generate", generate)

    return speak


def texts_of(draft):
    return [written.text for written in draft.sentences]


@pytest.mark.parametrize(
    ("text", "length", "kept"),
    [
        ("The ferry sails. It costs four pounds. Nobody knows why.", Length(2, None), 2),
        ("The ferry sails. It costs four pounds. Nobody knows why.", Length(None, 8), 2),
        ("The very first one is longer than it should be. Another.", Length(None, 3), 1),
        ("The ferry sails today. It costs four pounds. Nobody", Length(6, None), 3),
        ("Here is a summary:\n\n1. The **ferry** sails.\n2. It costs four pounds.\n", Length(6, None), 2),
        ("The ferry sails to Leith today. The ferry sails to Leith today. It costs four pounds.", Length(6, None), 1),
    ],
    ids=["sentences", "words", "at least one", "the model's own end", "a list", "in circles"],
)
def test_it_writes_whole_sentences_as_far_as_the_length_goes(talk, says, text, length, kept):
    says(text)
    found = texts_of(write(talk, "Summarize.", length))
    assert len(found) == kept and not any(each.startswith(("1.", "Here")) or "*" in each for each in found)


def test_a_sentence_that_the_limit_breaks_off_is_none(talk, says):
    says("The ferry sails today. It costs four pounds for a grown person and two for a child.")
    assert texts_of(write(talk, "Summarize.", Length(6, None), limit=20)) == ["The ferry sails today."]


def test_lengths():
    assert Length(10, None).of_each(2) == Length(5, None) and Length(6, None).of_each(8) == Length(3, None)
    assert Length(None, 400).of_each(4) == Length(None, 100) and Length(None, 50).of_each(8) == Length(None, 60)
    assert tokens_for(Options(), 8000) == 256 < tokens_for(Options(words=500), 8000) <= 1000
    assert tokens_for(Options(words=10**6), 8000) == 8000


def test_a_longer_document_is_read_whole_part_by_part(folder, document, monkeypatch):
    prefill, passes = Conversation.prefill_document, []
    monkeypatch.setattr(Conversation, "prefill_document", lambda *given: passes.append(prefill(*given)) or passes[-1])
    tokens = json.loads(run("inspect", document, "--model", folder, "--json").stdout)["documents"][0]["tokens"]
    result = run("summarize", document, "--model", folder, "--json", "--sentences", 1, "--max-tokens", 40, *BUDGET)
    found = json.loads(result.stdout)
    assert result.exit_code == 0 and "more than a model reads" not in result.stderr
    (sentence,) = found["parts"][0]["sentences"]
    (evidence,) = sentence["evidence"]
    assert evidence["document"] == str(document) and TEXT[evidence["start"] : evidence["end"]] == evidence["quote"]
    # The parts, and behind them their summaries.
    *parts, notes = passes
    assert len(parts) == -(-tokens // 500) and sum(each.tokens for each in parts) == tokens
    paid = found["savings"]["document_pass"]
    assert paid["tokens"] == tokens + notes.tokens and paid["flops"] == sum(each.flops for each in passes)
    assert found["savings"]["context_tokens"] < tokens


def test_a_very_long_document_is_read_where_it_matters_and_that_is_said(folder, tmp_path):
    path = tmp_path / "long.txt"
    path.write_text("\n".join(f"{TEXT}\nChapter {n} is about ferry {n}." for n in range(4)), encoding="utf-8")
    options = ("--json", "--max-tokens", 20, "--sentences", 2, "--budget", 256)
    result = run("summarize", path, "--model", folder, *options)
    assert result.exit_code == 0, result.stderr
    assert "more than a model reads in 8 parts" in result.stderr
    assert 1500 < json.loads(result.stdout)["savings"]["document_pass"]["tokens"] < 8 * 256 + 200


def test_a_focus_is_read_at_once(folder, document, monkeypatch):
    prefill, calls = Conversation.prefill_document, []
    monkeypatch.setattr(Conversation, "prefill_document", lambda *given: calls.append(1) or prefill(*given))
    focus = ("--focus", "the ferry number 70", "--max-tokens", 20)
    assert run("summarize", document, "--model", folder, *focus, *BUDGET).exit_code == 0 and len(calls) == 1


def test_few_notes_are_the_summary(folder, document, says):
    """Three sentences of each part are no more than were asked for."""
    says("The ferry number 7 sails. It costs £4. Nobody knows why.")
    found = json.loads(run("summarize", document, "--model", folder, "--json", "--sentences", 30, *BUDGET).stdout)
    assert found["summary"].count("sails") > 1


def test_each_merged_sentence_has_the_place_in_the_document(folder, document, says):
    says(
        "The ferry number 7 sails.",
        "A ferry number 280 sails.",
        "The ferry 140 costs £23.",
    )
    result = run("summarize", document, "--model", folder, "--json", "--sentences", 1, "--budget", 600)
    (sentence,) = json.loads(result.stdout)["parts"][0]["sentences"]
    assert sentence["text"].startswith("The ferry 140") and sentence["borne_out"]
    # Which of those that hold some of its words depends on where random weights attend.
    assert "23" in sentence["evidence"][0]["quote"] or "ferry number 140 " in sentence["evidence"][0]["quote"]


def test_attention_to_notes_is_passed_on_to_what_they_are_about(talk):
    size = len(talk.context)
    notes = [
        Generated(text, [], np.eye(1, size, place, dtype=np.float32)[0] * 3)
        for text, place in (("One.", 40), ("It is two.", 90))
    ]
    context = noted(talk, notes)
    assert len(context.sentence_edges) == 3
    mass = np.zeros(len(context), np.float32)
    mass[-1] = 0.5
    passed = passed_on(context, Generated("Both.", [], mass), notes).attention_mass
    assert passed.argmax() == 90 and passed[90] == pytest.approx(0.5) and passed[40] == 0


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("where", ["generate", "prefill"])
def test_ctrl_c_leaves_what_was_written_of_the_parts(folder, document, monkeypatch, says, where, count):
    says("The ferry number 7 sails. It costs £4 today.")
    work, calls = {"generate": (generative, "generate"), "prefill": (Conversation, "prefill_document")}[where], []
    before = getattr(*work)

    def stopped(*given):
        calls.append(1)
        if len(calls) > count:
            raise KeyboardInterrupt
        return before(*given)

    monkeypatch.setattr(*work, stopped)
    result = run("summarize", document, "--model", folder, "--json", "--sentences", 1, *BUDGET)
    assert result.exit_code == 130 and "interrupted" in result.stderr
    assert json.loads(result.stdout)["summary"].startswith("The ferry number 7 sails.")


def test_ctrl_c_before_anything_was_written_leaves_nothing(folder, document, monkeypatch):
    def stopped(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(Conversation, "prefill_document", stopped)
    result = run("summarize", document, "--model", folder, "--json", *BUDGET)
    assert result.exit_code == 130 and not result.stdout


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("The ferry costs £43.", True),
        ("The ferry costs £4,300.", False),
        ("Two ferries leave at one o'clock.", True),
        ("It carries 2 boats.", True),
        ("It carries two boats.", True),
    ],
)
def test_a_figure_that_stands_nowhere_is_not_borne_out(talk, text, stands):
    written = Generated(text, [-0.1], np.full(len(talk.context), 0.1, np.float32))
    assert sentence_of(talk.sentences, written).borne_out is stands


def test_small_numbers_may_stand_in_words():
    text = "There are two boats and eleven sailors."
    own = Sentences(Context([tokenise_document(parse("a.txt", text.encode()), small_tokenizer())]))
    assert own.hold_figures("2 boats, 11 sailors") and not own.hold_figures("3 boats")


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("- The ferry sails.", "The ferry sails."),
        (" 2. **Price**: it\ncosts 4.", "Price: it costs 4."),
        ("## Summary:", ""),
        ("1974 was a good year.", "1974 was a good year."),
        ("3.5 per cent sailed.", "3.5 per cent sailed."),
    ],
)
def test_what_marks_a_line_is_no_part_of_its_sentence(written, line):
    assert sentence_in(written) == line
