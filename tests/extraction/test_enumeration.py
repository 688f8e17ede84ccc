"""Enumerations in running text."""

import time

import pytest

from dsacli.extraction.enumeration import items_from, items_in


def words(text: str, spans) -> list[str]:
    return [text[low:high] for low, high in spans]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("dunlin, redshank and knot", ["dunlin", "redshank", "knot"]),
        ("salt; flour; two eggs", ["salt", "flour", "two eggs"]),
        ("Anna Low, Ben Hind, and Cy Marsh", ["Anna Low", "Ben Hind", "Cy Marsh"]),
        ("Low Quays, Inc. and Hind Cranes LLC", ["Low Quays, Inc.", "Hind Cranes LLC"]),
        ("that the path be closed, that dogs be kept on leads and that the count be repeated",
         ["that the path be closed", "that dogs be kept on leads", "that the count be repeated"]),
        ("Mole Head, Old Lock, Custom House", ["Mole Head", "Old Lock", "Custom House"]),
        ("silt and clay of the river", ["silt and clay of the river"]),
        ("Dover, MA, Leith, OR and Paris", ["Dover, MA", "Leith, OR", "Paris"]),
        ("1,250 tonnes of silt", ["1,250 tonnes of silt"]),
        ("Leith, where she was built", ["Leith, where she was built"]),
        ("the basin (and its two culverts)", ["the basin (and its two culverts)"]),
    ],
)  # fmt: skip
def test_items_of_a_wording(text, items):
    assert words(text, items_in(text, 0, len(text))) == items


def test_the_first_item_brings_the_others_of_its_sentence():
    text = "They ask that the path be closed in winter, that dogs be kept on leads, and that boats stay away. Nothing was done."
    start = text.index("the path")
    found = words(text, items_from(text, start, text.index(", that dogs"), len(text)))
    assert found == ["that the path be closed in winter", "that dogs be kept on leads", "that boats stay away"]


def test_a_wording_that_begins_nothing_stays_alone():
    text = "The crane was sold to Leith in 1902, because it was old."
    start = text.index("Leith")
    assert words(text, items_from(text, start, start + 5, len(text))) == ["Leith"]


def test_the_first_two_bring_the_third():
    text = "They saw the Tide War, the Silt War, and the War of the Quays. Then came peace."
    start, end = text.index("the Tide"), text.index(", and the")
    assert words(text, items_from(text, start, end, len(text))) == [
        "the Tide War",
        "the Silt War",
        "the War of the Quays",
    ]


def test_white_space_without_end_takes_no_time():
    text = "Mole Head," + " " * 1_000_000 + "and Old Lock"
    began = time.monotonic()
    assert items_in(text, 0, len(text)) == [(0, len(text))]
    items_from(text, 0, 9, len(text))
    assert time.monotonic() - began < 1
