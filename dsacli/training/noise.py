"""What documents do to plain text, and people to questions: speakers' names before a turn, numbers before a clause;
typing errors, and no question mark.

The corpora have none of it, and a reader that never met "Ada Novak:" takes it for the answer to every "who".
"""

import re
from dataclasses import replace

import numpy as np
from tokenizers import Tokenizer

from dsacli.reader.loading import ids_of
from dsacli.training.group import Group
from dsacli.training.values import made

SENTENCE_ENDS = (1012, 1029, 999)  # . ? ! in BERT's vocabulary
QUESTION_MARK = 1029
NOISY_SHARE = 0.2
MISTYPED, UNMARKED = 0.15, 0.2
LETTERS = "abcdefghijklmnopqrstuvwxyz"
AT_SENTENCE = 0.4
# A longer run leaves no room for question and heading path.
LONGEST_RUN = 416


class Typing:
    """Questions as people type them."""

    def __init__(self, tokenizer: Tokenizer):
        self.tokenizer = tokenizer

    def __call__(self, group: Group, rng: np.random.Generator) -> Group:
        """The group, sometimes with an error or two in its question, or without its question mark."""
        question = group.question
        if rng.random() < MISTYPED:
            text = self.tokenizer.decode(question.tolist())
            for _ in range(int(rng.integers(1, 3))):
                text = mistyped(text, rng)
            question = ids_of(self.tokenizer, text)[: len(question) + 8]
        if len(question) > 1 and question[-1] == QUESTION_MARK and rng.random() < UNMARKED:
            question = question[:-1]
        return replace(group, question=question)


def mistyped(text: str, rng: np.random.Generator) -> str:
    """A text with one letter of a longer word left out, doubled, changed, or in the wrong place.

    >>> len(mistyped("who signed it", np.random.default_rng(0))) in (12, 13, 14)
    True
    """
    words = list(re.finditer(r"[a-z]{4,}", text))
    if not words:
        return text
    word = words[int(rng.integers(len(words)))]
    at = int(rng.integers(word.start() + 1, word.end()))
    before, letter, after = text[:at], text[at], text[at + 1 :]
    draw = int(rng.integers(4))
    if draw == 0:
        return before + after
    if draw == 1:
        return before + letter + letter + after
    if draw == 2:
        return before + LETTERS[int(rng.integers(26))] + after
    return text[: at - 1] + letter + text[at - 1] + after


class Noise:
    """Puts labels at the sentence starts of some groups; the answer stays where it is."""

    def __init__(self, tokenizer: Tokenizer):
        self.tokenizer = tokenizer

    def __call__(self, group: Group, rng: np.random.Generator) -> Group:
        """The group, one time in five with labels in all its runs."""
        if rng.random() >= NOISY_SHARE:
            return group
        labels = [ids_of(self.tokenizer, t) for t in self.draw(rng)]
        runs, answer = [], group.answer
        for number, run in enumerate(group.runs):
            here = answer if number == 0 else None
            noisy, place = labelled(run, here, labels, rng)
            fits = len(noisy) <= LONGEST_RUN
            runs.append(noisy if fits else run)
            answer = place if number == 0 and fits else answer
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
