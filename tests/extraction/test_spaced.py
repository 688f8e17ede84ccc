"""Figures whose thousands are parted by plain spaces, and rows of figures that are not."""

import pytest

from dsacli.extraction.values import find_values


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("The population of Oulu is 214 633 people", [214633]),
        ("The population of Oulu is 214 633.", [214633]),
        ("The city (214 633) is large", [214633]),
        ("Population: 214 633\nArea: 3 817 km²", [214633, 3817]),
        ("from 12 500 to 14 000 seats", [12500, 14000]),
        ("a 1 200-seat hall", [1200]),
        ("1 250,5 metres of pipe", [1250.5]),
        ("fell by -5 000 units", [-5000]),
        ("1 250 million", [1250000000]),
        ("EUR 1 250 000", [1250000]),
        ("| Oulu | 214 633 | 12 |", [214633, 12]),
        ("Oulu  214 633  209 551", [214633, 209551]),
        ("Change: (1 050)", [-1050]),
        # columns, numbers of pages, parts of codes
        ("Revenue 120 135", [120, 135]),
        ("Revenue 120 135\nCosts 100 110", [120, 135, 100, 110]),
        ("120 135 150", [120, 135, 150]),
        ("Seats 12 135 150 17", [12, 135, 150, 17]),
        ("page 12 200 people", [12, 200]),
        ("10:30 200 people", [200]),
        ("1 200/5", []),
    ],
)
def test_numbers_with_spaces(text, numbers):
    found = find_values(text, "number")
    assert [value.normalised for value in found] == numbers
    assert not any(value.readings for value in found)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("Staff 12 135", (12135, 12)),
        ("Oulu 214 633 Finns", (214633, 214)),
        ("scores of 120 135 and 150", (120135, 120)),
    ],
)
def test_what_may_be_columns_has_both_readings(text, readings):
    assert find_values(text, "number")[0].readings == readings


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("Growth: 1 250 %", "percent", [1250]),
        ("Margin 12 135 %", "percent", []),
        ("after 1 250 hours", "duration", ["PT1250H"]),
        ("Run 12 135 Hours", "duration", []),
        ("Pris: 1 200:- kr", "money", [{"amount": 1200, "currency": None}]),
        ("42 500 SEK", "money", [{"amount": 42500, "currency": "SEK"}]),
        ("a grant of 42 500 Swiss francs", "money", [{"amount": 42500, "currency": "CHF"}]),
        ("Fee 12 500 Swiss Francs", "money", [{"amount": 12500, "currency": "CHF"}]),
        ("$ 1 234 thousand", "money", [{"amount": 1234000, "currency": "USD"}]),
        ("$ 120 135 150", "money", [{"amount": 120, "currency": "USD"}]),
    ],
)
def test_values_with_spaces(text, kind, expected):
    assert [value.normalised for value in find_values(text, kind)] == expected
