"""A short run of mutated inputs, and those that failed once; `make fuzz` is the long run."""

import random

import pytest

from tests.fuzz import FAILURES, HERE, mutated, outcome, seeds_in

FILES = seeds_in([HERE / "cases", HERE.parent / "sample_docs"])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_mutated_inputs_are_documents_or_one_clear_line(file):
    rng = random.Random(file.name)
    for number in range(4 if file.suffix == ".pdf" else 20):
        data = mutated(rng, file.read_bytes(), rng.choice(FILES).read_bytes())
        assert outcome(f"fuzz{file.suffix}", data, seconds=60) is None, number


@pytest.mark.parametrize("file", sorted(FAILURES.glob("*")), ids=lambda file: file.name)
def test_what_failed_once_does_not_fail_again(file):
    assert outcome(f"fuzz{file.suffix}", file.read_bytes(), seconds=60) is None
