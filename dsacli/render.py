"""Results for people and for scripts: the result on stdout, what it cost on stderr."""

import csv
import dataclasses
import json
import sys
import time
from collections.abc import Sequence
from functools import singledispatch
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from dsacli.dsa.cache import CacheEntry
from dsacli.tasks.ask import AskResult
from dsacli.tasks.evidence import Evidence
from dsacli.tasks.extract import Extracted, ExtractResult
from dsacli.tasks.inspect import InspectResult
from dsacli.tasks.savings import Cost, DenseRun, Savings
from dsacli.tasks.summarize import SummarizeResult

Result = AskResult | SummarizeResult | ExtractResult | InspectResult
WIDEST = 100


class Out(Console):
    """stdout; a reader that has gone is the command line's to deal with."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def show(
    result: Result, *, as_json: bool = False, as_csv: bool = False, header: bool = True, quiet: bool = False
) -> None:
    """Print a result: text (styled on a terminal only), JSON or CSV; the savings panel unless quiet."""
    if as_json:
        utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
        print(json.dumps(plain(result), ensure_ascii=not utf8), flush=True)
    elif as_csv:
        write_csv(result, header)
    else:
        console = Out(soft_wrap=not sys.stdout.isatty(), highlight=False)
        as_text(result, console)
    if not quiet and not isinstance(result, InspectResult):
        console = Console(stderr=True, highlight=False)
        console.print(savings_panel(result.savings, console.width))


# ---- for scripts ----


@singledispatch
def plain(result: Any) -> dict[str, Any]:
    """A result as JSON types, in the schema that the README documents."""
    return dataclasses.asdict(result)


@plain.register
def _(result: AskResult) -> dict[str, Any]:
    answers = [
        {"answer": a.answer, "confidence": rounded(a.confidence), "evidence": [plain(e) for e in a.evidence]}
        for a in result.answers
    ]
    best = answers[0] if answers else {"answer": None, "confidence": None, "evidence": []}
    return {
        "task": "ask",
        "question": result.question,
        "found": result.found,
        **best,
        "answers": answers,
        "savings": plain(result.savings),
    }


@plain.register
def _(result: SummarizeResult) -> dict[str, Any]:
    return {
        "task": "summarize",
        "document": result.document,
        "focus": result.focus,
        "found": result.found,
        "summary": " ".join(s.text for part in result.parts for s in part.sentences),
        "parts": [
            {
                "section": part.title,
                "sentences": [
                    {"text": s.text, "salience": rounded(s.salience), "evidence": [plain(s.evidence)]}
                    for s in part.sentences
                ],
            }
            for part in result.parts
        ],
        "savings": plain(result.savings),
    }


@plain.register
def _(result: ExtractResult) -> dict[str, Any]:
    return {
        "task": "extract",
        "document": result.document,
        "found": result.found,
        "values": {f.field.name: f.value for f in result.fields},
        "fields": [
            {
                "name": f.field.name,
                "type": f.field.type,
                "value": f.value,
                "text": f.text,
                "confidence": rounded(f.confidence),
                "evidence": [plain(f.evidence)] if f.evidence else [],
            }
            for f in result.fields
        ],
        "savings": plain(result.savings),
    }


@plain.register
def _(result: InspectResult) -> dict[str, Any]:
    return {
        "task": "inspect",
        "documents": [dataclasses.asdict(document) for document in result.documents],
        "index_topk": result.index_topk,
        "estimate": {"flops": plain(result.flops), "memory_bytes": plain(result.memory)},
        "document_pass": dataclasses.asdict(result.document_pass),
    }


@plain.register
def _(evidence: Evidence) -> dict[str, Any]:
    return dataclasses.asdict(evidence)


@plain.register
def _(cost: Cost) -> dict[str, Any]:
    return {"dense": cost.dense, "dsa": cost.dsa, "ratio": rounded(cost.ratio)}


@plain.register
def _(savings: Savings) -> dict[str, Any]:
    return {
        "context_tokens": savings.context_tokens,
        "selected_tokens": savings.selected_tokens,
        "flops": plain(savings.flops),
        "memory_bytes": plain(savings.memory),
        "seconds": rounded(savings.seconds),
        "peak_memory_bytes": savings.peak_memory,
        "document_pass": dataclasses.asdict(savings.document_pass),
        "dense_run": dataclasses.asdict(savings.dense_run) if savings.dense_run else None,
    }


def rounded(number: float) -> float:
    """Four decimals, enough for every figure that is not a count."""
    return round(float(number), 4)


def write_csv(result: ExtractResult, header: bool) -> None:
    """A row per document: its name, then the fields; money as "1250000 EUR", null as an empty cell."""
    rows = csv.writer(sys.stdout, lineterminator="\n")
    if header:
        rows.writerow(["document", *(f.field.name for f in result.fields)])
    rows.writerow([result.document, *(cell(f.value) for f in result.fields)])


def cell(value: Any) -> str:
    """A field's value in one cell."""
    if isinstance(value, dict):
        return f"{value['amount']} {value['currency']}"
    return "" if value is None else str(value)


# ---- for people ----


@singledispatch
def as_text(result: Any, console: Console) -> None:
    """Print a result for reading."""
    raise TypeError(type(result))


