"""`python -m dsacli.training STAGE --data DIR --out DIR`: what produced the shipped weights."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
Data = Annotated[Path, typer.Option(help="Folder with documents.jsonl.gz and questions.jsonl.gz.")]
Out = Annotated[Path, typer.Option(help="Folder for checkpoints and logs.")]


@app.callback()
def stages() -> None:
    """Each stage is a command with its log; a stopped run goes on where its checkpoint was."""


@app.command()
def read(
    data: Data,
    out: Out,
    epochs: int = 1,
    batch_tokens: int = 6000,
    learning_rate: float = 1.5e-4,
    seed: int = 1,
    device: str = "cpu",
    max_steps: Annotated[int | None, typer.Option(help="Stop early, to try things.")] = None,
) -> None:
    """Train the reading pass: spans and no-answer over all runs of a question."""
    from dsacli.training.read import ReadTraining, train_reader

    train_reader(
        ReadTraining(
            data, out, epochs, batch_tokens, learning_rate, seed=seed, device=device, max_steps=max_steps
        )
    )


if __name__ == "__main__":
    app()
