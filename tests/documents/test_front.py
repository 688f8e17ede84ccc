"""The title on top of a document."""

import pytest

from dsacli.documents import Document
from dsacli.documents.front import title_of


def title(text: str) -> str | None:
    place = title_of(Document("x", "text", text))
    return text[slice(*place)] if place else None


@pytest.mark.parametrize(
    "above",
    [
        "Proceedings of the 9th Workshop on Harbours, pages 12–20, Oslo, June 2009.",
        "Journal of Tides, vol. 12, no. 3, pp. 41-58",
        "EXHIBIT 10.4",
        "Draft",
        "14 March 2019",
        "anna.low@harbour.example",
        "https://harbour.example/report",
    ],
)
def test_what_is_printed_above_is_no_title(above):
    assert title(f"{above}\nSilt in Tidal Basins\nAnna Low\n\nThe tide enters the basin.") == "Silt in Tidal Basins"


def test_marks_of_markdown_are_not_part_of_it():
    assert title("# Silt in Tidal Basins #\n\nThe tide enters.") == "Silt in Tidal Basins"


def test_a_title_goes_on_in_the_next_line():
    assert title("A Survey of the\nTidal Basins\nAnna Low\n") == "A Survey of the\nTidal Basins"


def test_figures_have_no_title():
    assert title("12 14 19\n3,004\n") is None
