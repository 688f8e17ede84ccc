"""Words from pieces of words, and BM25 of passages from them."""

import bm25s
import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from dsacli.dsa.cost import CostMeter
from dsacli.reader.lexical import (
    K1,
    PAIR,
    B,
    LexicalScores,
    asked_of,
    exactly,
    pairs_of,
    pieces_of,
    stem,
    words_in_passages,
    words_of,
)

PIECES = """[UNK] . , - ? the mill mills burn burned burning in ren ##ting ##ted ##ts ##s ##t 18 ##40 ##4 ##0 bus
 city cities ##ies ##y party parties part un ##burn ##ed""".split()


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(WordPiece({piece: n for n, piece in enumerate(PIECES)}, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = BertNormalizer(), BertPreTokenizer()
    return tokenizer


@pytest.fixture(scope="module")
def pieces(tokenizer):
    return pieces_of(tokenizer)


@pytest.fixture(scope="module")
def words(tokenizer, pieces):
    """The numbers of the words of a text."""
    return lambda text: words_of(np.array(tokenizer.encode(text).ids), pieces)[0].tolist()


@pytest.mark.parametrize(
    "forms",
    [
        ["expire", "expires", "expired", "expiring"],
        ["terminate", "terminates", "terminated", "termination", "terminations"],
        ["party", "parties"],
        ["box", "boxes"],
        ["church", "churches"],
        ["fee", "fees"],
        ["agreement", "agreements"],
    ],
    ids=lambda forms: forms[0],
)
def test_forms_of_a_word_have_one_stem(forms):
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize("word", ["bus", "this", "is", "glass", "red", "king", "1840", "as", "die", "the", "key", ""])
def test_short_words_and_words_that_only_look_like_others_stay(word):
    assert stem(word) == word


def test_words_are_whole_whatever_pieces_they_were_cut_into(words, tokenizer):
    assert tokenizer.encode("rent renting 1840").tokens == ["ren", "##t", "ren", "##ting", "18", "##40"]
    rent, again, number = words("rent renting 1840")
    assert rent == again
    assert words("1840, renting.") == [number, rent]
    assert number not in words("18 40") and len(words("18 40")) == 2


def test_the_order_of_pieces_is_part_of_a_word(words):
    assert len({*words("1840"), *words("1804"), *words("18044"), *words("180")}) == 4


def test_a_word_in_another_form_is_the_same(words):
    assert words("mill burned") == words("The mills burning")[1:] == words("MILL, burn")
    assert words("city") == words("cities") and words("party") == words("parties")
    # Cut into pieces: the ending is none.
    assert words("unburned") == words("unburn")


def test_punctuation_is_no_word_and_words_say_where_they_begin(tokenizer, pieces):
    encoded = tokenizer.encode("The mill, 1840 - renting?")
    assert encoded.tokens == ["the", "mill", ",", "18", "##40", "-", "ren", "##ting", "?"]
    found, starts = words_of(np.array(encoded.ids), pieces)
    assert starts.tolist() == [0, 1, 3, 6] and found.dtype == np.uint64 and len(set(found.tolist())) == 4


def test_texts_without_words(pieces, tokenizer, words):
    assert words("") == words("?") == words("., - ?") == []
    held = words_in_passages(np.array(tokenizer.encode("., ? mill").ids), np.array([0, 3, 4]), pieces)
    assert held.lengths.tolist() == [0, 1]
    nothing = np.empty(0, np.uint64)
    assert LexicalScores()(nothing, held.counts(nothing), held.lengths).tolist() == [0, 0]
    none = words_in_passages(np.array(tokenizer.encode("., ?").ids), np.array([0, 1, 3]), pieces)
    asked = asked_of(np.array(tokenizer.encode("mill").ids), pieces)
    assert LexicalScores()(asked, none.counts(asked), none.lengths).tolist() == [0, 0]


def test_a_word_belongs_to_the_passage_that_it_begins_in(pieces, tokenizer):
    ids = np.array(tokenizer.encode("mill renting mill burned").ids)
    held = words_in_passages(ids, np.array([0, 2, 5]), pieces)
    mill, rent, _, burn = words_of(ids, pieces)[0].tolist()
    assert held.lengths.tolist() == [2, 2]
    assert held.counts(np.array([mill, rent, burn], np.uint64)).tolist() == [[1, 1], [1, 0], [0, 1]]


def test_two_neighbouring_words_are_a_pair_in_this_order_and_inside_a_passage(pieces, tokenizer):
    ids = np.array(tokenizer.encode("mill renting , mill burned mill").ids)
    held = words_in_passages(ids, np.array([0, 4, 7]), pieces)
    words, _ = words_of(ids, pieces)
    pairs = pairs_of(words)
    assert (pairs >= PAIR).all() and (words < PAIR).all() and len(set(pairs.tolist())) == 4
    # "rent, mill" goes over the edge of a passage.
    assert held.counts(pairs).tolist() == [[1, 0], [0, 0], [0, 1], [0, 1]]
    assert asked_of(ids, pieces).tolist() == sorted({*words.tolist(), *pairs.tolist()})


TEXTS = [
    "the mill the mill burned",
    "in 1840 the bus burned",
    "the city",
    "rent the mill in 1840",
    "part party , bus",
    ".",
]


@pytest.mark.parametrize(
    "question", ["the mill", "mill mills burned in 1840?", "renting the city", "unburned", "bus, bus"]
)
@pytest.mark.parametrize("weights", [(1.0, 0.0), (0.25, 0.5)])
def test_scores_are_lucenes_bm25_of_words_and_of_pairs_times_their_weights(pieces, tokenizer, question, weights):
    """Of the same words, as the package bm25s has it; a word of the question counts once."""
    ids = [np.array(tokenizer.encode(text).ids) for text in TEXTS]
    held = words_in_passages(np.concatenate(ids), np.cumsum([0, *map(len, ids)]), pieces)
    asked, _ = words_of(np.array(tokenizer.encode(question).ids), pieces)
    singles = [words_of(each, pieces)[0] for each in ids]
    lengths = np.array([len(words) for words in singles])
    expected = np.zeros(len(TEXTS))
    for weight, of in zip(weights, (lambda words: words, pairs_of)):
        theirs = bm25s.BM25(method="lucene", k1=K1, b=B, backend="numpy", dtype="float64")
        texts = [[str(word) for word in of(words)] for words in singles]
        # The package measures a passage in what it counts, and ours in single words: those that no question has fill up.
        filled = [text + ["-"] * (length - len(text)) for text, length in zip(texts, lengths)]
        theirs.index(filled, show_progress=False)
        expected += weight * theirs.get_scores([str(word) for word in np.unique(of(asked))] or ["nothing"])
    scores = LexicalScores()
    scores.weight.data = torch.tensor(weights)
    looked_for = asked_of(np.array(tokenizer.encode(question).ids), pieces)
    found = scores(looked_for, held.counts(looked_for), held.lengths)
    np.testing.assert_allclose(found.detach().numpy(), expected, rtol=1e-5, atol=1e-6)


def test_what_few_passages_hold_is_known(pieces, tokenizer):
    ids = [np.array(tokenizer.encode(text).ids) for text in TEXTS]
    held = words_in_passages(np.concatenate(ids), np.cumsum([0, *map(len, ids)]), pieces)
    asked, _ = words_of(np.array(tokenizer.encode("the mill city unburn").ids), pieces)
    assert held.frequency(asked).tolist() == [4, 2, 1, 0]


def test_the_flops_are_a_product_and_a_sum_for_every_word_and_passage():
    scores, meter = LexicalScores(), CostMeter()
    with meter.watch(scores):
        scores(np.arange(3, dtype=np.uint64), torch.ones(3, 7), torch.ones(7))
    assert meter.flops == {"index": 2 * 3 * 7}


def test_how_much_of_a_question_stands_in_each_sentence(pieces, tokenizer):
    ids = [np.array(tokenizer.encode(text).ids) for text in TEXTS]
    held = words_in_passages(np.concatenate(ids), np.cumsum([0, *map(len, ids)]), pieces)
    question = np.array(tokenizer.encode("Where is the mill that burned in the city?").ids)
    asked = exactly(question, held, pieces)
    assert len(asked.words) == 3  # mill, burn, city: the others only ask
    run = [tokenizer.encode(text).ids for text in ("the city had a mill .", "mills burn", "nothing of it")]
    sentences = np.repeat([7, 8, 9], [len(part) for part in run])
    shares = asked.shares(np.concatenate(run), sentences, pieces)
    rare = dict(zip(asked.words.tolist(), (asked.idf / asked.idf.sum()).tolist()))
    for number, words in ((7, "city mill"), (8, "burn mill"), (9, "")):
        wanted = sum(rare[word] for word in words_of(np.array(tokenizer.encode(words).ids), pieces)[0].tolist())
        np.testing.assert_allclose(shares[sentences == number], wanted, rtol=1e-5)


def test_without_sentences_or_words_nothing_stands_anywhere(pieces, tokenizer):
    ids = np.array(tokenizer.encode(TEXTS[0]).ids)
    held = words_in_passages(ids, np.array([0, len(ids)]), pieces)
    asked = exactly(np.array(tokenizer.encode("the mill").ids), held, pieces)
    assert not asked.shares(ids, None, pieces).any()
    assert (
        not exactly(np.array(tokenizer.encode("what is it?").ids), held, pieces)
        .shares(ids, np.zeros(len(ids)), pieces)
        .any()
    )
