from dsacli.documents import parse


def titles(document):
    return [(section.title, section.level) for section in document.sections]


def test_markdown_headings():
    text = "Title\n=====\n\ntext\n\n## Two ##\n\n```\n# not this\n```\n\nThree\n-----\n\n- item\n---\n#nor this\n"
    document = parse("a.markdown", text.encode())
    assert titles(document) == [("Title", 1), ("Two", 2), ("Three", 2)]
    assert document.text[document.sections[1].start :].startswith("## Two")
    assert document.section_at(document.text.index("item")) == "Three"
    assert document.sections[0].end == len(document.text)


def test_headings_of_plain_text():
    text = """PART I

ARTICLE IV. TERMS

4.1 Payment of rent

The rent is due. Section 5 of the Act
says so.

4.2 Deposit

1. Buy milk.

2. Buy eggs.

GENERAL REMARKS

NAME: not a heading

2,104 USD
"""
    document = parse("a.txt", text.encode())
    assert titles(document) == [
        ("PART I", 1),
        ("ARTICLE IV. TERMS", 2),
        ("4.1 Payment of rent", 4),
        ("4.2 Deposit", 4),
        ("GENERAL REMARKS", 3),
    ]
    assert document.section_at(document.text.index("says so")) == "4.1 Payment of rent"


def test_underlined_titles_of_rst():
    document = parse("a.rst", b"Intro\n=====\n\nText.\n\nMore\n----\n\nText.\n")
    assert titles(document) == [("Intro", 1), ("More", 2)]
