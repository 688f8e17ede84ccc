"""Texts of made-up words for the model that recalls facts (`recall`), and how they grow harder.

Sentences "the code of tovar is kelim." among filler, and "what is the code of tovar?"; before any fact, sequences of words that
come twice.
"""

from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

NAMES, VALUES, FILLERS = 120, 120, 120
END, UNKNOWN = "[END]", "[UNK]"
FRAME = (END, UNKNOWN, "code", ".", "what")
FACTS, LONGEST = 8, 40_000
# A text grows harder once so many steps in a row recalled so much: more sequences, then sentences farther apart, then more
# other sentences to a fact.
MASTERED_STEPS, MASTERED = 20, 0.9
FEWEST, MOST, FARTHER, CROWD = 3, 16, 4, 128


def words() -> list[str]:
    """The vocabulary: the frame of facts and questions, then names, values and filler, all made up and all different."""
    syllables = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
    rng = np.random.default_rng(7)
    made: dict[str, None] = {}
    while len(made) < NAMES + VALUES + FILLERS:
        made["".join(rng.choice(syllables, int(rng.integers(2, 4)))) + str(rng.choice(list("nrslm")))] = None
    return [*FRAME, *made]


def recall_tokenizer() -> Tokenizer:
    """A token a word; "the", "of", "is" and question marks are not read, so that a value stands beside its name."""
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words())}, unk_token=UNKNOWN))
    unread = normalizers.Replace(Regex(r"\b(the|of|is)\b|\?"), "")
    tokenizer.normalizer = normalizers.Sequence([normalizers.Lowercase(), unread])
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return tokenizer


@dataclass(frozen=True)
class Text:
    """Token ids, their positions, and which of them are to be predicted."""

    ids: list[int]
    places: list[int]
    wanted: list[bool]


class Texts:
    """Makes texts as token ids: facts among filler, and questions about them."""

    def __init__(self) -> None:
        self.id = {word: number for number, word in enumerate(words())}
        low = len(FRAME)
        self.names, self.values = range(low, low + NAMES), range(low + NAMES, low + NAMES + VALUES)
        self.fillers = np.arange(low + NAMES + VALUES, low + NAMES + VALUES + FILLERS)

    def fact(self, name: int, value: int) -> list[int]:
        return [self.id["code"], name, value, self.id["."]]

    def question(self, name: int) -> list[int]:
        return [self.id["what"], self.id["code"], name]

    def filler(self, rng: np.random.Generator) -> list[int]:
        return [*rng.choice(self.fillers, int(rng.integers(5, 12))).tolist(), self.id["."]]

    def facts(self, count: int, rng: np.random.Generator) -> list[tuple[int, int]]:
        """Different names, each with a value."""
        return list(zip(rng.choice(self.names, count, False).tolist(), rng.choice(self.values, count).tolist()))

    def repeated(self, rng: np.random.Generator, count: int) -> Text:
        """`count` sequences of two to four words, then the same in another order: each goes on as before."""
        lengths = rng.integers(2, 5, count)
        pieces = np.split(rng.permutation(np.arange(len(FRAME), len(self.id)))[: lengths.sum()], lengths.cumsum()[:-1])
        pieces += [pieces[i] for i in rng.permutation(count)]
        ids = np.concatenate(pieces).tolist()
        wanted = [
            half > 0 and i > 0 for half in (0, 1) for piece in pieces[half * count :][:count] for i in range(len(piece))
        ]
        return Text(ids, list(range(len(ids))), wanted)

    def training(self, rng: np.random.Generator, farthest: int = LONGEST, crowd: int = 1) -> Text:
        """Facts among `crowd` times as many other sentences, given positions up to `farthest` apart; questions and answers."""
        told = self.facts(FACTS, rng)
        sentences = [self.fact(*fact) for fact in told] + [self.filler(rng) for _ in range(crowd * FACTS)]
        rng.shuffle(sentences)
        # Any may be asked again, so that nothing is learned from what was not asked yet.
        asked = [told[i] for i in rng.integers(FACTS, size=2 * FACTS)]
        text = sentences + [[*self.question(name), value, self.id[END]] for name, value in asked]
        # No distance of a long text is to be new; a third of the texts stay as they are.
        spread = np.exp(rng.uniform(0, np.log(farthest))) if rng.random() < 0.67 else 0
        gaps = (rng.dirichlet(np.full(len(text), 0.5)) * spread).cumsum().astype(int)
        starts = np.cumsum([0, *map(len, text[:-1])]) + gaps
        places = [int(start) + i for start, sentence in zip(starts, text) for i in range(len(sentence))]
        wanted = [number >= len(sentences) and i >= 3 for number, each in enumerate(text) for i in range(len(each))]
        return Text([token for sentence in text for token in sentence], places, wanted)

    def long(self, length: int, depth: float, rng: np.random.Generator, others: int = 20) -> tuple[list[int], int]:
        """A text of `length` tokens with a fact at `depth` (0 to 1) and `others` anywhere, asked at the end: ids, value."""
        (name, value), *rest = self.facts(1 + others, rng)
        question = self.question(name)
        room = length - len(question)
        filler: list[list[int]] = []
        total = 0
        while total < room:
            filler.append(self.filler(rng))
            total += len(filler[-1])
        for fact in rest:
            filler.insert(int(rng.integers(len(filler) + 1)), self.fact(*fact))
        text = [token for sentence in filler for token in sentence]
        place = int(depth * (room - 8))
        while place and text[place - 1] != self.id["."]:
            place -= 1
        text = [*text[:place], *self.fact(name, value), *text[place:]][:room]
        return [*text, *question], value


