"""A library of thousands of documents: what indexing takes beside the document pass alone, and what a question takes.

    python tests/benchmarks/library.py --data FOLDER --work FOLDER [--documents 2000] [--tokens 10000000] [--questions 20] [--synthetic TOKENS]

Writes the corpora's documents as text files, all dev documents with questions among them, until there are so many, of so many tokens
together; indexes them by the command; asks dev questions by the command, whole processes; then selects for the same questions by tiles
and exactly. What is in the work folder stays there and is not done again. With --synthetic that selection is over as many keys, which are
the library's, over and over, with noise of half their spread; they take 136 bytes each.
"""

import argparse
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dsacli.dsa.selection import Prior
from dsacli.dsa.tiles import Part, select_in_parts, select_in_tiles, tile_means
from dsacli.engines.disk_cache import SUFFIX, DiskCache
from dsacli.library.context import open_library
from dsacli.library.parts import LocalShards
from dsacli.reader.encoding import index_queries
from dsacli.reader.lexical import asked_of
from dsacli.reader.loading import load_model
from dsacli.reader.runs import priors_of
from dsacli.training.data import read_jsonl
from dsacli.training.metrics import f1

NAME, ASKED, RIGHT = "bench", ("new_wiki", "clapnq"), 0.5
# Of a token, on average, of these corpora.
CHARACTERS = 4.3
# Tokens of a passage with a lexical term of its own, where there are none.
PASSAGE = 256


def write_corpus(data: Path, folder: Path, count: int, tokens: int) -> None:
    """So many documents, of so many tokens together, about: those with dev questions, then the longest that still fit."""
    texts = {each["id"]: "\n\n".join(each["passages"]) for each in read_jsonl(data / "documents.jsonl.gz")}
    asked = {each["document"] for each in questions(data, None)}
    texts |= {each["id"]: each["text"] for each in read_jsonl(data / "contracts.jsonl.gz")}
    chosen, left = sorted(asked), CHARACTERS * tokens - sum(len(texts[name]) for name in asked)
    for name in sorted(texts.keys() - asked, key=lambda name: -len(texts[name])):
        if len(chosen) < count and len(texts[name]) * (count - len(chosen)) <= left * 1.5:
            chosen.append(name)
            left -= len(texts[name])
    folder.mkdir(parents=True)
    for name in chosen:
        (folder / f"{name.replace('/', '-')}.txt").write_text(texts[name], encoding="utf-8")


