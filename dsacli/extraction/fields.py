"""Fields: what to extract, as it is given on the command line."""

import re
from dataclasses import dataclass

from dsacli.errors import DsacliError, UsageFailure
from dsacli.extraction.types import TYPES

TYPES_HINT = f"known types: {', '.join(TYPES)}"


@dataclass(frozen=True)
class Field:
    """One fact to look for. `question`, where given, is asked as it stands.

    >>> Field("notice period", "duration").name
    'notice period'
    """

    name: str
    type: str = "text"
    question: str | None = None
    description: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", " ".join(self.name.split()))
        if not re.search(r"[^\W_]", self.name):
            raise DsacliError('a field has no name; write it like "effective date:date"')
        if self.type not in TYPES:
            raise DsacliError(f'field "{self.name}" has the unknown type "{self.type}"; {TYPES_HINT}')


def parse_field(spec: str) -> Field:
    """The field that `--field` names: "name" or "name:type".

    A colon that no single word follows ("ratio 3:1") belongs to the name.

    >>> parse_field("effective date:date").type
    'date'
    """
    name, colon, last = (part.strip() for part in spec.rpartition(":"))
    if colon and last.lower() in TYPES:
        return Field(name, last.lower())
    if colon and re.fullmatch(r"[A-Za-z_]*", last):
        return Field(name, last)  # an unknown or missing type: Field says so
    return Field(spec)


def parse_fields(specs: list[str]) -> list[Field]:
    """All fields of a command line; a name may be given once. Raises UsageFailure."""
    try:
        return distinct_fields([parse_field(spec) for spec in specs])
    except DsacliError as failure:
        raise UsageFailure(str(failure)) from None


def distinct_fields(fields: list[Field]) -> list[Field]:
    """`fields`, unless two have one name, whatever its capitals. Raises DsacliError."""
    seen: set[str] = set()
    for field in fields:
        if field.name.casefold() in seen:
            raise DsacliError(f'the field "{field.name}" is given twice; each name may be used once')
        seen.add(field.name.casefold())
    return fields
