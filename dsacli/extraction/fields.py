"""What to extract: fields from the command line or a schema file, and the questions they ask.

The reader was trained on questions (SQuAD-like), so each field becomes one to three of
them. Nothing here reads a document or knows a model.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dsacli.errors import DsacliError, UsageFailure
from dsacli.extraction.values import TYPES

MAX_SCHEMA_BYTES = 1_000_000


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
            raise DsacliError(f'field "{self.name}" has the unknown type "{self.type}"; {_KNOWN}')


_KNOWN = f"known types: {', '.join(TYPES)}"


# ---- from the command line ----


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
        return _distinct([parse_field(spec) for spec in specs])
    except DsacliError as failure:
        raise UsageFailure(str(failure)) from None


def _distinct(fields: list[Field]) -> list[Field]:
    seen: set[str] = set()
    for field in fields:
        if field.name.casefold() in seen:
            raise DsacliError(f'the field "{field.name}" is given twice; each name may be used once')
        seen.add(field.name.casefold())
    return fields


# ---- from a schema file ----


def load_schema(path: str | Path) -> list[Field]:
    """The fields of a JSON file, in any of three shapes:

    {"fields": [{"name": ..., "type": ..., "question": ..., "description": ...}]},
    {"name": "type", ...}, or a JSON Schema with {"properties": {"name": {"type": ...}}}.
    """
    try:
        return _distinct(_schema_fields(_read_json(Path(path))))
    except DsacliError as error:
        raise DsacliError(f"{path}: {error}") from None


def _read_json(path: Path) -> Any:
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_SCHEMA_BYTES + 1)
        if len(data) > MAX_SCHEMA_BYTES:
            raise DsacliError(f"too large for a schema; at most {MAX_SCHEMA_BYTES:,} bytes are read")
        return json.loads(data.decode("utf-8-sig"), object_pairs_hook=_object)
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


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """json keeps the last of two equal keys in silence; a schema that repeats one is a mistake."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise DsacliError(f'the key "{key}" is given twice')
        found[key] = value
    return found


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
        raise DsacliError(f'"{name}" must be a type such as "date"; {_KNOWN}')
    return Field(name, entry)


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


def _property(name: str, entry: Any) -> Field:
    if not isinstance(entry, dict):
        raise DsacliError(f'the property "{name}" is not an object with a "type"')
    kind = entry.get("type", "string")
    if isinstance(kind, list):  # ["string", "null"]
        kind = next((item for item in kind if item != "null"), None)
    if not isinstance(kind, str):
        raise DsacliError(f'the "type" of "{name}" is not a string')
    known = _FORMATS.get(_string(entry, "format") or "") or _JSON_TYPES.get(kind, kind)
    return Field(name, known, _string(entry, "question"), _string(entry, "description"))


def _string(entry: dict[str, Any], key: str) -> str | None:
    value = entry.get(key)
    if value is not None and not isinstance(value, str):
        raise DsacliError(f'"{key}" must be a string')
    return value.strip() or None if value else None


# ---- as questions ----

