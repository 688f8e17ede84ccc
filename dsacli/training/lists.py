"""Made texts whose facts are all of one form: rows of a register, grids, and the same facts under several headings.

What tells them apart is a number, a name or the heading they stand under, nothing else: a reader has to look at the
words that the question names, and not at what kind of thing is asked for.
"""

from dsacli.training.facts import Rng, load_facts, pick
from dsacli.training.forms import KINDS, Form, one_fact
from dsacli.training.values import made

ROWS = load_facts("rows")
ABSENT = 0.15
# Headings of a grid's first column, and of the others with a question about a cell.
GRID_KEYS = [("Station", "town"), ("Order", "code"), ("Name", "name"), ("Item", "product"), ("Supplier", "firm")]
GRID_KEYS += [("Branch", "city"), ("Vessel", "ship"), ("No.", "many"), ("Ref", "code"), ("Client", "firm")]
GRID_COLUMNS = [
    ("Price", "price", ("What is the price of {key}?", "How much is {key}?")),
    ("Amount", "sum", ("What is the amount of {key}?", "What does {key} amount to?")),
    ("Customer", "firm", ("Who is the customer of {key}?", "Which customer has {key}?")),
    ("Contact", "person", ("Who is the contact for {key}?", "What is the name of {key}'s contact?")),
    ("Date", "day", ("What is the date of {key}?", "When was {key}?")),
    ("Weight", "weight", ("What is the weight of {key}?", "How heavy is {key}?")),
    ("Visitors", "many", ("How many visitors did {key} have?", "How many people came to {key}?")),
    ("Rooms", "few", ("How many rooms does {key} have?", "What is the number of rooms of {key}?")),
    ("Share", "percent", ("What is the share of {key}?", "What percentage does {key} have?")),
    ("Lead time", "days", ("What is the lead time of {key}?", "How long does {key} take?")),
    ("City", "city", ("In which city is {key}?", "Where is {key}?")),
    ("Status", "reason", ("What is the status of {key}?", "How does {key} stand?")),
]
# The same figure of several years, side by side.
YEARLY = [
    ("Visitors", "many", ("How many visitors did {key} have in {year}?", "How many people visited {key} in {year}?")),
    ("Sales", "sum", ("What were the sales of {key} in {year}?", "How much did {key} sell in {year}?")),
    (
        "Passengers",
        "many",
        ("How many passengers did {key} have in {year}?", "What were the passengers of {key}, {year}?"),
    ),
    ("Output", "many", ("What was the output of {key} in {year}?", "How much did {key} make in {year}?")),
    ("Share", "percent", ("What was the share of {key} in {year}?", "What percentage did {key} have in {year}?")),
]
# What stands between the cells of a row, before it and behind it; the last is Markdown.
GRID_FORMS = [(" | ", "", ""), (", ", "", ""), ("\t", "", ""), (" | ", "| ", " |")]
HEADINGS = ["firm", "firm", "name", "town", "product", "ship"]
LINKS = ["{question} of {heading}?", "{question} for {heading}?", "{question} at {heading}?", "{heading}: {question}?"]


