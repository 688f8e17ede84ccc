"""What a query cost, for people: the panel next to dense attention."""

from collections.abc import Callable

from rich.panel import Panel
from rich.table import Column, Table
from rich.text import Text

from dsacli.engines.results import Tokenwise
from dsacli.engines.savings import Cost, DenseRun, DocumentPass, Savings
from dsacli.output.units import flop, size, times
from dsacli.plain import printable

WIDEST = 100


def savings_panel(savings: Savings, width: int) -> Panel:
    """The figures of one query next to dense attention; of a served model those that follow from its configuration, if any do."""
    if savings.served:
        return served_panel(savings, savings.served, width)
    table = cost_table(savings.flops, savings.memory)
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
        grid.add_row(Text(measured(savings.dense_run, savings)))
    return framed(grid, "this query, next to dense attention", width)


def served_panel(savings: Savings, address: str, width: int) -> Panel:
    """What went over the network, and what it costs a server by its model's configuration."""
    grid = Table.grid()
    if savings.flops.dense:
        grid.add_row(cost_table(savings.flops, savings.memory))
        grid.add_row(Text("computed from the model's configuration, not measured", style="dim"))
    facts = f"{savings.context_tokens:,} tokens sent and written · {savings.seconds:.2f} s"
    grid.add_row(Text(printable(f"over the network, by {address} · {facts}")))
    return framed(grid, "this query", width)


def framed(grid: Table, title: str, width: int) -> Panel:
    """A panel of figures."""
    return Panel(grid, title=title, title_align="left", width=min(width, WIDEST), border_style="dim")


def savings_line(savings: Savings) -> str:
    """The same in one line."""
    if savings.served:
        return f"{printable(savings.served)} · {savings.context_tokens:,} tokens · {savings.seconds:.2f} s"
    beside = f"dense {times(savings.flops.ratio)}" if savings.flops.dsa else f"dense {flop(savings.flops.dense)}"
    selected = f"{savings.selected_tokens:,} of {savings.context_tokens:,} tokens selected"
    read = [selected] if savings.selected_tokens else []
    return " · ".join([f"{flop(savings.flops.dsa)}, {beside}", *read, f"{savings.seconds:.2f} s"])


def cost_table(flops: Cost, memory: Cost) -> Table:
    """Dense, DSA and their ratio: FLOPs and attention memory."""
    table = Table(
        *(Column(name, overflow="fold") for name in ("", "dense", "DSA", "dense / DSA")),
        box=None,
        pad_edge=False,
        header_style="dim",
    )
    table.add_row("FLOPs", *both(flops, flop))
    table.add_row("attention memory", *both(memory, size))
    return table


def both(cost: Cost, shown: Callable[[int], str]) -> tuple[str, str, str]:
    """Dense, DSA and their ratio as cells; no ratio to nothing, as of a summary, whose query no network reads."""
    return shown(cost.dense), shown(cost.dsa), times(cost.ratio) if cost.dsa else "-"


def add_tokenwise(table: Table, costs: Tokenwise) -> None:
    """What a generative model pays for its tokens, below what a query costs."""
    table.add_row("prefill of all, FLOPs", *both(costs.prefill_flops, flop))
    table.add_row("one token written after it, FLOPs", *both(costs.decode_flops, flop))
    table.add_row("cache of a token", *both(costs.cache_bytes, size))


def measured(run: DenseRun, savings: Savings) -> str:
    """What dense attention cost when it really ran, beside the query's and the document's seconds."""
    peak = f", peak memory {size(run.peak_memory)}" if run.peak_memory else ""
    once = ""
    if run.document_seconds is not None:
        ratio = times(run.document_seconds / max(savings.document_pass.seconds, 1e-9))
        once = f"; the document {run.document_seconds:.1f} s ({ratio} its pass)"
    return (
        f"dense, as run: {run.seconds:.2f} s ({times(run.seconds / max(savings.seconds, 1e-9))} the query's time), "
        f"{flop(run.flops)}, keys and values {size(run.memory)}{peak}{once}; its answer is not compared"
    )


def passed(once: DocumentPass) -> str:
    """The document pass in one line."""
    known = " (all cached)" if once.cached == once.tokens else f" ({once.cached:,} cached)" if once.cached else ""
    return f"document pass, once: {once.tokens:,} tokens, {flop(once.flops)}, {once.seconds:.1f} s{known}"
