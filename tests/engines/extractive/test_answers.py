"""Answers in the form that a question wants, by the real reader on small documents."""

import numpy as np
import pytest

from dsacli.documents import parse
from dsacli.engines.extractive.ask import CANDIDATES, ask
from dsacli.engines.extractive.encode import EncodedContext, encode_document
from dsacli.engines.options import Options
from dsacli.reader.wanting import wants_of

pytestmark = pytest.mark.usefixtures("all_cores")

LEASE = """LEASE OF QUAY NUMBER FOUR

This Lease is made on 4 May 2020 by and between Low Quays, Inc., a Delaware corporation ("Owner"), and Hind Cranes LLC ("Tenant").

1. RENT
1.1 The rent is 900 pounds a month.
1.2 Rent is due on the first day of each month.

2. ASSIGNMENT
2.1 The Tenant shall not assign this Lease without the written consent of the Owner. Consent may be refused for any reason.

3. LIABILITY
3.1 Neither side is liable for more than 20,000 pounds in any year.

FIRST AMENDMENT, made on 2 June 2021

Clause 1.1 is replaced: the rent is 980 pounds a month with effect from 1 July 2021.
"""
REPORT = """Silt in the Eastern Basin
by Anna Marsh and Ben Orr

Summary
The basin lost a third of its depth between 1990 and 2010. We measured it at four places: Mole Head, Old Lock, the Ferry Stage and Custom House Steps.

How the silt settles
The flood tide enters the basin through two narrow culverts and loses its speed as soon as the channel widens. What it carries, mostly fine clay from the upper river, then sinks within an hour, and the ebb is too slow to take it up again.

References
Low, A. and Hind, B. (1999). How the Silt Settles in Tidal Basins and Why It Stays.
Marsh, A. 2004. Why Basins Lose Depth: the Silt of the Eastern Basin. In Proceedings of the Harbour Symposium.
"""


@pytest.fixture(scope="module")
def contexts(model):
    return {
        name: EncodedContext([encode_document(parse(f"{name}.txt", text.encode()), model)])
        for name, text in (("lease", LEASE), ("report", REPORT))
    }


@pytest.fixture(scope="module")
def answer(model, contexts):
    """The best answer to a question about "lease" or "report", and what it was taken to want."""

    def best(name: str, question: str, **options):
        (result,) = ask(model, contexts[name], [question], Options(**options))
        assert result.found, result
        return result.answers[0], result.want

    return best


@pytest.mark.parametrize(
    ("question", "want"),
    [
        ("When was the lease signed?", "span"),
        ("how much is the rent", "span"),
        ("How many members does the board have?", "span"),
        ("Who are the parties?", "list"),
        ("List all the countries that took part.", "list"),
        ("Can the lease be assigned?", "clause"),
        ("What does it say about termination?", "clause"),
        ("Why does the basin lose its depth?", "explanation"),
        ("How does the pump work?", "explanation"),
        ("What are the limitations?", "explanation"),
        ("What is this document about?", "document"),
        ("How many pages does it have?", "document"),
    ],
)
def test_the_form_is_told_from_the_question(model, question, want):
    ((likeliest, *others),) = wants_of(model.reader, [model.encode(question)])
    assert likeliest == want and len(others) == 4


def test_a_list_has_every_item_with_its_own_place(answer):
    found, want = answer("lease", "Who are the parties?")
    assert want == "list"
    assert [item.answer for item in found.items] == ["Low Quays, Inc.", "Hind Cranes LLC"]
    assert [LEASE[e.start : e.end] for e in found.evidence] == ["Low Quays, Inc.", "Hind Cranes LLC"]
    assert found.score <= 1 and all(item.score == found.score for item in found.items)


def test_items_of_an_enumeration(answer):
    found, _ = answer("report", "At which places was the basin measured?", want="list")
    assert [item.answer for item in found.items] == ["Mole Head", "Old Lock", "the Ferry Stage", "Custom House Steps"]


