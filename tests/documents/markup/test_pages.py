"""HTML and EPUB."""

import pytest

from dsacli.documents import parse

from .files import book, place

PAGE = """<!DOCTYPE html><html><head><title>Prices &amp; hours</title><style>body{x}</style><script>var price = "99 pounds"</script></head>
<body><nav><a href="/">Home</a></nav><h1>Visit</h1><p>An adult ticket costs &pound;12.50, says Ren&eacute;e.<p hidden>Not this.
<table><tr><th colspan=2>2022<th>2023<tr><th>Q1<th>Q2<th>Q1<tr><td rowspan=2>a<td>b<td>c<tr><td>d<td>e</table>
<table><tr><th>Landlord<td>Mrs Holt<tr><th>Tenant<td>Mr Loam</table>
<ol start=3><li>one<ul><li>deeper</ul><li>two</ol><p>First line<br>second line<pre>a
  b</pre>
<table><tr><td><h2>Layout</h2><p>A paragraph.<table><tr><td>K<td>L<td>M<tr><td>1<td>2<td>3</table>After it</td></tr></table>"""


def test_what_a_reader_of_the_page_sees():
    document = parse("a.html", PAGE.encode())
    assert document.kind == "html"
    assert [(each.title, each.level) for each in document.sections] == [
        ("Prices & hours", 1),
        ("Visit", 2),
        ("Layout", 3),
    ]
    assert document.text.split("\n\n") == [
        "Prices & hours",
        "Visit",
        "An adult ticket costs £12.50, says Renée.",
        "| 2022 Q1: a | 2022 Q2: b | 2023 Q1: c |\n| 2022 Q1: a | 2022 Q2: d | 2023 Q1: e |",
        "Landlord: Mrs Holt",
        "Tenant: Mr Loam",
        "3. one\n- deeper\n4. two",
        "First line\nsecond line",
        "a\n  b",
        "Layout",
        "A paragraph.",
        "| K: 1 | L: 2 | M: 3 |",
        "After it",
    ]


@pytest.mark.parametrize(
    "data",
    [
        "<p>Renée €".encode(),
        "<meta charset=windows-1252><p>Renée €".encode("cp1252"),
        "<meta charset=iso-8859-1><p>Renée €".encode("cp1252"),
        "<?xml version='1.0' encoding='iso-8859-15'?><html><p>Renée €".encode("iso-8859-15"),
        "<p>Renée €".encode("utf-16"),
        b"\xef\xbb\xbf" + "<p>Renée €".encode(),
        "<meta charset=windows-1252><p>Renée €".encode(),  # which is not what it says
    ],
)
def test_encodings(data):
    assert parse("a.html", data).text == "Renée €"


def test_a_page_is_known_by_its_content_and_text_that_only_ends_in_html_stays_text():
    assert parse("stdin", b" <!doctype HTML><p>x").kind == "html"
    assert parse("a.html", b"1 < 2\nin two lines").kind == "text"


def test_a_book_chapter_by_chapter():
    document = parse("a.epub", book())
    assert [each.title for each in document.sections] == ["The Road", "Salt", "Rain", "Home"]
    assert document.text.startswith("The Road\n\nBy Ann Low")
    assert place(document, "Elias Thorn") == "Chapter 1: Salt"
    assert place(document, "It rained on.") == "Chapter 2: Rain"
    assert place(document, "home by May") == "part 3"
