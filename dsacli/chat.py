"""A prompt on documents that are loaded: questions one after the other, and a few commands."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dsacli.engines.follow_up import standing_alone
from dsacli.engines.options import Options
from dsacli.engines.results import AskResult, Result
from dsacli.errors import DsacliError
from dsacli.extraction.fields import parse_fields
from dsacli.output.text import show_brief, show_page

if TYPE_CHECKING:
    from dsacli.engines.context import Context
    from dsacli.session import Session

QUIT = "/quit"
# By name: what follows it, what it does, and the method of Chat that does it.
COMMANDS = {
    "/summary": ("[N]", "the N sentences that matter most", "summarize"),
    "/extract": ("NAME[:TYPE], …", "values of fields", "extract"),
    "/page": ("N", "what page N says", "page"),
    "/help": ("", "this", "help"),
    QUIT: ("", "or Ctrl-D", ""),
}


class Chat:
    """One conversation about a context; what cannot be done is said, and the conversation goes on."""

    def __init__(self, session: "Session", context: "Context[Any]", options: Options, quiet: bool, as_json: bool):
        self.session, self.context, self.options = session, context, options
        self.quiet, self.as_json = quiet, as_json
        self.earlier: AskResult | None = None

    def run(self, lines: Iterator[str]) -> None:
        """Answer line by line, to the end of them or `/quit`."""
        for line in lines:
            line = line.strip()
            if line in (QUIT, "/exit", "/q"):
                break
            try:
                if line:
                    self.answer(line)
            except DsacliError as failure:
                print(f"dsacli: {failure}", file=sys.stderr)
            except KeyboardInterrupt:
                print("interrupted", file=sys.stderr)

    def answer(self, line: str) -> None:
        """Do what one line says. Raises DsacliError where that cannot be done."""
        if not line.startswith("/"):
            self.ask(line)
            return
        command, _, rest = line.partition(" ")
        _, _, method = COMMANDS.get(command, ("", "", ""))
        if not method:
            raise DsacliError(f"{line}: no such command; /help lists them")
        getattr(self, method)(rest.strip())

    def ask(self, question: str) -> None:
        """A question, on its own or hanging on the one before."""
        asked = question
        if self.earlier:
            best = self.earlier.answers[0].answer if self.earlier.answers else None
            asked = standing_alone(question, self.earlier.question, best)
        (result,) = self.session.engine.ask(self.context, [asked], self.options)
        self.show(result)
        self.earlier = replace(result, question=asked)

    def summarize(self, sentences: str) -> None:
        """A summary, of so many sentences where that is said."""
        number = _number("/summary", sentences, "a number of sentences", most=1000) if sentences else None
        self.show(self.session.engine.summarize(self.context, Options(sentences=number)))

    def extract(self, names: str) -> None:
        """The values of fields, with commas between them."""
        fields = parse_fields([part.strip() for part in names.split(",") if part.strip()])
        if not fields:
            raise DsacliError("/extract: name a field, as in /extract price:money, start:date")
        self.show(self.session.engine.extract(self.context, fields, Options()))

    def page(self, number: str) -> None:
        """What a page says."""
        show_page(
            [each.document for each in self.context.documents],
            _number("/page", number, "the number of a page", most=10**7),
        )

    def help(self, _: str) -> None:
        """What can be typed."""
        print("Ask a question, or:", file=sys.stderr)
        for name, (what, does, _) in COMMANDS.items():
            print(f"  {f'{name} {what}':<25} {does}", file=sys.stderr)

    def show(self, result: Result) -> None:
        """A result, and what it cost in one line."""
        show_brief(result, as_json=self.as_json, quiet=self.quiet, warnings=self.session.warnings)


def _number(command: str, text: str, what: str, most: int) -> int:
    """The number, from 1 to `most`, that is given to a command.

    Raises:
        DsacliError: it is none of those
    """
    if not text.isdecimal() or len(text) > len(str(most)) or not 0 < int(text) <= most:
        raise DsacliError(f"{command} {text[:40]}: give {what}")
    return int(text)
