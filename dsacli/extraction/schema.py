"""Schema files: fields as JSON."""

import json
from pathlib import Path
from typing import Any

from dsacli.errors import DsacliError
from dsacli.extraction.fields import TYPES_HINT, Field, distinct_fields

MAX_SCHEMA_BYTES = 1_000_000

# JSON Schema's "format" says more than its "type", so it is looked at first.
_FORMATS = {
    "date": "date",
    "date-time": "date",
    "email": "email",
    "uri": "url",
    "url": "url",
    "duration": "duration",
    "phone": "phone",
}
_JSON_TYPES = {"string": "text", "number": "number", "integer": "number"}


def load_schema(path: str | Path) -> list[Field]:
    """The fields of a JSON file, in any of three shapes:

    {"fields": [{"name": ..., "type": ..., "question": ..., "description": ...}]},
    {"name": "type", ...}, or a JSON Schema with {"properties": {"name": {"type": ...}}}.
    """
    try:
        return distinct_fields(_schema_fields(_read_json(Path(path))))
    except DsacliError as error:
        raise DsacliError(f"{path}: {error}") from None


def _read_json(path: Path) -> Any:
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_SCHEMA_BYTES + 1)
        if len(data) > MAX_SCHEMA_BYTES:
            raise DsacliError(f"too large for a schema; at most {MAX_SCHEMA_BYTES:,} bytes are read")
        return json.loads(data.decode("utf-8-sig"), object_pairs_hook=_unique_members)
    except FileNotFoundError:
        raise DsacliError("no such schema file") from None
    except OSError as error:
        raise DsacliError(f"cannot be read: {(error.strerror or 'input error').lower()}") from None
    except json.JSONDecodeError as error:
        raise DsacliError(f"not valid JSON, line {error.lineno}: {error.msg}") from None
    except UnicodeDecodeError:
        raise DsacliError("not a text file; save the schema as UTF-8 JSON") from None
    except (RecursionError, ValueError):  # nested too deep; a number of too many digits
        raise DsacliError("not valid JSON: too deep, or a number too long") from None


def _unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """json keeps the last of two equal keys in silence; a schema that repeats one is a mistake."""
    members: dict[str, Any] = {}
    for key, value in pairs:
        if key in members:
            raise DsacliError(f'the key "{key}" is given twice')
        members[key] = value
    return members


def _schema_fields(schema: Any) -> list[Field]:
    if not isinstance(schema, dict):
        raise DsacliError('expected an object such as {"effective date": "date"}')
    if isinstance(schema.get("fields"), list):
        fields = [_listed(entry, place) for place, entry in enumerate(schema["fields"], start=1)]
    elif isinstance(schema.get("properties"), dict):
        fields = [_property(name, entry) for name, entry in schema["properties"].items()]
    else:
        fields = [_mapped(name, entry) for name, entry in schema.items()]
    if not fields:
        raise DsacliError("no fields in the schema")
    return fields


def _listed(entry: Any, place: int) -> Field:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise DsacliError(f'field {place} is not an object with a "name"')
    return Field(
        entry["name"], _string(entry, "type") or "text", _string(entry, "question"), _string(entry, "description")
    )


def _mapped(name: str, entry: Any) -> Field:
    if not isinstance(entry, str):
        raise DsacliError(f'"{name}" must be a type such as "date"; {TYPES_HINT}')
    return Field(name, entry)


def _property(name: str, entry: Any) -> Field:
    if not isinstance(entry, dict):
        raise DsacliError(f'the property "{name}" is not an object with a "type"')
    json_type = entry.get("type", "string")
    if isinstance(json_type, list):  # ["string", "null"]
        json_type = next((item for item in json_type if item != "null"), None)
    if not isinstance(json_type, str):
        raise DsacliError(f'the "type" of "{name}" is not a string')
    type = _FORMATS.get(_string(entry, "format") or "") or _JSON_TYPES.get(json_type, json_type)
    return Field(name, type, _string(entry, "question"), _string(entry, "description"))


def _string(entry: dict[str, Any], key: str) -> str | None:
    value = entry.get(key)
    if value is not None and not isinstance(value, str):
        raise DsacliError(f'"{key}" must be a string')
    return value.strip() or None if value else None
