"""Fields as people write them on a command line."""

import pytest

from dsacli.errors import DsacliError
from dsacli.extraction.fields import Field, parse_field, parse_fields


@pytest.mark.parametrize(
    "spec, name, type",
    [
        ("effective date:date", "effective date", "date"),
        ("governing law", "governing law", "text"),
        (" total  fee : Money ", "total fee", "money"),
        ("ratio 3:1", "ratio 3:1", "text"),
        ("ratio 3:1:number", "ratio 3:1", "number"),
        ("What is the rate: fixed?", "What is the rate: fixed?", "text"),
        ("When does it end?:date", "When does it end?", "date"),
        ("Gebühr:money", "Gebühr", "money"),
    ],
)
def test_parse_field(spec, name, type):
    assert parse_field(spec) == Field(name, type)


@pytest.mark.parametrize(
    "specs, message",
    [
        (["total fee:cash"], 'unknown type "cash"; known types: text, date, money'),
        ([""], "no name"),
        (["  "], "no name"),
        ([":date"], "no name"),
        (["___"], "no name"),
        (["fee:"], 'unknown type ""'),
        (["fee:money", "Fee"], '"Fee" is given twice'),
    ],
)
def test_bad_fields(specs, message):
    with pytest.raises(DsacliError) as caught:
        parse_fields(specs)
    assert message in str(caught.value) and "\n" not in str(caught.value)


def test_parse_fields_keeps_the_order():
    assert [field.name for field in parse_fields(["b", "a:date"])] == ["b", "a"]
