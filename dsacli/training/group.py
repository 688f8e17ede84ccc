"""What one question is trained on: a group of runs, one of which may hold the answer; and files of them.

Runs of a group share one softmax and one no-answer (shared normalisation, Clark & Gardner 2018), so
that scores compare across a document.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from dsacli.reader.rows import NO_TOKENS, Row, question_row

ABSENT = -1


@dataclass(frozen=True)
class Group:
    """Question tokens, runs of tokens, and the answer as (first, last) in the FIRST run, None if absent.

    `paths` are the heading paths of the runs, where they have any. A question is `common` when other documents may answer
    it as well ("What is the notice period?").
    """

    question: np.ndarray
    runs: list[np.ndarray]
    answer: tuple[int, int] | None
    paths: list[np.ndarray] | None = None
    common: bool = False

    def row(self, number: int) -> Row:
        """The input of a run."""
        return question_row(self.question, (self.runs[number], self.path(number)))

    def path(self, number: int) -> np.ndarray:
        """The heading path of a run."""
        return self.paths[number] if self.paths else NO_TOKENS

    @property
    def width(self) -> int:
        """Tokens of the longest row: question, heading path, run and special tokens."""
        return len(self.question) + max(len(run) + len(self.path(n)) for n, run in enumerate(self.runs)) + 4


def save_groups(path: Path, groups: Iterable[Group]) -> int:
    """Write a file that `load_groups` reads; returns how many there were."""
    texts: dict[str, list[np.ndarray]] = {"question": [], "run": [], "path": []}
    runs, answers, common = [], [], []
    for group in groups:
        texts["question"].append(group.question)
        texts["run"] += group.runs
        texts["path"] += [group.path(number) for number in range(len(group.runs))]
        runs.append(len(group.runs))
        answers.append(group.answer or (ABSENT, ABSENT))
        common.append(group.common)
    tensors: dict[str, np.ndarray] = {
        "runs": np.array(runs, np.int32),
        "answers": np.array(answers, np.int16).reshape(-1, 2),
        "common": np.array(common, bool),
    }
    for name, parts in texts.items():
        tensors[f"{name}.lengths"] = np.array([len(part) for part in parts], np.int32)
        tensors[f"{name}.tokens"] = np.concatenate([NO_TOKENS, *parts]).astype(np.uint16)
    save_file(tensors, path)
    return len(runs)


def load_groups(path: Path) -> Iterator[Group]:
    """The groups of a file, in its order."""
    tensors = load_file(path)
    texts = {
        name: np.split(tensors[f"{name}.tokens"].astype(np.int32), np.cumsum(tensors[f"{name}.lengths"])[:-1])
        for name in ("question", "run", "path")
    }
    edges = np.cumsum([0, *tensors["runs"]])
    told = zip(texts["question"], tensors["answers"].tolist(), tensors["common"].tolist())
    for number, (question, (first, last), common) in enumerate(told):
        low, high = int(edges[number]), int(edges[number + 1])
        paths = texts["path"][low:high]
        yield Group(
            question,
            texts["run"][low:high],
            None if first == ABSENT else (first, last),
            paths if any(map(len, paths)) else None,
            common,
        )
