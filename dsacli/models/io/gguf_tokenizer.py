"""A tokenizer from a GGUF file's vocabulary, whose ids are llama.cpp's: byte-level BPE, or SentencePiece's BPE."""

from typing import TYPE_CHECKING, Any

from dsacli.errors import DsacliError
from dsacli.models.io.gguf import Gguf
from dsacli.models.io.gguf_vocabulary import (
    BYTE,
    CONTROL,
    SENTENCE_PIECE,
    UNKNOWN,
    USER_DEFINED,
    Vocabulary,
    read_vocabulary,
)

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# Where a text is cut into words, whose bytes are then merged: expressions one after the other, each within what the
# last one left. A vocabulary was trained with one of them, by the name that llama.cpp has for it.
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)"
CONTRACTIONS = r"'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]"
REST = r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
HAN = "[一-龥ࠀ-一가-퟿]+"
# Letters that are upper or lower case, as DeepSeek's first tokenizer knows them: from and to, in hexadecimal.
CASED_RANGES = """
41-5A 61-7A B5 C0-D6 D8-F6 F8-1BA 1BC-1BF 1C4-293 295-2AF 370-373 376-377 37B-37D 37F 386 388-38A 38C 38E-3A1
3A3-3F5 3F7-481 48A-52F 531-556 10A0-10C5 13A0-13F5 13F8-13FD 1C90-1CBA 1CBD-1CBF 1D00-1D2B 1D6B-1D77 1D79-1D9A
1E00-1F15 1F18-1F1D 1F20-1F45 1F48-1F4D 1F50-1F57 1F59 1F5B 1F5D 1F5F-1F7D 1F80-1FB4 1FB6-1FBC 1FBE 1FC2-1FC4
1FC6-1FCC 1FD0-1FD3 1FD6-1FDB 1FE0-1FEC 1FF2-1FF4 1FF6-1FFC 2102 2107 210A-2113 2115 2119-211D 2124 2126 2128
212A-212D 212F-2134 2139 213C-213F 2145-2149 214E 2183-2184 2C00-2C7B 2C7E-2CE4 2CEB-2CEE 2CF2-2CF3 A640-A66D
A680-A69B A722-A76F A771-A787 A78B-A78E AB70-ABBF FB00-FB06 FB13-FB17 FF21-FF3A FF41-FF5A 10400-1044F
104B0-104D3 104D8-104FB 10C80-10CB2 10CC0-10CF2 118A0-118DF 1E900-1E943
"""
CASED = "".join("-".join(rf"\x{{{end}}}" for end in pair.split("-")) for pair in CASED_RANGES.split())
# `\s+$`, which would be tried from every space of a run that ends before the text does.
LAST_SPACES = r"(?<!\s)\s++$"
DIGITS_FIRST = (r"\p{N}", GPT2)
LLAMA3 = (rf"{CONTRACTIONS}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}{{1,3}}|{REST}",)
WORDS = {
    "default": (r"[\p{P}\$\+<=>\^~\|]+", GPT2, r"\p{N}+", "[0-9][0-9][0-9]"),
    "gpt-2": (GPT2,),
    "llama-bpe": LLAMA3,
    "llama3": LLAMA3,
    "llama-v3": LLAMA3,
    "qwen2": (rf"{CONTRACTIONS}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}|{REST}",),
    # The model's own, where upper and lower case are told apart in every script; llama.cpp does so in ASCII alone.
    "tekken": (
        rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}*{LOWER}+|[^\r\n\p{{L}}\p{{N}}]?{UPPER}+{LOWER}*|\p{{N}}"
        r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    ),
    "smollm": DIGITS_FIRST,
    "starcoder": DIGITS_FIRST,
    "refact": DIGITS_FIRST,
    "command-r": DIGITS_FIRST,
    "deepseek-llm": ("[\r\n]", rf"\s?[{CASED}]+", r"\s?[!-/:-~！-／：-～‘-‟　-。]+", LAST_SPACES, HAN, r"\p{N}+"),
    "deepseek-coder": ("[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", HAN, r"\p{N}"),
}
# Those whose words are looked up whole before anything is merged.
WHOLE_FIRST = {*(name for name, words in WORDS.items() if words is LLAMA3), "tekken"}
SPACE = "▁"
# SentencePiece makes none longer than 16; every way to cut a token is looked at.
LONGEST_PIECE = 512


