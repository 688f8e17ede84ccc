"""The command line: parse, one call into `tasks`, one into `render`. What is heavy is imported inside."""

import os
import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer
from typer.core import TyperGroup

from dsacli import __version__
from dsacli.errors import DsacliError, UsageFailure

if TYPE_CHECKING:
    from dsacli.output.text import Result
    from dsacli.session import Session

FOUND, FAILED, USAGE, NOT_FOUND, INTERRUPTED = 0, 1, 2, 3, 130


class Commands(TyperGroup):
    """Every failure that a user can meet ends here: one line on stderr and an exit code."""

    def invoke(self, ctx: typer.Context) -> object:
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
        except BrokenPipeError:
            give_up_stdout()
            raise typer.Exit(FOUND) from None
        except OSError as failure:
            give_up_stdout()
            message, code = f"{failure.filename or 'output'}: {(failure.strerror or str(failure)).lower()}", FAILED
        typer.echo(f"dsacli: {message}", err=True)
        raise typer.Exit(code)


def give_up_stdout() -> None:
    """Whoever read stdout has gone, or it is full: the interpreter must not flush to it when it ends."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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


class By(str, Enum):
    """What a summary can be divided by."""

    section = "section"


Documents = Annotated[
    list[str], typer.Argument(metavar="DOCUMENT...", help="Files, folders, or - for stdin.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object per line.")]
MinConfidence = Annotated[float, typer.Option(min=0.0, max=1.0, help="Below this, nothing was found.")]
TopK = Annotated[
    Optional[int],
    typer.Option(min=1, help="Tokens that the indexer keeps (index_topk).", show_default="the model's, 2048"),
]
CompareDense = Annotated[bool, typer.Option(help="Really run dense attention too, where it takes minutes at most.")]
Model = Annotated[Optional[Path], typer.Option(metavar="DIR", help="A model directory.", show_default="built in")]
Device = Annotated[str, typer.Option(help="cpu, cuda or mps.")]
Threads = Annotated[Optional[int], typer.Option(min=1, help="CPU threads.", show_default="all cores")]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Neither read nor write encoded documents on disk.")]
Password = Annotated[Optional[str], typer.Option(help="For encrypted PDFs.", envvar="DSACLI_PASSWORD")]
MaxTokens = Annotated[
    Optional[int], typer.Option(min=1, help="Tokens a generative model may write.", show_default="256")
]
Temperature = Annotated[Optional[float], typer.Option(min=0.0, help="Of a generative model.", show_default="0, greedy")]
TopP = Annotated[Optional[float], typer.Option(min=0.0, max=1.0, help="With a temperature.", show_default="1")]
Seed = Annotated[Optional[int], typer.Option(help="With a temperature.", show_default=False)]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no savings panel.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="More about what was read.")]


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
        if stream is not None:
            stream.reconfigure(errors="replace")


def session(
    model: Path | None, device: str, threads: int | None, no_cache: bool, quiet: bool, verbose: bool
) -> "Session":
    """The model, the cache and the progress bars that a command works with."""
    from dsacli.session import open_session

    return open_session(model, device, threads, no_cache, quiet, verbose)


def stop_if_interrupted(result: "Result") -> None:
    """End as interrupted, once what a generation had written by then is shown."""
    if result.interrupted:
        raise KeyboardInterrupt


def sampling(
    max_tokens: int | None, temperature: float | None, top_p: float | None, seed: int | None
) -> dict[str, float | int | None]:
    """How a generative model is to write, as far as it was said."""
    return {"max_new_tokens": max_tokens, "temperature": temperature, "top_p": top_p, "seed": seed}


@app.command()
def ask(
    arguments: Annotated[
        list[str],
        typer.Argument(
            metavar="DOCUMENT... QUESTION...", help="Files, folders or -, then questions.", show_default=False
        ),
    ],
    json: Json = False,
    answers: Annotated[int, typer.Option("--answers", "-n", min=1, max=50, help="Answers per question.")] = 1,
    min_confidence: MinConfidence = 0.5,
    top_k: TopK = None,
    compare_dense: CompareDense = False,
    model: Model = None,
    max_tokens: MaxTokens = None,
    temperature: Temperature = None,
    top_p: TopP = None,
    seed: Seed = None,
    device: Device = "cpu",
    threads: Threads = None,
    no_cache: NoCache = False,
    password: Password = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Answer questions, each with page and quotation.

    Example: `dsacli ask report.pdf "Who chairs the board?" "When was the dividend paid?"`
    """
    from dsacli.arguments import documents_and_questions
    from dsacli.output import text as render

    paths, questions = documents_and_questions(arguments)
    with session(model, device, threads, no_cache, quiet, verbose) as work:
        from dsacli.engines.extractive.ask import ask_each

        context = work.context(paths, password)
        writer = work.writer(context, top_k, sampling(max_tokens, temperature, top_p, seed), compare_dense)
        found = False
        if writer:
            results = (writer.ask(question, min_confidence) for question in questions)
        else:
            results = ask_each(
                work.model,
                context,
                questions,
                count=answers,
                min_confidence=min_confidence,
                index_topk=top_k,
                compare_dense=compare_dense,
            )
        for result in results:
            render.show(result, as_json=json, quiet=quiet)
            stop_if_interrupted(result)
            found = found or result.found
    raise typer.Exit(FOUND if found else NOT_FOUND)