def test_a_clause_is_quoted_whole_with_the_words_that_decide_marked(answer):
    found, want = answer("lease", "Can it be assigned?")
    assert want == "clause"
    assert "2.1 The Tenant shall not assign" in found.answer and found.answer.endswith("for any reason.")
    (place,) = found.evidence
    assert "consent" in place.wording and len(place.wording) < len(place.quote)
    assert LEASE[place.start : place.end] == place.wording


def test_a_short_section_is_the_clause_where_its_heading_says_what_is_asked(answer):
    found, _ = answer("lease", "What does it say about rent?", want="clause")
    assert "900 pounds" in found.answer and "first day of each month" in found.answer


def test_an_explanation_is_the_paragraph_and_no_reference(answer):
    found, want = answer("report", "How does the silt settle?")
    assert want == "explanation"
    assert found.answer.startswith("The flood tide enters") and found.answer.endswith("take it up again.")
    assert all(place.start < REPORT.index("References") for place in found.evidence)


@pytest.mark.parametrize(
    ("question", "right"),
    [
        ("What is the title of this report?", "Silt in the Eastern Basin"),
        ("How many words does this document have?", "words"),
    ],
)
def test_the_document_itself(answer, question, right):
    found, want = answer("report", question)
    assert want == "document" and right in found.answer


def test_authors_are_a_list(answer):
    found, _ = answer("report", "Who wrote this report?", want="document")
    assert [item.answer for item in found.items] == ["Anna Marsh", "Ben Orr"]


def test_what_it_is_about_is_a_summary_without_a_probability(answer):
    found, _ = answer("report", "What is this about?")
    assert found.score is None and "silt" in found.answer.lower() + REPORT[:10].lower() and found.evidence


def test_a_later_value_comes_first_and_says_what_it_replaced(answer):
    found, _ = answer("lease", "How much is the rent now?", want="span")
    assert "980" in found.answer and "900" in found.replaces.answer


def test_a_question_for_what_was_gets_the_earlier_value(answer):
    found, _ = answer("lease", "How much was the rent originally?", want="span")
    assert "900" in found.answer and found.replaces is None


def test_a_question_for_one_party_gets_that_party_alone(answer):
    assert answer("lease", "Who is the tenant?")[0].answer == "Hind Cranes LLC"
    assert answer("lease", "Who is the owner?")[0].answer == "Low Quays, Inc."


def test_where_nothing_is_found_the_nearest_are_candidates(model, contexts):
    (result,) = ask(model, contexts["lease"], ["How much is the rent now?"], Options(min_confidence=1.0, want="span"))
    assert not result.found and 1 <= len(result.candidates) <= CANDIDATES
    assert any("980" in candidate.answer for candidate in result.candidates)
    assert all(candidate.score < 1 for candidate in result.candidates)


@pytest.mark.parametrize("want", ["span", "list", "clause", "explanation", "document"])
def test_a_form_can_be_forced(model, contexts, want):
    (result,) = ask(model, contexts["report"], ["What does the tide do?"], Options(want=want, min_confidence=0.0))
    assert result.want == want


TABLE = """| Station | 2022 | 2023 | Platforms |
| --- | --- | --- | --- |
| Mole Head | 12,400 | 13,150 | 2 |
| Custom House | 88,020 | 91,730 | 3 |
"""


@pytest.mark.parametrize(
    ("question", "cell"),
    [("How many passengers used Custom House in 2023?", "91,730"), ("How many passengers used Custom House in 2022?", "88,020"),
     ("How many platforms does Mole Head have?", "2")],
)  # fmt: skip
def test_a_cell_stands_in_its_row_under_the_heading_that_is_named(model, question, cell):
    context = EncodedContext([encode_document(parse("stations.md", TABLE.encode()), model)])
    (result,) = ask(model, context, [question], Options(min_confidence=0.0))
    assert result.want == "span" and result.answers[0].answer == cell


