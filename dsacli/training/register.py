"""Finding one sentence among tens of thousands of the same form: only its number, or its name, tells it from the others."""

from dataclasses import dataclass

import numpy as np

from dsacli.documents import Document
from dsacli.engines.extractive.ask import ask
from dsacli.engines.extractive.encode import EncodedContext, encode_document
from dsacli.reader.loading import ReaderModel
from dsacli.training.metrics import exact

SENTENCES, ASKED = 60_000, 50
ROWS = "The tenant of mooring {number} is {name}."
BY_NUMBER, BY_NAME = "Who is the tenant of mooring {number}?", "Which mooring is {name} the tenant of?"
HEADS = "Al Be Cor Da El Fa Gre Hol Is Jo Kar Lu Mor Ne Os Pe Qua Ros Sa To Ul Ve Wil Xan Yor Ze".split()
TAILS = "bert dric fan gard hild jan kin len mund nor pin rik son tho vin wen".split()


@dataclass(frozen=True)
class RegisterFigures:
    """Shares found of those asked for by number and by name."""

    by_number: float
    by_name: float


def register_figures(
    model: ReaderModel, sentences: int = SENTENCES, asked: int = ASKED, seed: int = 0
) -> RegisterFigures:
    """Make the register, ask it, count."""
    rng = np.random.default_rng(seed)
    parts = [f"{head}{tail}" for head in HEADS for tail in TAILS]
    names = [f"{parts[i % len(parts)]} {parts[i // len(parts)]}" for i in rng.permutation(len(parts) ** 2)[:sentences]]
    numbers = rng.permutation(np.arange(1000, 1000 + 3 * sentences))[:sentences].tolist()
    text = "\n".join(ROWS.format(number=number, name=name) for number, name in zip(numbers, names))
    context = EncodedContext([encode_document(Document("register", "text", text), model)])
    shares = []
    for question, answers in ((BY_NUMBER, names), (BY_NAME, numbers)):
        rows = rng.permutation(sentences)[:asked].tolist()
        questions = [question.format(number=numbers[row], name=names[row]) for row in rows]
        found = ask(model, context, questions)
        right = [r.found and exact(r.answers[0].answer, (str(answers[row]),)) for r, row in zip(found, rows)]
        shares.append(float(np.mean(right)))
    return RegisterFigures(*shares)
