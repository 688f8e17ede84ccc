"""Made registers, grids and headed facts: the answer stands where it says, and nowhere where there is none."""

import re

import numpy as np
import pytest

from dsacli.training import lists
from dsacli.training.facts import SLOT
from dsacli.training.groups import form_group
from dsacli.training.lists import GRID_COLUMNS, ROWS, YEARLY, make_grid, make_headed, make_list, make_register

SEEDS = range(150)


@pytest.fixture
def asked(monkeypatch):
    """The piece of text that each form asks for, as it is made: (text, question, characters of the answer)."""
    seen, real = [], lists._form
    monkeypatch.setattr(
        lists, "_form", lambda pieces, asked, *rest: (seen.append(asked), real(pieces, asked, *rest))[1]
    )
    return seen


@pytest.mark.parametrize("make", [make_register, make_grid, make_headed, make_list])
def test_the_answer_stands_where_it_says_and_about_one_in_seven_has_none(make):
    forms = [make(np.random.default_rng(seed)) for seed in SEEDS]
    assert 0.05 < np.mean([form.answer is None for form in forms]) < 0.27
    for form in forms:
        assert form.text and "{" not in form.text + form.question and form.question.endswith("?")
        if form.answer:
            low, high = form.answer
            assert 0 <= low < high <= len(form.text) and form.text[low:high].strip() == form.text[low:high]
        if form.headings:
            assert len(form.headings) == 1 + len(form.others)


def test_a_row_of_a_register_is_asked_for_by_what_only_it_holds(asked):
    for seed in SEEDS:
        form = make_register(np.random.default_rng(seed))
        text, question, (low, high) = asked[-1]
        assert form.question == question
        if form.answer:
            assert form.text[slice(*form.answer)] == text[low:high] and text in form.text
            start = form.answer[0] - low
            assert form.text[start : start + len(text)] == text


def test_a_row_that_is_not_there_is_in_no_other_run_either(asked):
    absent = 0
    for seed in SEEDS:
        form = make_register(np.random.default_rng(seed))
        if form.answer is None:
            absent += 1
            assert not any(asked[-1][0] in text for text in (form.text, *form.others))
    assert absent > 10


def grid(text: str) -> tuple[str, list[list[str]]]:
    """The line above a grid, and its rows of cells, whatever stands between them."""
    lines = [line.removeprefix("| ").removesuffix(" |") for line in text.split("\n") if not line.startswith("|-")]
    bar = next(bar for bar in ("\t", " | ", ", ") if bar in lines[-1])
    title = "" if bar in lines[0] else lines.pop(0)
    return title, [line.split(bar) for line in lines]


def questions_of(title: str, column: str) -> list[str]:
    """What a cell of a column is asked for with."""
    asked = [question for name, _, questions in GRID_COLUMNS for question in questions if name == column]
    name, _, year = f"{title} {column}".strip().rpartition(" ")
    return asked + [q.replace("{year}", year) for known, _, questions in YEARLY for q in questions if known == name]


def test_a_cell_is_that_of_its_row_and_column():
    checked = yearly = 0
    for seed in range(300):
        form = make_grid(np.random.default_rng(seed))
        title, (head, *rows) = grid(form.text)
        if any(len(row) != len(head) for row in rows):  # a value with a comma, in a grid of commas
            continue
        assert len({row[0] for row in rows}) == len(rows) and len(set(head)) == len(head)
        asked = [
            (row, number)
            for row in rows
            for number, column in enumerate(head)
            if number and form.question in [q.format(key=row[0]) for q in questions_of(title, column)]
        ]
        if form.answer is None:
            assert not asked
            continue
        ((row, number),) = asked
        assert form.text[slice(*form.answer)] == row[number]
        line = form.text[: form.answer[0]].count("\n")
        assert form.text.split("\n")[line].removeprefix("| ").startswith(row[0])
        checked += 1
        yearly += head[number][-4:].isdigit()
    assert checked > 100 and yearly > 30


def test_the_fact_that_is_asked_for_stands_under_its_heading(asked):
    apart = above = 0
    for seed in SEEDS:
        form = make_headed(np.random.default_rng(seed))
        text, _, (low, high) = asked[-1]
        if form.answer is None:
            assert not any(text in each for each in (form.text, *form.others))
            continue
        start = form.answer[0] - low
        assert form.text[start : start + len(text)] == text and form.answer[1] - form.answer[0] == high - low
        if form.headings:
            apart += 1
            heading = form.headings[0].split(" > ")[-1]
            assert heading in form.question and not any(
                heading == other.split(" > ")[-1] for other in form.headings[1:]
            )
        else:
            above += 1
            lines = form.text[: form.answer[0]].split("\n")
            assert any(line in form.question for line in lines if line)
    assert apart > 20 and above > 20


def test_a_form_becomes_runs_with_the_answers_tokens(tokenizer):
    for seed in range(40):
        rng = np.random.default_rng(seed)
        form = make_list(rng)
        group = form_group(tokenizer, form, rng)
        assert len(group.runs) == 1 + len(form.others)
        if group.answer:
            first, last = group.answer
            found = tokenizer.decode(group.runs[0][first : last + 1].tolist())
            plain = re.sub(r"[^a-z0-9]", "", form.text[slice(*form.answer)].lower())
            assert plain in re.sub(r"[^a-z0-9]", "", found) or len(plain) != len(form.text[slice(*form.answer)])


def test_rows_ask_for_what_their_wordings_hold():
    for kind in ROWS:
        slots = {slot for wording in kind.wordings for slot in SLOT.findall(wording)}
        for wanted, question in kind.queries:
            assert {*wanted.split("|"), *SLOT.findall(question)} <= slots
