"""Summaries on the dev split against the classical extractive ones (lead, centroid, and three of the package sumy).

Every summary may have as many words as the written one; each method takes its sentences in the order it ranks them and
leaves out what no longer fits. All choose among the same sentences. A document with several written summaries counts once, by the
mean over them.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
from sumy.nlp.stemmers import Stemmer
from sumy.summarizers.lex_rank import LexRankSummarizer
from sumy.summarizers.lsa import LsaSummarizer
from sumy.summarizers.text_rank import TextRankSummarizer

from dsacli.engines.extractive.encode import EncodedContext, encode_document
from dsacli.engines.extractive.sentences import Sentences, read_sentences
from dsacli.engines.extractive.summarize import summarize
from dsacli.engines.extractive.terms import centrality
from dsacli.engines.options import Options
from dsacli.reader.loading import ReaderModel
from dsacli.training.rouge import rouge, tokens
from dsacli.training.summarised import SOURCES, Summarised, summarised, without_abstract

METHODS = ("dsacli", "lead", "centroid", "LexRank", "TextRank", "LSA")
SUMY = {"LexRank": LexRankSummarizer, "TextRank": TextRankSummarizer, "LSA": LsaSummarizer}
# sumy compares every sentence with every other, in Python: of a longer document it gets this many, evenly spaced.
MOST_SENTENCES = 1500
Scores = dict[str, tuple[float, float]]


class Words:
    """What sumy asks of a tokenizer, without the corpora that its own one downloads."""

    def to_words(self, text: str) -> tuple[str, ...]:
        return tuple(word for word in text.split() if any(map(str.isalnum, word)))

    def to_sentences(self, text: str) -> tuple[str, ...]:
        return (text,)


def rankings(sentences: Sentences) -> dict[str, list[int]]:
    """The quotable sentences in the order of each classical method, the best first."""
    pool = np.flatnonzero(sentences.quotable).tolist()
    central = centrality(sentences.terms, sentences.quotable)
    found = {"lead": pool, "centroid": sorted(pool, key=lambda number: -central[number])}
    if len(pool) > MOST_SENTENCES:
        pool = [pool[i] for i in np.linspace(0, len(pool) - 1, MOST_SENTENCES).astype(int)]
    tokenizer, stemmer = Words(), Stemmer("english")
    lines = [Sentence(sentences.texts[number], tokenizer) for number in pool]
    document, order = ObjectDocumentModel([Paragraph(lines)]), list[int]()

    def remember(rated: list) -> list:
        """What sumy calls to choose from rated sentences."""
        order[:] = [pool[each.order] for each in sorted(rated, key=lambda each: -each.rating)]
        return []

    for name, method in SUMY.items():
        method(stemmer)(document, remember)
        found[name] = list(order)
    return found


def fitting(sentences: Sentences, ranked: list[int], limit: int) -> str:
    """All that fits `limit` words, the best first, in the order of the document."""
    kept, words = [], 0
    for number in ranked:
        if words + sentences.words[number] <= limit:
            kept.append(number)
            words += int(sentences.words[number])
    return " ".join(sentences.texts[number] for number in sorted(kept))


def measured(model: ReaderModel, item: Summarised) -> tuple[Scores, Scores]:
    """{method: (ROUGE-1, ROUGE-L)} of a document's general summaries and of those for a focus, which has none but dsacli's."""
    context = EncodedContext([encode_document(item.document, model)])
    sentences = read_sentences(model, context)
    ranked = rankings(sentences)

    def ours(reference: str, focus: str | None) -> str:
        found = summarize(model, context, Options(words=len(reference.split()), focus=focus))
        return " ".join(sentence.text for part in found.parts for sentence in part.sentences)

    def mean(pairs: list[tuple[str, str]]) -> tuple[float, float]:
        scores = np.mean([rouge(tokens(text), tokens(reference)) for text, reference in pairs], axis=0)
        return float(scores[0]), float(scores[1])

    general = {"dsacli": mean([(ours(text, None), text) for text in item.general])}
    for name, order in ranked.items():
        general[name] = mean([(fitting(sentences, order, len(text.split())), text) for text in item.general])
    asked = [(ours(each.reference, each.focus), each.reference) for each in item.focused]
    return general, {"dsacli": mean(asked)} if asked else {}


def summary_figures(model: ReaderModel, data: Path, documents: int = 0) -> Iterator[tuple[str, Scores]]:
    """Yield (kind, {method: (ROUGE-1, ROUGE-L)}), F1 from 0 to 100, for up to `documents` documents a source, 0 for all.

    Kinds are the sources, papers from behind their abstracts, and each source with a focus.
    """
    for source in SOURCES:
        items = summarised(data, "dev", source, documents)
        bodies = [body for item in items if source == "papers" and (body := without_abstract(item))]
        focused = []
        for name, each in ((source, items), ("papers without abstract", bodies)):
            found = [measured(model, item) for item in each]
            focused += [asked for _, asked in found if asked]
            if found:
                yield name, averaged([general for general, _ in found])
        if focused:
            yield f"{source}, with a focus", averaged(focused)


def averaged(scores: list[Scores]) -> Scores:
    """The mean over documents, method by method."""
    found = {}
    for name in scores[0]:
        one, longest = np.mean([each[name] for each in scores], axis=0).tolist()
        found[name] = (one, longest)
    return found
