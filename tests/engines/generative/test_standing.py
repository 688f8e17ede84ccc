"""Values that a model may write for a field of a contract, and where they stand in it."""

from functools import cache

import numpy as np
import pytest

from dsacli.documents import parse
from dsacli.engines.context import Context
from dsacli.engines.extractive.encode import EncodedContext, encode_document
from dsacli.engines.generative.looking import Looking
from dsacli.engines.generative.sentences import Sentences
from dsacli.engines.generative.standing import standing
from dsacli.engines.tokenise import tokenise_document
from dsacli.extraction.fields import Field
from dsacli.extraction.questions import field_questions
from dsacli.reader.loading import load_model
from tests.engines.generative.conftest import small_tokenizer
from tests.test_cases import CASES

reader = cache(load_model)


def value(file, field, written):
    document = parse(file, (CASES / file).read_bytes())
    sentences = Sentences(Context([tokenise_document(document, small_tokenizer())]))
    looking = Looking(lambda: (reader(), EncodedContext([encode_document(document, reader())])))
    mass, (question, *_) = np.ones(len(sentences.context), np.float32), field_questions(field)
    found = standing(sentences, field, question, written, mass, lambda: looking.places(question))
    return found and found.value


@pytest.mark.parametrize(
    ("file", "field", "written", "right"),
    [
        ("msa.txt", Field("supplier"), "ORRERY GRAIN S.A.", "ORRERY GRAIN S.A."),
        ("msa.txt", Field("notice to prevent renewal", "duration"), "ninety days", "P90D"),
        ("msa.txt", Field("email of the supplier", "email"), "contracts@orrery.example", "contracts@orrery.example"),
        ("msa.txt", Field("deposit", "money"), "25,000 EUR", {"amount": 25000, "currency": "EUR"}),
        # The document says what the sign, the unit and the day are.
        ("neg.txt", Field("operating loss", "money"), "3214", {"amount": -3214000, "currency": "USD", "scale": 1000}),
        ("de.txt", Field("discount", "money"), "25,00 EUR", {"amount": -25, "currency": "EUR"}),
        ("uk.txt", Field("lease date", "date"), "03/04/2025", "2025-04-03"),
        ("currencies.txt", Field("stamp duty", "money"), "Fr. 350.-", {"amount": 350, "currency": "CHF"}),
        ("amended.txt", Field("notice period", "duration"), "fortnight's notice", "P14D"),
    ],
)
def test_a_value_is_as_the_document_has_it(file, field, written, right):
    assert value(file, field, written) == right


def test_the_line_above_is_no_label_where_it_has_a_value_of_its_own():
    assert value("mix.txt", Field("order date", "date"), "1/6/25") is None


@pytest.mark.parametrize(
    ("field", "written"),
    [
        (Field("monthly rent", "money"), "EUR 25,000"),
        (Field("insurance premium", "money"), "EUR 412.50"),
        (Field("notice to prevent renewal", "duration"), "six months"),
        (Field("email of the supplier", "email"), "orrery@example.com"),
        (Field("deposit", "money"), "EUR 25,000 or EUR 412.50"),
        (Field("landlord"), "Bank of England"),
        (Field("monthly fee", "money"), "EUR 500,000"),
    ],
)
def test_what_stands_there_for_something_else_is_no_value(field, written):
    assert value("msa.txt", field, written) is None
