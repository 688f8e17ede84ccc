"""Answers that are one thing although there are spaces in it."""

import pytest

from dsacli.engines.evidence import Evidence, whole


@pytest.mark.parametrize(
    ("text", "part", "all_of_it"),
    [
        ("It is governed by the laws of England and Wales.", "England", "England and Wales"),
        ("| 14/01 | Cheque to the garage | 1 240,90 |  | 2 434,65 |", "240,90", "1 240,90"),
        ("The rent is 9 800 kr a month.", "800", "9 800"),
        ("The salary is 42 500 SEK.", "500 SEK", "42 500 SEK"),
        ("The salary is 42 500 SEK.", "500", "42 500"),
        ("Oulu has 214 633 people.", "214", "214 633"),
        ("Population: 214 633", "214", "214 633"),
        ("In 2019 120 people came.", "120", "120"),
        ("Revenue 120 135", "120", "120"),
        ("IBAN CH93 0079 0016 2385 2957, Berne", "CH93", "CH93 0079 0016 2385 2957"),
        ("It left with number PQ4F 8812 ES.", "PQ4F 8812", "PQ4F 8812 ES"),
        ("VAT no. GB 991 2233 44", "991 2233 44", "GB 991 2233 44"),
        ("NI number QQ 12 34 56 C", "12 34", "QQ 12 34 56 C"),
        ("| 120 135 150 |", "135", "120 135 150"),
        ("Revenue 120 135 150", "135", "135"),
        ("Order A1002 12 boxes", "A1002", "A1002"),
        ("On FEB 28 2024 it began.", "28", "28"),
        ("In the UK 2024 was wet.", "2024", "2024"),
    ],
)
def test_half_of_it_is_no_answer(text, part, all_of_it):
    start = text.index(part)
    found = whole(Evidence("a", None, 1, None, start + 100, start + 100 + len(part), text, start, start + len(part)))
    assert found.wording == all_of_it
    assert found.start - 100 == found.quote_start and found.end - 100 == found.quote_end
