import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest

from dsacli.engines.extractive.extract import Extracted
from dsacli.extraction.fields import Field
from dsacli.extraction.values import normalise
from dsacli.reader.loading import load_model
from dsacli.training import parity
from dsacli.training.calibrate import auroc, calibration_error
from dsacli.training.evaluate import TABLE, evaluate, recalls, table_line
from dsacli.training.extraction import extraction_figures, is_right, make_document
from dsacli.training.facts import fill
from dsacli.training.forms import KINDS
from dsacli.training.held_out import FACTS, MAKERS
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


@pytest.mark.precision("float32", "bfloat16")
def test_evaluate_prints_a_row_per_source_that_has_questions(model, data):
    rows = list(evaluate(model, data, questions=0))
    ((source, row),) = rows
    assert (source, row.questions) == ("new_wiki", 6)
    assert row.f1 > 60 and row.recall["R@5"] > 0.8 and row.selected == 1.0
    assert table_line(source, row).startswith("new_wiki")


@pytest.mark.precision("float32", "bfloat16")
def test_with_every_token_selected_the_answers_are_those_of_dense_attention_at_its_cost(data, monkeypatch):
    monkeypatch.setattr(parity, "DOCUMENT_TOKENS", range(20, 500))
    model = load_model()
    model.reader.config = replace(model.reader.config, index_radius=2)
    points = parity.parity(model, data, 0, topks=(8, 400, None))
    assert [p.index_topk for p in points] == [8, 400, None]
    assert points[0].attention_flops < points[1].attention_flops == points[2].attention_flops
    assert points[1].f1 == points[2].f1 > 60


def test_made_documents_ask_for_what_they_hold_and_for_what_they_do_not():
    rng = np.random.default_rng(0)
    for _ in range(20):
        made = make_document(rng, ["It rained.", "Nobody came."])
        held = [wanted for _, wanted, _ in made.fields if wanted is not None]
        assert "It rained." in made.text and "{" not in made.text
        assert held and all(wanted in made.text for wanted in held)
        assert len(held) < len(made.fields)


def test_every_slot_of_the_held_out_templates_can_be_filled_and_read():
    rng = np.random.default_rng(0)
    for wordings, fields in FACTS:
        for wording in wordings:
            values = fill(rng, wording, MAKERS)
            text = wording.format(**values)
            for name, kind, slot in fields:
                wanted = values[slot]
                assert wanted in text, name
                value = wanted if kind == "text" else normalise(wanted, kind)
                assert value is not None and is_right(Extracted(Field(name, kind), value, wanted, 1.0), wanted)


def test_the_held_out_templates_are_not_those_of_training():
    trained = {wording for wordings, _ in KINDS for wording in wordings}
    assert not trained & {wording for wordings, _ in FACTS for wording in wordings}


def test_the_held_out_documents_are_the_ones_that_were_always_measured():
    rng = np.random.default_rng(0)
    made = [make_document(rng, ["It rained.", "Nobody came."]) for _ in range(50)]
    rows = [[each.text, [[field.name, field.type, wanted] for field, wanted, _ in each.fields]] for each in made]
    digest = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    assert digest == "df351c5e91ebb536550a02e09979b5c5828bbd240305a4e3a8b14492fdbbdec3"


@pytest.mark.slow
@pytest.mark.precision("float32", "bfloat16")
def test_extraction_is_counted(model, data):
    figures = extraction_figures(model, data, documents=1)
    assert figures.documents == 1 and 0 <= figures.exact <= 1 and 0 <= figures.null <= 1


def test_what_is_not_asked_for_is_not_computed(model, data):
    ((_, found),) = evaluate(model, data, questions=2, answers=False)
    ((source, read),) = evaluate(model, data, questions=2, haystack=False)
    assert (found.questions, found.f1, found.selected, read.recall) == (2, None, None, None)
    assert found.recall and read.f1 is not None
    assert len(table_line(source, read)) == len(TABLE.split("\n")[1]) and "-" in table_line(source, read)
