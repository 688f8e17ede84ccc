import codecs
import time

import pytest

from dsacli.documents import parse
from dsacli.errors import DsacliError

WORDS = "Élan – “quoted” naïve café.\n"


@pytest.mark.parametrize(
    "data",
    [
        WORDS.encode(),
        codecs.BOM_UTF8 + WORDS.encode(),
        codecs.BOM_UTF16_LE + WORDS.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + WORDS.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + WORDS.encode("utf-32-le"),
        WORDS.encode("utf-16-le"),
        WORDS.encode("utf-16-be"),
        WORDS.encode("cp1252"),
        WORDS.replace("\n", "\r\n").encode(),
        WORDS.replace("\n", "\r").encode(),
    ],
)
def test_encodings(data):
    assert parse("a.txt", data).text == WORDS


def test_latin_1_where_cp1252_has_no_character():
    assert parse("a.txt", b"caf\xe9 \x81 end").text == "café  end"


def test_a_few_bad_bytes_do_not_make_utf8_legacy():
    assert parse("a.txt", WORDS.encode() * 3 + b"\xff end").text.startswith("Élan")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"abc\0def", "binary data"),
        (bytes(range(256)) * 8, "binary data"),
        (b"text \x01\x02\x03\x04 text", "binary data"),
        (b"PK\x03\x04rest", "a damaged zip archive or office document"),
        (b"\x89PNG\r\n", "an image"),
        (b"", "is empty"),
        (b" \r\n\t\n", "is empty"),
        (codecs.BOM_UTF8, "is empty"),
    ],
)
def test_what_is_not_text_is_refused_in_one_line(data, message):
    with pytest.raises(DsacliError, match=message) as caught:
        parse("thing.bin", data)
    assert str(caught.value).startswith("thing.bin ")
    assert "\n" not in str(caught.value)


def test_a_stray_nul_or_two_are_damage():
    assert parse("a.txt", b"The chair was Odile\0 Farrant. " + b"She came late. " * 20).text.startswith(
        "The chair was Odile Farrant."
    )


def test_odd_characters_become_ordinary_ones():
    text = "of\ufb01ce\u00a0hours co\u00adop \u200bzero \x1b[31mred\x1b[0m bell\x07 end"
    assert parse("a.txt", text.encode()).text == "office hours coop zero red bell end"


def test_lone_surrogates_are_taken_out():
    text = parse("a.txt", codecs.BOM_UTF16_LE + "one \ud800two".encode("utf-16-le", "surrogatepass")).text
    assert text.encode("utf-8").startswith(b"one")


def test_lines_are_those_of_the_file():
    data = b"one\r\ntwo agree-\r\n  ment three\r\n\r\nfive\r\n"
    document = parse("a.txt", data)
    assert document.text == "one\ntwo agreement three\n\nfive\n"
    for word, line in (("one", 1), ("two", 2), ("agree", 2), ("ment", 3), ("three", 3), ("five", 5)):
        assert document.line_at(document.text.index(word)) == line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the agree-\nment holds", "the agreement holds"),
        ("a long-\nterm plan", "a long-term plan"),
        ("co-op here\nand a co-\nop there", "co-op here\nand a co-op there"),
        ("the Anglo-\nSaxon one", "the Anglo-Saxon one"),
        ("state-of-\nthe-art work", "state-of-the-art work"),
        ("the COVID-\n19 wave", "the COVID-19 wave"),
        ("pre-\nand post-war", "pre- and post-war"),
        ("under-\nstanding it", "understanding it"),
        ("a dash -\nand more", "a dash -\nand more"),
        ("a rule\n-----\nand more", "a rule\n-----\nand more"),
    ],
)
def test_divided_words(text, expected):
    assert parse("a.txt", text.encode()).text == expected


def test_markdown_stays_as_it_is():
    text = "a long agree-\nment\n"
    document = parse("a.md", text.encode())
    assert (document.kind, document.text) == ("markdown", text)


def test_form_feeds_are_page_breaks():
    document = parse("a.txt", b"First page ends\n\x0cin the second.\n\x0cThird.\n\x0c")
    assert document.text == "First page ends\nin the second.\nThird.\n"
    assert [document.text[page.start : page.end] for page in document.pages] == [
        "First page ends\n",
        "in the second.\n",
        "Third.\n",
    ]
    assert [page.number for page in document.pages] == [1, 2, 3]
    assert document.line_at(document.text.index("Third")) == 3
    assert document.text[slice(*document.sentences()[0])] == "First page ends\nin the second."
    assert parse("a.txt", b"no feeds").pages == ()


def test_a_bare_form_feed_parts_words():
    document = parse("a.txt", b"one\x0ctwo")
    assert document.text == "one two"
    assert document.page_at(document.text.index("two")) == 2


def test_ten_megabytes_load_in_about_a_second():
    line = b"The committee agreed to go on with the works in spite of the cost, and so it did.\n"
    data = line * (10_000_000 // len(line))
    begin = time.process_time()
    document = parse("big.txt", data)
    assert time.process_time() - begin < 4
    assert document.line_at(len(document.text) - 2) == len(data) // len(line)
