"""Results for people and for scripts: the result on stdout, what it cost on stderr."""

import json
import sys
from functools import singledispatch
from typing import Any

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from dsacli.engines.evidence import Evidence
from dsacli.engines.results import (
    AskResult,
    Extracted,
    ExtractResult,
    InspectResult,
    Measure,
    Result,
    SummarizeResult,
)
from dsacli.output.panel import WIDEST, add_tokenwise, cost_table, passed, savings_panel
from dsacli.output.records import cell, record, write_csv
from dsacli.output.streams import give_up
from dsacli.output.units import size


class Out(Console):
    """stdout; a reader that has gone is the command line's to deal with."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


class Err(Console):
    """stderr; the results go on without a reader of what they cost."""

    def on_broken_pipe(self) -> None:
        give_up(sys.stderr)


def show(
    result: Result,
    *,
    as_json: bool = False,
    as_csv: bool = False,
    first: bool = True,
    several: bool = False,
    quiet: bool = False,
) -> None:
    """Print a result: text (styled on a terminal only), JSON or CSV; the savings panel unless quiet.

    `first` of the results has the header of a CSV; where there are `several`, lines for pipes say whose they are.
    """
    if as_json:
        utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
        print(json.dumps(record(result), ensure_ascii=not utf8), flush=True)
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


@singledispatch
def as_text(result: Any, console: Console) -> None:
    """Print a result for reading."""
    raise TypeError(type(result))


@as_text.register
def _(result: AskResult, console: Console) -> None:
    console.print(Text(result.question, style="bold"))
    if result.error:
        console.print(Text(f"  {result.error}", style="red"))
    elif not result.found:
        console.print(Text("  not found", style="yellow"))
    for answer in result.answers:
        score = f"  {how_sure(answer.score, result.measure)}"
        console.print(Text.assemble("  ", (answer.answer, "bold green"), (score, "dim")))
        for evidence in answer.evidence:
            console.print(Text("    " + whereabouts(evidence), style="cyan"))
            console.print(indented(quotation(evidence), 4, console))
    console.print()


@as_text.register
def _(result: SummarizeResult, console: Console) -> None:
    title = f"{result.document}: {result.focus}" if result.focus else result.document
    console.print(Text(title, style="bold"))
    if not result.found:
        console.print(Text("  nothing that can be quoted", style="yellow"))
    for part in result.parts:
        if part.title:
            console.print(Text(f"\n{part.title}", style="bold cyan"))
        for sentence in part.sentences:
            line = Text.assemble("• ", sentence.text, (f"  ({short_place(sentence.evidence)})", "cyan"))
            console.print(indented(line, 2, console))
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
    """A line per field, for pipes: name, tab, value."""
    for f in result.fields:
        print(f"{document}{f.field.name}\t{cell(f.value)}")


def field_row(found: Extracted) -> list[Text]:
    """One field as cells: name, value, wording, place, how sure it is."""
    if not found.evidence:
        return [Text(found.field.name), Text("null", style="yellow"), Text(""), Text(""), Text("")]
    return [
        Text(found.field.name),
        Text.assemble((cell(found.value), "bold green"), (" computed" if found.computed else "", "dim")),
        Text(found.text or ""),
        Text(", ".join(short_place(place) for place in found.evidence), style="cyan"),
        Text("" if found.score is None else f"{found.score:.0%}", style="dim"),
    ]


@as_text.register
def _(result: InspectResult, console: Console) -> None:
    for facts in result.documents:
        console.print(Text(facts.document, style="bold"))
        pages = f"{facts.pages:,} pages, " if facts.pages else ""
        kept = f", {facts.passages:,} passages, index keys {size(facts.index_bytes or 0)}" if facts.passages else ""
        console.print(
            f"  {facts.kind}: {pages}{facts.characters:,} characters, {facts.tokens:,} tokens, "
            f"{facts.sentences:,} sentences{kept}"
        )
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


def how_sure(score: float, measure: Measure) -> str:
    """A percentage, called by its name where it is not the probability that the answer stands there."""
    return f"{score:.0%}" if measure == "confidence" else f"{measure} {score:.0%}"


def whereabouts(evidence: Evidence) -> str:
    """Document, page or line, and section."""
    parts = [f"{evidence.document}, {short_place(evidence)}"]
    if evidence.section:
        parts.append(evidence.section)
    return " · ".join(parts)


def short_place(evidence: Evidence) -> str:
    """The page; where the input has none, the line."""
    return f"page {evidence.page}" if evidence.page is not None else f"line {evidence.line}"


def quotation(evidence: Evidence) -> Text:
    """The sentence in quotes, on one line, with the answer highlighted."""
    before, answer, after = (
        " ".join(("|" + part + "|").split())[1:-1]
        for part in (
            evidence.quote[: evidence.quote_start],
            evidence.quote[evidence.quote_start : evidence.quote_end],
            evidence.quote[evidence.quote_end :],
        )
    )
    return Text.assemble("“", before, (answer, "bold underline"), after, "”")


def indented(text: Text, columns: int, console: Console) -> Text:
    """Wrapped and indented on a terminal; one line anywhere else, for grep."""
    if not console.is_terminal:
        return Text.assemble(" " * columns, text)
    lines = text.wrap(console, min(console.width, WIDEST) - columns)
    return Text("\n").join(Text.assemble(" " * columns, line) for line in lines)
