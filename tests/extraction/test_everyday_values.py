"""Values as invoices, statements and leases of a dozen countries write them, and what is said where they can mean two things."""

import pytest

from dsacli.extraction.conventions import conventions_of
from dsacli.extraction.values import find_values, normalise
from dsacli.extraction.values.unit_notes import notes_in


def money(amount, currency, scale=None):
    return {"amount": amount, "currency": currency, **({"scale": scale} if scale else {})}


def only(text, type, whole=None):
    """The one value of a text."""
    (value,) = find_values(text, type, whole, whole.index(text) if whole else 0)
    return value


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("€ 45,90", 45.9, "EUR"),
        ("EUR 350,--", 350, "EUR"),
        ("1 234,56 €", 1234.56, "EUR"),
        ("1\u202f234,56\u202f€", 1234.56, "EUR"),
        ("12€50", 12.5, "EUR"),
        ("-340,10 €", -340.1, "EUR"),
        ("− 25,00 €", -25, "EUR"),
        ("340,10- EUR", -340.1, "EUR"),
        ("Rabatt: - 100.00 CHF", -100, "CHF"),
        ("(25,00) EUR", -25, "EUR"),
        ("$(3,214)", -3214, "USD"),
        ("$(3,214) thousand", -3214000, "USD"),
        ("Credit: ($980.00)", -980, "USD"),
        ("CHF 1'180.00", 1180, "CHF"),
        ("Fr. 350.-", 350, "CHF"),
        ("SFr. 2'450.50", 2450.5, "CHF"),
        ("R$ 1.234,56", 1234.56, "BRL"),
        ("₹ 1,23,456", 123456, "INR"),
        ("Rs. 12,34,567.50", 1234567.5, "INR"),
        ("£1.2m", 1200000, "GBP"),
        ("$2.5 million", 2500000, "USD"),
        ("€3 bn", 3000000000, "EUR"),
        ("1,5 Mio. €", 1500000, "EUR"),
        ("3,4 M€", 3400000, "EUR"),
        ("TEUR 500", 500000, "EUR"),
        ("2 millions d'euros", 2000000, "EUR"),
        ("fiftyfive pounds", 55, "GBP"),
        ("fifty-\nfive pounds", 55, "GBP"),
        ("two hundred and ten pounds", 210, "GBP"),
        ("kr 9 800 in Oslo", 9800, "NOK"),
        ("12 400 kr for the crane in Malmö", 12400, "SEK"),
        ("a Danish deposit of kr. 1.250,50", 1250.5, "DKK"),
        ("kr 9 800", 9800, None),
        ("kr 9 800 in Oslo or Stockholm", 9800, None),
    ],
)
def test_money_of_many_countries(text, amount, currency):
    assert normalise(text, "money") == money(amount, currency)
    assert not only(text, "money").readings


def test_a_krone_is_that_of_its_own_sentence():
    found = find_values("Pay 500 kr in Malmö. Pay 600 kr in Oslo. Pay 700 kr.", "money")
    assert [value.normalised["currency"] for value in found] == ["SEK", "NOK", None]


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("€ 1.234", [money(1234, "EUR"), money(1.234, "EUR")]),
        ("Total 5,000 €", [money(5000, "EUR"), money(5, "EUR")]),
        ("$ 1 234", [money(1234, "USD"), money(1, "USD")]),
        ("Refund ($980.00)", [money(-980, "USD"), money(980, "USD")]),
    ],
)
def test_money_that_can_be_read_in_two_ways_has_both(text, readings):
    assert only(text, "money").readings == tuple(readings)


@pytest.mark.parametrize(
    ("amount", "whole", "expected"),
    [
        ("5.000 €", "Unit price: € 45,90. Yearly: 5.000 €.", 5000),
        ("€ 5,000", "Unit price: € 45.90. Yearly: € 5,000.", 5000),
        ("€ 5,000", "The fee of the firm is € 5,000 for the whole of the year.", 5000),
        ("2.501 euros", "La fianza es de 2.501 euros y la paga el arrendatario.", 2501),
        ("CHF 1.234", "Der Preis für die Ware ist CHF 45.90 und nicht CHF 1.234 oder mehr.", None),
    ],
)
def test_the_document_says_which_mark_parts_decimals(amount, whole, expected):
    value = only(amount, "money", whole)
    assert bool(value.readings) == (expected is None)
    assert expected in (None, value.normalised["amount"])


