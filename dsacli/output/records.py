"""Results as records for scripts: JSON types by the schemas in docs/schemas, and CSV rows."""

import csv
import dataclasses
import sys
from functools import singledispatch
from typing import Any

from dsacli.engines.evidence import Evidence
from dsacli.engines.results import (
    Answer,
    AskResult,
    ExtractResult,
    InspectResult,
    Measure,
    SummarizeResult,
    Tokenwise,
)
from dsacli.engines.savings import Cost, Savings
from dsacli.output import SCHEMA_VERSION


@singledispatch
def record(result: Any) -> dict[str, Any]:
    """A result as JSON types, by its schema in docs/schemas."""
    return dataclasses.asdict(result)


@record.register
def _(result: AskResult) -> dict[str, Any]:
    answers, candidates = (
        [answer_record(each, result.measure) for each in some] for some in (result.answers, result.candidates)
    )
    best = (
        answers[0]
        if answers
        else {"answer": None, result.measure: None, "evidence": [], "items": [], "replaces": None, "borne_out": None}
    )
    return {
        "schema_version": SCHEMA_VERSION,
        "task": "ask",
        "document": result.document,
        "question": result.question,
        "want": result.want,
        "found": result.found,
        "error": result.error,
        **best,
        "answers": answers,
        "candidates": candidates,
        "savings": record(result.savings) if result.savings else None,
    }


def answer_record(answer: Answer, measure: Measure) -> dict[str, Any]:
    """An answer with its items and what it replaces, which are of the same form."""
    return {
        "answer": answer.answer,
        measure: None if answer.score is None else rounded(answer.score),
        "evidence": [record(each) for each in answer.evidence],
        "items": [answer_record(each, measure) for each in answer.items],
        "replaces": answer_record(answer.replaces, measure) if answer.replaces else None,
        "borne_out": answer.borne_out,
    }


@record.register
def _(result: SummarizeResult) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "task": "summarize",
        "document": result.document,
        "focus": result.focus,
        "found": result.found,
        "summary": " ".join(s.text for part in result.parts for s in part.sentences),
        "parts": [
            {
                "section": part.title,
                "sentences": [
                    {
                        "text": s.text,
                        result.measure: None if s.score is None else rounded(s.score),
                        "evidence": [record(s.evidence)],
                        "borne_out": s.borne_out,
                    }
                    for s in part.sentences
                ],
            }
            for part in result.parts
        ],
        "savings": record(result.savings),
    }


@record.register
def _(result: ExtractResult) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "task": "extract",
        "document": result.document,
        "found": result.found,
        "values": {f.field.name: f.value for f in result.fields},
        "fields": [
            {
                "name": f.field.name,
                "type": f.field.type,
                "value": f.value,
                "readings": list(f.readings),
                "text": f.text,
                "computed": f.computed,
                result.measure: None if f.score is None else rounded(f.score),
                "evidence": [record(e) for e in f.evidence],
            }
            for f in result.fields
        ],
        "savings": record(result.savings),
    }


@record.register
def _(result: InspectResult) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "task": "inspect",
        "documents": [dataclasses.asdict(document) for document in result.documents],
        "index_topk": result.index_topk,
        "estimate": {"flops": record(result.flops), "memory_bytes": record(result.memory)},
        "document_pass": dataclasses.asdict(result.document_pass),
        **({"tokenwise": record(result.tokenwise)} if result.tokenwise else {}),
    }


@record.register
def _(costs: Tokenwise) -> dict[str, Any]:
    return {name: record(getattr(costs, name)) for name in ("prefill_flops", "decode_flops", "cache_bytes")}


@record.register
def _(evidence: Evidence) -> dict[str, Any]:
    return dataclasses.asdict(evidence)


@record.register
def _(cost: Cost) -> dict[str, Any]:
    return {"dense": cost.dense, "dsa": cost.dsa, "ratio": rounded(cost.ratio)}


@record.register
def _(savings: Savings) -> dict[str, Any]:
    return {
        "context_tokens": savings.context_tokens,
        "selected_tokens": savings.selected_tokens,
        "flops": record(savings.flops) if savings.flops.dense or not savings.served else None,
        "memory_bytes": record(savings.memory) if savings.memory.dense or not savings.served else None,
        "seconds": rounded(savings.seconds),
        "peak_memory_bytes": savings.peak_memory,
        "document_pass": dataclasses.asdict(savings.document_pass),
        "dense_run": dataclasses.asdict(savings.dense_run) if savings.dense_run else None,
        "served": savings.served,
    }


def rounded(number: float) -> float:
    """Four decimals, enough for every figure that is not a count."""
    return round(float(number), 4)


def write_csv(result: ExtractResult, header: bool) -> None:
    """A row per document: its name, then the fields; money as "1250000 EUR", null as an empty cell."""
    rows = csv.writer(sys.stdout, lineterminator="\n")
    if header:
        rows.writerow(["document", *(f.field.name for f in result.fields)])
    rows.writerow([result.document, *(cell(f.value) for f in result.fields)])


def cell(value: Any) -> str:
    """A field's value in one cell."""
    if isinstance(value, dict):
        return f"{value['amount']} {value['currency'] or ''}".rstrip()
    return "" if value is None else str(value)
