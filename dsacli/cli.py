"""The command line: parse, one call of an engine, one of `output`. What is heavy is imported inside."""

import errno
import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer
from typer.core import TyperGroup

from dsacli import __version__
from dsacli.engines.options import Want
from dsacli.errors import DsacliError, UsageFailure
from dsacli.options import (
    EPILOG,
    Command,
    CompareDense,
    Machine,
    MinConfidence,
    MinProbability,
    Model,
    Ray,
    Reading,
    Show,
    Writing,
    found,
    grouped,
    shown,
)
from dsacli.output.streams import give_up, replace_closed
from dsacli.plain import printable

if TYPE_CHECKING:
    from dsacli.engines.results import Result
    from dsacli.session import Session, Setting

FOUND, FAILED, USAGE, NOT_FOUND, INTERRUPTED = 0, 1, 2, 3, 130


class Commands(TyperGroup):
    """Every failure that a user can meet ends here: one line on stderr and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        replace_closed()
        try:
            return super().invoke(ctx)
        except UsageFailure as failure:
            message, code = str(failure), USAGE
        except DsacliError as failure:
            message, code = str(failure), FAILED
        except KeyboardInterrupt:
            message, code = "interrupted", INTERRUPTED
        except MemoryError:
            message, code = "out of memory", FAILED
        except RuntimeError as failure:  # torch's way of saying so
            if "memory" not in str(failure):
                raise
            message, code = "out of memory", FAILED
        except OSError as failure:
            give_up(sys.stdout)
            # Windows says of a pipe without a reader that the argument is wrong.
            if isinstance(failure, BrokenPipeError) or (os.name == "nt" and failure.errno == errno.EINVAL):
                raise typer.Exit(FOUND) from None
            message, code = f"{failure.filename or 'output'}: {(failure.strerror or str(failure)).lower()}", FAILED
        typer.echo(f"dsacli: {printable(message)}", err=True)
        raise typer.Exit(code)


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Rich's help and what it imports would take as long again as everything else.
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
cache_app = typer.Typer(no_args_is_help=True, help="Encoded documents kept on this machine.")
app.add_typer(cache_app, name="cache")


class ListFirst(TyperGroup):
    """Commands of which "list" is the one that is meant where none is named."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        named = args and (not args[0].startswith("-") or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named else ["list", *args])


libraries_app = typer.Typer(
    cls=ListFirst, help="Libraries of this machine: what ask --index takes. Alone, it lists them."
)
app.add_typer(libraries_app, name="libraries")
models_app = typer.Typer(cls=ListFirst, help="Models of this machine: what --model takes. Alone, it lists them.")
app.add_typer(models_app, name="models")


Documents = Annotated[
    list[str], typer.Argument(metavar="DOCUMENT...", help="Files, folders, or - for stdin.", show_default=False)
]


def version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        typer.echo(f"dsacli {__version__}")
        raise typer.Exit()


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Ask, summarize and extract from documents of up to a million tokens, with a local
    DeepSeek Sparse Attention model. Every result comes with its page and what it cost."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]


def setting(model: Model, reading: Reading, machine: Machine, show: Show) -> "Setting":
    """What the run works with, as it was typed."""
    from dsacli import documents
    from dsacli.documents.pages import parse_pages
    from dsacli.session import Setting

    return Setting(
        model.model,
        machine.device,
        machine.threads,
        not machine.no_cache,
        documents.Reading(
            reading.password, parse_pages(reading.pages) if reading.pages is not None else (), reading.ocr
        ),
        show.quiet,
        show.verbose,
        model_config=model.model_config,
    )


def finish(
    results: "Iterable[Result]", session: "Session", show: Show, *, csv: bool = False, several: bool = False
) -> NoReturn:
    """Show results as they come, and end with the exit code that says whether anything was found.

    Raises KeyboardInterrupt once what an interrupted generation had written is shown.
    """
    from dsacli.output.text import show as show_result

    any_found = any_failed = False
    for number, result in enumerate(results):
        show_result(
            result,
            as_json=show.json,
            as_csv=csv,
            first=number == 0,
            several=several,
            quiet=show.quiet,
            warnings=session.warnings,
        )
        if result.interrupted:
            raise getattr(session.engine, "failure", None) or KeyboardInterrupt
        any_found, any_failed = any_found or result.found, any_failed or getattr(result, "error", None) is not None
    raise typer.Exit(FOUND if any_found else FAILED if any_failed else NOT_FOUND)


