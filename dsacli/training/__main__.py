"""`python -m dsacli.training STAGE --data DIR --out DIR`: what produced the shipped weights."""

import sys
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from dsacli.errors import DsacliError


class Part(str, Enum):
    """The figures of `evaluate`, each of which can be had alone; "answers" holds what "index" says."""

    ANSWERS = "answers"
    INDEX = "index"
    DENSE = "dense"
    ABSENT = "absent"
    SUMMARIES = "summaries"
    EXTRACTION = "extraction"
    CONTRACTS = "contracts"
    FORMS = "forms"
    REGISTER = "register"


app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
Data = Annotated[Path, typer.Option(help="Folder with documents.jsonl.gz and questions.jsonl.gz.")]
Out = Annotated[Path, typer.Option(help="Folder for checkpoints and logs.")]


@app.callback()
def stages() -> None:
    """Each stage is a command with its log; a stopped run goes on where its checkpoint was."""


@app.command()
def draw(
    data: Data,
    file: Annotated[Path, typer.Argument(help="What is written.")],
    start: Annotated[Path, typer.Option(help="The model directory whose index ranks distractors.")],
    distractors: Annotated[str, typer.Option(help="Share of questions with 0, 1, 2 … distractor runs.")] = "0.45,0.55",
    sentences: Annotated[float, typer.Option(help="Share of the single-sentence questions to ask.")] = 0.12,
    forms: Annotated[float, typer.Option(help="Share of made documents.")] = 0.2,
    contracts: Annotated[float, typer.Option(help="Share of questions about contracts.")] = 0.25,
    seed: int = 1,
    groups: Annotated[int | None, typer.Option(help="Stop early, to try things.")] = None,
) -> None:
    """Draw an epoch of questions with their runs for `read`."""
    from dsacli.training.draw import Drawing, draw_epoch

    shares = tuple(float(share) for share in distractors.split(","))
    plan = Drawing(data, start, shares, sentences, forms, contracts, seed)
    typer.echo(f"{draw_epoch(plan, file, groups)} groups")


@app.command()
def read(
    files: Annotated[list[Path], typer.Argument(help="What `draw` wrote, an epoch each.")],
    out: Out,
    start: Annotated[Path, typer.Option(help="A model directory to go on from.")],
    frozen_layers: Annotated[int, typer.Option(help="Lowest layers of the reading network that stay.")] = 0,
    batch_tokens: int = 6000,
    learning_rate: float = 1e-4,
    dropout: float = 0.0,
    seed: int = 1,
    workers: Annotated[int, typer.Option(help="Processes that make batches.")] = 1,
    checkpoint_every: Annotated[int, typer.Option(help="Steps between checkpoints.")] = 200,
    device: str = "cpu",
    max_steps: Annotated[int | None, typer.Option(help="Stop early, to try things.")] = None,
) -> None:
    """Train the reading pass: spans and no-answer over all runs of a question."""
    from dsacli.training.read import ReadTraining, train_reader

    train_reader(
        ReadTraining(
            tuple(files),
            out,
            start,
            frozen_layers,
            batch_tokens=batch_tokens,
            learning_rate=learning_rate,
            dropout=dropout,
            seed=seed,
            workers=workers,
            checkpoint_every=checkpoint_every,
            device=device,
            max_steps=max_steps,
        )
    )


@app.command()
def index(
    files: Annotated[list[Path], typer.Argument(help="What `draw` wrote, an epoch each.")],
    out: Out,
    start: Annotated[Path, typer.Option(help="A model directory to go on from.")],
    questions: Annotated[int, typer.Option(help="Questions a step.")] = 24,
    learning_rate: float = 1e-4,
    indexer_rate: float = 4e-4,
    seed: int = 1,
    workers: Annotated[int, typer.Option(help="Processes that make batches.")] = 1,
    checkpoint_every: Annotated[int, typer.Option(help="Steps between checkpoints.")] = 200,
    device: str = "cpu",
    max_steps: Annotated[int | None, typer.Option(help="Stop early, to try things.")] = None,
) -> None:
    """Train the index network and its indexer to find passages."""
    from dsacli.training.index import IndexTraining, train_indexer

    train_indexer(
        IndexTraining(
            tuple(files),
            out,
            start,
            questions,
            learning_rate,
            indexer_rate,
            seed=seed,
            workers=workers,
            checkpoint_every=checkpoint_every,
            device=device,
            max_steps=max_steps,
        )
    )


