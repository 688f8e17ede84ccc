"""The command that prints what is known of a model, and its picture."""

import re

import pytest
from typer.testing import CliRunner

from dsacli.training.__main__ import app
from dsacli.training.parity import Point
from dsacli.training.report import dense_lines, draw

POINTS = [
    Point(256, 40.0, 1e9, 5e9),
    Point(2048, 61.2, 8e9, 4e10),
    Point(None, 61.5, 9e10, 2e11),
]


@pytest.mark.precision("float32", "bfloat16")
def test_one_part_alone(data):
    result = CliRunner().invoke(app, ["evaluate", "--data", str(data), "--part", "index"], catch_exceptions=False)
    assert result.exit_code == 0
    row = result.output.splitlines()[-1].split("|")
    assert row[0].split() == ["new_wiki", "6"] and row[1].split() == ["-", "-"] and "1.000" in row[2]


def test_a_part_that_there_is_not_is_a_usage_error(data):
    assert CliRunner().invoke(app, ["evaluate", "--data", str(data), "--part", "speed"]).exit_code == 2


def test_dense_is_the_line_with_every_token():
    lines = list(dense_lines(POINTS))
    assert len(lines) == 4
    assert re.fullmatch(r" +L +61\.5 +9\.000e\+10 +2\.000e\+11", lines[3])


def test_the_picture_has_both_curves(tmp_path):
    pytest.importorskip("matplotlib")
    path = tmp_path / "k.svg"
    draw(POINTS, path)
    picture = path.read_text()
    assert picture.startswith("<?xml") and "L (dense)" in picture and "answer F1" in picture
    assert "GFLOPs a question" in picture
