"""Summarise: the sentences that matter most, in the document's own words and order, each with its page."""

from dataclasses import replace

import numpy as np

from dsacli.engines.extractive.account import Account
from dsacli.engines.extractive.chapters import chapters_of
from dsacli.engines.extractive.encode import EncodedContext
from dsacli.engines.extractive.focus import focused_salience
from dsacli.engines.extractive.pick import pick
from dsacli.engines.extractive.query import read_question, run_dense
from dsacli.engines.extractive.salience import salience
from dsacli.engines.extractive.sentences import Sentences, read_sentences
from dsacli.engines.options import Options
from dsacli.engines.results import SummarizeResult, SummaryPart, SummarySentence
from dsacli.engines.wording import single_line
from dsacli.reader.loading import ReaderModel

SENTENCES = 6
SECTION_SENTENCES = 2


def summarize(model: ReaderModel, context: EncodedContext, options: Options = Options()) -> SummarizeResult:
    """Pick `sentences` sentences, or as many as fit `words` words, in document order; per section with `by_section`."""
    focus, words, by_section = options.focus, options.words, options.by_section
    sentences = read_sentences(model, context)
    question = read_question(model, context, focus) if focus else None
    with Account(model.reader) as account:
        if not len(sentences):
            scores = np.empty(0)
        elif question:
            scores = focused_salience(model, context, sentences, question)
        else:
            scores = salience(sentences)
    titles, chapters = chapters_of(sentences)
    pool = np.flatnonzero(sentences.quotable)
    parts = []
    for number in np.unique(chapters[pool]) if by_section else [None]:
        members = pool if number is None else pool[chapters[pool] == number]
        count = options.sentences or (SECTION_SENTENCES if by_section else SENTENCES)
        limit = len(members) if words and not options.sentences else count
        chosen = sorted(pick(sentences, scores, chapters, members.tolist(), limit, words))
        title = None if number is None else titles[number]
        if chosen:
            parts.append(SummaryPart(title, tuple(quoted(sentences, n, float(scores[n])) for n in chosen)))
    savings = account.savings(context, len(question.tokens) if question else 0, 0, 0)
    if options.compare_dense:
        savings = replace(savings, dense_run=run_dense(model, context, [question] if question else []))
    return SummarizeResult(context.name, focus, tuple(parts), "salience", savings)


def quoted(sentences: Sentences, number: int, score: float) -> SummarySentence:
    """A chosen sentence with its evidence."""
    first, last = sentences.bounds[number].tolist()
    evidence = sentences.context.evidence(first, last - 1)
    return SummarySentence(single_line(evidence.quote), score, evidence)
