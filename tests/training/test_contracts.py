"""Contracts to train on: the values in marked clauses, and groups that ask for them."""

import numpy as np
import pytest

from dsacli.reader.loading import load_reader
from dsacli.reader.runs import merged
from dsacli.training.clauses import NEAR, Clauses
from dsacli.training.contracts import (
    CLAUSE,
    VALUE,
    VALUE_TYPES,
    TokenizedContract,
    contract_corpus,
    load_contracts,
    load_wordings,
    values_in,
)


@pytest.mark.parametrize(
    ("kind", "answer", "text", "values"),
    [
        ("Document Name", "Supply Agreement", "SUPPLY AGREEMENT", ["SUPPLY AGREEMENT"]),
        ("Parties", 'Talland Mills Ltd. ("Supplier")', "Talland Mills Ltd.", ["Talland Mills Ltd."]),
        ("Parties", 'Talland Mills Ltd. ("Supplier")', "Supply", []),
        ("Parties", 'Talland Mills Ltd. ("Supplier")', "Corwen & Sons", []),
        ("Agreement Date", "2025-02-14", "made on this 14th day of February, 2025", ["14th day of February, 2025"]),
        ("Agreement Date", "2025-02-14", "made on 15 February 2025", []),
        ("Effective Date", "2025-03-01", "from 1 March 2025 (and not from 2 March 2025)", ["1 March 2025"]),
        ("Expiration Date", "2028-03-01", "ends on 1 March 2028, three years after", ["1 March 2028"]),
        ("Expiration Date", "2028-03-01", "for three (3) years from signing", ["three (3) years"]),
        ("Expiration Date", "2028-03-01", "three years, and two years more", []),
        ("Expiration Date", "perpetual", "until terminated", ["until terminated"]),
        ("Expiration Date", "Perpetual", "for 30 days after notice", ["for 30 days after notice"]),
        ("Expiration Date", "", "for three years", []),
        ("Renewal Term", "2 years", "renewed for two (2) years on 90 days notice", ["two (2) years"]),
        ("Notice Period To Terminate Renewal", "90 days", "renewed for two (2) years on 90 days notice", ["90 days"]),
        ("Notice Period To Terminate Renewal", "90 days", "on 60 days notice", []),
        ("Governing Law", "New York, United States", "laws of the STATE OF NEW YORK, as amended", ["NEW YORK"]),
        ("Governing Law", "New York, United States", "laws of England", []),
        ("Governing Law", "", "laws of England", []),
        ("Warranty Duration", "Yes", "warranted for twelve months from delivery", ["twelve months"]),
        ("Warranty Duration", "Yes", "twelve months from delivery or six months from use", []),
    ],
)
def test_a_value_is_where_the_clause_says_what_the_annotators_wrote(kind, answer, text, values):
    assert [text[low:high] for low, high in values_in(text, kind, answer)] == values


def test_wordings_ask_for_every_kind_and_those_of_dev_are_not_trained_on():
    training, dev = load_wordings("training"), load_wordings("dev")
    assert training.keys() == dev.keys() and len(training) == 41
    for wordings in (training, dev):
        for kind, known in wordings.items():
            assert known.keys() <= {CLAUSE, VALUE} and (VALUE in known) <= (kind in VALUE_TYPES)
            assert all(wording and wording == wording.strip() for each in known.values() for wording in each)
    for kind in dev:
        # Names of a field, such as "effective date", are what both call it.
        asked = [
            {w.lower() for each in known[kind].values() for w in each if w[-1] in ".?"} for known in (training, dev)
        ]
        assert not asked[0] & asked[1], kind


@pytest.fixture(scope="module")
def contract(data):
    (found,) = load_contracts(data, "train")
    return found


def test_a_contract_has_the_values_of_its_clauses_and_none_of_those_that_it_lacks(contract):
    def values(kind: str) -> list[str]:
        return [contract.text[low:high] for low, high in contract.values(kind)]

    assert values("Expiration Date") == ["three years"] and values("Governing Law") == ["New York"]
    assert values("Renewal Term") == ["two (2) years"] and values("Notice Period To Terminate Renewal") == ["90 days"]
    assert values("Parties") == ["Talland Mills Ltd.", "Corwen & Sons Ltd."]
    assert contract.clauses["Insurance"].absent and not contract.clauses["Anti-Assignment"].absent
    assert contract.clauses["Insurance"].spans == ()


