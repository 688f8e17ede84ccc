import pytest

from dsacli.documents import parse
from dsacli.engines.evidence import Evidence
from dsacli.engines.extractive.candidate import Candidate
from dsacli.engines.extractive.encode import EncodedContext, encode_document
from dsacli.engines.extractive.extract import (
    Term,
    best_value,
    candidates,
    ended,
    extract,
    is_end,
    near_acronyms,
    of_type,
)
from dsacli.engines.options import Options
from dsacli.engines.wording import answer_key, single_line
from dsacli.extraction.fields import Field
from dsacli.extraction.values import find_values, normalise
from dsacli.reader.runs import merged

TEXTS = (
    "This agreement is made on 14 February 2025 and takes effect on 1 March 2025. The fee is EUR 1,250.50\n"
    "per month, and never more than £2.5 million a year.\n\n"
    "The term is three (3) years; notice is 90 days. Rates rise by at most 3.5%. "
    "Write to legal@talland.example, see www.talland.example/terms, or call +31 118 555 019. There are 41 archives.",
    "The annex was signed on 2024-12-31 and costs $17,500. Interest is 8 per cent (12% when late). "
    "Call (415) 555-0132; mail a.b@c.example. It ends after eighteen months, with 1,140 boxes and see https://example.org/a?b=c.",
)
TYPES = ["date", "money", "number", "percent", "email", "phone", "url", "duration"]


@pytest.fixture(scope="module")
def context(model) -> EncodedContext:
    return EncodedContext([encode_document(parse(f"{n}.txt", text.encode()), model) for n, text in enumerate(TEXTS)])


@pytest.fixture(scope="module")
def result(model, context, run_query):
    return run_query(model, context, "What is it?")


@pytest.mark.parametrize("kind", TYPES)
def test_candidates_are_the_values_of_all_documents_each_once(context, result, kind):
    found = list(candidates(context, Field("it", kind), result))
    expected = [(f"{n}.txt", value.normalised) for n, text in enumerate(TEXTS) for value in find_values(text, kind)]
    assert len(expected) >= 2
    assert sorted(((c.evidence.document, c.value) for c in found), key=repr) == sorted(expected, key=repr)


@pytest.mark.precision("float32", "bfloat16")
@pytest.mark.parametrize("kind", TYPES)
def test_a_candidates_offsets_are_those_of_its_wording(context, result, kind):
    texts = {d.document.name: d.document.text for d in context.documents}
    for candidate in candidates(context, Field("it", kind), result):
        evidence = candidate.evidence
        wording = texts[evidence.document][evidence.start : evidence.end]
        assert evidence.quote[evidence.quote_start : evidence.quote_end] == wording
        assert normalise(wording, kind) == candidate.value, wording
        assert 0 <= candidate.confidence <= 1 + 1e-6


@pytest.mark.precision("float32", "bfloat16")
def test_a_text_field_has_the_readers_own_spans(context, result):
    found = list(candidates(context, Field("it", "text"), result))
    assert 1 <= len(found) <= 4
    for candidate in found:
        evidence = candidate.evidence
        assert candidate.value == single_line(evidence.quote[evidence.quote_start : evidence.quote_end]) != ""


def test_a_fax_number_is_no_telephone_number(model, run_query):
    text = b"Telephone 01632 960418. Fax number: 01632 960777. Write to the office in Portallan."
    office = EncodedContext([encode_document(parse("office.txt", text), model)])
    asked = run_query(model, office, "What is the number?")
    numbers = {name: [c.value for c in candidates(office, Field(name, "phone"), asked)] for name in ("phone", "fax")}
    assert numbers == {"phone": ["01632960418"], "fax": ["01632960777"]}


def candidate(value, confidence: float, wording: str = "it") -> Candidate:
    return Candidate(value, confidence, Evidence("a", 1, None, None, 0, len(wording), wording, 0, len(wording)))


def test_what_has_no_value_of_the_type_is_half_a_rival():
    found = [candidate(5, 0.3), candidate(9, 0.1)]
    (five, nine) = of_type(Field("fee", "number"), found, no_answer=0.2)
    assert five.confidence == pytest.approx(0.3 / (0.6 + 0.5 * 0.4)) and nine.confidence < five.confidence
    assert of_type(Field("fee"), found, no_answer=0.2) == found
    assert of_type(Field("fee", "number"), [], no_answer=0.2) == []


