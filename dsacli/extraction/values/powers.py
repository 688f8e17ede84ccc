"""Powers of ten behind a figure: "3.2 × 10⁶", "3.2 x 10^6", "4.1e6"."""

import re
from decimal import Decimal

from dsacli.extraction.figures import Mark, amounts_of

_MARKS: tuple[Mark, ...] = (".", ",")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻−–", "0123456789+---")
_EXPONENT = r"(?:[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}| ?(?:\^|\*\*) ?[{(]?[-−–+]?[0-9]{1,2}[)}]?)"
_SPACE = r"[ \xa0\u2009\u202f]?"
# The last form has lost that its exponent is raised: it is taken, so that no part of it passes for a number.
POWER = (
    rf"(?:{_SPACE}[×xX·⋅∙*]{_SPACE}10{_EXPONENT}|[eE][-−+]?[0-9]{{1,2}}|{_SPACE}×{_SPACE}10(?:[-−–][1-9][0-9]?|[1-9]))"
    r"(?![\w^]|[.,][0-9])"
)
POWER_ALONE = rf"(?<![\w.,^×·⋅∙*])(?<![×·⋅∙*xX][ \xa0])10{_EXPONENT}(?![\w^]|[.,][0-9])"
_ITS_EXPONENT = re.compile(rf"(?:10(?P<raised>{_EXPONENT})|(?P<e>[eE])(?P<signed>[-−+]?)(?P<digits>[0-9]+))\Z")


def amounts_with_power(run: str, power: str, decimal: Mark | None) -> tuple[Decimal, ...]:
    """What a run of digits with a power of ten behind it means; nothing where that cannot be told from a code ("2E4").

    >>> amounts_with_power("3,2", " × 10⁶", None), amounts_with_power("2", "E4", None), amounts_with_power("3.2", " × 106", None)
    ((Decimal('3200000.0'),), (), ())
    """
    found = _ITS_EXPONENT.search(power)
    if not found:
        return ()
    seen = [mark for mark in _MARKS if mark in run]
    if found["e"] and not (seen or found["signed"] or (found["e"] == "e" and len(run) == 1)):
        return ()
    exponent = found["raised"] or found["signed"] + found["digits"]
    factor = Decimal(10) ** int(re.sub(r"[^0-9-]", "", exponent.translate(_RAISED)))
    return tuple(amount * factor for amount in amounts_of(run, seen[0] if len(seen) == 1 else decimal, "number"))
