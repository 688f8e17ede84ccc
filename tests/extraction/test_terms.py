"""When an agreement ends: counted from its start, or never."""

import pytest

from dsacli.extraction.terms import after, asks_for_end, has_no_end


@pytest.mark.parametrize(
    ("start", "period", "end"),
    [
        ("2024-01-15", "P3Y", "2027-01-15"),
        ("2024-01-31", "P1M", "2024-02-29"),
        ("2023-01-31", "P1M", "2023-02-28"),
        ("2024-02-29", "P1Y", "2025-02-28"),
        ("2024-02-29", "P4Y", "2028-02-29"),
        ("2024-11-30", "P18M", "2026-05-30"),
        ("2024-12-31", "P12M", "2025-12-31"),
        ("2024-12-01", "P1M", "2025-01-01"),
        ("2024-12-30", "P2W", "2025-01-13"),
        ("2024-02-28", "P90D", "2024-05-28"),
        ("2024-01-31", "P1Y1M1W1D", "2025-03-08"),
    ],
)
def test_a_term_ends_so_many_months_and_days_after_its_start(start, period, end):
    assert after(start, period) == end


@pytest.mark.parametrize(
    ("start", "period"),
    [
        ("2024", "P1Y"),
        ("2024-01", "P1Y"),
        ("perpetual", "P1Y"),
        ("2024-01-15", "PT12H"),
        ("2024-01-15", "P1.5Y"),
        ("2024-01-15", ""),
        ("9999-01-15", "P1Y"),
        ("2024-01-15", "P99999Y"),
        ("2024-01-15", "P9999999999D"),
    ],
)
def test_what_is_no_day_and_no_term_of_days_has_no_end(start, period):
    assert after(start, period) is None


@pytest.mark.parametrize(
    "name",
    ["expiration date", "expiry", "expiry date", "end date", "ending date", "date of expiration", "date of termination",
     "termination date", "end of the term", "end of the initial term", "end of agreement", "Expires"],
)  # fmt: skip
def test_fields_that_ask_for_an_end(name):
    assert asks_for_end(name)


@pytest.mark.parametrize(
    "name",
    [
        "effective date",
        "end",
        "end customer",
        "start date",
        "dividend date",
        "weekend",
        "notice of termination",
        "date",
        "",
    ],
)
def test_fields_that_do_not(name):
    assert not asks_for_end(name)


@pytest.mark.parametrize(
    "clause",
    [
        "This Agreement shall continue until terminated by either party on 90 days notice.",
        "It remains in force unless and until it is terminated in accordance with clause 9.",
        "The licence is granted in perpetuity.",
        "The term shall be indefinite.",
        "The agreement is made for an unlimited\nperiod.",
        "This Agreement runs for so long as the Supplier holds stock.",
        "An evergreen contract.",
        "It stays in effect until either of the parties cancels it.",
    ],
)
def test_clauses_that_say_that_there_is_no_end(clause):
    assert has_no_end(clause)


@pytest.mark.parametrize(
    "clause",
    [
        "The term is three years from the Effective Date.",
        "This Agreement ends on 31 December 2026.",
        "Either party may terminate on 30 days notice.",
        "Fees are due until paid in full.",
        "",
    ],
)
def test_clauses_that_do_not(clause):
    assert not has_no_end(clause)
