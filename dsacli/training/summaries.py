"""Summaries on the dev split against the classical extractive ones (the package sumy), at the same length.

Every summary may have as many words as the written one; each method takes its sentences in the order it ranks them and
leaves out what no longer fits. All choose among the same sentences.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
from sumy.nlp.stemmers import Stemmer
from sumy.summarizers.lex_rank import LexRankSummarizer
from sumy.summarizers.lsa import LsaSummarizer
from sumy.summarizers.text_rank import TextRankSummarizer

from dsacli.engines.extractive.encode import EncodedContext, encode_document
from dsacli.engines.extractive.salience import sentence_tokens
from dsacli.engines.extractive.summarize import quotable, summarize, wording
from dsacli.engines.options import Options
from dsacli.reader.loading import ReaderModel
from dsacli.training.rouge import rouge
from dsacli.training.salience import TRANSCRIPTS, summarised


class Words:
    """What sumy asks of a tokenizer, without the corpora that its own one downloads."""

    def to_words(self, text: str) -> tuple[str, ...]:
        return tuple(word for word in text.split() if any(map(str.isalnum, word)))

    def to_sentences(self, text: str) -> tuple[str, ...]:
        return (text,)


def fitting(limit: int) -> Callable[[list], list]:
    """What sumy calls to choose from rated sentences: all that fit `limit` words, the best first."""

    def choose(rated: list) -> list:
        kept, words = [], 0
        for each in rated:
            size = len(str(each.sentence).split())
            if words + size <= limit:
                kept.append(each)
                words += size
        return kept

    return choose


def baselines(sentences: list[str], limit: int) -> dict[str, str]:
    """The summary of each classical method."""
    tokenizer, stemmer = Words(), Stemmer("english")
    document = ObjectDocumentModel([Paragraph([Sentence(text, tokenizer) for text in sentences])])
    methods = {"LexRank": LexRankSummarizer, "TextRank": TextRankSummarizer, "LSA": LsaSummarizer}
    found = {name: method(stemmer)(document, fitting(limit)) for name, method in methods.items()}
    kept, words = [], 0
    for text in sentences:
        if words + len(text.split()) <= limit:
            kept.append(text)
            words += len(text.split())
    return {"lead": " ".join(kept), **{name: " ".join(map(str, chosen)) for name, chosen in found.items()}}


def summary_figures(
    model: ReaderModel, data: Path, documents: int = 0
) -> Iterator[tuple[str, dict[str, tuple[float, float]]]]:
    """Yield (source, {method: (ROUGE-1, ROUGE-L)}), F1 from 0 to 100, "dsacli" among the methods.

    Of a source with focused summaries these are a source of their own; the classical methods know of no focus.
    """
    for source in TRANSCRIPTS:
        scores: dict[bool, dict[str, list[tuple[float, float]]]] = {False: {}, True: {}}
        for item in summarised(data, "dev", source, documents):
            context = EncodedContext([encode_document(item.document, model)])
            texts = [wording(context, bound) for bound in sentence_tokens(context)]
            quoted = [text for text in texts if quotable(text)]
            for wanted in (item.general, *item.focused):
                limit = len(wanted.reference.split())
                ours = summarize(model, context, Options(words=limit, focus=wanted.focus))
                summaries = {} if wanted.focus else baselines(quoted, limit)
                summaries["dsacli"] = " ".join(s.text for part in ours.parts for s in part.sentences)
                for name, text in summaries.items():
                    scores[wanted.focus is not None].setdefault(name, []).append(rouge(text, wanted.reference))
        for focused, found in scores.items():
            name = f"{source}, with a focus" if focused else source
            if found:
                means = {method: np.mean(each, axis=0).tolist() for method, each in found.items()}
                yield name, {method: (float(one), float(longest)) for method, (one, longest) in means.items()}