# What the last word of a name says about the answer: "supplier" is a who, "headquarters" a where.
_KINDS = {
    "who": "author authors ceo cfo coo cto chair chairman chairwoman chairperson president director "
    "directors officer executive executives manager founder founders owner owners shareholder "
    "shareholders supplier suppliers vendor customer client buyer seller purchaser landlord tenant "
    "lessor lessee lender borrower licensor licensee employer employee contractor subcontractor "
    "party parties auditor auditors signatory signatories guarantor insurer trustee beneficiary "
    "witness editor publisher speaker participants attendees counsel lawyer person recipient company firm organisation organization bank",
    "where": "headquarters location locations venue birthplace whereabouts",
    "date": "date deadline birthday",
    "duration": "duration",
    "money": "price fee fees cost costs salary revenue rent budget",
    "email": "email e-mail",
    "phone": "phone telephone mobile fax",
    "url": "website url homepage",
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}
# How a contact detail is called in full, and the words of a name that already say it.
_CONTACTS = {
    "email": ("email address", r"e-?\s?mail(?: address)?"),
    "phone": ("phone number", r"(?:tele)?phone(?: number)?|mobile(?: number)?"),
    "fax": ("fax number", r"fax(?: number)?"),
    "url": ("website", r"web\s?(?:site|page)|web address|url|home\s?page|link"),
    "address": ("address", r"(?:postal |registered |mailing )?address"),
}
_TEMPLATES = {
    "who": ("Who {be} {the} {name}?", "What is the name of {the} {name}?"),
    "where": ("Where {be} {the} {name}?", "What {be} {the} {name}?"),
    "date": ("When {be} {the} {name}?", "What is the date of {the} {name}?"),
    "money": ("How much {be} {the} {name}?", "What {be} {the} {name}?"),
    "duration": ("How long {be} {the} {name}?", "What {be} {the} {name}?"),
    "percent": ("What {be} {the} {name}?", "What percentage {be} {the} {name}?"),
    "text": ("What {be} {the} {name}?",),
    "number": ("What {be} {the} {name}?",),
}
# What is never asked with "what is": the words that documents use for it are others than its name.
_IDIOMS = [
    (r"(?:governing|applicable) law", ["Which law governs the agreement?", "What is the governing law?"]),
    (r"(?:place of )?jurisdiction|competent courts?", ["Which courts have jurisdiction?"]),
    (r"payment (?:terms?|period|deadline)", ["When are invoices due?", "Within what time must invoices be paid?"]),
]
_ASKING = r"(?:who|whom|whose|what|which|when|where|why|how)\s"
_SINGULAR = re.compile(r"(?:[su]s|is|ess|news|basis|series|headquarters)$", re.IGNORECASE)


def field_question(field: Field) -> list[str]:
    """One to three questions for a field, the best first.

    >>> field_question(Field("total fee", "money"))
    ['How much is the total fee?', 'What is the total fee?']
    """
    if field.question:
        return [field.question]
    if field.name.endswith("?"):
        return [field.name]
    if re.match(_ASKING, field.name, re.IGNORECASE):
        return [f"{field.name}?"]
    name = _spoken_name(field.name)
    questions = (
        _idiom(name)
        or _contact(field, name)
        or _counting(field, name)
        or _named(name)
        or _happened(field, name)
        or _from_template(_kind(field, name), name)
    )
    return list(dict.fromkeys(questions + _described(field)))[:3]


def _idiom(name: str) -> list[str]:
    return next((asked for form, asked in _IDIOMS if re.fullmatch(form, name, re.IGNORECASE)), [])


def _spoken_name(name: str) -> str:
    """ "effectiveDate", "effective_date" and "supplierVATNumber" as words; acronyms keep their capitals."""
    if " " in name:
        return name
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})|_+", " ", name).split()
    return " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words)


def _head(name: str) -> str:
    """The word that says what is asked for: "date" in "date of birth", "officer" in "chief executive officer"."""
    words = re.split(r"\s(?:of|for|to|in|at|from|by)\s", name)[0].split()
    return words[-1].lower()


def _kind(field: Field, name: str) -> str:
    return field.type if field.type in _TEMPLATES and field.type != "text" else _KIND_OF.get(_head(name), "text")


def _from_template(kind: str, name: str) -> list[str]:
    questions = [_fill(template, name) for template in _TEMPLATES.get(kind, _TEMPLATES["text"])]
    if kind == "date" and re.search(r"\bdate\b|\bdeadline\b", name, re.IGNORECASE):
        # "What is the date of the effective date" is no question anyone has asked.
        return [_fill("What {be} {the} {name}?", name), questions[0]]
    return questions


