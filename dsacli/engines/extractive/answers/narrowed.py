"""Of an answer that goes on for a whole clause, the amount or the date that was asked for."""

import re
from dataclasses import replace

from dsacli.engines.evidence import evidence_at
from dsacli.engines.extractive.encode import EncodedContext
from dsacli.engines.results import Answer
from dsacli.engines.wording import single_line
from dsacli.extraction.values import find_values

# Words; what is longer is a clause, and people asked for a value.
_CLAUSE = 12
_ASKED = {
    "money": re.compile(
        r"\bhow much\b|\b(?:pays?|paid|costs?|charged?|charges|fees?|price|rent|fine|salary|worth)\b", re.IGNORECASE
    ),
    "date": re.compile(r"^\W*(?:and |since |until )?when\b|\b(?:what|which) (?:date|day)\b", re.IGNORECASE),
}


def narrowed(context: EncodedContext, question: str, answer: Answer) -> Answer:
    """The answer, or if it is long and holds one value of the kind that the question asks for, that value; its quotation stays."""
    place = answer.evidence[0]
    if len(answer.answer.split()) <= _CLAUSE:
        return answer
    kind = next((kind for kind, asks in _ASKED.items() if asks.search(question)), None)
    encoded = context.named(place.document)
    values = find_values(place.wording, kind, encoded.document.text) if kind else []
    if not values or any(value.normalised != values[0].normalised for value in values):
        return answer
    start, end = place.start + values[0].start, place.start + values[0].end
    evidence = evidence_at(encoded.document, encoded.sentences, start, end)
    return replace(answer, answer=single_line(evidence.wording), evidence=(evidence, *answer.evidence[1:]))
