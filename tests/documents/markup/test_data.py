"""CSV, JSON and notebooks."""

import json
import time

import pytest

from dsacli.documents import parse

from .files import place


def test_each_row_of_a_csv_names_its_columns_and_stands_at_its_line():
    data = b'name;note;amount\n"Bob ""B""";"two\nlines | x";1\n\n5" pipe;x;2\n"stray;y;3\nz;;4\n'
    document = parse("a.csv", data)
    assert document.kind == "csv"
    assert document.text.split("\n") == [
        '| name: Bob "B" | note: two lines / x | amount: 1 |',
        '| name: 5" pipe | note: x | amount: 2 |',
        "| name: stray | note: y | amount: 3 |",
        "| name: z | note: | amount: 4 |",
    ]
    lines = [document.line_at(document.text.index(words)) for words in ("Bob", "pipe", "stray", "name: z")]
    assert lines == [2, 5, 6, 7] and document.place_at(0) is None


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_delimiters_and_encodings(delimiter, encoding):
    rows = [["term", "meaning"], ["café", "coffee"], ["thé", "tea, black"]]
    if delimiter == ",":
        rows[2][1] = '"tea, black"'
    data = "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)
    assert "| term: thé | meaning: tea, black |" in parse("a.csv", data).text


def test_rows_without_headings_and_text_without_columns():
    assert parse("a.csv", b"1,2,3\n4,5,6\n").text == "| 1 | 2 | 3 |\n| 4 | 5 | 6 |"
    assert parse("a.csv", b"Year,2022,2023\nAshby,12,13\n").text == "| Year: Ashby | 2022: 12 | 2023: 13 |"
    assert parse("a.csv", b"Just a line, with a comma\nand another\nand a third\n").kind == "text"


def test_a_hundred_thousand_rows():
    data = "id,customer,amount\n" + "".join(f"{number},Customer {number},{number}.50\n" for number in range(100_000))
    begin = time.process_time()
    document = parse("big.csv", data.encode())
    assert time.process_time() - begin < 10
    assert document.line_at(len(document.text) - 1) == 100_001


def test_json_in_lines_with_their_paths():
    value = {
        "company": "Ternhill Optics",
        "staff": [
            {"name": "Ann", "skills": ["a", "b"]},
            {"name": "Imre Sandoval", "role": "CEO", "salary": 1, "boss": None},
        ],
        "unit price": {"x-y": [[1, 2], [3]]},
        "note": "long " * 60,
    }
    document = parse("a.json", json.dumps(value).replace('"salary": 1', '"salary": 87.00').encode())
    for words, where in (
        ("company: Ternhill Optics", "$"),
        ("| staff 2, name: Imre Sandoval | role: CEO | salary: 87.00 |", "$.staff[1]"),
        ("staff 1, skills: a, b", "$.staff[0].skills"),
        ("unit price, x-y 2: 3", '$["unit price"]["x-y"][1]'),
        ("note: long long", "$.note"),
    ):
        assert place(document, words) == where, words


def test_json_lines_and_what_is_no_json():
    document = parse("a.jsonl", b'{"id": 1, "t": "x"}\n\n{"id": 2, "t": "y"}\n')
    assert place(document, "| id: 2 | t: y |") == "line 3"
    document = parse("a.json", b'{"broken": \n')
    assert (document.kind, document.warnings) == ("text", ("it is no valid JSON, and is read as plain text",))


def test_what_an_object_says_of_its_parts_stands_in_its_own_row():
    rows = [
        {"id": "S-1", "site": "Tory", "owner": {"name": "Bo", "tags": ["x"]}},
        {"id": "S-2", "owner": {"name": "Ines"}},
    ]
    lines = parse("a.json", json.dumps(rows).encode()).text.split("\n")
    assert lines[0] == "| id: S-1 | site: Tory |" and "owner, name: Bo" in lines
    assert lines[-1] == "| id: S-2 | owner name: Ines |"


def test_authors_and_units_of_latex():
    source = rb"\title{Tides}\author{Ann Low \and Bo High}\begin{document}\maketitle It is \SI{2.4}{\metre} high.\end{document}"
    assert parse("a.tex", source).text.split("\n\n") == ["Tides", "Ann Low, Bo High", "It is 2.4 metre high."]


def test_a_notebook_cell_by_cell():
    outputs = [
        {"output_type": "stream", "text": ["42\n"]},
        {"output_type": "display_data", "data": {"image/png": "aa", "text/plain": "a figure"}},
        {"output_type": "execute_result", "data": {"text/html": "<table><tr><th>a<th>b<tr><td>1<td>2</table>"}},
    ]
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", "Text here.\n"]},
        {"cell_type": "code", "source": "x = 1\nprint(x)", "outputs": outputs},
    ]
    document = parse("a.ipynb", json.dumps({"nbformat": 4, "cells": cells}).encode())
    assert document.kind == "notebook" and document.sections[0].title == "Title"
    assert place(document, "Text here.") == "cell 1"
    assert place(document, "x = 1\nprint(x)") == "cell 2"
    assert place(document, "42") == place(document, "| a: 1 | b: 2 |") == "cell 2, output"
    assert document.warnings == ("pictures are not read",)
