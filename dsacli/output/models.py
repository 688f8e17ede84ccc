"""The models of this machine, for people and scripts."""

import json
import sys
from collections.abc import Sequence
from typing import Any

from rich.table import Column, Table
from rich.text import Text

from dsacli.engines.models import Model
from dsacli.output import SCHEMA_VERSION
from dsacli.output.text import Out
from dsacli.output.units import size
from dsacli.plain import printable

# Columns in a pipe, where nothing is wrapped.
UNBOUNDED = 10_000
NOTHING_ELSE = (
    "no other model here; --model takes the path of a model's directory or GGUF file, "
    "and dsacli models pull OWNER/NAME fetches one"
)


def show_models(models: Sequence[Model], as_json: bool) -> None:
    """A table, or an object a line; on stderr, how to get a model where there is but the built-in reader."""
    if as_json:
        for model in models:
            print(json.dumps(record(model)))
    else:
        console = Out(highlight=False) if sys.stdout.isatty() else Out(highlight=False, width=UNBOUNDED)
        console.print(table(models))
    if len(models) < 2:
        print(NOTHING_ELSE, file=sys.stderr)


def show_pulled(model: Model) -> None:
    """What was fetched, and how to use it."""
    about = model.installed
    end = f"; {obstacle}" if (obstacle := model.obstacle) else f"; --model {about.name}"
    print(printable(f"pulled {about.found.full_name}, {size(about.description.size_bytes)}{end}"))


def table(models: Sequence[Model]) -> Table:
    """A model a line."""
    shown = Table(
        Column("name", overflow="fold", ratio=None),
        Column("kind"),
        Column("type", overflow="fold"),
        Column("size", justify="right", no_wrap=True),
        Column("context", justify="right", no_wrap=True),
        Column("runs", overflow="fold"),
        Column("index adapter", overflow="fold"),
        box=None,
        pad_edge=False,
        header_style="dim",
    )
    for model in models:
        about, found = model.installed.description, model.installed.found
        shown.add_row(
            Text(printable(model.installed.name), style="bold"),
            found.kind,
            Text(printable(about.type or "-")),
            size(about.size_bytes),
            "any" if found.kind == "built-in" else f"{about.context:,}" if about.context else "-",
            Text(printable(f"no: {model.obstacle}"), style="yellow") if model.obstacle else Text("yes", style="green"),
            Text(printable(model.index_adapter.stem) if model.index_adapter else "-"),
        )
    return shown


def record(model: Model) -> dict[str, Any]:
    """A model as JSON."""
    found, about = model.installed.found, model.installed.description
    return {
        "schema_version": SCHEMA_VERSION,
        "task": "models",
        "name": model.installed.name,
        "full_name": found.full_name,
        "kind": found.kind,
        "path": str(found.path),
        "type": about.type,
        "size_bytes": about.size_bytes,
        "context_tokens": None if found.kind == "built-in" else about.context,
        "runs": model.obstacle is None,
        "obstacle": model.obstacle,
        "index_adapter": str(model.index_adapter) if model.index_adapter else None,
    }
