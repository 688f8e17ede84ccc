"""What an amendment puts in the place of a value, in answers and in fields, by the real reader."""

import pytest

from dsacli.documents import parse
from dsacli.engines.extractive.ask import ask
from dsacli.engines.extractive.encode import EncodedContext, encode_document
from dsacli.engines.extractive.extract import extract
from dsacli.engines.results import AMBIGUOUS
from dsacli.extraction.fields import parse_fields

LEASE = """LEASE

Between Orla Whitlock (the Owner) and Tamsin Reed (the Tenant), 3 May 2019.

1. The monthly rent is 940 pounds.
2. The deposit is 1,200 pounds.
3. The term ends on 30 April 2022.
4. The tenant gives two months' notice.

DEED OF VARIATION, 2 June 2021

1. The rent in clause 1 is increased to 980 pounds.
2. "30 April 2022" in clause 3 is replaced by "30 April 2025".
3. Notice: "two months" is replaced by "six weeks".
"""
LOAN = """LOAN AGREEMENT

2. Interest. The loan bears interest at three and three-quarters percent per annum, and at 200 basis points more after default.
4. Late charge. One-half of one percent of the overdue amount.
7. Collateral. The slipway at 9 Cooper's Reach.

FIRST AMENDMENT (1-Aug-21)

Section 2 is amended by replacing "three and three-quarters percent" with "four and one-eighth percent". Section 7 is deleted in its \
entirety and replaced as follows: "7. Collateral. The yacht Mistral, hull no. HB-0442."
"""


@pytest.fixture(scope="module")
def contexts(model):
    texts = {"lease": LEASE, "loan": LOAN}
    return {
        name: EncodedContext([encode_document(parse("a.txt", text.encode()), model)]) for name, text in texts.items()
    }


@pytest.mark.parametrize(
    ("text", "field", "value", "is_sure"),
    [
        ("lease", "monthly rent:money", {"amount": 980, "currency": "GBP"}, False),
        ("lease", "original rent:money", {"amount": 940, "currency": "GBP"}, False),
        ("lease", "deposit:money", {"amount": 1200, "currency": "GBP"}, True),
        ("lease", "end date:date", "2025-04-30", False),
        ("lease", "notice period:duration", "P6W", False),
        ("loan", "interest rate:percent", 4.125, False),
        ("loan", "late charge:percent", 0.5, True),
        ("loan", "collateral", "The yacht Mistral", True),
    ],
)
def test_a_field_has_the_value_that_is_in_force(model, contexts, text, field, value, is_sure):
    (found,) = extract(model, contexts[text], parse_fields([field])).fields
    assert found.value == value
    assert is_sure or found.score <= AMBIGUOUS


@pytest.mark.parametrize(
    ("text", "question", "answer", "replaced"),
    [
        ("lease", "What is the rent?", "980 pounds", "940 pounds"),
        ("lease", "What is the notice period?", "six weeks", "two months"),
        ("lease", "When does the term end?", "30 April 2025", "30 April 2022"),
        ("lease", "What is the deposit?", "1,200 pounds", None),
        ("loan", "What is the interest rate?", "four and one-eighth percent", "three and three-quarters percent"),
    ],
)
def test_an_answer_says_what_it_replaced(model, contexts, text, question, answer, replaced):
    (result,) = ask(model, contexts[text], [question])
    assert result.answers[0].answer == answer
    assert (result.answers[0].replaces.answer if result.answers[0].replaces else None) == replaced