@app.command()
def start(
    folder: Annotated[Path, typer.Argument(help="Directory for the weights, config and tokenizer.")],
    layers: Annotated[int, typer.Option(help="Layers of the reading network.")] = 10,
    index_layers: Annotated[int, typer.Option(help="Layers of the index network.")] = 2,
    pack: Annotated[bool, typer.Option(help="In whole numbers of eight and four bits, or in bfloat16.")] = False,
    seed: int = 1,
) -> None:
    """Write the pretrained networks as a model directory: what training starts from."""
    from dsacli.reader.network import ReaderConfig
    from dsacli.training.save import save_reader
    from dsacli.training.start import minilm_tokenizer, pretrained_reader

    config = ReaderConfig(num_hidden_layers=layers, index_layers=index_layers)
    save_reader(pretrained_reader(config, seed), minilm_tokenizer(), folder, pack)


@app.command()
def export(
    model: Annotated[Path, typer.Argument(help="The model directory that training started from.")],
    folder: Annotated[Path, typer.Argument(help="Directory for the weights, config and tokenizer.")],
    checkpoint: Annotated[list[Path], typer.Option(help="What `read` or `index` left.")],
    pack: Annotated[bool, typer.Option(help="In whole numbers of eight and four bits, or in bfloat16.")] = True,
) -> None:
    """Write a model directory with what training changed."""
    import torch

    from dsacli.reader.loading import load_reader, load_tokenizer
    from dsacli.training.checkpoint import load_parts
    from dsacli.training.save import save_reader

    reader = load_reader(model, dtype=torch.float32)
    for path in checkpoint:
        load_parts(path, reader)
    save_reader(reader, load_tokenizer(model), folder, pack)


@app.command()
def calibrate(
    data: Data,
    model: Annotated[Path, typer.Argument(help="A model directory; its config.json is rewritten.")],
    questions: Annotated[int, typer.Option(help="Dev questions per source.")] = 150,
) -> None:
    """Fit index prior, temperature and no-answer bias on dev, and write them to the model's config."""
    from dsacli.reader.loading import load_model
    from dsacli.training.calibrate import ask_dev, fit
    from dsacli.training.save import update_config

    loaded = load_model(model)
    best = fit(ask_dev(loaded, data, questions), loaded.reader.config)
    update_config(model, index_prior=best.index_prior, temperature=best.temperature, no_answer_bias=best.no_answer_bias)
    typer.echo(str(best))


@app.command()
def salience(
    data: Data,
    out: Out,
    model: Annotated[Path, typer.Argument(help="The model directory whose index a focus is found by.")],
    source: Annotated[list[str] | None, typer.Option(help="Of these documents.", show_default="all but calls")] = None,
    documents: Annotated[int, typer.Option(help="Documents per source, evenly spaced; 0 for all.")] = 100,
    focused: Annotated[int, typer.Option(help="Of them, for summaries with a focus.")] = 20,
) -> None:
    """Search the weights of what makes a sentence matter, by written summaries; after `index`."""
    from dsacli.training.log import Log
    from dsacli.training.salience import TRAINED, SalienceTraining, train_salience

    plan = SalienceTraining(data, out, model, documents, focused, sources=tuple(source or TRAINED))
    train_salience(plan, Log(out / "salience.log"))


@app.command()
def wants(
    data: Data,
    out: Out,
    model: Annotated[Path, typer.Argument(help="The model directory that is trained on.")],
    epochs: int = 40,
    seed: int = 1,
) -> None:
    """Train on wordings of every kind what a question wants; after `read`, whose states it reads."""
    from dsacli.training.log import Log
    from dsacli.training.wants import WantTraining, train_wants

    train_wants(WantTraining(data, out, model, epochs, seed=seed), Log(out / "wants.log"))


