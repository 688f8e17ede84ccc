"""Contracts, reports and minutes made by a script: sentences with facts in them, and questions about each.

The corpora are articles, posts, reviews and stories. What people ask `dsacli` about is often drier: a fee, a
notice period, who takes over from whom, a figure in a table. `KINDS` says such things in several wordings and
asks for them in several; one document holds many facts of one type, so that only the words around a value
tell which is meant. Nothing here stands in `sample_docs/`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dsacli.training.business_forms import BUSINESS_KINDS, BUSINESS_MAKERS

FIRST = """Ada Aled Amara Anton Bea Bruno Carys Dario Della Edwin Elif Esme Farid Fiona Gregor Hana Hugo Imran Ines Jonas
 Kaya Leila Linus Mabel Marek Nadia Niall Olga Osman Petra Quentin Rhona Rosa Sami Selma Tariq Thea Umar Vera Wanda Yusuf Zelda""".split()
LAST = """Abara Adler Birch Brandt Carver Castellan Dawes Dufour Eklund Fenner Garrick Hale Ibsen Jurado Kemp Lindgren Marlow
 Novak Okafor Palmer Quist Rahman Sorley Tamm Underhill Varga Whitlock Yates Zeller""".split()
MONTHS = "January February March April May June July August September October November December".split()
ORGANISATIONS = """Alder Freight|Brightwater Foods|Cobalt Insurance|Delmar Shipping|Eastgate Water|Farrow Timber|Granite Bank|Harbour Lights
 Hotels|Ironbridge Tools|Juniper Books|Kestrel Aviation|Lakeside Clinics|Meridian Glass|Northfield Dairies|Orchard Homes|Pinnacle Rail|Quarry
 Stone|Redwood Energy|Silverline Coaches|Tidewater Paper|Upton Brewery|Vantage Software|Westmoor Steel|Yarrow Textiles""".replace(
    "\n", ""
).split("|")
PLACES = """Aberdeen Antwerp Bergen Bristol Cardiff Cork Delaware Denver Exeter Galway Geneva Ghent Hamburg Leeds Lisbon Lyon Malmo
 Ontario Oslo Porto Scotland Singapore Turin Utrecht Victoria Zurich""".split()
THINGS = """warehouse|canteen|new website|delivery van|training scheme|visitor centre|car park|payroll system|test laboratory|roof|
annual dinner|staff survey|loading bay|heating plant|archive|packing line|night shift|customer newsletter|bicycle store|pension fund""".replace(
    "\n", ""
).split("|")
REASONS = """the steel had been delivered in the wrong size|two of the surveyors were ill|the licence had run out|nobody had read the
 instructions|the river had flooded the access road|the supplier went out of business|the old wiring was unsafe|the tenants refused to move|a
 pump had been fitted upside down|the price of copper doubled|the software could not read the old files|the planning officer had lost the
 drawings|rats had eaten through the cable|there was no crane large enough|the bank withdrew its offer|the paint would not dry in the
 cold""".replace("\n", "").split("|")
MEANS = """reusing the heat of the ovens|planting willows along the bank|counting every pallet twice|sending all letters by e-mail|moving the
 work to the mornings|lining the tanks with glass|sharing one van between three depots|letting customers weigh the fruit themselves|fitting a
 valve at each tap|printing on both sides""".replace("\n", "").split("|")
ROLES = """finance director|head of safety|company secretary|plant manager|sales director|chief engineer|head of legal|treasurer|project
 manager|editor|personnel manager|chair of the audit committee""".replace("\n", "").split("|")
NUMBERS = """two three four five six seven eight nine ten eleven twelve fourteen fifteen eighteen twenty twenty-one thirty forty-five
 sixty ninety""".split()

MOST_OTHERS = 2

Rng = np.random.Generator


def one(rng: Rng, values: list) -> str:
    """A random element."""
    return values[int(rng.integers(len(values)))]


def person(rng: Rng) -> str:
    name = f"{one(rng, FIRST)} {one(rng, LAST)}"
    return one(rng, [name] * 5 + [f"Dr {name}", f"Professor {name}", f"{one(rng, ['Mr', 'Ms'])} {name.split()[1]}"])


def date(rng: Rng) -> str:
    day, month, year = rng.integers(1, 29), one(rng, MONTHS), rng.integers(2008, 2031)
    return one(rng, [f"{day} {month} {year}"] * 3 + [f"{month} {day}, {year}", f"{day} {month}", f"{month} {year}"])


def money(rng: Rng) -> str:
    sign, amount = one(rng, ["£", "$", "€"]), int(rng.integers(2, 999))
    unit = one(rng, ["", ",000", ",500", " million", f".{rng.integers(1, 10)} million", " billion"])
    return f"{sign}{amount}{unit}"


def percent(rng: Rng) -> str:
    number = one(rng, [f"{rng.integers(1, 95)}", f"{rng.integers(1, 40)}.{rng.integers(1, 10)}"])
    return number + one(rng, ["%", " per cent", " percent"])


def duration(rng: Rng) -> str:
    unit = one(rng, ["days", "days", "weeks", "months", "months", "years", "hours", "Business Days", "working days"])
    number = one(rng, [str(rng.integers(2, 90)), one(rng, NUMBERS)])
    return one(rng, [f"{number} {unit}"] * 4 + [f"{one(rng, NUMBERS)} ({rng.integers(2, 90)}) {unit}"])


def count(rng: Rng) -> str:
    return one(rng, [f"{rng.integers(11, 999)}", f"{rng.integers(1, 99)},{rng.integers(100, 999)}", one(rng, NUMBERS)])


def email(rng: Rng) -> str:
    return f"{one(rng, ['info', 'sales', 'legal', 'press', one(rng, FIRST).lower()])}@{one(rng, ORGANISATIONS).split()[0].lower()}.example"


def phone(rng: Rng) -> str:
    return f"{one(rng, ['+44 1632', '020 7946', '01632', '+1 555'])} {rng.integers(100, 999)}{rng.integers(100, 999)}"


def chosen(values: list[str]) -> Callable[[Rng], str]:
    """A maker that picks from a list."""
    return lambda rng: one(rng, values)


MAKERS: dict[str, Callable[[Rng], str]] = {
    "person": person, "date": date, "money": money, "percent": percent, "duration": duration, "count": count,
    "email": email, "phone": phone, "org": chosen(ORGANISATIONS), "place": chosen(PLACES), "thing": chosen(THINGS),
    "reason": chosen(REASONS), "means": chosen(MEANS), "role": chosen(ROLES),
    **BUSINESS_MAKERS,
}  # fmt: skip
# Wordings, then questions as "slot? question". {person2} is another person than {person}.
KINDS: list[tuple[str, str]] = [
    ("This Agreement takes effect on {date}. | The Effective Date is {date}. | It shall come into force on {date}, whenever it was signed.",
     "date? What is the effective date? | date? When does the agreement take effect? | date? From when does it apply? | date? When is the effective date?"),
    ("It was signed by both parties on {date}. | Signed in {place} on {date}. | IN WITNESS WHEREOF the parties have signed on {date}.",
     "date? When was it signed? | date? What is the date of signature? | date? On what date did the parties sign?"),
    ("The agreement expires on {date} unless it is renewed. | It ends on {date}. | The term runs until {date}.",
     "date? When does the agreement end? | date? What is the expiry date? | date? When is the end of the term?"),
    ("Either party may terminate on {duration}' written notice. | The notice period is {duration}. | To end it, a party must give notice of at least {duration}.",
     "duration? What is the notice period? | duration? How much notice must be given to terminate? | duration? How long is the notice period?"),
    ("Neither party need renew it; whoever does not wish to shall say so {duration} before the term ends, and otherwise it goes on for {duration2}.",
     "duration? How long before the end must a party object to renewal? | duration2? For how long is it renewed?"),
    ("This contract is governed by the laws of {place}. | The law of {place} applies. | Governing law: {place}",
     "place? What is the governing law? | place? Which law governs the contract? | place? Whose laws apply?"),
    ("The courts of {place} have exclusive jurisdiction. | Disputes go to the courts of {place}. | Any dispute shall be settled by arbitration seated in {place}.",
     "place? Which courts have jurisdiction? | place? Where are disputes settled?"),
    ("The total fee is {money}, of which {money2} is due in advance. | For this the Customer pays {money} in all, {money2} of it on signature.",
     "money? What is the total fee? | money? How much is the total fee? | money? What does the customer pay in all? | money2? How much is paid in advance? | money2? How much is due on signature?"),
    ("Invoices are payable within {duration} of receipt. | Payment is due {duration} after the date of the invoice. | Payment terms: {duration} net",
     "duration? What is the payment term? | duration? When are invoices due? | duration? How long does the customer have to pay?"),
    ("Late payments bear interest at {percent} a year. | Interest of {percent} is charged on overdue sums.",
     "percent? What is the interest rate on late payments? | percent? How much interest is charged when payment is late?"),
    ("Its liability shall not exceed {money} for any one event and {money2} in any year. | Liability is limited to {money} per claim, and to {money2} in all.",
     "money? What is the liability cap for one event? | money? How much is the liability limited to per claim? | money2? What is the limit of liability in total?"),
    ("For each day of delay the contractor shall pay {money}, up to {percent} of the price. | Delay costs the contractor {money} a day, at most {percent} of the contract price.",
     "money? What does the contractor pay for each day of delay? | money? What is the penalty for delay? | percent? What is the cap on the penalty?"),
    ("Rates may rise once a year, by no more than {percent}. | The rates are reviewed every January; an increase above {percent} needs consent.",
     "percent? What is the cap on the yearly increase? | percent? By how much may the rates rise? | percent? How much can the price go up in a year?"),
    ("Confidential information must be kept secret for {duration} after the agreement ends. | The duty of secrecy lasts {duration} beyond termination.",
     "duration? How long does confidentiality last? | duration? For how long must information be kept secret after the end? | duration? What is the confidentiality period?"),
    ("A breach of data protection must be reported within {duration}. | Any loss of personal data shall be notified to the other party no later than {duration} after it is discovered.",
     "duration? How quickly must a data breach be reported? | duration? Within what time must a loss of personal data be notified?"),
    ("The {thing} must be kept insured for at least {money}. | Insurance for the {thing}: not less than {money}.",
     "money? For how much must the {thing} be insured? | money? What is the insured sum of the {thing}?"),
    ("Notices to {org} go to {email}, with a copy to {email2}. | {org} receives notices at {email}; its accounts office at {email2}.",
     "email? What is the email address of {org} for notices? | email? Where are notices to {org} sent?"),
    ("{org} can be reached on {phone}, by fax on {phone2}. | Telephone {phone} | The switchboard of {org} is {phone}.",
     "phone? What is the phone number of {org}? | phone? What is the telephone number?"),
    ("For questions write to {person} at {email}. | Contact: {person}, {email}",
     "person? Who is the contact? | email? What is the email address of {person}? | email? What is the contact email?"),
    ("{org} (the Supplier) and {org2} (the Customer) agree as follows. | This contract is made between {org}, the Supplier, and {org2}, the Customer. | Supplier: {org}. Customer: {org2}.",
     "org? Who is the supplier? | org? What is the name of the supplier? | org2? Who is the customer? | org2? What is the name of the customer?"),
    ("The Supplier appoints {person} as {role}, and the Customer {person2}. | {person} is the {role} of the Supplier; for the Customer {person2} acts.",
     "person? Who is the supplier's {role}? | person? What is the name of the {role} of the supplier?"),
    ("{person} has been {role} since {date}. | {date} brought a new {role}, {person}. | The {role}, {person}, took office on {date}.",
     "person? Who is the {role}? | person? What is the name of the {role}? | date? When did {person} become {role}? | date? Since when has {person} been {role}?"),
    ("{person}, the {role}, retires in {date}; {person2} will take over. | In {date} {person2} will succeed {person} as {role}. | {person} steps down as {role} and the Board intends that {person2} shall follow.",
     "person2? Who will succeed {person} as {role}? | person2? Who is to replace {person}? | person2? Who will be the new {role}? | person2? Who takes over as {role}?"),
    ("Revenue rose by {percent} to {money}, from {money2} a year earlier. | Group revenue was {money} ({money2} the year before), up {percent}.",
     "money? What was the revenue? | money? How much is the revenue for the year? | money? What is group revenue? | percent? By how much did revenue rise? | money2? What was the revenue in the previous year?"),
    ("Operating profit fell to {money}, a margin of {percent}. | At {money} operating profit was {percent} of sales.",
     "money? What was the operating profit? | money? How much operating profit was made? | percent? What was the operating margin?"),
    ("The effective rate of tax was {percent}. | Tax was charged at {percent} of profit. | The tax charge of {money} is a rate of {percent}.",
     "percent? What is the effective tax rate? | percent? What is the tax rate? | percent? At what rate was tax charged?"),
    ("Of the {money} facility with {org}, {money2} was drawn at the year end. | The credit line of {org} is {money}; at the end of the year {money2} of it had been used.",
     "money2? How much of the facility was drawn at the end of the year? | money2? What has been borrowed of the credit line? | money? How large is the credit facility? | org? Which lender gave the facility?"),
    ("The Board proposes a dividend of {money} a share, payable on {date}. | A dividend of {money} will be paid on {date}.",
     "money? What is the dividend? | money? How much is the dividend? | date? When will the dividend be paid? | date? What is the payment date of the dividend?"),
    ("At the year end {count} people worked for the group, {count2} of them abroad. | We employ {count} people, {count2} of whom joined this year.",
     "count? How many employees are there? | count? How many people does the group employ? | count? What is the number of employees?"),
    ("We spent {money} on the {thing} and {money2} on research. | The {thing} cost {money}; research took {money2}.",
     "money? How much did the {thing} cost? | money? What was spent on the {thing}? | money2? How much was spent on research?"),
    ("The {thing} opened on {date}. | Since {date} the {thing} has been in use. | On {date} the {thing} was handed over and began to work.",
     "date? When did the {thing} open? | date? When did the {thing} begin to work? | date? Since when has the {thing} been in use?"),
    ("The {thing} was late because {reason}. | That {reason} is why the {thing} is not finished. | We gave up the {thing}: {reason}. | The {thing} had to wait, since {reason}.",
     "reason? Why was the {thing} late? | reason? Why is the {thing} not finished? | reason? What was the reason for the trouble with the {thing}?"),
    ("At the {thing} costs were cut by {means}. | The {thing} saves energy by {means}. | The team of the {thing} found that {means} halves the waste.",
     "means? How were costs cut at the {thing}? | means? How does the {thing} save money? | means? What halves the waste at the {thing}?"),
    ("{org} bought the old {thing} for {money}. | The old {thing} goes to {org}, who pay {money} for it. | We have sold the old {thing}. {org} gave {money}.",
     "org? Who bought the old {thing}? | org? Who is the buyer of the old {thing}? | money? What was paid for the old {thing}?"),
    ("{org} claims {money} for damage to the {thing}. | We are sued by {org} over the {thing}; they want {money}.",
     "money? How much does {org} claim? | org? Who claims damages for the {thing}?"),
    ("{person}: Then who looks after the {thing}? {person2} would be glad to. Agreed. | {person}: I suggest that {person2} takes on the {thing}. Those in favour? Carried.",
     "person2? Who will look after the {thing}? | person2? Who takes on the {thing}? | person2? Who is going to do the {thing}?"),
    ("{person}: The {thing} has to be with them by {date}, not a day later. | {person}: So the deadline for the {thing} is {date}.",
     "date? What is the deadline for the {thing}? | date? By when must the {thing} be ready?"),
    ("{person}: How much is left for the {thing}? {person2}: {money}, after the repairs. | {person}: We agreed {money} for the {thing}, though {person2} wanted more.",
     "money? How much is there for the {thing}? | money? What sum was agreed for the {thing}?"),
    ("{person}: It takes {duration} to rebuild the {thing}; I had hoped for {duration2}. | {person}: The {thing} needs {duration}, not the {duration2} we were told.",
     "duration? How long does the {thing} take? | duration? How long will it take to rebuild the {thing}?"),
    ("The next meeting is on {date} in {place}. | Date of next meeting: {date}, at the offices in {place}. | The annual general meeting will be held in {place} on {date}.",
     "date? When is the next meeting? | date? What is the date of the meeting? | place? Where is the meeting held? | place? Where will the meeting take place?"),
    ("{count} of {count2} members voted for it. | The motion was carried by {count} votes to {count2}.",
     "count? How many members voted for it? | count? How many votes were in favour?"),
    ("The {thing} is {count} metres long and takes {count2} pallets. | At {count} metres the {thing} has room for {count2} pallets.",
     "count2? How many pallets fit into the {thing}? | count? How long is the {thing}?"),
    ("The report was audited by {org}; their fee was {money}. | {org} audited the accounts for {money}.",
     "org? Who audited the accounts? | org? Who is the auditor? | money? What was the audit fee?"),
    ("The company was founded in {place} by {person} and {person2}. | {person} and {person2} started the firm in a shed in {place}.",
     "place? Where was the company founded? | person|person2? Who founded the company?"),
    ("Its head office is in {place}; the works are in {place2}. | {org} has its headquarters in {place} and a branch in {place2}.",
     "place? Where are the headquarters? | place? Where is the head office? | place2? Where are the works?"),
    *BUSINESS_KINDS,
]  # fmt: skip
LABELS = """Salaries Rent Travel Advertising Postage Repairs Insurance Fuel Training Cleaning Interest Depreciation""".split()


@dataclass(frozen=True)
class Form:
    """A made text, with one question and the characters [start, end) of its answer; None where it has none.

    `others` are texts of other facts, which do not answer the question.
    """

    text: str
    question: str
    answer: tuple[int, int] | None
    others: tuple[str, ...] = ()


def fact(rng: Rng, kind: int) -> tuple[str, str, tuple[int, int]]:
    """One kind's sentences, a question about them, and the answer's characters."""
    wordings, questions = (part.split(" | ") for part in KINDS[kind])
    wording = one(rng, wordings)
    slots: dict[str, str] = {}

    def fill(match: re.Match[str]) -> str:
        slot = match[1]
        for _ in range(20):
            if slot in slots:
                break
            made = MAKERS[slot.rstrip("2")](rng)
            if made not in slots.values():
                slots[slot] = made
        return slots.setdefault(slot, "nothing")

    re.sub(r"\{(\w+)\}", fill, wording)
    asked = [q.split("? ", 1) for q in questions]
    usable = [
        (slot, q) for slot, q in asked if all(s in slots for s in [*slot.split("|"), *re.findall(r"\{(\w+)\}", q)])
    ]
    slot, question = usable[int(rng.integers(len(usable)))]
    text, places = "", {}
    for part in re.split(r"(\{\w+\})", wording):
        name = part.strip("{}")
        if part.startswith("{"):
            places.setdefault(name, (len(text), len(text) + len(slots[name])))
        text += slots[name] if part.startswith("{") else part
    named = slot.split("|")
    answer = places[named[0]][0], places[named[-1]][1]
    text = text[0].upper() + text[1:]
    return text, re.sub(r"\{(\w+)\}", lambda m: slots[m[1]], question), answer


def table(rng: Rng) -> tuple[str, str, tuple[int, int]]:
    """Rows of figures for two years, and a question about one of them."""
    year, unit = int(rng.integers(2012, 2030)), one(rng, ["£ thousand", "$ million", "€ million", "tonnes"])
    bar = one(rng, [" ", " ", " | "])
    rows, cells = [bar.join([unit, str(year), str(year - 1)])], []
    for label in rng.permutation(LABELS)[: int(rng.integers(3, 8))]:
        figures = [f"{rng.integers(2, 900)}", f"{rng.integers(2, 900)}"]
        if rng.random() < 0.5:
            figures = [f"{figure}.{rng.integers(0, 10)}" for figure in figures]
        rows.append(bar.join([str(label), *figures]))
        cells.append((str(label), figures))
    row = int(rng.integers(len(cells)))
    label, figures = cells[row]
    column = int(rng.random() < 0.4)
    text = "\n".join(rows)
    low = sum(len(r) + 1 for r in rows[: row + 1]) + len(label) + len(bar)
    start = low if column == 0 else low + len(figures[0]) + len(bar)
    asked = one(rng, ["What was {} in {}?", "How much was {} in {}?", "What were the figures for {} in {}?"])
    return text, asked.format(label.lower(), year - column), (start, start + len(figures[column]))


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
    order = rng.permutation(len(pieces)) if prose == [] or rng.random() < 0.5 else _spread(rng, len(facts), len(prose))
    numbered, separator = rng.random() < 0.3, one(rng, ["\n", " ", " "])
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
