"""The questions that a field asks.

The reader was trained on questions (SQuAD-like), so each field becomes one to three of them. Nothing here
reads a document or knows a model.
"""

import re

from dsacli.extraction.fields import Field

# What the last word of a name says about the answer's type: "supplier" is a who, "headquarters" a where.
_ANSWER_WORDS = {
    "who": "author authors ceo cfo coo cto chair chairman chairwoman chairperson president director "
    "directors officer executive executives manager founder founders owner owners shareholder "
    "shareholders supplier suppliers vendor customer client buyer seller purchaser landlord tenant "
    "lessor lessee lender borrower licensor licensee employer employee contractor subcontractor "
    "party parties auditor auditors signatory signatories guarantor insurer trustee beneficiary "
    "witness editor publisher speaker participants attendees counsel lawyer person recipient company firm "
    "organisation organization bank",
    "where": "headquarters location locations venue birthplace whereabouts",
    "date": "date deadline birthday",
    "duration": "duration",
    "money": "price fee fees cost costs salary revenue rent budget",
    "email": "email e-mail",
    "phone": "phone telephone mobile fax",
    "url": "website url homepage",
}
_ANSWER_TYPES = {word: answer_type for answer_type, words in _ANSWER_WORDS.items() for word in words.split()}
# How a contact detail is called in full, and the words of a name that already say it.
_CONTACTS = {
    "email": ("email address", r"e-?\s?mail(?: address)?"),
    "phone": ("phone number", r"(?:tele)?phone(?: number)?|mobile(?: number)?"),
    "fax": ("fax number", r"fax(?: number)?"),
    "url": ("website", r"web\s?(?:site|page)|web address|url|home\s?page|link"),
    "address": ("address", r"(?:postal |registered |mailing )?address"),
}
_TEMPLATES = {
    "who": ("Who {be} {the} {name}?", "What is the name of {the} {name}?"),
    "where": ("Where {be} {the} {name}?", "What {be} {the} {name}?"),
    "date": ("When {be} {the} {name}?", "What is the date of {the} {name}?"),
    "money": ("How much {be} {the} {name}?", "What {be} {the} {name}?"),
    "duration": ("How long {be} {the} {name}?", "What {be} {the} {name}?"),
    "percent": ("What {be} {the} {name}?", "What percentage {be} {the} {name}?"),
    "text": ("What {be} {the} {name}?",),
    "number": ("What {be} {the} {name}?",),
}
# What is never asked with "what is": the words that documents use for it are others than its name.
_IDIOMS = [
    (r"(?:governing|applicable) law", ["Which law governs the agreement?", "What is the governing law?"]),
    (
        r"(?:agreement|contract|execution|signing) date|date of (?:the )?(?:agreement|contract)",
        ["What is the date of the agreement?", "When was the agreement made?", "On what date was it signed?"],
    ),
    (
        r"(?:effective|commencement|start(?:ing)?) date",
        ["What is the effective date?", "When does the agreement take effect?", "When does it start?"],
    ),
    (
        r"(?:expir(?:ation|y)|end(?:ing)?) date|date of expir(?:ation|y)|expir(?:ation|y)",
        ["When does the agreement expire?", "What is the expiration date?", "How long does the agreement last?"],
    ),
    (
        r"notice(?: period)?(?: required)? to (?:terminate|prevent|stop|end|cancel|avoid) (?:the )?renewal|non-?renewal notice"
        r"(?: period)?|renewal notice(?: period)?",
        [
            "How much notice must be given to terminate renewal?",
            "How long before the end of the term must notice of non-renewal be given?",
        ],
    ),
    (
        r"(?:document|agreement|contract) (?:title|name)|title of (?:the )?(?:document|agreement|contract)|name of (?:the )?"
        r"(?:document|agreement|contract)|title",
        ["What is the title of the document?", "What kind of agreement is this?"],
    ),
    (r"(?:place of )?jurisdiction|competent courts?", ["Which courts have jurisdiction?"]),
    (r"payment (?:terms?|period|deadline)", ["When are invoices due?", "Within what time must invoices be paid?"]),
]
# Whole clauses of an agreement: what is wanted of them is what they say, and not the name of something.
_CLAUSE = re.compile(
    r"(?:anti-?)?assignment|audit(?:ing)? rights?|(?:cap|limit(?:ation)?s?) (?:on|of) liability|(?:uncapped |unlimited )?liability(?: cap)?"
    r"|change of control|competitive restriction(?: exception)?|covenants? not to sue|exclusiv(?:ity|e dealing)|insurance"
    r"|(?:joint )?ip ownership(?: assignment)?|(?:non-?transferable |irrevocable |perpetual |irrevocable or perpetual )?licen[cs]e(?: grant)?"
    r"|affiliate licen[cs]e.*|unlimited\b.*licen[cs]e|liquidated damages|minimum (?:commitment|purchase)|most favou?red nation"
    r"|no-?solicit(?:ation)?\b.*|non-?compet(?:e|ition)|non-?disparagement|post-?termination services|(?:price|volume) restrictions?"
    r"|(?:revenue|profit).*sharing|rofr.*|rights? of first .*|source code escrow|termination(?: for \w+)?|third[ -]party beneficiar(?:y|ies)"
    r"|confidentiality|indemni\w+|force majeure|dispute resolution|arbitration|severability|entire agreement|publicity|.* (?:clause|provision)s?",
    re.IGNORECASE,
)
_INTERROGATIVE = r"(?:who|whom|whose|what|which|when|where|why|how)\s"
_SINGULAR = re.compile(r"(?:[su]s|is|ess|news|basis|series|headquarters)$", re.IGNORECASE)


