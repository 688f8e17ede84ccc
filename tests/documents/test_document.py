import json
import subprocess
import sys

import pytest

from dsacli.documents import Document, Page, Section, parse
from dsacli.documents.document import nest_sections

TEXT = "Intro here. It goes on.\n\nBody text stands here. And more."


@pytest.fixture
def document() -> Document:
    return Document(
        name="a.txt",
        kind="text",
        text=TEXT,
        pages=(Page(1, 0, 25), Page(2, 25, len(TEXT))),
        sections=(Section("One", 1, 0, len(TEXT)), Section("Two", 2, 25, len(TEXT))),
        line_starts=(0, 24, 25),
    )


def test_places_of_an_offset(document):
    assert [document.page_at(offset) for offset in (0, 24, 25, len(TEXT))] == [1, 1, 2, 2]
    assert [document.line_at(offset) for offset in (0, 24, 30)] == [1, 2, 3]
    assert [document.section_at(offset) for offset in (3, 30)] == ["One", "Two"]


@pytest.mark.parametrize("offset", [-5, 10_000])
def test_offsets_outside_the_text_are_harmless(document, offset):
    assert document.page_at(offset) in (1, 2)
    assert document.line_at(offset) in (1, 3)
    document.section_at(offset)


def test_without_pages_lines_and_sections():
    document = Document("a.pdf", "pdf", "")
    assert document.page_at(0) is None
    assert document.line_at(0) is None
    assert document.section_at(0) is None
    assert document.sentences() == []


def test_json_round_trip_is_exact(document):
    assert Document.from_json(json.loads(json.dumps(document.to_json()))) == document
    parsed = parse("b.md", "# Ünï\n\nText “quoted”.\fNext 漢字.".encode())
    again = Document.from_json(json.loads(json.dumps(parsed.to_json())))
    assert again == parsed
    assert again.sentences() == parsed.sentences()


@pytest.mark.parametrize("damage", [{}, {"name": "a"}, None])
def test_a_damaged_dictionary_is_a_value_error(damage):
    with pytest.raises(ValueError, match="not a stored document"):
        Document.from_json(damage)


def test_a_section_ends_at_the_next_of_its_level_or_above():
    sections = nest_sections([("A", 3, 0), ("A.1", 7, 10), ("A.2", 7, 20), ("B", 3, 30)], 40)
    assert [(s.title, s.level, s.start, s.end) for s in sections] == [
        ("A", 1, 0, 30),
        ("A.1", 2, 10, 20),
        ("A.2", 2, 20, 30),
        ("B", 1, 30, 40),
    ]


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ("Foreword", ()),
        ("# Terms", ()),
        ("No section", ("Terms",)),
        ("## Notice", ("Terms",)),
        ("By letter", ("Terms", "Notice")),
        ("### Late notice", ("Terms", "Notice")),
        ("None counts", ("Terms", "Notice", "Late notice")),
        ("## Fees", ("Terms",)),
        ("Monthly", ("Terms", "Fees")),
        ("# Annex", ()),
        ("A map", ("Annex",)),
    ],
)
def test_the_heading_path_is_the_sections_around_a_place_without_its_own_heading(place, path):
    text = "Foreword.\n\n# Terms\n\nNo section.\n\n## Notice\n\nBy letter.\n\n### Late notice\n\nNone counts.\n\n"
    text += "## Fees\n\nMonthly.\n\n# Annex\n\nA map.\n"
    document = parse("terms.md", text.encode())
    assert document.heading_path(document.text.index(place)) == path


def test_levels_that_are_left_out_and_places_outside_have_a_heading_path():
    sections = (Section("A", 2, 0, 50), Section("B", 4, 5, 50), Section("C", 3, 10, 50), Section("D", 1, 20, 50))
    document = Document("a.txt", "text", "x" * 50, sections=sections)
    assert document.heading_path(8) == ("A", "B") and document.heading_path(15) == ("A", "C")
    assert document.heading_path(30) == ("D",)
    assert document.heading_path(0) == document.heading_path(-5) == Document("b", "text", "b").heading_path(0) == ()


def test_reading_documents_imports_no_tensors():
    look = "import sys, dsacli.documents; print([name for name in ('numpy', 'torch', 'pypdf') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", look], capture_output=True, text=True).stdout == "[]\n"
