"""Facts in several wordings, read from `templates/`, and how their slots are filled.

A folder of `templates/` holds two files. `facts.txt`: entries with a blank line between them, each one wording a line (`\\n`
stands for a line break in it), then, indented, `slot: query`. `words.ini`: lists of words by name, in any sections.
A slot is the name of a maker in braces, with a digit behind it where one wording needs several: {date}, {date2}.
"""

import re
from collections.abc import Callable
from configparser import ConfigParser
from importlib.resources import files
from typing import NamedTuple

import numpy as np

Rng = np.random.Generator
Maker = Callable[[Rng], str]
SLOT = re.compile(r"\{([\w-]+)\}")
SMALL = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
 eighteen nineteen twenty""".split()
SPELLED = dict(enumerate(SMALL)) | {30: "thirty", 40: "forty", 60: "sixty", 90: "ninety"}


class Fact(NamedTuple):
    """Wordings of the same facts, and (slot, query): questions whose answer the slot is, or names of fields."""

    wordings: list[str]
    queries: list[tuple[str, str]]


def read(folder: str, name: str) -> str:
    """A file of a folder of templates."""
    return (files("dsacli.training") / "templates" / folder / name).read_text(encoding="utf-8")


def load_facts(folder: str) -> list[Fact]:
    """The entries of a folder's `facts.txt`, in order; lines that begin with # are headings."""
    found = []
    for entry in re.sub(r"(?m)^#.*\n+", "", read(folder, "facts.txt")).rstrip().split("\n\n"):
        lines = entry.split("\n")
        queries = [line.strip().partition(": ") for line in lines if line.startswith(" ")]
        wordings = [line.replace(r"\n", "\n") for line in lines if not line.startswith(" ")]
        found.append(Fact(wordings, [(slot, text) for slot, _, text in queries]))
    return found


def load_words(folder: str) -> dict[str, list[str]]:
    """The lists of a folder's `words.ini` by name."""
    parser = ConfigParser(interpolation=None, delimiters=("=",))
    parser.read_string(read(folder, "words.ini"))
    lists = {name: text for section in parser.sections() for name, text in parser[section].items()}
    return {name: [entry.strip().strip('"') for entry in text.split("|")] for name, text in lists.items()}


def word_makers(words: dict[str, list[str]]) -> dict[str, Maker]:
    """A maker for each list of words, which draws one of them.

    Slots of entries are filled from the same dictionary, in all entries before one of them is drawn: so the texts were made
    that the shipped reader learned from.
    """
    makers: dict[str, Maker] = {}

    def filled(rng: Rng, entry: str) -> str:
        def value(slot: re.Match[str]) -> str:
            low, _, high = slot[1].partition("-")
            return str(rng.integers(int(low), int(high) + 1)) if high else makers[low](rng)

        return SLOT.sub(value, entry)

    def maker(entries: list[str]) -> Maker:
        if any(map(SLOT.search, entries)):
            return lambda rng: pick(rng, [filled(rng, entry) for entry in entries])
        return lambda rng: pick(rng, entries)

    makers.update({name: maker(entries) for name, entries in words.items()})
    return makers


def pick(rng: Rng, values: list[str]) -> str:
    """A random element."""
    return values[int(rng.integers(len(values)))]


def fill(rng: Rng, wording: str, makers: dict[str, Maker]) -> dict[str, str]:
    """A value for each slot of a wording, no two alike."""
    values: dict[str, str] = {}
    for slot in dict.fromkeys(SLOT.findall(wording)):
        made = None
        while made is None or made in values.values():
            made = makers[slot.rstrip("0123456789")](rng)
        values[slot] = made
    return values


def counted(number: int, unit: str, spelled: dict[int, str]) -> tuple[str, str, str]:
    """A number with its unit in figures, in words and in both; all in figures where it isn't spelled.

    >>> counted(3, "years", SPELLED)
    ('3 years', 'three years', 'three (3) years')
    """
    figures, word = f"{number} {unit}", spelled.get(number)
    return (figures, f"{word} {unit}", f"{word} ({number}) {unit}") if word else (figures,) * 3
