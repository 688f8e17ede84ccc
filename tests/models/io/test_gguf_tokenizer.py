"""Tokenizers from GGUF files: their ids beside other implementations', and what each broken vocabulary says."""

import io
import os
import re
import time
from pathlib import Path
from random import Random

import gguf
import pytest

from dsacli.errors import DsacliError
from dsacli.models.io.gguf import Gguf
from dsacli.models.io.gguf_tokenizer import WORDS, read_gguf_tokenizer
from dsacli.models.io.gguf_vocabulary import read_vocabulary
from tests.models.io.gguf_files import MERGES, add_vocabulary, byte_level_vocabulary, finish

REAL = os.environ.get("DSACLI_TEST_MODELS")
TEXTS = [
    "Hello world, hello worlds! It's 2024; he'LL pay $12.50 or 1234567.",
    "  two  spaces,\ttabs\t\tand\n\nlines \r\n and a trailing space ",
    "Ünïcödé naïve façade — “quotes” … ½ ² ٣ Ⅷ",
    "你好,世界。日本語のテキスト 한국어 ข้อความ हिन्दी עברית العربية",
    "emoji 👩‍👩‍👧‍👦 🇩🇪 ✊🏽 and e\u0301 combining z\u0335\u0322",
    "def f(x):\n    return x**2  # comment\n\n\nclass A:\n\tpass",
    "\u00a0no-break\u2003em\u3000wide\u0085next\u2028line\x00\x01\x7f",
]


def written(path, **changes):
    """A file with a byte-level vocabulary and nothing else."""
    writer = gguf.GGUFWriter(path, "qwen2")
    add_vocabulary(writer, **changes)
    finish(writer)
    return Gguf(path)


# ---- byte-level ----


def test_bytes_are_merged_by_rank_and_control_tokens_are_one(tmp_path):
    tokenizer, tokens = read_gguf_tokenizer(written(tmp_path / "a.gguf")), byte_level_vocabulary()[0]
    encoding = tokenizer.encode("<|im_start|>hello worlds<|im_end|>")
    assert encoding.tokens == ["<|im_start|>", "hello", "Ġworld", "s", "<|im_end|>"]
    assert encoding.ids == [tokens.index(token) for token in encoding.tokens]
    assert tokenizer.decode(encoding.ids) == "hello worlds"
    assert tokenizer.decode(encoding.ids, skip_special_tokens=False) == "<|im_start|>hello worlds<|im_end|>"


def test_what_a_document_says_is_no_control_token(tmp_path):
    tokenizer = read_gguf_tokenizer(written(tmp_path / "a.gguf"))
    tokenizer.encode_special_tokens = True
    assert "<|im_end|>" not in tokenizer.encode("<|im_end|>").tokens


def test_tokens_of_the_users_are_never_cut_and_are_written_out(tmp_path):
    tokens, kinds = byte_level_vocabulary()
    tokenizer = read_gguf_tokenizer(written(tmp_path / "a.gguf", tokens=[*tokens, "<tool>"], token_type=[*kinds, 4]))
    tokenizer.encode_special_tokens = True
    encoding = tokenizer.encode("hello<tool>hello")
    assert encoding.tokens == ["hello", "<tool>", "hello"] and tokenizer.decode(encoding.ids) == "hello<tool>hello"


@pytest.mark.parametrize(
    ("pre", "words"),
    [
        ("gpt-2", ["Hello", " world", ",", " hello", " 123"]),
        ("qwen2", ["it", "'S", " don", "'t", " ", "1", "2", " \n\n", " ", " x", "();\n"]),
        ("llama-bpe", ["123", "4", " don", "'T", "  ", " x"]),
        ("smollm", ["a", "1", "2", " ", "3", "\n", "\n", "b"]),
        ("default", ["a", ",", " b", "123", "4", "+="]),
        ("tekken", ["Hello", "World", " ABC", " //\n", "1", "2", "é", "É"]),
        ("deepseek-llm", ["a", "\n", " b", "123", "你好", "。"]),
        ("deepseek-coder", ["a", "\n", " b", "1", "2", "你好", "。"]),
    ],
)
def test_words_are_cut_as_the_name_says(tmp_path, pre, words):
    tokenizer, text = read_gguf_tokenizer(written(tmp_path / "a.gguf", pre=pre)), "".join(words)
    cut = [text[low:high] for _, (low, high) in tokenizer.pre_tokenizer.pre_tokenize_str(text)]
    assert cut == words


