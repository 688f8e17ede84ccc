"""Figures on answers in the form that was asked for: the form told from the question, titles, explanations, and papers whose lists of
references answer nothing."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dsacli.documents import Document
from dsacli.engines.extractive.ask import ask, wanted
from dsacli.engines.extractive.encode import EncodedContext, encode_document
from dsacli.engines.options import Options
from dsacli.engines.results import AskResult
from dsacli.engines.wording import answer_key
from dsacli.reader.loading import ReaderModel
from dsacli.reader.wanting import wants_of
from dsacli.training.data import read_jsonl
from dsacli.training.facts import read
from dsacli.training.values import made
from dsacli.training.wants import wordings

PAPERS = 10
REFERENCES = 30
VENUES = (
    "Proceedings of the 45th Annual Meeting of the Association of Computational Linguistics, pages {}–{}, Prague, June 2007.",
    "Computational Linguistics, Volume 21, Number 4, pp. {}-{}",
    "In: Proc. of COLING '90, Helsinki, vol. 3, {}-{}",
    "Coling 2008: Companion volume, pages {}–{}. Manchester, August 2008",
)


def form_figures(model: ReaderModel, data: Path) -> Iterator[str]:
    """Lines, one for each figure."""
    rows = unlearned_questions()
    wants = wants_of(model.reader, [model.encode(row["question"]) for row in rows])
    right = [row["want"] == wanted(row["question"], likely) for row, likely in zip(rows, wants)]
    yield f"{'form told from the question':<44} {np.mean(right):.3f} of {len(right):>4}"
    titles = list(title_answers(model, data))
    yield f"{'titles of papers below a line of venue':<44} {np.mean(titles):.3f} of {len(titles):>4}"
    shown = list(explained(model, data))
    yield f"{'explanations: gold paragraph shown':<44} {np.mean(shown):.3f} of {len(shown):>4}"
    listed = list(from_references(model, data))
    yield f"{'answered from a list of references':<44} {sum(listed)} of {len(listed):>4}"


def unlearned_questions() -> list[dict]:
    """The questions that the form is told from, but for the few that stand among the wordings it was learned from ("title?")."""
    learned = {answer_key(text) for text, _ in wordings(np.random.default_rng(0))}
    rows = [json.loads(line) for line in read("asked", "questions.jsonl").splitlines()]
    return [row for row in rows if answer_key(row["question"]) not in learned]


def dev_documents(data: Path, source: str) -> list[dict]:
    """The dev documents of a source as they are in the data."""
    rows = read_jsonl(data / "documents.jsonl.gz")
    return [row for row in rows if row["split"] == "dev" and row["source"] == source]


def context_of(model: ReaderModel, name: str, text: str) -> EncodedContext:
    """A text as a document that can be asked."""
    return EncodedContext([encode_document(Document(name, "text", text), model)])


def title_answers(model: ReaderModel, data: Path, papers: int = 0) -> Iterator[bool]:
    """Whether the title of each dev paper is told, which is set on top of its text below a line of venue and pages."""
    questions, rng = read("asked", "titles.txt").strip().split("\n"), np.random.default_rng(0)
    for row in dev_documents(data, "papers")[: papers or None]:
        first = int(rng.integers(2, 900))
        venue = VENUES[int(rng.integers(len(VENUES)))].format(first, first + int(rng.integers(4, 20)))
        # The beginning is all that a title is looked for in.
        text = "\n".join([venue, row["title"], "", *row["passages"][:6]])
        (result,) = ask(model, context_of(model, "paper", text), [questions[int(rng.integers(len(questions)))]])
        yield result.found and answer_key(result.answers[0].answer) == answer_key(row["title"])


def explained(model: ReaderModel, data: Path) -> Iterator[bool]:
    """Whether the paragraph that answers is shown, of each dev question of CLAP NQ, asked of all its dev documents as one text."""
    rows = dev_documents(data, "clapnq")
    passages = {(row["id"], number): text for row in rows for number, text in enumerate(row["passages"])}
    starts = dict(zip(passages, np.cumsum([0, *(len(text) + 2 for text in passages.values())]).tolist()))
    context = context_of(model, "articles", "\n\n".join(passages.values()))
    asked = [
        (row["question"], (row["document"], row["passage"]))
        for row in read_jsonl(data / "questions.jsonl.gz")
        if (row["document"], row["passage"]) in passages and row["answers"]
    ]
    results = ask(model, context, [question for question, _ in asked], Options(want="explanation", min_confidence=0.0))
    for (_, gold), result in zip(asked, results):
        low, high = starts[gold], starts[gold] + len(passages[gold])
        places = result.answers[0].evidence if result.found else ()
        yield any(low <= place.start < high for place in places)


def from_references(model: ReaderModel, data: Path) -> Iterator[bool]:
    """Whether an answer comes from the list of references behind a paper, which is made of other papers' titles and of names."""
    papers, rng = dev_documents(data, "papers"), np.random.default_rng(0)
    questions = read("asked", "sections.txt").strip().split("\n")
    for number in rng.permutation(len(papers))[:PAPERS].tolist():
        others = [papers[i]["title"] for i in rng.permutation(len(papers))[:REFERENCES] if i != number]
        body = "\n".join([papers[number]["title"], "", *papers[number]["passages"]])
        listed = "\n".join(reference(title, rng) for title in others)
        context = context_of(model, "paper", f"{body}\n\nReferences\n{listed}\n")
        for result in ask(model, context, questions):
            yield any(place.start > len(body) for place in places_of(result))


def places_of(result: AskResult) -> Iterator:
    """The evidence of all answers."""
    return (place for answer in result.answers for place in answer.evidence)


def reference(title: str, rng: np.random.Generator) -> str:
    """An entry of a list of references, in one of several styles."""
    first, second = (f"{made(rng, 'last')}, {made(rng, 'first')[0]}." for _ in range(2))
    year = int(rng.integers(1985, 2015))
    style = int(rng.integers(3))
    if style == 0:
        return f"{first} and {second} ({year}). {title}."
    if style == 1:
        return f"{made(rng, 'first')} {made(rng, 'last')} and {made(rng, 'first')} {made(rng, 'last')}. {year}. {title}. In Proceedings of ACL."
    return f"[{int(rng.integers(1, 60))}] {first}, {second}: {title}. {year}."
