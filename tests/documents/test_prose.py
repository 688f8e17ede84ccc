"""What explains nothing: references, tables of contents, headings."""

import time

import pytest

from dsacli.documents import Document
from dsacli.documents.document import Section
from dsacli.documents.prose import explains, is_reference

PROSE = "The tide enters the basin through two culverts, which were cut in 1911 to keep silt from settling at the quay."


@pytest.mark.parametrize(
    "entry",
    [
        "Low, A. and Hind, B. (1999). Limits of tidal basins.",
        "Anna Low and Ben Hind. 1999. Limits of Tidal Basins. In Proceedings of the Harbour Symposium.",
        "[14] Low, A., Hind, B.: Limits of tidal basins. J. of Harbours 12 (1999)",
        "12. C. Marsh. Future Work on Quays. Harbour Press, 2004.",
        "Low A, Hind B. Limits of Basins. Journal of Tides. 1999. Marsh C. On Quays. Harbour Press. 2001. Orr D. Future Mud. Proc. 2003.",
    ],
)
def test_an_entry_of_a_list_of_references(entry):
    assert is_reference(entry)


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        "Low and Hind (1999) proposed a method that we follow here, because it is simple and has no need of a pump.",
        "In 1999 the harbour board decided to close the basin, and in 2001 it was filled in.",
        "The Harbour Trust was founded in 1866. It has owned the quay since 1870 and the crane since 1902.",
    ],
)
def test_running_text_with_names_and_years_is_none(text):
    assert not is_reference(text)


def document(*lines: str, sections: tuple[tuple[str, int], ...] = ()) -> Document:
    text = "\n\n".join(lines)
    starts = [(title, text.index(title)) for title, _ in sections]
    ends = [start for _, start in starts[1:]] + [len(text)]
    return Document(
        "x", "text", text, sections=tuple(Section(title, 1, start, end) for (title, start), end in zip(starts, ends))
    )


def test_under_a_heading_of_references_nothing_explains():
    made = document(
        PROSE,
        "Bibliography",
        "Tides and what they bring to harbours of the north in winter",
        sections=(("Bibliography", 1),),
    )
    assert [explains(made, number) for number in range(3)] == [True, False, False]


def test_lines_of_a_table_of_contents_and_short_lines_explain_nothing():
    made = document("3 How the culverts keep the silt from settling at the quay ........ 12", "Culverts", PROSE)
    assert [explains(made, number) for number in range(3)] == [False, False, True]


@pytest.mark.parametrize("filling", ["\t" * 300_000, "1" * 300_000, ". " * 150_000, "(" * 300_000])
def test_paragraphs_of_nothing_take_no_time(filling):
    made = document("The tide of 1999 enters the basin by two culverts and " + filling + "x", PROSE)
    began = time.monotonic()
    explains(made, 0)
    assert time.monotonic() - began < 2