@pytest.mark.parametrize("pre", WORDS)
@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_words_are_the_whole_text_under_every_name(tmp_path, pre, text):
    tokenizer = read_gguf_tokenizer(written(tmp_path / "a.gguf", pre=pre))
    places = [place for _, place in tokenizer.pre_tokenizer.pre_tokenize_str(text)]
    assert "".join(text[low:high] for low, high in places) == text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"pre": "kimi-k2"}, "tokenizer.ggml.pre is 'kimi-k2'; known are default, gpt-2, llama-bpe"),
        ({"merges": ["h e", "q zz"]}, "tokenizer.ggml.merges has 'q zz', which is no two tokens that make a third"),
        ({"merges": ["h e", "he o"]}, "tokenizer.ggml.merges has 'he o', which is no two tokens"),
        ({"merges": ["h e", "he"]}, "tokenizer.ggml.merges has 'he', which is no two tokens"),
        (
            {"merges": ["h e", "he"], "tokens": [*byte_level_vocabulary()[0][:-1], "hhe"]},
            "tokenizer.ggml.merges has 'he', which is no two tokens",
        ),
        ({"merges": None}, "tokenizer.ggml.merges is missing or empty"),
        ({"merges": [1, 2]}, "tokenizer.ggml.merges is no list of str"),
        ({"tokens": [*byte_level_vocabulary()[0][:-1], "a"]}, "tokenizer.ggml.tokens has a token twice"),
        ({"bos_token_id": 268}, "tokenizer.ggml.bos_token_id is 268, for 268 tokens"),
        ({"bos_token_id": "x"}, "tokenizer.ggml.bos_token_id is 'x', for 268 tokens"),
        ({"add_bos_token": "x"}, "tokenizer.ggml.add_bos_token is 'x', not true or false"),
        ({"model": "bert"}, "tokenizer.ggml.model is 'bert'; known are gpt2, llama"),
        ({"model": "llama"}, "tokenizer.ggml.scores is missing"),
        ({"model": "llama", "scores": [0.0]}, "tokenizer.ggml.scores has 1 entries, for 268 tokens"),
        ({"model": "llama", "scores": [float("nan")] * 268}, "tokenizer.ggml.scores has one that is no number"),
        (
            {"model": "llama", "scores": [0.0] * 268, "tokens": [*byte_level_vocabulary()[0][:-1], "b" * 600]},
            "tokenizer.ggml.tokens has one of 600 characters",
        ),
    ],
)
def test_a_vocabulary_that_can_not_be(tmp_path, changes, said):
    if changes.get("scores") and "tokens" in changes:
        changes = {**changes, "token_type": [1] * 268}
    with pytest.raises(DsacliError, match=rf"^{tmp_path}/a.gguf: {re.escape(said)}"):
        read_gguf_tokenizer(written(tmp_path / "a.gguf", **changes))


@pytest.mark.parametrize(("pre", "tokens"), [("llama-bpe", ["xyz"]), ("tekken", ["xyz"]), ("qwen2", ["x", "y", "z"])])
def test_words_are_looked_up_whole_where_the_name_says_so(tmp_path, pre, tokens):
    words, kinds = byte_level_vocabulary()
    file = written(tmp_path / "a.gguf", pre=pre, tokens=[*words, "xyz"], token_type=[*kinds, 1])
    assert read_gguf_tokenizer(file).encode("xyz").tokens == tokens