def test_every_phrasing_counts_alike():
    money = Field("fee", "money")
    five, nine = {"amount": 5, "currency": "EUR"}, {"amount": 9, "currency": "EUR"}
    phrasings = [[candidate(five, 0.9, "EUR 5"), candidate(nine, 0.1)], [candidate(nine, 0.6), candidate(five, 0.4)]]
    best = best_value(money, phrasings, 0.3)
    assert (best.value, best.text, best.score) == (five, "EUR 5", pytest.approx(0.65))


def test_the_same_value_in_several_places_adds_up_and_shows_the_likeliest():
    twice = [candidate("2025-01-01", 0.3, "1/1/25"), candidate("2025-01-01", 0.5, "New Year 2025")]
    best = best_value(Field("end", "date"), [[*twice, candidate("2024-01-01", 0.4)]], 0.3)
    assert (best.value, best.text, best.score) == ("2025-01-01", "New Year 2025", pytest.approx(0.8))
    best = best_value(Field("end", "date"), [[candidate("2025", 0.9), candidate("2025", 0.9)]], 0.3)
    assert best.score == 1


def test_texts_are_the_same_whatever_their_case_and_punctuation():
    found = [candidate("Ada King", 0.3, "Ada King"), candidate("ada king.", 0.2), candidate("Bob", 0.4)]
    best = best_value(Field("x"), [found], 0.3)
    assert (best.value, best.score) == ("Ada King", pytest.approx(0.5))
    assert answer_key("Ada King,") == answer_key("ada  king")


@pytest.mark.parametrize("phrasings", [[], [[]], [[], []], [[candidate("2025", 0.29)]]])
def test_below_the_confidence_there_is_no_value(phrasings):
    best = best_value(Field("end", "date"), phrasings, 0.3)
    assert (best.value, best.text, best.evidence, best.computed) == (None, None, (), False)
    assert 0 <= best.score < 0.3


EXPIRY, EFFECTIVE, AGREED = (
    Field("expiration date", "date"),
    Field("effective date", "date"),
    Field("agreement date", "date"),
)


def value(field: Field, found, confidence: float, wording: str):
    """The best value of a field that one phrasing found."""
    return best_value(field, [[candidate(found, confidence, wording)]], 0.3)


def test_an_end_is_counted_from_the_effective_date_by_the_term():
    term = value(EXPIRY, Term("P3Y"), 0.8, "three years")
    starts = [value(EFFECTIVE, "2025-03-01", 0.6, "1 March 2025"), value(AGREED, "2025-02-14", 0.9, "14 February 2025")]
    found = ended(term, starts)
    assert (found.field, found.value, found.computed) == (EXPIRY, "2028-03-01", True)
    assert found.score == pytest.approx(0.6) and found.text == "three years · 1 March 2025"
    assert [place.wording for place in found.evidence] == ["three years", "1 March 2025"]


@pytest.mark.parametrize("effective", [(None, 0.1), ("2025", 0.9), ("perpetual", 0.9)])
def test_without_a_day_that_it_takes_effect_the_date_of_the_agreement_counts(effective):
    term = value(EXPIRY, Term("P18M"), 0.5, "eighteen months")
    starts = [value(EFFECTIVE, *effective, "2025"), value(AGREED, "2025-02-14", 0.9, "14 February 2025")]
    assert (ended(term, starts).value, ended(term, starts).score) == ("2026-08-14", pytest.approx(0.5))
    nothing = ended(term, starts[:1])
    assert (nothing.value, nothing.text, nothing.evidence, nothing.computed) == (None, None, (), False)
    assert ended(term, []).value is None


def test_a_date_and_no_end_are_not_counted_from_anything():
    starts = [value(EFFECTIVE, "2025-03-01", 0.9, "1 March 2025")]
    for found in ("2028-02-29", "perpetual"):
        kept = value(EXPIRY, found, 0.7, "it")
        assert ended(kept, starts) is kept and not kept.computed


def test_the_same_term_in_two_wordings_is_one_value_and_competes_with_dates():
    terms = [candidate(Term("P3Y"), 0.25, "three years"), candidate(Term("P3Y"), 0.3, "3 years")]
    best = best_value(EXPIRY, [[*terms, candidate("2025-03-01", 0.4)]], 0.3)
    assert (best.value, best.text, best.score) == (Term("P3Y"), "3 years", pytest.approx(0.55))


@pytest.mark.parametrize(
    ("field", "end"),
    [(EXPIRY, True), (EFFECTIVE, False), (Field("expiration date"), False), (Field("term", "duration"), False)],
)
def test_only_a_date_can_be_counted(field, end):
    assert is_end(field) == end


