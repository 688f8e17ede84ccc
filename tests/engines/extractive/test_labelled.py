import pytest

from dsacli.documents import parse
from dsacli.engines.extractive.answers.labelled import LABELLED, beside_labels
from dsacli.engines.extractive.candidate import Candidate
from dsacli.engines.extractive.encode import EncodedContext, encode_document
from dsacli.engines.extractive.extract import extract
from dsacli.extraction.fields import Field

PRICES = """Price list

Washing: none
Drying: € 4,50
Folding: € 2
A parcel costs € 9.

| | 2022 (£) | 2023 (£) |
|---|---|---|
| Steam | 31 | 45 |
"""


@pytest.fixture(scope="module")
def context(model):
    return EncodedContext([encode_document(parse("prices.md", PRICES.encode()), model)])


def euros(amount):
    return {"amount": amount, "currency": "EUR"}


def test_a_value_beside_the_fields_label_is_likelier_than_all_others(context):
    beside = beside_labels(context, Field("drying", "money"))
    (own,) = beside.candidates
    assert (own.value, own.evidence.wording) == (euros(4.5), "€ 4,50")
    folding, parcel = (
        Candidate(each.value, 0.6, each.evidence)
        for each in (beside_labels(context, Field("folding", "money")).candidates[0], own)
    )
    (labelled,) = beside.weigh([folding, parcel])
    assert (labelled.value, labelled.confidence) == (euros(4.5), pytest.approx(LABELLED))


def test_a_label_without_a_value_takes_no_other_labels_value(context):
    beside = beside_labels(context, Field("washing", "money"))
    assert (beside.candidates, beside.named) == ([], True)
    neighbour = beside_labels(context, Field("drying", "money")).candidates[0]
    assert beside.weigh([neighbour]) == []


def test_what_no_label_names_is_left_to_the_reader(context):
    neighbour = beside_labels(context, Field("drying", "money")).candidates[0]
    assert beside_labels(context, Field("parcel", "money")).weigh([neighbour]) == [neighbour]
    assert beside_labels(context, Field("drying", "text")).candidates == []


def test_of_a_row_the_latest_years_value_is_taken(context):
    (found,) = beside_labels(context, Field("steam", "money")).candidates
    assert found.value == {"amount": 45, "currency": "GBP"}


@pytest.mark.precision("float32", "bfloat16")
def test_each_field_has_its_own_lines_value(model, context):
    fields = [Field(name, "money") for name in ("washing", "drying", "folding")]
    assert [found.value for found in extract(model, context, fields).fields] == [None, euros(4.5), euros(2)]


@pytest.mark.precision("float32", "bfloat16")
def test_an_ambiguous_value_has_both_readings_and_is_not_sure(model):
    text = b"Handover: 03/04/2025\nPlace: the main hall"
    memo = EncodedContext([encode_document(parse("memo.txt", text), model)])
    (found,) = extract(model, memo, [Field("handover", "date")]).fields
    assert (found.value, found.readings) == ("2025-03-04", ("2025-03-04", "2025-04-03"))
    assert found.score <= 0.6


ACCOUNTS = """Income (in thousands of pounds)
                 2023      2022
Turnover        1,204     1,100
Gifts             812       745

| | Staff | Price (£) |
|---|---|---|
| Lamp | 4 | 45 |
| Shade | 2 | 12 |
"""


@pytest.mark.parametrize(
    ("name", "kind", "value"),
    [
        ("turnover", "money", {"amount": 1204000, "currency": "GBP", "scale": 1000}),
        ("turnover 2022", "money", {"amount": 1100000, "currency": "GBP", "scale": 1000}),
        ("gifts in 2022", "money", {"amount": 745000, "currency": "GBP", "scale": 1000}),
        ("price of the shade", "money", {"amount": 12, "currency": "GBP"}),
        ("lamp staff", "number", 4),
    ],
)
def test_the_rest_of_a_name_says_which_column(model, name, kind, value):
    accounts = EncodedContext([encode_document(parse("accounts.txt", ACCOUNTS.encode()), model)])
    assert [each.value for each in beside_labels(accounts, Field(name, kind)).candidates] == [value]
