import pytest

from dsacli.documents import parse
from dsacli.documents.pages import of_pages, parse_pages
from dsacli.errors import DsacliError, UsageFailure

TEXT = "1. Alpha\n\nFirst page.\n\n\f2. Beta\n\nSecond page\ngoes on.\n\n\fThird page.\n\n\f3. Delta\n\nFourth page.\n"


@pytest.fixture(scope="module")
def document():
    return parse("a.txt", TEXT.encode())


def test_only_the_chosen_pages_are_there_and_pages_and_lines_keep_their_numbers(document):
    chosen = of_pages(document, parse_pages("2,4-"))
    assert "First" not in chosen.text and "Third" not in chosen.text
    for words in ("Second page", "goes on.", "Fourth page."):
        before, after = document.text.index(words), chosen.text.index(words)
        assert chosen.page_at(after) == document.page_at(before)
        assert chosen.line_at(after) == document.line_at(before)
        assert chosen.section_at(after) == document.section_at(before)
    assert [chosen.text[page.start : page.end].strip()[:7] for page in chosen.pages] == ["2. Beta", "3. Delt"]
    assert [section.title for section in chosen.sections] == ["2. Beta", "3. Delta"]


def test_pages_that_follow_each_other_read_on(document):
    chosen = of_pages(document, parse_pages("2-3"))
    start, end = document.pages[1].start, document.pages[2].end
    assert chosen.text == document.text[start:end]


def test_all_pages_are_the_document(document):
    assert of_pages(document, parse_pages("1-")) == document


@pytest.mark.parametrize("text", ["", "0", "a", "3-2", "1,,2", "-3", "1-2-3", "1.5"])
def test_what_is_no_range_is_refused(text):
    with pytest.raises(UsageFailure, match="^--pages "):
        parse_pages(text)


def test_pages_that_are_not_there_are_an_error_by_name(document):
    with pytest.raises(DsacliError, match=r"^a\.txt has 4 pages, none of which was chosen$"):
        of_pages(document, parse_pages("9"))
    with pytest.raises(DsacliError, match=r"^b\.txt has no pages to choose from$"):
        of_pages(parse("b.txt", b"words"), parse_pages("1"))