def field_questions(field: Field) -> list[str]:
    """One to three questions for a field, the best first.

    >>> field_questions(Field("total fee", "money"))
    ['How much is the total fee?', 'What is the total fee?']
    """
    if field.question:
        return [field.question]
    if field.name.endswith("?"):
        return [field.name]
    if re.match(_INTERROGATIVE, field.name, re.IGNORECASE):
        return [f"{field.name}?"]
    name = _in_words(field.name)
    questions = (
        _idiom(field, name)
        or _contact(field, name)
        or _counting(field, name)
        or _named(name)
        or _happened(field, name)
        or _from_template(_answer_type(field, name), name)
    )
    return list(dict.fromkeys(questions + _described(field)))[:3]


def _idiom(field: Field, name: str) -> list[str]:
    if field.type == "text" and _CLAUSE.fullmatch(name):
        return [f"What does it say about {name}?", name]
    return next((questions for form, questions in _IDIOMS if re.fullmatch(form, name, re.IGNORECASE)), [])


def _in_words(name: str) -> str:
    """ "effectiveDate", "effective_date" and "supplierVATNumber" as words; acronyms keep their capitals."""
    if " " in name:
        return name
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})|_+", " ", name).split()
    return " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words)


def _head(name: str) -> str:
    """The word that says what is asked for: "date" in "date of birth", "officer" in "chief executive officer"."""
    words = re.split(r"\s(?:of|for|to|in|at|from|by)\s", name)[0].split()
    return words[-1].lower()


def _answer_type(field: Field, name: str) -> str:
    return field.type if field.type in _TEMPLATES and field.type != "text" else _ANSWER_TYPES.get(_head(name), "text")


def _from_template(answer_type: str, name: str) -> list[str]:
    questions = [_fill(template, name) for template in _TEMPLATES.get(answer_type, _TEMPLATES["text"])]
    if answer_type == "date" and re.search(r"\bdate\b|\bdeadline\b", name, re.IGNORECASE):
        # "What is the date of the effective date" is no question anyone has asked.
        return [_fill("What {be} {the} {name}?", name), questions[0]]
    return questions


def _fill(template: str, name: str) -> str:
    head = _head(name)
    plural = head.endswith("s") and not _SINGULAR.search(head)
    bare = re.match(r"(?:the|a|an|our|their|his|her|its|each|any|all)\s", name, re.IGNORECASE)
    return template.format(be="are" if plural else "is", the="" if bare else "the", name=name).replace("  ", " ")


