"""Numbers with a power of ten, a part in words, a minus in words or brackets of their own."""

import pytest

from dsacli.extraction.values import find_values


def _found(text, kind):
    return [value.normalised for value in find_values(text, kind)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("3.2 × 10⁶ cells", [3200000]),
        ("3,2 × 10^6", [3200000]),
        ("3.2 x 10^6", [3200000]),
        ("3.214·10^{3}", [3214]),
        ("5 × 10⁻³", [0.005]),
        ("5 × 10^-3", [0.005]),
        ("4.1e6", [4100000]),
        ("4.1E+06", [4100000]),
        ("1e-3", [0.001]),
        ("about 10⁶ cells", [1000000]),
        ("-2 × 10³", [-2000]),
        # what has lost its raised figures, a power of what is not ten, a code
        ("3.2 × 106", []),
        ("5 × 10−3", []),
        ("n × 10⁶", []),
        ("x^2", []),
        ("2^6", []),
        ("Flat 2E4", []),
        ("3 × 4", [3, 4]),
    ],
)
def test_powers_of_ten(text, numbers):
    assert _found(text, "number") == numbers


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("two point five percent", "percent", [2.5]),
        ("zero point oh five per cent", "percent", [0.05]),
        ("twenty-five point seven five", "number", [25.75]),
        ("two point five million", "number", [2500000]),
        ("two point five million dollars", "money", [{"amount": 2500000, "currency": "USD"}]),
        ("two point five years", "duration", ["P2Y6M"]),
        ("four and one-eighth percent", "percent", [4.125]),
        ("three and five-eighths per cent", "percent", [3.625]),
        ("two and three-quarters", "number", [2.75]),
        ("three-eighths of one percent", "percent", [0.375]),
        ("1/8 of 1%", "percent", [0.125]),
        ("2 ⅜ %", "percent", [2.375]),
        ("⅛%", "percent", [0.125]),
        ("4 ‰", "percent", [0.4]),
        ("four per mille", "percent", [0.4]),
        # a part alone is no number; what has lost its front is none either
        ("one third of the staff", "number", []),
        ("two-thirds voted", "number", []),
        ("one half", "number", []),
        ("one third party", "number", [1]),
        ("two thousand point five percent", "percent", []),
        ("point five percent", "percent", []),
        ("at one point two people left", "number", []),
        ("at this point five people left", "number", [5]),
    ],
)
def test_parts_in_words(text, kind, expected):
    assert _found(text, kind) == expected


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("minus two percent", "percent", -2),
        ("a return of minus 2.5%", "percent", -2.5),
        ("a negative 2% return", "percent", -2),
        ("It was minus five.", "number", -5),
        ("negative 3 times", "number", 3),
        ("| (3.2)% |", "percent", -3.2),
        ("(3.2)%", "percent", -3.2),
        ("Growth (3.2) %", "percent", -3.2),
        ("The change was (3.2)% in the year", "percent", None),
        ("twenty-five (25)%", "percent", 25),
        ("minus £5", "money", {"amount": -5, "currency": "GBP"}),
        ("the Closing Date minus 3 days", "duration", "P3D"),
        ("minus 3 days", "duration", None),
    ],
)
def test_a_minus_in_words_and_brackets_within_a_unit(text, kind, expected):
    assert _found(text, kind) == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("text", "kind", "readings"),
    [
        ("EURIBOR minus 2%", "percent", (2, -2)),
        ("plus or minus 5", "number", (5, -5)),
        ("ten minus two", "number", (2, -2)),
    ],
)
def test_a_minus_behind_what_it_may_be_taken_from_has_both_signs(text, kind, readings):
    assert find_values(text, kind)[-1].readings == readings
