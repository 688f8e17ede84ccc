"""What may be the value of a field."""

from dataclasses import dataclass
from typing import Any

from dsacli.engines.evidence import Evidence


@dataclass(frozen=True)
class Candidate:
    """A possible value of a field and the probability that an answer stands there.

    readings: all that it can mean, the likelier first; empty where it can mean one thing only
    """

    value: Any
    confidence: float
    evidence: Evidence
    readings: tuple[Any, ...] = ()
