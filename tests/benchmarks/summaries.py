"""Summaries that a generative model writes beside those that the built-in reader picks, both as long as the one that people wrote.

    python tests/benchmarks/summaries.py MODEL.gguf --data FOLDER [--count 3] [--sources papers,meetings] [--budget 4096] [--skip 0]

Papers are read from behind their abstracts, which their summaries copy. Prints a line for each document as it is done, ROUGE-1 and ROUGE-L
(F1, 0 to 100) of both and how many sentences state a figure that the document does not hold, and the means.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dsacli.engines.context import Context
from dsacli.engines.engine import Engine
from dsacli.engines.extractive.encode import EncodedContext, encode_document
from dsacli.engines.extractive.summarize import summarize as picked
from dsacli.engines.open import open_engine
from dsacli.engines.options import Options
from dsacli.engines.results import SummarizeResult
from dsacli.engines.tokenise import tokenise_document
from dsacli.models.io.names import resolve
from dsacli.output.progress import Bars
from dsacli.reader.loading import load_model
from dsacli.training.rouge import rouge, tokens
from dsacli.training.summarised import Summarised, summarised, without_abstract

COLUMNS = "{:<28}{:>8}{:>7}{:>16}{:>16}{:>10}{:>9}"


def documents(data: Path, source: str, count: int, skip: int) -> list[Summarised]:
    """Dev documents of a source, evenly spaced: `count` of them behind the first `skip`; papers without their abstracts."""
    items = summarised(data, "dev", source, count + skip)[skip:]
    return [body for each in items if (body := without_abstract(each))] if source == "papers" else items


def wording(result: SummarizeResult) -> str:
    """A summary as running text."""
    return " ".join(sentence.text for part in result.parts for sentence in part.sentences)


def figures(engine: Engine, item: Summarised, budget: int | None) -> Iterator[float]:
    """Words of the summary that people wrote; ROUGE-1 and ROUGE-L of the model's and of the reader's; sentences not borne out; seconds."""
    reference = item.general[0]
    words, reader = len(reference.split()), load_model()
    context = Context([tokenise_document(item.document, engine.model.tokenizer)])
    written = engine.summarize(context, Options(words=words, budget=budget))
    quoted = picked(reader, EncodedContext([encode_document(item.document, reader)]), Options(words=words))
    yield words
    for result in (written, quoted):
        yield from rouge(tokens(wording(result)), tokens(reference))
    yield sum(sentence.borne_out is False for part in written.parts for sentence in part.sentences)
    yield written.savings.seconds + written.savings.document_pass.seconds


def row(name: str, length: str, values: list[float]) -> str:
    """One line of the table."""
    words, *scores, doubted, seconds = values
    pairs = [f"{one:.1f} {longest:.1f}" for one, longest in (scores[:2], scores[2:])]
    return COLUMNS.format(name, length, f"{words:.0f}", *pairs, f"{doubted:.1f}", f"{seconds:.0f}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("model")
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--count", type=int, default=3, help="documents of each source")
    options.add_argument("--sources", default="papers,meetings")
    options.add_argument("--budget", type=int, help="tokens of a part, unless the model's own number")
    options.add_argument("--skip", type=int, default=0, help="documents to leave out at the front")
    given = options.parse_args()
    engine = open_engine(resolve(given.model), "cpu", None, Bars(quiet=True, verbose=False))
    print(COLUMNS.format("document", "tokens", "words", "written R-1 R-L", "quoted R-1 R-L", "doubted", "seconds"))
    for source in given.sources.split(","):
        found = []
        for item in documents(given.data, source, given.count, given.skip):
            found.append(list(figures(engine, item, given.budget)))
            length = len(tokenise_document(item.document, engine.model.tokenizer))
            print(row(f"{source} {item.document.name}"[:27], f"{length:,}", found[-1]), flush=True)
        if found:
            print(row(f"{source}, mean of {len(found)}", "", np.mean(found, axis=0).tolist()), flush=True)


if __name__ == "__main__":
    main()