def make_register(rng: Rng) -> Form:
    """Rows of one form, one of which is asked for by its number or name; sometimes it is not there."""
    kind = ROWS[int(rng.integers(len(ROWS)))]
    wording, rows = pick(rng, kind.wordings), []
    for _ in range(int(rng.integers(6, 40))):
        rows.append(one_fact(rng, kind, wording))
    asked = int(rng.integers(len(rows) // 2))
    shown = rows[: len(rows) // 2] if rng.random() < 0.6 else rows
    if rng.random() < ABSENT:
        shown = [row for row in shown if row is not rows[asked]]
    separator = pick(rng, ["\n", " "])
    others = [row[0] for row in rows if row not in shown and row is not rows[asked]]
    return _form(shown, rows[asked], separator, [separator.join(others)])


def _form(
    pieces: list[tuple[str, str, tuple[int, int]]],
    asked: tuple[str, str, tuple[int, int]],
    separator: str,
    others: list[str],
) -> Form:
    """Pieces in their order, and the question of the one that is asked for, whether it is among them or not."""
    text, answer = "", None
    for piece in pieces:
        text += separator if text else ""
        if piece is asked:
            answer = len(text) + asked[2][0], len(text) + asked[2][1]
        text += piece[0]
    return Form(text, asked[1], answer, tuple(other for other in others if other))


def make_grid(rng: Rng) -> Form:
    """A table with a line of headings, as text: a cell is asked for by its row and its column."""
    label, slot = GRID_KEYS[int(rng.integers(len(GRID_KEYS)))]
    columns = [GRID_COLUMNS[i] for i in rng.permutation(len(GRID_COLUMNS))[: int(rng.integers(2, 5))]]
    if rng.random() < 0.5:
        yearly, title = years(rng)
        columns = [*columns[: int(rng.integers(0, 3))], *yearly]
    else:
        title = ""
    keys = different(rng, slot, int(rng.integers(3, 14)))
    separator, left, right = GRID_FORMS[int(rng.integers(len(GRID_FORMS)))]
    lines = [title] if title else []
    lines.append(left + separator.join([label, *(name for name, *_ in columns)]) + right)
    if left:
        lines.append("|" + "---|" * (len(columns) + 1))
    wanted, column = int(rng.integers(len(keys))), int(rng.integers(len(columns)))
    answer, text = None, "\n".join(lines)
    for number, key in enumerate(keys):
        text += "\n" + left + key
        for place, (_, maker, _) in enumerate(columns):
            text += separator
            value = made(rng, maker)
            if (number, place) == (wanted, column):
                answer = len(text), len(text) + len(value)
            text += value
        text += right
    question = columns[column][2][int(rng.integers(2))]
    asked = keys[wanted]
    if rng.random() < ABSENT:
        other = made(rng, slot)
        asked, answer = (asked, answer) if other in keys else (other, None)
    return Form(text, question.format(key=asked), answer)


def different(rng: Rng, slot: str, count: int) -> list[str]:
    """So many values of a slot, no two alike."""
    found: dict[str, None] = {}
    while len(found) < count:
        found[made(rng, slot)] = None
    return list(found)


def years(rng: Rng) -> tuple[list[tuple[str, str, tuple[str, str]]], str]:
    """Columns of one figure in several years, and what has to stand above them where they are headed by the year alone."""
    name, maker, questions = YEARLY[int(rng.integers(len(YEARLY)))]
    first, count, bare = int(rng.integers(2010, 2027)), int(rng.integers(2, 5)), rng.random() < 0.4
    order = range(first, first + count) if rng.random() < 0.6 else range(first + count - 1, first - 1, -1)
    columns = []
    for year in order:
        asked = (questions[0].replace("{year}", str(year)), questions[1].replace("{year}", str(year)))
        columns.append((str(year) if bare else f"{name} {year}", maker, asked))
    return columns, name if bare else ""


def make_headed(rng: Rng) -> Form:
    """The same facts, other values, under several headings: above them in the text, or apart as the runs' paths."""
    slot = pick(rng, HEADINGS)
    headings = different(rng, slot, int(rng.integers(2, 5)))
    kinds = [KINDS[int(number)] for number in rng.permutation(len(KINDS))[: int(rng.integers(1, 4))]]
    sections = [[one_fact(rng, kind, pick(rng, kind.wordings)) for kind in kinds] for _ in headings]
    asked = sections[0][int(rng.integers(len(kinds)))]
    question = pick(rng, LINKS).format(question=asked[1].rstrip("?"), heading=headings[0])
    absent = rng.random() < ABSENT
    if absent:
        headings, sections = headings[1:], sections[1:]
    if rng.random() < 0.5:
        (first, *rest), above = sections, made(rng, "org")
        form = _form(first, asked, " ", [" ".join(piece[0] for piece in pieces) for pieces in rest])
        paths = [f"{above} > {heading}" if rng.random() < 0.5 else heading for heading in headings]
        return Form(form.text, question, form.answer, form.others, tuple(paths))
    pieces: list[tuple[str, str, tuple[int, int]]] = []
    for number in rng.permutation(len(headings)).tolist():
        pieces += [(headings[number], "", (0, 0)), *sections[number]]
    form = _form(pieces, asked, "\n", [])
    return Form(form.text, question, form.answer)


MAKES = (make_register, make_grid, make_headed)


def make_list(rng: Rng) -> Form:
    """Any of them."""
    return MAKES[int(rng.integers(len(MAKES)))](rng)