@app.command(
    cls=Command,
    epilog=f"""Example:
  dsacli ask report.pdf "Who chairs the board?" "When was the dividend paid?"
  pdftotext report.pdf - | dsacli ask - "Who chairs the board?" --json --quiet

{EPILOG}""",
)
@grouped
def ask(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="DOCUMENT... [QUESTION...]", help="Files, folders or -, then questions.", show_default=False
        ),
    ] = None,
    questions: Annotated[
        str | None,
        found(metavar="FILE", help="A file of questions, one a line; - for stdin. Then all arguments are documents."),
    ] = None,
    index: Annotated[
        str | None,
        found(metavar="NAME", help="Ask all documents of a library (dsacli index); then all arguments are questions."),
    ] = None,
    each: Annotated[bool, found("--each", help="Ask every document for itself, the answers beside its name.")] = False,
    answers: Annotated[
        int | None,
        found("--answers", "-n", metavar="N", min=1, max=50, help="Answers per question.", show_default="1"),
    ] = None,
    want: Annotated[
        Want | None,
        found(
            metavar="FORM",
            help="span, list, clause, explanation or document: the form of the answers, if not what a question seems to want.",
        ),
    ] = None,
    min_confidence: MinConfidence = None,
    min_probability: MinProbability = None,
    compare_dense: CompareDense = False,
    ray: Ray = None,
    *,
    reading: Reading,
    model: Model,
    writing: Writing,
    machine: Machine,
    show: Show,
) -> None:
    """Answer questions, each with page and quotation."""
    from dsacli.arguments import asked_of
    from dsacli.engines.options import Options
    from dsacli.session import open_session

    if not arguments and not index:
        raise typer.BadParameter("no document; name one, or a library with --index")
    paths, asked = asked_of(arguments or [], questions, index)
    if index and (each or compare_dense or reading.pages or reading.ocr):
        raise UsageFailure("--each, --compare-dense, --pages and --ocr are not for --index")
    if ray and not index:
        raise UsageFailure("--ray is for --index")
    options = Options(
        index_topk=model.top_k,
        compare_dense=compare_dense or None,
        answers=answers,
        want=want,
        min_confidence=min_confidence,
        min_probability=min_probability,
        **vars(writing),
    )
    with open_session("ask", options, replace(setting(model, reading, machine, show), cluster=ray)) as session:
        if index:
            finish(session.engine.ask(session.library(index), asked, options), session, show)
        if not each:
            finish(session.engine.ask(session.context(paths), asked, options), session, show)
        results = (
            replace(result, document=context.name)
            for context in session.contexts(paths)
            for result in session.engine.ask(context, asked, options)
        )
        finish(results, session, show)


@app.command(
    cls=Command,
    epilog=f"""Example:
  dsacli summarize report.pdf --words 150 --focus "risks"
  dsacli summarize report.pdf --by section --sentences 1

{EPILOG}""",
)
@grouped
def summarize(
    documents: Documents,
    sentences: Annotated[
        int | None,
        found(
            "--sentences",
            "-s",
            metavar="N",
            min=1,
            max=1000,
            help="Sentences, per section with --by section.",
            show_default="6; 2 of a section",
        ),
    ] = None,
    words: Annotated[
        int | None,
        found(
            "--words", "-w", metavar="N", min=10, help="At most so many words instead, per section with --by section."
        ),
    ] = None,
    focus: Annotated[
        str | None, found("--focus", "-f", metavar="TEXT", help="A topic or question to summarize for.")
    ] = None,
    by: Annotated[Literal["section"] | None, found(metavar="section", help="A summary of each section.")] = None,
    compare_dense: CompareDense = False,
    *,
    reading: Reading,
    model: Model,
    writing: Writing,
    machine: Machine,
    show: Show,
) -> None:
    """Summarize in the document's own sentences, with pages. Several documents one by one."""
    from dsacli.arguments import check_text
    from dsacli.engines.options import Options
    from dsacli.session import open_session

    if words and sentences:
        raise typer.BadParameter("give --sentences or --words, not both")
    if focus is not None and not focus.strip():
        raise typer.BadParameter("--focus is empty")
    check_text([focus])
    options = Options(
        index_topk=model.top_k,
        compare_dense=compare_dense or None,
        sentences=sentences,
        words=words,
        focus=focus,
        by_section=by is not None or None,
        **vars(writing),
    )
    with open_session("summarize", options, setting(model, reading, machine, show)) as session:
        finish((session.engine.summarize(context, options) for context in session.contexts(documents)), session, show)