@as_text.register
def _(result: AskResult, console: Console) -> None:
    console.print(Text(result.question, style="bold"))
    if not result.found:
        console.print(Text("  not found", style="yellow"))
    for answer in result.answers:
        console.print(Text.assemble("  ", (answer.answer, "bold green"), (f"  {answer.confidence:.0%}", "dim")))
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
        for f in result.fields:
            print(f"{f.field.name}\t{cell(f.value)}")
        return
    table = Table(
        "field",
        "value",
        "as written",
        "where",
        "confidence",
        title=Text(result.document),
        title_style="bold",
        title_justify="left",
    )
    for f in result.fields:
        table.add_row(*field_row(f))
    console.print(table)


def field_row(found: Extracted) -> list[Text]:
    """One field as cells: name, value, wording, place, confidence."""
    if found.evidence is None:
        return [Text(found.field.name), Text("null", style="yellow"), Text(""), Text(""), Text("")]
    return [
        Text(found.field.name),
        Text(cell(found.value), style="bold green"),
        Text(found.text or ""),
        Text(short_place(found.evidence), style="cyan"),
        Text(f"{found.confidence:.0%}", style="dim"),
    ]


@as_text.register
def _(result: InspectResult, console: Console) -> None:
    for facts in result.documents:
        console.print(Text(facts.document, style="bold"))
        pages = f"{facts.pages:,} pages, " if facts.pages else ""
        console.print(
            f"  {facts.kind}: {pages}{facts.characters:,} characters, {facts.tokens:,} tokens, "
            f"{facts.sentences:,} sentences, {facts.passages:,} passages, index keys {size(facts.index_bytes)}"
        )
        for section in facts.sections:
            console.print(Text("  " + "  " * section.level + section.title, style="cyan"))
    table = cost_table(result.flops, result.memory, None)
    console.print(f"\nA question of 12 words, estimated (top-k {result.index_topk:,} tokens):")
    console.print(table)
    console.print(Text(passed(result.document_pass)))


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


# ---- what it cost ----


def savings_panel(savings: Savings, width: int) -> Panel:
    """The figures of one query next to dense attention."""
    table = cost_table(savings.flops, savings.memory, savings.dense_run)
    share = savings.selected_tokens / max(1, savings.context_tokens)
    facts = []
    if savings.selected_tokens:
        facts.append(f"{savings.selected_tokens:,} of {savings.context_tokens:,} tokens selected ({share:.1%})")
    facts.append(f"{savings.seconds:.2f} s")
    if savings.peak_memory:
        facts.append(f"peak memory {size(savings.peak_memory)}")
    grid = Table.grid()
    grid.add_row(table)
    grid.add_row(Text(" · ".join(facts)))
    grid.add_row(Text(passed(savings.document_pass), style="dim"))
    if savings.dense_run:
        grid.add_row(Text(measured(savings)))
    return Panel(
        grid,
        title="this query, next to dense attention",
        title_align="left",
        width=min(width, WIDEST),
        border_style="dim",
    )


def cost_table(flops: Cost, memory: Cost, run: DenseRun | None) -> Table:
    """Dense, DSA and their ratio: FLOPs and attention memory."""
    table = Table("", "dense", "DSA", "dense / DSA", box=None, pad_edge=False, header_style="dim")
    table.add_row("FLOPs", flop(flops.dense), flop(flops.dsa), times(flops.ratio))
    table.add_row("attention memory", size(memory.dense), size(memory.dsa), times(memory.ratio))
    return table


def measured(savings: Savings) -> str:
    """What dense attention cost when it really ran."""
    run = savings.dense_run
    peak = f", peak memory {size(run.peak_memory)}" if run.peak_memory else ""
    return (
        f"dense, as run: {run.seconds:.2f} s ({times(run.seconds / max(savings.seconds, 1e-9))} the query's time), "
        f"{flop(run.flops)}, keys and values {size(run.memory)}{peak}; its answer is not compared"
    )


def passed(once: Any) -> str:
    """The document pass in one line."""
    known = " (all cached)" if once.cached == once.tokens else f" ({once.cached:,} cached)" if once.cached else ""
    return f"document pass, once: {once.tokens:,} tokens, {flop(once.flops)}, {once.seconds:.1f} s{known}"


def show_cache(entries: Sequence[CacheEntry], as_json: bool) -> None:
    """The entries of the cache."""
    if as_json:
        for entry in entries:
            print(json.dumps(dataclasses.asdict(entry), ensure_ascii=False))
        return
    for entry in entries:
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.modified))
        print(f"{when}  {entry.tokens:>10,} tokens  {size(entry.size_bytes):>9}  {entry.name}")
    if not entries:
        print("the cache is empty", file=sys.stderr)


def scaled(number: float, units: Sequence[str], step: float) -> str:
    """Three digits and a unit."""
    place = 0
    while number >= step and place < len(units) - 1:
        number, place = number / step, place + 1
    return f"{number:,.0f} {units[place]}" if number >= 100 or place == 0 else f"{number:.3g} {units[place]}"


def size(count: int) -> str:
    """Bytes, in units of 1000."""
    return scaled(count, ("B", "kB", "MB", "GB", "TB"), 1000)


def flop(count: int) -> str:
    """FLOPs, in units of 1000."""
    return scaled(count, ("FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP", "EFLOP"), 1000)


def times(ratio: float) -> str:
    """A ratio as "34×"; one below ten keeps a decimal."""
    return f"{ratio:,.0f}×" if ratio >= 10 else f"{ratio:.1f}×"
