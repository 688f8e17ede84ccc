"""Answers for reading, each in its form: a few words, a list, a clause or an explanation."""

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.text import Text

from dsacli.engines.evidence import Evidence
from dsacli.engines.results import Answer, AskResult, Measure
from dsacli.engines.wording import answer_key
from dsacli.output.places import indented, quotation, short_place, whereabouts
from dsacli.plain import printable

FOUND, UNCERTAIN = "bold green", "yellow"
# Behind what is written in a model's own words and is not held by the places that it cites.
DOUBT = "  not borne out by what it cites"
# A sentence of which the answer is nearly all is not quoted once more.
SAYS_MORE = 0.9


def show_answers(result: AskResult, console: Console) -> None:
    """A question and what was found for it, or the nearest candidates, marked as such."""
    about = f"{result.document}: " if result.document else ""
    console.print(Text(f"{about}{printable(result.question)}", style="bold"))
    if result.error:
        console.print(Text(f"  {printable(result.error)}", style="red"))
    elif not result.found:
        console.print(Text("  not found", style="yellow"))
    for answer in result.answers:
        show_answer(answer, result, console, FOUND)
    if result.candidates:
        console.print(Text("  nearest, but uncertain:", style="dim"))
        for answer in result.candidates:
            show_answer(answer, result, console, UNCERTAIN)
    console.print()


def show_answer(answer: Answer, result: AskResult, console: Console, style: str) -> None:
    """One answer in its form."""
    if answer.items:
        show_list(answer, result.measure, console, style)
    elif result.want in ("clause", "explanation") or (answer.score is None and result.measure == "confidence"):
        show_passages(answer, result.measure, console, {e.document for each in result.answers for e in each.evidence})
    else:
        show_words(answer, result.measure, console, style)
    if answer.replaces:
        earlier = answer.replaces
        place = f"  ({short_place(earlier.evidence[0])})" if earlier.evidence else ""
        console.print(indented(Text.assemble("replaces ", (earlier.answer, "bold"), (place, "cyan")), 4, console))


def show_words(answer: Answer, measure: Measure, console: Console, style: str) -> None:
    """A few words, and below them the quotations that they stand in."""
    score = f"  {how_sure(answer.score, measure)}" if answer.score is not None else ""
    doubt = DOUBT if answer.borne_out is False else ""
    style = UNCERTAIN if doubt else style
    console.print(indented(Text.assemble((answer.answer, style), (score, "dim"), (doubt, UNCERTAIN)), 2, console))
    for evidence in answer.evidence:
        console.print(Text("    " + whereabouts(evidence), style="cyan"))
        if len(answer_key(answer.answer)) < SAYS_MORE * len(answer_key(evidence.quote)):
            console.print(indented(quotation([evidence]), 4, console))


def show_list(answer: Answer, measure: Measure, console: Console, style: str) -> None:
    """An item a line, and below them the quotations that say more than the items."""
    for item in answer.items:
        place = f"  ({short_place(item.evidence[0])})" if item.evidence else ""
        doubt = DOUBT if item.borne_out is False else ""
        wording = Text.assemble((item.answer, UNCERTAIN if doubt else style), (place, "cyan"), (doubt, UNCERTAIN))
        console.print(indented(wording, 2, console, "• "))
    if not answer.evidence:
        return
    places = list(by_quotation(answer.evidence))
    known = {answer_key(item.answer) for item in answer.items}
    first = f"{how_sure(answer.score, measure)}" if answer.score is not None else ""
    doubt = DOUBT if answer.borne_out is False and all(item.borne_out for item in answer.items) else ""
    place = whereabouts(answer.evidence[0])
    console.print(Text.assemble("    ", (place, "cyan"), (f"  {first}", "dim"), (doubt, UNCERTAIN)))
    for together in places:
        if answer_key(together[0].quote) not in known:
            console.print(indented(quotation(together), 4, console))


def by_quotation(evidence: Iterable[Evidence]) -> Iterator[list[Evidence]]:
    """Places whose quotation is the same, together."""
    found: dict[tuple[str, int], list[Evidence]] = {}
    for each in evidence:
        found.setdefault((each.document, each.start - each.quote_start), []).append(each)
    yield from found.values()


def show_passages(answer: Answer, measure: Measure, console: Console, documents: set[str]) -> None:
    """Passages whole, the words that decide marked, each with its place behind it; of one of several `documents`, or the only one."""
    for number, evidence in enumerate(answer.evidence):
        of_one = answer.score is None and len(documents) == 1
        place = f"  ({short_place(evidence) if of_one else whereabouts(evidence)})"
        last = number + 1 == len(answer.evidence)
        score = f"  {how_sure(answer.score, measure)}" if last and answer.score is not None else ""
        passage = Text.assemble(quotation([evidence], marks=answer.score is not None), (place, "cyan"), (score, "dim"))
        console.print(indented(passage, 2, console))


def how_sure(score: float, measure: Measure) -> str:
    """A percentage, called by its name where it is not the probability that the answer stands there."""
    return f"{score:.0%}" if measure == "confidence" else f"{measure} {score:.0%}"
