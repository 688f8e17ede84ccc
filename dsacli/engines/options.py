"""How a task is to be done, and which engine understands what of it.

Nothing heavy is imported here: what makes no sense is refused before a model is loaded.
"""

from dataclasses import dataclass, fields
from typing import Literal

from dsacli.errors import UsageFailure
from dsacli.reader.wants import Want as Want  # the command line has it from here

Task = Literal["ask", "summarize", "extract", "inspect"]


@dataclass(frozen=True)
class Options:
    """How a task is to be done, as far as somebody said; None leaves it to the engine.

    index_topk: tokens that the indexer keeps; compare_dense: really run dense attention too
    answers: per question; min_confidence, min_probability: below these nothing was found; want: the form of the answers
    sentences, words: the length of a summary, of each section's with `by_section`; focus: what it is for
    max_tokens, temperature, top_p, seed: how a generative model writes; budget: tokens of documents that it reads at the most
    """

    index_topk: int | None = None
    compare_dense: bool | None = None
    answers: int | None = None
    min_confidence: float | None = None
    min_probability: float | None = None
    want: Want | None = None
    sentences: int | None = None
    words: int | None = None
    focus: str | None = None
    by_section: bool | None = None
    budget: int | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None

    @property
    def given(self) -> frozenset[str]:
        """The names of those that were said."""
        return frozenset(each.name for each in fields(self) if getattr(self, each.name) is not None)


_WRITING = frozenset({"budget", "max_tokens", "temperature", "top_p", "seed"})
EXTRACTIVE: dict[Task, frozenset[str]] = {
    "ask": frozenset({"answers", "min_confidence", "want", "index_topk", "compare_dense"}),
    "summarize": frozenset({"sentences", "words", "focus", "by_section", "compare_dense"}),
    "extract": frozenset({"min_confidence", "index_topk", "compare_dense"}),
    "inspect": frozenset({"index_topk"}),
}
GENERATIVE: dict[Task, frozenset[str]] = {
    "ask": frozenset({"min_probability", "index_topk", "compare_dense"}) | _WRITING,
    "summarize": frozenset({"sentences", "words", "focus", "index_topk", "compare_dense"}) | _WRITING,
    "extract": frozenset({"min_probability", "index_topk", "compare_dense"}) | _WRITING,
    "inspect": frozenset({"index_topk"}),
}
# A server selects as it does.
SERVED: dict[Task, frozenset[str]] = {
    task: known - {"index_topk", "compare_dense"} for task, known in GENERATIVE.items()
}
# Where an option's flag is not its name.
_FLAGS = {"index_topk": "--top-k", "by_section": "--by section"}


def refuse_unknown(options: Options, task: Task, generative: bool, served: bool = False) -> None:
    """Raise UsageFailure that names the options that an engine of this kind does not understand; a `served` one is generative."""
    known = (SERVED if served else GENERATIVE if generative else EXTRACTIVE)[task]
    unknown = [_FLAGS.get(name, f"--{name.replace('_', '-')}") for name in sorted(options.given - known)]
    if unknown:
        verb = "is" if len(unknown) == 1 else "are"
        who = (
            "a served model"
            if served
            else "a generative model; leave --model out"
            if generative
            else "the built-in reader; --model takes a generative one"
        )
        raise UsageFailure(f"{task}: {', '.join(unknown)} {verb} not for {who}")
