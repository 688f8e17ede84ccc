"""Values of a workbook as its number formats show them, as far as that is part of what they say: decimals, percent, currency."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

_LITERALS = re.compile(r'"[^"]*"|\\.|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|_.|\*.')
_CURRENCY = re.compile(r'\[\$([^\]-]+)[^\]]*\]|"([^"\d]{1,4})"|([$€£¥])')


def shown(value: Any, number_format: str) -> str:
    """A cell's value as a person reads it; dates as ISO.

    >>> shown(0.125, "0.0%"), shown(6200, '"€"#,##0.00'), shown(1.50000000001, "General")
    ('12.5%', '€6,200.00', '1.5')
    """
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "minutes")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (int, float)):
        return _number(value, number_format.split(";")[0])
    return str(value)


def _number(value: float, number_format: str) -> str:
    plain = _LITERALS.sub("", number_format)
    digits = re.search(r"[#0?][#0?,]*(?:\.([0#?]+))?", plain)
    if not digits or plain.lower() == "general" or "E" in plain or "/" in plain:
        return f"{value:.11g}" if isinstance(value, float) else str(value)
    percent = "%" in plain
    decimals = min(15, (digits[1] or "").count("0"))
    most = min(15, len(digits[1] or ""))
    text = f"{value * (100 if percent else 1):{',' if ',' in digits[0] else ''}.{most}f}"
    if most > decimals:
        whole, _, fraction = text.partition(".")
        fraction = fraction[:decimals] + fraction[decimals:].rstrip("0")
        text = f"{whole}.{fraction}" if fraction else whole
    zeros = re.match(r"0{2,15}$", plain)
    text = text.zfill(len(zeros[0])) if zeros else text  # 00042 is a code
    sign = _CURRENCY.search(number_format)
    symbol = next(filter(None, sign.groups()), "").strip() if sign else ""
    if symbol and sign:
        before = sign.start() < (re.search(r"[#0?]", number_format) or sign).start()
        gap = " " if len(symbol) > 1 or not before else ""
        text = f"{symbol}{gap}{text}" if before else f"{text}{gap}{symbol}"
    return f"{text}%" if percent else text
