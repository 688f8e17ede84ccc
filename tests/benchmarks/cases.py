"""The questions and fields of `tests/cases`, one a call, by a model of one's own: how many are right, wrong, doubted or not found.

    python tests/benchmarks/cases.py MODEL [--kind everyday,amounts] [--task ask|extract]

What counts as right is as in `tests/test_cases.py`; an answer that says "not borne out" is doubted, right or not.
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from typer.testing import CliRunner

from dsacli.cli import app

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.test_cases import CASES, ROWS, answered, equal, is_right


def outcome(case: dict, task: str, model: str) -> tuple[str, object]:
    """What became of a case, and what was said."""
    document, asked = str(CASES / case["file"]), case[task]
    about = [asked] if task == "ask" else ["--field", f"{asked}:{case['type']}"]
    done = CliRunner().invoke(app, [task, document, *about, "--model", model, "--json", "--quiet"])
    if done.exit_code not in (0, 3):
        raise SystemExit(done.stderr)
    result = json.loads(done.stdout)
    if task == "extract":
        (value,) = result["values"].values()
        return "right" if equal(value, case["right"]) else "not found" if value is None else "wrong", value
    found = answered(result)
    if any(answer["borne_out"] is False for answer in result["answers"]):
        return "doubted", found
    return "right" if is_right(found, case) else "wrong" if found else "not found", found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("model")
    options.add_argument("--kind")
    options.add_argument("--task", choices=("ask", "extract"), default="ask")
    given = options.parse_args()
    counts = Counter[str]()
    for case in ROWS:
        if given.task in case and (not given.kind or case["kind"] in given.kind.split(",")):
            became, said = outcome(case, given.task, given.model)
            counts[became] += 1
            print(f"{became:<10} {case['kind']:<12} {case['file']:<18} {case[given.task]}: {said}", flush=True)
    print(", ".join(f"{count} {became}" for became, count in counts.most_common()), "of", counts.total())


if __name__ == "__main__":
    main()
