"""Which parts of a document a model reads that has no room for all of it."""

import pytest

from dsacli.documents import parse
from dsacli.engines.context import Context
from dsacli.engines.extractive.encode import EncodedContext, encode_document
from dsacli.engines.generative.fitting import CLOSER, READ, FittedContext, Room, ranked
from dsacli.engines.generative.looking import Looking
from dsacli.engines.generative.parts import kept_of
from dsacli.engines.tokenise import tokenise_document
from dsacli.models.generate import Sampling
from dsacli.reader.loading import load_model
from tests.engines.generative.conftest import TEXT, small_tokenizer

TITLE = "THE HARBOUR TIMETABLE\n\nAgreed between Dunmore Ferries Ltd and the Port of Skell on 3 May 2024.\n\n"


@pytest.fixture(scope="module")
def encoded():
    """The built-in reader, and the timetable as a model's tokens."""
    document = parse("ferry.txt", (TITLE + TEXT).encode())
    return load_model(), Context([tokenise_document(document, small_tokenizer())])


@pytest.fixture(scope="module")
def selected(encoded):
    """The text that is read of the timetable for a query, in so many tokens at most."""
    reader, context = encoded
    document = context.documents[0].document
    looking = Looking(lambda: (reader, EncodedContext([encode_document(document, reader)])), READ)

    def run(room, query):
        found = kept_of(context, ranked(query, room, looking), room)
        assert 0 < len(found) <= room
        return "".join(document.text[low:high] for each in found.documents for low, high in zip(each.starts, each.ends))

    return run


def test_a_questions_parts_come_after_the_beginning_of_the_document(selected):
    text = selected(1024, "When does the ferry number 259 leave?")
    assert text.startswith("THE HARBOUR TIMETABLE") and "ferry number 259" in text


def test_a_place_that_is_longer_than_the_room_is_cut_and_not_left_out(selected):
    assert selected(40, "When does the ferry number 259 leave?").startswith("THE")


def test_a_closer_look_is_at_what_a_question_needs_most_and_at_nothing_else(encoded):
    _, context = encoded
    room = Room(4096, 2048, 2048)
    fitted = FittedContext(context, room, Sampling(16), lambda part, *rest: part, lambda message: None)
    part = fitted.closer("When does the ferry number 259 leave?")
    (document,) = part.documents
    text = document.document.text
    seen = "".join(text[low:high] for low, high in zip(document.starts, document.ends))
    assert "ferry number 259" in seen and len(part) <= CLOSER < len(context)
    small = FittedContext(part, room, Sampling(16), lambda part, *rest: part, lambda message: None)
    assert small.closer("When does the ferry number 259 leave?") is None
