"""The head that tells what a question wants, and what it is measured by."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import torch

from dsacli.documents.prose import is_reference
from dsacli.engines.wording import answer_key
from dsacli.reader.wanting import question_states
from dsacli.reader.wants import WANTS
from dsacli.training.asked import reference, unlearned_questions
from dsacli.training.contracts import Clause, Contract
from dsacli.training.everyday import answers, companies, everyday_wordings, same_company
from dsacli.training.facts import read
from dsacli.training.wants import WantTraining, fitted_head, wordings


def test_wordings_of_every_form_have_their_slots_filled():
    made = list(wordings(np.random.default_rng(0)))
    assert set(Counter(want for _, want in made)) == set(WANTS)
    assert min(Counter(want for _, want in made).values()) > 300
    assert not any("{" in text or "}" in text for text, _ in made)


def test_what_measures_it_is_no_wording_that_it_learned():
    learned = {answer_key(text) for text, _ in wordings(np.random.default_rng(0))}
    rows = [json.loads(line) for line in read("asked", "questions.jsonl").splitlines()]
    assert Counter(row["want"] for row in rows if row["answerable"]) == dict.fromkeys(WANTS, 30)
    assert len(rows) == 200 and 190 <= len(unlearned_questions()) < 200
    assert not any(answer_key(row["question"]) in learned for row in unlearned_questions())
    assert not any(answer_key(text) in learned for text in read("asked", "sections.txt").splitlines())


def test_a_head_learns_to_tell_forms_it_was_shown(model):
    shown = {
        "span": ["When was it built?", "How many came?", "Who owns it?", "What year was that?", "Where is the mill?"],
        "explanation": [
            "Why did it fail?",
            "How does the pump work?",
            "Explain the method.",
            "Why was she late?",
            "How do tides rise?",
        ],
    }
    texts = [(text, want) for want, some in shown.items() for text in some]
    states = question_states(model.reader, [model.encode(text) for text, _ in texts])
    labels = torch.tensor([WANTS.index(want) for _, want in texts])
    head = fitted_head(states, labels, WantTraining(Path(), Path(), Path(), epochs=60), lambda line: None)
    asked = question_states(model.reader, [model.encode(text) for text in ("When did he die?", "Why did he die?")])
    assert [WANTS[number] for number in head(asked.clone()).argmax(-1).tolist()] == ["span", "explanation"]


def test_made_references_look_like_references():
    rng = np.random.default_rng(1)
    made = [reference("Learning To Read Maps With Two Eyes", rng) for _ in range(30)]
    assert np.mean([is_reference(entry) for entry in made]) > 0.9


def contract(parties: str) -> Contract:
    return Contract("c", "Lease", "text", {"Parties": Clause(((0, 4),), parties)})


def test_companies_are_those_that_are_named_and_no_groups_of_them():
    text = 'Low Quays, Inc. ("Owner"); Hind Cranes LLC ("Tenant"); Owner and Tenant ("Parties")'
    assert companies(contract(text)) == ["Low Quays, Inc", "Hind Cranes LLC"]
    assert same_company("LOW QUAYS INC.", "Low Quays, Inc") and not same_company("Low Cranes", "Hind Cranes LLC")


def test_an_everyday_answer_may_hold_the_gold_one_and_not_much_more():
    gold = ("Neither side may assign this lease",)
    assert answers("2.1 Neither side may assign this lease without consent.", "x", gold)
    assert not answers("Neither side " + "and so on " * 40 + "may assign this lease", "x", gold)
    assert len(everyday_wordings()) == 5