BUSES = "| Depot | Jan | Feb | Mar |\n| Ashby | 12 | 14 | 9 |\n| Corley | 7 |  | 18 |\n| Denham |  | 5 | 6 |\n"


@pytest.mark.parametrize(
    ("question", "cell"),
    [("How many buses of Denham were out of service in February?", "5"), ("How many buses of Ashby were out of service in March?", "9")],
)  # fmt: skip
def test_a_heading_is_known_by_the_name_of_its_month(model, question, cell):
    context = EncodedContext([encode_document(parse("buses.md", BUSES.encode()), model)])
    (result,) = ask(model, context, [question], Options(min_confidence=0.0))
    assert result.answers[0].answer == cell


def test_an_empty_cell_is_no_answer_and_neither_is_the_one_beside_it(model):
    context = EncodedContext([encode_document(parse("buses.md", BUSES.encode()), model)])
    (result,) = ask(model, context, ["How many buses of Corley were out of service in February?"])
    assert not result.found


def test_telling_the_form_is_counted(model, contexts):
    told, forced = (
        next(ask(model, contexts["lease"], ["Who is the tenant?"], Options(want=want))).savings
        for want in (None, "span")
    )
    assert told.flops.dsa > forced.flops.dsa > 0.9 * told.flops.dsa


def test_of_many_rows_that_are_alike_the_one_with_the_words_is_found(model):
    rng = np.random.default_rng(0)
    first, last = ("Al Be Cor Da El Fa Gre Hol".split(), "bert dric fan gard hild jan kin len mund".split())
    names = [f"{a}{b} {c}{d}" for a in first for b in last for c in first[:4] for d in last[:4]]
    numbers = rng.permutation(np.arange(1000, 9000))[: len(names)].tolist()
    text = "\n".join(f"The keeper of lamp {number} is {name}." for number, name in zip(numbers, names))
    context = EncodedContext([encode_document(parse("lamps.txt", text.encode()), model)])
    rows = rng.permutation(len(names))[:6].tolist()
    questions = [f"Which lamp is {names[row]} the keeper of?" for row in rows]
    found = [result.answers[0].answer if result.found else None for result in ask(model, context, questions)]
    right = [str(numbers[row]) == answer for row, answer in zip(rows, found)]
    assert sum(right) >= 4, found


def test_england_and_wales_is_one_place(model):
    text = "This lease is made for one year. It is governed by the law of England and Wales, and the courts of Dover decide."
    context = EncodedContext([encode_document(parse("law.txt", text.encode()), model)])
    (result,) = ask(model, context, ["Which law governs the lease?"], Options(min_confidence=0.0, want="span"))
    assert result.answers[0].answer.endswith("England and Wales")
    place = result.answers[0].evidence[0]
    assert text[place.start : place.end] == place.wording == result.answers[0].answer


def test_every_document_is_asked_what_it_is(model, contexts):
    both = EncodedContext([each.documents[0] for each in contexts.values()])
    (result,) = ask(model, both, ["What is the title?"], Options(want="document"))
    assert [found.answer for found in result.answers] == ["LEASE OF QUAY NUMBER FOUR", "Silt in the Eastern Basin"]


ORDERS = "Order,Customer,City,Amount\n" + "".join(
    f"B{100 + n},{name},{city},{n}4.50\n" for n, (name, city) in enumerate([("Pell Tools", "Hull"), ("Fallow Dairy", "Truro"), ("Ansty Marine", "")] * 5)
)  # fmt: skip


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("What is the amount of order B104?", "44.50"),
        ("Who is the customer of order B104?", "Fallow Dairy"),
        ("What is the amount of order B999?", None),
    ],
)
def test_a_row_that_names_its_columns_is_found_by_its_code(model, question, value):
    context = EncodedContext([encode_document(parse("orders.csv", ORDERS.encode()), model)])
    (result,) = ask(model, context, [question], Options())
    assert [answer.answer for answer in result.answers[:1]] == ([value] if value else [])