def questions(data: Path, count: int | None) -> list[dict]:
    """Dev questions with answers, evenly spaced, or all."""
    dev = {
        each["id"]
        for each in read_jsonl(data / "documents.jsonl.gz")
        if each["split"] == "dev" and each["source"] in ASKED
    }
    found = [each for each in read_jsonl(data / "questions.jsonl.gz") if each["document"] in dev and each["answers"]]
    return found if count is None else found[:: max(1, len(found) // count)][:count]


def ran(*arguments: str) -> tuple[float, str]:
    """Seconds that a command took, and what it printed."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "dsacli", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode not in (0, 3):
        raise SystemExit(done.returncode)
    return time.perf_counter() - began, done.stdout


class Synthetic:
    """So many keys in files like a library's: its shards' in turn, each time with other noise."""

    def __init__(self, library: LocalShards, folder: Path, tokens: int):
        self.store, firsts = DiskCache(folder, sys.maxsize), [0]
        noise = torch.randn(1 << 21, library.view(0).index_keys.shape[1], generator=torch.Generator().manual_seed(0))
        while firsts[-1] < tokens:
            number = len(firsts) - 1
            keys = library.view(number % len(library.shards)).index_keys
            if not (folder / f"{number}{SUFFIX}").exists():
                low = 7919 * number % (len(noise) - len(keys))
                noisy = (keys.float() + 0.5 * keys.float().std() * noise[low : low + len(keys)]).bfloat16()
                self.store.save(str(number), {"keys": noisy, "means": tile_means(noisy)}, "keys", len(keys))
            firsts.append(firsts[-1] + len(keys))
        self.edges = np.array(firsts)

    def part(self, number: int) -> Part:
        """The keys of a file."""
        tensors = self.store.load(str(number))
        assert tensors is not None
        return Part(int(self.edges[number]), tensors["keys"], tensors["means"])


def compare(asked: Sequence[str], folder: Path, tokens: int | None) -> None:
    """Selection by tiles beside selection over all tokens: seconds, and how much of the one the other finds."""
    model = load_model()
    library = open_library(NAME, model)
    words, shards = library.words(model), library.shards
    assert isinstance(shards, LocalShards)
    held = Synthetic(shards, folder / "synthetic", tokens) if tokens else None
    edges = torch.from_numpy((held or shards).edges)
    scores, radius, topk = model.reader.indexer.scores, model.reader.config.index_radius, model.reader.config.index_topk

    def part(number: int) -> Part:
        if held:
            return held.part(number)
        view = shards.view(number)
        return Part(int(edges[number]), view.index_keys, view.tile_means)

    def every(work: Callable[..., Any], *each: Sequence[Any]) -> list[Any]:
        return [work(scores, part(number), *own) for number, own in enumerate(zip(*each))]

    figures, bounds = [], list(pairwise(edges.tolist()))
    for text in asked:
        ids = model.encode(text)
        queries, looked_for = [index_queries(model.reader, [ids])], [asked_of(ids, model.pieces)]
        with torch.inference_mode():
            priors = priors_of(model.reader, looked_for, words)
            if held:
                passages = torch.arange(0, int(edges[-1]) + PASSAGE, PASSAGE)
                passages = torch.unique(torch.cat([passages[passages < edges[-1]], edges]))
                spread = priors[0].scores[torch.randint(len(words.lengths), (len(passages) - 1,))]
                priors = [Prior(spread, passages)]
            began = time.perf_counter()
            (tiles,) = select_in_tiles(every, queries, bounds, topk, radius, priors)
            first = time.perf_counter() - began
            (exact,) = select_in_parts(every, queries, bounds, topk, radius, priors)
            seconds = time.perf_counter() - began - first
        found = np.isin(exact.tokens[exact.scores.argsort(descending=True)].numpy(), tiles.tokens.numpy())
        figures.append((first, seconds, found.mean(), found[: topk // 10].mean()))
    tiles_s, every_s, share, best = np.mean(figures, axis=0)
    print(
        f"selection of {topk:,} tokens: by tiles {tiles_s:.2f} s, of all {every_s:.2f} s; found {share:.3f} of these, of the best tenth {best:.3f}"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--work", type=Path, required=True)
    options.add_argument("--documents", type=int, default=2000)
    options.add_argument("--tokens", type=int, default=10_000_000)
    options.add_argument("--questions", type=int, default=20)
    options.add_argument("--synthetic", type=int, help="keys to select from, instead")
    given = options.parse_args()
    os.environ["DSACLI_LIBRARIES"] = str(given.work / "libraries")
    asked = questions(given.data, given.questions)
    if given.synthetic:
        compare([each["question"] for each in asked], given.work, given.synthetic)
        return
    if not (corpus := given.work / "corpus").exists():
        write_corpus(given.data, corpus, given.documents, given.tokens)
    seconds, out = ran("index", str(corpus), "--name", NAME, "--json", "--quiet")
    done = json.loads(out)
    tables = sqlite3.connect(given.work / "libraries" / NAME / "catalogue.sqlite")
    passes = tables.execute("SELECT sum(seconds) FROM documents").fetchone()[0]
    print(f"{done['documents']:,} documents, {done['tokens']:,} tokens; indexed {done['new']:,} in {seconds:.0f} s")
    if done["new"] == done["documents"]:
        print(
            f"document passes alone {passes:.0f} s, {passes / seconds:.2f} of it; {done['tokens'] / seconds:,.0f} tokens/s"
        )
    times, inside, peaks, right, ranked = [], [], [], [], []
    for each in asked:
        took, out = ran("ask", "--index", NAME, each["question"], "--json", "--quiet")
        result = json.loads(out)
        said = result["answers"] or result["candidates"]
        times.append(took)
        inside.append(result["savings"]["seconds"])
        peaks.append(result["savings"]["peak_memory_bytes"])
        golds = tuple(answer["text"] for answer in each["answers"])
        # A passage that explains holds the answer.
        right.append(
            bool(said) and (f1(said[0]["answer"], golds) >= RIGHT or any(gold in said[0]["answer"] for gold in golds))
        )
        ranked.append(
            any(each["document"].replace("/", "-") in place["document"] for one in said for place in one["evidence"])
        )
    print(
        f"a question, whole process: {statistics.median(times):.2f} s, {max(times):.2f} at the most; without the start {statistics.median(inside):.2f} s"
    )
    print(
        f"peak memory {max(peaks) / 1e9:.2f} GB; right {sum(right)} of {len(right)}, from the right document {sum(ranked)}"
    )

    compare([each["question"] for each in asked], given.work, None)


if __name__ == "__main__":
    main()
