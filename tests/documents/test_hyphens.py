"""Words divided at a line's end."""

import pytest

from dsacli.documents.hyphens import rejoin


@pytest.mark.parametrize(
    ("line", "following", "joined"),
    [
        ("by mutual agree-", "ment of both", "by mutual agreement of both"),
        ("a fine of fifty-", "five pounds", "a fine of fifty-five pounds"),
        ("the twenty-", "first of May", "the twenty-first of May"),
        ("two-", "thirds of it", "two-thirds of it"),
        ("one-", "half of it", "one-half of it"),
        ("the vice-", "president", "the vice-president"),
        ("the non-", "profit trust", "the nonprofit trust"),
        ("within thirty-", "fold", "within thirtyfold"),
        ("pre-", "and post-war", "pre- and post-war"),
        ("in 2019-", "2020", "in 2019-2020"),
    ],
)
def test_a_compound_keeps_its_hyphen(line, following, joined):
    found = rejoin(line, following, frozenset())
    assert found is not None
    assert "".join((*found, following)) == joined