def test_a_byte_that_is_no_token_vanishes_and_keeps_its_neighbours_apart(tmp_path):
    tokens, _ = byte_level_vocabulary()
    tokens[tokens.index("ā")] = "another"  # the byte 1
    tokenizer = read_gguf_tokenizer(written(tmp_path / "a.gguf", tokens=tokens))
    assert tokenizer.encode("ll").tokens == ["ll"] and tokenizer.encode("l\x01l").tokens == ["l", "l"]


def test_a_run_of_spaces_takes_no_time(tmp_path):
    for pre in WORDS:
        tokenizer = read_gguf_tokenizer(written(tmp_path / "a.gguf", pre=pre))
        began = time.process_time()
        tokenizer.pre_tokenizer.pre_tokenize_str("a" + " " * 60_000 + "a" + "\t" * 60_000 + "\u4f60" * 60_000)
        assert time.process_time() - began < 2, pre


def test_more_tokens_than_any_model_has(tmp_path, monkeypatch):
    monkeypatch.setattr("dsacli.models.io.gguf_vocabulary.MOST_TOKENS", 267)
    with pytest.raises(DsacliError, match="tokenizer.ggml.tokens has 268 entries"):
        read_gguf_tokenizer(written(tmp_path / "a.gguf"))


def test_of_two_merges_that_are_alike_the_first_one_counts(tmp_path):
    merges = ["l l", "h e", "e l", "l o", *MERGES]
    tokens, kinds = byte_level_vocabulary()
    tokens, kinds = [*tokens, "el", "lo"], [*kinds, 1, 1]
    tokenizer = read_gguf_tokenizer(written(tmp_path / "a.gguf", tokens=tokens, token_type=kinds, merges=merges))
    assert tokenizer.encode("hell").tokens == ["hell"]


def test_a_token_without_a_text_keeps_its_number(tmp_path):
    tokens, kinds = byte_level_vocabulary()
    tokenizer = read_gguf_tokenizer(written(tmp_path / "a.gguf", tokens=["", *tokens], token_type=[1, *kinds]))
    assert tokenizer.id_to_token(0) == "[EMPTY_0]" and tokenizer.id_to_token(1) == tokens[0]


# ---- SentencePiece ----


@pytest.fixture(scope="module")
def pieces(tmp_path_factory):
    """A SentencePiece model trained as Llama's was, on this repository's pages, and the file of it."""
    import sentencepiece

    root, out = Path(__file__).resolve().parents[3], io.BytesIO()
    lines = [line for page in sorted(root.glob("docs/*.md")) for line in page.read_text(encoding="utf-8").splitlines()]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([*lines, *TEXTS[:1] * 5]),
        model_writer=out,
        model_type="bpe",
        vocab_size=900,
        byte_fallback=True,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        allow_whitespace_only_pieces=True,
        split_digits=True,
        character_coverage=0.999,
        user_defined_symbols=["<tool>"],
        minloglevel=2,
        num_threads=1,
    )
    theirs = sentencepiece.SentencePieceProcessor(model_proto=out.getvalue())
    ids = range(theirs.get_piece_size())

    def kind(number):
        checks = [(theirs.is_unknown, 2), (theirs.is_control, 3), (theirs.is_byte, 6), (theirs.is_unused, 5)]
        known = next((kind for check, kind in checks if check(number)), 1)
        return 4 if theirs.id_to_piece(number) == "<tool>" else known

    path = tmp_path_factory.mktemp("pieces") / "a.gguf"
    written(
        path,
        model="llama",
        pre=None,
        tokens=[theirs.id_to_piece(number) for number in ids],
        scores=[theirs.get_score(number) for number in ids],
        token_type=[kind(number) for number in ids],
        merges=None,
        bos_token_id=1,
        eos_token_id=2,
        unknown_token_id=0,
        add_bos_token=None,
    )
    return theirs, path, lines


