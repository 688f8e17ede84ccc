"""Summaries that a generative model writes beside those that the built-in reader picks, as long as the one that people wrote.

    python tests/benchmarks/summaries.py MODEL.gguf --data FOLDER [--count 3] [--after N] [--longest TOKENS] [--sources papers,meetings] [--budget 4096]

Papers are read from behind their abstracts, which their summaries copy. A line for each document as it is done: ROUGE-1 and ROUGE-L (F1, 0 to
100) of both, words written, sentences with a figure that the document does not hold, seconds; then the means of the source.
"""

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dsacli.engines.context import Context
from dsacli.engines.extractive.encode import EncodedContext, encode_document
from dsacli.engines.extractive.summarize import summarize as picked
from dsacli.engines.generative.engine import GenerativeEngine
from dsacli.engines.open import open_engine
from dsacli.engines.options import Options
from dsacli.engines.results import SummarizeResult
from dsacli.engines.tokenise import tokenise_document
from dsacli.models.io.names import resolve
from dsacli.output.progress import Bars
from dsacli.reader.loading import ReaderModel, load_model
from dsacli.training.rouge import rouge, tokens
from dsacli.training.summarised import Summarised, summarised, without_abstract

# Of a token, on average.
CHARACTERS = 4
HEAD = "document                       tokens  words  written       R-1   R-L  picked R-1   R-L  doubted  seconds"
ROW = "{:<28} {:>8,.0f} {:>6.0f} {:>8.0f} {:>9.1f} {:>5.1f} {:>11.1f} {:>5.1f} {:>8.1f} {:>8.0f}"


class Figures(NamedTuple):
    """One document: its tokens, words of the summary that people wrote and of the model's, ROUGE-1 and ROUGE-L of the model's and of
    the reader's, sentences not borne out, seconds of the model."""

    tokens: float
    words: float
    written: float
    written_1: float
    written_l: float
    picked_1: float
    picked_l: float
    doubted: float
    seconds: float


def documents(data: Path, source: str, count: int, longest: int | None) -> list[Summarised]:
    """`count` dev documents of a source, evenly spaced among those of up to `longest` tokens, roughly; papers without their abstracts."""
    items = summarised(data, "dev", source, 0)
    if source == "papers":
        items = [body for each in items if (body := without_abstract(each))]
    items = [each for each in items if longest is None or len(each.document.text) <= CHARACTERS * longest]
    return [items[i] for i in np.unique(np.linspace(0, len(items) - 1, min(count, len(items))).astype(int))]


def wording(result: SummarizeResult) -> str:
    """A summary as running text."""
    return " ".join(sentence.text for part in result.parts for sentence in part.sentences)


def figures(engine: GenerativeEngine, reader: ReaderModel, item: Summarised, budget: int | None) -> Figures:
    """Both summaries of a document against the one that people wrote."""
    reference, context = item.general[0], Context([tokenise_document(item.document, engine.model.tokenizer)])
    words = len(reference.split())
    ours = engine.summarize(context, Options(words=words, budget=budget))
    theirs = picked(reader, EncodedContext([encode_document(item.document, reader)]), Options(words=words))
    scores = [score for each in (ours, theirs) for score in rouge(tokens(wording(each)), tokens(reference))]
    doubted = sum(sentence.borne_out is False for part in ours.parts for sentence in part.sentences)
    seconds = ours.savings.seconds + ours.savings.document_pass.seconds
    return Figures(len(context), words, len(wording(ours).split()), *scores, doubted, seconds)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("model")
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--count", type=int, default=3, help="documents of each source")
    options.add_argument("--longest", type=int, help="tokens, about, of a document at the most; none longer is taken")
    options.add_argument("--after", type=int, default=0, help="documents of each source to leave out, done before")
    options.add_argument("--sources", default="papers,meetings")
    options.add_argument("--budget", type=int, help="tokens of a part, where not the model's own number")
    given = options.parse_args()
    engine, reader = open_engine(resolve(given.model), "cpu", None, Bars(quiet=True, verbose=False)), load_model()
    print(HEAD)
    for source in given.sources.split(","):
        found = []
        for item in documents(given.data, source, given.count, given.longest)[given.after :]:
            found.append(figures(engine, reader, item, given.budget))
            print(ROW.format(item.document.name[:28], *found[-1]), flush=True)
        print(ROW.format(f"{source}, mean of {len(found)}", *np.mean(found, axis=0)), flush=True)


if __name__ == "__main__":
    main()
