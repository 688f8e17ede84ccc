import numpy as np
import pytest

from dsacli.training.calibrate import auroc, calibration_error
from dsacli.training.evaluate import TABLE, evaluate, recalls, table_line
from dsacli.training.metrics import exact, f1


def test_f1_is_squads():
    assert f1("the Old Mill.", ("old mill",)) == 1.0
    assert f1("old mill on the Esk", ("the old mill", "a bridge")) == pytest.approx(2 * 2 / (4 + 2))
    assert f1("bridge", ("old mill",)) == 0.0
    assert exact("The old mill!", ("old mill",)) and not exact("old mills", ("old mill",))


def test_recall_counts_ranks_from_zero():
    assert recalls([0, 4, 5, 20]) == {"R@1": 0.25, "R@5": 0.5, "R@16": 0.75}


def test_auroc_of_perfect_random_and_tied_scores():
    right = np.array([True, True, False, False])
    assert auroc(np.array([0.9, 0.8, 0.2, 0.1]), right) == 1.0
    assert auroc(np.array([0.1, 0.2, 0.8, 0.9]), right) == 0.0
    assert auroc(np.ones(4), right) == 0.5


def test_calibration_error_of_honest_and_boastful_confidence():
    right = np.array([True, False] * 50)
    assert calibration_error(np.full(100, 0.5), right) == pytest.approx(0.0)
    assert calibration_error(np.full(100, 0.95), right) == pytest.approx(0.45)


def test_evaluate_prints_a_row_per_source_that_has_questions(model, data):
    rows = list(evaluate(model.reader, model.tokenizer, data, questions=0))
    ((source, row),) = rows
    assert (source, row.questions) == ("new_wiki", 6)
    assert row.f1 > 60 and row.recall["R@5"] > 0.8 and row.selected == 1.0
    assert table_line(source, row).startswith("new_wiki")


def test_what_is_not_asked_for_is_not_computed(model, data):
    ((_, found),) = evaluate(model.reader, model.tokenizer, data, questions=2, answers=False)
    ((source, read),) = evaluate(model.reader, model.tokenizer, data, questions=2, haystack=False)
    assert (found.questions, found.f1, found.selected, read.recall) == (2, None, None, None)
    assert found.recall and read.f1 is not None
    assert len(table_line(source, read)) == len(TABLE.split("\n")[1]) and "-" in table_line(source, read)
