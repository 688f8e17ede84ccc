"""The command line's options in groups: what commands share is said once, and help shows it by group.

A command names a group as the type of one of its parameters; `grouped` makes of each of the group's fields an option of
the command, and gives the command the group as it was filled in.
"""

import dataclasses
import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer
from typer.core import TyperCommand

FIND, READ, SHOW, MODEL, MACHINE = "What to find", "What to read", "How to show it", "The model", "The machine"
EPILOG = """Exit codes:
  0 found · 1 the input or the machine failed (one line says why) · 2 wrong usage · 3 nothing found

Environment:
  DSACLI_API_KEY      for a served model
  DSACLI_CACHE        the folder in which encoded documents are kept
  DSACLI_CACHE_LIMIT  how many gigabytes of them; unset: 10
  DSACLI_LIBRARIES    the folder in which libraries are kept
  DSACLI_DTYPE        float32 or bfloat16, what to compute in; unset: the faster here
  DSACLI_PASSWORD     of encrypted PDFs
  NO_COLOR            no colour"""


found, read, shown, _of_model, _of_machine = (
    functools.partial(typer.Option, rich_help_panel=panel) for panel in (FIND, READ, SHOW, MODEL, MACHINE)
)

MinConfidence = Annotated[
    float | None,
    found(
        metavar="0-1",
        min=0.0,
        max=1.0,
        help="Least probability that a quotation is the answer.",
        show_default="0.35; of a field 0.25",
    ),
]
MinProbability = Annotated[
    float | None,
    found(
        metavar="0-1",
        min=0.0,
        max=1.0,
        help="Least mean probability of the words of a generative model.",
        show_default="0.5; of a field 0.3",
    ),
]


@dataclasses.dataclass(frozen=True)
class Show:
    """How results are shown."""

    json: Annotated[bool, shown("--json", help="One JSON object per line.")] = False
    quiet: Annotated[bool, shown("--quiet", "-q", help="No progress, no savings panel.")] = False
    verbose: Annotated[bool, shown("--verbose", "-v", help="More about what was read.")] = False


@dataclasses.dataclass(frozen=True)
class Reading:
    """How documents are read."""

    pages: Annotated[
        str | None, read(metavar="RANGES", help="Only these pages, such as 3,10-40.", show_default="all")
    ] = None
    ocr: Annotated[bool, read("--ocr", help="Have ocrmypdf, if it is installed, read pages without text.")] = False
    password: Annotated[str | None, read(metavar="TEXT", help="For encrypted PDFs.", envvar="DSACLI_PASSWORD")] = None


@dataclasses.dataclass(frozen=True)
class Model:
    """Which model, and how much it selects."""

    model: Annotated[
        str | None,
        _of_model(
            metavar="NAME",
            help="A model's directory, GGUF file or name (dsacli models lists names), or a server's http://HOST:PORT/v1.",
            show_default="the built-in reader",
        ),
    ] = None
    model_config: Annotated[
        Path | None,
        _of_model(metavar="FILE", help="The config.json of a served DeepSeek-V3.2, to compute the savings by."),
    ] = None
    top_k: Annotated[
        int | None,
        _of_model(
            metavar="N", min=1, help="Tokens that the indexer keeps (index_topk).", show_default="the model's, 2048"
        ),
    ] = None


@dataclasses.dataclass(frozen=True)
class Writing:
    """How much a generative model reads, and how it writes."""

    budget: Annotated[
        int | None,
        _of_model(
            metavar="N",
            min=256,
            help="Tokens of documents that a generative model reads; what is longer is cut to what the question needs.",
            show_default="the model's, 4096",
        ),
    ] = None
    max_tokens: Annotated[
        int | None,
        _of_model(metavar="N", min=1, help="Tokens that a generative model may write.", show_default="256"),
    ] = None
    temperature: Annotated[
        float | None, _of_model(metavar="T", min=0.0, help="Of a generative model.", show_default="0")
    ] = None
    top_p: Annotated[
        float | None, _of_model(metavar="0-1", min=0.0, max=1.0, help="With a temperature.", show_default="1")
    ] = None
    seed: Annotated[int | None, _of_model(metavar="N", help="With a temperature.")] = None


CompareDense = Annotated[
    bool, _of_model("--compare-dense", help="Really run dense attention too, where it takes minutes at most.")
]


Ray = Annotated[
    str | None,
    _of_machine(
        "--ray",
        metavar="ADDRESS",
        help="Have a cluster of Ray do it: HOST:PORT, or local for a new one on this machine.",
    ),
]


@dataclasses.dataclass(frozen=True)
class Machine:
    """What it runs on, and what it may keep there."""

    device: Annotated[str, _of_machine(metavar="NAME", help="cpu, cuda or mps.")] = "cpu"
    threads: Annotated[int | None, _of_machine(metavar="N", min=1, help="CPU threads.", show_default="all cores")] = (
        None
    )
    no_cache: Annotated[bool, _of_machine("--no-cache", help="Neither read nor write encoded documents on disk.")] = (
        False
    )


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """A command whose parameters of a group's type are options, one for each field of the group."""
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: kind for name, kind in hints.items() if dataclasses.is_dataclass(kind)}
    parameters = []
    for parameter in inspect.signature(command).parameters.values():
        if parameter.name not in groups:
            parameters.append(parameter.replace(annotation=hints[parameter.name]))
            continue
        group = groups[parameter.name]
        kinds = get_type_hints(group, include_extras=True)
        parameters += [
            inspect.Parameter(f.name, parameter.kind, default=f.default, annotation=kinds[f.name])
            for f in dataclasses.fields(group)
        ]

    @functools.wraps(command)
    def run(**given: Any) -> None:
        for name, group in groups.items():
            given[name] = group(**{f.name: given.pop(f.name) for f in dataclasses.fields(group)})
        command(**given)

    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _help_row(parameter: Any) -> tuple[str, str]:
    """An option's names and what it takes, and its help; a default where there is one to speak of."""
    if parameter.param_type_name == "argument":
        return parameter.metavar, parameter.help
    names = ", ".join(sorted(parameter.opts, key=len))
    default = parameter.show_default if isinstance(parameter.show_default, str) else parameter.default
    notes = [f"default: {default}"] if default and not parameter.is_flag else []
    notes += [f"or {parameter.envvar}"] if parameter.envvar else []
    help = parameter.help + (f"  [{'; '.join(notes)}]" if notes else "")
    return names if parameter.is_flag else f"{names} {parameter.metavar}", help


class Command(TyperCommand):
    """A command whose help has its options by group, and its epilog as it was written."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        taken = [str(p.metavar) for p in self.get_params(ctx) if p.param_type_name == "argument"]
        return ["[OPTIONS]", *taken]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        order = ["Arguments", FIND, READ, SHOW, MODEL, MACHINE, "Other"]
        sections: dict[str, list[tuple[str, str]]] = {name: [] for name in order}
        for parameter in self.get_params(ctx):
            rest = "Arguments" if parameter.param_type_name == "argument" else "Other"
            sections[getattr(parameter, "rich_help_panel", None) or rest].append(_help_row(parameter))
        for name, rows in sections.items():
            if rows:
                with formatter.section(name):
                    formatter.write_dl(rows)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        formatter.write(f"\n{self.epilog}\n" if self.epilog else "")
