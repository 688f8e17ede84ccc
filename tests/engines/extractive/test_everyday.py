"""What people really ask of statements, forms and tables, by the real reader: the whole value, in the right cell, in a few words."""

import pytest

from dsacli.documents import parse
from dsacli.engines.extractive.ask import ask
from dsacli.engines.extractive.encode import EncodedContext, encode_document
from dsacli.engines.extractive.extract import extract
from dsacli.extraction.fields import parse_fields

STATEMENT = """Holder: Lorenz Abegglen IBAN CH93 0079 0016 2385 2957

Currency: CHF

| Date | Text | Debit | Credit | Balance |
| 05.09.2024 | Rent, Verwaltung Brügger AG | 1'940.00 |  | 16'179.55 |
| 06.09.2024 | Salary Alpwerk GmbH |  | 7'312.40 | 23'491.95 |
| 30.09.2024 | Closing balance |  |  | 19'078.80 |
"""
VISIT = """Riverside Veterinary Surgery

Diagnosis: sprain of the left hind leg.
Treatment: meloxicam once a day for five days, and rest.
Result of the X-ray: no fracture.
Registration: KX19 OUV
"""
LEAGUE = """| Team | Played | Won | Lost |
| Sibford | 14 | 11 | 3 |
| Hook Norton | 14 | 6 | 8 |
"""
SENSORS = """| id: S-01 | site: Rathlin | owner name: Ines Carvalho |
| id: S-02 | site: Tory | owner name: Bo Lindqvist |
"""
SLIP = """| Employee No. | Pay date | NI number |
| 00417 | 28/06/2024 | QQ 12 34 56 C |
"""
FRENCH = """| Date | Operation | Debit EUR | Balance EUR |
| 09/01 | Rent January | 720,00 | 3 675,55 |
| 14/01 | Cheque to the garage Kerdoncuff | 1 240,90 | 2 434,65 |
"""


def context_of(model, text: str) -> EncodedContext:
    return EncodedContext([encode_document(parse("a.txt", text.encode()), model)])


@pytest.mark.parametrize(
    ("text", "question", "right"),
    [
        (STATEMENT, "How much was the salary from Alpwerk?", "7'312.40"),
        (VISIT, "What is the diagnosis?", "sprain of the left hind leg"),
        (VISIT, "What was the result of the X-ray?", "no fracture"),
        (SENSORS, "Who is the owner of S-02?", "Bo Lindqvist"),
        (FRENCH, "How much was the cheque to the garage?", "1 240,90"),
    ],
)
def test_an_everyday_question_gets_its_value(model, text, question, right):
    (result,) = ask(model, context_of(model, text), [question])
    assert result.want == "span" and result.answers[0].answer == right


def test_no_answer_goes_on_into_another_cell(model):
    (result,) = ask(model, context_of(model, LEAGUE), ["How many matches did Sibford win?"])
    assert all("|" not in each.answer for each in (*result.answers, *result.candidates))


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        (STATEMENT, "IBAN", "CH93 0079 0016 2385 2957"),
        (STATEMENT, "closing balance:money", {"amount": 19078.8, "currency": "CHF"}),
        (VISIT, "registration", "KX19 OUV"),
        (SLIP, "NI number", "QQ 12 34 56 C"),
    ],
)
def test_an_everyday_field_has_its_whole_value(model, text, field, value):
    (found,) = extract(model, context_of(model, text), parse_fields([field])).fields
    assert found.value == value
