"""Small inputs of kinds that people complain about (`cases/README.md`), every line of `cases/cases.jsonl` through the command line.

What counts as right: an answer that holds the wanted words, and no other figure where they are one, and is at most three times
their length, or ten words where that is more, and where `all` are wanted, each of them such an answer or item of a list; a value
that equals the wanted one after normalisation; of what has to be said, each word in `warnings` and on stderr, from the cache too.
"""

import json
import re
from pathlib import Path

import pytest

from dsacli.engines.wording import answer_key

pytestmark = pytest.mark.usefixtures("all_cores")
CASES = Path(__file__).resolve().parent / "cases"
ROWS = [json.loads(line) for line in (CASES / "cases.jsonl").open(encoding="utf-8")]
# Of all of them, and of a kind, the share that must be right.
ALL, KINDS = 0.9, {"everyday": 0.85}
# Nothing that is wrong may be surer than this.
SURE = 0.6


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


def equal(value: object, wanted: object) -> bool:
    """Whether a value is the wanted one: of an amount of money, amount and currency."""
    if isinstance(value, dict) and isinstance(wanted, dict):
        return all(value.get(key) == part for key, part in wanted.items())
    return value == wanted


@pytest.fixture(scope="module")
def outcomes(cli) -> list[tuple[bool, float, str]]:
    """Of every case: whether it is right, how sure the program was, and what it said."""

    def objects(*arguments: object) -> list[dict]:
        return [json.loads(line) for line in cli(*arguments, "--json", "--quiet", code=None).stdout.splitlines()]

    found = []
    for case in ROWS:
        document = CASES / case["file"]
        if "ask" in case:
            (result,) = objects("ask", document, case["ask"])
            right, sure, said = is_right(answered(result), case), result["confidence"], answered(result)
        elif "extract" in case:
            (result,) = objects("extract", document, "--field", f"{case['extract']}:{case['type']}")
            ((value,), (field,)) = result["values"].values(), result["fields"]
            right, said = equal(value, case["right"]), value
            sure = field["confidence"] if value is not None else None
        else:
            (result,) = objects("inspect", document)
            said = [*result["warnings"], *(cli("ask", document, "Who?", "--quiet", code=None).stderr for _ in range(2))]
            right, sure = all(word in each for word in case.get("warns", ()) for each in said), None
            if "label" in case:
                said = result["documents"][0]["page_labels"]
                right = case["label"] in said
        asked = case.get("ask") or case.get("extract") or case["inspect"]
        found.append((right, sure or 0.0, f"{case['kind']} | {case['file']} | {asked} | {said} | {sure}"))
    return found


def test_nine_of_ten_cases_are_right(outcomes):
    shown = "\n" + "\n".join(f"{'right' if right else 'WRONG'} | {said}" for right, _, said in outcomes)
    print(shown)
    assert sum(right for right, _, _ in outcomes) >= ALL * len(outcomes), shown
    for kind, bar in KINDS.items():
        here = [right for (right, _, _), case in zip(outcomes, ROWS) if case["kind"] == kind]
        assert sum(here) >= bar * len(here), shown


def test_nothing_that_is_wrong_is_said_with_confidence(outcomes):
    assert [said for right, sure, said in outcomes if not right and sure > SURE] == []
