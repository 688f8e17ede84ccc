import pytest

from dsacli.extraction.fields import Field
from dsacli.extraction.labels import beside_label, label_at, labels_in

ORDER = """Service order

Hourly rate ........ £42.50
Call-out fee - £60
**Discount:** none
Deposit:
  £300
Late fee (per day): £5
Contact: Ewan Pridd. Delivery time: 6 weeks. Rebate: 4 %.
The budget is £900 and no more.

| Item | Price |
|---|---|
| Lamp | £45 |
"""


def beside(name, kind="money"):
    labels, whole = beside_label(ORDER, Field(name, kind))
    return [ORDER[label.start : label.end].strip(" \n|") for label in labels], whole


@pytest.mark.parametrize(
    ("name", "found", "whole"),
    [
        ("hourly rate", ["£42.50"], True),
        ("call-out fees", ["£60"], True),
        ("discount", ["none"], True),
        ("deposit", ["£300"], True),
        ("amount of the deposit", ["£300"], False),
        ("late fee", ["£5"], False),
        ("late fee per day", ["£5"], True),
        ("delivery time", ["6 weeks."], True),
        ("lamp", ["£45"], False),
        ("budget", [], False),
        ("fee", [], False),
    ],
)
def test_what_stands_beside_a_label_that_says_the_name(name, found, whole):
    assert beside(name) == (found, whole)


def test_words_that_repeat_the_type_need_not_stand_in_the_label():
    labels, whole = beside_label("Due: 11 April 2024", Field("due date", "date"))
    assert (len(labels), whole) == (1, False)


def test_a_place_stands_beside_its_own_label_or_none():
    assert sorted(label_at(ORDER, ORDER.index("£60")).words) == ["call", "fee", "out"]
    assert label_at(ORDER, ORDER.index("£900")) is None


@pytest.mark.parametrize("unit", ["a", "a ", "a: ", "a | ", "a\t", "a. ", ": ", "  ", "\n", ". . ", " - ", "a.b:\n"])
def test_labels_take_linear_time(unit):
    assert len(labels_in((unit * 100_000)[:100_000])) <= 100_000
