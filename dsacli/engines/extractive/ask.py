"""Answer questions in the form that each of them wants: every answer is a quotation, with its confidence and where it stands."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from dsacli.engines.extractive.answers.about import about, asks_of_document
from dsacli.engines.extractive.answers.lists import listed
from dsacli.engines.extractive.answers.passages import clauses, explanations
from dsacli.engines.extractive.answers.spans import quoted_answers
from dsacli.engines.extractive.encode import EncodedContext
from dsacli.engines.extractive.query import Queries, QueryResult, Question, read_question, run_dense
from dsacli.engines.options import Options
from dsacli.engines.results import Answer, AskResult
from dsacli.engines.savings import Savings
from dsacli.errors import DsacliError
from dsacli.extraction.labels import labels_in, name_words
from dsacli.reader.loading import ReaderModel
from dsacli.reader.wanting import wants_of
from dsacli.reader.wants import Want

# On dev documents nine of ten right answers reach it, and one in seven of those to questions that a document does not answer.
MIN_CONFIDENCE = 0.35
# What is shown where nothing reaches it.
CANDIDATES, LEAST_CANDIDATE = 3, 0.005
# Where none of these is found a few words may answer; what no clause says is not said.
INSTEAD = frozenset({"explanation", "list", "document"})
ASKS_WHAT = re.compile(r"\W*what(?:\s(?:is|was|are|were)|['’]s)\s(?P<name>[^?]+)\?*\s*\Z", re.IGNORECASE)
QUANTITY = re.compile(r"\W*how (?:much|many|long|old|far|often|tall|high|wide|deep|big|large|heavy)\b", re.IGNORECASE)


def ask(
    model: ReaderModel, context: EncodedContext, questions: Sequence[str], options: Options = Options()
) -> Iterator[AskResult]:
    """Answer each question with up to `answers` answers (one), none of them below `min_confidence`, or else with the nearest
    candidates; one that the reader can't take gets its error in its place.

    Raises DsacliError where `compare_dense` would take minutes.
    """
    count = options.answers or 1
    least = MIN_CONFIDENCE if options.min_confidence is None else options.min_confidence
    asked = [_question(model, context, question) for question in questions]
    taken = [each for each in asked if isinstance(each, Question)]
    queries = Queries(model, context, taken, options.index_topk) if taken else None
    numbers = iter(range(len(taken)))
    for question, each in zip(questions, asked):
        if isinstance(each, DsacliError):
            yield AskResult(question, (), "confidence", None, error=str(each))
            continue
        assert queries is not None
        number = next(numbers)
        answering = Answering(model, queries.part(number)[0], question, queries, number)
        want, found = answering.found(max(count, CANDIDATES), least, options.want)
        savings = answering.savings()
        if options.compare_dense:
            savings = replace(savings, dense_run=run_dense(model, context, [each]))
        # What a document is every document of the context is asked.
        most = max(count, len(answering.context.documents)) if want == "document" else count
        answers = tuple(a for a in found if a.score is None or a.score >= least)[:most]
        candidates = () if answers else tuple(a for a in found if a.likelihood >= LEAST_CANDIDATE)[:CANDIDATES]
        yield AskResult(question, answers, "confidence", savings, want=want, candidates=candidates)


def wanted(question: str, likely: Sequence[Want], labelled: bool = False) -> Want:
    """The likeliest form that a question can want: a quantity is no passage, nor is what is `labelled` with the words of the question,
    and what a document says about something is not what it is about."""
    barred = {"clause", "explanation"} if labelled or QUANTITY.match(question) else set()
    barred |= set() if asks_of_document(question) else {"document"}
    return next(want for want in likely if want not in barred)


def asks_for_label(context: EncodedContext, question: str) -> bool:
    """Whether a question asks what something is that a document has as a label before its value: "Diagnosis: pneumonia"."""
    asked = ASKS_WHAT.match(question)
    name = name_words(asked["name"]) if asked else frozenset()
    return bool(name) and any(
        label.words == name for each in context.documents for label in labels_in(each.document.text)
    )


def explains(found: Sequence[Answer], least: float) -> bool:
    """Whether passages answer: the best is likely enough, or has no score, and is no row of a table."""
    return any(a.score is None or a.score >= least for a in found) and not found[0].answer.startswith("| ")


class Answering:
    """One question of several that were scanned together; it is read when something needs it."""

    def __init__(self, model: ReaderModel, context: EncodedContext, text: str, queries: Queries, number: int):
        self.model, self.context, self.text, self.queries, self.number = model, context, text, queries, number
        self.results: dict[bool, QueryResult] = {}

    def want(self) -> Want:
        """The form that it wants, as the reader tells it."""
        with self.queries.accounts[self.number]:
            (likely,) = wants_of(self.model.reader, [self.queries.questions[self.number].read])
        return wanted(self.text, likely, asks_for_label(self.context, self.text))

    def read(self, words: bool = True) -> QueryResult:
        """What its selection says, its own `words` counting or not; read once."""
        if words not in self.results:
            plain = self.results.get(False)
            self.results[words] = (
                self.queries.with_words(self.number, plain) if plain else self.queries.read(self.number, words)
            )
        return self.results[words]

    def savings(self) -> Savings:
        """What it cost."""
        return next((each.savings for each in self.results.values()), None) or self.queries.unread(self.number)

    def found(self, count: int, least: float, want: Want | None = None) -> tuple[Want, list[Answer]]:
        """`count` answers or more where there are so many, best first, in the form that is wanted, or that the question wants; a few words
        where that has none whose likelihood is `least`."""
        form = want or self.want()
        answers = self.answers(form, count)
        if form in INSTEAD and not want and not explains(answers, least):
            words = self.answers("span", count)
            if words and words[0].likelihood >= least:
                return "span", words
        return form, answers

    def answers(self, want: Want, count: int) -> list[Answer]:
        """`count` answers or more where there are so many, best first."""
        if want == "document":
            return about(self.model, self.context, self.text, self.read, count)
        if want == "clause":
            return clauses(self.context, self.text, self.read(words=False).spans, count)
        if want == "explanation":
            return explanations(self.context, self.read(words=False).spans, count)
        spans = self.read().spans
        if want == "list":
            answer = listed(self.context, self.text, spans)
            return [answer] if answer else []
        return quoted_answers(self.context, self.text, spans, count)


def _question(model: ReaderModel, context: EncodedContext, text: str) -> Question | DsacliError:
    try:
        return read_question(model, context, text)
    except DsacliError as failure:
        return failure
