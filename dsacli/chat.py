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

HELP = """Ask a question, or:
  /summary [N]              the N sentences that matter most
  /extract NAME[:TYPE], …   values of fields
  /page N                   what page N says
  /quit                     or Ctrl-D"""


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
            if line in ("/quit", "/exit", "/q"):
                break
            try:
                self.answer(line)
            except DsacliError as failure:
                print(f"dsacli: {failure}", file=sys.stderr)
            except KeyboardInterrupt:
                print("interrupted", file=sys.stderr)

    def answer(self, line: str) -> None:
        """Do what one line says. Raises DsacliError where that cannot be done."""
        command, _, rest = line.partition(" ")
        rest = rest.strip()
        if not line:
            return
        if not line.startswith("/"):
            self.ask(line)
        elif command == "/help":
            print(HELP, file=sys.stderr)
        elif command == "/summary":
            self.show(self.session.engine.summarize(self.context, self.summary_options(rest)))
        elif command == "/extract" and rest:
            fields = parse_fields([part.strip() for part in rest.split(",") if part.strip()])
            self.show(self.session.engine.extract(self.context, fields, Options()))
        elif command == "/page" and rest.isdecimal():
            show_page([each.document for each in self.context.documents], int(rest))
        else:
            raise DsacliError(f"{line}: no such command; /help lists them")

    def ask(self, question: str) -> None:
        """A question, on its own or hanging on the one before."""
        asked = question
        if self.earlier:
            best = self.earlier.answers[0].answer if self.earlier.answers else None
            asked = standing_alone(question, self.earlier.question, best)
        (result,) = self.session.engine.ask(self.context, [asked], self.options)
        self.show(result)
        self.earlier = replace(result, question=asked)

    def show(self, result: Result) -> None:
        """A result, and what it cost in one line."""
        show_brief(result, as_json=self.as_json, quiet=self.quiet, warnings=self.session.warnings)

    @staticmethod
    def summary_options(sentences: str) -> Options:
        """Options for `/summary`, of so many sentences where that is said."""
        if not sentences:
            return Options()
        if not sentences.isdecimal() or not 0 < int(sentences) <= 1000:
            raise DsacliError(f"/summary {sentences}: give a number of sentences")
        return Options(sentences=int(sentences))
