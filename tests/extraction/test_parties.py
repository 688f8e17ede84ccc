"""The parties that agreements name."""

import pytest

from dsacli.extraction.parties import is_party, parties_in, signatories_in

OPENINGS = {
    'made between Norrby Stål AB, Kungsgatan 5, Luleå, Sweden ("Seller") and Fjordlast ASA, Bryggen 2, Bergen, Norway ("Buyer").': [
        ("Norrby Stål AB", ("Seller",)),
        ("Fjordlast ASA", ("Buyer",)),
    ],
    '**Between**\n\n1. **Quillwright GmbH**, Lagerstraße 8, Vienna ("Quillwright"); and\n2. **Tessaly Oy**, Oulu, Finland ("Tessaly").': [
        ("Quillwright GmbH", ("Quillwright",)),
        ("Tessaly Oy", ("Tessaly",)),
    ],
    'between Mrs Adaeze Obi of 3 Hill Road, York ("the Landlord") and Åkers Bruk d’Or S.à r.l., of 5 Low Lane ("the Tenant").': [
        ("Mrs Adaeze Obi", ("Landlord",)),
        ("Åkers Bruk d’Or S.à r.l.", ("Tenant",)),
    ],
    'This Lease is made by and between Low Quays, Inc., a Delaware corporation with offices at 4 Mole Road, Dover ("Owner"), and '
    'Hind Cranes LLC ("Tenant").': [("Low Quays, Inc.", ("Owner",)), ("Hind Cranes LLC", ("Tenant",))],
    'between\n\nLow Quays Limited\n\nand\n\nHind Cranes GmbH\n\nDated 4 May 2020': [("Low Quays Limited", ()), ("Hind Cranes GmbH", ())],
    'is entered into among Low Quays Ltd. (the "Lender"), Anna Marsh (the "Guarantor") and Hind Cranes, L.P. (the "Borrower").':
        [("Low Quays Ltd.", ("Lender",)), ("Anna Marsh", ("Guarantor",)), ("Hind Cranes, L.P.", ("Borrower",))],
    'made between:\n(1) LOW QUAYS PLC, whose seat is at Dover (hereinafter called "Low"); and\n(2) HIND S.A., a company of Belgium ("Hind").':
        [("LOW QUAYS PLC", ("Low",)), ("HIND S.A.", ("Hind",))],
}  # fmt: skip


@pytest.mark.parametrize("opening", OPENINGS)
def test_names_and_what_they_are_called(opening):
    (found, *_) = parties_in(opening)
    assert [(opening[p.start : p.end], p.aliases) for p in found] == OPENINGS[opening]


def test_what_goes_on_between_the_parties_names_nobody():
    assert (
        parties_in("Differences between the Parties and their Affiliates are settled between us and you in Dover.")
        == []
    )


def test_whoever_signs():
    text = "IN WITNESS WHEREOF Title: Director LOW QUAYS, INC. By: /s/ A. Low Name: A. Low Title: President HIND CRANES LLC By: /s/ B. Hind"
    assert [text[p.start : p.end] for p in signatories_in(text)] == ["LOW QUAYS, INC.", "HIND CRANES LLC"]


@pytest.mark.parametrize(
    ("wording", "named"),
    [
        ("Low Quays, Inc.", True),
        ("Anna Marsh", True),
        ("the Agreement", False),
        ("Parties", False),
        ("those who sign", False),
    ],
)
def test_the_form_of_a_name(wording, named):
    assert is_party(wording) is named