@app.command(
    cls=Command,
    epilog=f"""Example:
  dsacli extract contract.pdf --field "effective date:date" --field "total fee:money"
  dsacli extract contracts/ --schema fields.json --csv > facts.csv

{EPILOG}""",
)
@grouped
def extract(
    documents: Documents,
    field: Annotated[
        list[str] | None,
        found(
            "--field",
            "-f",
            metavar="NAME[:TYPE]",
            help="text, date, money, number, percent, email, phone, url or duration. May be repeated.",
        ),
    ] = None,
    schema: Annotated[Path | None, found(metavar="FILE", help="Fields as JSON.")] = None,
    min_confidence: MinConfidence = None,
    min_probability: MinProbability = None,
    csv: Annotated[bool, shown("--csv", help="A header and one row per document.")] = False,
    compare_dense: CompareDense = False,
    *,
    reading: Reading,
    model: Model,
    writing: Writing,
    machine: Machine,
    show: Show,
) -> None:
    """Extract typed facts; what a document does not say is null. Several documents one by one."""
    from dsacli.arguments import check_text
    from dsacli.engines.options import Options
    from dsacli.extraction.fields import parse_fields
    from dsacli.extraction.schema import load_schema
    from dsacli.session import open_session

    if bool(field) == bool(schema):
        raise typer.BadParameter("give --field (once or more) or --schema")
    if show.json and csv:
        raise typer.BadParameter("give --json or --csv, not both")
    fields = load_schema(schema) if schema else parse_fields(field or [])
    check_text(text for each in fields for text in (each.name, each.question, each.description))
    options = Options(
        index_topk=model.top_k,
        compare_dense=compare_dense or None,
        min_confidence=min_confidence,
        min_probability=min_probability,
        **vars(writing),
    )
    several = len(documents) > 1 or Path(documents[0]).is_dir()
    with open_session("extract", options, setting(model, reading, machine, show)) as session:
        results = (session.engine.extract(context, fields, options) for context in session.contexts(documents))
        finish(results, session, show, csv=csv, several=several)


@app.command(
    cls=Command,
    epilog=f"""Example:
  dsacli inspect report.pdf
  dsacli inspect report.pdf --model DeepSeek-V3.2-Exp

{EPILOG}""",
)
@grouped
def inspect(documents: Documents, *, reading: Reading, model: Model, machine: Machine, show: Show) -> None:
    """What a document holds, and what a question to it costs."""
    from dsacli.engines.options import Options
    from dsacli.session import open_session

    options = Options(index_topk=model.top_k)
    with open_session("inspect", options, setting(model, reading, machine, show)) as session:
        finish([session.engine.inspect(session.context(documents), options)], session, show)


@app.command(
    cls=Command,
    epilog=f"""Example:
  dsacli chat report.pdf
  printf 'Who chairs the board?\\nAnd since when?\\n' | dsacli chat report.pdf

{EPILOG}""",
)
@grouped
def chat(
    documents: Documents,
    *,
    reading: Reading,
    model: Model,
    writing: Writing,
    machine: Machine,
    show: Show,
) -> None:
    """Ask one question after the other at a prompt, or through a pipe; /help lists what else it does."""
    from dsacli.chat import COMMANDS, Chat
    from dsacli.engines.options import Options
    from dsacli.prompt import typed_lines
    from dsacli.session import open_session

    if "-" in documents:
        raise UsageFailure("chat reads questions from stdin; name the document")
    options = Options(index_topk=model.top_k, **vars(writing))
    with open_session("ask", options, setting(model, reading, machine, show)) as session:
        Chat(session, session.context(documents), options, show.quiet, show.json).run(typed_lines(COMMANDS))


@app.command(
    cls=Command,
    epilog=f"""Example:
  dsacli index contracts/ --name contracts
  dsacli index "s3://bucket/reports/**/*.pdf" --name reports
  dsacli ask --index contracts "Which agreement is governed by the law of Delaware?"

{EPILOG}""",
)
@grouped
def index(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...",
            help="Files, folders, patterns, or addresses that fsspec knows (s3://…, whose package has to be installed).",
            show_default=False,
        ),
    ],
    name: Annotated[str, found(metavar="NAME", help="What the library is called.", show_default=False)],
    ray: Ray = None,
    *,
    reading: Reading,
    machine: Machine,
    show: Show,
) -> None:
    """Encode what is new or changed of many documents into a library, to be asked together; what is gone is taken out. What
    was not read is named at the end. Broken off, it goes on where it was."""
    from dsacli.engines.options import Options
    from dsacli.output.libraries import show_indexing
    from dsacli.session import open_session

    used = replace(setting(Model(), reading, machine, show), cluster=ray)
    with open_session("inspect", Options(), used) as session:
        show_indexing(session.index(name, sources), show.json)