def batch_of(made: list[Text]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Ids, positions and what is to be predicted, each [texts, tokens]; short texts filled up at their end."""
    width = max(len(text.ids) for text in made)
    filled = [
        (
            text.ids + [0] * (width - len(text.ids)),
            text.places + text.places[-1:] * (width - len(text.ids)),
            text.wanted + [False] * (width - len(text.ids)),
        )
        for text in made
    ]
    ids, places, wanted = (torch.tensor(part) for part in zip(*filled))
    return ids, places, wanted


class Curriculum:
    """What the next texts are like: sequences said twice, ever more; then facts, ever farther apart, then in ever longer texts."""

    def __init__(self, texts: Texts, rng: np.random.Generator, batch_tokens: int):
        self.texts, self.rng, self.batch_tokens = texts, rng, batch_tokens
        self.count, self.farthest, self.crowd, self.done = FEWEST, 0, 1, False
        self.recalled: list[float] = []

    def batch(self, most: int) -> list[Text]:
        """About `batch_tokens` tokens of texts of much the same length, `most` other sentences to a fact."""
        crowd = round(min(self.crowd, most) ** self.rng.random())
        made: list[Text] = []
        while sum(len(text.ids) for text in made) < self.batch_tokens:
            made.append(
                self.texts.training(self.rng, self.farthest, crowd)
                if self.farthest
                else self.texts.repeated(self.rng, self.count)
            )
        return made

    def update(self, recalled: float) -> None:
        """Grow harder when the last steps' share of right predictions says so."""
        self.recalled = [*self.recalled, recalled][-MASTERED_STEPS:]
        if len(self.recalled) < MASTERED_STEPS or np.mean(self.recalled) < MASTERED:
            return
        if self.count < MOST:
            self.count += max(1, self.count // 3)
        elif self.farthest < LONGEST:
            self.farthest = min(LONGEST, max(1, self.farthest * FARTHER))
        elif self.crowd < CROWD:
            self.crowd *= 2
        elif np.mean(self.recalled) > 0.995:
            self.done = True
        self.recalled = []

    def __str__(self) -> str:
        if not self.farthest:
            return f"{self.count} sequences"
        return f"facts up to {self.farthest} apart in {self.crowd} times as many sentences"
