import time

import pytest

from dsacli.documents.sentences import LONGEST, split_sentences


def sentences(text: str, **options) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text, **options)]


@pytest.mark.parametrize(
    "parts",
    [
        ["Mr. Smith met Dr. Jones.", "They spoke."],
        ["Acme Inc. announced a loss.", "Nobody minded."],
        ["It was bought by Acme Inc.", "The price was low."],
        ["It moved to the U.S. in May.", "It stayed."],
        ["It moved to the U.S.", "The move took a year."],
        ["See Fig. 3 and Sec. 4.2 for No. 7.", "Then go on."],
        ["The answer is no.", "Next question."],
        ["Use a tool, e.g. A hammer, i.e. This one.", "Done."],
        ["Cats vs. Dogs was close.", "Dogs won."],
        ["J. R. R. Tolkien wrote it.", "We read it."],
        ["It cost $3.5 million in 2019.", "It was 4.75% too much."],
        ["Pi is 3.14159 or so.", "So they say."],
        ["Wait... what?", "Nothing."],
        ["He stopped…", "Then he went on."],
        ['"Is it?" she asked.', '"It is."', "They left."],
        ["(This is aside.)", "This is not."],
        ["It holds [Smith 2001].", "It was shown twice.[3]", "And again.[4][5]", "End."],
        ["Stop!", "Who goes there?!", "Me."],
        ["3.2 Scope of the works.", "All works count."],
        ["We left at 5 p.m. on Friday.", "It rained."],
        ["The meeting was on 5 Jan. 2020.", "It was short."],
        ["これは文です。", "次の文です。"],
        ["‘Go,’ he said.", "‘Now.’", "She went."],
    ],
    ids=lambda parts: parts[0][:24],
)
def test_sentences_on_one_line(parts):
    separator = "" if parts[0].endswith("。") else " "
    assert sentences(separator.join(parts)) == parts


def test_wrapped_lines_are_read_on():
    text = "The committee met in the long\nand difficult spring. It agreed\nthat Geneva was too far."
    assert sentences(text) == [
        "The committee met in the long\nand difficult spring.",
        "It agreed\nthat Geneva was too far.",
    ]


def test_blank_lines_headings_and_items_are_boundaries():
    text = "TERMS\n\nWe agree on\n- the price\n- the date of\n  delivery\n1. first\n(b) second\n\nEnd"
    assert sentences(text) == [
        "TERMS",
        "We agree on",
        "- the price",
        "- the date of\n  delivery",
        "1. first",
        "(b) second",
        "End",
    ]


def test_a_heading_stands_alone_when_it_is_known():
    text = "The scope of it\nis wide and the words of it are many, as anybody can see here."
    assert sentences(text, headings={0})[0] == "The scope of it"


def test_turns_of_a_transcript():
    text = (
        "MS. RIVERA: I was there\nuntil nine. I left.\nTHE COURT: Who else?\n"
        "Mr. Hale (by phone): Nobody.\nQ. Sure?\nA. Yes."
    )
    assert sentences(text) == [
        "MS. RIVERA: I was there\nuntil nine.",
        "I left.",
        "THE COURT: Who else?",
        "Mr. Hale (by phone): Nobody.",
        "Q. Sure?",
        "A. Yes.",
    ]


@pytest.mark.parametrize(
    "row", ["North\t1,204\t1,377", "North   1,204   1,377", "| North | 1,204 |", "north,1204,1377,x"]
)
def test_rows_of_a_table_are_one_each(row):
    assert sentences(f"{row}\n{row}\n{row}") == [row] * 3


def test_short_lines_were_broken_on_purpose():
    text = "Jane Doe\n12 Main Street\nSpringfield\n\n" + "A line of prose that is as long as lines are here\n" * 12
    assert sentences(text)[:3] == ["Jane Doe", "12 Main Street", "Springfield"]


def test_every_line_can_be_a_unit():
    assert sentences("One two\nthree four. Five", every_line=True) == ["One two", "three four.", "Five"]


def test_no_sentence_is_longer_than_the_limit():
    for text in ("word, and " * 2000, "word and " * 2000, "x" * 10_000):
        found = split_sentences(text)
        assert all(0 < end - start <= LONGEST for start, end in found)
        assert "".join(text[start:end] for start, end in found).replace(" ", "") == text.replace(" ", "")
    assert all(part.endswith(",") for part in sentences("word, and " * 2000)[:-1])


def test_bounds_are_trimmed_ordered_and_apart():
    text = "  One.  Two.\n\n\n  Three \n four.\t\n\nA; b.  "
    found = split_sentences(text)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in found)
    assert all(a[1] <= b[0] for a, b in zip(found, found[1:]))
    assert split_sentences("") == split_sentences(" \n\t ") == []


HOSTILE = {
    "prose": "The cost of $3.5 million, said Dr. Smith (see Sec. 3.2),\nwas too high. It was cut.\n",
    "stops": ".",
    "spaced stops": ". ",
    "one word": "a",
    "spaces": " ",
    "newlines": "\n",
    "brackets": '(["',
    "capitals": "A B ",
    "bars": "|",
    "commas": "a,",
    "initials": "A.",
    "loud lines": "A" * 500 + "\n",
    "loud words": "A A A " * 20 + "\n",
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
def test_time_is_linear(unit):
    text = unit * (1_000_000 // len(unit))
    begin = time.process_time()
    split_sentences(text)
    assert time.process_time() - begin < 3