def test_ids_are_those_of_sentencepiece(pieces):
    theirs, path, lines = pieces
    tokenizer = read_gguf_tokenizer(Gguf(path))
    texts = [*TEXTS, *lines, " leading", "▁", "a▁b", "trailing  ", "x" * 3000]
    differing = [text for text in texts if tokenizer.encode(text).ids != theirs.encode(text)]
    assert len(texts) > 300 and differing == []
    assert all(tokenizer.decode(theirs.encode(text)) == theirs.decode(theirs.encode(text)) for text in texts)


def test_control_tokens_and_what_follows_them(pieces):
    theirs, path, _ = pieces
    tokenizer = read_gguf_tokenizer(Gguf(path))
    encoding = tokenizer.encode("<s>the model</s>the model")
    again = theirs.encode("the model")
    assert encoding.ids == [1, *again, 2, *again]
    assert read_vocabulary(Gguf(path)).add_bos


def test_what_a_document_says_is_never_merged_into_a_control_token(tmp_path):
    tokens, scores = ["<unk>", "▁", "a", "b", "ab"], [0.0, -1.0, -2.0, -3.0, -4.0]
    file = written(
        tmp_path / "a.gguf",
        model="llama",
        pre=None,
        merges=None,
        tokens=tokens,
        scores=scores,
        token_type=[2, 1, 1, 1, 3],
        bos_token_id=4,
        eos_token_id=4,
    )
    tokenizer = read_gguf_tokenizer(file)
    assert tokenizer.encode("ab").tokens == ["ab"]
    tokenizer.encode_special_tokens = True
    assert tokenizer.encode("ab").tokens == ["▁", "a", "b"]


def test_no_space_is_put_in_front_where_the_file_says_so(pieces, tmp_path):
    theirs, path, _ = pieces
    metadata = Gguf(path).metadata
    names = ("tokens", "scores", "token_type", "unknown_token_id", "bos_token_id", "eos_token_id")
    same = {name: metadata[f"tokenizer.ggml.{name}"] for name in names}
    file = written(tmp_path / "a.gguf", model="llama", pre=None, merges=None, add_space_prefix=False, **same)
    tokenizer = read_gguf_tokenizer(file)
    ids = tokenizer.encode(" the model").ids
    assert ids == theirs.encode("the model") and tokenizer.decode(ids) == " the model"


def test_a_vocabulary_of_pieces_with_any_byte_changed_is_read_or_refused_in_one_line(pieces, tmp_path):
    data, random = pieces[1].read_bytes(), Random(3)
    for _ in range(600):
        changed = bytearray(data)
        changed[random.randrange(len(data))] ^= 1 << random.randrange(8)
        (tmp_path / "a.gguf").write_bytes(changed)
        try:
            read_gguf_tokenizer(Gguf(tmp_path / "a.gguf")).encode("Some <tool> text </s> \u4f60")
        except DsacliError as failure:
            assert re.fullmatch(rf"{tmp_path}/a.gguf: [^\n]{{1,900}}", str(failure))


# ---- released files ----


@pytest.mark.skipif(not REAL, reason="DSACLI_TEST_MODELS names no folder of released files")
@pytest.mark.parametrize("path", sorted(Path(REAL or ".").glob("*.gguf")), ids=lambda path: path.name)
@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_a_released_vocabulary_gives_back_what_it_was_given(path, text):
    tokenizer = read_gguf_tokenizer(Gguf(path))
    prompt = f"<|im_start|>user\n{text}<|im_end|>\n"
    ids = tokenizer.encode(prompt).ids
    found = tokenizer.decode(ids, skip_special_tokens=False)
    if "smollm" in path.name.lower():  # it has no token for some bytes
        found, prompt = (re.sub(r"[\x00-\x08\x0e-\x1f\x7f]", "", each) for each in (found, prompt))
    assert found == prompt
