"""Templates for the extraction figures of `evaluate`: business-document facts in wording of their own.

They are never used in training, and were written by somebody who had not seen the training templates (`forms`), so what
`evaluate` measures on them is wording the reader has not met.

A wording of `templates/held_out/facts.txt` also holds values that no field asks for (a second date, another person). Dates
of `earlier` lie before those of `date`. A field name stands for one fact only, so a text made of other entries does not
answer it.
"""

from datetime import date, timedelta

from dsacli.training.facts import SPELLED, Rng, counted, load_facts, load_words, pick, word_makers

# (wordings, (field name, type, slot)...); a query of the file is "field name (type)".
FACTS: list[tuple[list[str], list[tuple[str, str, str]]]] = [
    (
        wordings,
        [(name, kind, slot) for slot, query in queries for name, _, kind in [query.removesuffix(")").rpartition(" (")]],
    )
    for wordings, queries in load_facts("held_out")
]
WORDS = load_words("held_out")
MAKERS = word_makers(WORDS)
IN_WORDS = SPELLED | {24: "twenty-four", 36: "thirty-six"}


def made(rng: Rng, slot: str) -> str:
    """A value for a slot."""
    return MAKERS[slot](rng)


def between(rng: Rng, low: int, high: int) -> int:
    """A whole number; both ends may come."""
    return int(rng.integers(low, high + 1))


def digits(rng: Rng, form: str) -> str:
    """Any digit for each # of a form."""
    return "".join(str(between(rng, 0, 9)) if sign == "#" else sign for sign in form)


def person(rng: Rng) -> str:
    middle = f"{made(rng, 'initial')}. " if rng.random() < 0.1 else ""
    return f"{made(rng, 'first')} {middle}{made(rng, 'last')}"


def company(rng: Rng) -> str:
    trade = f" {made(rng, 'trade')}" if rng.random() < 0.75 else ""
    return f"{made(rng, 'firm')}{trade} {made(rng, 'legal_form')}"


def address(rng: Rng) -> str:
    street = made(rng, "street")
    form = pick(rng, ["{}", "{}, Suite #", "Unit #, {}"]).format(street)
    return form.replace("#", str(between(rng, 2, 40))) if "#" in form else form


def code(rng: Rng) -> str:
    found = made(rng, "code_letters") + digits(rng, made(rng, "code_number"))
    return found + made(rng, "code_class") if found.endswith("/") else found


def tracking(rng: Rng) -> str:
    letters = made(rng, "parcel_letters")
    return digits(rng, f"{letters} #### #### #" if rng.random() < 0.5 else f"1{letters}#########")


def day(rng: Rng, first: date, days: int) -> str:
    """A day up to `days` after the first."""
    at = first + timedelta(days=between(rng, 0, days))
    forms = [f"{at.day} {at:%B %Y}"] * 4 + [f"{at:%B} {at.day}, {at:%Y}"] * 3 + [at.isoformat()] * 2
    return pick(rng, [*forms, f"{at.day} {at:%b %Y}"])


def money(rng: Rng) -> str:
    """A large sum."""
    if rng.random() < 0.35:
        return made(rng, "currency").format(f"{between(rng, 11, 890) / 10:.1f} million".replace(".0 ", " "))
    return made(rng, "currency").format(f"{between(rng, 3, 400) * between(rng, 20, 24) * 500:,}")


def pay(rng: Rng) -> str:
    """What somebody earns in a year."""
    return made(rng, "currency").format(f"{between(rng, 76, 380) * 500:,}")


def fee(rng: Rng) -> str:
    """A small sum."""
    form = between(rng, 0, 3)
    if form == 0:
        return made(rng, "currency").format(between(rng, 9, 199) * 5)
    if form == 1:
        return made(rng, "currency").format(f"{between(rng, 110, 2400):,}.{made(rng, 'cents')}")
    tens = f"{between(rng, 100, 990) * 10:,}"
    return f"{tens} euros" if form == 2 and rng.random() < 0.3 else made(rng, "currency").format(tens)


def percent(rng: Rng) -> str:
    return f"{between(rng, 5, 116) / 4:.2f}".rstrip("0").rstrip(".") + made(rng, "percent_sign")


def count(rng: Rng) -> str:
    """A small number."""
    number = between(rng, 4, 14)
    return IN_WORDS[number] if rng.random() < 0.5 else str(number)


def time_span(rng: Rng, lengths: list[str]) -> str:
    """One of some lengths of time, in figures or words or both."""
    number, unit = pick(rng, lengths).split()
    figures, words, both = counted(int(number), unit, IN_WORDS)
    return pick(rng, [figures] * 2 + [words] * 2 + [both])


def domain(rng: Rng) -> str:
    trade = f"-{made(rng, 'domain_tail')}" if rng.random() < 0.4 else ""
    return f"{made(rng, 'firm').lower()}{trade}.{made(rng, 'domain_ending')}"


def url(rng: Rng) -> str:
    head, path = made(rng, "url_head"), made(rng, "url_path")
    return f"{head}{domain(rng)}{path}"


MAKERS |= {"person": person, "company": company, "address": address, "code": code, "tracking": tracking}
MAKERS |= {"institution": lambda rng: made(rng, "institution_of").format(made(rng, "place"))}
MAKERS |= {"date": lambda rng: day(rng, date(2026, 1, 1), 1000), "earlier": lambda rng: day(rng, date(2024, 1, 1), 700)}
MAKERS |= {"hours": lambda rng: time_span(rng, WORDS["hours"]), "notice": lambda rng: time_span(rng, WORDS["notice"])}
MAKERS |= {
    "term": lambda rng: time_span(rng, WORDS["term"]),
    "money": money,
    "pay": pay,
    "fee": fee,
    "percent": percent,
}
MAKERS |= {"number": lambda rng: f"{between(rng, 240, 9800):,}", "count": count}
MAKERS |= {"domain": domain, "url": url, "phone": lambda rng: digits(rng, pick(rng, WORDS["phone"]))}
