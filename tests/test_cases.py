"""Small inputs of kinds that people complain about: values under headings, cells of a table, everyday fields of a contract.

What counts as right: an answer that holds the wanted words and is at most three times their length, or ten words where that
is more; a value that equals the wanted one after normalisation.
"""

import json
from pathlib import Path

import pytest

from dsacli.engines.wording import answer_key

pytestmark = pytest.mark.usefixtures("all_cores")
CASES = Path(__file__).resolve().parent / "cases"
# "Who are the parties?" asks for all of them, which is a form of answer of its own.
ASKED = [case for case in map(json.loads, (CASES / "cases.jsonl").open(encoding="utf-8")) if not case.get("all")]
BAR = 0.75


def is_right(found, right: list[str]) -> bool:
    """Whether an answer is one of the right ones, by the words above."""
    words = answer_key(found or "").split()
    return any(
        answer_key(wanted) in " ".join(words) and len(words) <= max(10, 3 * len(answer_key(wanted).split()))
        for wanted in right
    )


def test_cases_are_answered_right(objects):
    rows = []
    for case in ASKED:
        document = CASES / case["file"]
        if "ask" in case:
            (result,) = objects("ask", document, case["ask"], code=None)
            rows.append((is_right(result["answer"], case["right"]), case["ask"], result["answer"]))
        else:
            (result,) = objects("extract", document, "--field", f"{case['extract']}:{case['type']}", code=None)
            (value,) = result["values"].values()
            rows.append((value == case["right"], case["extract"], value))
    shown = "\n" + "\n".join(" | ".join(map(str, row)) for row in rows)
    print(shown)
    assert len(rows) == 9
    assert sum(right for right, *_ in rows) >= BAR * len(rows), shown