def test_a_figure_that_its_words_repeat_has_one_reading():
    found = find_values("€ 5.000 (five thousand euros)", "money")
    assert [(value.normalised, value.readings) for value in found] == [(money(5000, "EUR"), ())] * 2
    assert only("five thousand (5.000) euros", "money").readings == ()


@pytest.mark.parametrize(
    ("note", "row", "expected"),
    [
        ("(in thousands of dollars)", "Revenue was $48,210.", money(48210000, "USD", 1000)),
        ("(in thousands of dollars)", "The tax benefit was (212).", money(-212000, "USD", 1000)),
        ("(in millions)", "Revenue  $48.2", money(48200000, "USD", 1000000)),
        ("£'000", "Turnover  1,204", money(1204000, "GBP", 1000)),
        ("Angaben in Mio. €", "Umsatz  1.204,5", money(1204500000, "EUR", 1000000)),
        ("(en milliers d'euros)", "Ventes  812,5", money(812500, "EUR", 1000)),
        ("(₹ in lakhs)", "Sales  45.5", money(4550000, "INR", 100000)),
        ("All amounts in NOK", "Transport: kr 3 200", money(3200, "NOK")),
        ("| | 2023 $000 |\n|---|---|", "| Loss | (3,214) |", money(-3214000, "USD", 1000)),
        ("(in millions of euros, except per share amounts)", "Earnings per share  € 1.32", money(1.32, "EUR")),
        ("(in thousands)\nSales  $ 84,210", "Gross profit  32,330", money(32330000, "USD", 1000)),
        ("| Figure | 2024 |\n|---|---|", "| Revenue (£m) | 48.2 |", money(48200000, "GBP", 1000000)),
        ("| (£m) | 2024 |\n|---|---|", "| Revenue | 48.2 |", money(48200000, "GBP", 1000000)),
        ("(in thousands of dollars)", "A gift of $5 million came.", money(5000000, "USD")),
    ],
)
def test_a_note_above_says_what_figures_count(note, row, expected):
    whole = f"Results\n{note}\n{row}\n"
    value = only(row, "money", whole)
    assert (value.normalised, value.readings) == (expected, ())


def test_a_note_speaks_of_its_column_and_its_table_only():
    whole = "| | Staff | £m |\n|---|---|---|\n| Leith | 1,204 | 48.2 |\n\n# Gifts\nA gift: £50\n"
    found = find_values(whole, "money")
    assert [value.normalised for value in found] == [money(48200000, "GBP", 1000000), money(50, "GBP")]


def test_in_running_text_under_a_note_both_are_given():
    prose = "In the year under review the company also paid a fine of $48,210 to the harbour board of the town."
    value = find_values(f"(in thousands of dollars)\n{prose}", "money")[0]
    assert [each["amount"] for each in value.readings] == [48210000, 48210]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("03/14/24", "2024-03-14"),
        ("7.8.25", "2025-08-07"),
        ("28.12.2024", "2024-12-28"),
        ("12-Mar-25", "2025-03-12"),
        ("5 July '24", "2024-07-05"),
        ("1. März 2024", "2024-03-01"),
        ("14 mars 2024", "2024-03-14"),
        ("1er août 2024", "2024-08-01"),
        ("3 de marzo de 2024", "2024-03-03"),
        ("12 dicembre 2024", "2024-12-12"),
        ("2 mei 2024", "2024-05-02"),
        ("7 de março de 2024", "2024-03-07"),
        ("den 1 maj 2024", "2024-05-01"),
        ("November 2022", "2022-11"),
        ("mars 2024", "2024-03"),
        ("valid until 03/2026", "2026-03"),
        ("this 5th day of May, A.D. 2023", "2023-05-05"),
        ("May 5, A. D. 2023", "2023-05-05"),
        ("1st day of May in the year of our Lord 2023", "2023-05-01"),
        ("in AD 2023", "2023"),
    ],
)
def test_dates_of_many_countries(text, date):
    assert normalise(text, "date") == date
    assert not only(text, "date").readings


@pytest.mark.parametrize(
    "text",
    [
        "Section 1.2.25",
        "as said in 3.2.11 and",
        "Figure 3.2.11",
        "version 7.8.25",
        "1.2.25 The tenant",
        "Mars 2024",
        "12 March 25 people",
        "31/04/25",
        "1500 BC",
        "March 1500 B.C.",
        "2000 baht",
        "2000 Ft",
        "₱2000",
        "RM 2000",
    ],
)
def test_what_only_looks_like_a_date_is_none(text):
    assert normalise(text, "date") is None