def test_the_roles_of_parties_are_those_that_do_not_name_them_anyway(contract):
    assert [(role, contract.text[low:high]) for role, (low, high) in contract.roles()] == [
        ("Supplier", "Talland Mills Ltd."),
        ("Buyer", "Corwen & Sons Ltd."),
    ]


def test_marked_stretches_that_touch_are_one_clause():
    assert merged(((40, 50), (0, 9), (10, 20), (53, 60), (64, 70)), NEAR) == [(0, 20), (40, 60), (64, 70)]
    assert merged(((0, 30), (5, 10)), NEAR) == [(0, 30)] and merged((), NEAR) == []


def test_a_contracts_tokens_and_passages_are_those_of_its_text(contract, tokenizer):
    text = TokenizedContract(contract, tokenizer, 64)
    assert text.passages[0] == 0 and text.passages[-1] == len(text.tokens) and (np.diff(text.passages) <= 64).all()
    assert tokenizer.decode(text.path.tolist()) == "supply agreement"
    for kind in ("Governing Law", "Anti-Assignment"):
        for characters in contract.clauses[kind].spans:
            first, last = text.span(characters)
            low, high = text.offsets[first, 0], text.offsets[last, 1]
            assert (int(low), int(high)) == characters


@pytest.mark.parametrize("split", ["train", "dev"])
def test_a_corpus_of_contracts_asks_for_every_clause_once_and_for_absent_ones_without_an_answer(data, tokenizer, split):
    corpus = contract_corpus(data, tokenizer, np.random.default_rng(0), split)
    wordings = load_wordings("training" if split == "train" else "dev")
    assert sorted(question.id for question in corpus.questions) == sorted(wordings)
    for question in corpus.questions:
        assert question.text in [wording for each in wordings[question.id].values() for wording in each]
        passage = corpus.passages[question.passage]
        assert len(passage.tokens) <= 256 and passage.source == "contracts"
        for first, last in question.spans:
            found = passage.text[passage.offsets[first, 0] : passage.offsets[last, 1]]
            assert found == question.answers[0]
        assert bool(question.spans) == bool(question.answers)
    assert sum(bool(question.answers) for question in corpus.questions) == 8


def test_a_group_of_a_contract_has_its_answer_in_the_first_run_and_none_elsewhere(contract, tokenizer, start):
    clauses, rng = (
        Clauses([contract], load_wordings("training"), tokenizer, load_reader(start)),
        np.random.default_rng(0),
    )
    wanted = {kind: {contract.text[a:b].lower() for a, b in contract.values(kind)} for kind in VALUE_TYPES}
    answered = absent = 0
    for kind, known in clauses.wordings.items():
        for each in known:
            for _ in range(5):
                for group in clauses.group(contract, kind, each, (0.2, 0.4, 0.4), rng):
                    assert all(0 < len(run) <= 384 for run in group.runs)
                    assert group.paths is None or (len(group.paths) == len(group.runs) and kind != "Document Name")
                    if contract.clauses[kind].absent:
                        absent += 1
                        assert group.answer is None and group.runs
                        continue
                    answered += 1
                    first, last = group.answer
                    found = tokenizer.decode(group.runs[0][first : last + 1].tolist()).replace(" ", "")
                    if each == VALUE:
                        assert found in {value.replace(" ", "") for value in wanted[kind]}
                    marked = [text.lower().replace(" ", "") for text in contract.texts(kind)]
                    assert any(text in found or found in text for text in marked)
                    for run in group.runs[1:]:
                        assert not any(text in tokenizer.decode(run.tolist()).replace(" ", "") for text in marked)
    assert answered > 30 and absent > 100


def test_a_party_is_asked_for_by_its_role(contract, tokenizer, start):
    clauses, rng, seen = (
        Clauses([contract], load_wordings("training"), tokenizer, load_reader(start)),
        np.random.default_rng(0),
        set(),
    )
    for _ in range(20):
        (group,) = clauses.role(contract, rng)
        question, (first, last) = tokenizer.decode(group.question.tolist()), group.answer
        found = tokenizer.decode(group.runs[0][first : last + 1].tolist())
        assert found == ("talland mills ltd." if "supplier" in question else "corwen & sons ltd.")
        seen.add(found)
    assert len(seen) == 2


def test_contracts_are_asked_without_end_and_not_in_the_same_order(contract, tokenizer, start):
    clauses = Clauses([contract], load_wordings("training"), tokenizer, load_reader(start))
    groups = clauses.endless((1.0,), 0)
    questions = [tuple(next(groups).question.tolist()) for _ in range(150)]
    assert questions[:40] != questions[40:80] and len(set(questions)) > 40
