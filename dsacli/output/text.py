"""Results for people and for scripts: the result on stdout, what it cost on stderr."""

import json
import sys
from collections.abc import Sequence
from functools import singledispatch
from typing import Any

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from dsacli.documents import Document
from dsacli.engines.results import (
    AskResult,
    Extracted,
    ExtractResult,
    InspectResult,
    Result,
    SummarizeResult,
)
from dsacli.errors import DsacliError
from dsacli.output.answers import DOUBT, UNCERTAIN, show_answers
from dsacli.output.consoles import Err, Out
from dsacli.output.panel import add_tokenwise, cost_table, passed, savings_line, savings_panel
from dsacli.output.places import indented, short_place
from dsacli.output.records import cell, record, write_csv
from dsacli.output.units import counted, size
from dsacli.plain import printable


def show(
    result: Result,
    *,
    as_json: bool = False,
    as_csv: bool = False,
    first: bool = True,
    several: bool = False,
    quiet: bool = False,
    warnings: Sequence[str] = (),
) -> None:
    """Print a result: text (styled on a terminal only), JSON or CSV; the savings panel unless quiet.

    `warnings` are for the JSON object; people have seen them on stderr. `first` of the results has the header of a CSV; where there are `several`, lines for pipes say whose they are.
    """
    if as_json:
        utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
        print(json.dumps({**record(result), "warnings": warnings}, ensure_ascii=not utf8), flush=True)
    elif as_csv and isinstance(result, ExtractResult):
        write_csv(result, first)
    else:
        console = Out(soft_wrap=not sys.stdout.isatty(), highlight=False)
        if several and isinstance(result, ExtractResult) and not console.is_terminal:
            as_lines(result, f"{result.document}\t")
        else:
            as_text(result, console)
    if not quiet and not isinstance(result, InspectResult) and result.savings:
        err = Err(stderr=True, highlight=False)
        err.print(savings_panel(result.savings, err.width))


def show_brief(result: Result, *, as_json: bool, quiet: bool, warnings: Sequence[str]) -> None:
    """The same, with what it cost in one line."""
    show(result, as_json=as_json, quiet=True, warnings=warnings)
    if not quiet and not isinstance(result, InspectResult) and result.savings:
        err = Err(stderr=True, highlight=False, soft_wrap=True)
        err.print(Text(savings_line(result.savings), style="dim"))


def show_page(documents: Sequence[Document], number: int) -> None:
    """What stands on a page of each document that has it. Raises DsacliError where none has."""
    found = [(each, page) for each in documents for page in each.pages if page.number == number]
    if not found:
        raise DsacliError(f"there is no page {number}")
    console = Out(soft_wrap=not sys.stdout.isatty(), highlight=False)
    for document, page in found:
        if len(documents) > 1:
            console.print(Text(document.name, style="bold"))
        console.print(Text(document.text[page.start : page.end].strip() or "(no text)"))


@singledispatch
def as_text(result: Any, console: Console) -> None:
    """Print a result for reading."""
    raise TypeError(type(result))


@as_text.register
def _(result: AskResult, console: Console) -> None:
    show_answers(result, console)


@as_text.register
def _(result: SummarizeResult, console: Console) -> None:
    title = f"{result.document}: {result.focus}" if result.focus else result.document
    console.print(Text(printable(title), style="bold"))
    if not result.found:
        console.print(Text("  nothing that can be quoted", style="yellow"))
    for part in result.parts:
        if part.title:
            console.print(Text(f"\n{part.title}", style="bold cyan"))
        for sentence in part.sentences:
            doubt = DOUBT if sentence.borne_out is False else ""
            line = Text.assemble(sentence.text, (f"  ({short_place(sentence.evidence)})", "cyan"), (doubt, UNCERTAIN))
            console.print(indented(line, 2, console, "• "))
    console.print()


@as_text.register
def _(result: ExtractResult, console: Console) -> None:
    if not console.is_terminal:
        as_lines(result)
        return
    table = Table(
        *(Column(name, overflow="fold") for name in ("field", "value", "as written", "where", result.measure)),
        title=Text(result.document),
        title_style="bold",
        title_justify="left",
    )
    for f in result.fields:
        table.add_row(*field_row(f))
    console.print(table)


def as_lines(result: ExtractResult, document: str = "") -> None:
    """A line per field, for pipes: name, tab, value, and what else it can mean."""
    for f in result.fields:
        others = "".join(f"\tor {cell(other)}" for other in f.readings[1:])
        print(f"{document}{printable(f.field.name)}\t{cell(f.value)}{others}")


def field_row(found: Extracted) -> list[Text]:
    """One field as cells: name, value, wording, place, how sure it is."""
    if not found.evidence:
        return [Text(printable(found.field.name)), Text("null", style="yellow"), Text(""), Text(""), Text("")]
    return [
        Text(printable(found.field.name)),
        Text.assemble(
            (cell(found.value), "bold green"),
            (" computed" if found.computed else "", "dim"),
            ("".join(f" or {cell(other)}" for other in found.readings[1:]), "yellow"),
        ),
        Text(found.text or ""),
        Text(", ".join(short_place(place) for place in found.evidence), style="cyan"),
        Text("" if found.score is None else f"{found.score:.0%}", style="dim"),
    ]


@as_text.register
def _(result: InspectResult, console: Console) -> None:
    for facts in result.documents:
        console.print(Text(facts.document, style="bold"))
        counts = {
            "page": facts.pages,
            "character": facts.characters,
            "token": facts.tokens,
            "sentence": facts.sentences,
            "passage": facts.passages,
        }
        held = [counted(count, unit) for unit, count in counts.items() if count]
        kept = [f"index keys {size(facts.index_bytes)}"] if facts.index_bytes is not None else []
        console.print(indented(Text(f"{facts.kind}: {', '.join([*held, *kept])}"), 2, console))
        for warning in facts.warnings:
            console.print(indented(Text(f"not read: {warning}", style="yellow"), 2, console))
        for section in facts.sections:
            console.print(Text("  " + "  " * section.level + section.title, style="cyan"))
    table = cost_table(result.flops, result.memory)
    answered = ", answered in 32 tokens" if result.tokenwise else ""
    console.print(f"\nA question of 12 words{answered}, estimated (top-k {result.index_topk:,} tokens):")
    if result.tokenwise:
        add_tokenwise(table, result.tokenwise)
    console.print(table)
    if not result.tokenwise:
        console.print(Text(passed(result.document_pass)))
