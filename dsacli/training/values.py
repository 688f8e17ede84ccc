"""What the slots of the training templates are filled with: words of `templates/training/words.ini`, and values made here.

The shipped reader learned from what these draw; another draw, or another order of them, changes every text after it.
"""

from calendar import month_name
from datetime import date

from dsacli.training.facts import SPELLED, Maker, Rng, counted, load_words, pick, word_makers

WORDS = load_words("training")
MAKERS = word_makers(WORDS)


def made(rng: Rng, slot: str) -> str:
    """A value for a slot."""
    return MAKERS[slot](rng)


def person(rng: Rng) -> str:
    first, last, title = made(rng, "first"), made(rng, "last"), made(rng, "title")
    full = f"{first} {last}"
    return pick(rng, [full] * 5 + [f"Dr {full}", f"Professor {full}", f"{title} {last}"])


def name(rng: Rng) -> str:
    given, surname = made(rng, "given"), made(rng, "surname")
    if rng.random() < 0.1:
        return f"{given} {made(rng, 'initial')}. {surname}"
    return f"{given} {surname}-{made(rng, 'surname')}" if rng.random() < 0.05 else f"{given} {surname}"


def firm(rng: Rng) -> str:
    head, tail = made(rng, "firm_head"), made(rng, "firm_tail")
    return f"{head} & {made(rng, 'surname')}" if rng.random() < 0.1 else f"{head} {tail}"


def address(rng: Rng) -> str:
    head, postcode = made(rng, "address_head"), made(rng, "postcode")
    return f"{head}{made(rng, 'address_line')}{postcode}"


def website(rng: Rng) -> str:
    page, head = made(rng, "web_page"), made(rng, "web_head")
    return f"{head}{made(rng, 'coined').lower()}.example/{page}"


def product(rng: Rng) -> str:
    appliance = made(rng, "appliance")
    return f"{made(rng, 'coined')} {made(rng, 'model')} {appliance}"


def code(rng: Rng) -> str:
    low, year = rng.integers(100, 999), rng.integers(2016, 2031)
    forms = [
        f"{made(rng, 'two_letters')}-{rng.integers(10000, 99999)}",
        f"{year}/{rng.integers(1000, 9999)}",
        f"{made(rng, 'two_letters')}{made(rng, 'letter')} {low}",
        f"{made(rng, 'letter')}{rng.integers(100000, 999999)}",
        f"{low}-{rng.integers(10, 99)}-{made(rng, 'letter')}",
        f"{made(rng, 'two_letters')}/{year % 100}/{low}",
        f"{rng.integers(1000000, 9999999)}",
    ]
    return pick(rng, forms)


def account(rng: Rng) -> str:
    blocks = [f"{rng.integers(1000, 9999)}" for _ in range(4)]
    short, international = "".join(blocks[:2]), f"{made(rng, 'account_head')} {' '.join(blocks)}"
    return pick(rng, [international, short, f"{made(rng, 'sort_code')} {short}"])


def day(rng: Rng) -> str:
    number, month, year = rng.integers(1, 29), pick(rng, list(month_name)[1:]), rng.integers(2008, 2031)
    full = f"{number} {month} {year}"
    return pick(rng, [full] * 3 + [f"{month} {number}, {year}", f"{number} {month}", f"{month} {year}"])


def day_between(rng: Rng, first: int, last: int) -> str:
    """A day from the year `first` to before `last`, maybe with the day of the week."""
    at = date(int(rng.integers(first, last)), int(rng.integers(1, 13)), int(rng.integers(1, 29)))
    number, ending = at.day, {1: "st", 21: "st", 2: "nd", 22: "nd", 3: "rd", 23: "rd"}.get(at.day, "th")
    full = f"{number} {at:%B %Y}"
    forms = [f"{at:%B} {number}, {at:%Y}", f"{number} {at:%B}", f"{at:%A} {number} {at:%B}", f"{at:%A}, {full}"]
    return pick(rng, [full] * 4 + forms + [f"{number}{ending} {at:%B %Y}", f"{at:%Y-%m-%d}", f"{at:%d/%m/%Y}"])


