"""Small inputs of kinds that people complain about: values under headings, cells of a table, everyday questions and fields.

What counts as right: an answer that holds the wanted words, and no other figure where they are one, and is at most three times
their length, or ten words where that is more, and where `all` are wanted, each of them such an answer or item of a list; a value
that equals the wanted one after normalisation.
"""

import json
import re
from pathlib import Path

import pytest

from dsacli.engines.wording import answer_key

pytestmark = pytest.mark.usefixtures("all_cores")
CASES = Path(__file__).resolve().parent / "cases"
ASKED = [json.loads(line) for line in (CASES / "cases.jsonl").open(encoding="utf-8")]
# Of each kind, the share that must be right.
BARS = {"everyday": 0.85, "tables and headings": 0.75}


def is_right(found: list[str], case: dict) -> bool:
    """Whether answers are the right ones, by the words above."""
    held = [any(holds(answer, wanted) for answer in found) for wanted in case["right"]]
    return all(held) if case.get("all") else any(held)


def holds(answer: str, wanted: str) -> bool:
    words, right = answer_key(answer).split(), answer_key(wanted).split()
    of_figures = not re.search("[a-z]", answer_key(wanted))
    other = of_figures and set(re.findall(r"\d+", answer)) - set(re.findall(r"\d+", wanted))
    return f" {' '.join(right)} " in f" {' '.join(words)} " and len(words) <= max(10, 3 * len(right)) and not other


def answered(result: dict) -> list[str]:
    """The answers of a question, of a list its items."""
    return [item["answer"] for answer in result["answers"] for item in (answer["items"] or [answer])]


def test_cases_are_answered_right(objects):
    rows = []
    for case in ASKED:
        document = CASES / case["file"]
        if "ask" in case:
            (result,) = objects("ask", document, case["ask"], code=None)
            found = answered(result)
            rows.append((is_right(found, case), case["kind"], case["ask"], found))
        else:
            (result,) = objects("extract", document, "--field", f"{case['extract']}:{case['type']}", code=None)
            (value,) = result["values"].values()
            rows.append((value == case["right"], case["kind"], case["extract"], value))
    shown = "\n" + "\n".join(" | ".join(map(str, row)) for row in rows)
    print(shown)
    assert len(rows) == 17
    for kind, bar in BARS.items():
        right = [row[0] for row in rows if row[1] in kind]
        assert sum(right) >= bar * len(right), shown