@app.command()
def summarize(
    documents: Documents,
    json: Json = False,
    sentences: Annotated[
        Optional[int],
        typer.Option(
            "--sentences", "-s", min=1, max=1000, help="Sentences, per section with --by section.", show_default="6"
        ),
    ] = None,
    words: Annotated[
        Optional[int],
        typer.Option(
            "--words",
            "-w",
            min=10,
            help="At most so many words instead, per section with --by section.",
            show_default=False,
        ),
    ] = None,
    focus: Annotated[Optional[str], typer.Option("--focus", "-f", help="A topic or question to summarize for.")] = None,
    by: Annotated[Optional[By], typer.Option(help="A summary of each section.")] = None,
    compare_dense: CompareDense = False,
    model: Model = None,
    max_tokens: MaxTokens = None,
    temperature: Temperature = None,
    top_p: TopP = None,
    seed: Seed = None,
    device: Device = "cpu",
    threads: Threads = None,
    no_cache: NoCache = False,
    password: Password = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Summarize in the document's own sentences, with pages. Several documents one by one.

    Example: `dsacli summarize report.pdf --words 150 --focus "risks"`
    """
    from dsacli.output import text as render

    if words and sentences:
        raise typer.BadParameter("give --sentences or --words, not both")
    if focus is not None and not focus.strip():
        raise typer.BadParameter("--focus is empty")
    with session(model, device, threads, no_cache, quiet, verbose) as work:
        from dsacli.engines.extractive.summarize import summarize as sum_up

        found = False
        for context in work.contexts(documents, password):
            writer = work.writer(context, None, sampling(max_tokens, temperature, top_p, seed), compare_dense)
            if writer and by:
                raise typer.BadParameter("--by section is for the built-in model")
            if writer:
                result = writer.summarize(sentences, words, focus)
            else:
                result = sum_up(
                    work.model,
                    context,
                    sentences=sentences,
                    words=words,
                    focus=focus,
                    by_section=by is By.section,
                    compare_dense=compare_dense,
                )
            render.show(result, as_json=json, quiet=quiet)
            stop_if_interrupted(result)
            found = found or result.found
    raise typer.Exit(FOUND if found else NOT_FOUND)


@app.command()
def extract(
    documents: Documents,
    field: Annotated[
        Optional[list[str]],
        typer.Option(
            "--field",
            "-f",
            metavar="NAME[:TYPE]",
            help="text, date, money, number, percent, email, phone, url or duration. May be repeated.",
        ),
    ] = None,
    schema: Annotated[Optional[Path], typer.Option(metavar="FILE", help="Fields as JSON.")] = None,
    json: Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="A header and one row per document.")] = False,
    min_confidence: MinConfidence = 0.3,
    top_k: TopK = None,
    compare_dense: CompareDense = False,
    model: Model = None,
    max_tokens: MaxTokens = None,
    temperature: Temperature = None,
    top_p: TopP = None,
    seed: Seed = None,
    device: Device = "cpu",
    threads: Threads = None,
    no_cache: NoCache = False,
    password: Password = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Extract typed facts; what a document does not say is null. Several documents one by one.

    Example: `dsacli extract contract.pdf --field "effective date:date" --field "total fee:money"`
    """
    from dsacli.extraction.fields import parse_fields
    from dsacli.extraction.schema import load_schema
    from dsacli.output import text as render

    if bool(field) == bool(schema):
        raise typer.BadParameter("give --field (once or more) or --schema")
    if json and csv:
        raise typer.BadParameter("give --json or --csv, not both")
    fields = load_schema(schema) if schema else parse_fields(field or [])
    several = len(documents) > 1 or Path(documents[0]).is_dir()
    with session(model, device, threads, no_cache, quiet, verbose) as work:
        from dsacli.engines.extractive.extract import extract as pull

        found = False
        for number, context in enumerate(work.contexts(documents, password)):
            writer = work.writer(context, top_k, sampling(max_tokens, temperature, top_p, seed), compare_dense)
            if writer:
                result = writer.extract(fields, min_confidence)
            else:
                result = pull(
                    work.model,
                    context,
                    fields,
                    min_confidence=min_confidence,
                    index_topk=top_k,
                    compare_dense=compare_dense,
                    on_field=lambda done: work.progress.fields(context.name, done, len(fields)),
                )
            render.show(result, as_json=json, as_csv=csv, first=number == 0, several=several, quiet=quiet)
            stop_if_interrupted(result)
            found = found or result.found
    raise typer.Exit(FOUND if found else NOT_FOUND)


@app.command()
def inspect(
    documents: Documents,
    json: Json = False,
    top_k: TopK = None,
    model: Model = None,
    device: Device = "cpu",
    threads: Threads = None,
    no_cache: NoCache = False,
    password: Password = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """What a document holds, and what a question to it costs.

    Example: `dsacli inspect report.pdf`
    """
    from dsacli.output import text as render

    with session(model, device, threads, no_cache, quiet, verbose) as work:
        render.show(work.inspect(work.context(documents, password), top_k), as_json=json, quiet=quiet)


@cache_app.command("list")
def cache_list(json: Json = False) -> None:
    """What is kept, newest first."""
    from dsacli.output import text as render
    from dsacli.session import open_cache

    render.show_cache(open_cache().entries(), as_json=json)


@cache_app.command("clear")
def cache_clear() -> None:
    """Remove all of it. Documents are encoded anew when next asked."""
    from dsacli.output.panel import size
    from dsacli.session import open_cache

    files, count = open_cache().clear()
    typer.echo(f"removed {files} {'entry' if files == 1 else 'entries'}, {size(count)}")


@cache_app.command("path")
def cache_path() -> None:
    """The folder it is kept in."""
    from dsacli.session import open_cache

    typer.echo(str(open_cache().folder))
