"""Fields as people write them on a command line and in schema files, and the questions they become."""

import json

import pytest

from dsacli.errors import DsacliError
from dsacli.extraction.fields import MAX_SCHEMA_BYTES, Field, field_question, load_schema, parse_field, parse_fields
from dsacli.extraction.values import TYPES


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


@pytest.mark.parametrize("type", TYPES)
def test_every_type_can_be_asked_for(type):
    field = parse_field(f"supplier:{type}")
    assert field.type == type and 1 <= len(field_question(field)) <= 3


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


QUESTIONS = [
    ("effective date:date", ["What is the effective date?", "When is the effective date?"]),
    ("effective_date", ["What is the effective date?", "When is the effective date?"]),
    ("effectiveDate:date", ["What is the effective date?", "When is the effective date?"]),
    ("termination:date", ["When is the termination?", "What is the date of the termination?"]),
    ("signed on:date", ["When was it signed?", "When was the document signed?"]),
    ("governing law", ["Which law governs the agreement?", "What is the governing law?"]),
    ("total fee:money", ["How much is the total fee?", "What is the total fee?"]),
    ("total fees:money", ["How much are the total fees?", "What are the total fees?"]),
    ("notice period:duration", ["How long is the notice period?", "What is the notice period?"]),
    ("interest rate:percent", ["What is the interest rate?", "What percentage is the interest rate?"]),
    ("supplier email:email", ["What is the email address of the supplier?", "What is the supplier email?"]),
    ("email:email", ["What is the email address?", "What is the email?"]),
    ("contact:email", ["What is the email address of the contact?", "What is the contact?"]),
    ("phone number of the supplier:phone", ["What is the phone number of the supplier?"]),
    ("company website", ["What is the website of the company?", "What is the company website?"]),
    ("number of employees:number", ["How many employees are there?", "What is the number of employees?"]),
    ("employee count:number", ["How many employees are there?", "What is the number of employees?"]),
    ("employees:number", ["How many employees are there?", "What is the number of employees?"]),
    ("ratio:number", ["What is the ratio?"]),
    ("chief executive", ["Who is the chief executive?", "What is the name of the chief executive?"]),
    ("CEO", ["Who is the CEO?", "What is the name of the CEO?"]),
    ("supplier name", ["Who is the supplier?", "What is the name of the supplier?"]),
    ("name of the supplier", ["Who is the supplier?", "What is the name of the supplier?"]),
    ("parties", ["Who are the parties?", "What is the name of the parties?"]),
    ("headquarters", ["Where is the headquarters?", "What is the headquarters?"]),
    ("location", ["Where is the location?", "What is the location?"]),
    ("address", ["What is the address?", "Where is the address?"]),
    (
        "supplier address",
        ["What is the address of the supplier?", "Where is the supplier located?", "What is the supplier address?"],
    ),
    ("IP address", ["What is the IP address?"]),
    ("supplierVATNumber", ["What is the supplier VAT number?"]),
    ("the Term:duration", ["How long is the Term?", "What is the Term?"]),
    ("status", ["What is the status?"]),
    ("Who signs, and when?", ["Who signs, and when?"]),
    ("how long it lasts:duration", ["how long it lasts?"]),
    (
        "registrar's fax number:phone",
        ["What is the fax number of the registrar?", "What is the registrar's fax number?"],
    ),
    (
        "e-mail for investors:email",
        ["What is the email address for the investors?", "What is the e-mail for investors?"],
    ),
    ("buyer's e-mail address for notices:email", ["What is the buyer's e-mail address for notices?"]),
]


@pytest.mark.parametrize("spec, questions", QUESTIONS)
def test_field_question(spec, questions):
    assert field_question(parse_field(spec)) == questions


def test_the_schemas_question_and_description():
    assert field_question(Field("fee", "money", question="What must be paid?")) == ["What must be paid?"]
    described = Field("start", "date", description="The date on which the agreement takes effect.")
    assert field_question(described)[-1] == "What is the date on which the agreement takes effect?"
    assert field_question(Field("start", description="When does it start?"))[-1] == "When does it start?"