def clock(rng: Rng, first: int, last: int) -> str:
    """A time from the hour `first` to before `last`."""
    hour, minute = int(rng.integers(first, last)), made(rng, "minute")
    half, short = "am" if hour < 12 else "pm", hour if hour < 13 else hour - 12
    full = f"{short} {half}" if minute == "00" else f"{short}.{minute} {half}"
    return pick(rng, [full, f"{hour:02}:{minute}", f"{short}:{minute} {half}"])


def duration(rng: Rng) -> str:
    unit, number = made(rng, "duration_unit"), made(rng, "duration_number")
    return pick(rng, [f"{number} {unit}"] * 4 + [f"{made(rng, 'duration_both')} {unit}"])


def quantity(rng: Rng, unit: str) -> str:
    """A number of days, of months and so on, in figures or words or both."""
    number = int(made(rng, f"number_of_{unit}"))
    figures, words, both = counted(number, made(rng, f"unit_of_{unit}"), SPELLED)
    return pick(rng, [figures] * 3 + [words] * 2 + [both])


def small(rng: Rng, low: int, high: int) -> str:
    """A whole number from `low` to before `high`, in figures or words."""
    number = int(rng.integers(low, high))
    return pick(rng, [str(number), SPELLED.get(number, str(number))])


def many(rng: Rng) -> str:
    exact = f"{rng.integers(1000, 99999):,}"
    return pick(rng, [exact] * 3 + [f"{rng.integers(1000, 9999)}", f"{rng.integers(1, 90) * 1000:,}"])


def price(rng: Rng) -> str:
    amount = int(rng.integers(5, 400)) if rng.random() < 0.5 else int(rng.integers(20, 990)) * 10
    return currency(rng, f"{amount:,}{made(rng, 'cents')}")


def large_sum(rng: Rng) -> str:
    return currency(rng, f"{int(rng.integers(8, 990)) * int(made(rng, 'sum_unit')):,}")


def company_money(rng: Rng) -> str:
    amount = made(rng, "large_amount")
    in_words = [currency(rng, f"{amount} million") for _ in range(2)]
    return pick(rng, [*in_words, f"{made(rng, 'currency_sign')}{amount}{made(rng, 'large_unit')}"])


def currency(rng: Rng, amount: str) -> str:
    return made(rng, "currency").format(amount)


def either(share: float, slot: str, other: str) -> Maker:
    """A maker of the first slot's values in that share of draws, else of the other's."""
    return lambda rng: made(rng, slot if rng.random() < share else other)


MAKERS |= {"person": person, "name": name, "firm": firm, "firm_head": either(0.5, "coined", "surname")}
MAKERS |= {"city": either(0.4, "known_city", "town"), "port": either(0.3, "port_name", "city"), "address": address}
MAKERS |= {"email": lambda rng: f"{made(rng, 'email_name')}@{made(rng, 'org').split()[0]}.example".lower()}
MAKERS |= {"mail": lambda rng: made(rng, "mail_address").lower(), "website": website}
MAKERS |= {"product": product, "code": code, "account": account}
MAKERS |= {"day": lambda rng: day_between(rng, 2016, 2024), "later": lambda rng: day_between(rng, 2024, 2031)}
MAKERS |= {"morning": lambda rng: clock(rng, 6, 12), "evening": lambda rng: clock(rng, 13, 22), "date": day}
MAKERS |= {"period": lambda rng: quantity(rng, "years" if rng.random() < 0.4 else "months"), "duration": duration}
MAKERS |= {"days": lambda rng: quantity(rng, "weeks" if rng.random() < 0.2 else "days")}
MAKERS |= {"hours": lambda rng: quantity(rng, "hours")}
MAKERS |= {"price": price, "sum": large_sum, "big": company_money, "many": many}
MAKERS |= {"few": lambda rng: small(rng, 2, 13), "some": lambda rng: small(rng, 13, 61)}
MAKERS |= {"seats": lambda rng: small(rng, 7, 16), "quorum": lambda rng: small(rng, 2, 7)}
