"""Summarise: the sentences the document attends to most, in its own words and order, each with its page."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dsacli.documents import Section
from dsacli.engines.extractive.account import Account
from dsacli.engines.extractive.encode import EncodedContext
from dsacli.engines.extractive.query import read_question, run_dense
from dsacli.engines.extractive.salience import (
    focused_salience,
    salience,
    sentence_tokens,
    standardised,
)
from dsacli.engines.options import Options
from dsacli.engines.results import SummarizeResult, SummaryPart, SummarySentence
from dsacli.engines.wording import single_line
from dsacli.reader.loading import ReaderModel

SENTENCES = 6
SECTION_SENTENCES = 2
WORDS = range(6, 61)
REPEATED_WORDS = 0.5
SIMILAR_PENALTY = 0.5


def summarize(model: ReaderModel, context: EncodedContext, options: Options = Options()) -> SummarizeResult:
    """Pick `sentences` sentences, or as many as fit `words` words, in document order; per section with `by_section`."""
    reader, focus, words, by_section = model.reader, options.focus, options.words, options.by_section
    bounds = sentence_tokens(context)
    question = read_question(model, context, focus) if focus else None
    with Account(reader) as account:
        if not len(bounds):
            scores = np.empty(0)
        elif question:
            scores = focused_salience(model, context, *question.queries(reader), bounds)
        else:
            scores = salience(model, context, bounds)
        pool = [number for number in range(len(bounds)) if quotable(wording(context, bounds[number]))]
        parts = []
        for title, members in by_sections(context, bounds, pool) if by_section else [(None, pool)]:
            count = options.sentences or (SECTION_SENTENCES if by_section else SENTENCES)
            limit = len(members) if words and not options.sentences else count
            parts.append((title, pick(context, bounds, scores, members, limit, words)))
    savings = account.savings(context, len(question.tokens) if question else 0, 0, 0)
    if options.compare_dense:
        savings = replace(savings, dense_run=run_dense(model, context, [question] if question else []))
    return SummarizeResult(
        context.name,
        focus,
        tuple(
            SummaryPart(title, tuple(quoted(context, bounds[n], scores[n]) for n in sorted(chosen)))
            for title, chosen in parts
            if chosen
        ),
        "salience",
        savings,
    )


def wording(context: EncodedContext, tokens: Sequence[int]) -> str:
    """The text of a sentence on one line."""
    encoded, start, end = context.characters(int(tokens[0]), int(tokens[1]) - 1)
    return single_line(encoded.document.text[start:end])


def quoted(context: EncodedContext, tokens: Sequence[int], score: float) -> SummarySentence:
    """A chosen sentence with its evidence."""
    evidence = context.evidence(int(tokens[0]), int(tokens[1]) - 1)
    return SummarySentence(single_line(evidence.quote), float(score), evidence)


def quotable(sentence: str) -> bool:
    """Whether it reads as a sentence: some words, most of them of letters, an end. Headings and table rows do not."""
    words = sentence.split()
    lettered = sum(any(c.isalpha() for c in word) for word in words)
    ended = sentence.rstrip("\"'”’)»").endswith((".", "!", "?"))
    return ended and len(words) in WORDS and lettered > 0.6 * len(words) and "|" not in words


def by_sections(context: EncodedContext, bounds: NDArray[Any], pool: list[int]) -> list[tuple[str | None, list[int]]]:
    """(section title, sentence numbers) for every section of the highest level that has several."""
    found: dict[tuple[int, int], tuple[str | None, list[int]]] = {}
    ruling = {id(document): ruling_sections(document.document.sections) for document in context.documents}
    for number in pool:
        encoded, start, _ = context.characters(int(bounds[number, 0]), int(bounds[number, 1]) - 1)
        sections = ruling[id(encoded)]
        place = bisect_right(sections, start, key=lambda section: section.start) - 1
        title = sections[place].title if place >= 0 else None
        found.setdefault((id(encoded), place), (title, []))[1].append(number)
    return list(found.values())


def ruling_sections(sections: Sequence[Section]) -> list[Section]:
    """The sections down to the first level that has more than one: what a reader calls the chapters."""
    counts = Counter(section.level for section in sections)
    level = min((level for level, count in counts.items() if count > 1), default=1)
    return [section for section in sections if section.level <= level]


def pick(
    context: EncodedContext,
    bounds: NDArray[Any],
    scores: NDArray[Any],
    members: list[int],
    count: int,
    words: int | None,
) -> list[int]:
    """The most salient members, each penalised by its likeness to those already picked."""
    if not members:
        return []
    keys = torch.stack([context.index_keys[a:b].float().mean(0) for a, b in bounds[members].tolist()])
    means = torch.nn.functional.normalize(keys - keys.mean(0), dim=-1).numpy()
    values = standardised(scores[members])
    texts = [set(re.findall(r"\w+", wording(context, bounds[n]).lower())) for n in members]
    chosen: list[int] = []
    likeness = np.zeros(len(members))
    length = 0
    for _ in range(len(members)):
        if len(chosen) == count:
            break
        best = int(np.argmax(values - SIMILAR_PENALTY * likeness))
        if values[best] == -np.inf:
            break
        new_words = len(wording(context, bounds[members[best]]).split())
        repeated = any(overlap(texts[best], texts[other]) > REPEATED_WORDS for other in chosen)
        values[best] = -np.inf
        if repeated or (words and length + new_words > words):
            continue
        chosen.append(best)
        length += new_words
        likeness = np.maximum(likeness, means @ means[best])
    return [members[place] for place in chosen]


def overlap(left: set[str], right: set[str]) -> float:
    """Share of the shorter one's words that both have."""
    return len(left & right) / max(1, min(len(left), len(right)))