def _fill(template: str, name: str) -> str:
    head = _head(name)
    plural = head.endswith("s") and not _SINGULAR.search(head)
    bare = re.match(r"(?:the|a|an|our|their|his|her|its|each|any|all)\s", name, re.IGNORECASE)
    return template.format(be="are" if plural else "is", the="" if bare else "the", name=name).replace("  ", " ")


def _contact(field: Field, name: str) -> list[str]:
    """ "supplier email" asks for the email address of the supplier."""
    kind = field.type if field.type in _CONTACTS else "address" if field.type == "text" else ""
    if field.type == "text" and _KIND_OF.get(_head(name)) in _CONTACTS:
        kind = _KIND_OF[_head(name)]
    if field.type == "text" and re.search(r"\be-?mail address$", name, re.IGNORECASE):
        kind = "email"
    if kind == "phone" and re.search(r"\bfax\b", name, re.IGNORECASE):
        kind = "fax"
    if not kind:
        return []
    full, said = _CONTACTS[kind]
    of = re.fullmatch(
        rf"(?:{said}) (?P<link>of|for) (?P<who>.+)|(?:(?P<owner>.+?)(?:['’]s)? )?(?:{said})", name, re.IGNORECASE
    )
    if not of:
        if kind == "address":
            return []
        asked = _fill("What {be} {the} {name}?", name)
        return [asked] if re.search(said, name, re.IGNORECASE) else [f"What is the {full} of {_the(name)}?", asked]
    owner = of["who"] or of["owner"]
    if kind == "address" and owner and _KIND_OF.get(_head(owner)) != "who":
        return _from_template("text", name)  # "registered address", "IP address": nobody's name
    link = of["link"] or "of"
    asked = [f"What is the {full}{f' {link} {_the(owner)}' if owner else ''}?", _fill("What {be} {the} {name}?", name)]
    where = [f"Where is {_the(owner or 'address')}{' located' if owner else ''}?"] if kind == "address" else []
    return [asked[0], *where, asked[1]]


def _the(name: str) -> str:
    return _fill("{the} {name}", name).strip()


def _counting(field: Field, name: str) -> list[str]:
    """ "number of employees" and "employee count" ask how many; so does a plural number."""
    of = re.fullmatch(r"(?:total )?(?:number|count|no\.?) of (.+)|(.+?) count", name, re.IGNORECASE)
    if of:
        counted = of[1] or (of[2] if of[2].endswith("s") else of[2] + "s")
        return [f"How many {re.sub('^the ', '', counted)} are there?", f"What is the number of {counted}?"]
    if field.type == "number" and _fill("{be}", name) == "are":
        return [f"How many {name} are there?", f"What is the number of {name}?"]
    return ["How many employees are there?", "What is the headcount?"] if name.lower() == "headcount" else []


def _named(name: str) -> list[str]:
    """ "supplier name" and "name of the supplier" ask who the supplier is."""
    of = re.fullmatch(r"(?:full )?names? of (?:the )?(.+)|(.+?)(?:['’]s)? (?:full )?names?", name, re.IGNORECASE)
    who = of and (of[1] or of[2])
    if not who or _KIND_OF.get(_head(who)) != "who":
        return []
    return [_fill("Who {be} {the} {name}?", who), f"What is the name of {_the(who)}?"]


def _happened(field: Field, name: str) -> list[str]:
    """ "signed" or "founded on", as a date, asks when it was."""
    verb = re.fullmatch(r"(\w+ed)(?: (?:on|at|in))?", name, re.IGNORECASE)
    return [f"When was it {verb[1]}?", f"When was the document {verb[1]}?"] if verb and field.type == "date" else []


def _described(field: Field) -> list[str]:
    """A description that is a question, or names the thing ("the date on which ..."), asks once more."""
    text = " ".join((field.description or "").split()).rstrip(".")
    if text.endswith("?"):
        return [text]
    if re.match(r"the\s", text, re.IGNORECASE) and len(text) < 120:
        return [f"What is {text[0].lower()}{text[1:]}?"]
    return []
