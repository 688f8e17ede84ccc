"""Answers in a model's own words, held against the document."""

from functools import cache

import numpy as np
import pytest
from tokenizers import pre_tokenizers, processors

from dsacli.documents import parse
from dsacli.engines.context import Context
from dsacli.engines.extractive.encode import EncodedContext, encode_document
from dsacli.engines.generative.bearing import bearing as borne
from dsacli.engines.generative.looking import Looking
from dsacli.engines.generative.sentences import Sentences
from dsacli.engines.tokenise import tokenise_document
from dsacli.reader.loading import load_model
from tests.engines.generative.conftest import small_tokenizer

TEXT = """This agreement is made between Wexcombe Archives Limited and Talland Digitisation B.V. on 14 February 2025.

If the Customer fails to make boxes available, the Supplier may charge a standing fee of £2,850 for that month.

For loss of originals the Supplier is liable up to £2,500,000 for each event.

Neither party may assign this agreement without the written consent of the other.

This agreement is governed by the law of England and Wales. Notices are sent to the seat of a party.
"""


reader = cache(load_model)


@pytest.fixture(scope="module")
def sentences():
    return Sentences(Context([tokenise_document(parse("a.txt", TEXT.encode()), small_tokenizer())]))


def bearing(sentences, question, answer, attended=""):
    mass = np.full(len(sentences.context), 0.1, np.float32)
    if attended:
        start = TEXT.index(attended)
        (document,) = sentences.context.documents
        mass[(document.starts >= start) & (document.ends <= start + len(attended))] = 5.0
    looking = Looking(lambda: (reader(), EncodedContext([encode_document(parse("a.txt", TEXT.encode()), reader())])))
    return borne(sentences, question, answer, mass, 3, lambda: looking.places(question))


@pytest.mark.parametrize(
    ("question", "answer", "quoted"),
    [
        ("What is the governing law?", "The governing law is that of England and Wales.", "governed by"),
        (
            "Who are the parties?",
            "The parties are Wexcombe Archives Limited and Talland Digitisation B.V.",
            "made between",
        ),
        ("What is the standing fee?", "£2,850", "standing fee"),
        ("May it be assigned?", "No, neither party may assign it without the other's consent.", "Neither party"),
    ],
)
def test_what_the_document_says_is_borne_out_wherever_attention_went(sentences, question, answer, quoted):
    found = bearing(sentences, question, answer, attended="Notices are sent")
    assert found.bears_out and quoted in found.evidence[0].quote


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is the rent of the flat?", "The rent of the flat is £2,850."),
        ("What is the standing fee?", "The standing fee is £3,850."),
        ("Who lost the harbour key?", "Orla Whitlock, the harbour master's clerk."),
        # Put together from two places.
        ("When was it made?", "The agreement was made on 14 February 2850."),
        # An amount that stands there for something else.
        ("What is the monthly rent?", "£2,850"),
        ("What is the standing fee?", "The standing fee is £2,500,000."),
        ("What is the monthly fee?", "The monthly fee is £2,500,000."),
    ],
)
def test_what_it_does_not_say_is_not(sentences, question, answer):
    assert not bearing(sentences, question, answer).bears_out


def test_of_two_places_alike_the_attended_one_is_shown():
    text = "The fee is 40 pounds in spring.\n\nThe fee is 40 pounds in autumn.\n"
    here = Sentences(Context([tokenise_document(parse("a.txt", text.encode()), small_tokenizer())]))
    mass = np.full(len(here.context), 0.1, np.float32)
    (document,) = here.context.documents
    mass[document.starts > text.index("\n")] = 5.0
    assert "autumn" in borne(here, "What is the fee?", "40 pounds", mass, 1, list).evidence[0].quote


def test_a_quotation_begins_with_the_sentences_first_word():
    """Also where a token is a word with the space before it."""
    tokenizer = small_tokenizer()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    text = "It rains. Either party may end it. The fee is 40 pounds."
    here = Sentences(Context([tokenise_document(parse("a.txt", text.encode()), tokenizer)]))
    found = borne(
        here, "Who may end it?", "Either party may end it.", np.full(len(here.context), 0.1, np.float32), 1, list
    )
    assert found.evidence[0].quote == "Either party may end it."


@pytest.mark.parametrize(
    "question",
    ["When is it over?", "How long does it run?", "When does it expire?", "How long does this contract run?"],
)
def test_what_is_asked_to_be_over_is_written_as_a_term(question):
    text = "The fee is due in two years.\n\nThe term of this agreement is five years.\n"
    there = Sentences(Context([tokenise_document(parse("a.txt", text.encode()), small_tokenizer())]))
    mass = np.full(len(there.context), 0.1, np.float32)
    assert borne(there, question, "Five years", mass, 3, list).bears_out
    assert not borne(there, question, "Two years", mass, 1, list).bears_out


@pytest.mark.parametrize(
    ("question", "answer", "stands"),
    [
        ("Which law governs?", "Norway", False),
        ("What law applies to the contract?", "The law that applies to the contract is the laws of Norway.", False),
        ("Which law governs?", "The law of Denmark.", True),
        ("Under which country's or state's law is this?", "Denmark", True),
        ("Which law governs?", "Neither party may transfer this agreement.", False),
        ("How long does this contract run?", "The contract runs for five years.", True),
        ("Can we hand this contract over to somebody else?", "Neither party may transfer this agreement.", True),
    ],
)
def test_a_law_is_told_where_laws_govern_and_other_words_may_say_the_same(question, answer, stands):
    text = (
        "Fjord Lines is a company that was founded under the laws of Norway.\n\nThis agreement shall be governed by the law of Denmark."
        "\n\nThe term of this agreement shall be five years.\n\nNeither party may transfer this agreement.\n"
    )
    there = Sentences(Context([tokenise_document(parse("a.txt", text.encode()), small_tokenizer())]))
    assert borne(there, question, answer, np.full(len(there.context), 0.1, np.float32), 3, list).bears_out is stands


def test_a_sentence_is_known_for_a_quotation():
    text = "12.1 (a) Neither party may assign this agreement. Notices are sent to the seat of a party."
    there = Sentences(Context([tokenise_document(parse("a.txt", text.encode()), small_tokenizer())]))
    assert there.quote("Neither party may assign this agreement.")
    assert not there.quote("Yes: Neither party may assign this agreement.")
    assert not there.quote("Notices are sent")
