"""Which sentences make a summary: the salient ones, each for what it adds to those that were picked before it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsacli.engines.extractive.sentences import Sentences

# What a sentence loses, of its salience, when all that its words say has been said; beyond the second share it is left out.
SAID = 1.0
REPEATED = 0.8
# What it loses for those of its own chapter that were picked, times log(1 + their number): the first take off most.
CROWDED = 1.0


def pick(
    sentences: Sentences,
    salience: NDArray[np.float64],
    chapters: NDArray[Any],
    members: Sequence[int],
    count: int,
    words: int | None,
) -> list[int]:
    """Up to `count` of the sentences `members`, in all no more than `words` words, in the order in which they were picked.

    One that hangs on the sentence before it is open only when that one was picked; where all do, the first is open.
    salience: float64 [sentences]; chapters: int64 [sentences], the number of the chapter that each stands in
    """
    free = np.zeros(len(sentences), bool)
    free[list(members)] = True
    waiting = free & sentences.hangs
    free &= ~waiting
    if waiting.any() and not free.any():
        free[np.argmax(waiting)] = True
    terms, found = sentences.terms, list[int]()
    masses = np.maximum(terms.sums(terms.mass[terms.terms]), 1e-9)
    said, heard = np.zeros(len(sentences)), np.zeros(len(terms.mass), bool)
    crowd = np.zeros(int(chapters.max(initial=0)) + 1)
    left = int(sentences.words.sum()) if words is None else words
    while len(found) < count:
        fits = free & (sentences.words <= left) & (said <= REPEATED * masses)
        if not fits.any():
            break
        values = salience - SAID * said / masses - CROWDED * np.log1p(crowd[chapters])
        best = int(np.argmax(np.where(fits, values, -np.inf)))
        found.append(best)
        free[best] = False
        left -= int(sentences.words[best])
        crowd[chapters[best]] += 1
        free[best + 1 : best + 2] |= waiting[best + 1 : best + 2]
        new = np.zeros(len(heard))
        own = terms.of(best)
        new[own] = terms.mass[own] * ~heard[own]
        heard[own] = True
        said += terms.sums(new[terms.terms])
    return found