def _schema(tmp_path, content):
    path = tmp_path / "fields.json"
    path.write_bytes(
        content
        if isinstance(content, bytes)
        else (content if isinstance(content, str) else json.dumps(content)).encode()
    )
    return path


@pytest.mark.parametrize(
    "content, fields",
    [
        (
            {
                "fields": [
                    {"name": "fee", "type": "money", "question": "How much?", "description": "d"},
                    {"name": "law"},
                ]
            },
            [Field("fee", "money", "How much?", "d"), Field("law")],
        ),
        ({"effective date": "date", "fields": "number"}, [Field("effective date", "date"), Field("fields", "number")]),
        (
            {
                "type": "object",
                "properties": {
                    "effective_date": {"type": "string", "format": "date", "description": "Start"},
                    "mail": {"format": "email"},
                    "site": {"type": "string", "format": "uri"},
                    "count": {"type": "integer"},
                    "rate": {"type": ["number", "null"]},
                    "law": {"type": "string", "format": "hostname"},
                    "fee": {"type": "money"},
                },
            },
            [
                Field("effective_date", "date", None, "Start"),
                Field("mail", "email"),
                Field("site", "url"),
                Field("count", "number"),
                Field("rate", "number"),
                Field("law"),
                Field("fee", "money"),
            ],
        ),
        (b"\xef\xbb\xbf" + b'{"a": "text"}', [Field("a")]),
    ],
)
def test_load_schema(tmp_path, content, fields):
    assert load_schema(_schema(tmp_path, content)) == fields


@pytest.mark.parametrize(
    "content, message",
    [
        ('{"a": "text",\n "b": }', "not valid JSON, line 2"),
        ("", "not valid JSON, line 1"),
        ("[]", "expected an object"),
        ('"date"', "expected an object"),
        ("{}", "no fields"),
        ({"fields": []}, "no fields"),
        ({"properties": {}}, "no fields"),
        ({"a": "cash"}, 'unknown type "cash"'),
        ({"a": 1}, "must be a type"),
        ({"fields": ["a"]}, "field 1 is not an object"),
        ({"fields": [{"name": "a"}, {"type": "date"}]}, "field 2 is not an object"),
        ({"": "date"}, "no name"),
        ({"fields": [{"name": "a", "question": 1}]}, '"question" must be a string'),
        ({"fields": [{"name": "a"}, {"name": "A"}]}, "given twice"),
        ('{"a": "text", "a": "date"}', "given twice"),
        ({"properties": {"a": {"type": "array"}}}, 'unknown type "array"'),
        ({"properties": {"a": 1}}, "not an object"),
        ({"properties": {"a": {"type": ["null"]}}}, "not a string"),
        (b"\xff\xfe{", "not a text file"),
        ("[" * 100_000, "not valid JSON"),
        (b" " * (MAX_SCHEMA_BYTES + 1), "too large"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_bad_schemas(tmp_path, content, message):
    path = _schema(tmp_path, content)
    with pytest.raises(DsacliError) as caught:
        load_schema(path)
    assert str(caught.value).startswith(f"{path}: ") and message in str(caught.value) and "\n" not in str(caught.value)


def test_schemas_that_cannot_be_read(tmp_path):
    with pytest.raises(DsacliError, match="none.json: no such schema file"):
        load_schema(tmp_path / "none.json")
    with pytest.raises(DsacliError, match="cannot be read: is a directory"):
        load_schema(tmp_path)


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("governing law", "Which law governs the agreement?"),
        ("Applicable_law", "Which law governs the agreement?"),
        ("jurisdiction", "Which courts have jurisdiction?"),
        ("paymentTerms", "When are invoices due?"),
    ],
)
def test_what_goes_by_other_words_in_documents_is_asked_in_those(name, question):
    assert field_question(Field(name))[0] == question
