"""Answers of yes or no, held against clauses as contracts have them."""

import pytest

from dsacli.engines.generative.conditions import contradicts, wants_yes_or_no

ASSIGN = "The Supplier shall not assign this Agreement without the Buyer's consent."
CAP = "Subject to clause 4.3, the Supplier's liability in any year shall not exceed EUR 500,000."
PROFIT = "Neither party is liable for loss of profit."
END = "The Buyer may terminate for convenience on six months' notice."
RENEW = "It renews for periods of twelve months unless either party gives notice."


@pytest.mark.parametrize(
    ("question", "answer", "clause"),
    [
        ("Can the agreement be assigned?", "Yes, the agreement can be assigned.", ASSIGN),
        ("Can the agreement be assigned?", "The agreement can be assigned.", ASSIGN),
        ("Can the agreement be assigned?", "No, it can't.", ASSIGN),
        ("Is assignment allowed without consent?", "Yes, assignment is allowed without consent.", ASSIGN),
        ("Can it be assigned?", "The Supplier may assign it without consent, but it does not say to whom.", ASSIGN),
        ("Is either party liable for loss of profit?", "Yes: Neither party is liable for loss of profit.", PROFIT),
        ("May the Buyer end it?", "No, the Buyer may not.", END),
        ("Does it renew?", "Yes.", RENEW),
        ("May we sublet?", "Yes, you may sublet rooms.", "The tenant must not sublet any part of the flat."),
    ],
)
def test_what_the_clause_forbids_or_makes_depend(question, answer, clause):
    assert wants_yes_or_no(question) and contradicts(question, answer, clause)


@pytest.mark.parametrize(
    ("question", "answer", "clause"),
    [
        ("Can the agreement be assigned?", "Yes, with the Buyer's consent.", ASSIGN),
        ("Can the agreement be assigned?", ASSIGN, ASSIGN),
        ("Is assignment allowed without consent?", "No: Assignment is not allowed without consent.", ASSIGN),
        ("Is liability capped?", "Yes: It shall not exceed EUR 500,000 in any year.", CAP),
        ("Is either party liable for loss of profit?", "No: Neither party is.", PROFIT),
        ("May the Buyer end it?", "Yes, on six months' notice.", END),
        ("Does it renew?", "Yes, for twelve months unless a party gives notice.", RENEW),
        ("Is assignment prohibited?", "Yes, it may not be assigned without consent.", ASSIGN),
    ],
)
def test_what_agrees_with_the_clause(question, answer, clause):
    assert not contradicts(question, answer, clause)


@pytest.mark.parametrize("question", ["Who may assign it?", "Is it monthly or yearly?", "Canada's share?", ""])
def test_other_questions_want_no_yes_or_no(question):
    assert not wants_yes_or_no(question)
