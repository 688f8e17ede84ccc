"""The names of months in English and the languages of its neighbours.

A table of our own: a library of locales is several megabytes for these lines.
"""

from dsacli.extraction.values.value import any_of

ENGLISH = "january february march april may june july august september october november december"
_OTHERS = (
    "januar februar märz april mai juni juli august september oktober november dezember",
    "jänner feber maerz april mai juni juli august september oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "janeiro fevereiro marco abril maio junho julho agosto setiembre outubro novembro dezembro",
    "januar februar mars april mai juni juli august september oktober november desember",
    "januar februar marts april maj juni juli august september oktober november december",
    "januari februari mars april maj juni juli augusti september oktober november december",
)
# As statements and invoices shorten them; only beside a day, where "set" and "out" are no English words.
_SHORT = (
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "jän febr mär apr mai jun jul aug sept okt nov dez",
    "janv févr mrz avr mai juin juil août sept oct nov déc",
    "ene febr mzo abr mayo jun jul ago sept oct nov dic",
    "gen fev mrt apr mag giu lug ago set ott nov des",
    "jan fev mar abr mei jun jul ago set out nov dez",
)


def _numbered(lines: tuple[str, ...]) -> dict[str, int]:
    return {name: number for line in lines for number, name in enumerate(line.split(), 1)}


_FULL = _numbered((ENGLISH, *_OTHERS))
MONTHS = _numbered(_SHORT) | _FULL
# Beside a day; and beside a year alone, where names in full and English short ones are clear enough.
MONTH_BESIDE_DAY = any_of(MONTHS)
MONTH_BESIDE_YEAR = any_of([*_FULL, *_SHORT[0].split(), "sept"])