def test_beside_dates_with_dots_a_short_one_is_a_date_anywhere():
    assert normalise("Geliefert am 3.2.11", "date") == "2011-02-03"
    whole = "Rechnung 28.01.2011, Lieferung 3.2.11"
    assert [value.normalised for value in find_values(whole, "date")] == ["2011-01-28", "2011-02-03"]


@pytest.mark.parametrize(
    ("around", "date"),
    [
        ("It ends on 25/12/2026.", "2025-04-03"),
        ("It ends on 12/25/2026.", "2025-03-04"),
        ("Placed 12/28/24.", "2025-03-04"),
        ("The rent is £500.", "2025-04-03"),
        ("The rent is € 500.", "2025-04-03"),
        ("The rent is $500.", "2025-03-04"),
        ("The colour of the door is grey.", "2025-04-03"),
        ("The color of the door is gray.", "2025-03-04"),
        ("Der Vertrag ist von der Firma und nicht von der Stadt.", "2025-04-03"),
    ],
)
def test_the_document_says_whether_the_day_comes_first(around, date):
    value = only("03/04/2025", "date", f"Made on 03/04/2025. {around}")
    assert (value.normalised, value.readings) == (date, ())


def test_without_a_word_on_the_order_both_dates_are_given():
    assert only("03/04/2025", "date").readings == ("2025-03-04", "2025-04-03")
    assert only("04/04/2025", "date").readings == ()
    assert find_values("03/04/2025 (3 April 2025)", "date")[0].normalised == "2025-04-03"


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("4,5 %", 4.5),
        ("50 bps", 0.5),
        ("one and one-half percent (1.5%)", 1.5),
        ("four and a half per cent", 4.5),
        ("two and three-quarters per cent", 2.75),
        ("one hundred and one-half percent", 100.5),
        ("one-half of one percent (0.5%)", 0.5),
        ("1-1/2%", 1.5),
        ("1 1/2 %", 1.5),
        ("1/4%", 0.25),
        ("Growth: (4.5%)", -4.5),
        ("a discount (4.5%) for all", 4.5),
    ],
)
def test_percentages(text, percent):
    assert normalise(text, "percent") == percent


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("a fortnight's notice", "P14D"),
        ("two fortnights", "P28D"),
        ("thirty (30) business days", "P30D"),
        ("thirty-one days", "P31D"),
        ("thirtyone days", "P31D"),
        ("half a year", "P6M"),
        ("half of a year", "P6M"),
        ("a quarter of a year", "P3M"),
        ("three-quarters of an hour", "PT45M"),
        ("two thirds of a year", "P8M"),
        ("a third of a week", None),
        ("three and a third years", "P3Y4M"),
        ("one quarter", "P3M"),
        ("one quarter of the staff", None),
        ("1,5 Jahre", "P1Y6M"),
        ("30 Tage", "P30D"),
        ("3 mois", "P3M"),
    ],
)
def test_durations(text, duration):
    assert normalise(text, "duration") == duration


@pytest.mark.parametrize(
    ("text", "number"),
    [("Change in units: (1,050)", -1050), ("| (12) |", -12), ("(12)\tSeals", 12), ("the seals (12) of the pier", 12)],
)
def test_a_number_in_the_brackets_of_accounts_is_negative(text, number):
    assert normalise(text, "number") == number


def test_conventions_are_none_where_a_document_contradicts_itself():
    found = conventions_of("€ 1,50 and € 2.50, on 25/12/2026 and 12/25/2026")
    assert (found.decimal, found.day_first) == (None, None)


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("Results (in thousands of dollars) for the year ended 31 December 2023", [(1000, "USD", False, False)]),
        ("Six months to June 30, 2023 (in £ millions)", [(1000000, "GBP", False, False)]),
        ("All amounts in this report are in thousands of dollars. See note 5.", [(1000, "USD", True, False)]),
        ("Revenue (£m): 48.2", [(1000000, "GBP", False, True)]),
        ("$000 2024 2023", [(1000, "USD", False, False)]),
        ("em milhares de reais", [(1000, "BRL", False, False)]),
        ("in TEUR", [(1000, "EUR", False, False)]),
        ("(000s)", [(1000, None, False, False)]),
        ("a cost of £5m a year", []),
        ("They serve millions of homes in millions.", []),
        ("Payable in EUR 500 or more", []),
    ],
)
def test_what_is_a_note_and_of_what_it_speaks(text, notes):
    found = [(note.scale, note.currency, note.everywhere, note.own_line) for note in notes_in(f"{text}\nA 1")]
    assert found == notes
