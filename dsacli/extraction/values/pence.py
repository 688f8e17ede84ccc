"""The parts of a pound: "50p", "12.3 pence", and shillings, whose sums are not read."""

import re
from collections.abc import Iterator
from decimal import Decimal

from dsacli.extraction.values.quantities import json_number
from dsacli.extraction.values.value import Value

# "1080p" is a picture's lines: whole pence are fewer than a pound.
_PENCE = re.compile(
    r"(?<![\w.,/$£€–−-])(?<![£$€][ ])(?:(?P<short>[1-9][0-9]?|[0-9]{1,3}\.[0-9]{1,2})p|(?P<long>[1-9][0-9]{0,3}(?:\.[0-9]{1,2})?)\s?pence)(?![\w]|[-–/][0-9])"
)
# "£1 2s 6d": what stands behind the pounds.
SHILLINGS = re.compile(r"[ \xa0]{1,2}[0-9]{1,2}(?:\s?s\.?,?\s?[0-9]{1,2}\s?[½¼¾]?\s?d|[sd])\b\.?")


def find_pence(text: str) -> Iterator[Value]:
    """Amounts in pence, as pounds."""
    for match in _PENCE.finditer(text):
        pounds = Decimal(match["short"] or match["long"]) / 100
        yield Value(*match.span(), {"amount": json_number(pounds), "currency": "GBP"})
