"""The vocabulary in a GGUF file's metadata: tokens, what kind each is, scores or merges, and which of them are special."""

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from dsacli.errors import DsacliError
from dsacli.models.io.gguf import Gguf

KEY = "tokenizer.ggml."
NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = range(1, 7)
BYTE_LEVEL, SENTENCE_PIECE = "gpt2", "llama"
# Texts of control tokens that end what is written, beside those that the metadata names.
ENDS = {
    "</s>",
    "<|endoftext|>",
    "<|im_end|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|end|>",
    "<|end_of_text|>",
    "<end_of_turn>",
    "<｜end▁of▁sentence｜>",
}


# More than any model has.
MOST_TOKENS = 1 << 20


@dataclass(frozen=True)
class Vocabulary:
    """Tokens by their ids, each of a kind; `scores` of a SentencePiece model, `merges` of a byte-level one.

    `add_bos` says whether the model was trained with `bos` before every text, which no tokenizer of ours adds.
    """

    model: str
    pre: str
    tokens: list[str]
    kinds: list[int]
    scores: list[float]
    merges: list[str]
    bos: int | None
    eos: int | None
    unknown: int | None
    ends: tuple[int, ...]
    add_bos: bool
    add_space_prefix: bool

    def text(self, token: int | None) -> str:
        """A token's text, none where there is no token."""
        return "" if token is None else self.tokens[token]


# Configuration, special tokens and tokenizer all come of it, and a hundred thousand words take their time.
_READ: WeakKeyDictionary[Gguf, Vocabulary] = WeakKeyDictionary()


def read_vocabulary(file: Gguf) -> Vocabulary:
    """The vocabulary of a file. Raises DsacliError that names the file and the key for one that is absent or broken."""
    if file not in _READ:
        try:
            _READ[file] = parse_vocabulary(file.metadata)
        except ValueError as failure:
            raise DsacliError(f"{file.path}: {failure}") from None
    return _READ[file]


def parse_vocabulary(metadata: dict[str, Any]) -> Vocabulary:
    """The vocabulary in the metadata. Raises ValueError that names the key at fault."""
    model = metadata.get(f"{KEY}model")
    if model not in (BYTE_LEVEL, SENTENCE_PIECE):
        raise ValueError(f"{KEY}model is {model!r:.60}; known are {BYTE_LEVEL}, {SENTENCE_PIECE}")
    pieces = model == SENTENCE_PIECE
    tokens = listed(metadata, "tokens", (str,))
    count = len(tokens)
    if not 0 < count <= MOST_TOKENS:
        raise ValueError(f"{KEY}tokens has {count} entries" if count else f"{KEY}tokens is missing or empty")
    # As llama.cpp has it: what has no text is no token that any text could be.
    tokens = [token or f"[EMPTY_{number}]" for number, token in enumerate(tokens)]
    if len(set(tokens)) < count:
        raise ValueError(f"{KEY}tokens has a token twice")
    kinds = listed(metadata, "token_type", (int,), count) or [NORMAL] * count
    scores = [float(score) for score in listed(metadata, "scores", (float, int), count)] if pieces else []
    if pieces and not scores:
        raise ValueError(f"{KEY}scores is missing")
    if any(score != score for score in scores):
        raise ValueError(f"{KEY}scores has one that is no number")

    def special(name: str) -> int | None:
        number = metadata.get(f"{KEY}{name}_token_id")
        if number is not None and (type(number) is not int or not 0 <= number < count):
            raise ValueError(f"{KEY}{name}_token_id is {number!r:.60}, for {count} tokens")
        return number

    def flag(name: str, default: bool) -> bool:
        value = metadata.get(f"{KEY}{name}", default)
        if not isinstance(value, bool):
            raise ValueError(f"{KEY}{name} is {value!r:.60}, not true or false")
        return value

    pre = metadata.get(f"{KEY}pre", "default")
    if not isinstance(pre, str):
        raise ValueError(f"{KEY}pre is {pre!r:.60}, not a name")
    named = [special(name) for name in ("eos", "eot", "eom")]
    said = [number for number, kind in enumerate(kinds) if kind == CONTROL and tokens[number] in ENDS]
    return Vocabulary(
        model=model,
        pre=pre,
        tokens=tokens,
        kinds=kinds,
        scores=scores,
        merges=[] if pieces else listed(metadata, "merges", (str,)),
        bos=special("bos"),
        eos=named[0],
        unknown=special("unknown"),
        ends=tuple(dict.fromkeys([number for number in named if number is not None] + said)),
        add_bos=flag("add_bos_token", pieces or pre in ("llama-bpe", "tekken")),
        add_space_prefix=flag("add_space_prefix", pieces),
    )


def listed(metadata: dict[str, Any], name: str, kinds: tuple[type, ...], count: int | None = None) -> list[Any]:
    """A list of `count` values of some kinds, empty where there is none. Raises ValueError that names it."""
    found = metadata.get(f"{KEY}{name}", [])
    if not isinstance(found, list) or not all(type(value) in kinds for value in found):
        raise ValueError(f"{KEY}{name} is no list of {kinds[0].__name__}")
    if count is not None and found and len(found) != count:
        raise ValueError(f"{KEY}{name} has {len(found)} entries, for {count} tokens")
    return found
