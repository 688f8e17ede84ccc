"""How answers of every form look, on a terminal of 80 and of 120 columns and in a pipe."""

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from dsacli.engines.results import Answer, AskResult, SummarizeResult, SummaryPart, SummarySentence
from dsacli.output import text as render
from tests.output.test_text import SAVINGS, evidence

CLAUSE = (
    "2.1 The Tenant shall not assign this Lease without the written consent of the Owner. "
    + "Consent may be refused. " * 8
)


def item(name: str, quote: str) -> Answer:
    return Answer(name, 0.4, (evidence(quote, name),))


def listed() -> AskResult:
    quote = "made between Low Quays Inc. and Hind Cranes LLC."
    items = (item("Low Quays Inc.", quote), item("Hind Cranes LLC", quote))
    answer = Answer("Low Quays Inc.; Hind Cranes LLC", 0.8, tuple(each.evidence[0] for each in items), items)
    return AskResult("Who are the parties?", (answer,), "confidence", SAVINGS, want="list")


def clause() -> AskResult:
    place = evidence(CLAUSE, "shall not assign this Lease without the written consent")
    return AskResult("Can it be assigned?", (Answer(CLAUSE, 0.7, (place,)),), "confidence", SAVINGS, want="clause")


def shown(result: AskResult, width: int, terminal: bool = True) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=width, highlight=False, soft_wrap=not terminal)
    render.as_text(result, console)
    return console.file.getvalue()


def plain(result: AskResult, width: int, terminal: bool = True) -> list[str]:
    return re.sub(r"\x1b\[[0-9;]*m", "", shown(result, width, terminal)).splitlines()


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("make", [listed, clause])
def test_nothing_is_wider_than_the_terminal(make, width):
    assert max(map(len, plain(make(), width))) <= width


def test_a_list_is_a_list_and_its_quotation_is_shown_once():
    lines = plain(listed(), 80)
    assert lines[1:3] == ["  • Low Quays Inc.  (page 3)", "  • Hind Cranes LLC  (page 3)"]
    assert "80%" in lines[3] and sum("made between" in line for line in lines) == 1


def test_an_item_that_stands_nowhere_is_shown_with_doubt():
    (answer,) = listed().answers
    items = (replace(answer.items[0], borne_out=True), Answer("Tall Cranes LLC", 0.4, (), borne_out=False))
    doubted = replace(answer, items=items, evidence=items[0].evidence, borne_out=False)
    lines = plain(replace(listed(), answers=(doubted,)), 80)
    assert lines[1:3] == ["  • Low Quays Inc.  (page 3)", "  • Tall Cranes LLC  not borne out by what it cites"]
    nowhere = replace(doubted, items=items[1:] * 2, evidence=())
    assert len(plain(replace(listed(), answers=(nowhere,)), 80)) >= 3


def test_a_clause_has_its_deciding_words_in_bold_and_its_place_at_the_end():
    seen = shown(clause(), 80)
    assert re.search(r"\x1b\[1;4m[^\x1b]*shall not assign", seen)
    lines = plain(clause(), 80)
    assert lines[-2].endswith("70%") and "page 3" in " ".join(lines[-3:])


def test_in_a_pipe_a_clause_is_one_line_without_styles():
    lines = plain(clause(), 80, terminal=False)
    assert len(lines) == 3 and "\x1b" not in shown(clause(), 80, terminal=False)
    assert lines[1].startswith("  “2.1 The Tenant") and "page 3" in lines[1]


def test_what_was_replaced_is_said():
    later = Answer("980 pounds", 0.6, (evidence("the rent is 980 pounds a month.", "980 pounds"),))
    earlier = Answer("900 pounds", 0.6, (evidence("The rent is 900 pounds a month.", "900 pounds", page=1),))
    result = AskResult("The rent?", (replace(later, replaces=earlier),), "confidence", SAVINGS, want="span")
    assert any("replaces 900 pounds  (page 1)" in line for line in plain(result, 80))


def test_candidates_come_after_not_found_and_are_marked():
    near = Answer("900 pounds", 0.2, (evidence("The deposit is 900 pounds for each quay.", "900 pounds"),))
    result = AskResult("The rent?", (), "confidence", SAVINGS, want="span", candidates=(near,))
    lines = plain(result, 80)
    assert lines[1:3] == ["  not found", "  nearest, but uncertain:"] and "900 pounds  20%" in lines[3]


def test_a_summary_has_no_probability():
    places = (
        evidence("The basin lost its depth.", "The basin lost its depth."),
        evidence("It silts.", "It silts.", page=4),
    )
    result = AskResult("About?", (Answer("a b", None, places),), "confidence", SAVINGS, want="document")
    lines = plain(result, 80)
    assert "page 3" in lines[1] and "page 4" in lines[2] and not any("%" in line for line in lines)


def test_a_sentence_of_a_summary_that_is_not_borne_out_says_so():
    place = evidence("It silts.", "It silts.")
    sentences = tuple(SummarySentence(f"It silts by {n}.", 0.9, place, stands) for n, stands in ((3, True), (4, False)))
    result = SummarizeResult("a.txt", None, (SummaryPart(None, sentences),), "probability", SAVINGS)
    console = Console(file=io.StringIO(), width=120, highlight=False, soft_wrap=True)
    render.as_text(result, console)
    lines = console.file.getvalue().splitlines()
    assert "not borne out by what it cites" in lines[2] and "borne" not in lines[1]