def read_gguf_tokenizer(file: Gguf) -> "Tokenizer":
    """The tokenizer of a file, which adds no token at a text's ends; control tokens in a text are special tokens.

    Raises DsacliError that names the file and what is wrong or unknown.
    """
    vocabulary = read_vocabulary(file)
    make = sentence_piece if vocabulary.model == SENTENCE_PIECE else byte_level
    try:
        return with_added_tokens(make(vocabulary), vocabulary)
    except Exception as failure:  # the library raises plain Exception
        raise DsacliError(f"{file.path}: {failure}") from None


def byte_level(vocabulary: Vocabulary) -> "Tokenizer":
    """Byte-level BPE. Raises ValueError for words that are cut in no known way, and for merges of unknown tokens."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers

    words = WORDS.get(vocabulary.pre)
    if words is None:
        raise ValueError(f"tokenizer.ggml.pre is {vocabulary.pre!r:.60}; known are {', '.join(WORDS)}")
    numbers = {token: number for number, token in enumerate(vocabulary.tokens)}
    merges: dict[tuple[str, str], None] = {}
    for merge in vocabulary.merges:
        # A token may start with a space in a vocabulary of somebody's own, and never has one further on.
        cut = merge.find(" ", 1)
        left, right = merge[:cut], merge[cut + 1 :]
        if cut < 0 or not {left, right, left + right} <= numbers.keys():
            raise ValueError(f"tokenizer.ggml.merges has {merge!r:.60}, which is no two tokens that make a third")
        # A dictionary, because of two that are alike the first one counts.
        merges.setdefault((left, right), None)
    if not merges:
        raise ValueError("tokenizer.ggml.merges is missing or empty")
    tokenizer = Tokenizer(models.BPE(numbers, list(merges), ignore_merges=vocabulary.pre in WHOLE_FIRST))
    splits: list[Any] = [pre_tokenizers.Split(Regex(expression), "isolated") for expression in words]
    splits.append(pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False))
    absent = set(pre_tokenizers.ByteLevel.alphabet()) - numbers.keys()
    if absent:
        # A byte that is no token vanishes, but what stands on its two sides is never merged.
        expression = "".join(rf"\x{{{ord(character):X}}}" for character in sorted(absent))
        splits.append(pre_tokenizers.Split(Regex(f"[{expression}]"), "removed"))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(splits)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def sentence_piece(vocabulary: Vocabulary) -> "Tokenizer":
    """SentencePiece's BPE: the pair whose token has the best score is merged first; bytes for what is in no token."""
    from tokenizers import Tokenizer, decoders, models, normalizers

    numbers = {token: number for number, token in enumerate(vocabulary.tokens)}
    tokenizer = Tokenizer(
        models.BPE(
            numbers,
            merges_by_score(vocabulary),
            unk_token=vocabulary.text(vocabulary.unknown) or None,
            fuse_unk=True,
            byte_fallback=all(f"<0x{byte:02X}>" in numbers for byte in range(256)),
        )
    )
    prefixed = vocabulary.add_space_prefix
    steps = [normalizers.Replace(" ", SPACE)]
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend(SPACE), *steps] if prefixed else steps)
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace(SPACE, " "), decoders.ByteFallback(), decoders.Fuse()]
        + ([decoders.Strip(" ", 1, 0)] if prefixed else [])
    )
    return tokenizer


def merges_by_score(vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """All pairs of tokens that make a third, those that make one of a better score first."""
    written = {
        token: score
        for token, kind, score in zip(vocabulary.tokens, vocabulary.kinds, vocabulary.scores)
        if kind not in (UNKNOWN, CONTROL, BYTE)
    }
    found = []
    for token, score in written.items():
        if len(token) > LONGEST_PIECE:
            raise ValueError(f"tokenizer.ggml.tokens has one of {len(token)} characters")
        for cut in range(1, len(token)):
            if token[:cut] in written and token[cut:] in written:
                found.append((score, token[:cut], token[cut:]))
    found.sort(key=lambda each: -each[0])
    return [(left, right) for _, left, right in found]


def with_added_tokens(tokenizer: "Tokenizer", vocabulary: Vocabulary) -> "Tokenizer":
    """The tokenizer, for which a token that is no part of any text, or that its users defined, is never cut."""
    from tokenizers import AddedToken

    for kinds, special in (((CONTROL, UNKNOWN), True), ((USER_DEFINED,), False)):
        texts = [token for token, kind in zip(vocabulary.tokens, vocabulary.kinds) if kind in kinds]
        added = [AddedToken(text, normalized=False, special=special) for text in texts]
        (tokenizer.add_special_tokens if special else tokenizer.add_tokens)(added)
    return tokenizer
