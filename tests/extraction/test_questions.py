"""The questions that fields become."""

import pytest

from dsacli.extraction.fields import Field, parse_field
from dsacli.extraction.questions import field_questions
from dsacli.extraction.types import TYPES

EFFECTIVE = ["What is the effective date?", "When does the agreement take effect?", "When does it start?"]
QUESTIONS = [
    ("effective date:date", EFFECTIVE),
    ("effective_date", EFFECTIVE),
    ("effectiveDate:date", EFFECTIVE),
    ("termination:date", ["When is the termination?", "What is the date of the termination?"]),
    ("signed on:date", ["When was it signed?", "When was the document signed?"]),
    ("governing law", ["Which law governs the agreement?", "What is the governing law?"]),
    ("governing law clause", ["What does it say about governing law clause?", "governing law clause"]),
    ("anti-assignment", ["What does it say about anti-assignment?", "anti-assignment"]),
    (
        "expiration date:date",
        ["When does the agreement expire?", "What is the expiration date?", "How long does the agreement last?"],
    ),
    ("total fee:money", ["How much is the total fee?", "What is the total fee?"]),
    ("total fees:money", ["How much are the total fees?", "What are the total fees?"]),
    ("notice period:duration", ["How long is the notice period?", "What is the notice period?"]),
    ("interest rate:percent", ["What is the interest rate?", "What percentage is the interest rate?"]),
    ("supplier email:email", ["What is the email address of the supplier?", "What is the supplier email?"]),
    ("email:email", ["What is the email address?", "What is the email?"]),
    ("contact:email", ["What is the email address of the contact?", "What is the contact?"]),
    ("phone number of the supplier:phone", ["What is the phone number of the supplier?"]),
    ("company website", ["What is the website of the company?", "What is the company website?"]),
    ("number of employees:number", ["How many employees are there?", "What is the number of employees?"]),
    ("employee count:number", ["How many employees are there?", "What is the number of employees?"]),
    ("employees:number", ["How many employees are there?", "What is the number of employees?"]),
    ("ratio:number", ["What is the ratio?"]),
    ("chief executive", ["Who is the chief executive?", "What is the name of the chief executive?"]),
    ("CEO", ["Who is the CEO?", "What is the name of the CEO?"]),
    ("supplier name", ["Who is the supplier?", "What is the name of the supplier?"]),
    ("name of the supplier", ["Who is the supplier?", "What is the name of the supplier?"]),
    ("parties", ["Who are the parties?", "What is the name of the parties?"]),
    ("headquarters", ["Where is the headquarters?", "What is the headquarters?"]),
    ("location", ["Where is the location?", "What is the location?"]),
    ("address", ["What is the address?", "Where is the address?"]),
    (
        "supplier address",
        ["What is the address of the supplier?", "Where is the supplier located?", "What is the supplier address?"],
    ),
    ("IP address", ["What is the IP address?"]),
    ("supplierVATNumber", ["What is the supplier VAT number?"]),
    ("the Term:duration", ["How long is the Term?", "What is the Term?"]),
    ("status", ["What is the status?"]),
    ("Who signs, and when?", ["Who signs, and when?"]),
    ("how long it lasts:duration", ["how long it lasts?"]),
    (
        "registrar's fax number:phone",
        ["What is the fax number of the registrar?", "What is the registrar's fax number?"],
    ),
    (
        "e-mail for investors:email",
        ["What is the email address for the investors?", "What is the e-mail for investors?"],
    ),
    ("buyer's e-mail address for notices:email", ["What is the buyer's e-mail address for notices?"]),
]


@pytest.mark.parametrize("spec, questions", QUESTIONS)
def test_field_questions(spec, questions):
    assert field_questions(parse_field(spec)) == questions


def test_the_schemas_question_and_description():
    assert field_questions(Field("fee", "money", question="What must be paid?")) == ["What must be paid?"]
    described = Field("start", "date", description="The date on which the agreement takes effect.")
    assert field_questions(described)[-1] == "What is the date on which the agreement takes effect?"
    assert field_questions(Field("start", description="When does it start?"))[-1] == "When does it start?"


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("governing law", "Which law governs the agreement?"),
        ("Applicable_law", "Which law governs the agreement?"),
        ("jurisdiction", "Which courts have jurisdiction?"),
        ("paymentTerms", "When are invoices due?"),
        ("agreementDate", "What is the date of the agreement?"),
        ("date of the contract", "What is the date of the agreement?"),
        ("commencement date", "What is the effective date?"),
        ("expiry_date", "When does the agreement expire?"),
        ("date of expiration", "When does the agreement expire?"),
        ("non-renewal notice period", "How much notice must be given to terminate renewal?"),
        ("notice period to terminate renewal", "How much notice must be given to terminate renewal?"),
        ("contract title", "What is the title of the document?"),
    ],
)
def test_what_goes_by_other_words_in_documents_is_asked_in_those(name, question):
    assert field_questions(Field(name))[0] == question


@pytest.mark.parametrize("type", TYPES)
def test_every_type_can_be_asked_for(type):
    field = parse_field(f"supplier:{type}")
    assert field.type == type and 1 <= len(field_questions(field)) <= 3
