"""Lists in a model's own words: what their items are, and that each has its place or is doubted."""

import numpy as np
import pytest

from dsacli.documents import parse
from dsacli.engines.context import Context
from dsacli.engines.generative.conversation import Generated
from dsacli.engines.generative.listing import items_of, opening_parties, wants_list, with_items
from dsacli.engines.results import Answer
from dsacli.engines.tokenise import tokenise_document
from dsacli.models.io.folder import read_tokenizer
from dsacli.weights import BUILT_IN

LEASE = 'This Lease is made between Low Quays Inc. ("Owner") and Hind Cranes LLC ("Tenant"). Dana Pole keeps the keys.'


class Read:
    """What a conversation has read."""

    def __init__(self, text):
        self.context = Context([tokenise_document(parse("lease.txt", text.encode()), read_tokenizer(BUILT_IN))])


@pytest.mark.parametrize(
    ("written", "items"),
    [
        ("1. Low Quays Inc.\n2. Hind Cranes LLC", ["Low Quays Inc.", "Hind Cranes LLC"]),
        ("Low Quays Inc. and Hind Cranes LLC.", ["Low Quays Inc.", "Hind Cranes LLC"]),
        ("Hind Cranes LLC and Low Quays Inc.", ["Hind Cranes LLC", "Low Quays Inc."]),
        ("Sand, gravel and clay.", ["Sand", "gravel", "clay"]),
        ("Sand and gravel", ["Sand and gravel"]),
        ("* Sand\n\n* Gravel\n* sand.", ["Sand", "Gravel"]),
    ],
)
def test_items_are_lines_or_what_one_line_enumerates(written, items):
    assert items_of(written) == items


@pytest.mark.parametrize(
    "question", ["Who is the landlord?", "When does it end?", "Can it be assigned?", "What is the fee?"]
)
def test_a_question_for_one_thing_wants_no_list(question):
    assert not wants_list(question)


def test_every_item_has_its_place_and_what_stands_nowhere_is_doubted():
    read = Read(LEASE)
    mass = np.zeros(len(read.context), np.float32)
    plain = Answer("as written", 0.8, (), borne_out=True)
    good = with_items(read, "List them.", plain, Generated("- Low Quays Inc.\n- Hind Cranes LLC", [-0.1], mass))
    assert [item.evidence[0].wording for item in good.items] == ["Low Quays Inc.", "Hind Cranes LLC"]
    assert good.answer == "Low Quays Inc.; Hind Cranes LLC" and good.borne_out
    bad = with_items(read, "List them.", plain, Generated("- Low Quays Inc.\n- Tall Cranes LLC", [-0.1], mass))
    assert [item.borne_out for item in bad.items] == [True, False] and bad.borne_out is False
    assert with_items(read, "List them.", plain, Generated("Low Quays Inc.", [-0.1], mass)) is plain


@pytest.mark.parametrize("question", ["Who are the parties?", "Who signed it?"])
def test_a_party_is_told_by_its_name_not_by_what_it_is_called(question):
    read = Read(LEASE)
    written = Generated("- Low Quays Inc.\n- Tenant", [-0.1], np.zeros(len(read.context), np.float32))
    found = with_items(read, question, Answer("as written", 0.8, (), borne_out=True), written)
    assert found.answer == "Low Quays Inc.; Hind Cranes LLC" and found.borne_out


def test_a_party_that_signs_behind_a_title_is_told_once():
    read = Read(f"{LEASE}\n\nDated June 2020 CEO HIND CRANES LLC By: /s/ A. Low")
    written = Generated(
        "Low Quays Inc., CEO HIND CRANES LLC By: A. Low", [-0.1], np.zeros(len(read.context), np.float32)
    )
    found = with_items(read, "Who signed it?", Answer("as written", 0.8, (), borne_out=True), written)
    assert found.answer == "Low Quays Inc.; Hind Cranes LLC"


def test_parties_that_a_model_gets_wrong_are_told_as_the_agreement_opens():
    context = Read(LEASE).context
    found = opening_parties(context, "Who signed it?")
    assert [item.answer for item in found.items] == ["Low Quays Inc.", "Hind Cranes LLC"]
    assert found.borne_out and all(item.evidence[0].wording == item.answer for item in found.items)
    assert opening_parties(context, "Who keeps the keys?") is None
    assert (
        opening_parties(Read("Made between Low Quays Inc. and Hind Cranes LLC.").context, "Who are the parties?")
        is None
    )


def test_parties_that_an_agreement_names_are_borne_out_whatever_its_other_words():
    read = Read(LEASE)
    mass = np.zeros(len(read.context), np.float32)
    doubted = Answer("as written", 0.8, (), borne_out=False)

    def bears_out(question, *names):
        return with_items(read, question, doubted, Generated("\n".join(names), [-0.1], mass)).borne_out

    assert bears_out("Which companies is this contract between?", "Low Quays Inc.", "Hind Cranes LLC")
    assert bears_out("Which companies is this contract between?", "LOW QUAYS INC. of Hull, Hind Cranes LLC of York")
    assert not bears_out("Which companies is this contract between?", "Low Quays Inc.", "Dana Pole")
    assert not bears_out("Which companies keep the keys?", "Low Quays Inc.", "Hind Cranes LLC")
