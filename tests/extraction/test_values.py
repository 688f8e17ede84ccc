"""Tables of phrases as contracts, reports and e-mails write them, and what they must become."""

import subprocess
import sys
import time

import pytest

from dsacli.extraction.types import TYPES
from dsacli.extraction.values import find_values, normalise


def _eur(amount):
    return {"amount": amount, "currency": "EUR"}


def _usd(amount):
    return {"amount": amount, "currency": "USD"}


def _gbp(amount):
    return {"amount": amount, "currency": "GBP"}


ONE = {
    "text": [
        ("  Acme   Holdings\nLtd ", "Acme Holdings Ltd"),
        ("", None),
        (" \n\t", None),
    ],
    "date": [
        ("1 March 2025", "2025-03-01"),
        ("March 1st, 2025", "2025-03-01"),
        ("March 1, 2025", "2025-03-01"),
        ("this 1st day of March, 2025", "2025-03-01"),
        ("the first day of March 2025", "2025-03-01"),
        ("twenty-first day of June, 1999", "1999-06-21"),
        ("1st of March in the year 2025", "2025-03-01"),
        ("2025-03-01", "2025-03-01"),
        ("2025/03/01", "2025-03-01"),
        ("2025-03-01T12:30:00Z", "2025-03-01"),
        ("01/03/2025", "2025-01-03"),
        ("13/03/2025", "2025-03-13"),
        ("03/13/2025", "2025-03-13"),
        ("01.03.2025", "2025-03-01"),
        ("1.3.2025", "2025-03-01"),
        ("Mar. 1, 2025", "2025-03-01"),
        ("01-Mar-2025", "2025-03-01"),
        ("Sept. 30, 2024", "2024-09-30"),
        ("31 December 2024", "2024-12-31"),
        ("Saturday,\u00a01\u00a0March\n2025", "2025-03-01"),
        ("MARCH 1, 2025", "2025-03-01"),
        ("29 February 2024", "2024-02-29"),
        ("March 2025", "2025-03"),
        ("Dec. 2019", "2019-12"),
        ("2025-03", "2025-03"),
        ("2025", "2025"),
        ("founded in 1987.", "1987"),
        ("May 2025", "2025-05"),
        ("1 March 2025 (2025-03-01)", "2025-03-01"),
        ("as of December 31, 2024:", "2024-12-31"),
        ("2025 March 1", "2025-03-01"),
        ("(31 December 2024)", "2024-12-31"),
        # not one date
        ("29 February 2025", None),
        ("31 April 2025", None),
        ("32/13/2025", None),
        ("2025-13-01", None),
        ("Q3 2024", None),
        ("H1 2024", None),
        ("FY2024", None),
        ("FY 2024", None),
        ("third quarter of 2024", None),
        ("fiscal year 2024", None),
        ("March 1-31, 2025", None),
        ("1-31 March 2025", None),
        ("1 to 31 March 2025", None),
        ("2019-2021", None),
        ("2019–21", None),
        ("2024/25", None),
        ("2010-11", None),
        ("1 March 2025 and 2 May 2026", None),
        ("$2000", None),
        ("2000 employees", None),
        ("USD 2000", None),
        ("2,025", None),
        ("2024.5", None),
        ("ISO 9001:2015", None),
        ("01/03/25", "2025-01-03"),
        ("192.168.20.25", None),
        ("the 1990s", None),
        ("may", None),
        ("12025", None),
        ("1 March", None),
        ("", None),
        ("2025%", None),
        ("A2025", None),
        ("+44 1632 960733", None),
    ],
    "money": [
        ("EUR 1,250,000.00", _eur(1250000)),
        ("€1.2 million", _eur(1200000)),
        ("12.5 million euros", _eur(12500000)),
        ("(£4.2m)", _gbp(-4200000)),
        ("$5", _usd(5)),
        ("US$ 3.5bn", _usd(3500000000)),
        ("USD 12", _usd(12)),
        ("£1,234.56", _gbp(1234.56)),
        ("-$5.25", _usd(-5.25)),
        ("$-5.25", _usd(-5.25)),
        ("−€3k", _eur(-3000)),
        ("five million dollars", _usd(5000000)),
        ("Five Million Dollars ($5,000,000)", _usd(5000000)),
        ("two hundred and fifty thousand pounds sterling", _gbp(250000)),
        ("CHF 1'250'000", {"amount": 1250000, "currency": "CHF"}),
        ("₹12,50,000", {"amount": 1250000, "currency": "INR"}),
        ("Rs. 5 lakh", {"amount": 500000, "currency": "INR"}),
        ("¥10,000", {"amount": 10000, "currency": "JPY"}),
        ("A$1,000", {"amount": 1000, "currency": "AUD"}),
        ("$5,000 CAD", {"amount": 5000, "currency": "CAD"}),
        ("$5,000 USD", _usd(5000)),
        ("100 EUR", _eur(100)),
        ("5,000 U.S. dollars", _usd(5000)),
        ("US dollars 5 and", None),
        ("EUR 1 250 000", _eur(1250000)),
        ("1 250 000,50 EUR", _eur(1250000.5)),
        ("EUR 1.250.000,00", _eur(1250000)),
        ("10 €", _eur(10)),
        ("1 250 000 €", _eur(1250000)),
        ("1 250 000 euros", _eur(1250000)),
        ("half a million dollars", _usd(500000)),
        ("two and a half million euros", _eur(2500000)),
        ("$1.5 trillion", _usd(1500000000000)),
        ("US$5mm", _usd(5000000)),
        ("€ 5 mn", _eur(5000000)),
        ("$0.99 per user", _usd(0.99)),
        ("a five-million-dollar loan", _usd(5000000)),
        ("EUR5,000", _eur(5000)),
        ("thirty (30) euros", _eur(30)),
        ("loss of (£4.2m) for the year", _gbp(-4200000)),
        ("an annual fee (€500) is due", _eur(500)),
        ("one million, two hundred thousand dollars", _usd(1200000)),
        ("$ 120 135 150", _usd(120)),
        ("C$2 billion", {"amount": 2000000000, "currency": "CAD"}),
        ("a loss of five dollars ($5)", _usd(5)),
        ("$100 million.", _usd(100000000)),
        ("$.50", _usd(0.5)),
        ("20 Swiss francs", {"amount": 20, "currency": "CHF"}),
        ("$1,000,000,000,000.01", _usd(1000000000000.01)),
        # not one amount
        ("1,250,000", None),
        ("five million", None),
        ("$10-15 million", None),
        ("$10 to $15 million", None),
        ("€10–€15", None),
        ("between $5 and 10 million", None),
        ("$5 and €5", None),
        ("dollars", None),
        ("$", None),
        ("€12,50", _eur(12.5)),
        ("$1.2.3", None),
        ("Try 5 times", None),
        ("£5 USD", None),
        ("TT$5", None),
        ("1 March 2025", None),
        ("sixty (90) euros", None),
        ("7.5%", None),
        ("EUROPE 5", None),
        ("Article 5 EURATOM", None),
    ],
    "number": [
        ("12", 12),
        ("1,250", 1250),
        ("1,250.5", 1250.5),
        ("-5", -5),
        ("−5.5", -5.5),
        ("twelve", 12),
        ("forty-two", 42),
        ("Forty Two", 42),
        ("two hundred and fifty", 250),
        ("two thousand five hundred and one", 2501),
        ("1.2 million", 1200000),
        ("3 billion", 3000000000),
        ("5k", 5000),
        ("a hundred", 100),
        ("a million", 1000000),
        ("thirty (30)", 30),
        ("30 (thirty) staff", 30),
        ("one hundred twenty-three thousand four hundred", 123400),
        ("fifteen hundred", 1500),
        ("two and a half", 2.5),
        ("2½", 2.5),
        ("0.75", 0.75),
        ("a 10,000-seat stadium", 10000),
        ("12,345,678", 12345678),
        ("approximately 340 employees.", 340),
        ("Employees: 12", 12),
        ("zero", 0),
        ("1\u202f250\u202f000", 1250000),
        ("0.1", 0.1),
        ("340", 340),
        ("half a million", 500000),
        ("5th", None),
        ("21st", None),
        ("twenty-first", None),
        ("1,2,3", None),
        ("12,50", 12.5),
        ("1.2.3", None),
        ("two and five", None),
        ("1 March 2025", None),
        ("A4", None),
        ("H200", None),
        ("COVID-19", None),
        ("10:30", None),
        ("3/4", None),
        ("thirty (60)", None),
        ("no one", None),
        ("someone", None),
        ("weight", None),
        ("", None),
        ("two million, three million", None),
        ("one another", None),
        ("10-15", None),
        ("ten to fifteen", None),
        ("\u0663\u0664", None),
        ("x²", None),
        ("one-time", None),
        ("0146", None),
        ("0", 0),
        ("0.5", 0.5),
    ],
    "percent": [
        ("7.5%", 7.5),
        ("7.5 per cent", 7.5),
        ("seven percent", 7),
        ("350 basis points", 3.5),
        ("25 bps", 0.25),
        ("ten percent (10%)", 10),
        ("-2.5%", -2.5),
        ("12 pct", 12),
        ("1,000%", 1000),
        ("twenty-five (25) percent", 25),
        ("one hundred per cent", 100),
        ("two and a half percent", 2.5),
        ("0.1%", 0.1),
        (".5%", 0.5),
        ("100 %", 100),
        ("a 5-percent stake", 5),
        ("3 percentage points", 3),
        ("EURIBOR + 350 basis points", 3.5),
        ("5-10%", None),
        ("5% to 10%", None),
        ("five to ten percent", None),
        ("7.5", None),
        ("percent", None),
        ("1.2.3%", None),
        ("A5%", None),
        ("five percent and six percent", None),
        ("between 5 and 6 percent", None),
    ],
    "email": [
        ("jane.doe@example.com", "jane.doe@example.com"),
        ("Contact: Jane.Doe+x@Sub.Example.CO.UK.", "Jane.Doe+x@sub.example.co.uk"),
        ("<mailto:a@b.org>", "a@b.org"),
        ("(o'neil@acme.ie)", "o'neil@acme.ie"),
        ("a@b.com, thanks", "a@b.com"),
        ("a@b", None),
        ("@example.com", None),
        ("a@@b.com", None),
        ("a b.com", None),
        ("a@b.com c@d.com", None),
        ("a..b@c.com", None),
        ("x@-y.com", None),
        ("@handle", None),
        ("foo@bar..com", None),
    ],
    "phone": [
        ("+44 20 7946 0958", "+442079460958"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("020 7946 0958", "02079460958"),
        ("(020) 7946 0958", "02079460958"),
        ("(212) 555-0123", "2125550123"),
        ("212-555-0123 ext. 12", "2125550123;ext=12"),
        ("+1 212 555 0123", "+12125550123"),
        ("1-800-555-0199", "18005550199"),
        ("212.555.0123 x45", "2125550123;ext=45"),
        ("+1 (212) 555-0123 2 offices", "+12125550123"),
        ("Tel: 555-0123", "5550123"),
        ("Phone number: 2125550123", "2125550123"),
        ("07911123456", "07911123456"),
        ("07911 123456", "07911123456"),
        ("0800 123 456", "0800123456"),
        ("+49-30-1234567", "+49301234567"),
        ("+33 1 23 45 67 89.", "+33123456789"),
        ("0044 20 7946 0958", "00442079460958"),
        ("Fax +41 44 123 45 67, extension 9", "+41441234567;ext=9"),
        ("call us on 212 555 0123", "2125550123"),
        ("Phone: 2125550123 3 lines", "2125550123"),
        ("01/03/2025", None),
        ("2025-03-01", None),
        ("01-03-2025", None),
        ("$212-555-0123", None),
        ("1,250,000", None),
        ("ISO 9001:2015", None),
        ("ISO/IEC 27001", None),
        ("ISBN 978-3-16-148410-0", None),
        ("123-45-6789", None),
        ("12345678", None),
        ("+12", None),
        ("Fax 01.03.2025", None),
        ("telephone +44 1632 960733.\n\n17.3", "+441632960733"),
        ("350 220 1500", None),
        ("192.168.100.20", None),
        ("10.1000/212.555.1234", None),
        ("4111 1111 1111 1111", None),
        ("+1234567890123456789", None),
        ("2019-2021", None),
        ("555-0123", None),
        ("phone 12", None),
        ("Ada Lovell (212-555-0179) will", "2125550179"),
        ("(020 7946 0321)", "02079460321"),
        ("Facsimile: +86 (21) 6086 7111", "+862160867111"),
        ("Hotline: 010-62962880", "01062962880"),
        ("650/356-3800 (phone)", "6503563800"),
        ("Fax: 0049- 7351/54 - 4845", "00497351544845"),
        ("Phone: 713-745-1898   48", "7137451898"),
        ("Fax: +1 484.652.0223 12.2 Enforcement", "+14846520223"),
        ("+44 20 7946 0958 24 hours a day", "+442079460958"),
        ("Tel: 555-0123 ext. 4", "5550123;ext=4"),
        ("VAT number 01655870705", None),
        ("Suite 310-5190", None),
        ("Text No 53.4 38.3 35.7", None),
        ("application 2012-139088", None),
        ("0.743 0.702 0.86 1.849", None),
    ],
    "url": [
        ("https://example.com/a?b=c#d.", "https://example.com/a?b=c#d"),
        ("(see www.example.org)", "www.example.org"),
        ("http://en.wikipedia.org/wiki/A_(b)", "http://en.wikipedia.org/wiki/A_(b)"),
        ("example.com", "example.com"),
        ("Visit acme.co.uk/terms, or call", "acme.co.uk/terms"),
        ("<https://a.io>", "https://a.io"),
        ("http://localhost:8000/x", "http://localhost:8000/x"),
        ("at deepseek.ai.", "deepseek.ai"),
        ("“https://example.com”", "https://example.com"),
        ("https://10.0.0.1/x", "https://10.0.0.1/x"),
        ("a@example.com", None),
        ("jo.com@example.org", None),
        ("e.g. this", None),
        ("end.It begins", None),
        ("report.md", None),
        ("https://", None),
        ("www.", None),
        ("Inc.", None),
        ("setup.py", None),
        ("a@sub.example.com", None),
        ("ASP.NET", None),
        ("https://a.com https://b.com", None),
        ("1.5", None),
        ("http://???", None),
    ],
    "duration": [
        ("thirty (30) days", "P30D"),
        ("two years", "P2Y"),
        ("18 months", "P18M"),
        ("six weeks", "P6W"),
        ("48 hours", "PT48H"),
        ("90 minutes", "PT90M"),
        ("a year", "P1Y"),
        ("one business day", "P1D"),
        ("three and a half years", "P3Y6M"),
        ("a 30-day period", "P30D"),
        ("two-year term", "P2Y"),
        ("three months' notice", "P3M"),
        ("1.5 years", "P1Y6M"),
        ("1 year and 6 months", "P1Y6M"),
        ("2 hours, 30 minutes", "PT2H30M"),
        ("half a year", "P6M"),
        ("half an hour", "PT30M"),
        ("a year and a half", "P1Y6M"),
        ("ten (10) Business Days", "P10D"),
        ("60 calendar days", "P60D"),
        ("5 yrs", "P5Y"),
        ("twenty-four (24) months", "P24M"),
        ("30 seconds", "PT30S"),
        ("an hour", "PT1H"),
        ("two decades", "P20Y"),
        ("36 (thirty-six) months", "P36M"),
        ("twelve-month period", "P12M"),
        ("2 days and 4 hours", "P2DT4H"),
        ("90 days after receipt", "P90D"),
        ("2½ years", "P2Y6M"),
        ("two quarters", "P6M"),
        ("0.3 weeks", "P0.3W"),
        ("10 years. 2 years", None),
        ("3-5 years", None),
        ("three to five years", None),
        ("12 or 18 months", None),
        ("between 12 and 18 months", None),
        ("sixty (90) days", None),
        ("twice a year", None),
        ("€500 a month", None),
        ("first year", None),
        ("a fall of a quarter", None),
        ("2024 year-end", None),
        ("a second party", None),
        ("day 30", None),
        ("30", None),
        ("1 March 2025", None),
        ("monthly", None),
        ("5 daylight", None),
        ("24/7 days", None),
        ("yearly", None),
    ],
}


@pytest.mark.parametrize("type, text, expected", [(t, *row) for t, rows in ONE.items() for row in rows])
def test_normalise(type, text, expected):
    got = normalise(text, type)
    assert got == expected and (expected is None or got.__class__ is expected.__class__)


def test_every_type_has_cases():
    assert set(ONE) == set(TYPES)


CLAUSE = """SERVICES AGREEMENT, dated as of the 1st day of March, 2025 (the "Effective Date").
3.1 The Customer shall pay EUR 1,250,000.00 (one million two hundred and fifty thousand euros) per year,
within thirty (30) days of invoice; late sums bear interest at 7.5 per cent, or 350 basis points over base.
3.2 The term is three and a half years, ending 31 August 2028, with 90 days' notice, after ISO 9001:2015 audits
of 12 sites. Notices: legal@acme.co.uk, +44 (0)20 7946 0958 ext. 12, https://acme.co.uk/legal (see also acme.com)."""

SPANS = {
    "date": ["1st day of March, 2025", "31 August 2028"],
    "money": ["EUR 1,250,000.00", "one million two hundred and fifty thousand euros"],
    "percent": ["7.5 per cent", "350 basis points"],
    "duration": ["thirty (30) days", "three and a half years", "90 days'"],
    "email": ["legal@acme.co.uk"],
    "phone": ["+44 (0)20 7946 0958 ext. 12"],
    "url": ["https://acme.co.uk/legal", "acme.com"],
    "text": [CLAUSE],
}


@pytest.mark.parametrize("type", SPANS)
def test_spans_in_a_clause(type):
    values = find_values(CLAUSE, type)
    assert [CLAUSE[value.start : value.end] for value in values] == SPANS[type]


@pytest.mark.parametrize(
    "text, type, spans",
    [
        ("fees (€500) and a loss of (€20)", "money", ["€500", "(€20)"]),
        ("from $10 million to $15 million", "money", ["$10 million", "$15 million"]),
        ("paid -$5, then EUR 1 250 000.", "money", ["-$5", "EUR 1 250 000"]),
        ("rose 5% to 10%", "percent", ["5%", "10%"]),
        ("29 February 2025 or March 2025", "date", ["March 2025"]),
        ("  two \n lines ", "text", ["two \n lines"]),
        ("2 years and 30 days, or 3 weeks", "duration", ["2 years and 30 days", "3 weeks"]),
        ("٣٤ ½ ² 12 １２", "number", ["12"]),
    ],
)
def test_spans(text, type, spans):
    values = find_values(text, type)
    assert [text[value.start : value.end] for value in values] == spans


def test_other_dates_decide_day_and_month():
    found = find_values("Signed 13/02/2025, effective 01/03/2025.", "date")
    assert [value.normalised for value in found] == ["2025-02-13", "2025-03-01"]
    mixed = find_values("13/02/2025, 02/13/2025, 01/03/2025", "date")
    assert mixed[-1].normalised == "2025-01-03"


def test_only_a_telephone_number_loads_phonenumbers_and_never_its_places():
    look = (
        "import sys; from dsacli.extraction.values import find_values\n"
        "find_values('1 March 2025', 'date'); print('phonenumbers' in sys.modules)\n"
        "find_values('Tel: 555-0123', 'phone'); print('phonenumbers' in sys.modules)\n"
        "print([name for name in sys.modules if name.startswith(('phonenumbers.geo', 'phonenumbers.carrier'))])"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "[]"]


@pytest.mark.parametrize("type", TYPES)
def test_values_are_ordered_and_stable(type):
    """Whatever the type, a value is inside the text, apart from the next, and reads the same alone."""
    text = " ".join(row[0] for rows in ONE.values() for row in rows)
    values = find_values(text, type)
    assert values and all(0 <= value.start < value.end <= len(text) for value in values)
    assert all(left.end <= right.start for left, right in zip(values, values[1:]))


HOSTILE = [
    "1",
    "1 ",
    "1,",
    "1.",
    "1-",
    "9(",
    "a",
    "a.",
    "a-",
    "@",
    "a@",
    "a@a.",
    "@a-a",
    "www.",
    "http://",
    "http://)",
    "one ",
    "one-",
    "one hundred ",
    "a million and ",
    "and a half ",
    "twenty-",
    "march ",
    "1 march ",
    "2025-",
    "2025 ",
    "$",
    "$1 ",
    "($1",
    "EUR ",
    "EUR 1 ",
    "+1 ",
    "+1",
    "+",
    "(",
    ")",
    "0123 ",
    "1 year ",
    "a year ",
    " ",
    "\n",
    "١",
    "½",
    "1½",
    "é",
    "\xa0",
    "a" * 61 + "-.",
    "x@" + "a.",
    "1 to ",
    "٣1",
    "first day of ",
    "EUR 1 234 ",
    "1 234 of ",
    "R1 250 ",
    "Rupees five ",
    "£1 2s ",
    "50p ",
    "a quarter of a ",
    "A.D. ",
    "two point five ",
    "minus ",
    "1 × 10",
    "10^",
    "one third ",
    "is 1 234  ",
]


@pytest.mark.parametrize("type", TYPES)
def test_hostile_text_takes_linear_time(type):
    """Ten times the text may take about ten times as long, never a hundred."""

    def seconds(size):
        start = time.process_time()  # a busy machine stretches the other clocks
        for unit in HOSTILE:
            find_values((unit * size)[:size], type)
        return time.process_time() - start

    seconds(100)
    assert min(seconds(10_000) for _ in range(2)) < 40 * max(seconds(1_000), 0.002)


@pytest.mark.parametrize(
    "type, unit",
    [
        ("email", "a"),
        ("email", "a@"),
        ("url", "http://)"),
        ("phone", "+1 "),
        ("phone", "1-"),
        ("date", "1 march "),
        ("number", "one hundred "),
        ("money", "($1"),
        ("duration", "a year "),
        ("percent", "1,"),
        ("text", " a"),
    ],
)
def test_a_hundred_thousand_hostile_characters(type, unit):
    start = time.perf_counter()
    find_values((unit * 100_000)[:100_000], type)
    assert time.perf_counter() - start < 3


def test_every_type_has_values_to_find():
    found = {"text": "a", "date": "2025-03-01", "money": "EUR 5", "number": "7", "percent": "7%", "email": "a@b.example",
             "phone": "+44 20 7946 0018", "url": "https://a.example", "duration": "3 days"}  # fmt: skip
    assert tuple(found) == TYPES and all(normalise(text, kind) is not None for kind, text in found.items())
