"""What was indexed, and the libraries of this machine, for people and scripts."""

import dataclasses
import json
import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from dsacli.library.listing import Listed
from dsacli.output import SCHEMA_VERSION
from dsacli.output.units import counted, size
from dsacli.plain import printable

if TYPE_CHECKING:  # it imports torch
    from dsacli.library.build import Indexing


def show_indexing(done: "Indexing", as_json: bool) -> None:
    """What a library holds, and what was done to it; what failed was said."""
    if as_json:
        about = {"schema_version": SCHEMA_VERSION, "task": "index", **dataclasses.asdict(done)}
        print(json.dumps(about, ensure_ascii=False))
        return
    parts = [("new", done.new), ("changed", done.changed), ("removed", done.removed), ("not read", len(done.failed))]
    changes = ", ".join(f"{count:,} {what}" for what, count in parts if count) or "nothing new"
    print(printable(f"{done.name}: {counted(done.documents, 'document')}, {done.tokens:,} tokens; {changes}"))


def show_libraries(libraries: Iterable[Listed], as_json: bool) -> None:
    """A line for each."""
    found = list(libraries)
    for each in found:
        if as_json:
            about = {"schema_version": SCHEMA_VERSION, "task": "libraries", **dataclasses.asdict(each)}
            print(json.dumps(about, ensure_ascii=False))
        else:
            when = time.strftime("%Y-%m-%d %H:%M", time.localtime(each.modified))
            amount = f"{counted(each.documents, 'document'):>16}  {each.tokens:>13,} tokens  {size(each.size_bytes):>9}"
            print(f"{when}  {amount}  {printable(each.name)}")
    if not found and not as_json:
        print("no library here; dsacli index FOLDER --name NAME makes one", file=sys.stderr)
