"""A library of thousands of documents: what indexing takes beside the document pass alone, and what a question takes.

    python tests/benchmarks/library.py --data FOLDER --work FOLDER [--documents 2000] [--tokens 10000000] [--questions 20]

Writes the corpora's documents as text files, all dev documents with questions among them, until there are so many, of so many tokens
together; indexes them by the command; asks dev questions by the command, whole processes. What is in the work folder stays there
and is not done again.
"""

import argparse
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path

from dsacli.training.data import read_jsonl
from dsacli.training.metrics import f1

NAME, ASKED, RIGHT = "bench", ("new_wiki", "clapnq"), 0.5
# Of a token, on average, of these corpora.
CHARACTERS = 4.3


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


def ran(work: Path, *arguments: str) -> tuple[float, str]:
    """Seconds that a command took, and what it printed."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "dsacli", *arguments]
    environment = {**os.environ, "XDG_DATA_HOME": str(work / "data")}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode not in (0, 3):
        raise SystemExit(done.returncode)
    return time.perf_counter() - began, done.stdout


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--work", type=Path, required=True)
    options.add_argument("--documents", type=int, default=2000)
    options.add_argument("--tokens", type=int, default=10_000_000)
    options.add_argument("--questions", type=int, default=20)
    given = options.parse_args()
    if not (corpus := given.work / "corpus").exists():
        write_corpus(given.data, corpus, given.documents, given.tokens)
    seconds, out = ran(given.work, "index", str(corpus), "--name", NAME, "--json", "--quiet")
    done = json.loads(out)
    tables = sqlite3.connect(given.work / "data" / "dsacli" / "libraries" / NAME / "catalogue.sqlite")
    passes = tables.execute("SELECT sum(seconds) FROM documents").fetchone()[0]
    print(f"{done['documents']:,} documents, {done['tokens']:,} tokens; indexed {done['new']:,} in {seconds:.0f} s")
    if done["new"] == done["documents"]:
        print(
            f"document passes alone {passes:.0f} s, {passes / seconds:.2f} of it; {done['tokens'] / seconds:,.0f} tokens/s"
        )
    times, inside, peaks, right, ranked = [], [], [], [], []
    for each in questions(given.data, given.questions):
        took, out = ran(given.work, "ask", "--index", NAME, each["question"], "--json", "--quiet")
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


if __name__ == "__main__":
    main()
