"""Fields as people write them in schema files."""

import json

import pytest

from dsacli.errors import DsacliError
from dsacli.extraction.fields import Field
from dsacli.extraction.schema import MAX_SCHEMA_BYTES, load_schema


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