def test_a_field_that_asks_for_an_end_takes_terms_and_no_end_as_well(model, run_query):
    text = b"This lease takes effect on 1 March 2025. The term is three (3) years."
    lease = EncodedContext([encode_document(parse("lease.txt", text), model)])
    asked = run_query(model, lease, "When does the agreement expire?")
    assert {repr(c.value) for c in candidates(lease, EXPIRY, asked)} == {"'2025-03-01'", repr(Term("P3Y"))}
    assert {repr(c.value) for c in candidates(lease, EFFECTIVE, asked)} == {"'2025-03-01'"}
    endless = b"This lease continues until terminated by either party."
    lease = EncodedContext([encode_document(parse("endless.txt", endless), model)])
    asked = run_query(model, lease, "When does the agreement expire?")
    assert {c.value for c in candidates(lease, EXPIRY, asked)} == {"perpetual"}


@pytest.mark.precision("float32", "bfloat16")
def test_an_end_is_computed_from_what_the_document_says(model):
    text = b"This Lease takes effect on 1 March 2025 (the Effective Date). The Lease expires three years after the Effective Date."
    lease = EncodedContext([encode_document(parse("lease.txt", text), model)])
    done: list[int] = []
    result = extract(model, lease, [EXPIRY], Options(min_confidence=0.0), done.append)
    assert [each.field for each in result.fields] == [EXPIRY] and {*done} == {1}
    (found,) = result.fields
    if found.computed:
        assert (found.value, len(found.evidence)) == ("2028-03-01", 2)


@pytest.mark.precision("float32", "bfloat16")
def test_fields_come_in_the_order_asked_and_absent_ones_are_null(model, context, run_query):
    done: list[int] = []
    fields = [Field("fee", "money"), Field("nothing", "url"), Field("end", "date")]
    got = extract(model, context, fields, Options(min_confidence=0.0), done.append)
    assert [f.field.name for f in got.fields] == ["fee", "nothing", "end"] and done == [1, 2, 3]
    assert extract(model, context, fields, Options(min_confidence=1.0)).found is False
    assert got.savings.selected_tokens == len(context)
    assert got.savings.flops.dsa > run_query(model, context, "How much is the fee?").savings.flops.dsa


@pytest.mark.precision("float32", "bfloat16")
def test_a_value_on_the_edge_of_a_window_is_whole(model, run_query):
    """One sentence longer than a run: it is read in windows that overlap, and none may cut the figure."""
    for words in range(250, 330, 8):
        text = "and so on " * (words // 3) + "the price of the mill was EUR 1,250,000 " + "and so on " * 60
        context = EncodedContext([encode_document(parse("mill.txt", text.encode()), model)])
        result = run_query(model, context, "What was the price of the mill?")
        assert len(result.runs) > 1
        found = list(candidates(context, Field("price", "money"), result))
        assert [c.value for c in found] == [{"amount": 1250000, "currency": "EUR"}]


def test_runs_are_joined_within_a_document_only():
    assert merged([(300, 400), (0, 120), (60, 200), (400, 420), (500, 510)], edges=[0, 400, 900]) == [
        (0, 200),
        (300, 400),
        (400, 420),
        (500, 510),
    ]


def test_the_whole_document_says_whether_the_day_comes_first():
    part = "It was signed on 01/03/2025."
    assert [v.normalised for v in find_values(part, "date")] == ["2025-01-03"]
    assert [v.normalised for v in find_values(part, "date", part + " It ends on 25/12/2026.")] == ["2025-03-01"]


@pytest.mark.parametrize(
    ("name", "text", "near"),
    [
        ("VAT number", "The VAT number of the mill is GB 123.", True),
        ("VAT number", "Registered for value-added tax under GB 123.", True),
        ("VAT number", "Telephone GB 123, fax GB 456, ovation.", False),
        ("CEO", "GB 123 is run by its chief executive officer.", True),
        ("head of HR and CEO", "The CEO wrote GB 123.", False),
        ("number", "GB 123", True),
    ],
)
def test_an_acronym_must_stand_near_its_value(model, name, text, near):
    document = encode_document(parse("a.txt", text.encode()), model)
    start = text.index("GB 123")
    assert near_acronyms(name, document, start, start + 6) == near
    far = encode_document(parse("a.txt", (text.replace("GB 123", "") + " ." * 300 + " GB 123").encode()), model)
    start = far.document.text.index("GB 123")
    assert near_acronyms(name, far, start, start + 6) == (name == "number")
