"""Contracts, reports and minutes made by a script: sentences with facts in them, and questions about each.

The corpora are articles, posts, reviews and stories. What people ask `dsacli` about is often drier: a fee, a
notice period, who takes over from whom, a figure in a table. The templates say such things in several wordings and
ask for them in several, by name and without it: a program asks for "the deductible", while the policy may say "you bear the
first £200 of any loss yourself". One document holds many facts of one type, so that only the words around a value tell
which is meant. Nothing here stands in `sample_docs/`.
"""

from dataclasses import dataclass

from dsacli.training.facts import SLOT, Fact, Rng, fill, load_facts, pick
from dsacli.training.values import MAKERS, WORDS

KINDS = load_facts("training")
MOST_OTHERS = 2


@dataclass(frozen=True)
class Form:
    """A made text, with one question and the characters [start, end) of its answer; None where it has none.

    `others` are texts of other facts, which do not answer the question; `headings`, where there are any, stand above the
    text and each of the others.
    """

    text: str
    question: str
    answer: tuple[int, int] | None
    others: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()


def fact(rng: Rng, kind: int) -> tuple[str, str, tuple[int, int]]:
    """One kind's sentences, a question about them, and the answer's characters."""
    return one_fact(rng, KINDS[kind], pick(rng, KINDS[kind].wordings))


def one_fact(rng: Rng, kind: Fact, wording: str) -> tuple[str, str, tuple[int, int]]:
    """The same in one of the kind's wordings."""
    questions = kind.queries
    values = fill(rng, wording, MAKERS)
    usable = [each for each in questions if values.keys() >= {*each[0].split("|"), *SLOT.findall(each[1])}]
    slots, question = usable[int(rng.integers(len(usable)))]
    first, last = slots.split("|")[0], slots.split("|")[-1]
    start, end = (len(wording[: wording.index(f"{{{slot}}}")].format(**values)) for slot in (first, last))
    text = wording.format(**values)
    return text[0].upper() + text[1:], question.format(**values), (start, end + len(values[last]))


def table(rng: Rng) -> tuple[str, str, tuple[int, int]]:
    """Rows of figures for two years, and a question about one of them."""
    year, unit = int(rng.integers(2012, 2030)), pick(rng, WORDS["table_unit"])
    bar = pick(rng, [" ", " ", " | "])
    rows, cells = [bar.join([unit, str(year), str(year - 1)])], []
    for label in rng.permutation(WORDS["table_label"]).tolist()[: int(rng.integers(3, 8))]:
        figures = [f"{rng.integers(2, 900)}", f"{rng.integers(2, 900)}"]
        if rng.random() < 0.5:
            figures = [f"{figure}.{rng.integers(0, 10)}" for figure in figures]
        rows.append(bar.join([label, *figures]))
        cells.append((label, figures))
    row = int(rng.integers(len(cells)))
    label, figures = cells[row]
    column = int(rng.random() < 0.4)
    text = "\n".join(rows)
    low = sum(len(r) + 1 for r in rows[: row + 1]) + len(label) + len(bar)
    start = low if column == 0 else low + len(figures[0]) + len(bar)
    question = pick(rng, ["What was {} in {}?", "How much was {} in {}?", "What were the figures for {} in {}?"])
    return text, question.format(label.lower(), year - column), (start, start + len(figures[column]))


def make_form(rng: Rng, prose: list[str]) -> Form:
    """Several facts, in a document of their own or put between the sentences of `prose`; one is asked for.

    In one of four the asked-for fact is left out.
    """
    order = rng.permutation(len(KINDS)).tolist()
    count = int(rng.integers(3, 9))
    facts = [fact(rng, kind) for kind in order[:count]]
    others = [order[count + 5 * turn : count + 5 * turn + 5] for turn in range(int(rng.integers(0, MOST_OTHERS + 1)))]
    if rng.random() < 0.25:
        facts.append(table(rng))
    wanted = int(rng.integers(len(facts))) if rng.random() < 0.8 else len(facts) - 1
    asked = facts[wanted]
    absent = rng.random() < 1 / 4
    if absent:
        facts.pop(wanted)
    pieces = [(text, text == asked[0] and not absent) for text, _, _ in facts]
    pieces += [(sentence, False) for sentence in prose]
    order = (
        rng.permutation(len(pieces)).tolist()
        if not prose or rng.random() < 0.5
        else _spread(rng, len(facts), len(prose))
    )
    numbered, separator = rng.random() < 0.3, pick(rng, ["\n", " ", " "])
    text, answer = "", None
    for turn, number in enumerate(order):
        piece, gold = pieces[number]
        text += separator if text else ""
        text += f"{turn // 4 + 1}.{turn % 4 + 1} " if numbered else ""
        if gold:
            answer = len(text) + asked[2][0], len(text) + asked[2][1]
        text += piece
    rest = (" ".join(fact(rng, kind)[0] for kind in kinds) for kinds in others)
    return Form(text, asked[1], answer, tuple(rest))


def _spread(rng: Rng, facts: int, sentences: int) -> list[int]:
    """Prose in its own order, with each fact between two of its sentences."""
    order = list(range(facts, facts + sentences))
    for number in range(facts):
        order.insert(int(rng.integers(len(order) + 1)), number)
    return order