@app.command()
def recall(
    out: Annotated[Path, typer.Argument(help="Directory for the model and its log.")],
    dense_steps: int = 3000,
    warmup_steps: int = 250,
    sparse_steps: int = 200,
    seed: int = 1,
) -> None:
    """Train a small DeepSeek-V3.2 model to recall facts: dense, dense warm-up, sparse. Needs no data."""
    from dsacli.training.log import Log
    from dsacli.training.recall import RecallTraining, train_recall

    train_recall(RecallTraining(out, dense_steps, warmup_steps, sparse_steps, seed=seed), Log(out / "recall.log"))


@app.command()
def recalled(
    model: Annotated[Path, typer.Argument(help="A model directory that `recall` made.")],
    length: Annotated[list[int] | None, typer.Option(help="Tokens of the texts.", show_default="8192, 32768")] = None,
    texts: Annotated[int, typer.Option(help="Texts at every tenth.")] = 5,
    dense: Annotated[bool, typer.Option(help="With k = L too.")] = True,
) -> None:
    """Print the share of facts found at every tenth of a long text, sparse and dense."""
    import torch

    from dsacli.models.io.model import open_decoder
    from dsacli.training.recalled import recalled as found

    network = open_decoder(model, "dsacli.models.deepseek_v32", "cpu", torch.float32).network
    for tokens in length or (8192, 32768):
        for topk in (network.config.index_topk, tokens) if dense else (network.config.index_topk,):
            shares = found(network, tokens, texts, topk)
            mean = sum(shares) / len(shares)
            typer.echo(
                f"{tokens:>6} tokens, k = {topk:>5}: {mean:.3f}  " + " ".join(f"{share:.2f}" for share in shares)
            )


@app.command()
def evaluate(
    data: Data,
    model: Annotated[Path | None, typer.Option(help="A model directory.", show_default="built in")] = None,
    questions: Annotated[int, typer.Option(help="Questions per source, evenly spaced; 0 for all.")] = 100,
    part: Annotated[list[Part] | None, typer.Option(help="Only these figures.", show_default="all")] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw F1 and FLOPs against k into this SVG.")] = None,
    documents: Annotated[int, typer.Option(help="Documents per source of summaries, evenly spaced; 0 for all.")] = 0,
) -> None:
    """Print the figures of a model on the dev split."""
    from dsacli.reader.loading import load_model
    from dsacli.training.report import report
    from dsacli.weights import BUILT_IN

    for line in report(load_model(model or BUILT_IN), data, questions, set(part or Part), plot, documents):
        typer.echo(line)


@app.command()
def everyday(
    data: Data,
    model: Annotated[Path | None, typer.Option(help="Directory or GGUF file.", show_default="built in")] = None,
    budget: Annotated[int | None, typer.Option(help="Tokens of a contract that a language model reads.")] = None,
    contracts: Annotated[int, typer.Option(help="The first so many of dev; 0 for all.")] = 8,
    after: Annotated[int, typer.Option(help="Of these leave out the first so many.")] = 0,
    threads: Annotated[int, typer.Option(help="CPU threads.")] = 1,
) -> None:
    """Ask dev contracts everyday questions through any engine; print what each was answered, then the figures."""
    import torch

    from dsacli.engines.disk_cache import open_cache
    from dsacli.engines.open import open_engine
    from dsacli.engines.options import Options
    from dsacli.training.everyday import Unwatched, everyday_figures

    torch.set_num_threads(threads)
    engine = open_engine(model, "cpu", open_cache(), Unwatched())
    for line in everyday_figures(engine, data, slice(after, contracts or None), Options(budget=budget)):
        typer.echo(line)


def main() -> None:
    """Run a stage; what the data or a model directory lacks is one line, as in `dsacli.cli`."""
    try:
        app()
    except DsacliError as failure:
        sys.exit(f"dsacli.training: {failure}")


if __name__ == "__main__":
    main()