def _contact(field: Field, name: str) -> list[str]:
    """ "supplier email" asks for the email address of the supplier."""
    detail = _contact_detail(field, name)
    if not detail:
        return []
    in_full, wordings = _CONTACTS[detail]
    of = re.fullmatch(
        rf"(?:{wordings}) (?P<link>of|for) (?P<who>.+)|(?:(?P<owner>.+?)(?:['’]s)? )?(?:{wordings})",
        name,
        re.IGNORECASE,
    )
    as_named = _fill("What {be} {the} {name}?", name)
    if not of:
        if detail == "address":
            return []
        in_name = re.search(wordings, name, re.IGNORECASE)
        return [as_named] if in_name else [f"What is the {in_full} of {_the(name)}?", as_named]
    owner, link = of["who"] or of["owner"], of["link"] or "of"
    if detail == "address" and owner and _ANSWER_TYPES.get(_head(owner)) != "who":
        return _from_template("text", name)  # "registered address", "IP address": nobody's name
    where = [f"Where is {_the(owner or 'address')}{' located' if owner else ''}?"] if detail == "address" else []
    return [f"What is the {in_full}{f' {link} {_the(owner)}' if owner else ''}?", *where, as_named]


def _contact_detail(field: Field, name: str) -> str | None:
    """Which of `_CONTACTS` a field asks for, by its type or its name."""
    detail = field.type
    if field.type == "text":
        by_e_mail = re.search(r"\be-?mail address$", name, re.IGNORECASE)
        detail = "email" if by_e_mail else _ANSWER_TYPES.get(_head(name), "address")
        detail = detail if detail in _CONTACTS else "address"
    if detail == "phone" and re.search(r"\bfax\b", name, re.IGNORECASE):
        return "fax"
    return detail if detail in _CONTACTS else None


def _the(name: str) -> str:
    return _fill("{the} {name}", name).strip()


def _counting(field: Field, name: str) -> list[str]:
    """ "number of employees" and "employee count" ask how many; so does a plural number."""
    of = re.fullmatch(r"(?:total )?(?:number|count|no\.?) of (.+)|(.+?) count", name, re.IGNORECASE)
    if of:
        counted = of[1] or (of[2] if of[2].endswith("s") else of[2] + "s")
        return [f"How many {re.sub('^the ', '', counted)} are there?", f"What is the number of {counted}?"]
    if field.type == "number" and _fill("{be}", name) == "are":
        return [f"How many {name} are there?", f"What is the number of {name}?"]
    return ["How many employees are there?", "What is the headcount?"] if name.lower() == "headcount" else []


def _named(name: str) -> list[str]:
    """ "supplier name" and "name of the supplier" ask who the supplier is."""
    of = re.fullmatch(r"(?:full )?names? of (?:the )?(.+)|(.+?)(?:['’]s)? (?:full )?names?", name, re.IGNORECASE)
    who = of and (of[1] or of[2])
    if not who or _ANSWER_TYPES.get(_head(who)) != "who":
        return []
    return [_fill("Who {be} {the} {name}?", who), f"What is the name of {_the(who)}?"]


def _happened(field: Field, name: str) -> list[str]:
    """ "signed" or "founded on", as a date, asks when it was."""
    verb = re.fullmatch(r"(\w+ed)(?: (?:on|at|in))?", name, re.IGNORECASE)
    return [f"When was it {verb[1]}?", f"When was the document {verb[1]}?"] if verb and field.type == "date" else []


def _described(field: Field) -> list[str]:
    """A description that is a question, or names the thing ("the date on which ..."), asks once more."""
    text = " ".join((field.description or "").split()).rstrip(".")
    if text.endswith("?"):
        return [text]
    if re.match(r"the\s", text, re.IGNORECASE) and len(text) < 120:
        return [f"What is {text[0].lower()}{text[1:]}?"]
    return []
