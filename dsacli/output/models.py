"""The models of this machine, for people and scripts."""

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dsacli.engines.models import Model
from dsacli.output import SCHEMA_VERSION
from dsacli.output.consoles import Err, Out
from dsacli.output.units import size
from dsacli.plain import printable

if TYPE_CHECKING:  # it imports torch, which a list of models does without
    from dsacli.engines.adapting import KeptAdapter

# Columns in a pipe, where nothing is wrapped.
UNBOUNDED = 10_000
NOTHING_ELSE = (
    "no other model here; --model takes the path of a directory or a GGUF file, "
    "and dsacli models pull OWNER/NAME fetches one"
)


def show_models(models: Sequence[Model], as_json: bool) -> None:
    """A table, or an object a line; on stderr, how to get a model where there is but the built-in reader."""
    if as_json:
        for model in models:
            print(json.dumps(record(model)))
    else:
        console = Out(highlight=False) if sys.stdout.isatty() else Out(highlight=False, width=UNBOUNDED)
        console.print(fitting(models, console))
    if len(models) < 2:
        Err(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty()).print(NOTHING_ELSE)


def show_pulled(model: Model) -> None:
    """What was fetched, and how to use it."""
    about = model.installed
    end = f"; {obstacle}" if (obstacle := model.obstacle) else f"; use it with --model {about.name}"
    print(printable(f"pulled {about.found.full_name}, {size(about.description.size_bytes)}{end}"))


def show_adapted(kept: "KeptAdapter", as_json: bool) -> None:
    """Where an adapter is kept, and what it is worth."""
    if as_json:
        print(json.dumps(adapted_record(kept)))
        return
    layers, (dense, by_keys, by_adapter) = kept.adapted.layers, kept.adapted.losses
    print(printable(str(kept.path)))
    before = "" if kept.adapted.before is None else f"by its indexers alone {kept.adapted.before - dense:+.4f}, "
    print(
        f"loss above dense attention's {dense:.3f}: {by_adapter - dense:+.4f}, {before}without it {by_keys - dense:+.4f}"
    )
    shares = [sum(each) / len(layers) for each in zip(*((layer.by_indexer, layer.by_keys) for layer in layers))]
    print(f"attention kept: {shares[0]:.1%}, without it {shares[1]:.1%}; layer by layer in {kept.card.name} beside it")


def adapted_record(kept: "KeptAdapter") -> dict[str, Any]:
    """The same as JSON."""
    adapted = kept.adapted
    return {
        "schema_version": SCHEMA_VERSION,
        "task": "adapt",
        "path": str(kept.path),
        "card": str(kept.card),
        "texts": adapted.texts,
        "tokens": adapted.tokens,
        "seconds": adapted.seconds,
        "steps": adapted.steps,
        "loss": dict(zip(("dense", "own_keys", "adapter"), adapted.losses)) | {"indexers_alone": adapted.before},
        "layers": [
            {
                "selects": number in adapted.adapter.indexers,
                "kept_by_own_keys": each.by_keys,
                "kept_by_adapter": each.by_indexer,
                "kept_by_layer_before": each.by_layer_before,
                "lost_alone": each.lost,
            }
            for number, each in enumerate(adapted.layers)
        ],
    }


def fitting(models: Sequence[Model], console: Console) -> Table:
    """The table, with less beside the names where that would break them."""
    wide = table(models, wide=True)
    needed = console.measure(wide, options=console.options.update(width=UNBOUNDED)).maximum
    return wide if needed <= console.width else table(models, wide=False)


def table(models: Sequence[Model], wide: bool) -> Table:
    """A row a model; where it is not `wide`, without the kinds, and why one does not run stands below its name."""
    shown = Table(box=None, pad_edge=False, header_style="dim")
    shown.add_column("name", overflow="fold")
    if wide:
        shown.add_column("kind")
    shown.add_column("type", overflow="fold")
    for header in ("size", "context"):
        shown.add_column(header, justify="right", no_wrap=True)
    shown.add_column("runs", no_wrap=True)
    shown.add_column("index adapter" if wide else "adapter", overflow="fold")
    for model in models:
        about, found = model.installed.description, model.installed.found
        name = Text(printable(model.installed.name), style="bold")
        why = printable(model.obstacle or "")
        runs = Text.assemble(("no", "yellow"), f": {why}" if wide else "") if why else Text("yes", style="green")
        shown.add_row(
            Text("\n").join([name, Text(f"  {why}", style="dim")]) if why and not wide else name,
            *([found.kind] if wide else []),
            Text(printable(about.type or "-")),
            size(about.size_bytes),
            "any" if found.kind == "built-in" else f"{about.context:,}" if about.context else "-",
            runs,
            Text(printable(model.index_adapter.stem)) if model.index_adapter else "-",
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