@libraries_app.command("list")
def libraries_list(json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False) -> None:
    """Name, documents, tokens and size of each library."""
    from dsacli.library.listing import libraries
    from dsacli.output.libraries import show_libraries

    show_libraries(libraries(), json)


@libraries_app.command("remove")
def libraries_remove(name: Annotated[str, typer.Argument(help="Its name in the list.")]) -> None:
    """Remove a library; its documents stay where they are."""
    from dsacli.library.places import remove

    remove(name)


@cache_app.command("list")
def cache_list(json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False) -> None:
    """What is kept, the latest used first; of 10 GB at most, or DSACLI_CACHE_LIMIT."""
    from dsacli.engines.disk_cache import open_cache
    from dsacli.output.cache import show_cache

    show_cache(open_cache().entries(), as_json=json)


@cache_app.command("clear")
def cache_clear() -> None:
    """Remove all of it. Documents are encoded anew when next asked."""
    from dsacli.engines.disk_cache import open_cache
    from dsacli.output.units import counted, size

    files, count = open_cache().clear()
    typer.echo(f"removed {counted(files, 'entry')}, {size(count)}")


@cache_app.command("remove")
def cache_remove(document: Annotated[str, typer.Argument(help="Its name in the list, or its path.")]) -> None:
    """Remove what is kept of one document."""
    from dsacli.engines.disk_cache import open_cache
    from dsacli.output.units import counted, size

    files, count = open_cache().remove(document)
    if not files:
        raise DsacliError(f"{document}: nothing is kept of it")
    typer.echo(f"removed {counted(files, 'entry')}, {size(count)}")


@cache_app.command("path")
def cache_path() -> None:
    """The folder it is kept in."""
    from dsacli.engines.disk_cache import open_cache

    typer.echo(str(open_cache().folder))


@models_app.command("list")
def models_list(json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False) -> None:
    """Name, type and size of each model. The built-in reader comes first, then what lies in the Hugging Face cache and in
    Ollama's store. "runs" says whether this version knows the type; what a model needs of memory is not looked at."""
    from dsacli.engines.models import models
    from dsacli.output.models import show_models

    show_models(list(models()), as_json=json)


@models_app.command(
    "pull",
    cls=Command,
    epilog="""Example:
  dsacli models pull Qwen/Qwen2.5-1.5B-Instruct
  dsacli models pull bartowski/Llama-3.2-3B-Instruct-GGUF:Llama-3.2-3B-Instruct-Q4_K_M.gguf""",
)
def models_pull(
    name: Annotated[str, typer.Argument(metavar="OWNER/NAME[:FILE.gguf]", help="A repository, or a file of one.")],
) -> None:
    """Fetch a model from the Hugging Face hub. No other command uses the network. Files that are here are not fetched
    again. The package huggingface_hub has to be installed."""
    from dsacli.engines.models import pull
    from dsacli.output.models import show_pulled

    show_pulled(pull(name))


@models_app.command(
    "adapt",
    cls=Command,
    epilog="""Example:
  dsacli models adapt qwen2.5-1.5b-instruct reports/
  dsacli models adapt ./model.gguf book.pdf --tokens 16384 --minutes 30
  dsacli models adapt ./model.gguf books/ --weights-minutes 60 --device cuda""",
)
@grouped
def models_adapt(
    name: Annotated[str, typer.Argument(metavar="MODEL", help="A model's directory, GGUF file or name.")],
    documents: Documents,
    tokens: Annotated[
        int,
        found(metavar="N", min=1, help="Tokens of a text that is trained on, with as many neighbours to select from."),
    ] = 8192,
    minutes: Annotated[
        float, found(metavar="N", min=0.1, help="About how long; more lets it see more of the documents.")
    ] = 10.0,
    weights_minutes: Annotated[
        float,
        found(
            metavar="N",
            min=0,
            help="About how long the weights are trained then, to read what it selects; best on a GPU.",
        ),
    ] = 0.0,
    *,
    reading: Reading,
    machine: Machine,
    show: Show,
) -> None:
    """Train a lightning indexer for a dense model, on documents of your own: it then selects by keys of 32 numbers. With
    --weights-minutes its weights learn to read what is selected. The model's files are not changed; the adapter and a
    card of figures are kept in your data folder, and used from then on."""
    from dsacli.engines.adapting import adapt_engine
    from dsacli.engines.options import Options
    from dsacli.output.models import show_adapted
    from dsacli.session import open_session

    chosen = setting(Model(name), reading, machine, show)
    with open_session("inspect", Options(), replace(chosen, adapted=False)) as session:
        kept = adapt_engine(
            session.engine, session.documents(documents), tokens, minutes, weights_minutes, session.progress
        )
    show_adapted(kept, show.json)
