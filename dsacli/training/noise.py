"""What documents do to plain text: speakers' names before a turn, numbers before a clause.

The corpora have none of it, and a reader that never met "Ada Novak:" takes it for the answer to every "who".
"""

from dataclasses import replace

import numpy as np
from tokenizers import Tokenizer

from dsacli.training.groups import Group
from dsacli.training.values import made

SENTENCE_ENDS = (1012, 1029, 999)  # . ? ! in BERT's vocabulary
NOISY_SHARE = 0.2
AT_SENTENCE = 0.4


class Noise:
    """Puts labels at the sentence starts of some groups; the answer stays where it is."""

    def __init__(self, tokenizer: Tokenizer):
        self.tokenizer = tokenizer

    def __call__(self, group: Group, rng: np.random.Generator) -> Group:
        """The group, one time in five with labels in all its runs."""
        if rng.random() >= NOISY_SHARE:
            return group
        labels = [np.array(self.tokenizer.encode(t, add_special_tokens=False).ids, np.int32) for t in self.draw(rng)]
        runs, answer = [], group.answer
        for number, run in enumerate(group.runs):
            here = answer if number == 0 else None
            run, here = labelled(run, here, labels, rng)
            runs.append(run)
            answer = here if number == 0 else answer
        return replace(group, runs=runs, answer=answer)

    def draw(self, rng: np.random.Generator) -> list[str]:
        """Speakers of a meeting, or numbers of clauses."""
        if rng.random() < 0.7:
            names = [f"{made(rng, 'first')} {made(rng, 'last')}" for _ in range(int(rng.integers(2, 6)))]
            return [f"{name if rng.random() < 0.7 else name.split()[0]}:" for name in names]
        return [f"{rng.integers(1, 20)}.{rng.integers(1, 9)}" for _ in range(8)]


def labelled(
    run: np.ndarray, answer: tuple[int, int] | None, labels: list[np.ndarray], rng: np.random.Generator
) -> tuple[np.ndarray, tuple[int, int] | None]:
    """`run` with labels before some of its sentences, none inside the answer, which moves along."""
    starts = [0, *(np.flatnonzero(np.isin(run[:-1], SENTENCE_ENDS)) + 1).tolist()]
    first, last = answer or (-1, -1)
    pieces, place, shift = [], 0, 0
    for start in starts:
        if first < start <= last or rng.random() >= AT_SENTENCE:
            continue
        label = labels[int(rng.integers(len(labels)))]
        pieces += [run[place:start], label]
        place = start
        shift += len(label) if start <= first else 0
    return np.concatenate([*pieces, run[place:]]), (first + shift, last + shift) if answer else None
