"""Progress bars on stderr: pages read, tokens encoded with tokens/s and time left."""

import sys
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

# Characters of a name that leave room for the rest of a bar on 80 columns.
LONGEST_NAME = 28
# Units a second, below which the time left says enough.
FAST = 10


def shortened(name: str) -> str:
    """The end of a long name: what tells a file from its neighbours.

    >>> shortened("/home/user/documents/contracts/lease.pdf")
    '…cuments/contracts/lease.pdf'
    """
    return name if len(name) <= LONGEST_NAME else f"…{name[1 - LONGEST_NAME :]}"


class Speed(ProgressColumn):
    """Units, and how many a second once that is known and says more than the time left."""

    def render(self, task: Task) -> Text:
        unit = task.fields["unit"]
        return Text(
            f"{task.completed:,.0f}/{task.total:,.0f} {unit}"
            + (f" · {task.speed:,.0f} {unit}/s" if task.speed and task.speed >= FAST else "")
        )


class Bars:
    """What a document pass reports to. Shows nothing when quiet or when stderr is no terminal.

    The display runs only while something is reported, and leaves stdout alone: that carries results.
    """

    def __init__(self, quiet: bool, verbose: bool):
        self.console = Console(stderr=True)
        self.verbose, self.quiet = verbose, quiet
        self.tasks: dict[str, TaskID] = {}
        self.progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            Speed(),
            TimeRemainingColumn(),
            console=self.console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            disable=quiet or not self.console.is_terminal,
        )

    def __enter__(self) -> "Bars":
        return self

    def __exit__(self, kind: type | None, failure: BaseException | None, trace: TracebackType | None) -> None:
        self.progress.stop()

    def page(self, name: str, done: int, total: int) -> None:
        """`done` of `total` pages of a PDF are read."""
        self._advance(f"reading {shortened(name)}", done, total, "pages")

    def tokens(self, name: str, done: int, total: int) -> None:
        """`done` of `total` tokens have their index keys."""
        self._advance(f"encoding {shortened(name)}", done, total, "tokens")

    def fields(self, name: str, done: int, total: int) -> None:
        """`done` of `total` fields are extracted."""
        self._advance(f"extracting from {shortened(name)}", done, total, "fields")

    def documents(self, name: str, done: int, total: int) -> None:
        """`done` of `total` documents are in a library."""
        if total:
            self._advance(f"indexing {shortened(name)}", done, total, "documents")

    def prefill(self, name: str, done: int, total: int) -> None:
        """`done` of `total` tokens are in the model's cache."""
        self._advance(f"prefilling {shortened(name)}", done, total, "tokens")

    def writing(self, text: str) -> None:
        """What a model has written so far, as one line that goes when it is done; nothing without a terminal."""
        if not self.progress.disable:
            shown = " ".join(text.split())[-self.console.width + 4 :]
            self.console.file.write(f"\r\x1b[2K{''.join(c for c in shown if c.isprintable())}")
            self.console.file.flush()

    def written(self) -> None:
        """Clear that line, and the bars of what was broken off."""
        if self.tasks:
            for task in self.tasks.values():
                self.progress.remove_task(task)
            self.tasks.clear()
            self.progress.stop()
        if not self.progress.disable:
            self.console.file.write("\r\x1b[2K")
            self.console.file.flush()

    def warn(self, message: str) -> None:
        """A line that is worth knowing and stops nothing."""
        if not self.quiet:
            self.unread(message)

    def unread(self, message: str) -> None:
        """A line that says what was not read; whoever wants it quiet has to know that too."""
        self.console.print(f"dsacli: {message}", markup=False, highlight=False, soft_wrap=True)

    def note(self, message: str) -> None:
        """A line for those who asked for more (--verbose)."""
        if self.verbose:
            print(f"dsacli: {message}", file=sys.stderr)

    def _advance(self, description: str, done: int, total: int, unit: str) -> None:
        if not self.tasks:
            self.progress.start()
        if description not in self.tasks:
            self.tasks[description] = self.progress.add_task(description, total=total, unit=unit)
        self.progress.update(self.tasks[description], completed=done)
        if done >= total:
            self.progress.remove_task(self.tasks.pop(description))
            if not self.tasks:
                self.progress.stop()
