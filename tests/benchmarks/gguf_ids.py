"""Token ids of a GGUF file's tokenizer, ours beside llama.cpp's, on lines in many scripts.

    python tests/benchmarks/gguf_ids.py MODEL.gguf [--lines 10000] [--texts documents.jsonl.gz ...]

Half of the lines are those of the texts (plain, JSON lines, or either with gzip), the other half are made: words of
every script that Unicode has, emoji that are joined, marks that combine, numbers, runs of spaces, code, control
characters, control tokens. Needs `llama_cpp` (pip install llama-cpp-python), of whose models only the vocabulary is
loaded. Prints how many lines agree, and the first that do not.
"""

import argparse
import gzip
import json
import random
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from dsacli.models.io.gguf import Gguf
from dsacli.models.io.gguf_tokenizer import read_gguf_tokenizer
from dsacli.models.io.gguf_vocabulary import CONTROL, read_vocabulary

SCRIPTS = (
    "LATIN CYRILLIC GREEK ARMENIAN HEBREW ARABIC SYRIAC THAANA DEVANAGARI BENGALI GURMUKHI GUJARATI ORIYA TAMIL TELUGU "
    "KANNADA MALAYALAM SINHALA THAI LAO TIBETAN MYANMAR GEORGIAN HANGUL ETHIOPIC CHEROKEE KHMER MONGOLIAN HIRAGANA "
    "KATAKANA CJK YI GOTHIC DESERET CUNEIFORM MATHEMATICAL BRAILLE COPTIC"
).split()
EMOJI = ["👩‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪🇫🇷", "✊🏽", "❤️‍🔥", "1️⃣", "😀", "👩🏾‍💻", "🧑‍🚀", "©️"]
SPACES = [
    " ",
    "  ",
    "   ",
    "\t",
    "\n",
    "\r\n",
    "\n\n",
    " \n ",
    "\u00a0",
    "\u3000",
    "\u2003",
    "\u0085",
    "\u2028",
    "\v\f",
    " " * 17,
]
CODE = [
    "for (int i = 0; i < n; ++i) { x[i] += 2*y[i]; }",
    "def f(self, *, a=None):\n    return a or {}\n",
    "SELECT * FROM t WHERE a >= 10 AND b != 'x';",
    '<div class="a">&nbsp;</div>\n',
    "#!/bin/sh\nset -euo pipefail\n",
    "\\frac{1}{2} \\alpha_{i}^{2}",
    "it's I'LL we've they'RE don't he'd I'm 'tis o'clock",
    "a.b.c::d->e[0]?.f!!g//h/*i*/",
    "https://example.org/a?b=c&d=%20#e",
    "x" * 70,
    "=" * 40,
]


def characters() -> dict[str, list[str]]:
    """Characters of every script, and of the other kinds."""
    found: dict[str, list[str]] = {}
    for number in range(sys.maxunicode + 1):
        character = chr(number)
        kind = unicodedata.category(character)
        if kind in ("Cs", "Cn", "Co"):
            continue
        script = unicodedata.name(character, "").split(" ")[0]
        key = script if script in SCRIPTS and kind[0] in "LM" else kind
        found.setdefault(key, []).append(character)
    return found


def made(count: int, specials: list[str]) -> Iterator[str]:
    """Lines of parts that have nothing to do with each other."""
    source, known = random.Random(11), characters()
    kinds = sorted(known)

    def part() -> str:
        chosen = source.random()
        if chosen < 0.5:
            return "".join(source.choices(known[source.choice(kinds)], k=source.randint(1, 8)))
        if chosen < 0.6:
            return "".join(source.choice("aeiouxyzn") + chr(source.randint(0x300, 0x36F)) for _ in range(4))
        if chosen < 0.7:
            return str(source.randint(0, 10 ** source.randint(1, 12)))
        if chosen < 0.8:
            return source.choice(EMOJI)
        if chosen < 0.9:
            return source.choice(CODE)
        if chosen < 0.95 and specials:
            return source.choice(specials)
        return chr(source.choice([*range(32), 0x7F, 0x200B, 0x200D, 0xFEFF, 0xFFFD, 0xAD]))

    for _ in range(count):
        spaced = source.random() < 0.7
        parts = []
        for _ in range(source.randint(1, 14)):
            parts += [part(), source.choice(SPACES) if spaced or source.random() < 0.2 else ""]
        yield "".join(parts)


def said(paths: list[Path]) -> Iterator[str]:
    """Lines of texts, those of JSON among them as they are in its strings."""
    for path in paths:
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8") as file:
            for line in file:
                if ".jsonl" in path.name:
                    yield from (text for value in json.loads(line).values() for text in strings(value) if text)
                elif line.strip():
                    yield line


def strings(value: object) -> Iterator[str]:
    """The texts in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings(each)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("model", type=Path)
    arguments.add_argument("--lines", type=int, default=10_000)
    arguments.add_argument("--texts", type=Path, nargs="*", default=[])
    arguments.add_argument("--show", type=int, default=5)
    given = arguments.parse_args()
    from llama_cpp import Llama

    file = Gguf(given.model)
    tokenizer, vocabulary = read_gguf_tokenizer(file), read_vocabulary(file)
    theirs = Llama(str(given.model), vocab_only=True, verbose=False)
    specials = [token for token, kind in zip(vocabulary.tokens, vocabulary.kinds) if kind == CONTROL]
    texts = list(said(given.texts))
    half = min(len(texts), given.lines // 2)
    lines = [texts[number * len(texts) // half][:4000] for number in range(half)]
    lines += made(given.lines - half, specials)
    for parsed in (True, False):
        # What a document says is text, also where it looks like a control token; what a template says is not.
        tokenizer.encode_special_tokens = not parsed
        agreeing, tokens, shown = 0, 0, 0
        for line in lines:
            expected = theirs.tokenize(line.encode(), add_bos=False, special=parsed)
            found = tokenizer.encode(line, add_special_tokens=False).ids
            agreeing, tokens = agreeing + (found == expected), tokens + len(expected)
            if found != expected and shown < given.show:
                shown += 1
                first = next((i for i, pair in enumerate(zip(found, expected)) if pair[0] != pair[1]), 0)
                pieces = [[vocabulary.tokens[number] for number in ids[first : first + 4]] for ids in (found, expected)]
                print(f"  {line[:120]!r}: ours {pieces[0]}, llama.cpp's {pieces[1]}")
        print(
            f"{given.model.name}, control tokens {'parsed' if parsed else 'as text'}: "
            f"{agreeing} of {len(lines)} lines agree, {tokens} tokens"
        )


if __name__ == "__main__":
    main()
